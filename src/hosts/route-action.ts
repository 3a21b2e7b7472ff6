import { HttpMatch } from './http-match';
import * as networking from '../../imports/networking.istio.io';

/** Where a share of the traffic goes. */
export interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  /** Of 100; none where there is one destination. */
  readonly weight?: number;
  /** HTTP only. */
  readonly headers?: networking.VirtualServiceSpecHttpRouteHeaders;
}

/** What is done with a request: exactly one of the three. */
export interface RouteAction {
  readonly destinations?: Destination[];
  readonly redirect?: networking.VirtualServiceSpecHttpRedirect;
  readonly directResponse?: networking.VirtualServiceSpecHttpDirectResponse;
}

/** What is done with the requests that meet a match. */
export interface RoutedMatch {
  readonly match: HttpMatch;
  readonly action: RouteAction;
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
 * lines to review, and the order in which matches are asked stays what it was.
 *
 * @param ports the ports that the routes are for, where that is not all of them
 */
export function renderHttp(routes: RoutedMatch[], ports?: number[]): networking.VirtualServiceSpecHttp[] {
  const groups: { matches: HttpMatch[]; action: RouteAction }[] = [];
  for (const { match, action } of routes) {
    const last = groups[groups.length - 1];
    if (last && JSON.stringify(last.action) === JSON.stringify(action)) {
      last.matches.push(match);
    } else {
      groups.push({ matches: [match], action });
    }
  }
  return groups.map(({ matches, action }) => ({
    match: renderMatches(matches, ports),
    ...action.destinations ? { route: renderDestinations(action.destinations) } : action,
  }));
}

function renderMatches(matches: HttpMatch[], ports?: number[]): networking.VirtualServiceSpecHttpMatch[] | undefined {
  if (ports) {
    return matches.flatMap(match => ports.map(port => ({ ...match.toIstio(), port })));
  }
  return matches.some(match => match.key === HttpMatch.EVERYTHING.key) ? undefined : matches.map(match => match.toIstio());
}
