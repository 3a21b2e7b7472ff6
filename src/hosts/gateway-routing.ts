import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Delegation } from './delegation';
import { HttpMatch } from './http/http-match';
import { OwnedMatch, renderDestinations, renderHttp, Resolution, resolution, RoutedMatch, throwFirst } from './model/route-action';
import { RouteBackend, RouteToTarget } from './model/route-backend';
import { checkAtGateway, checkRedirectLoop } from './route-checks';
import { GatewayHost, GatewayHosts, HostRoutes, HostSiblings, routeTable } from './routes/host-siblings';
import { HTTP_PORT, redirectRoutes } from './routes/http-redirect';
import { HttpRoutes, showMatch } from './routes/http-routes';
import { toDefaultPort } from './routes/redirect-port';
import { RouteSettings } from './routes/route-settings';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { placedBy } from '../kernel/chart-order';
import { refuseAtSynthesis } from '../kernel/collect-errors';
import { FieldOwnership } from '../kernel/field-ownership';
import { hostPart, namespaceLabel, objectName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { registryOf } from '../kernel/registry';

/** The routes of a gateway that the App makes. A host has one entry for each namespace that routes it, which is empty if its routes have problems. */
export function routesOfGateway(scope: IConstruct, gateway: string): HostRoutes[] {
  return routesNear(scope, gateway, '*');
}

/** The same, of hosts that cover a host or that it covers. */
export function routesNear(scope: IConstruct, gateway: string, host: string): HostRoutes[] {
  return registryOf(scope, GatewayRoutingRegistry).routings.near(gateway, host);
}

/** A route for connections at one port of the gateway. */
interface Stream {
  readonly gatewayPort: number;
  readonly backend: RouteBackend;
  readonly route: RouteToTarget;
}

class GatewayRoutingRegistry {
  /** VirtualServices of gateways, by gateway and host. Written by routes of gateways. Complete at synthesis. */
  public readonly routings = new GatewayHosts<GatewayRouting>();
}

/**
 * The routes of one host at one gateway that one namespace owns: one VirtualService.
 *
 * Several namespaces can own routes of one host. Istio merges their VirtualServices by age, so no request may
 * meet matches of two of them.
 */
export class GatewayRouting extends Construct {
  /** The routes of the host, or new ones below the scope if there are none yet. */
  public static at(scope: Construct, at: GatewayHost): GatewayRouting {
    const siblings = registryOf(scope, GatewayRoutingRegistry).routings.of(at.gateway, at.host);
    return siblings.of(at.namespace) ?? new GatewayRouting(scope, at, siblings);
  }

  private readonly http: HttpRoutes;
  private readonly streams: { readonly tls: Stream[]; readonly tcp: Stream[] } = { tls: [], tcp: [] };
  private readonly exported: FieldOwnership<string[]>;
  private written = false;

  private constructor(scope: Construct, private readonly owner: GatewayHost, private readonly siblings: HostSiblings<GatewayRouting>) {
    super(scope, 'Routes');
    siblings.add(owner.namespace, this);
    this.http = new HttpRoutes(owner.host);
    this.exported = new FieldOwnership(`the namespaces that see the routes for ${owner.host}`, 'IM1401');
    // Constructs that come later can split the targets.
    refuseAtSynthesis(this, () => this.checkResolved());
  }

  /** Adds a route for requests that meet one of the matches. */
  public add(matches: HttpMatch[], backend: RouteBackend, to: RouteToTarget, settings?: RouteSettings): void {
    this.http.check(matches, to.source);
    matches.forEach(match => this.checkApart(match, to.source, this.siblings.overlapping(match, this)));
    const route = Object.assign({}, to, { hostListeners: () => [this.hostListeners] }); // faster than a spread: a gateway has thousands of routes
    backend.bind(Object.assign({}, route, { matches, routesOfHost: () => routeTable(this) }));
    settings?.bind();
    this.write();
    this.http.push(matches, backend, route, settings);
    matches.forEach(match => this.siblings.addMatch({ match, by: route.source }, this));
  }

  /** Adds a route for connections: those with the host as server name (`tls`), or all of a port (`tcp`). */
  public addStream(kind: 'tls' | 'tcp', gatewayPort: number, backend: RouteBackend, route: RouteToTarget): void {
    const duplicate = this.siblings.streamBy(kind, gatewayPort);
    if (duplicate) {
      throw new MeshError('IM1306', route.source, {
        problem: `connections for ${this.owner.host} at port ${gatewayPort} are led somewhere already, by ${duplicate.node.path}`, got: gatewayPort,
      });
    }
    backend.bind(route);
    this.write();
    this.streams[kind].push({ gatewayPort, backend, route });
    this.siblings.addStream(kind, gatewayPort, route.source);
  }

  /** Sets the namespaces that the object is exported to. */
  public exportTo(namespaces: string[], source: IConstruct): void {
    this.exported.set('exportTo', namespaces, source);
  }

  /** Creates the VirtualService on first use. */
  public write(): void {
    if (!this.written) {
      this.written = true;
      placedBy(new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: this.objectName(), namespace: this.owner.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      }), { hosts: [this.owner.host], gateways: [this.owner.gateway] });
    }
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    const hosts = [this.hostListeners];
    const http = [...this.redirects().routes, ...this.http.resolve().routes].map(route => toDefaultPort(route, hosts));
    return {
      hosts: [this.owner.host],
      gateways: [this.owner.gateway],
      exportTo: this.exported.render()?.exportTo,
      http: http.length > 0 ? renderHttp(http) : undefined,
      tls: this.rendered('tls', port => ({ port, sniHosts: [this.owner.host] })),
      tcp: this.rendered('tcp', port => ({ port })),
    };
  }

  /** The matches of its HTTP routes so far. */
  public get matches(): OwnedMatch[] {
    return this.http.matches;
  }

  /** Its HTTP routes at synthesis. Delegated routes are not inserted. */
  public get resolvedRoutes(): readonly (RoutedMatch & OwnedMatch)[] {
    return this.resolve().routes;
  }

  /** The routes of its host, with delegated routes. */
  public get hostRoutes(): HostRoutes {
    const parts = this.resolve().routes.map(route => delegated(this, route));
    return { host: this.owner.host, routes: parts.flatMap(({ routes }) => routes), problems: parts.flatMap(({ problems }) => problems) };
  }

  /** Its HTTP routes at synthesis. */
  private resolve(): Resolution<RoutedMatch & OwnedMatch> {
    const { routes, problems } = this.http.resolve();
    const hosts = [this.hostListeners];
    return resolution(routes.map(route => toDefaultPort(route, hosts)), problems);
  }

  /** The listeners that serve its host. */
  private get hostListeners() {
    return { listeners: [], ...this.owner.listeners?.(), host: this.owner.host };
  }

  /** The redirects to HTTPS. Routes of another namespace write them only with HTTP routes of their own. */
  private redirects(): Resolution {
    const { gateway, host, namespace } = this.owner;
    return this.http.isEmpty && gateway.split('/')[0] !== namespace ? resolution([]) : redirectRoutes(this, gateway, host);
  }

  /** The routes of a kind for connections, by port. */
  private rendered<M>(kind: 'tls' | 'tcp', match: (port: number) => M) {
    const sorted = [...this.streams[kind]].sort((a, b) => a.gatewayPort - b.gatewayPort);
    return sorted.length === 0 ? undefined : sorted.map(({ gatewayPort, backend, route }) => ({
      match: [match(gatewayPort)],
      route: renderDestinations(backend.resolve(route).routes[0]?.action.destinations ?? []),
    }));
  }

  /** The name of the VirtualService. It has the namespace of the gateway only if that is another one. */
  private objectName(): string {
    const { gateway, host, namespace } = this.owner;
    const [gatewayNamespace, gatewayName] = gateway.split('/');
    const foreign = gatewayNamespace === namespace ? [] : [namespaceLabel(gatewayNamespace)];
    return objectName(gatewayName, ...foreign, hostPart(host));
  }

  /** Checks the routes with the splits of their targets. The split of a catch-all route can leave a catch-all only for the remaining requests. */
  private checkResolved(): void {
    const { routes: plain, problems } = this.http.resolve();
    throwFirst(problems);
    const hosts = [this.hostListeners];
    plain.forEach(route => checkAtGateway(route, hosts, this));
    const routes = plain.map(route => toDefaultPort(route, hosts));
    Object.values(this.streams).flat().forEach(({ backend, route }) => throwFirst(backend.resolve(route).problems));
    const overlapping = this.siblings.overlappingBefore(this);
    routes.forEach(({ match, by }) => this.checkApart(match, by, overlapping(match)));
    checkRedirectLoop(routes, this.owner.host, hosts[0].listeners);
    const redirects = this.redirects();
    throwFirst(redirects.problems);
    const clear = redirects.routes.length > 0 && routes.find(({ match }) => match.gatewayPort === HTTP_PORT);
    if (clear) {
      throw new MeshError('IM1352', clear.by, { problem: `requests for ${this.owner.host} at port ${HTTP_PORT} are redirected to HTTPS: the route for them is never used`, found: showMatch(clear.match) });
    }
  }

  /** Istio merges the routes of several namespaces by age, and moves catch-all routes behind all others. */
  private checkApart(match: HttpMatch, source: IConstruct, shared: OwnedMatch | undefined): void {
    if (shared) {
      throw new MeshError('IM1401', source, {
        problem: `${shared.by.node.path} routes some of the same requests for ${this.owner.host} from another namespace: which of the two is asked first would be decided by age`,
        found: showMatch(match),
        allowed: `a match that no request shares with ${showMatch(shared.match)}`,
        ...Object.keys(shared.match.toIstio().headers ?? {}).some(name => name in (match.toIstio().headers ?? {}))
          ? { next: 'a request may have a header on several lines, and each line may meet one of the two: exclude the other value in one of them, by `withoutHeaders`' } : {},
      });
    }
  }
}

/** The delegated routes of a route, if the App makes them: the settings of the route are their defaults. Any other route is returned as it is. */
function delegated(at: IConstruct, route: RoutedMatch): { readonly routes: RoutedMatch[]; readonly problems: MeshError[] } {
  const { delegate, settings } = route.action;
  const resolved = delegate && Delegation.of(at, delegate.namespace!, delegate.name!).resolve?.();
  if (!resolved) {
    return { routes: [route], problems: [] };
  }
  const parts = resolved.routes.map(({ match, action }) => ({ ...route.match.combine(match, at), action }));
  return {
    routes: parts.flatMap(({ match, action }) => {
      const own = Object.entries(action.settings ?? {}).filter(([, value]) => value !== undefined);
      return match ? [{ match, action: { ...action, settings: { ...settings, ...Object.fromEntries(own) } } }] : [];
    }),
    problems: parts.flatMap(({ problems }) => problems),
  };
}
