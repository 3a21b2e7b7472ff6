import { HttpMatch } from './http/http-match';
import { RequestRule, RequestSettings } from './http/request-settings';
import { Destination, Resolution, resolution } from './model/route-action';
import { readsRequests, ResolvedRules, RouteBackend, RouteToTarget } from './model/route-backend';
import { RouteSettings } from './routes/route-settings';
import { MeshError } from '../diagnostics/mesh-error';

/** One of several weighted targets. */
export interface Share {
  readonly backend: RouteBackend;
  /** Of 100. */
  readonly weight: number;
  readonly port?: number;
  readonly headers?: Destination['headers'];
}

/** Several targets, by weight. */
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
    this.shares.forEach(({ backend, port }) => backend.bind({ ...route, port }));
  }

  public resolve(route: RouteToTarget): Resolution {
    const resolved = this.shares.map(share => resolvedShare(share, route));
    const parts = resolved.flatMap(({ destinations }) => destinations);
    // Splits of the targets can produce fractions of one percent. Weights are proportions to Istio, so all are then in hundredths.
    const scale = parts.every(({ weight }) => weight % 100 === 0) ? 100 : 1;
    const list = parts.map(({ destination, weight }) => ({ ...destination, weight: parts.length === 1 ? undefined : weight / scale }));
    return resolution([{ match: HttpMatch.EVERYTHING, action: { destinations: list } }], resolved.flatMap(({ problems }) => problems));
  }

  /** The rules of all targets must be equal, because a route has one timeout for all of its shares. */
  public rules(route: RouteToTarget, own: RequestSettings): ResolvedRules {
    const each = this.shares.map(({ backend, port }) =>
      backend.rules?.({ ...route, port }, own) ?? { rules: [{ match: HttpMatch.EVERYTHING, settings: own }], problems: [] });
    const texts = each.map(({ rules }) => textOf(rules, route));
    const problems = [...each, ...texts].flatMap(one => one.problems);
    const [first, other] = [...new Set(texts.map(({ text }) => text))];
    const conflict = problems.length === 0 && other !== undefined ? [new MeshError('IM1645', route.source, {
      problem: 'the targets of the weighted route have policies of their own, which say different things', found: `${first} and ${other}`,
    })] : [];
    return { rules: each[0].rules, problems: [...problems, ...conflict] };
  }
}

/** The rules as a VirtualService has them, to compare them. */
function textOf(list: RequestRule[], route: RouteToTarget): { readonly text: string; readonly problems: MeshError[] } {
  const each = list.map(({ match, settings }) => {
    const resolved = RouteSettings.resolve(settings, route, {});
    const done = resolved.settings?.on(match, { destinations: [] });
    return { written: [match.toIstio(), done?.action.settings], problems: [...resolved.problems, ...done?.problems ?? []] };
  });
  return { text: JSON.stringify(each.map(({ written }) => written)), problems: each.flatMap(({ problems }) => problems) };
}

/** A share, as destinations with weights in hundredths of a percent. */
interface ResolvedShare {
  readonly destinations: { readonly destination: Destination; readonly weight: number }[];
  readonly problems: readonly MeshError[];
}

function resolvedShare({ backend, weight, port, headers }: Share, route: RouteToTarget): ResolvedShare {
  const { routes, problems } = backend.resolve({ ...route, port });
  if (problems.length > 0) {
    return { destinations: [], problems };
  }
  const [{ match, action }] = routes;
  if (routes.length !== 1 || match.key !== HttpMatch.EVERYTHING.key || !action.destinations) {
    return {
      destinations: [],
      problems: [new MeshError('IM1342', route.source, {
        problem: readsRequests(route.protocol)
          ? 'a target of the weighted route is split by headers: a share has no conditions of its own'
          : 'a target of the weighted route takes no connections',
        got: routes.map(part => part.match.toIstio()),
      })],
    };
  }
  const shares = action.destinations.map(destination => ({ destination: { ...destination, headers }, weight: weight * (destination.weight ?? 100) }));
  return { destinations: shares, problems };
}
