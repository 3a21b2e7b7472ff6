import { IConstruct } from 'constructs';
import { MeshCluster } from './mesh-cluster';
import { MeshError } from '../diagnostics/mesh-error';

/** Refuses a construct that stands in another cluster than the one that uses it. */
export function sameCluster(user: IConstruct, used: IConstruct): void {
  const [here, there] = [MeshCluster.of(user), MeshCluster.of(used)];
  if (here !== there) {
    throw new MeshError('IM1008', user, { problem: `${used.node.path} is in another cluster`, got: there.node.id, allowed: here.node.id });
  }
}
