import { Yaml } from 'cdk8s';
import { hasSpecial, lineText } from './yaml-string';

/** Texts that the YAML parser of Kubernetes reads as a number after it removes underscores. */
const NUMBER = /^[-+]?(?:0x[0-9a-f]+|0o[-+]?[0-7]+|0b[-+]?[01]+|[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?)$/i;

/** Characters that cdk8s prints unchanged, and that the parser refuses or reads as the end of a line. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The first line of a block sets its indentation, which cannot begin with a tab. */
const TAB_FIRST = /^\n*\t/;

/** What Kubernetes would read instead of a text that cdk8s prints. Undefined if it reads the same text. */
export function misreading(text: string, isKey: boolean): string | undefined {
  if (/[^ -~]/.test(text)) {
    if (hasSpecial(text) && UNREADABLE.test(text)) {
      return 'a character that YAML cannot contain';
    }
    return !isKey && TAB_FIRST.test(text) && text.includes('\n') && !/^["']/.test(Yaml.stringify(text)) ? 'an error, because its first line begins with a tab' : undefined;
  }
  if (isKey && text === '<<') {
    return 'the command to merge two maps';
  }
  return /^[-+.0-9]/.test(text) && NUMBER.test(text.replace(/_/g, '')) && lineText(text) === text ? 'a number' : undefined;
}

/** A value that Kubernetes would read differently. */
export interface Misread {
  readonly path: readonly string[];
  readonly got: unknown;
  /** What Kubernetes would read. */
  readonly as: string;
}

/** The first value of a document that Kubernetes would read differently, in the order of the text. */
export function firstMisread(value: unknown): Misread | undefined {
  if (typeof value === 'string') {
    const as = misreading(value, false);
    return as === undefined ? undefined : { path: [], got: value, as };
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { path: [], got: value, as: 'a number that JSON does not have' };
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  for (const key of Object.keys(value)) {
    const asKey = Array.isArray(value) ? undefined : misreading(key, true);
    if (asKey !== undefined) {
      return { path: [key], got: key, as: asKey };
    }
    const below = firstMisread((value as Record<string, unknown>)[key]);
    if (below) {
      return { ...below, path: [key, ...below.path] };
    }
  }
  return undefined;
}
