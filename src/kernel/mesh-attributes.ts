import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/** The fields of the mesh config with the default `exportTo` of objects. */
export type ExportDefault = 'defaultServiceExportTo' | 'defaultVirtualServiceExportTo' | 'defaultDestinationRuleExportTo';

/**
 * The known attributes of a cluster's mesh. `MeshSettings` and `IstioInstall` set them, and constructs of every floor read them at synthesis. An
 * undefined attribute is unknown.
 */
export interface MeshAttributes {
  /** The outbound traffic policy of sidecars. */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;
  /** Whether sidecars answer the DNS queries of their pods, so that hosts that only Istio knows resolve. */
  readonly dnsCapture?: boolean;
  /** Whether proxies write an access log. */
  readonly accessLog?: boolean;
  /** Whether sidecars use mutual TLS with each other by themselves. */
  readonly autoMtls?: boolean;
  /** Whether the mesh config declares the proxies in front of gateways. */
  readonly knowsGatewayTopology?: boolean;
  /** Whether pods get native sidecars by default. */
  readonly nativeSidecars?: boolean;
  /** The names of the providers for external authorization. */
  readonly authorizers?: string[];
  /** The namespaces that see objects without `exportTo`, by field of the mesh config. */
  readonly exported?: { readonly [field in ExportDefault]?: string[] };
}
