import { IConstruct } from 'constructs';
import { suchAs } from './example-request';
import { HttpMatch } from './http-match';
import { RequestRule } from './request-settings';
import { OwnedMatch, RoutedMatch } from '../route-action';
import { RouteBackend, RouteToTarget } from '../route-backend';
import { joined } from './redirect';
import { BackendSettings, RouteSettings } from './route-settings';
import { MeshError } from '../../diagnostics/mesh-error';

interface Route {
  readonly matches: HttpMatch[];
  readonly end: RouteBackend;
  readonly to: RouteToTarget;
  readonly settings?: RouteSettings;
}

/** The HTTP routes of one VirtualService: asked by specificity of their matches, whoever came first. */
export class HttpRoutes {
  private readonly routes: Route[] = [];

  /** @param what whose routes they are, for messages: a host, or delegated routes */
  public constructor(private readonly what: string) {}

  public get isEmpty(): boolean {
    return this.routes.length === 0;
  }

  public get matches(): OwnedMatch[] {
    return this.routes.flatMap(({ matches, to }) => matches.map(match => ({ match, by: to.source })));
  }

  /** Refuses a match that another would take everything of, or that would take everything of another. */
  public check(matches: HttpMatch[], by: IConstruct): void {
    matches.forEach((match, i) => {
      const others = [...this.matches, ...matches.slice(0, i).map(other => ({ match: other, by }))];
      const duplicate = others.find(other => (match.compare(other.match) < 0 ? match.covers(other.match) : other.match.covers(match)));
      if (duplicate) {
        const [first, second] = match.compare(duplicate.match) < 0 ? [match, duplicate.match] : [duplicate.match, match];
        throw new MeshError('IM1306', by, {
          problem: `two routes for ${this.what} match the same requests${suchAs(first, second) || ','} and one would never be reached; the other is by ${duplicate.by.node.path}`,
          found: show(match),
          allowed: `a match that is not covered by ${show(duplicate.match)}`,
        });
      }
    });
  }

  public push(matches: HttpMatch[], end: RouteBackend, to: RouteToTarget, settings?: RouteSettings): void {
    this.routes.push({ matches, end, to, settings });
  }

  /** In the order to be asked; behind each match, the conditions of the end itself. */
  public resolved(): (RoutedMatch & OwnedMatch)[] {
    return this.routes
      .flatMap(route => route.matches.map(match => ({ match, route })))
      .sort((a, b) => a.match.compare(b.match))
      .flatMap(({ match, route }) => divided(match, route).map(part => ({ ...part, by: route.to.source })));
  }
}

/** The requests of a match, divided by the conditions of the end: none after one that takes all that are left. */
function divided(match: HttpMatch, { end, to, settings }: Route): RoutedMatch[] {
  const own = settings?.settings ?? {};
  return combined(match, end.rules?.(to, own) ?? [{ match: HttpMatch.EVERYTHING, settings: own }], end.resolve(to), to, end);
}

/** What is done with the requests of a match, by rules and by who takes them: every rule for all who take, nothing behind one for everyone. */
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
        break; // nothing of the rule is left for who comes next
      }
    }
  }
  return parts;
}

export function show(match: HttpMatch): string {
  const text = JSON.stringify(match.toIstio());
  return text === '{}' ? 'every request' : text;
}
