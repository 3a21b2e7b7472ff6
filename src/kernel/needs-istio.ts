import { IConstruct } from 'constructs';
import { MeshCluster } from './mesh-cluster';
import { MeshError } from '../diagnostics/mesh-error';
import { IstioRelease } from '../values/release';

/** Refuses what a later release of Istio has come with: the API server silently drops fields that it does not know. */
export function needsIstio(at: IConstruct, release: IstioRelease, what: string): void {
  const runs = MeshCluster.of(at).istio;
  if (!runs.atLeast(release)) {
    throw new MeshError('IM1338', at, { problem: `${what} came with Istio ${release.version}`, got: runs.version, allowed: `Istio ${release.version} and later` });
  }
}
