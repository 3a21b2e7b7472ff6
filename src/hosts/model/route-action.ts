import { IConstruct } from 'constructs';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { HttpMatch } from '../http/http-match';

/** Where a share of the traffic goes. */
export interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  /** The host header of an external host, if the route does not set one. HTTP only. */
  readonly authority?: string;
  /** Of 100; none where there is one destination. */
  readonly weight?: number;
  /** HTTP only. */
  readonly headers?: networking.VirtualServiceSpecHttpRouteHeaders;
}

/** What is done with a request: exactly one of the first four. */
export interface RouteAction {
  readonly destinations?: Destination[];
  readonly redirect?: networking.VirtualServiceSpecHttpRedirect;
  readonly delegate?: networking.VirtualServiceSpecHttpDelegate;
  readonly directResponse?: networking.VirtualServiceSpecHttpDirectResponse;
  /** What is done with the requests besides, as a VirtualService spells it. */
  readonly settings?: Partial<networking.VirtualServiceSpecHttp>;
}

/** What is done with the requests that meet a match. */
export interface RoutedMatch {
  readonly match: HttpMatch;
  readonly action: RouteAction;
}

/** A match, and the construct that made its route. */
export interface OwnedMatch {
  readonly match: HttpMatch;
  readonly by: IConstruct;
}

/** What routes become at synthesis. Nothing is thrown: a validation reports the problems, and rendering uses the routes alone. */
export interface Resolution<R extends RoutedMatch = RoutedMatch> {
  /** In the order in which Envoy evaluates them. Empty if there are problems. */
  readonly routes: readonly R[];
  readonly problems: readonly MeshError[];
}

/** A resolution that has routes only if there are no problems. */
export function resolution<R extends RoutedMatch>(routes: readonly R[], problems: readonly MeshError[] = []): Resolution<R> {
  return { routes: problems.length === 0 ? routes : [], problems };
}

/** Throws the first problem, where a check refuses at once. Further problems often follow from the first. */
export function throwFirst([problem]: readonly MeshError[]): void {
  if (problem) {
    throw problem;
  }
}

/** The shares of a host's subsets as destinations, in the order of the subsets' names. */
export function destinations(host: string, shares: { readonly [subset: string]: number }, port?: number): Destination[] {
  const subsets = Object.keys(shares).sort();
  return subsets.map(subset => ({ host, subset, port, weight: subsets.length === 1 ? undefined : shares[subset] }));
}

/** The destinations as a VirtualService spells them, for HTTP as for TCP. */
export function renderDestinations(list: Destination[]): networking.VirtualServiceSpecHttpRoute[] {
  return list.map(({ host, subset, port, weight, headers }) => ({
    destination: { host, subset, port: port === undefined ? undefined : { number: port } },
    weight,
    headers,
  }));
}

/**
 * The routes of a VirtualService. Neighbours that do the same become one route with several matches: fewer
 * lines to review, and the order of the matches stays the same.
 *
 * @param ports the ports that the routes are for, where that is not all of them
 */
export function renderHttp(routes: readonly RoutedMatch[], ports?: number[]): networking.VirtualServiceSpecHttp[] {
  const groups: { matches: HttpMatch[]; action: RouteAction; text: string }[] = [];
  for (const { match, action } of routes) {
    const last = groups[groups.length - 1];
    const text = JSON.stringify(action);
    if (last?.text === text) {
      last.matches.push(match);
    } else {
      groups.push({ matches: [match], action, text });
    }
  }
  return groups.map(({ matches, action: { destinations: ends, settings, ...answer } }) => ({
    match: renderMatches(matches, ports),
    ...ends ? { route: renderDestinations(ends) } : answer,
    ...settings,
  }));
}

/** A match for every request makes the others superfluous, unless one of them has a name to be logged. */
function renderMatches(matches: HttpMatch[], ports?: number[]): networking.VirtualServiceSpecHttpMatch[] | undefined {
  if (ports) {
    return matches.flatMap(match => ports.map(port => ({ ...match.toIstio(), port })));
  }
  const every = matches.filter(match => match.key === HttpMatch.EVERYTHING.key);
  return every.length > 0 && !matches.some(match => match.isNamed)
    ? undefined
    : matches.map(match => ({ ...match.toIstio(), ...every.includes(match) ? { uri: { prefix: '/' } } : {} }));
}
