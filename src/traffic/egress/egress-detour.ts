import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import { EgressServers } from './egress-servers';
import * as networking from '../../../imports/networking.istio.io';
import { HttpMatch } from '../../hosts/http/http-match';
import { RequestRule } from '../../hosts/http/request-settings';
import { Retries } from '../../hosts/http/retries';
import { RetryOn } from '../../hosts/http/retry-on';
import { MeshHost } from '../../hosts/mesh-host';
import { Destination, renderDestinations, renderHttp } from '../../hosts/model/route-action';
import { combined } from '../../hosts/routes/http-routes';
import { routeProtocol } from '../../hosts/routes/request-policy';
import { RouteSettings } from '../../hosts/routes/route-settings';
import { hostPart, namespaceLabel, objectName, portHost, routingName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { isPattern } from '../../values/host';
import { isHttp2, MeshProtocol } from '../../values/protocol';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * Istio's own tries of the sidecar are those that the gateway makes, too: nine in all of a call that fails. The sidecar makes such alone as the
 * gateway has not seen.
 */
const TO_THE_GATEWAY = Retries.of({ attempts: 2, retryOn: [RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM] });

/** One port of the host, on both legs of the way. */
interface Leg {
  readonly port: EgressPort;
  /** The server name by which the gateway is asked for it. */
  readonly entrance: string;
  /** Where the sidecar sends it. */
  readonly way: Destination;
}

/**
 * The way by an egress gateway: a leg from the sidecar to the gateway, and one from there to the outside machine.
 *
 * The gateway knows each port by a server name of its own, so that one port of the gateway serves them all. Requests carry the host's own name,
 * but for further HTTP ports of one host, which have no other way to be told apart.
 */
export class EgressDetour extends Construct {
  private readonly legs: Leg[];

  public constructor(
    scope: Construct, private readonly host: MeshHost, ports: EgressPort[], private readonly visible: EgressScope,
    private readonly gateway: MeshGateway,
  ) {
    super(scope, 'Detour');
    const { identity, policy } = host;
    const { namespace } = gateway.workload;
    // Callers keep it as well: while they are led to the gateway, requests on the old way need its TLS. Not where it names a Secret of the gateway, nor
    // for a domain, whose policy sidecars would take for each host within.
    const gatewayOnly = ports.some(({ remoteTls }) => remoteTls?._secret) || isPattern(identity.host);
    policy.visibleTo(() => (gatewayOnly ? [namespace === identity.namespace ? '.' : namespace] : visible.exportTo(namespace)));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atGateway(identity.host), scope, { port }));
    const first = ports.find(({ _kind }) => _kind === 'http');
    this.legs = ports.map(port => {
      const entrance = port === first ? identity.host : portHost(identity.host, port.port);
      const reads = port._kind !== 'http' ? 'nothing' : isHttp2(port.protocol) && port.protocol !== MeshProtocol.GRPC_WEB ? 'http2' : 'http';
      return { port, entrance, way: EgressServers.of(gateway).open({ name: entrance, reads, scope: visible, port: port.port, source: scope }) };
    });
    new networking.VirtualService(this, owned(this, 'Resource'), {
      metadata: { name: routingName(identity.name), namespace: identity.namespace },
      spec: Lazy.any({ produce: () => this._render() }),
    });
    this.legs.forEach(leg => this.makeFarLeg(leg));
  }

  /**
   * The leg from the sidecar.
   *
   * @internal
   */
  public _render(): networking.VirtualServiceSpec {
    const { host } = this.host.identity;
    const of = (kind: string) => this.legs.filter(({ port }) => port._kind === kind);
    const some = <T>(list: T[]) => (list.length > 0 ? list : undefined);
    return {
      hosts: [host],
      exportTo: this.visible.exportTo(),
      http: some(of('http').flatMap(leg => this.nearRoutes(leg))),
      tls: some(of('tls').map(({ port: { port }, way }) => ({ match: [{ port, sniHosts: [host] }], route: renderDestinations([way]) }))),
      tcp: some(of('tcp').map(({ port: { port }, way }) => ({ match: [{ port }], route: renderDestinations([way]) }))),
    };
  }

  /** What the sidecar does with requests itself: faults, which it knows the caller for, and copies. The rest is the gateway's. */
  private nearRoutes({ port: { port, _meshPort: meshPort }, entrance, way }: Leg): networking.VirtualServiceSpecHttp[] {
    const { identity: { host }, routing } = this.host;
    const said = routing.requests.rules(meshPort);
    const rules = (said.length > 0 ? said : [{ match: HttpMatch.EVERYTHING, settings: {} }]).map(({ match, settings }: RequestRule) => ({
      match,
      settings: {
        rewrite: entrance === host ? undefined : { authority: entrance },
        retries: settings.retries?._toIstio.attempts === 0 ? settings.retries : TO_THE_GATEWAY,
        fault: settings.fault,
        mirrors: settings.mirrors,
      },
    }));
    const taken = [{ match: HttpMatch.EVERYTHING, action: { destinations: [way] } }];
    return renderHttp(combined(HttpMatch.EVERYTHING, rules, taken, { source: this, protocol: routeProtocol(meshPort) }), [port]);
  }

  /** The leg from the gateway: an object each, since Istio chooses among connections by the hosts of the object. */
  private makeFarLeg(leg: Leg): void {
    const { port: { port, _kind }, entrance } = leg;
    const { host, namespace } = this.host.identity;
    const { gatewayName, workload } = this.gateway;
    const foreign = workload.namespace === namespace ? [] : [namespaceLabel(workload.namespace)];
    new networking.VirtualService(this, owned(this, entrance), {
      metadata: { name: objectName(gatewayName, ...foreign, hostPart(entrance)), namespace },
      spec: {
        hosts: [entrance],
        gateways: [`${workload.namespace}/${gatewayName}`],
        exportTo: [workload.namespace === namespace ? '.' : workload.namespace],
        http: _kind === 'http' ? Lazy.any({ produce: () => this.farRoutes(leg) }) as networking.VirtualServiceSpecHttp[] : undefined,
        tcp: _kind === 'http' ? undefined : [{ route: renderDestinations([{ host, port }]) }],
      },
    });
  }

  /** The gateway knows the endpoints: it is its tries that are counted, and within its time. */
  private farRoutes({ port: { port, _meshPort: meshPort }, entrance }: Leg): networking.VirtualServiceSpecHttp[] {
    const { host } = this.host.identity;
    const { timeout, retries } = this.host.routing.requests.tries(meshPort);
    const rewrite = entrance === host ? undefined : { authority: `${host}:${port}` };
    const settings = new RouteSettings({ rewrite, timeout, retries }, { source: this, protocol: routeProtocol(meshPort) }, {});
    return renderHttp([{ match: HttpMatch.EVERYTHING, action: settings.on(HttpMatch.EVERYTHING, { destinations: [{ host, port }] }) }]);
  }
}
