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

/** Names of objects for all pods of a namespace, and of the ServiceAccount that Kubernetes makes in each. */
const FOR_ALL = ['default'];

/** The last part of the name of the policy for the callers of an egress gateway. */
export const CALLERS = 'callers';

/** The name of an object about the pods of a workload: the workload's own, if no object for all pods has it. */
export function podsName(workload: string, forAll: readonly string[] = FOR_ALL): string {
  return forAll.includes(workload) ? objectName(workload, 'of', 'pods') : workload;
}

/** The name of an object about the pods of one version: `<workload>.<version>`, if no gateway has such a policy. */
export function versionName(workload: string, version: string): string {
  return version === CALLERS ? objectName(workload, version, 'of', 'pods') : objectName(workload, version);
}

/**
 * The name of what the mesh does with requests for a host. Routes of a gateway are called `<gateway>.<host>`, which may be another host: that of an outside host
 * ends with a label that no host has.
 */
export function routingName(name: string): string {
  return name.includes('.') ? objectName(name, 'to--outside') : name;
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
