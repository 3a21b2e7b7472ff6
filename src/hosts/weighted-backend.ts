import { HttpMatch } from './http/http-match';
import { RequestRule, RequestSettings } from './http/request-settings';
import { Destination, RoutedMatch } from './model/route-action';
import { readsRequests, RouteBackend, RouteToTarget } from './model/route-backend';
import { RouteSettings } from './routes/route-settings';
import { MeshError } from '../diagnostics/mesh-error';

/** One of the ends of a route with several, and its share. */
export interface Share {
  readonly end: RouteBackend;
  /** Of 100. */
  readonly weight: number;
  readonly port?: number;
  readonly headers?: Destination['headers'];
}

/** Several ends, by weight. */
export class WeightedBackend implements RouteBackend {
  public readonly whole = true;

  public constructor(private readonly shares: Share[]) {}

  public bind(route: RouteToTarget): void {
    if (route.port !== undefined) {
      throw new MeshError('IM1111', route.source, { problem: 'each target of a weighted route has a port of its own', got: route.port, next: 'say the port with the target: { to, weight, port }' });
    }
    const shaping = this.shares.find(({ headers }) => headers !== undefined);
    if (shaping && !readsRequests(route.protocol)) {
      throw new MeshError('IM1342', route.source, { problem: `a share changes headers, and a connection for ${route.protocol} has none that a gateway could read`, got: shaping.headers, next: 'drop the headers' });
    }
    this.shares.forEach(({ end, port }) => end.bind({ ...route, port }));
  }

  public resolve(route: RouteToTarget): RoutedMatch[] {
    const parts = this.shares.flatMap(share => taken(share, route));
    // Splits of the ends may leave less than one percent: Istio takes any proportion, and then all are told in hundredths.
    const scale = parts.every(({ weight }) => weight % 100 === 0) ? 100 : 1;
    const list = parts.map(({ destination, weight }) => ({ ...destination, weight: parts.length === 1 ? undefined : weight / scale }));
    return [{ match: HttpMatch.EVERYTHING, action: { destinations: list } }];
  }

  /** A route has one timeout for all of its shares. */
  public rules(route: RouteToTarget, own: RequestSettings): RequestRule[] {
    const each = this.shares.map(({ end, port }) => end.rules?.({ ...route, port }, own) ?? [{ match: HttpMatch.EVERYTHING, settings: own }]);
    const [first, other] = [...new Set(each.map(rules => written(rules, route)))];
    if (other !== undefined) {
      throw new MeshError('IM1645', route.source, {
        problem: 'the targets of the weighted route have policies of their own, which say different things', found: `${first} and ${other}`,
      });
    }
    return each[0];
  }
}

/** The rules as they are written for a route, to compare them. */
function written(rules: RequestRule[], route: RouteToTarget): string {
  return JSON.stringify(rules.map(({ match, settings }) => {
    const { settings: spelled } = new RouteSettings(settings, route, {}).on(match, { destinations: [] });
    return [match.toIstio(), spelled];
  }));
}

/** The destinations of one end, by hundredths of a percent. */
function taken({ end, weight, port, headers }: Share, route: RouteToTarget): { readonly destination: Destination; readonly weight: number }[] {
  const resolved = end.resolve({ ...route, port });
  const [{ match, action }] = resolved;
  if (resolved.length !== 1 || match.key !== HttpMatch.EVERYTHING.key || !action.destinations) {
    throw new MeshError('IM1342', route.source, {
      problem: readsRequests(route.protocol)
        ? 'a target of the weighted route is split by headers: a share has no conditions of its own'
        : 'a target of the weighted route takes no connections',
      got: resolved.map(part => part.match.toIstio()),
    });
  }
  return action.destinations.map(destination => ({ destination: { ...destination, headers }, weight: weight * (destination.weight ?? 100) }));
}
