import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { isPattern } from '../../values/host';
import { HttpMatch } from '../http/http-match';
import { HostListeners, HttpListener } from '../model/host-listeners';
import { OwnedMatch, RoutedMatch } from '../model/route-action';

type Redirect = networking.VirtualServiceSpecHttpRedirect;

const DEFAULT_PORT = networking.VirtualServiceSpecHttpRedirectDerivePort.FROM_UNDERSCORE_PROTOCOL_UNDERSCORE_DEFAULT;

/** The default port of each scheme. */
const DEFAULT_PORTS: { readonly [scheme: string]: number } = { http: 80, https: 443 };

/**
 * The route, with an explicit host if its redirect leads to the default port of a scheme. Without a host, Envoy keeps the Host header of the
 * request, which may contain the old port.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRedirect
 */
export function toDefaultPort<R extends RoutedMatch>(route: R, hosts: HostListeners[]): R {
  const { match, action } = route;
  if (!action.redirect) {
    return route;
  }
  const [host, another] = [...new Set(hosts.map(each => each.host))];
  const isNamed = host !== undefined && another === undefined && !isPattern(host);
  const needed = isNamed && leadsToDefaultPort(action.redirect, hosts.flatMap(({ listeners }) => listenersFor(match, listeners)));
  return needed ? { ...route, action: { ...action, redirect: { ...action.redirect, authority: host } } } : route;
}

/** Refuses a redirect to the default port of a scheme if Envoy would keep another port, or if the redirect has to keep one for another listener. */
export function checkDefaultPort({ match, action, by }: RoutedMatch & OwnedMatch, hosts: HostListeners[]): void {
  const { redirect } = action;
  if (!redirect) {
    return;
  }
  const names = [...new Set(hosts.map(each => each.host))];
  for (const { host, listeners } of hosts) {
    const open = listenersFor(match, listeners);
    const away = open.filter(listener => leadsToDefaultPort(redirect, [listener]));
    const same = open.filter(listener => !away.includes(listener));
    const kept = away.find(({ port, scheme }) => port !== DEFAULT_PORTS[scheme]);
    if (kept && (isPattern(host) || names.length > 1)) {
      throw new MeshError('IM1360', by, {
        problem: `the redirect for ${host} would keep port ${kept.port} of the request, because it names no host`,
        got: redirect,
        allowed: 'a redirect with a `host`, or with a `port` other than 80 and 443',
        next: 'write a route for each host, or set the `host` of the redirect',
      });
    }
    const other = same.find(({ port, scheme }) => port !== DEFAULT_PORTS[scheme]);
    if (away.length > 0 && other) {
      throw new MeshError('IM1360', by, {
        problem: `the redirect for ${host} leads from port ${away[0].port} to the default port of the scheme, but must keep port ${other.port}`,
        got: redirect,
        next: `write a route for each port: { gatewayPort: ${away[0].port} }`,
      });
    }
  }
}

/** Whether a redirect at one of these ports leads to the default port of a scheme without naming a host. */
function leadsToDefaultPort({ authority, port, derivePort, scheme }: Redirect, listeners: HttpListener[]): boolean {
  if (authority !== undefined || (derivePort !== undefined && derivePort !== DEFAULT_PORT)) {
    return false;
  }
  if (port !== undefined) {
    return scheme === undefined ? Object.values(DEFAULT_PORTS).includes(port) : port === DEFAULT_PORTS[scheme];
  }
  return derivePort === DEFAULT_PORT || (scheme !== undefined && (listeners.length === 0 || listeners.some(listener => listener.scheme !== scheme)));
}

function listenersFor(match: HttpMatch, listeners: HttpListener[]): HttpListener[] {
  const { gatewayPort } = match;
  return gatewayPort === undefined ? listeners : listeners.filter(({ port }) => port === gatewayPort);
}
