import { EgressCallers } from './egress-callers';
import { WildcardResolution } from './egress-host';
import { EgressPath } from './egress-path';
import { EgressPort } from './egress-port';

/** Properties of an `EgressRoute`. */
export interface EgressRouteProps {
  /** The host that callers dial: a DNS name with a dot, or `*.` before one. */
  readonly host: string;

  /** The ports that callers dial, and how each is spoken to. */
  readonly ports: EgressPort[];

  /**
   * The path to the host: directly from the sidecars of callers, or by an egress gateway.
   *
   * @default EgressPath.direct()
   */
  readonly via?: EgressPath;

  /**
   * The addresses or DNS names behind the host. The ports there are those of the route, or their `targetPort`.
   *
   * @default - what DNS says of the host
   */
  readonly endpoints?: string[];

  /**
   * The addresses or DNS names behind the host by where they are, `region`, `region/zone` or `region/zone/subzone`: near ones are called first
   * where a `ResiliencePolicy` says `outlierDetection`.
   *
   * @default - no endpoint has a place
   */
  readonly localities?: { [locality: string]: string[] };

  /**
   * The addresses, or for TCP and TLS blocks of them, that callers dial. Istio tells hosts by them where it has nothing else: give them for plain TCP.
   * Without `endpoints`, and unless `inDns` is `true`, connections go to these addresses as well: a host without a name in DNS is reached so.
   *
   * @default - those that DNS gives callers
   */
  readonly addresses?: string[];

  /**
   * Whether DNS knows the host without the mesh. Where it does not, sidecars have to answer: those of services that declare to call the
   * route are told so, other callers need `dnsCapture` of their `MeshNamespace` (IM1508).
   *
   * @default - true without endpoints, false with them; with `addresses` alone proxies connect to the addresses and do not ask DNS
   */
  readonly inDns?: boolean;

  /**
   * Who finds the addresses of the hosts of a wildcard.
   *
   * @default WildcardResolution.NONE
   */
  readonly wildcardResolution?: WildcardResolution;

  /**
   * Who may leave by the route besides the services that declare to call it.
   *
   * An egress gateway refuses everybody else by identity. Without one it is the caller's own sidecar that does not know the host in
   * other namespaces, and answers 403 to HTTP of services that have not declared it.
   *
   * @default - nobody where a service declares to call it; else whatever runs in the namespace of the route
   */
  readonly callers?: EgressCallers;
}
