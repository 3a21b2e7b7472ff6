import { ContainerResources } from 'cdk8s-plus-28';
import { ProxyDrain } from '../values/proxy-drain';
import { ProxyLogLevel } from '../values/proxy-log-level';

/**
 * The defaults of every proxy of the mesh, sidecar or gateway. Pods override them with the annotation `proxy.istio.io/config`.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export interface ProxyDefaults {
  /**
   * The number of threads of a proxy; 0 is one for each core of the node.
   *
   * @default - as many as the proxy has CPUs by its limit
   */
  readonly concurrency?: number;

  /**
   * Whether applications start only when their sidecar is ready. Native sidecars are ready first by themselves.
   *
   * @default false
   */
  readonly holdApplicationUntilProxyStarts?: boolean;

  /**
   * Whether sidecars are init containers that go on: they start before the application, and jobs end. From Kubernetes 1.29 on (IM1605).
   *
   * @default - the release of Istio decides: from 1.27 on where the cluster can
   */
  readonly nativeSidecars?: boolean;

  /**
   * What proxies do with their connections when their pods have to end: within the grace period of the pods, 30 seconds by default.
   *
   * @default - Istio's own: ProxyDrain.after(Duration.seconds(5))
   */
  readonly drain?: ProxyDrain;

  /**
   * Requests and limits of sidecars.
   *
   * @default - the chart's own: 100m CPU and 128 MiB requested, 2 CPUs and 1 GiB at most
   */
  readonly resources?: ContainerResources;

  /**
   * How much Envoy writes to its log.
   *
   * @default ProxyLogLevel.WARNING
   */
  readonly logLevel?: ProxyLogLevel;

  /**
   * Further entries of the proxies' metadata: names in capitals, such as `ISTIO_META_…` or settings of the agent (IM1609).
   *
   * @default - none
   */
  readonly proxyMetadata?: { [name: string]: string };
}
