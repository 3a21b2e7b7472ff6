import { createHash } from 'crypto';

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/**
 * The name of an object that is not a host name. The parts are joined by dots, and only the last part can contain dots, so different lists of
 * parts have different names.
 *
 * Names that are too long for Kubernetes are cut, and made unique by a digest of the whole name.
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
 * The name of the objects that configure requests for a host. Routes of a gateway are named `<gateway>.<host>`, which can equal another host, so
 * the name for an external host ends with a label that no host has.
 */
export function routingName(name: string): string {
  return name.includes('.') ? objectName(name, 'to--outside') : name;
}

/**
 * A host as a label, for names without dots. A dot becomes a dash, and a dash becomes two, so different hosts have different labels.
 *
 * @param prefix the beginning of the label
 */
export function hostLabel(host: string, prefix = ''): string {
  return within(LONGEST_LABEL, `${prefix}${hostPart(host).replace(/-/g, '--').replace(/\./g, '-')}`);
}

/** A host as the name of a label or annotation: unchanged, unless it is too long. */
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
 * A label for a namespace in a name that ends with a host. Labels with dashes in third and fourth place are reserved (RFC 5891), so no registered
 * host has it.
 */
export function namespaceLabel(namespace: string): string {
  return `in--${namespace}`;
}

/**
 * The internal name of one port of an external host, between a sidecar and an egress gateway: a label that no registered host has, and the host.
 */
export function portHost(host: string, port: number): string {
  return `at--${port}.${hostPart(host)}`;
}

/** The host or pattern, with a reserved label instead of the star. The label differs from those of namespaces. */
export function hostPart(host: string): string {
  return host.replace('*', 'of--any');
}
