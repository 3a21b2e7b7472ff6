import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { RequestSettings } from './egress-direct';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import * as networking from '../../../imports/networking.istio.io';
import { MeshHost } from '../../hosts/mesh-host';
import { Destination, renderDestinations } from '../../hosts/route-action';
import { hostPart, namespaceLabel, objectName, portHost } from '../../kernel/naming';
import { isHttp2, MeshProtocol } from '../../values/protocol';
import { MeshGateway } from '../gateways/mesh-gateway';

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
    private readonly settings: RequestSettings, private readonly gateway: MeshGateway,
  ) {
    super(scope, 'Detour');
    const { identity, policy } = host;
    const { namespace } = gateway.workload;
    policy.visibleTo(() => [namespace === identity.namespace ? '.' : namespace]);
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atGateway(identity.host), scope, { port }));
    const first = ports.find(({ _kind }) => _kind === 'http');
    this.legs = ports.map(port => {
      const entrance = port === first ? identity.host : portHost(identity.host, port.port);
      const reads = port._kind !== 'http' ? 'nothing' : isHttp2(port.protocol) && port.protocol !== MeshProtocol.GRPC_WEB ? 'http2' : 'http';
      return { port, entrance, way: gateway._egress.open({ name: entrance, reads, scope: visible, port: port.port, source: scope }) };
    });
    new networking.VirtualService(this, 'Resource', {
      metadata: { name: identity.name, namespace: identity.namespace },
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
      http: some(of('http').map(({ port: { port }, entrance, way }) => ({
        match: [{ port }],
        rewrite: entrance === host ? undefined : { authority: entrance },
        route: renderDestinations([way]),
        // Whoever tries again behind the gateway's own tries would multiply them.
        retries: this.settings.retries && { attempts: 0 },
      }))),
      tls: some(of('tls').map(({ port: { port }, way }) => ({ match: [{ port, sniHosts: [host] }], route: renderDestinations([way]) }))),
      tcp: some(of('tcp').map(({ port: { port }, way }) => ({ match: [{ port }], route: renderDestinations([way]) }))),
    };
  }

  /** The leg from the gateway: an object each, since Istio chooses among connections by the hosts of the object. */
  private makeFarLeg({ port: { port, _kind }, entrance }: Leg): void {
    const { host, namespace } = this.host.identity;
    const { gatewayName, workload } = this.gateway;
    const route = renderDestinations([{ host, port }]);
    const foreign = workload.namespace === namespace ? [] : [namespaceLabel(workload.namespace)];
    new networking.VirtualService(this, entrance, {
      metadata: { name: objectName(gatewayName, ...foreign, hostPart(entrance)), namespace },
      spec: {
        hosts: [entrance],
        gateways: [`${workload.namespace}/${gatewayName}`],
        exportTo: [workload.namespace === namespace ? '.' : workload.namespace],
        http: _kind === 'http' ? [{ rewrite: entrance === host ? undefined : { authority: `${host}:${port}` }, route, ...this.settings }] : undefined,
        tcp: _kind === 'http' ? undefined : [{ route }],
      },
    });
  }
}
