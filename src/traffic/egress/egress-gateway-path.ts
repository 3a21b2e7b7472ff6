import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressPort } from './egress-port';
import { EgressScope } from './egress-scope';
import { clientSecret, referToSecrets } from './egress-secrets';
import { EgressServers } from './egress-servers';
import { GatewayPathPort, sidecarHop } from './egress-sidecar-hop';
import * as networking from '../../../imports/networking.istio.io';
import { HttpMatch } from '../../hosts/http/http-match';
import { MeshHost } from '../../hosts/mesh-host';
import { renderDestinations, renderHttp } from '../../hosts/model/route-action';
import { routeProtocol } from '../../hosts/routes/request-policy';
import { RouteSettings } from '../../hosts/routes/route-settings';
import { hostPart, namespaceLabel, objectName, portHost, routingName } from '../../kernel/naming';
import { owned } from '../../kernel/owned-objects';
import { sameCluster } from '../../kernel/same-cluster';
import { isPattern } from '../../values/host';
import { isHttp2, MeshProtocol } from '../../values/protocol';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * The path through an egress gateway: one hop from the sidecar to the gateway, and one from the gateway to the external host.
 *
 * Each port has a separate server name, so that one port of the gateway serves them all. Requests keep the host as authority, except on further HTTP
 * ports of the host: the gateway can only distinguish these by an authority.
 */
export class EgressGatewayPath extends Construct {
  public constructor(
    scope: Construct, private readonly host: MeshHost, ports: EgressPort[], egressScope: EgressScope,
    private readonly gateway: MeshGateway,
  ) {
    // words: off: the id of a construct does not change
    super(scope, 'Detour');
    // words: on
    sameCluster(scope, gateway);
    const { identity, policy } = host;
    const { namespace } = gateway.workload;
    referToSecrets(scope, ports, namespace);
    const hasSecret = clientSecret(ports) !== undefined;
    if (hasSecret) {
      gateway.workload._readSecrets();
    }
    // Sidecars also get the policy: during a change from a direct path, their direct requests still need its TLS settings. Exceptions are a Secret,
    // which only the gateway has, and a wildcard, whose policy sidecars would apply to each host of the domain.
    const gatewayOnly = hasSecret || isPattern(identity.host);
    policy.visibleTo(() => (gatewayOnly ? [namespace === identity.namespace ? '.' : namespace] : egressScope.exportTo(namespace)));
    ports.filter(({ remoteTls }) => remoteTls).forEach(({ port, remoteTls: tls }) => policy.set('tls', tls!._atGateway(identity.host), scope, { port }));
    const firstHttp = ports.find(({ _kind }) => _kind === 'http');
    const hops = ports.map(port => {
      const serverName = port === firstHttp ? identity.host : portHost(identity.host, port.port);
      const reads = port._kind !== 'http' ? 'nothing' : isHttp2(port.protocol) && port.protocol !== MeshProtocol.GRPC_WEB ? 'http2' : 'http';
      const destination = EgressServers.of(gateway).add({ name: serverName, reads, scope: egressScope, port: port.port, source: scope });
      return { port, serverName, destination };
    });
    new networking.VirtualService(this, owned(this, 'Resource'), {
      metadata: { name: routingName(identity.name), namespace: identity.namespace },
      spec: Lazy.any({ produce: () => ({ hosts: [identity.host], exportTo: egressScope.exportTo(), ...sidecarHop(this, host, hops) }) }),
    });
    hops.forEach(port => this.writeGatewayHop(port));
  }

  /** Writes the hop from the gateway: one VirtualService for each port, because Istio matches connections by the hosts of the VirtualService. */
  private writeGatewayHop(pathPort: GatewayPathPort): void {
    const { port: { port, _kind }, serverName } = pathPort;
    const { host, namespace } = this.host.identity;
    const { gatewayName, workload } = this.gateway;
    const foreign = workload.namespace === namespace ? [] : [namespaceLabel(workload.namespace)];
    new networking.VirtualService(this, owned(this, serverName), {
      metadata: { name: objectName(gatewayName, ...foreign, hostPart(serverName)), namespace },
      spec: {
        hosts: [serverName],
        gateways: [`${workload.namespace}/${gatewayName}`],
        exportTo: [workload.namespace === namespace ? '.' : workload.namespace],
        http: _kind === 'http' ? Lazy.any({ produce: () => this.gatewayRoutes(pathPort) }) as networking.VirtualServiceSpecHttp[] : undefined,
        tcp: _kind === 'http' ? undefined : [{ route: renderDestinations([{ host, port }]) }],
      },
    });
  }

  /** The gateway applies timeout and retries, because it selects the endpoints. */
  private gatewayRoutes({ port: { port, _meshPort: meshPort }, serverName }: GatewayPathPort): networking.VirtualServiceSpecHttp[] {
    const { host } = this.host.identity;
    const { timeout, retries } = this.host.routing.requests.timeoutAndRetries(meshPort);
    const rewrite = serverName === host ? undefined : { authority: `${host}:${port}` };
    const settings = RouteSettings.create({ rewrite, timeout, retries }, { source: this, protocol: routeProtocol(meshPort) }, {});
    return renderHttp([{ match: HttpMatch.EVERYTHING, action: settings.on(HttpMatch.EVERYTHING, { destinations: [{ host, port }] }).action }]);
  }
}
