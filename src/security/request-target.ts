import { IConstruct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, shaped } from '../diagnostics/shaped';
import { gatewayFacts, IGatewayPods, isGateway } from '../services/gateway-pods';
import { IMeshService } from '../services/mesh-service-base';
import { covers, hostPattern } from '../values/host';
import { Labels } from '../values/labels';
import { portNumber } from '../values/mesh-port';
import { isHttp } from '../values/protocol';

/** Options of `RequestTarget.service`. */
export interface ServiceRequestsOptions {
  /**
   * The number of the port that the requests come to.
   *
   * @default - every port on which Envoy reads HTTP
   */
  readonly port?: number;
}

/** Options of `RequestTarget.gateway`. */
export interface GatewayRequestsOptions {
  /**
   * The hosts that the requests are for: names that the gateway serves, or `*` for all that comes to its ports. Other wildcards are refused (IM1804):
   * a client that adds a port to the name would go around them.
   */
  readonly hosts: string[];

  /**
   * The ports on which the gateway's pods listen: those that its Service leads to.
   *
   * @default - those of the gateway's own pods, or of Istio's profiles; others are not known, and refused (IM1803)
   */
  readonly ports?: number[];
}

/** Which pods a policy is for, and which of their requests. */
export interface TargetFacts {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports?: string[];
  readonly hosts?: string[];
}

/**
 * Which requests a rule is about: those that come to a service, or those that come through a gateway for some hosts.
 */
export class RequestTarget {
  /**
   * Requests that come to a service, whoever sends them: asked by the sidecars of its pods.
   *
   * @param service the service; one without a port on which Envoy reads HTTP is refused (IM1809), so is such a `port` (IM1801)
   */
  public static service(service: IMeshService, options: ServiceRequestsOptions = {}): RequestTarget {
    const at = 'RequestTarget.service()';
    instanceOf('MeshServiceBase', service, at, 'the service');
    const { port } = shaped('ServiceRequestsOptions', options, at);
    const named = port === undefined ? service.ports : [service.portOf(port)];
    const http = named.filter(({ protocol }) => isHttp(protocol));
    if (port !== undefined && http.length === 0) {
      throw new MeshError('IM1801', at, { problem: `port ${port} of ${service.serviceName} is not HTTP: there are no requests to look into`, got: named[0].name });
    }
    if (http.length === 0) {
      throw new MeshError('IM1809', at, { problem: `${service.serviceName} has no HTTP port: there are no requests to look into`, got: named.map(({ name }) => name) });
    }
    if (Object.keys(service.podLabels).length === 0) {
      throw new MeshError('IM1809', at, { problem: `${service.serviceName} is described without labels of its pods: the policy would be for all of the namespace`, next: 'name its `podLabels`' });
    }
    const ports = [...new Set(http.map(({ targetPort }) => targetPort))].sort((a, b) => a - b).map(String);
    return new RequestTarget(service, () => ({ namespace: service.namespace, labels: service.podLabels, ports }));
  }

  /**
   * Requests for some hosts that come through a gateway: asked by the gateway's pods, before they are routed. The gateway may have no
   * server of another kind than HTTP: what is no request would be refused there, whatever it is for (IM1804).
   *
   * @param gateway the gateway; one whose pods are not known is refused (IM1803), so is a host that it does not serve (IM1809)
   */
  public static gateway(gateway: IGatewayPods, options: GatewayRequestsOptions): RequestTarget {
    const at = 'RequestTarget.gateway()';
    const { hosts, ports } = shaped('GatewayRequestsOptions', options, at);
    ports?.forEach(port => portNumber(port, at, 'the port'));
    if (hosts.length === 0) {
      throw new MeshError('IM1809', at, { problem: 'there is no host: no request would be meant', got: hosts, next: 'name the hosts' });
    }
    hosts.forEach(host => hostPattern(host, at));
    const wild = hosts.find(host => host.startsWith('*.'));
    if (wild !== undefined) {
      // Clients may send any port behind the name, and Istio compares by one star.
      throw new MeshError('IM1804', at, {
        problem: `a policy cannot say ${wild} with whatever port a client adds: who adds one would go around it`,
        got: wild,
        next: 'name each host, or \'*\' for all that come to these ports, or look into requests at the service',
      });
    }
    if (!isGateway(gateway)) {
      throw new MeshError('IM0001', at, { problem: 'the gateway is missing or of the wrong type', got: gateway, allowed: 'a MeshGateway' });
    }
    return new RequestTarget(gateway, at_ => {
      const { pods, hosts: served, opaque, listeners } = gatewayFacts(gateway);
      const known = ports ?? listeners;
      if (!pods) {
        throw new MeshError('IM1803', at_, { problem: `the pods of ${gateway.gatewayName} are not known`, next: 'name its `workload`' });
      }
      if (!known) {
        throw new MeshError('IM1803', at_, { problem: `where the pods of ${gateway.gatewayName} listen is not known`, next: 'name the `ports`' });
      }
      if (opaque !== undefined) {
        throw new MeshError('IM1804', at_, {
          problem: `server ${opaque} of ${gateway.gatewayName} carries no requests that Envoy reads: a refusal by host would refuse all that comes there`,
          got: opaque,
          next: 'give that server a gateway with pods of its own, or look into requests at the service',
        });
      }
      const stranger = hosts.find(host => host !== '*' && !(served ?? hosts).some(pattern => covers(pattern, host)));
      if (stranger !== undefined) {
        throw new MeshError('IM1809', at_, { problem: `${gateway.gatewayName} does not serve ${stranger}`, got: stranger, allowed: served!.join(', '), next: 'name a host that it serves' });
      }
      // What a client sends as the host may end with the port.
      const names = [...new Set(hosts)].sort().flatMap(host => (host === '*' ? [host] : [host, `${host}:*`]));
      return { namespace: pods.namespace, labels: pods.labels, hosts: names, ports: known.map(String) };
    });
  }

  private constructor(
    /** @internal */ public readonly _of: IConstruct,
    private readonly facts: (at: IConstruct) => TargetFacts,
  ) {}

  /** @internal */
  public _facts(at: IConstruct): TargetFacts {
    return this.facts(at);
  }
}
