import { Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { NativeSidecars, nativeSidecars } from './native-sidecars';
import { PodMetadataBuilder } from './pod-metadata-builder';
import { MeshError } from '../../diagnostics/mesh-error';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { writtenMetadata } from '../../kernel/written-metadata';
import { getSidecars } from '../workloads/sidecars';

/** The annotation by which a pod requests a native sidecar. */
const NATIVE = 'sidecar.istio.io/nativeSidecar';

/**
 * Gives init containers a network: with a regular sidecar, their traffic is redirected to a proxy that has not started. A native sidecar starts
 * before them. Pods request one, or the mesh settings enable it for all pods.
 */
export function serveInitContainers(at: Construct, workload: Workload, pods: PodMetadataBuilder): void {
  if (workload.initContainers.length === 0 || NATIVE in writtenMetadata(at, workload.podMetadata).annotations) {
    return;
  }
  const known = nativeSidecars(MeshCluster.of(at));
  if (known === NativeSidecars.BY_ANNOTATION) {
    pods.addAnnotation(NATIVE, 'true', at, () => getSidecars(at));
    return;
  }
  refuseAtSynthesis(at, () => {
    const served = known === NativeSidecars.BY_ISTIOD && knownMesh(at).nativeSidecars === true;
    if (getSidecars(at) && !served) {
      const { istio, kubernetes } = MeshCluster.of(at);
      throw new MeshError('IM1714', at, {
        problem: `init container ${workload.initContainers[0].name} has no network: the sidecar starts after it`,
        found: `Istio ${istio.version} on Kubernetes ${kubernetes.version}`,
        allowed: 'Istio 1.24 or later on Kubernetes 1.29 or later; before that release of Istio, MeshSettings with proxy: { nativeSidecars: true }',
        next: `set the releases of the cluster, or declare that no init container needs the network: podAnnotations: { '${NATIVE}': 'false' }`,
      });
    }
  });
}
