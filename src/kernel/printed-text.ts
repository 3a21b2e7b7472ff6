import { ApiObject, Yaml } from 'cdk8s';
import { AppRegistry } from './app-registry';
import { appRegistryOf } from './registry-store';
import { MeshError } from '../diagnostics/mesh-error';

/** Texts that the YAML parser of Kubernetes reads as a number after it removes underscores. */
const NUMBER = /^[-+]?(?:0x[0-9a-f]+|0o[-+]?[0-7]+|0b[-+]?[01]+|[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?)$/i;

/** Characters that cdk8s prints unchanged, and that the parser refuses or reads as the end of a line. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The first line of a block sets its indentation, which cannot begin with a tab. */
const TAB_FIRST = /^\n*\t/;

/** What Kubernetes would read instead of a text that cdk8s prints. Undefined if it reads the same text. */
function misreading(text: string, isKey: boolean): string | undefined {
  if (/[^ -~]/.test(text)) {
    if (UNREADABLE.test(text)) {
      return 'a character that YAML cannot contain';
    }
    return !isKey && TAB_FIRST.test(text) && text.includes('\n') && !isQuoted(text) ? 'an error, because its first line begins with a tab' : undefined;
  }
  if (isKey && text === '<<') {
    return 'the command to merge two maps';
  }
  return /^[-+.0-9]/.test(text) && NUMBER.test(text.replace(/_/g, '')) && !isQuoted(text) ? 'a number' : undefined;
}

/** Whether cdk8s prints the text in quotes. Only called for the few texts that could be misread. */
function isQuoted(text: string): boolean {
  return /^["']/.test(Yaml.stringify(text));
}

interface Misread {
  readonly path: readonly string[];
  readonly got: unknown;
  readonly as: string;
}

function firstMisread(value: unknown): Misread | undefined {
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

/**
 * Checks an object whenever cdk8s renders it. This avoids a second rendering, and includes late contributions and patches.
 */
export function watchPrinting(object: ApiObject): void {
  const { checkedObjects } = appRegistryOf(object, AppRegistry);
  if (checkedObjects.has(object)) {
    return;
  }
  checkedObjects.add(object);
  const toJson = object.toJson;
  Object.defineProperty(object, 'toJson', {
    value: () => {
      const json = toJson.call(object);
      const misread = firstMisread(json);
      if (misread) {
        throw new MeshError('IM1016', object, {
          problem: `${misread.path.join('.')} of ${object.kind} ${object.name} would be read as ${misread.as}`, got: misread.got,
        });
      }
      return json;
    },
    writable: true,
    configurable: true,
  });
}
