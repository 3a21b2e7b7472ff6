import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { HttpMatch } from './http-match';
import { renderDestinations, renderHttp, RoutedMatch } from './route-action';
import { Called, RouteTarget, RouteToTarget } from './route-target';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { refusals } from '../kernel/guarded';
import { perCluster } from '../kernel/mesh-cluster';
import { hostPart, namespaceLabel, objectName } from '../kernel/naming';

/** Requests for a host that arrive at a gateway, as far as one namespace routes them. */
export interface GatewayHost {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  /** A host or pattern that the gateway serves. */
  readonly host: string;
  /** The namespace that owns these routes. */
  readonly namespace: string;
}

/** Connections that no HTTP filter reads, at one port of the gateway. */
interface Stream {
  readonly listener: number;
  readonly target: RouteTarget;
  readonly to: RouteToTarget;
}

interface Route {
  readonly matches: HttpMatch[];
  readonly target: RouteTarget;
  readonly to: RouteToTarget;
}

const routings = perCluster(() => new Map<string, GatewayRouting[]>());

/**
 * The routes of one host at one gateway that one namespace owns: one VirtualService.
 *
 * Several namespaces may route parts of one host: Istio joins their VirtualServices by age, so no request may
 * meet matches of two of them.
 */
export class GatewayRouting extends Construct {
  /** The routes of the host: those there are, or new ones whose object goes below `home`. */
  public static at(home: Construct, at: GatewayHost): GatewayRouting {
    const known = routings(home);
    const key = `${at.gateway} ${at.host}`;
    const siblings = known.get(key) ?? known.set(key, []).get(key)!;
    return siblings.find(routing => routing.owner.namespace === at.namespace) ?? new GatewayRouting(home, at, siblings);
  }

  private readonly routes: Route[] = [];
  private readonly streams: { readonly tls: Stream[]; readonly tcp: Stream[] } = { tls: [], tcp: [] };

  private constructor(home: Construct, private readonly owner: GatewayHost, private readonly siblings: GatewayRouting[]) {
    super(home, 'Routes');
    siblings.push(this);
    // The splits that the routes lead to may still come: what they rule out is known at synthesis.
    this.node.addValidation({ validate: () => refusals(this, () => this.checkResolved()) });
  }

  /** Leads requests that meet one of the matches to a target. Returns who is called by it. */
  public add(matches: HttpMatch[], target: RouteTarget, to: RouteToTarget): Called | undefined {
    matches.forEach((match, i) => this.checkReachable(match, matches.slice(0, i), to));
    const called = target._attach(to);
    this.write();
    this.routes.push({ matches, target, to });
    return called;
  }

  /**
   * Leads whole connections to a target: those for the host's server name (`tls`), or all of a port (`tcp`). Returns who is called by it.
   */
  public addStream(kind: 'tls' | 'tcp', listener: number, target: RouteTarget, to: RouteToTarget): Called | undefined {
    const twin = this.siblings.flatMap(other => other.streams[kind]).find(other => other.listener === listener);
    if (twin) {
      throw new MeshError('IM1306', to.source, {
        problem: `connections for ${this.owner.host} at port ${listener} are led somewhere already, by ${twin.to.source.node.path}`, got: listener,
      });
    }
    const called = target._attach(to);
    this.write();
    this.streams[kind].push({ listener, target, to });
    return called;
  }

  /** The object exists as soon as there is a route. */
  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.VirtualService(this, 'Resource', {
        metadata: { name: this.objectName(), namespace: this.owner.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    return {
      hosts: [this.owner.host],
      gateways: [this.owner.gateway],
      http: this.routes.length > 0 ? renderHttp(this.resolved()) : undefined,
      tls: this.rendered('tls', port => ({ port, sniHosts: [this.owner.host] })),
      tcp: this.rendered('tcp', port => ({ port })),
    };
  }

  /** The connections of a kind, by port. */
  private rendered<M>(kind: 'tls' | 'tcp', match: (port: number) => M) {
    const sorted = [...this.streams[kind]].sort((a, b) => a.listener - b.listener);
    return sorted.length === 0 ? undefined : sorted.map(({ listener, target, to }) => ({
      match: [match(listener)],
      route: renderDestinations(target._resolve(to)[0].action.destinations!),
    }));
  }

  /** Says the namespace of the gateway only where it is another one. */
  private objectName(): string {
    const { gateway, host, namespace } = this.owner;
    const [gatewayNamespace, gatewayName] = gateway.split('/');
    const foreign = gatewayNamespace === namespace ? [] : [namespaceLabel(gatewayNamespace)];
    return objectName(gatewayName, ...foreign, hostPart(host));
  }

  /** The order is that of the matches, whoever came first; behind each match, that of the target's own conditions. */
  private resolved(): (RoutedMatch & { readonly by: IConstruct })[] {
    const flat = this.routes.flatMap(route => route.matches.map(match => ({ match, route })));
    return flat
      .sort((a, b) => a.match.compare(b.match))
      .flatMap(({ match, route }) => divided(match, route).map(part => ({ ...part, by: route.to.source })));
  }

  /** A split divides a route: of one for every request, only what is left behind its rules still is. */
  private checkResolved(): void {
    const mine = this.resolved();
    const earlier = this.siblings.slice(0, this.siblings.indexOf(this)).filter(other => refusals(other, () => other.resolved()).length === 0);
    const theirs = earlier.flatMap(other => other.resolved());
    mine.forEach(({ match, by }) => this.checkApart(match, by, theirs));
  }

  private checkReachable(match: HttpMatch, earlier: HttpMatch[], to: RouteToTarget): void {
    const mine = [...this.routes.flatMap(route => route.matches.map(other => ({ other, by: route.to.source }))),
      ...earlier.map(other => ({ other, by: to.source }))];
    const twin = mine.find(({ other }) => (match.compare(other) < 0 ? match.covers(other) : other.covers(match)));
    if (twin) {
      throw new MeshError('IM1306', to.source, {
        problem: `two routes for ${this.owner.host} match the same requests, and one would never be reached; the other is by ${twin.by.node.path}`,
        got: show(match),
        allowed: `a match that is not covered by ${show(twin.other)}`,
      });
    }
    this.checkApart(match, to.source, this.siblings.filter(other => other !== this)
      .flatMap(other => other.routes.flatMap(route => route.matches.map(its => ({ match: its, by: route.to.source })))));
  }

  /** Istio joins the routes of several namespaces by age, and moves those for every request behind all others. */
  private checkApart(match: HttpMatch, source: IConstruct, theirs: { readonly match: HttpMatch; readonly by: IConstruct }[]): void {
    const shared = theirs.find(other => other.match.overlaps(match) && other.match.isCatchAll === match.isCatchAll);
    if (shared) {
      throw new MeshError('IM1401', source, {
        problem: `${shared.by.node.path} routes some of the same requests for ${this.owner.host} from another namespace: which of the two is asked first would be decided by age`,
        got: show(match),
        allowed: `a match that no request shares with ${show(shared.match)}`,
      });
    }
  }
}

/** The requests of a match, divided by the conditions of the target: none after one that takes all that are left. */
function divided(match: HttpMatch, { target, to }: Route): RoutedMatch[] {
  const parts: RoutedMatch[] = [];
  for (const own of target._resolve(to)) {
    const both = match.and(own.match, to.source);
    if (both) {
      parts.push({ match: both, action: own.action });
    }
    if (both?.covers(match)) {
      break;
    }
  }
  return parts;
}

function show(match: HttpMatch): string {
  const text = JSON.stringify(match.toIstio());
  return text === '{}' ? 'every request' : text;
}
