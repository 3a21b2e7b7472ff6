import * as networking from '../../../imports/networking.istio.io';
import { exampleOf, ExampleRequest, spell, takes } from '../http/example-request';
import { HttpMatch } from '../http/http-match';
import { HttpListener } from '../model/host-listeners';
import { OwnedMatch, RoutedMatch } from '../model/route-action';
import { RouteTable } from '../model/route-table';

type Redirect = networking.VirtualServiceSpecHttpRedirect;

interface Visit {
  readonly request: ExampleRequest;
  readonly listener?: HttpListener;
}

/** Browsers stop after this number of redirects. */
const MOST_REDIRECTS = 20;

/** Finds a redirect that a client would follow endlessly, with an example request. */
export function endlessRedirect(routes: (RoutedMatch & OwnedMatch)[], host: string, listeners: HttpListener[]): { readonly by: OwnedMatch['by']; readonly request: string } | undefined {
  const redirects = routes.filter(({ action }) => action.redirect);
  const table = new RouteTable(redirects.length === 0 ? [] : routes);
  for (const route of redirects) {
    const example = exampleOf(route.match);
    const starts = listeners.filter(({ port }) => example?.port === undefined || example.port === port);
    for (const listener of starts.length > 0 ? starts : [undefined]) {
      if (example && isEndless(table, host, listeners, route, { request: { ...example, port: listener?.port ?? example.port }, listener })) {
        return { by: route.by, request: spell(example) };
      }
    }
  }
  return undefined;
}

function isEndless(table: RouteTable<RoutedMatch>, host: string, listeners: HttpListener[], from: RoutedMatch, start: Visit): boolean {
  let visit: Visit | undefined = start;
  for (let hops = 0; hops < MOST_REDIRECTS; hops++) {
    const route = taking(table, visit.request);
    if (!route?.action.redirect || (hops === 0 && route !== from)) {
      return false;
    }
    visit = followed(visit, route.match, route.action.redirect, host, listeners);
    if (!visit) {
      return false;
    }
  }
  return true;
}

/** The route that takes a request, if that is decidable. */
function taking(table: RouteTable<RoutedMatch>, request: ExampleRequest): RoutedMatch | undefined {
  const first = table.taking(request.path).find(({ match }) => takes(match, request) !== false);
  return first && takes(first.match, request) ? first : undefined;
}

/** The next request of a client that follows the redirect; undefined if it goes to another host or an unknown port. */
function followed({ request, listener }: Visit, match: HttpMatch, to: Redirect, host: string, listeners: HttpListener[]): Visit | undefined {
  const scheme = to.scheme ?? listener?.scheme;
  const standard = scheme === 'https' ? 443 : 80;
  const derived = to.derivePort === networking.VirtualServiceSpecHttpRedirectDerivePort.FROM_UNDERSCORE_PROTOCOL_UNDERSCORE_DEFAULT
    || (to.derivePort === undefined && scheme !== listener?.scheme);
  const port = to.port ?? (derived ? standard : listener?.port);
  const next = listeners.find(other => other.port === port && other.scheme === scheme);
  const stays = to.scheme === undefined && to.port === undefined && to.derivePort === undefined;
  if ((to.authority !== undefined && to.authority !== host) || (!next && !stays)) {
    return undefined;
  }
  const prefix = match.toIstio().uri?.prefix ?? '/';
  const path = to.prefixRewrite === undefined ? to.uri ?? request.path : to.prefixRewrite + request.path.slice(prefix.length);
  const again = request.method === 'POST' && [301, 302, 303].includes(to.redirectCode ?? 301) ? 'GET' : request.method;
  return { request: { ...request, method: again, path: path.replace(/[?#].*/, ''), port: next?.port ?? request.port }, listener: next ?? listener };
}
