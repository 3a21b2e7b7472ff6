import { IConstruct } from 'constructs';
import { KnownNamespace } from './known-namespace';
import { MeshAttributes } from './mesh-attributes';
import { MeshCluster } from './mesh-cluster';
import { Registry, registryAt } from './registry-store';

/** The registers of a class that belong to the cluster of a construct. ARCHITECTURE.md lists all registers. */
export function registryOf<T>(scope: IConstruct, registry: Registry<T>): T {
  return registryAt(MeshCluster.of(scope), registry);
}

/** The kernel's registers for a cluster. */
export class KernelRegistry {
  /** Namespaces by name. Written by `knownNamespace` on first use, and by constructs that set something for one. Complete at synthesis. */
  public readonly namespaces = new Map<string, KnownNamespace>();

  /** Settings of the mesh as a whole. Written by `MeshSettings` and `IstioInstall`. Complete at synthesis. */
  public readonly mesh: { settings: MeshAttributes; installed: MeshAttributes } = { settings: {}, installed: {} };
}
