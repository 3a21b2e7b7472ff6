import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { collectErrors } from '../../kernel/collect-errors';
import { declareChallenges } from '../../services/workloads/acme-challenges';
import { declareGateway, gatewayKey } from '../../services/workloads/gateway-pods';
import { showCertificates } from '../listeners/credentials';
import { listen, listenersOf, servedHosts } from '../listeners/gateway-listeners';
import { makeKnown } from '../listeners/known-gateways';
import { ServedPorts } from '../listeners/served-ports';
import { checkRouted } from '../listeners/unrouted';
import { IMeshGateway } from '../routes/gateway-interface';
import { RouteWriter } from '../routes/route-writer';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** The servers of a gateway. Other constructs see them by the gateway's name and by its pods. */
export class GatewayServers {
  private readonly servers: GatewayServer[] = [];
  private readonly served = new ServedPorts();
  private readonly byPortName = new Map<string, number>();
  private readonly byStatPrefix = new Map<string, GatewayServer>();

  public constructor(private readonly gateway: IMeshGateway, private readonly workload: GatewayWorkload, private readonly routes: RouteWriter) {
    makeKnown(gatewayKey(gateway), {
      construct: gateway,
      podNamespace: workload.namespace,
      trustsProxies: workload._trustsProxies,
      served: this.served,
    });
    const { servers } = this;
    declareGateway(gateway, () => ({
      ...workload._facts,
      get listeners() {
        return workload._listeners(servers.flatMap(server => server._ports.map(({ number }) => number)));
      },
      get hosts() {
        return servers.flatMap(server => server.hosts);
      },
      served: () => servedHosts(gateway, workload),
    }));
  }

  /** The servers, in the order in which they were added. */
  public get all(): GatewayServer[] {
    return [...this.servers];
  }

  /** Adds a server, unless it conflicts with another one of the same pods. */
  public add(server: GatewayServer): void {
    const { gateway, workload, routes } = this;
    instanceOf('GatewayServer', server, gateway, 'the server');
    this.checkNames(server);
    workload._check(server, gateway);
    server._tls?._check(gateway);
    const listeners = listenersOf(gateway, workload, server);
    showCertificates(gateway, workload.namespace, server);
    listen(gateway, listeners);
    this.servers.push(server);
    this.enter(server);
    workload._serve(server, gateway);
    server.hosts.forEach(host => routes.reserve(host));
    if (server._acmeSolver) {
      server.hosts.forEach(host => routes.redirectHttp(host, server._acmeSolver!));
      if (server._acmeSolver._target === undefined) {
        declareChallenges(gateway);
      }
    }
  }

  /** The errors of hosts without a route. */
  public unrouted(): string[] {
    return this.servers.flatMap(server => collectErrors(this.gateway, () => checkRouted(this.gateway, server)));
  }

  /** Enters a server into the indexes, since a gateway may have thousands. */
  private enter(server: GatewayServer): void {
    const { hosts, port, protocol, routesFrom, statPrefix, _routes: kind, _tls, _implicitTls: implicitTls } = server;
    server._portNames.forEach(name => this.byPortName.set(name, this.byPortName.size));
    if (statPrefix !== undefined) {
      this.byStatPrefix.set(statPrefix, server);
    }
    const namespaces = routesFrom?.map(name => (name === '.' ? this.gateway.namespace : name));
    if (kind) {
      this.served.add({ hosts, port, protocol, kind, namespaces, implicitTls, dnsNames: _tls?._shown.dnsNames });
    }
  }

  private checkNames(server: GatewayServer): void {
    const known = server._portNames.filter(name => this.byPortName.has(name));
    const [duplicate] = known.sort((a, b) => this.byPortName.get(a)! - this.byPortName.get(b)!);
    const counted = server.statPrefix === undefined ? undefined : this.byStatPrefix.get(server.statPrefix);
    if (duplicate) {
      throw new MeshError('IM1305', this.gateway, { problem: `two servers are called ${duplicate}`, got: server.name, next: 'give one of them a `name`' });
    }
    if (counted) {
      throw new MeshError('IM1305', this.gateway, {
        problem: `${counted.name} and ${server.name} have the same prefix for their statistics`, got: server.statPrefix, next: 'give each another `statPrefix`',
      });
    }
  }
}
