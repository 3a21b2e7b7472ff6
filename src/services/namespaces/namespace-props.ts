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
   * Whether pods get a sidecar, and of which revision.
   *
   * @default - SidecarInjection.enabled(); none in the root namespace of the mesh
   */
  readonly injection?: SidecarInjection;

  /**
   * The mutual TLS mode of the workloads. Refused in the root namespace (IM1009), where it would
   * apply to the whole mesh. `STRICT` is refused without sidecars to enforce it (IM1014).
   *
   * @default - MutualTls.STRICT if pods get a sidecar; otherwise no mode
   */
  readonly mutualTls?: MutualTls;

  /**
   * The outbound traffic policy of the sidecars, written as the namespace's Sidecar. Refused in the root namespace, where it would apply to the whole
   * mesh, and if pods get no sidecar (IM1517).
   *
   * @default - the setting of the mesh
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars answer DNS queries of their pods. Then hosts resolve that only the mesh knows, and TCP hosts have separate
   * addresses. Written as the namespace's ProxyConfig. Running pods must be restarted. Refused if pods
   * get no sidecar (IM1517).
   *
   * @default - the setting of the mesh
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
   */
  readonly dnsCapture?: boolean;

  /**
   * Further labels of the namespace, for example those of Pod Security. `istio.io/dataplane-mode` is for namespaces without sidecars.
   *
   * @default - only the injection label
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
   * The known injection of the namespace. It is not written.
   *
   * @default - the setting of another construct of the cluster, or `SidecarInjection.enabled()`
   */
  readonly injection?: SidecarInjection;

  /**
   * The mutual TLS mode of the workloads, written as the namespace's PeerAuthentication. `STRICT` is refused
   * without sidecars to enforce it (IM1014).
   *
   * @default - nothing is written: the setting of another construct, or the existing one, applies
   */
  readonly mutualTls?: MutualTls;

  /**
   * The outbound traffic policy of the sidecars, written as the namespace's Sidecar. Refused in the root namespace and if pods get no sidecar (IM1517).
   *
   * @default - nothing is written: the existing setting applies
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars of the namespace are known to answer DNS queries. It is not written.
   *
   * @default - unknown
   */
  readonly dnsCapture?: boolean;
}
