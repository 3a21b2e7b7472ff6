import { IConstruct } from 'constructs';
import { KnownNamespace } from './known-namespace';
import { MeshCluster } from './mesh-cluster';
import { KernelRegistry, registryOf } from './registry';

/** A namespace of the cluster of a construct. */
export function knownNamespace(scope: IConstruct, name: string): KnownNamespace {
  const { namespaces } = registryOf(scope, KernelRegistry);
  let known = namespaces.get(name);
  if (!known) {
    known = new KnownNamespace(name, name === MeshCluster.of(scope).rootNamespace);
    namespaces.set(name, known);
  }
  return known;
}

/** Lists the namespace of a construct among the existing objects. */
export function refersToNamespace(user: IConstruct, name: string): void {
  MeshCluster.of(user)._refersTo('Namespace', undefined, name, user);
}

/** All known namespaces of the cluster of a construct, sorted by name. */
export function knownNamespaces(scope: IConstruct): KnownNamespace[] {
  return [...registryOf(scope, KernelRegistry).namespaces.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
