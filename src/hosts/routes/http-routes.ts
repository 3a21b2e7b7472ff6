import { IConstruct } from 'constructs';
import { joined } from './redirect-prefix';
import { BackendSettings, RouteSettings } from './route-settings';
import { MeshError } from '../../diagnostics/mesh-error';
import { suchAs } from '../http/example-request';
import { HttpMatch } from '../http/http-match';
import { RequestRule } from '../http/request-settings';
import { OwnedMatch, RoutedMatch } from '../model/route-action';
import { RouteBackend, RouteToTarget } from '../model/route-backend';

interface Route {
  readonly matches: HttpMatch[];
  readonly end: RouteBackend;
  readonly to: RouteToTarget;
  readonly settings?: RouteSettings;
}

/** The HTTP routes of one VirtualService, ordered by the specificity of their matches and not by the order of construction. */
export class HttpRoutes {
  private readonly routes: Route[] = [];

  /** @param what the owner of the routes in messages: a host, or delegated routes */
  public constructor(private readonly what: string) {}

  public get isEmpty(): boolean {
    return this.routes.length === 0;
  }

  public get matches(): OwnedMatch[] {
    return this.routes.flatMap(({ matches, to }) => matches.map(match => ({ match, by: to.source })));
  }

  /** Refuses a match that another match covers completely, or that covers another completely. */
  public check(matches: HttpMatch[], by: IConstruct): void {
    matches.forEach((match, i) => {
      const others = [...this.matches, ...matches.slice(0, i).map(other => ({ match: other, by }))];
      const duplicate = others.find(other => (match.compare(other.match) < 0 ? match.covers(other.match) : other.match.covers(match)));
      if (duplicate) {
        const [first, second] = match.compare(duplicate.match) < 0 ? [match, duplicate.match] : [duplicate.match, match];
        throw new MeshError('IM1306', by, {
          problem: `two routes for ${this.what} match the same requests${suchAs(first, second) || ','} so one is never reached; the other route is by ${duplicate.by.node.path}`,
          found: show(match),
          allowed: `a match that is not covered by ${show(duplicate.match)}`,
        });
      }
    });
  }

  public push(matches: HttpMatch[], end: RouteBackend, to: RouteToTarget, settings?: RouteSettings): void {
    this.routes.push({ matches, end, to, settings });
  }

  /** All routes in order. Each match is divided by the rules of its backend. */
  public resolved(): (RoutedMatch & OwnedMatch)[] {
    return this.routes
      .flatMap(route => route.matches.map(match => ({ match, route })))
      .sort((a, b) => a.match.compare(b.match))
      .flatMap(({ match, route }) => divided(match, route).map(part => ({ ...part, by: route.to.source })));
  }
}

/** Divides a match by the rules of its backend. Nothing follows a rule that takes all remaining requests. */
function divided(match: HttpMatch, { end, to, settings }: Route): RoutedMatch[] {
  const own = settings?.settings ?? {};
  return combined(match, end.rules?.(to, own) ?? [{ match: HttpMatch.EVERYTHING, settings: own }], end.resolve(to), to, end);
}

/** Combines the rules and the destinations of a match: each rule with each destination. Nothing follows a catch-all combination. */
export function combined(
  match: HttpMatch, rules: RequestRule[], taken: RoutedMatch[], route: RouteToTarget, end: BackendSettings = {},
): RoutedMatch[] {
  const parts: RoutedMatch[] = [];
  for (const rule of rules) {
    const settings = new RouteSettings(rule.settings, route, end);
    const ruled = match.and(rule.match, route.source);
    for (const own of ruled ? taken : []) {
      const both = ruled!.and(own.match, route.source);
      if (both) {
        parts.push(...joined({ match: both, action: own.action }).map(part => ({ match: part.match, action: settings.on(part.match, part.action) })));
      }
      if (both?.covers(match)) {
        return parts;
      }
      if (both?.covers(ruled!)) {
        break; // the rule has no requests left for further destinations
      }
    }
  }
  return parts;
}

export function show(match: HttpMatch): string {
  const text = JSON.stringify(match.toIstio());
  return text === '{}' ? 'every request' : text;
}
