import { EgressCallers } from './egress-callers';
import { EgressPath } from './egress-path';
import { EgressPort } from './egress-port';
import { WildcardResolution } from './wildcard-resolution';

/** Properties of an `EgressRoute`. */
export interface EgressRouteProps {
  /** The host that callers dial: a DNS name with a dot, or `*.` before one. */
  readonly host: string;

  /** The ports that callers dial, and their protocols. */
  readonly ports: EgressPort[];

  /**
   * The path to the host: directly from the callers' sidecars, or through an egress gateway.
   *
   * @default EgressPath.direct()
   */
  readonly via?: EgressPath;

  /**
   * The endpoints of the host: IP addresses or DNS names. Their ports are those of the route, or their `targetPort`.
   *
   * @default - the host is resolved by DNS
   */
  readonly endpoints?: string[];

  /**
   * The endpoints of the host by locality: `region`, `region/zone` or `region/zone/subzone`. Callers prefer near ones if a `ResiliencePolicy`
   * sets `outlierDetection`.
   *
   * @default - endpoints have no locality
   */
  readonly localities?: { [locality: string]: string[] };

  /**
   * The IP addresses that callers dial; CIDR blocks for TCP and TLS. Istio identifies hosts of plain TCP by them.
   * Without `endpoints`, and unless `inDns` is `true`, connections also go to these addresses: this reaches a host without a DNS name.
   *
   * @default - the addresses that DNS returns to callers
   */
  readonly addresses?: string[];

  /**
   * Whether DNS outside of the mesh resolves the host. If not, sidecars must resolve it: services that declare a call to the route get DNS
   * capture, other callers need `dnsCapture` of their `MeshNamespace` (IM1508).
   *
   * @default - true without endpoints, false with them; with `addresses` only, proxies connect to the addresses without DNS
   */
  readonly inDns?: boolean;

  /**
   * How the addresses of the hosts of a wildcard are resolved.
   *
   * @default WildcardResolution.NONE
   */
  readonly wildcardResolution?: WildcardResolution;

  /**
   * Which callers may use the route, in addition to the services that declare a call to it.
   *
   * An egress gateway refuses all other callers by identity. Without one, only the caller's sidecar restricts egress: it does not know the host in
   * other namespaces, and returns 403 for HTTP requests of services that have not declared the call.
   *
   * @default - none if a service declares a call; otherwise all pods in the namespace of the route
   */
  readonly callers?: EgressCallers;
}
