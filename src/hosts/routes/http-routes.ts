import { IConstruct } from 'constructs';
import { MatchIndex } from './match-index';
import { joined } from './redirect-prefix';
import { RouteSettings } from './route-settings';
import { BackendAttributes } from './route-settings-problems';
import { MeshError } from '../../diagnostics/mesh-error';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { suchAs } from '../http/example-request';
import { HttpMatch } from '../http/http-match';
import { RequestRule } from '../http/request-settings';
import { OwnedMatch, Resolution, resolution, RoutedMatch } from '../model/route-action';
import { RouteBackend, RouteToTarget } from '../model/route-backend';

interface AddedRoute {
  readonly matches: HttpMatch[];
  readonly backend: RouteBackend;
  readonly route: RouteToTarget;
  readonly settings?: RouteSettings;
}

/** The HTTP routes of one VirtualService, ordered by the specificity of their matches and not by the order of construction. */
export class HttpRoutes {
  private static readonly resolved = perSynthesis((routes: HttpRoutes) => routes.derive());

  private readonly routes: AddedRoute[] = [];
  private readonly index = new MatchIndex();

  /** @param what the owner of the routes in messages: a host, or delegated routes */
  public constructor(private readonly what: string) {}

  public get isEmpty(): boolean {
    return this.routes.length === 0;
  }

  public get matches(): OwnedMatch[] {
    return this.routes.flatMap(({ matches, route }) => matches.map(match => ({ match, by: route.source })));
  }

  /** Refuses a match that another match covers completely, or that covers another completely. */
  public check(matches: HttpMatch[], by: IConstruct): void {
    const own = matches.length > 1 ? new MatchIndex() : undefined;
    matches.forEach(match => {
      const duplicate = this.index.conflicting(match) ?? own?.conflicting(match);
      own?.add({ match, by });
      if (duplicate) {
        const [first, second] = match.compare(duplicate.match) < 0 ? [match, duplicate.match] : [duplicate.match, match];
        throw new MeshError('IM1306', by, {
          problem: `two routes for ${this.what} match the same requests${suchAs(first, second) || ','} so one is never reached; the other route is by ${duplicate.by.node.path}`,
          found: showMatch(match),
          allowed: `a match that is not covered by ${showMatch(duplicate.match)}`,
        });
      }
    });
  }

  public push(matches: HttpMatch[], backend: RouteBackend, route: RouteToTarget, settings?: RouteSettings): void {
    this.routes.push({ matches, backend, route, settings });
    matches.forEach(match => this.index.add({ match, by: route.source }));
  }

  /** All routes in order, at synthesis. Each match is divided by the rules of its backend. */
  public resolve(): Resolution<RoutedMatch & OwnedMatch> {
    return HttpRoutes.resolved(this);
  }

  private derive(): Resolution<RoutedMatch & OwnedMatch> {
    const parts = this.routes
      .flatMap(added => added.matches.map(match => ({ match, added })))
      .sort((a, b) => a.match.compare(b.match))
      .map(({ match, added }) => ({ ...divided(match, added), by: added.route.source }));
    return resolution(
      parts.flatMap(({ routes, by }) => routes.map(route => ({ ...route, by }))),
      parts.flatMap(({ problems }) => problems),
    );
  }
}

/** Divides a match by the rules of its backend. Nothing follows a rule that takes all remaining requests. */
function divided(match: HttpMatch, { backend, route, settings }: AddedRoute): Resolution {
  const own = settings?.settings ?? {};
  const { rules, problems } = backend.rules?.(route, own) ?? { rules: [{ match: HttpMatch.EVERYTHING, settings: own }], problems: [] };
  const target = backend.resolve(route);
  const all = combined(match, rules, target.routes, route, backend);
  return resolution(all.routes, [...problems, ...target.problems, ...all.problems]);
}

/** Combines the rules and the destinations of a match: each rule with each destination. Nothing follows a catch-all combination. */
export function combined(
  match: HttpMatch, rules: readonly RequestRule[], targets: readonly RoutedMatch[], route: RouteToTarget, backend: BackendAttributes = {},
): Resolution {
  const parts: RoutedMatch[] = [];
  const problems: MeshError[] = [];
  for (const rule of rules) {
    const resolved = RouteSettings.resolve(rule.settings, route, backend);
    const ruled = match.combine(rule.match, route.source);
    problems.push(...resolved.problems, ...ruled.problems);
    for (const target of ruled.match ? targets : []) {
      const { match: both, problems: conflicts } = ruled.match!.combine(target.match, route.source);
      problems.push(...conflicts);
      for (const part of both && resolved.settings ? joined({ match: both, action: target.action }) : []) {
        const done = resolved.settings!.on(part.match, part.action);
        parts.push({ match: part.match, action: done.action });
        problems.push(...done.problems);
      }
      if (both?.covers(match)) {
        return resolution(parts, problems);
      }
      if (both?.covers(ruled.match!)) {
        break; // the rule has no requests left for further destinations
      }
    }
  }
  return resolution(parts, problems);
}

/** A match as messages show it. */
export function showMatch(match: HttpMatch): string {
  const text = JSON.stringify(match.toIstio());
  return text === '{}' ? 'every request' : text;
}
