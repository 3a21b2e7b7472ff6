import { IConstruct } from 'constructs';
import { perCluster } from '../kernel/mesh-cluster';

const without = perCluster(() => new Set<string>());

/** Says that the pods of a namespace get no sidecar. */
export function declareNoSidecars(scope: IConstruct, namespace: string): void {
  without(scope).add(namespace);
}

/** Whether the pods of a namespace get sidecars, as far as is known. */
export function hasSidecars(scope: IConstruct, namespace: string): boolean {
  return !without(scope).has(namespace);
}
