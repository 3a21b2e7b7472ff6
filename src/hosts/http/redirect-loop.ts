import { exampleOf, ExampleRequest, spell, takes } from './example-request';
import { HttpMatch } from './http-match';
import * as networking from '../../../imports/networking.istio.io';
import { OwnedMatch, RoutedMatch } from '../route-action';

/** A port at which a gateway serves a host over HTTP or HTTPS. */
export interface Door {
  readonly port: number;
  readonly scheme: string;
  /** Whether the gateway translates gRPC-Web to gRPC at this port. */
  readonly translates?: boolean;
}

type Redirect = networking.VirtualServiceSpecHttpRedirect;

interface Visit {
  readonly request: ExampleRequest;
  readonly door?: Door;
}

/** Browsers stop after this number of redirects. */
const MOST_REDIRECTS = 20;

/** Finds a redirect that a client would follow endlessly, with an example request. */
export function endlessRedirect(routes: (RoutedMatch & OwnedMatch)[], host: string, doors: Door[]): { readonly by: OwnedMatch['by']; readonly request: string } | undefined {
  for (const route of routes.filter(({ action }) => action.redirect)) {
    const example = exampleOf(route.match);
    const starts = doors.filter(({ port }) => example?.port === undefined || example.port === port);
    for (const door of starts.length > 0 ? starts : [undefined]) {
      if (example && isEndless(routes, host, doors, route, { request: { ...example, port: door?.port ?? example.port }, door })) {
        return { by: route.by, request: spell(example) };
      }
    }
  }
  return undefined;
}

function isEndless(routes: RoutedMatch[], host: string, doors: Door[], from: RoutedMatch, start: Visit): boolean {
  let visit: Visit | undefined = start;
  for (let hops = 0; hops < MOST_REDIRECTS; hops++) {
    const route = taking(routes, visit.request);
    if (!route?.action.redirect || (hops === 0 && route !== from)) {
      return false;
    }
    visit = followed(visit, route.match, route.action.redirect, host, doors);
    if (!visit) {
      return false;
    }
  }
  return true;
}

/** The route that takes a request, if that is decidable. */
function taking(routes: RoutedMatch[], request: ExampleRequest): RoutedMatch | undefined {
  const first = routes.find(({ match }) => takes(match, request) !== false);
  return first && takes(first.match, request) ? first : undefined;
}

/** The next request of a client that follows the redirect; undefined if it goes to another host or an unknown port. */
function followed({ request, door }: Visit, match: HttpMatch, to: Redirect, host: string, doors: Door[]): Visit | undefined {
  const scheme = to.scheme ?? door?.scheme;
  const standard = scheme === 'https' ? 443 : 80;
  const derived = to.derivePort === networking.VirtualServiceSpecHttpRedirectDerivePort.FROM_UNDERSCORE_PROTOCOL_UNDERSCORE_DEFAULT
    || (to.derivePort === undefined && scheme !== door?.scheme);
  const port = to.port ?? (derived ? standard : door?.port);
  const next = doors.find(other => other.port === port && other.scheme === scheme);
  const stays = to.scheme === undefined && to.port === undefined && to.derivePort === undefined;
  if ((to.authority !== undefined && to.authority !== host) || (!next && !stays)) {
    return undefined;
  }
  const prefix = match.toIstio().uri?.prefix ?? '/';
  const path = to.prefixRewrite === undefined ? to.uri ?? request.path : to.prefixRewrite + request.path.slice(prefix.length);
  const again = request.method === 'POST' && [301, 302, 303].includes(to.redirectCode ?? 301) ? 'GET' : request.method;
  return { request: { ...request, method: again, path: path.replace(/[?#].*/, ''), port: next?.port ?? request.port }, door: next ?? door };
}
