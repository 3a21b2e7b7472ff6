import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { CalledService, RouteBackend } from '../../hosts/model/route-backend';
import { collectErrors } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { IMeshService } from '../../services/mesh-service-base';
import { isExported } from '../../values/export-to';
import { byNarrowness, covers, gatewayHost } from '../../values/host';
import { checkTlsBegins, portNumber } from '../../values/mesh-port';
import { MeshProtocol } from '../../values/protocol';
import { wireProtocol } from '../../values/wire-protocols';
import { shareListener } from '../listeners/gateway-listeners';
import { checkServed, Demand, portsFor } from '../listeners/served';
import { ServedGateway } from '../listeners/served-gateway';
import { enterRoute } from '../listeners/unrouted';
import { AcmeSolver } from '../servers/acme-solver';

/** A host that has routes of a gateway. */
interface RoutedHost {
  readonly owner: RouteConflicts;
  readonly host: string;
  /** The ports of the gateway that the routes are for; undefined for every port. */
  readonly ports: Set<number | undefined>;
}

/** A port of a gateway whose connections are routed. */
interface RoutedPort {
  readonly gateway: string;
  readonly gatewayPort: number;
  readonly host: string;
  readonly by: IConstruct;
}

/** A route of whole connections, and the service that it calls. */
export interface StreamCall {
  readonly host: string;
  readonly kind: 'tls' | 'tcp';
  readonly gatewayPort: number;
  readonly called: CalledService;
}

class RoutedHostRegistry {
  /** Hosts with routes, by the construct that has the routes. Written by routes of gateways. Complete at synthesis. */
  public readonly hosts: RoutedHost[] = [];

  /** Gateway ports of TCP routes, with their host. Written by routes of gateways. Complete at synthesis. */
  public readonly ports: RoutedPort[] = [];
}

/** The routes of one construct for one gateway, and their conflicts with the servers and the other routes of the gateway. */
export class RouteConflicts {
  private readonly demands: Demand[] = [];
  private readonly streams: StreamCall[] = [];
  private readonly redirects: { readonly host: string; readonly solver: AcmeSolver }[] = [];

  public constructor(private readonly scope: Construct, private readonly gateway: ServedGateway, private readonly exportTo?: string[]) {
    scope.node.addValidation({
      validate: () => [
        ...this.demandConflicts(), ...this.exportConflicts(), ...this.hostConflicts(), ...this.redirectConflicts(),
        ...this.streams.flatMap(stream => collectErrors(this.scope, () => this.checkClearText(stream))),
      ],
    });
  }

  /** Adds a route. Refuses it if the gateway is known and does not serve it. */
  public addDemand(demand: Demand): void {
    gatewayHost(demand.host, this.scope);
    if (demand.gatewayPort !== undefined) {
      portNumber(demand.gatewayPort, this.scope, 'the port of the gateway');
    }
    const { served } = this.gateway;
    if (served) {
      checkServed(served, demand, this.scope);
    }
    this.demands.push(demand);
    enterRoute(this.scope, this.gateway.key, demand);
    if (demand.kind === 'http') {
      this.addHost(demand);
    }
  }

  public addStream(stream: StreamCall): void {
    this.streams.push(stream);
  }

  public addRedirect(host: string, solver: AcmeSolver): void {
    this.redirects.push({ host, solver });
  }

  /** Adds a route for all connections to a port. Istio takes the older of such a route and one for a host. */
  public addPort(host: string, gatewayPort: number): void {
    const all = registryOf(this.scope, RoutedHostRegistry).ports;
    const other = all.find(each => each.gateway === this.gateway.key && each.gatewayPort === gatewayPort
      && each.host !== host && (covers(each.host, host) || covers(host, each.host)));
    if (other) {
      throw new MeshError('IM1306', this.scope, {
        problem: `connections for ${host} at port ${gatewayPort} already have a route: that for ${other.host} of ${other.by.node.path}`, got: gatewayPort,
      });
    }
    all.push({ gateway: this.gateway.key, gatewayPort, host, by: this.scope });
  }

  /** Refuses a redirect that changes nothing but the scheme, and leads to the scheme of its own listener. */
  public checkRedirect(host: string, redirect: RouteBackend['redirect'], gatewayPort?: number): void {
    const { uri, prefixRewrite, authority, port, derivePort, scheme } = redirect ?? {};
    const schemes = this.gateway.httpListeners(host).filter(each => gatewayPort === undefined || each.port === gatewayPort).map(each => each.scheme);
    if (scheme !== undefined && schemes.includes(scheme) && [uri, prefixRewrite, authority, port, derivePort].every(part => part === undefined)) {
      throw new MeshError('IM1310', this.scope, {
        problem: `the redirect for ${host} leads back to its own route, in an endless loop`,
        next: 'redirect HTTP to HTTPS with `httpsRedirect` of the server, or with a route for `gatewayPort: 80`',
      });
    }
  }

