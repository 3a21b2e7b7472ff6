import { Construct, IConstruct } from 'constructs';
import { IMeshGateway } from './gateway-interface';
import { GrpcRouteOptions, HttpRouteOptions, settingsOf } from './http-route-options';
import { checkPods, PodRouteOptions, podRoutes, PodTcpRouteOptions } from './pod-routes';
import { grpcMatches, httpMatches } from './request-matches';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { GatewayRouting } from '../../hosts/gateway-routing';
import { HttpMatch } from '../../hosts/http/http-match';
import { HttpRouteSettings, requestSettings } from '../../hosts/http-route-settings';
import { HttpListener } from '../../hosts/model/host-listeners';
import { Called, RouteBackend } from '../../hosts/model/route-backend';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { CHALLENGE, redirectHttp } from '../../hosts/routes/http-redirect';
import { RouteSettings } from '../../hosts/routes/route-settings';
import { collectErrors } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { perCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { Caller } from '../../services/calls/caller';
import { recordRoute } from '../../services/calls/calls';
import { gatewayCaller } from '../../services/calls/gateway-caller';
import { IMeshService } from '../../services/mesh-service-base';
import { gatewayKey } from '../../services/workloads/gateway-pods';
import { isExported } from '../../values/export-to';
import { byNarrowness, covers, gatewayHost } from '../../values/host';
import { checkTlsBegins, portNumber } from '../../values/mesh-port';
import { MeshProtocol } from '../../values/protocol';
import { wireProtocol } from '../../values/wire-protocols';
import { shareListener } from '../listeners/gateway-listeners';
import { knownGateway, ServedPort } from '../listeners/known-gateways';
import { checkServed, Demand, portsFor } from '../listeners/served';
import { enterRoute } from '../listeners/unrouted';
import { AcmeSolver } from '../servers/acme-solver';
import { RouteKind } from '../servers/route-kind';

/** A host that routes of a gateway are for. */
interface RoutedHost {
  readonly routes: RouteWriter;
  readonly host: string;
  /** The ports of the gateway that its routes are for; undefined for every one. */
  readonly listeners: Set<number | undefined>;
}

const routedHosts = perCluster((): RoutedHost[] => []);

/** Connections to a port of a gateway that are led somewhere. */
const claimedPorts = perCluster((): { readonly key: string; readonly gatewayPort: number; readonly host: string; readonly by: IConstruct }[] => []);

/** Where a route leads. */
interface End {
  readonly to: IRouteTarget;
  /** The port of the target. */
  readonly port?: number;
  /** The port of the gateway. */
  readonly gatewayPort?: number;
}

interface RouteWriterOptions {
  /** What the gateway serves, as far as that is known where it is not made here. */
  readonly described?: ServedPort[];
  /** The namespaces whose proxies see the routes. */
  readonly exportTo?: string[];
}

/** A route of whole connections, and who gets them. */
interface Stream {
  readonly host: string;
  readonly kind: 'tls' | 'tcp';
  readonly gatewayPort: number;
  readonly called: Called;
}

/** Whether routes of a host are for a port of the gateway; of a gateway that is described without ports, it may be any. */
function hasRoutesAt({ listeners }: RoutedHost, port?: number): boolean {
  return port === undefined || listeners.has(undefined) || listeners.has(port);
}

/** Writes the routes from a gateway that belong to the namespace of one construct. */
export class RouteWriter {
  private readonly demands: Demand[] = [];
  private readonly streams: Stream[] = [];
  private readonly redirects: { readonly host: string; readonly solver: AcmeSolver }[] = [];

  /**
   * @param scope the construct below which the objects go, and in whose namespace
   */
  public constructor(private readonly scope: Construct, private readonly gateway: IMeshGateway, private readonly options: RouteWriterOptions = {}) {
    scope.node.addValidation({
      validate: () => [...this.checkDemands(), ...this.checkExported(), ...this.confusedHosts(), ...this.confusedRedirects(),
        ...this.streams.flatMap(stream => collectErrors(this.scope, () => this.checkBegins(stream)))],
    });
  }

  /** Keeps the place of a host, so that the order of objects is that of the servers and not that of the routes. */
  public reserve(host: string): Construct {
    return (this.scope.node.tryFindChild(host) as Construct | undefined) ?? new Construct(this.scope, host);
  }

  public addHttp(host: string, options: HttpRouteOptions): void {
    this.add(host, httpMatches(options, this.scope), options, MeshProtocol.HTTP, settingsOf(options));
  }

  public addGrpc(host: string, options: GrpcRouteOptions): void {
    this.add(host, grpcMatches(options, this.scope), options, MeshProtocol.GRPC, settingsOf(options));
  }

  public addPods(options: PodRouteOptions): void {
    validateProps('PodRouteOptions', options, this.scope);
    for (const { host, path, to, speaks } of podRoutes(options, this.scope)) {
      if (speaks === MeshProtocol.TLS) {
        this.addStream('tls', host, options.gatewayPort ?? this.tlsPort(host), { to, port: options.port }, speaks);
      } else {
        const match = new HttpMatch({ gatewayPort: options.gatewayPort, path: path === undefined ? undefined : { kind: 'prefix', value: path } });
        this.add(host, [match], { to, port: options.port, gatewayPort: options.gatewayPort }, speaks);
      }
    }
  }

  /** The routes by port; the ports themselves are the gateway's to serve, before anything leads from them. */
  public addPodsTcp(options: PodTcpRouteOptions, serve: (port: number) => void = () => undefined): void {
    const { pods: service, port, firstGatewayPort: firstGatewayPort } = validateProps('PodTcpRouteOptions', options, this.scope);
    checkPods(service, this.scope);
    service.headless.portOf(port);
    const routes = service.pods.map(pod => ({ pod, gatewayPort: firstGatewayPort + pod.ordinal }));
    routes.forEach(({ gatewayPort }) => serve(gatewayPort));
    routes.forEach(({ pod, gatewayPort }) => this.addStream('tcp', '*', gatewayPort, { to: pod, port }, MeshProtocol.TCP));
  }

  public addTls(host: string, options: TlsRouteOptions): void {
    const { gatewayPort } = validateProps('TlsRouteOptions', options, this.scope);
    this.addStream('tls', host, gatewayPort ?? this.tlsPort(host), options, MeshProtocol.TLS);
  }

  public addTcp(options: TcpRouteOptions): void {
    const { gatewayPort, host = '*' } = validateProps('TcpRouteOptions', options, this.scope);
    this.addStream('tcp', host, gatewayPort, options, MeshProtocol.TCP);
  }

  /** Redirects what comes for a host at port 80 to HTTPS, but for the challenges that a solver answers. */
  public redirectHttp(host: string, solver: AcmeSolver): void {
    const { _target: target, _port: port } = solver;
    const to = { source: this.scope, speaks: MeshProtocol.HTTP, port, matches: [CHALLENGE] };
    const challenge = target && { end: RouteTarget._resolve(target, this.scope)._backend, to };
    this.recording(calls => challenge?.end.bind({ ...to, calls }));
    redirectHttp(this.scope, { gateway: this.key, host, challenge });
    this.redirects.push({ host, solver });
    this.routingOf(host).write();
  }

  private add(
    host: string, matches: HttpMatch[], { to, port, gatewayPort }: End, speaks: MeshProtocol, settings: HttpRouteSettings = {},
  ): void {
    const routing = this.routing(host, 'http', gatewayPort);
    const unknown = matches.find(match => !match.isFor(host));
    if (unknown) {
      throw new MeshError('IM1330', this.scope, { problem: `the route is for ${host}, and no request for it has the authority of the match`, got: unknown.toIstio() });
    }
    const { _backend: end } = RouteTarget._resolve(to, this.scope);
    this.checkReturns(host, end.redirect, gatewayPort);
    this.recording(calls => {
      const { mirrors, corsPolicy } = settings;
      const route = { source: this.scope, speaks, port, calls, uncopied: mirrors !== undefined, fromBrowsers: corsPolicy !== undefined };
      routing.add(matches, end, route, new RouteSettings(requestSettings(settings, route), route, end));
    });
  }

  private addStream(kind: 'tls' | 'tcp', host: string, gatewayPort: number, { to, port }: End, speaks: MeshProtocol): void {
    const routing = this.routing(host, kind, gatewayPort);
    if (kind === 'tcp') {
      this.claimPort(host, gatewayPort);
    }
    const { _backend: end } = RouteTarget._resolve(to, this.scope);
    this.recording(calls => routing.addStream(kind, gatewayPort, end, {
      source: this.scope,
      speaks,
      port,
      calls: called => {
        this.streams.push({ host, kind, gatewayPort: gatewayPort, called });
        calls(called);
      },
    }));
  }

  private routing(host: string, kind: RouteKind, gatewayPort?: number): GatewayRouting {
    gatewayHost(host, this.scope);
    if (gatewayPort !== undefined) {
      portNumber(gatewayPort, this.scope, 'the port of the gateway');
    }
    const demand = { gatewayName: this.gateway.gatewayName, host, kind, gatewayPort, namespace: namespaceOf(this.scope) };
    const served = this.served;
    if (served) {
      checkServed(served, demand, this.scope);
    }
    this.demands.push(demand);
    enterRoute(this.scope, this.key, demand);
    if (kind === 'http') {
      const known = routedHosts(this.scope).find(each => each.routes === this && each.host === host);
      if (known) {
        known.listeners.add(gatewayPort);
      } else {
        routedHosts(this.scope).push({ routes: this, host, listeners: new Set([gatewayPort]) });
      }
    }
    const routing = this.routingOf(host);
    if (this.options.exportTo) {
      routing.exportTo(this.options.exportTo, this.scope);
    }
    return routing;
  }

  private routingOf(host: string): GatewayRouting {
    return GatewayRouting.at(this.reserve(host), {
      gateway: this.key, host, namespace: namespaceOf(this.scope), listeners: () => this.hostListeners(host),
    });
  }

  /** Of routes for all connections to a port and for those of a host, Istio takes the older. */
  private claimPort(host: string, gatewayPort: number): void {
    const claims = claimedPorts(this.scope);
    const other = claims.find(claim => claim.key === this.key && claim.gatewayPort === gatewayPort
      && claim.host !== host && (covers(claim.host, host) || covers(host, claim.host)));
    if (other) {
      throw new MeshError('IM1306', this.scope, {
        problem: `connections for ${host} at port ${gatewayPort} are led somewhere already, those for ${other.host} by ${other.by.node.path}`, got: gatewayPort,
      });
    }
    claims.push({ key: this.key, gatewayPort: gatewayPort, host, by: this.scope });
  }

  /** A redirect to the scheme that it comes from, and nothing else: whatever other routes there will be. */
  private checkReturns(host: string, redirect: RouteBackend['redirect'], gatewayPort?: number): void {
    const { uri, prefixRewrite, authority, port, derivePort, scheme } = redirect ?? {};
    const schemes = this.listeners(host).filter(each => gatewayPort === undefined || each.port === gatewayPort).map(each => each.scheme);
    if (scheme !== undefined && schemes.includes(scheme) && [uri, prefixRewrite, authority, port, derivePort].every(part => part === undefined)) {
      throw new MeshError('IM1310', this.scope, {
        problem: `the redirect for ${host} leads back to the route that it comes from, for ever`,
        next: 'lead from HTTP to HTTPS by `httpsRedirect` of the server, or by a route with `gatewayPort: 80`',
      });
    }
  }

  /** The ports at which a host is served by HTTP, as far as the gateway is known. */
  private listeners(host: string): HttpListener[] {
    return portsFor(this.served ?? [], { host, kind: 'http' }).flatMap(({ port, protocol }) =>
      (port === undefined ? [] : [{ port, scheme: protocol === 'HTTPS' ? 'https' : 'http', translates: protocol === 'GRPC-WEB' }]));
  }

  /** What is known of the gateway that routes for a host depend on. */
  private hostListeners(host: string) {
    const trustsProxies = knownMesh(this.scope).knowsGatewayTopology ? undefined : knownGateway(this.scope, this.key)?.trustsProxies;
    return { listeners: this.listeners(host), trustsProxies };
  }

  /** The one port at which TLS for a host passes through. */
  private tlsPort(host: string): number {
    const ports = [...new Set(portsFor(this.served ?? [], { host, kind: 'tls' }).map(({ port }) => port))];
    if (ports.length > 1) {
      throw new MeshError('IM1112', this.scope, {
        problem: `TLS for ${host} passes through at several ports of ${this.gateway.gatewayName}`, allowed: ports.join(', '), next: 'name one as `gatewayPort`',
      });
    }
    return ports[0] ?? 443;
  }

  /** The gateway, as a VirtualService names it. */
  private get key(): string {
    return gatewayKey(this.gateway);
  }

  /** What the gateway serves: as it is made in this App, else as it is described. */
  private get served(): ServedPort[] | undefined {
    return knownGateway(this.scope, this.key)?.served() ?? this.options.described;
  }

  /** What could not be known when the routes came: the gateway may be made after them. */
  private checkDemands(): string[] {
    const made = knownGateway(this.scope, this.key);
    return made ? this.demands.flatMap(demand => collectErrors(this.scope, () => checkServed(made.served(), demand, this.scope))) : [];
  }

  /** A server that waits for TLS, or ends it, is none for clients of a protocol that begins in clear text. Servers may come after routes. */
  private checkBegins({ host, kind, gatewayPort, called: { service, port } }: Stream): void {
    const waits = portsFor(this.served ?? [], { host, kind, gatewayPort }).some(server => server.protocol === 'TLS' && server.implicitTls === false);
    const target = (service as Partial<IMeshService>).ports?.find(candidate => candidate.port === port);
    if (waits && target && target.protocol !== MeshProtocol.TLS) {
      checkTlsBegins(wireProtocol(target), this.scope, target.name, `serve port ${gatewayPort} as plain TCP: GatewayServer.tcp({ port: ${gatewayPort} })`);
    }
  }

  /** The gateway's pods are proxies of their own namespace. */
  private checkExported(): string[] {
    const namespace = knownGateway(this.scope, this.key)?.podNamespace;
    const exported = this.options.exportTo ?? knownMesh(this.scope).exported?.defaultVirtualServiceExportTo;
    return namespace === undefined || isExported(exported, namespaceOf(this.scope), namespace) ? [] : [new MeshError('IM1346', this.scope, {
      problem: `the pods of ${this.gateway.gatewayName} are in namespace ${namespace}, which the routes are not exported to`, got: exported,
    }).message];
  }

  /** Hosts whose requests Envoy would hand to the routes of another host, or of another gateway. Servers may come after routes. */
  private confusedHosts(): string[] {
    const all = routedHosts(this.scope);
    return all.flatMap((mine, i) => (mine.routes !== this ? [] : all.slice(0, i).flatMap(other => {
      const names = [mine.host, other.host].sort(byNarrowness);
      if (other.routes.key === this.key) {
        const [narrow, wide] = names;
        // At a port that only one of them has routes for, nobody is asked twice.
        const isListed = () => this.served?.some(({ hosts, port, kind = 'http' }) =>
          kind === 'http' && hosts.includes(narrow) && [mine, other].every(routed => hasRoutesAt(routed, port)));
        return narrow !== wide && covers(wide, narrow) && isListed() ? [new MeshError('IM1313', this.scope, {
          problem: `a server lists ${narrow} and there are routes for ${wide}: requests for ${narrow} would be asked of the routes of both, by age`,
          got: [narrow, wide],
        }).message] : [];
      }
      return mine.host === other.host && shareListener(this.construct, other.routes.construct) ? [new MeshError('IM1314', this.scope, {
        problem: `${mine.host} is routed through ${other.routes.construct.node.path} as well, which configures the same pods and port`, got: mine.host,
      }).message] : [];
    })));
  }

  /** Redirects of hosts by routes which those of a wildcard would contradict. */
  private confusedRedirects(): string[] {
    const routed = routedHosts(this.scope).filter(each => each.routes.key === this.key && hasRoutesAt(each, 80));
    const wide = [...routed, ...this.redirects].map(({ host }) => host);
    const nearest = [...this.redirects].sort((a, b) => byNarrowness(a.host, b.host));
    const solverOf = (host: string) => nearest.find(redirect => covers(redirect.host, host))?.solver;
    const same = (one: AcmeSolver, other?: AcmeSolver) => other !== undefined && one._target === other._target && one._port === other._port;
    return this.redirects.flatMap(({ host, solver }) => {
      const other = wide.find(name => name !== host && covers(name, host) && !same(solver, solverOf(name)));
      return other === undefined ? [] : [new MeshError('IM1313', this.scope, {
        problem: `a server redirects ${host} and there are routes for ${other} at port 80 which do otherwise: requests for ${host} would be asked of the routes of both, by age`,
        got: [host, other],
      }).message];
    });
  }

  /** The gateway as it is made, where it is made here. */
  private get construct(): IConstruct {
    return knownGateway(this.scope, this.key)?.construct ?? this.gateway;
  }

  /** The gateway's pods, as those know them that it leads to. */
  private get caller(): Caller {
    return gatewayCaller(this.construct, this.gateway.gatewayName);
  }

  /** Records who is called by a route, once it is not refused; what others lead to by it, when they do. */
  private recording(add: (calls: (called: Called) => void) => void): void {
    const early: Called[] = [];
    let record = (called: Called): unknown => early.push(called);
    add(called => record(called));
    record = called => recordRoute(this.caller, called);
    early.forEach(record);
  }
}
