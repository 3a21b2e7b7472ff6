import { createHash } from 'crypto';

const LONGEST_NAME = 253;

/**
 * The name of an object that nobody dials, from parts of which only the last may contain dots: joined by
 * dots, so that no two lists of parts give one name.
 *
 * Names longer than Kubernetes takes are cut and made unique by a digest of the whole.
 */
export function objectName(...parts: string[]): string {
  const name = parts.join('.');
  if (name.length <= LONGEST_NAME) {
    return name;
  }
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${name.slice(0, LONGEST_NAME - digest.length - 1).replace(/[-.]+$/, '')}-${digest}`;
}

/**
 * A label for a namespace in a name that ends with a host: labels with dashes in third and fourth place are
 * reserved (RFC 5891), so no host that is registered has it.
 */
export function namespaceLabel(namespace: string): string {
  return `in--${namespace}`;
}

/** The host or pattern, with a reserved label in place of the star: one that is that of no namespace. */
export function hostPart(host: string): string {
  return host.replace('*', 'of--any');
}
