import { MeshError } from '../diagnostics/mesh-error';
import { show } from '../diagnostics/show';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** What there is to know of a host whoever deploys it: its names, its ports, its subsets. */
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
  /** The labels of the pods of each version. */
  readonly versions: { readonly [name: string]: Labels };
}

/** The labels of a version, if the host has it. */
export function versionLabels(identity: HostIdentity, version: string, at: { node: { path: string } } | string): Labels {
  if (!Object.keys(identity.versions).includes(version)) {
    throw new MeshError('IM1105', at, {
      problem: `${identity.name} has no version ${show(version)}`,
      got: version,
      allowed: Object.keys(identity.versions).sort().join(', ') || 'none: the service was described without versions',
    });
  }
  return identity.versions[version];
}
