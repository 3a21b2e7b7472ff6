import { isDnsName } from './names';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Labels of a Kubernetes object. */
export type Labels = { readonly [key: string]: string };

/** Whether a text has the syntax of a label's key. */
export function isQualifiedName(key: unknown): key is string {
  if (typeof key !== 'string') {
    return false;
  }
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  // The name of an object's own property to JavaScript, which cdk8s cannot write.
  return key !== 'constructor' && name.length <= 63 && NAME_PART.test(name) && (prefix === undefined || isDnsName(prefix));
}

/** The text, if it has the syntax of a label's key: that of classes of load balancers and the like, too. */
export function qualifiedName(text: unknown, at: Located | string, what: string): string {
  if (!isQualifiedName(text)) {
    throw new MeshError('IM0107', at, {
      problem: `${what} has the wrong form`,
      got: text,
      allowed: 'an optional DNS name and a slash, then at most 63 letters, digits, dashes, dots and underscores',
    });
  }
  return text;
}

/** Whether a text can be the value of a label. */
export function isLabelValue(value: unknown): value is string {
  return typeof value === 'string' && (value === '' || (value.length <= 63 && NAME_PART.test(value)));
}

/** The labels, if their keys and values have Kubernetes' syntax. */
export function labels(given: Labels, at: Located | string): Labels {
  for (const [key, value] of Object.entries(given)) {
    label(key, value, at);
  }
  return given;
}

/** Checks one label. */
export function label(key: string, value: string, at: Located | string): void {
  qualifiedName(key, at, 'the key of a label');
  if (!isLabelValue(value)) {
    throw new MeshError('IM0107', at, {
      problem: `the value of label ${key} has the wrong form`,
      got: value,
      allowed: 'at most 63 letters, digits, dashes, dots and underscores, beginning and ending with a letter or digit',
    });
  }
}

/** Checks one annotation: its key has the syntax of a label's, its value is any text. */
export function annotation(key: string, value: string, at: Located | string): void {
  if (typeof key !== 'string' || !isQualifiedName(key.toLowerCase())) {
    throw new MeshError('IM0110', at, {
      problem: 'the key of an annotation has the wrong form',
      got: key,
      allowed: 'an optional DNS name and a slash, then at most 63 letters, digits, dashes, dots and underscores',
    });
  }
  if (typeof value !== 'string') {
    throw new MeshError('IM0110', at, { problem: `the value of annotation ${key} is no text`, got: value, allowed: 'a string' });
  }
}

/** Labels as one text, independent of the order they were given in: a key to look them up by. */
export function labelsKey(given: Labels): string {
  let text = '';
  for (const key of Object.keys(given).sort()) {
    text += `${text && ','}${key}=${given[key]}`;
  }
  return text;
}

/** A selector of Kubernetes, as plain data. */
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: { readonly key: string; readonly operator: string; readonly values?: string[] }[];
}

/** Whether a selector of Kubernetes, as plain data, selects what has these labels. One without terms selects all. */
export function isSelected(selector: unknown, given: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as Selector;
  return Object.entries(matchLabels).every(([key, value]) => given[key] === value) && matchExpressions.every(({ key, operator, values = [] }) => {
    const has = Object.keys(given).includes(key);
    return operator === 'Exists' ? has : operator === 'DoesNotExist' ? !has : operator === 'In' ? has && values.includes(given[key]) : !has || !values.includes(given[key]);
  });
}
