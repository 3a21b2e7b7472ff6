import { k8s } from 'cdk8s-plus-28';
import { validateProps } from '../diagnostics/validate-props';
import { cidr } from '../values/cidr';
import { qualifiedName } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** Options of `MeshServiceType.loadBalancer`. */
export interface LoadBalancerOptions {
  /**
   * The load balancer class, for clouds with several. It has the syntax of a label key (IM0107).
   *
   * @default - the cloud's own
   */
  readonly loadBalancerClass?: string;

  /**
   * The addresses that may connect, as CIDRs (IM0112).
   *
   * @default - all
   */
  readonly sourceRanges?: string[];

  /**
   * Whether to keep the client's address, by sending connections only to pods on the same node.
   *
   * @default false
   */
  readonly localTrafficOnly?: boolean;

  /**
   * Whether every port also gets a node port. Load balancers that send to pods directly do not need it.
   *
   * @default true
   */
  readonly allocateNodePorts?: boolean;
}

/** Options of `MeshServiceType.nodePort`. */
export interface NodePortOptions {
  /**
   * Whether to keep the client's address, by sending connections only to pods on the same node.
   *
   * @default false
   */
  readonly localTrafficOnly?: boolean;
}

/**
 * The type of a Service, which decides from where clients can reach it.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
 */
export class MeshServiceType {
  /** From inside the cluster. */
  public static clusterIp(): MeshServiceType {
    return new MeshServiceType('ClusterIP', {});
  }

  /**
   * From inside the cluster, and at a port of every node.
   *
   * If the namespace requires mutual TLS, which is the default, sidecars reset plain connections from outside:
   * use a `MeshGateway` for these clients, or `MutualTls.PERMISSIVE` for the namespace.
   */
  public static nodePort(options: NodePortOptions = {}): MeshServiceType {
    validateProps('NodePortOptions', options, 'MeshServiceType.nodePort()');
    return new MeshServiceType('NodePort', { externalTrafficPolicy: options.localTrafficOnly ? 'Local' : undefined });
  }

  /**
   * From inside the cluster, at a port of every node, and through a load balancer of the cloud.
   *
   * If the namespace requires mutual TLS, which is the default, sidecars reset plain connections from outside, and
   * those of the load balancer's health checks: use a `MeshGateway` for clients, or `MutualTls.PERMISSIVE` for the namespace.
   */
  public static loadBalancer(options: LoadBalancerOptions = {}): MeshServiceType {
    const at = 'MeshServiceType.loadBalancer()';
    const { loadBalancerClass, sourceRanges, localTrafficOnly, allocateNodePorts } = validateProps('LoadBalancerOptions', options, at);
    return new MeshServiceType('LoadBalancer', {
      externalTrafficPolicy: localTrafficOnly ? 'Local' : undefined,
      loadBalancerClass: loadBalancerClass === undefined ? undefined : qualifiedName(loadBalancerClass, at, 'the class'),
      allocateLoadBalancerNodePorts: allocateNodePorts,
      loadBalancerSourceRanges: sourceRanges?.map(range => cidr(range, at)),
    });
  }

  private constructor(private readonly _type: string, private readonly _spec: k8s.ServiceSpec) {}

  /**
   * Whether a port of a Service of this type may have a node port.
   *
   * @internal
   */
  public get _hasNodePorts(): boolean {
    return this._type !== 'ClusterIP';
  }

  /** @internal */
  public _toKube(ports: MeshPort[]): k8s.ServiceSpec {
    return this._with(ports.map(port => ({
      name: port.name,
      port: port.port,
      targetPort: k8s.IntOrString.fromNumber(port.targetPort),
      protocol: port._transport,
      appProtocol: port._transport === 'TCP' ? port.protocol : undefined,
      nodePort: port.nodePort,
    })));
  }

  /** @internal */
  public _with(ports: k8s.ServicePort[]): k8s.ServiceSpec {
    return { type: this._type, ports, ...this._spec };
  }
}
