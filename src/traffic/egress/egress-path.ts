import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * The path of connections out of the mesh: directly, or by an egress gateway.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressPath {
  /** From the caller's sidecar to the outside machine. */
  public static direct(): EgressPath {
    return new EgressPath();
  }

  /**
   * From the caller's sidecar to an egress gateway by mutual TLS, and from there to the outside machine. The gateway needs no server of
   * its own: routes add what they need, all of it on port 443. A change from `direct()` loses no request where the pods of the gateway are ready and the
   * chart of the gateway is applied first; the way back takes two steps (docs/changes.md).
   *
   * @param gateway the gateway, in the namespace of its pods; one of pods that no Service is known of is refused, and at synthesis one of pods that serve something else (IM1506)
   */
  public static gateway(gateway: MeshGateway): EgressPath {
    const at = 'EgressPath.gateway()';
    instanceOf('MeshGateway', gateway, at, 'the gateway');
    const { workload, namespace } = gateway;
    if (!workload._egressService) {
      throw new MeshError('IM1506', at, {
        problem: `the pods of ${gateway.node.path} are no egress gateway: there is no Service by which sidecars could reach them`,
        got: workload.selector,
        allowed: 'GatewayWorkload.egress(), or GatewayWorkload.labels() with the `service` of the pods',
      });
    }
    if (workload.namespace !== namespace) {
      throw new MeshError('IM1506', at, {
        problem: `${gateway.node.path} is in another namespace than its pods, where who may leave is decided`,
        got: namespace,
        allowed: workload.namespace,
        next: 'make the gateway in the namespace of its pods',
      });
    }
    return new EgressPath(gateway);
  }

  private constructor(
    /**
     * The gateway on the way, where there is one.
     *
     * @internal
     */
    public readonly _gateway?: MeshGateway,
  ) {}
}
