import { MutualTls } from '../../values/mutual-tls';
import { OutboundTrafficPolicy } from '../../values/outbound-traffic-policy';
import { SidecarInjection } from '../../values/sidecar-injection';

/** Properties of a `MeshNamespace`. */
export interface MeshNamespaceProps {
  /**
   * The name of the namespace.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * Whether pods get a sidecar, and from which istiod.
   *
   * @default - SidecarInjection.enabled(); none in the root namespace of the mesh
   */
  readonly injection?: SidecarInjection;

  /**
   * Whether the workloads of the namespace take connections without mutual TLS. Refused in the root namespace (IM1009), where it would
   * be the mode of the whole mesh; so is `STRICT` where pods get no sidecar to enforce it (IM1014).
   *
   * @default - MutualTls.STRICT where pods get a sidecar; nothing is said otherwise
   */
  readonly mutualTls?: MutualTls;

  /**
   * Which hosts the sidecars of the namespace let pods call, written as its Sidecar. Refused in the root namespace, where it would hold for the whole
   * mesh, and if pods get no sidecar (IM1517).
   *
   * @default - what the mesh as a whole says
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars of the namespace answer DNS queries of their pods, so that hosts resolve that only the mesh knows, and hosts of plain
   * TCP have addresses of their own. Written as the namespace's ProxyConfig; pods that run already have to be restarted. Refused where pods
   * get no sidecar (IM1517).
   *
   * @default - what the mesh as a whole says
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
   */
  readonly dnsCapture?: boolean;

  /**
   * Further labels of the namespace, for example those of Pod Security. `istio.io/dataplane-mode` is for namespaces without sidecars.
   *
   * @default - none but the one for injection
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the namespace.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** Options of `MeshNamespace.fromExisting`. */
export interface ExistingNamespaceOptions {
  /**
   * The name of the namespace.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * What the namespace is known to do about sidecars. Nothing is written.
   *
   * @default - what another construct of the cluster says of the namespace; `SidecarInjection.enabled()` where none does
   */
  readonly injection?: SidecarInjection;

  /**
   * Whether the workloads of the namespace take connections without mutual TLS, written as its PeerAuthentication. `STRICT` is refused
   * where pods get no sidecar to enforce it (IM1014).
   *
   * @default - nothing is written: what another construct of the cluster says, or what is there
   */
  readonly mutualTls?: MutualTls;

  /**
   * What the sidecars of the namespace let out, written as its Sidecar. Refused in the root namespace and where pods get no sidecar (IM1517).
   *
   * @default - nothing is written: what is there holds
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars of the namespace are known to answer DNS queries. Nothing is written.
   *
   * @default - not known
   */
  readonly dnsCapture?: boolean;
}
