import { IConstruct } from 'constructs';
import { MeshCluster } from './mesh-cluster';
import { MeshError } from '../diagnostics/mesh-error';
import { IstioRelease } from '../values/release';

/** Refuses fields of later releases of Istio, which the API server would drop silently. */
export function needsIstio(at: IConstruct, release: IstioRelease, what: string): void {
  const problem = releaseProblem(at, release, what);
  if (problem) {
    throw problem;
  }
}

/** The error for fields of a later release of Istio, if the cluster runs an earlier one. */
export function releaseProblem(at: IConstruct, release: IstioRelease, what: string): MeshError | undefined {
  const runs = MeshCluster.of(at).istio;
  return runs.atLeast(release)
    ? undefined
    : new MeshError('IM1338', at, { problem: `${what} came with Istio ${release.version}`, got: runs.version, allowed: `Istio ${release.version} and later` });
}
