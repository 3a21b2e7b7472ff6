import { Construct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions, routeSettings } from './http-route-options';
import { PodRouteOptions, podRoutes, PodTcpRouteOptions, podTcpRoutes } from './pod-routes';
import { grpcMatches, httpMatches } from './request-matches';
import { BuiltRoute, buildRoute, RouteOptions } from './route-builder';
import { RouteConflicts } from './route-conflicts';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { GatewayRouting } from '../../hosts/gateway-routing';
import { HttpMatch } from '../../hosts/http/http-match';
import { HttpRouteSettings } from '../../hosts/http-route-settings';
import { CHALLENGE, redirectHttp } from '../../hosts/routes/http-redirect';
import { namespaceOf } from '../../kernel/namespace-scope';
import { recordRoute } from '../../services/calls/calls';
import { IGatewayPods } from '../../services/workloads/gateway-pods';
import { MeshProtocol } from '../../values/protocol';
import { ServedGateway } from '../listeners/served-gateway';
import { ServedPorts } from '../listeners/served-ports';
import { AcmeSolver } from '../servers/acme-solver';

/** The target of a route, and the port of the gateway that it is for. */
interface GatewayRouteOptions extends RouteOptions {
  readonly gatewayPort?: number;
}

interface RouteWriterOptions {
  /** The known ports of an existing gateway. */
  readonly described?: ServedPorts;
  /** The namespaces whose proxies see the routes. */
  readonly exportTo?: string[];
}

/** Adds the routes of one construct to the VirtualServices of a gateway, in the namespace of the construct. */
export class RouteWriter {
  private readonly gateway: ServedGateway;
  private readonly conflicts: RouteConflicts;

  /**
   * @param scope the construct that owns the objects
   */
  public constructor(private readonly scope: Construct, gateway: IGatewayPods, private readonly options: RouteWriterOptions = {}) {
    this.gateway = new ServedGateway(scope, gateway, options.described);
    this.conflicts = new RouteConflicts(scope, this.gateway, options.exportTo);
  }

  /** Makes the scope of a host, so that the order of objects is that of the servers and not that of the routes. */
  public reserve(host: string): Construct {
    return (this.scope.node.tryFindChild(host) as Construct | undefined) ?? new Construct(this.scope, host);
  }

  public addHttp(host: string, options: HttpRouteOptions): void {
    this.add(host, httpMatches(options, this.scope), options, MeshProtocol.HTTP, routeSettings(options));
  }

  public addGrpc(host: string, options: GrpcRouteOptions): void {
    this.add(host, grpcMatches(options, this.scope), options, MeshProtocol.GRPC, routeSettings(options));
  }

  public addTls(host: string, options: TlsRouteOptions): void {
    const { gatewayPort } = validateProps('TlsRouteOptions', options, this.scope);
    this.addStream('tls', host, gatewayPort ?? this.gateway.tlsPort(host), options);
  }

  public addTcp(options: TcpRouteOptions): void {
    const { gatewayPort, host = '*' } = validateProps('TcpRouteOptions', options, this.scope);
    this.addStream('tcp', host, gatewayPort, options);
  }

  public addPods(options: PodRouteOptions): void {
    const { port, gatewayPort } = validateProps('PodRouteOptions', options, this.scope);
    for (const { host, path, to, protocol } of podRoutes(options, this.scope)) {
      if (protocol === MeshProtocol.TLS) {
        this.addStream('tls', host, gatewayPort ?? this.gateway.tlsPort(host), { to, port });
      } else {
        const match = new HttpMatch({ gatewayPort, path: path === undefined ? undefined : { kind: 'prefix', value: path } });
        this.add(host, [match], { to, port, gatewayPort }, protocol);
      }
    }
  }

  /** @param serve adds a port to the servers of the gateway: all ports are served before the first is routed */
  public addPodsTcp(options: PodTcpRouteOptions, serve: (port: number) => void = () => undefined): void {
    const { port } = validateProps('PodTcpRouteOptions', options, this.scope);
    const routes = podTcpRoutes(options, this.scope);
    routes.forEach(({ gatewayPort }) => serve(gatewayPort));
    routes.forEach(({ to, gatewayPort }) => this.addStream('tcp', '*', gatewayPort, { to, port }));
  }

  /** Redirects the requests for a host at port 80 to HTTPS, except the challenges that a solver answers. */
  public redirectHttp(host: string, solver: AcmeSolver): void {
    const { _target: to, _port: port } = solver;
    const built = to && buildRoute(this.scope, { to, port }, MeshProtocol.HTTP, {}, { matches: [CHALLENGE] });
    built?.backend.bind(built.route);
    this.recordCalls(built);
    redirectHttp(this.scope, { gateway: this.gateway.key, host, challenge: built });
    this.conflicts.addRedirect(host, solver);
    this.routing(host).write();
  }

  private add(host: string, matches: HttpMatch[], options: GatewayRouteOptions, protocol: MeshProtocol, settings?: HttpRouteSettings): void {
    const routing = this.addDemand(host, 'http', options.gatewayPort);
    const unmatched = matches.find(match => !match.isFor(host));
    if (unmatched) {
      throw new MeshError('IM1330', this.scope, {
        problem: `the route is for ${host}, and no request for it has the authority in the match`, got: unmatched.toIstio(),
      });
    }
    const built = buildRoute(this.scope, options, protocol, settings);
    this.conflicts.checkRedirect(host, built.backend.redirect, options.gatewayPort);
    routing.add(matches, built.backend, built.route, built.settings);
    this.recordCalls(built);
  }

  private addStream(kind: 'tls' | 'tcp', host: string, gatewayPort: number, options: RouteOptions): void {
    const routing = this.addDemand(host, kind, gatewayPort);
    if (kind === 'tcp') {
      this.conflicts.addPort(host, gatewayPort);
    }
    const built = buildRoute(this.scope, options, kind === 'tls' ? MeshProtocol.TLS : MeshProtocol.TCP);
    routing.addStream(kind, gatewayPort, built.backend, built.route);
    built.calls.each(called => this.conflicts.addStream({ host, kind, gatewayPort, called }));
    this.recordCalls(built);
  }

  private addDemand(host: string, kind: 'http' | 'tls' | 'tcp', gatewayPort?: number): GatewayRouting {
    this.conflicts.addDemand({ gatewayName: this.gateway.name, host, kind, gatewayPort, namespace: namespaceOf(this.scope) });
    const routing = this.routing(host);
    if (this.options.exportTo) {
      routing.exportTo(this.options.exportTo, this.scope);
    }
    return routing;
  }

  private routing(host: string): GatewayRouting {
    return GatewayRouting.at(this.reserve(host), {
      gateway: this.gateway.key, host, namespace: namespaceOf(this.scope), listeners: () => this.gateway.hostListeners(host),
    });
  }

  /** Records the calls of a route that was added, and those that delegated routes add to it later. */
  private recordCalls(built: BuiltRoute | undefined): void {
    built?.calls.each(called => recordRoute(this.gateway.caller, called));
  }
}
