import { World } from './world';
import { IstioRelease, MeshCluster } from '../../src';

/** Whether the cluster that is being talked about runs this release of Istio or a later one. */
export function runs(w: World, release: IstioRelease): boolean {
  return MeshCluster.of(w.chart).istio.atLeast(release);
}
