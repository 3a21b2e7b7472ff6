import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf } from '../../diagnostics/validate-props';
import { collectErrors } from '../../kernel/collect-errors';
import { declareChallenges } from '../../services/workloads/acme-challenges';
import { declareGateway, gatewayKey } from '../../services/workloads/gateway-pods';
import { showCertificates } from '../listeners/credentials';
import { listen, listenersOf, servedHosts } from '../listeners/gateway-listeners';
import { makeKnown } from '../listeners/known-gateways';
import { checkRouted } from '../listeners/unrouted';
import { IMeshGateway } from '../routes/gateway-interface';
import { RouteWriter } from '../routes/route-writer';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** The servers of a gateway. Other constructs see them by the gateway's name and by its pods. */
export class GatewayServers {
  private readonly servers: GatewayServer[] = [];

  public constructor(private readonly gateway: IMeshGateway, private readonly workload: GatewayWorkload, private readonly routes: RouteWriter) {
    makeKnown(gatewayKey(gateway), {
      construct: gateway,
      podNamespace: workload.namespace,
      trustsProxies: workload._trustsProxies,
      served: () => this.all.flatMap(({ hosts, port, protocol, routesFrom, _routes: kind, _tls, _implicitTls: implicitTls }) => {
        const namespaces = routesFrom?.map(name => (name === '.' ? gateway.namespace : name));
        return kind ? [{ hosts, port, protocol, kind, namespaces, implicitTls, dnsNames: _tls?._shown.dnsNames }] : [];
      }),
    });
    declareGateway(gateway, () => ({
      ...workload._facts,
      listeners: workload._listeners(this.all.flatMap(server => server._toIstio(workload.namespace).map(({ port }) => port!.number!))),
      hosts: this.all.flatMap(server => server.hosts),
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

  private checkNames(server: GatewayServer): void {
    const duplicate = this.servers.flatMap(other => other._portNames).find(name => server._portNames.includes(name));
    const counted = this.servers.find(other => other.statPrefix !== undefined && other.statPrefix === server.statPrefix);
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
