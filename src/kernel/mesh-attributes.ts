import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/** The fields of the mesh config that say which namespaces see objects. */
export type ExportDefault = 'defaultServiceExportTo' | 'defaultVirtualServiceExportTo' | 'defaultDestinationRuleExportTo';

/**
 * What is known of a cluster's mesh as a whole. Its settings say it, from the top floor; constructs of every floor read it, at synthesis,
 * when everybody has spoken. What is undefined nobody said: the mesh may do either.
 */
export interface MeshAttributes {
  /** What sidecars let out. */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;
  /** Whether sidecars answer the DNS queries of their pods, so that hosts that only Istio knows resolve. */
  readonly dnsCapture?: boolean;
  /** Whether proxies write an access log. */
  readonly accessLog?: boolean;
  /** Whether sidecars use mutual TLS with each other by themselves. */
  readonly autoMtls?: boolean;
  /** Whether the mesh says what stands in front of gateways. */
  readonly knowsGatewayTopology?: boolean;
  /** Whether all pods get native sidecars, where they do not ask for another kind. */
  readonly nativeSidecars?: boolean;
  /** The names of the providers that may be asked whether a request passes. */
  readonly authorizers?: string[];
  /** The namespaces that see objects which do not say it themselves, by the field of the mesh config that says so. */
  readonly exported?: { readonly [field in ExportDefault]?: string[] };
}
