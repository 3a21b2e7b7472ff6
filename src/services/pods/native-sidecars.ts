import { MeshCluster } from '../../kernel/mesh-cluster';
import { IstioRelease, KubernetesRelease } from '../../values/release';

/** How a pod gets a sidecar that ends with its containers: Kubernetes' own kind, an init container that is restarted. */
export enum NativeSidecars {
  /** The pod asks for it, by an annotation. */
  BY_ANNOTATION,
  /** istiod gives it to every pod, or to none. */
  BY_ISTIOD,
  /** Not at all. */
  NONE,
}

/**
 * What the releases of a cluster have. Kubernetes turned its feature gate SidecarContainers on with 1.29; Istio reads the annotation
 * from 1.24 on, before that istiod's ENABLE_NATIVE_SIDECARS alone, which the settings of the mesh say.
 */
export function nativeSidecars({ istio, kubernetes }: MeshCluster): NativeSidecars {
  if (!kubernetes.atLeast(KubernetesRelease.V1_29)) {
    return NativeSidecars.NONE;
  }
  return istio.atLeast(IstioRelease.V1_24) ? NativeSidecars.BY_ANNOTATION : NativeSidecars.BY_ISTIOD;
}
