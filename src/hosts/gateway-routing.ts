import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Delegation } from './delegation';
import { HttpMatch } from './http/http-match';
import { HostListeners } from './model/host-listeners';
import { OwnedMatch, renderDestinations, renderHttp, RoutedMatch } from './model/route-action';
import { RouteBackend, RouteToTarget } from './model/route-backend';
import { checkAtGateway, checkRedirectLoop } from './route-checks';
import { HTTP_PORT, redirectRoutes } from './routes/http-redirect';
import { HttpRoutes, show } from './routes/http-routes';
import { toDefaultPort } from './routes/redirect-port';
import { RouteSettings } from './routes/route-settings';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { placedBy } from '../kernel/chart-order';
import { collectErrors } from '../kernel/collect-errors';
import { FieldOwnership } from '../kernel/field-ownership';
import { hostPart, namespaceLabel, objectName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { registryOf } from '../kernel/registry';

/** Requests for a host that arrive at a gateway, as far as one namespace routes them. */
export interface GatewayHost {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  /** A host or pattern that the gateway serves. */
  readonly host: string;
  /** The namespace that owns these routes. */
  readonly namespace: string;
  /** What is known of the gateway when all have spoken. */
  readonly listeners?: () => Omit<HostListeners, 'host'>;
}

/** What becomes of the requests for a host that arrive at a gateway. */
export interface HostRoutes {
  readonly host: string;
  /** In the order to be asked, those of delegated routes in their place. */
  readonly routes: RoutedMatch[];
}

/** The routes of a gateway, as far as they are made here and not refused. One host has several entries where several namespaces route it. */
export function routesOfGateway(scope: IConstruct, gateway: string): HostRoutes[] {
  const { routings } = registryOf(scope, GatewayRoutingRegistry);
  return [...routings.values()].flat().filter(routing => routing.isOf(gateway)).map(routing => routing.hostRoutes);
}

/** Connections that no HTTP filter reads, at one port of the gateway. */
interface Stream {
  readonly gatewayPort: number;
  readonly end: RouteBackend;
  readonly to: RouteToTarget;
}

class GatewayRoutingRegistry {
  /** VirtualServices of gateways, by gateway and host. Written by routes of gateways. Complete at synthesis. */
  public readonly routings = new Map<string, GatewayRouting[]>();
}

/**
 * The routes of one host at one gateway that one namespace owns: one VirtualService.
 *
 * Several namespaces may route parts of one host: Istio joins their VirtualServices by age, so no request may
 * meet matches of two of them.
 */
export class GatewayRouting extends Construct {
  /** The routes of the host: those there are, or new ones whose object goes below `home`. */
  public static at(scope: Construct, at: GatewayHost): GatewayRouting {
    const known = registryOf(scope, GatewayRoutingRegistry).routings;
    const key = `${at.gateway} ${at.host}`;
    const siblings = known.get(key) ?? known.set(key, []).get(key)!;
    return siblings.find(routing => routing.owner.namespace === at.namespace) ?? new GatewayRouting(scope, at, siblings);
  }

  private readonly http: HttpRoutes;
  private readonly streams: { readonly tls: Stream[]; readonly tcp: Stream[] } = { tls: [], tcp: [] };
  private readonly exported: FieldOwnership<string[]>;

  private constructor(scope: Construct, private readonly owner: GatewayHost, private readonly siblings: GatewayRouting[]) {
    super(scope, 'Routes');
    siblings.push(this);
    this.http = new HttpRoutes(owner.host);
    this.exported = new FieldOwnership(`the namespaces that see the routes for ${owner.host}`, 'IM1401');
    // The splits that the routes lead to may still come: what they rule out is known at synthesis.
    this.node.addValidation({ validate: () => collectErrors(this, () => this.checkResolved()) });
  }

  /** Leads requests that meet one of the matches to a target. */
  public add(matches: HttpMatch[], end: RouteBackend, to: RouteToTarget, settings?: RouteSettings): void {
    this.http.check(matches, to.source);
    const theirs = this.siblings.filter(other => other !== this).flatMap(other => other.http.matches);
    matches.forEach(match => this.checkApart(match, to.source, theirs));
    const route = { ...to, hostListeners: () => [this.hostListeners] };
    end.bind({ ...route, matches, asked: () => this.asked });
    settings?.bind();
    this.write();
    this.http.push(matches, end, route, settings);
  }

  /** Leads whole connections to a target: those for the host's server name (`tls`), or all of a port (`tcp`). */
  public addStream(kind: 'tls' | 'tcp', gatewayPort: number, end: RouteBackend, to: RouteToTarget): void {
    const duplicate = this.siblings.flatMap(other => other.streams[kind]).find(other => other.gatewayPort === gatewayPort);
    if (duplicate) {
      throw new MeshError('IM1306', to.source, {
        problem: `connections for ${this.owner.host} at port ${gatewayPort} are led somewhere already, by ${duplicate.to.source.node.path}`, got: gatewayPort,
      });
    }
    end.bind(to);
    this.write();
    this.streams[kind].push({ gatewayPort: gatewayPort, end, to });
  }

  /** Says which namespaces' proxies see the object. */
  public exportTo(namespaces: string[], source: IConstruct): void {
    this.exported.set('exportTo', namespaces, source);
  }

  /** The object exists as soon as there is a route, or a redirect to write. */
  public write(): void {
    if (!this.node.tryFindChild('Resource')) {
      placedBy(new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: this.objectName(), namespace: this.owner.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      }), { hosts: [this.owner.host], gateways: [this.owner.gateway] });
    }
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    const http = [...this.redirects().map(route => toDefaultPort(route, [this.hostListeners])), ...this.resolved()];
    return {
      hosts: [this.owner.host],
      gateways: [this.owner.gateway],
      exportTo: this.exported.render()?.exportTo,
      http: http.length > 0 ? renderHttp(http) : undefined,
      tls: this.rendered('tls', port => ({ port, sniHosts: [this.owner.host] })),
      tcp: this.rendered('tcp', port => ({ port })),
    };
  }

  /** Whether it is about a gateway, named `<namespace>/<name>`. */
  public isOf(gateway: string): boolean {
    return this.owner.gateway === gateway;
  }

  /** What becomes of the requests for its host. */
  public get hostRoutes(): HostRoutes {
    return { host: this.owner.host, routes: this.asked.flatMap(route => delegated(this, route)) };
  }

  /** Its routes in the order to be asked, unless one of them is refused: then that is what there is to say. */
  private get asked(): (RoutedMatch & OwnedMatch)[] {
    let routes: (RoutedMatch & OwnedMatch)[] = [];
    const refused = collectErrors(this, () => {
      routes = this.resolved();
    });
    return refused.length === 0 ? routes : [];
  }

  private resolved(): (RoutedMatch & OwnedMatch)[] {
    return this.http.resolved().map(route => toDefaultPort(route, [this.hostListeners]));
  }

  /** Where its redirects are given. */
  private get hostListeners(): HostListeners {
    return { listeners: [], ...this.owner.listeners?.(), host: this.owner.host };
  }

  /** Routes of another namespace that read no HTTP leave redirects to those of the gateway's own. */
  private redirects(): RoutedMatch[] {
    const { gateway, host, namespace } = this.owner;
    return this.http.isEmpty && gateway.split('/')[0] !== namespace ? [] : redirectRoutes(this, gateway, host);
  }

  /** The connections of a kind, by port. */
  private rendered<M>(kind: 'tls' | 'tcp', match: (port: number) => M) {
    const sorted = [...this.streams[kind]].sort((a, b) => a.gatewayPort - b.gatewayPort);
    return sorted.length === 0 ? undefined : sorted.map(({ gatewayPort: gatewayPort, end, to }) => ({
      match: [match(gatewayPort)],
      route: renderDestinations(end.resolve(to)[0].action.destinations!),
    }));
  }

  /** Says the namespace of the gateway only where it is another one. */
  private objectName(): string {
    const { gateway, host, namespace } = this.owner;
    const [gatewayNamespace, gatewayName] = gateway.split('/');
    const foreign = gatewayNamespace === namespace ? [] : [namespaceLabel(gatewayNamespace)];
    return objectName(gatewayName, ...foreign, hostPart(host));
  }

  /** A split divides a route: of one for every request, only what is left behind its rules still is. */
  private checkResolved(): void {
    const plain = this.http.resolved();
    plain.forEach(route => checkAtGateway(route, [this.hostListeners], this));
    const mine = plain.map(route => toDefaultPort(route, [this.hostListeners]));
    Object.values(this.streams).flat().forEach(({ end, to }) => end.resolve(to));
    const theirs = this.siblings.slice(0, this.siblings.indexOf(this)).flatMap(other => other.asked);
    mine.forEach(({ match, by }) => this.checkApart(match, by, theirs));
    checkRedirectLoop(mine, this.owner.host, this.hostListeners.listeners);
    const clear = this.redirects().length > 0 && mine.find(({ match }) => match.toIstio().port === HTTP_PORT);
    if (clear) {
      throw new MeshError('IM1352', clear.by, { problem: `requests for ${this.owner.host} at port ${HTTP_PORT} are redirected to HTTPS: the route for them is never used`, found: show(clear.match) });
    }
  }

  /** Istio joins the routes of several namespaces by age, and moves those for every request behind all others. */
  private checkApart(match: HttpMatch, source: IConstruct, theirs: OwnedMatch[]): void {
    const shared = theirs.find(other => other.match.overlaps(match) && other.match.isCatchAll === match.isCatchAll);
    if (shared) {
      throw new MeshError('IM1401', source, {
        problem: `${shared.by.node.path} routes some of the same requests for ${this.owner.host} from another namespace: which of the two is asked first would be decided by age`,
        found: show(match),
        allowed: `a match that no request shares with ${show(shared.match)}`,
        ...Object.keys(shared.match.toIstio().headers ?? {}).some(name => name in (match.toIstio().headers ?? {}))
          ? { next: 'a request may have a header on several lines, and each line may meet one of the two: exclude the other value in one of them, by `withoutHeaders`' } : {},
      });
    }
  }
}

/** The routes that a route hands its requests on to, where they are made here: what they do not say themselves holds as it says. */
function delegated(at: IConstruct, route: RoutedMatch): RoutedMatch[] {
  const { delegate, settings } = route.action;
  const routes = delegate && Delegation.of(at, delegate.namespace!, delegate.name!).routes;
  return !routes ? [route] : routes().flatMap(({ match, action }) => {
    const both = route.match.and(match, at);
    const own = Object.entries(action.settings ?? {}).filter(([, value]) => value !== undefined);
    return both ? [{ match: both, action: { ...action, settings: { ...settings, ...Object.fromEntries(own) } } }] : [];
  });
}
