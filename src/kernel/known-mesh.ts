import { IConstruct } from 'constructs';
import { perCluster } from './mesh-cluster';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/** The fields of the mesh config that say which namespaces see objects. */
export type ExportDefault = 'defaultServiceExportTo' | 'defaultVirtualServiceExportTo' | 'defaultDestinationRuleExportTo';

/**
 * What is known of a cluster's mesh as a whole. Its settings say it, from the top floor; constructs of every floor read it, at synthesis,
 * when everybody has spoken. What is undefined nobody said: the mesh may do either.
 */
export interface KnownMesh {
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

const registers = perCluster<{ facts: KnownMesh; further: KnownMesh }>(() => ({ facts: {}, further: {} }));

/** What is known of the mesh of a construct's cluster. */
export function knownMesh(scope: IConstruct): KnownMesh {
  const { facts, further } = registers(scope);
  return { ...facts, ...further };
}

/** States what is known of the mesh of a construct's cluster. */
export function declareKnownMesh(scope: IConstruct, facts: KnownMesh): void {
  registers(scope).facts = facts;
}

/** States what an installation adds to the settings of the mesh. What it leaves undefined stays as the settings say. */
export function declareInstalledMesh(scope: IConstruct, facts: KnownMesh): void {
  const register = registers(scope);
  const said = Object.entries(facts).filter(([, value]) => value !== undefined);
  register.further = { ...register.further, ...Object.fromEntries(said) };
}
