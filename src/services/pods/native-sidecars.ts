import { MeshCluster } from '../../kernel/mesh-cluster';
import { IstioRelease, KubernetesRelease } from '../../values/release';

/** How a pod gets a native sidecar: an init container that restarts always. */
export enum NativeSidecars {
  /** The pod requests it with an annotation. */
  BY_ANNOTATION,
  /** istiod enables it for all pods or for none. */
  BY_ISTIOD,
  /** The releases do not support it. */
  NONE,
}

/**
 * The support by the releases of a cluster. Kubernetes enables its feature gate SidecarContainers since 1.29. Istio reads the annotation
 * since 1.24. Earlier releases only have istiod's ENABLE_NATIVE_SIDECARS, which mesh settings enable.
 */
export function nativeSidecars({ istio, kubernetes }: MeshCluster): NativeSidecars {
  if (!kubernetes.atLeast(KubernetesRelease.V1_29)) {
    return NativeSidecars.NONE;
  }
  return istio.atLeast(IstioRelease.V1_24) ? NativeSidecars.BY_ANNOTATION : NativeSidecars.BY_ISTIOD;
}
