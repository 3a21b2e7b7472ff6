import { Construct, IConstruct } from 'constructs';
import { shareListener } from './gateway-listeners';
import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { PodRouteOptions, podRoutes, PodTcpRouteOptions } from './pod-routes';
import { RouteMatch } from './route-match';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, shaped } from '../diagnostics/shaped';
import { GatewayRouting } from '../hosts/gateway-routing';
import { HttpMatch } from '../hosts/http-match';
import { Called, IRouteTarget, RouteTarget } from '../hosts/route-target';
import { perCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { recordEdge } from '../services/edges';
import { covers, hostPattern } from '../values/host';
import { MeshProtocol } from '../values/protocol';

/** A gateway, whoever makes it: what routes are added to. */
export interface IMeshGateway extends IConstruct {
  /** The name of the Gateway. */
  readonly gatewayName: string;
  /** The namespace of the Gateway. */
  readonly namespace: string;

  /**
   * Leads HTTP requests for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addHttpRoute(host: string, options: HttpRouteOptions): void;

  /**
   * Leads gRPC calls for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addGrpcRoute(host: string, options: GrpcRouteOptions): void;

  /**
   * Leads each pod of a stateful service's own host, or path, to that pod and no other: HTTP, gRPC, or by the server name the
   * application's own TLS.
   */
  addPodRoutes(options: PodRouteOptions): void;

  /**
   * Leads a port of the gateway for each pod of a stateful service to that pod and no other.
   */
  addPodTcpRoutes(options: PodTcpRouteOptions): void;
}

/** The hosts that a gateway serves for some kind of route, at one of its ports or at any. */
export type ServedHosts = (kind: 'http' | 'tls' | 'tcp', listener?: number) => string[] | undefined;

/** A host that routes of a gateway are for. */
interface RoutedHost {
  readonly routes: GatewayRoutes;
  readonly host: string;
}

const routedHosts = perCluster((): RoutedHost[] => []);

/** Where a route leads. */
interface End {
  readonly to: IRouteTarget;
  /** The port of the target. */
  readonly port?: number;
  /** The port of the gateway. */
  readonly listener?: number;
}

/** The routes from a gateway that belong to the namespace of one construct. */
export class GatewayRoutes {
  /**
   * @param home the construct below which the objects go, and in whose namespace
   * @param served the hosts that the gateway serves; undefined where that is not known
   */
  public constructor(private readonly home: Construct, private readonly gateway: IMeshGateway, private readonly served: ServedHosts) {
    home.node.addValidation({ validate: () => this.confusedHosts() });
  }

  /** Keeps the place of a host, so that the order of objects is that of the servers and not that of the routes. */
  public reserve(host: string): Construct {
    return (this.home.node.tryFindChild(host) as Construct | undefined) ?? new Construct(this.home, host);
  }

  public addHttp(host: string, options: HttpRouteOptions): void {
    const { matches = [RouteMatch.anyPath()] } = shaped('HttpRouteOptions', options, this.home);
    if (matches.length === 0) {
      throw new MeshError('IM1308', this.home, { problem: 'the route has no match', got: matches, allowed: 'at least one; none said is every request' });
    }
    this.add(host, matches.map(match => match._match), options, MeshProtocol.HTTP);
  }

  public addGrpc(host: string, options: GrpcRouteOptions): void {
    shaped('GrpcRouteOptions', options, this.home);
    this.add(host, [grpcMatch(options, this.home)], options, MeshProtocol.GRPC);
  }

  public addPods(options: PodRouteOptions): void {
    shaped('PodRouteOptions', options, this.home);
    for (const { host, path, to, speaks } of podRoutes(options, this.home)) {
      if (speaks === MeshProtocol.TLS) {
        this.addStream('tls', host, options.listener ?? 443, { to, port: options.port }, speaks);
      } else {
        this.add(host, [new HttpMatch({ path: path === undefined ? undefined : { kind: 'prefix', value: path } })], { to, port: options.port, listener: options.listener }, speaks);
      }
    }
  }

  /** The routes by port; the ports themselves are the gateway's to serve. */
  public addPodsTcp(options: PodTcpRouteOptions): void {
    for (const pod of options.pods.pods) {
      this.addStream('tcp', '*', options.firstListener + pod.ordinal, { to: pod, port: options.port }, MeshProtocol.TCP);
    }
  }

  private add(host: string, matches: HttpMatch[], { to, port, listener }: End, speaks: MeshProtocol): void {
    const routing = this.routing(host, 'http', listener);
    const own = matches.map(match => match.and(new HttpMatch({ listener }), this.home)!);
    const target = this.targetOf(to);
    if (target._returns(this.schemes(host, listener))) {
      throw new MeshError('IM1310', this.home, {
        problem: `the redirect for ${host} leads back to the route that it comes from, for ever`,
        next: 'lead from HTTP to HTTPS by `redirectHttp` of the server, or by a route with `listener: 80`',
      });
    }
    this.record(routing.add(own, target, { source: this.home, speaks, port }));
  }

  private addStream(kind: 'tls' | 'tcp', host: string, listener: number, { to, port }: End, speaks: MeshProtocol): void {
    this.record(this.routing(host, kind, listener).addStream(kind, listener, this.targetOf(to), { source: this.home, speaks, port }));
  }

  private routing(host: string, kind: 'http' | 'tls' | 'tcp', listener?: number): GatewayRouting {
    hostPattern(host, this.home);
    const served = this.served(kind, listener);
    if (served && !served.some(pattern => covers(pattern, host))) {
      throw new MeshError('IM1303', this.home, {
        problem: `${this.gateway.gatewayName} does not serve ${host}${listener === undefined ? '' : ` at port ${listener}`}`,
        got: host,
        allowed: served.join(', ') || `nothing yet: the gateway has no such server${listener === undefined ? '' : ' at this port'}`,
      });
    }
    if (kind === 'http' && !routedHosts(this.home).some(known => known.routes === this && known.host === host)) {
      routedHosts(this.home).push({ routes: this, host });
    }
    return GatewayRouting.at(this.reserve(host), { gateway: this.key, host, namespace: namespaceOf(this.home) });
  }

  /** The schemes by which a host is served, as far as the ports of the gateway are known. */
  private schemes(host: string, listener?: number): string[] {
    const at = (port: number) => (listener ?? port) === port && (this.served('http', port) ?? []).some(pattern => covers(pattern, host));
    return [...at(80) ? ['http'] : [], ...at(443) ? ['https'] : []];
  }

  /** The gateway, as a VirtualService names it. */
  private get key(): string {
    return `${this.gateway.namespace}/${this.gateway.gatewayName}`;
  }

  /** Hosts whose requests Envoy would hand to the routes of another host, or of another gateway. Servers may come after routes. */
  private confusedHosts(): string[] {
    const all = routedHosts(this.home);
    return all.flatMap((mine, i) => (mine.routes !== this ? [] : all.slice(0, i).flatMap(other => {
      const names = [mine.host, other.host].sort((a, b) => b.length - a.length);
      if (other.routes.key === this.key) {
        const [narrow, wide] = names;
        const listed = [this, other.routes].some(routes => routes.served('http')?.includes(narrow));
        return narrow !== wide && covers(wide, narrow) && listed ? [new MeshError('IM1313', this.home, {
          problem: `a server lists ${narrow} and there are routes for ${wide}: requests for ${narrow} would be asked of the routes of both, by age`,
          got: [narrow, wide],
        }).message] : [];
      }
      return mine.host === other.host && shareListener(this.gateway, other.routes.gateway) ? [new MeshError('IM1314', this.home, {
        problem: `${mine.host} is routed through ${other.routes.gateway.node.path} as well, which configures the same pods and port`, got: mine.host,
      }).message] : [];
    })));
  }

  private targetOf(to: IRouteTarget): RouteTarget {
    if (typeof to.toRouteTarget !== 'function') {
      throw new MeshError('IM0001', this.home, { problem: 'the route leads to nothing', got: to, allowed: 'a service, a version of one, or a RouteTarget' });
    }
    return instanceOf('RouteTarget', to.toRouteTarget(), this.home, 'the target of the route');
  }

  private record(called?: Called): void {
    if (called) {
      recordEdge({ caller: this.gateway, callee: called.service, port: called.port });
    }
  }
}

/** gRPC's paths are /<package>.<Service>/<Method>. */
function grpcMatch({ service, method }: GrpcRouteOptions, at: Construct): HttpMatch {
  const name = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
  if ((service !== undefined && !name.test(service)) || (method !== undefined && (service === undefined || !name.test(method) || method.includes('.')))) {
    throw new MeshError('IM1308', at, {
      problem: 'not the name of a gRPC service or method', got: [service, method], allowed: 'a service with its package, such as shop.v1.Cart, and a method of it',
    });
  }
  if (service === undefined) {
    return HttpMatch.EVERYTHING;
  }
  return new HttpMatch({ path: method === undefined ? { kind: 'prefix', value: `/${service}/` } : { kind: 'exact', value: `/${service}/${method}` } });
}
