import { World } from './world';
import { IstioRelease, KubernetesRelease, MeshCluster } from '../../src';

/** Whether the cluster that is being talked about runs this release of Istio or a later one. */
export function runs(w: World, release: IstioRelease): boolean {
  return MeshCluster.of(w.chart).istio.atLeast(release);
}

/** Whether the cluster that is being talked about runs this release of Kubernetes or a later one. */
export function runsOn(w: World, release: KubernetesRelease): boolean {
  return MeshCluster.of(w.chart).kubernetes.atLeast(release);
}
