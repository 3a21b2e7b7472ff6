import { createHash } from 'crypto';

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/**
 * The name of an object that nobody dials, from parts of which only the last may contain dots: joined by
 * dots, so that no two lists of parts give one name.
 *
 * Names longer than Kubernetes takes are cut and made unique by a digest of the whole.
 */
export function objectName(...parts: string[]): string {
  return within(LONGEST_NAME, parts.join('.'));
}

/**
 * A host as a label, for names that may not have dots: a dash for a dot, two for a dash, so that no two hosts give one label.
 *
 * @param prefix what the label begins with
 */
export function hostLabel(host: string, prefix = ''): string {
  return within(LONGEST_LABEL, `${prefix}${hostPart(host).replace(/-/g, '--').replace(/\./g, '-')}`);
}

/** A host as the name of a label or annotation: as it is, unless it is too long. */
export function hostKey(host: string, prefix: string): string {
  return within(LONGEST_LABEL, `${prefix}${hostPart(host)}`);
}

function within(longest: number, name: string): string {
  if (name.length <= longest) {
    return name;
  }
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${name.slice(0, longest - digest.length - 1).replace(/[-.]+$/, '')}-${digest}`;
}

/**
 * A label for a namespace in a name that ends with a host: labels with dashes in third and fourth place are
 * reserved (RFC 5891), so no host that is registered has it.
 */
export function namespaceLabel(namespace: string): string {
  return `in--${namespace}`;
}

/**
 * The name by which a sidecar and an egress gateway speak of one port of an outside host: a label that no registered host has, and
 * the host.
 */
export function portHost(host: string, port: number): string {
  return `at--${port}.${hostPart(host)}`;
}

/** The host or pattern, with a reserved label in place of the star: one that is that of no namespace. */
export function hostPart(host: string): string {
  return host.replace('*', 'of--any');
}
