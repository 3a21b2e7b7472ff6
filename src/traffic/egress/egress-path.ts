import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * The path of connections out of the mesh: directly, or through an egress gateway.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressPath {
  /** Directly from the caller's sidecar to the external host. */
  public static direct(): EgressPath {
    return new EgressPath();
  }

  /**
   * Through an egress gateway: with mutual TLS from the caller's sidecar to the gateway, and from there to the external host. The gateway needs no
   * server: routes add the servers that they need, all on port 443. A change from `direct()` loses no request if the pods of the gateway are ready and
   * the chart of the gateway is applied first; the change back takes two steps (docs/changes.md).
   *
   * @param gateway the gateway, in the namespace of its pods; its pods need a known Service, and must serve nothing else (IM1506)
   */
  public static gateway(gateway: MeshGateway): EgressPath {
    const at = 'EgressPath.gateway()';
    instanceOf('MeshGateway', gateway, at, 'the gateway');
    const { workload, namespace } = gateway;
    if (!workload._egressService) {
      throw new MeshError('IM1506', at, {
        problem: `the pods of ${gateway.node.path} have no known Service by which sidecars can reach them`,
        got: workload.selector,
        allowed: 'GatewayWorkload.egress(), or GatewayWorkload.labels() with the `service` of the pods',
      });
    }
    if (workload.namespace !== namespace) {
      throw new MeshError('IM1506', at, {
        problem: `${gateway.node.path} is not in the namespace of its pods, where its policies apply`,
        got: namespace,
        allowed: workload.namespace,
        next: 'make the gateway in the namespace of its pods',
      });
    }
    return new EgressPath(gateway);
  }

  private constructor(
    /**
     * The egress gateway, if there is one.
     *
     * @internal
     */
    public readonly _gateway?: MeshGateway,
  ) {}
}
