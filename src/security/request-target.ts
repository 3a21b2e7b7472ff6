import { IConstruct } from 'constructs';
import { GatewayRequests } from './gateway-requests';
import { TargetAttributes } from './policy-rules';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../diagnostics/validate-props';
import { MeshCluster } from '../kernel/mesh-cluster';
import { IMeshService } from '../services/mesh-service-base';
import { IGatewayPods, isGateway } from '../services/workloads/gateway-pods';
import { hostPattern } from '../values/host';
import { portNumber } from '../values/mesh-port';
import { isHttp } from '../values/protocol';

/** Options of `RequestTarget.service`. */
export interface ServiceRequestsOptions {
  /**
   * The number of the service's port.
   *
   * @default - every port on which Envoy reads HTTP
   */
  readonly port?: number;
}

/** Options of `RequestTarget.gateway`. */
export interface GatewayRequestsOptions {
  /**
   * The hosts of the requests: names that the gateway serves, or `*` for all requests to its ports. Other wildcards are refused (IM1804),
   * because a policy cannot match them together with a port in the Host header.
   */
  readonly hosts: string[];

  /**
   * The ports on which the gateway's pods listen for HTTP and HTTPS: the target ports of its Service.
   *
   * @default - the ports of dedicated pods, or of Istio's profiles; required for other pods (IM1803)
   */
  readonly ports?: number[];
}

/**
 * The requests to which a policy applies: those to a service, or those for some hosts of a gateway.
 */
export class RequestTarget {
  /**
   * All requests to a service. The sidecars of its pods enforce the policy.
   *
   * @param service the service, with at least one HTTP port (IM1809); `port` must be HTTP too (IM1801)
   */
  public static service(service: IMeshService, options: ServiceRequestsOptions = {}): RequestTarget {
    const at = 'RequestTarget.service()';
    instanceOf('MeshServiceBase', service, at, 'the service');
    const { port } = validateProps('ServiceRequestsOptions', options, at);
    const named = port === undefined ? service.ports : [service.portOf(port)];
    const http = named.filter(({ protocol }) => isHttp(protocol));
    if (port !== undefined && http.length === 0) {
      throw new MeshError('IM1801', at, { problem: `port ${port} of ${service.serviceName} is not HTTP: the policy cannot read its requests`, got: named[0].name });
    }
    if (http.length === 0) {
      throw new MeshError('IM1809', at, { problem: `${service.serviceName} has no HTTP port: the policy cannot read its requests`, got: named.map(({ name }) => name) });
    }
    if (Object.keys(service.podLabels).length === 0) {
      throw new MeshError('IM1809', at, { problem: `${service.serviceName} has no pod labels: the policy would select all pods of the namespace`, next: 'set its `podLabels`' });
    }
    const ports = [...new Set(http.map(({ targetPort }) => targetPort))].sort((a, b) => a - b).map(String);
    const { namespace, podLabels } = service;
    const root = MeshCluster.of(service).rootNamespace === namespace;
    return new RequestTarget(service, () => ({ namespace, root, labels: podLabels, podLabels, places: [{ ports }] }));
  }

  /**
   * Requests for some hosts of a gateway. The gateway's pods enforce the policy before they route requests.
   *
   * The policy excludes requests that the gateway answers itself: redirects to HTTPS with ACME challenges, and preflights of routes with a `corsPolicy`. It also
   * excludes connections that are not HTTP, for all Gateways of the pods: by port, or by SNI at ports that they share with HTTPS. What SNI and paths cannot
   * distinguish is refused (IM1804, IM1828).
   *
   * @param gateway the gateway; its pods must be known (IM1803), and it must serve the hosts (IM1809)
   */
  public static gateway(gateway: IGatewayPods, options: GatewayRequestsOptions): RequestTarget {
    const at = 'RequestTarget.gateway()';
    const { hosts, ports } = validateProps('GatewayRequestsOptions', options, at);
    ports?.forEach(port => portNumber(port, at, 'the port'));
    if (hosts.length === 0) {
      throw new MeshError('IM1809', at, { problem: 'the list of hosts is empty', got: hosts, next: 'list the hosts' });
    }
    hosts.forEach(host => hostPattern(host, at));
    const wild = hosts.find(host => host.startsWith('*.'));
    if (wild !== undefined) {
      // The Host header can contain any port, and Istio supports only one `*` in a pattern.
      throw new MeshError('IM1804', at, {
        problem: `a policy cannot match ${wild} together with a port in the Host header`,
        got: wild,
        next: 'list each host, use \'*\' for all requests to these ports, or target the service',
      });
    }
    if (!isGateway(gateway)) {
      throw new MeshError('IM0001', at, { problem: 'the gateway is missing or of the wrong type', got: gateway, allowed: 'a MeshGateway' });
    }
    return new RequestTarget(gateway, policy => new GatewayRequests(gateway, hosts, ports, policy).target);
  }

  private constructor(
    /** @internal */ public readonly _of: IConstruct,
    private readonly attributes: (at: IConstruct) => TargetAttributes,
  ) {}

  /** @internal */
  public _attributes(at: IConstruct): TargetAttributes {
    return this.attributes(at);
  }
}
