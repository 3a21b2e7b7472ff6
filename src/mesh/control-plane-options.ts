import { IstioPodOptions } from './istio-pod-options';

/** Options of the control plane. */
export interface ControlPlaneOptions extends IstioPodOptions {
  /**
   * The images of Istio: `docker.io/istio`, or a mirror of it, without a scheme (IM1607). For sidecars, too.
   *
   * @default - the chart's own
   */
  readonly imageHub?: string;

  /**
   * Whether images have no shell and no tools. For sidecars, too.
   *
   * @default false
   */
  readonly distroless?: boolean;

  /**
   * The Secrets with credentials for the registry of the images, by name.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];

  /**
   * Whether istiod logs in JSON.
   *
   * @default false
   */
  readonly jsonLogs?: boolean;
}
