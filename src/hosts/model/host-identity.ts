import { MeshError } from '../../diagnostics/mesh-error';
import { bare } from '../../diagnostics/show';
import { Labels, labelsKey } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** The attributes of a host: its names, ports and subsets. */
export interface HostIdentity {
  /** The full name that a client can dial from every namespace. */
  readonly host: string;
  /** The namespace that owns the host, and with it its routing and policy. */
  readonly namespace: string;
  /** The name of the objects made for the host. */
  readonly name: string;
  readonly ports: MeshPort[];
  /** Whether its clients choose a pod by the address that they resolved: no route in the mesh can choose another. */
  readonly headless?: boolean;
  /** The labels that all pods have: what their calls are recognized by. */
  readonly podLabels?: Labels;
  /** The labels of the pods of each version. */
  readonly versions: { readonly [name: string]: Labels };
}

/** Something that two descriptions of a host say differently, in words that do not depend on the order of what they list. */
export interface Difference {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** The first thing, if any, that two descriptions of one host say differently. */
export function differenceOf(one: HostIdentity, other: HostIdentity): Difference | undefined {
  const [here, there] = [identityTexts(one), identityTexts(other)];
  return Object.keys(here).map(what => ({ what, one: here[what], other: there[what] })).find(each => each.one !== each.other);
}

/** What a description says, each thing as one text. */
function identityTexts(identity: HostIdentity): { [what: string]: string } {
  const versions = Object.keys(identity.versions).sort().map(name => `${name} (${labelsKey(identity.versions[name])})`);
  return {
    'kinds of Service': identity.headless ? 'headless' : 'not headless',
    'ports': identity.ports.map(spokenPort).sort().join(', '),
    'versions': versions.join(', ') || 'none',
    'podLabels': labelsKey(identity.podLabels ?? {}) || 'none',
  };
}

function spokenPort({ port, name, targetPort, container, nodePort }: MeshPort): string {
  const details = [
    ...targetPort === port ? [] : [`target port ${targetPort}`],
    ...container === undefined ? [] : [`container ${container}`],
    ...nodePort === undefined ? [] : [`node port ${nodePort}`],
  ];
  return [`${port} (${name})`, ...details].join(' ');
}

/** The labels of a version, if the host has it. */
export function versionLabels(identity: HostIdentity, version: string, at: { node: { path: string } } | string): Labels {
  if (!Object.keys(identity.versions).includes(version)) {
    throw new MeshError('IM1105', at, {
      problem: `${identity.name} has no version ${bare(version)}`,
      got: version,
      allowed: Object.keys(identity.versions).sort().join(', ') || 'none: the service was described without versions',
    });
  }
  return identity.versions[version];
}
