import { Construct, IConstruct } from 'constructs';
import { RoutedHost, RoutedHosts } from './routed-hosts';
import { MeshError } from '../../diagnostics/mesh-error';
import { CalledService, RouteBackend } from '../../hosts/model/route-backend';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { IMeshService } from '../../services/mesh-service-base';
import { isExported } from '../../values/export-to';
import { byNarrowness, gatewayHost } from '../../values/host';
import { coveringPatterns, HostMap } from '../../values/host-map';
import { checkTlsBegins, portNumber } from '../../values/mesh-port';
import { MeshProtocol } from '../../values/protocol';
import { wireProtocol } from '../../values/wire-protocols';
import { shareListener } from '../listeners/gateway-listeners';
import { checkServed, Demand } from '../listeners/served';
import { ServedGateway } from '../listeners/served-gateway';
import { enterRoute } from '../listeners/unrouted';
import { AcmeSolver } from '../servers/acme-solver';

/** A port of a gateway whose connections are routed. */
interface RoutedPort {
  readonly host: string;
  readonly by: IConstruct;
}

/** A redirect of a host at port 80, with the solver of its challenges. */
interface Redirect {
  readonly host: string;
  readonly solver: AcmeSolver;
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
  public readonly hosts = new RoutedHosts<RouteConflicts>();

  /** Gateway ports of TCP routes with their hosts, by gateway and port. Written by routes of gateways. Complete at synthesis. */
  public readonly ports = new Map<string, HostMap<RoutedPort>>();
}

/** The routes of one construct for one gateway, and their conflicts with the servers and the other routes of the gateway. */
export class RouteConflicts {
  private readonly demands: Demand[] = [];
  private readonly streams: StreamCall[] = [];
  private readonly routed = new Map<string, RoutedHost<RouteConflicts>>();
  private readonly redirects: Redirect[] = [];

  public constructor(private readonly scope: Construct, private readonly gateway: ServedGateway, private readonly exportTo?: string[]) {
    checkAtSynthesis(scope, () => [
      ...this.demandConflicts(), ...this.exportConflicts(), ...this.hostConflicts(), ...this.redirectConflicts(),
      ...this.streams.flatMap(stream => collectErrors(this.scope, () => this.checkClearText(stream))),
    ]);
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
    const { ports } = registryOf(this.scope, RoutedHostRegistry);
    const key = `${this.gateway.key} ${gatewayPort}`;
    const all = ports.get(key) ?? ports.set(key, new HostMap()).get(key)!;
    const other = all.near(host).find(each => each.host !== host);
    if (other) {
      throw new MeshError('IM1306', this.scope, {
        problem: `connections for ${host} at port ${gatewayPort} already have a route: that for ${other.host} of ${other.by.node.path}`, got: gatewayPort,
      });
    }
    all.add(host, { host, by: this.scope });
  }

  /** Refuses a redirect that changes nothing but the scheme, and leads to the scheme of its own listener. */
  public checkRedirect(host: string, redirect: RouteBackend['redirect'], gatewayPort?: number): void {
    const { uri, prefixRewrite, authority, port, derivePort, scheme } = redirect ?? {};
    const isOwn = () => this.gateway.httpListeners(host)
      .some(each => (gatewayPort === undefined || each.port === gatewayPort) && each.scheme === scheme);
    if (scheme !== undefined && [uri, prefixRewrite, authority, port, derivePort].every(part => part === undefined) && isOwn()) {
      throw new MeshError('IM1310', this.scope, {
        problem: `the redirect for ${host} leads back to its own route, in an endless loop`,
        next: 'redirect HTTP to HTTPS with `httpsRedirect` of the server, or with a route for `gatewayPort: 80`',
      });
    }
  }

  private addHost({ host, gatewayPort }: Demand): void {
    const known = this.routed.get(host);
    if (known) {
      known.ports.add(gatewayPort);
    } else {
      const added = { owner: this, gateway: this.gateway.key, host, ports: new Set([gatewayPort]) };
      this.routed.set(host, added);
      registryOf(this.scope, RoutedHostRegistry).hosts.add(added);
    }
  }

