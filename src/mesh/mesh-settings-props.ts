import { AccessLog } from './access-log';
import { IngressController } from './ingress-controller';
import { ProxyDefaults } from './proxy-defaults';
import { TracingProvider } from './tracing-provider';
import { Retries } from '../hosts/http/retries';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';
import { PathNormalization } from '../values/request-path';

/** The lowest version of TLS that sidecars speak with each other. */
export enum MeshTlsVersion {
  /** TLS 1.2. */
  TLS_1_2 = 'TLS_1_2',
  /** TLS 1.3. */
  TLS_1_3 = 'TLS_1_3',
}

/** Which requests are traced, and who takes the spans. */
export interface TracingDefaults {
  /** The collector of the whole mesh. */
  readonly provider: TracingProvider;

  /**
   * The percentage of requests that are traced: more than 0, which Istio treats as not set, and at most 100 (IM1609).
   *
   * @default 1
   */
  readonly sampling?: number;
}

/** Properties of `MeshSettings`. */
export interface MeshSettingsProps {
  /**
   * What sidecars let out of the mesh.
   *
   * @default OutboundTrafficPolicy.ALLOW_ANY
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether sidecars answer the DNS queries of their pods: names that only Istio knows resolve then, and hosts without addresses get
   * one each, so that proxies can distinguish TCP hosts on one port.
   *
   * @default false
   */
  readonly dnsCapture?: boolean;

  /**
   * The access log of all proxies.
   *
   * @default AccessLog.none()
   */
  readonly accessLog?: AccessLog;

  /**
   * Which requests are traced, and by whom.
   *
   * @default - no traces
   */
  readonly tracing?: TracingDefaults;

  /**
   * Further collectors of traces, which `Telemetry` of a namespace or workload may name.
   *
   * @default - none but that of `tracing`
   */
  readonly tracingProviders?: TracingProvider[];

  /**
   * Trust domains whose identities are taken for those of the mesh's own: after a change of the domain, the old ones.
   *
   * @default - none
   */
  readonly trustDomainAliases?: string[];

  /**
   * The retries of failed HTTP requests, for routes without retries of their own.
   *
   * @default - Istio's own: two retries if no response has begun
   */
  readonly defaultHttpRetryPolicy?: Retries;

  /**
   * What every proxy runs with.
   *
   * @default - Istio's own
   */
  readonly proxy?: ProxyDefaults;

  /**
   * Whether sidecars use mutual TLS with each other by themselves.
   *
   * @default true
   */
  readonly autoMtls?: boolean;

  /**
   * The lowest version of TLS that sidecars speak with each other.
   *
   * @default MeshTlsVersion.TLS_1_2
   */
  readonly minProtocolVersion?: MeshTlsVersion;

  /**
   * How proxies rewrite the path of every request before routes and policies compare it, and before applications get it. A policy on paths protects
   * an application only if both read paths in the same way: choose the way of the application. Paths of routes and policies that no request has
   * then are refused at synthesis (IM1880).
   *
   * @default PathNormalization.BASE
   * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
   */
  readonly pathNormalization?: PathNormalization;

  /**
   * Whose Kubernetes Ingresses istiod serves.
   *
   * @default - IngressController.ofClass('istio')
   */
  readonly ingressController?: IngressController;

  /**
   * Labels of the namespaces that istiod watches; others are not part of the mesh. A namespace of this App needs the labels (IM1612).
   *
   * @default - all namespaces
   */
  readonly discoverySelectors?: { [key: string]: string };

  /**
   * The name of the mesh, for meshes that share telemetry or policies: a value of a label (IM0107).
   *
   * @default - the trust domain
   */
  readonly meshId?: string;

  /**
   * The network that the pods of the cluster are in, where a mesh has several: a value of a label (IM0107).
   *
   * @default - none: every pod reaches every other
   */
  readonly network?: string;

  /**
   * Further fields of Istio's configuration of the mesh, for which there is no property. One that a property or a fact of the cluster
   * says is refused (IM1604), and so is one that Istio does not have (IM1616).
   *
   * @default - none
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- plain data: jsii has no other word for it
  readonly meshConfig?: { [field: string]: any };
}