  private addHost({ host, gatewayPort }: Demand): void {
    const all = registryOf(this.scope, RoutedHostRegistry).hosts;
    const known = all.find(each => each.owner === this && each.host === host);
    if (known) {
      known.ports.add(gatewayPort);
    } else {
      all.push({ owner: this, host, ports: new Set([gatewayPort]) });
    }
  }

  /** Routes that the gateway does not serve. They may be added before the gateway is made. */
  private demandConflicts(): string[] {
    const { made } = this.gateway;
    return made ? this.demands.flatMap(demand => collectErrors(this.scope, () => checkServed(made.served(), demand, this.scope))) : [];
  }

  /** Routes that the proxies of the gateway's pods do not see. */
  private exportConflicts(): string[] {
    const namespace = this.gateway.made?.podNamespace;
    const exported = this.exportTo ?? knownMesh(this.scope).exported?.defaultVirtualServiceExportTo;
    return namespace === undefined || isExported(exported, namespaceOf(this.scope), namespace) ? [] : [new MeshError('IM1346', this.scope, {
      problem: `the routes are not exported to namespace ${namespace}, where the pods of ${this.gateway.name} are`, got: exported,
    }).message];
  }

  /** Hosts whose requests Envoy would match with the routes of another host, or of another gateway. Servers may be added after routes. */
  private hostConflicts(): string[] {
    const all = registryOf(this.scope, RoutedHostRegistry).hosts;
    return all.flatMap((own, i) => (own.owner !== this ? [] : all.slice(0, i).flatMap(other => {
      const { gateway } = other.owner;
      if (gateway.key === this.gateway.key) {
        return this.wildcardConflicts(own, other);
      }
      return own.host === other.host && shareListener(this.gateway.construct, gateway.construct) ? [new MeshError('IM1314', this.scope, {
        problem: `${own.host} also has routes for ${gateway.construct.node.path}, which configures the same pods and port`, got: own.host,
      }).message] : [];
    })));
  }

  /** A host that a server lists, and a wildcard that covers it, if both have routes for one port: Istio joins the routes of both. */
  private wildcardConflicts(own: RoutedHost, other: RoutedHost): string[] {
    const [narrow, wide] = [own.host, other.host].sort(byNarrowness);
    const isListed = () => this.gateway.served?.some(({ hosts, port, kind = 'http' }) =>
      kind === 'http' && hosts.includes(narrow) && [own, other].every(routed => hasRoutesAt(routed, port)));
    return narrow !== wide && covers(wide, narrow) && isListed() ? [new MeshError('IM1313', this.scope, {
      problem: `a server lists ${narrow}, and there are routes for ${wide}: Istio would match requests for ${narrow} with the routes of both, by age`,
      got: [narrow, wide],
    }).message] : [];
  }

  /** Redirects of hosts that the routes or redirects of a wildcard contradict. */
  private redirectConflicts(): string[] {
    const { hosts } = registryOf(this.scope, RoutedHostRegistry);
    const routed = hosts.filter(each => each.owner.gateway.key === this.gateway.key && hasRoutesAt(each, 80));
    const all = [...routed, ...this.redirects].map(({ host }) => host);
    const nearest = [...this.redirects].sort((a, b) => byNarrowness(a.host, b.host));
    const solverOf = (host: string) => nearest.find(redirect => covers(redirect.host, host))?.solver;
    const same = (one: AcmeSolver, other?: AcmeSolver) => other !== undefined && one._target === other._target && one._port === other._port;
    return this.redirects.flatMap(({ host, solver }) => {
      const other = all.find(name => name !== host && covers(name, host) && !same(solver, solverOf(name)));
      return other === undefined ? [] : [new MeshError('IM1313', this.scope, {
        problem: `a server redirects ${host}, and there are other routes for ${other} at port 80: Istio would match requests for ${host} with the routes of both, by age`,
        got: [host, other],
      }).message];
    });
  }

  /** Refuses a server that expects TLS for clients of a protocol that starts in plain text. Servers may be added after routes. */
  private checkClearText({ host, kind, gatewayPort, called: { service, port } }: StreamCall): void {
    const expectsTls = portsFor(this.gateway.served ?? [], { host, kind, gatewayPort }).some(server => server.protocol === 'TLS' && server.implicitTls === false);
    const target = (service as Partial<IMeshService>).ports?.find(candidate => candidate.port === port);
    if (expectsTls && target && target.protocol !== MeshProtocol.TLS) {
      checkTlsBegins(wireProtocol(target), this.scope, target.name, `serve port ${gatewayPort} as plain TCP: GatewayServer.tcp({ port: ${gatewayPort} })`);
    }
  }
}

/** Whether a host has routes for a port of the gateway; undefined is any port, if the gateway is described without ports. */
function hasRoutesAt({ ports }: RoutedHost, port?: number): boolean {
  return port === undefined || ports.has(undefined) || ports.has(port);
}