  /** Routes that the gateway does not serve. They may be added before the gateway is made. */
  private demandConflicts(): string[] {
    const { made } = this.gateway;
    return made ? this.demands.flatMap(demand => collectErrors(this.scope, () => checkServed(made.served, demand, this.scope))) : [];
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
    const { hosts } = registryOf(this.scope, RoutedHostRegistry);
    return [...this.routed.values()].flatMap(own => hosts.before(own).flatMap(other => {
      const { gateway } = other.owner;
      if (gateway.key === this.gateway.key) {
        return this.wildcardConflicts(own, other);
      }
      return shareListener(this.gateway.construct, gateway.construct) ? [new MeshError('IM1314', this.scope, {
        problem: `${own.host} also has routes for ${gateway.construct.node.path}, which configures the same pods and port`, got: own.host,
      }).message] : [];
    }));
  }

  /** A host that a server lists, and a wildcard that covers it, if both have routes for one port: Istio joins the routes of both. */
  private wildcardConflicts(own: RoutedHost<RouteConflicts>, other: RoutedHost<RouteConflicts>): string[] {
    const [narrow, wide] = [own.host, other.host].sort(byNarrowness);
    const isListed = () => this.gateway.served?.listing(narrow).some(({ served: { port, kind = 'http' } }) =>
      kind === 'http' && [own, other].every(routed => hasRoutesAt(routed, port)));
    return narrow !== wide && isListed() ? [new MeshError('IM1313', this.scope, {
      problem: `a server lists ${narrow}, and there are routes for ${wide}: Istio would match requests for ${narrow} with the routes of both, by age`,
      got: [narrow, wide],
    }).message] : [];
  }

  /** Redirects of hosts that the routes or redirects of a wildcard contradict. */
  private redirectConflicts(): string[] {
    const { hosts } = registryOf(this.scope, RoutedHostRegistry);
    const redirects = new HostMap<Redirect>();
    this.redirects.forEach(redirect => redirects.add(redirect.host, redirect));
    const solverOf = (host: string) => coveringPatterns(host).flatMap(pattern => redirects.of(pattern))[0]?.solver;
    const same = (one: AcmeSolver, other?: AcmeSolver) => other !== undefined && one._target === other._target && one._port === other._port;
    return this.redirects.flatMap(({ host, solver }) => {
      const routed = hosts.covering(this.gateway.key, host).filter(each => hasRoutesAt(each, 80));
      const other = [...routed, ...redirects.covering(host)].map(each => each.host).find(name => name !== host && !same(solver, solverOf(name)));
      return other === undefined ? [] : [new MeshError('IM1313', this.scope, {
        problem: `a server redirects ${host}, and there are other routes for ${other} at port 80: Istio would match requests for ${host} with the routes of both, by age`,
        got: [host, other],
      }).message];
    });
  }

  /** Refuses a server that expects TLS for clients of a protocol that starts in plain text. Servers may be added after routes. */
  private checkClearText({ host, kind, gatewayPort, called: { service, port } }: StreamCall): void {
    const expectsTls = this.gateway.portsFor({ host, kind, gatewayPort }).some(({ served }) => served.protocol === 'TLS' && served.implicitTls === false);
    const target = (service as Partial<IMeshService>).ports?.find(candidate => candidate.port === port);
    if (expectsTls && target && target.protocol !== MeshProtocol.TLS) {
      checkTlsBegins(wireProtocol(target), this.scope, target.name, `serve port ${gatewayPort} as plain TCP: GatewayServer.tcp({ port: ${gatewayPort} })`);
    }
  }
}

/** Whether a host has routes for a port of the gateway; undefined is any port, if the gateway is described without ports. */
function hasRoutesAt({ ports }: RoutedHost<unknown>, port?: number): boolean {
  return port === undefined || ports.has(undefined) || ports.has(port);
}
