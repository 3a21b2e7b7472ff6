import { HttpMatch } from './http-match';
import { Door } from './redirect-loop';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { isPattern } from '../../values/host';
import { OwnedMatch, RoutedMatch } from '../route-action';

/** A host at a gateway to which a route applies, with what is known of both. */
export interface RoutedPlace {
  readonly host: string;
  /** The ports at which the gateway serves the host over HTTP or HTTPS. */
  readonly doors: Door[];
  /** Whether the gateway trusts a proxy in front of it. */
  readonly trustsProxies?: boolean;
}

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
export function toDefaultPort<R extends RoutedMatch>(route: R, places: RoutedPlace[]): R {
  const { match, action } = route;
  const [host, another] = [...new Set(places.map(place => place.host))];
  const isNamed = host !== undefined && another === undefined && !isPattern(host);
  const needed = isNamed && action.redirect && leadsToDefaultPort(action.redirect, places.flatMap(({ doors }) => doorsFor(match, doors)));
  return needed ? { ...route, action: { ...action, redirect: { ...action.redirect, authority: host } } } : route;
}

/** Refuses a redirect to the default port of a scheme if Envoy would keep another port, or if the redirect has to keep one for another listener. */
export function checkDefaultPort({ match, action, by }: RoutedMatch & OwnedMatch, places: RoutedPlace[]): void {
  const { redirect } = action;
  const hosts = [...new Set(places.map(place => place.host))];
  for (const { host, doors } of redirect ? places : []) {
    const open = doorsFor(match, doors);
    const [away, same] = [open.filter(door => leadsToDefaultPort(redirect!, [door])), open.filter(door => !leadsToDefaultPort(redirect!, [door]))];
    const kept = away.find(({ port, scheme }) => port !== DEFAULT_PORTS[scheme]);
    if (kept && (isPattern(host) || hosts.length > 1)) {
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
        next: `write a route for each port: { listener: ${away[0].port} }`,
      });
    }
  }
}

/** Whether a redirect at one of these ports leads to the default port of a scheme without naming a host. */
function leadsToDefaultPort({ authority, port, derivePort, scheme }: Redirect, doors: Door[]): boolean {
  if (authority !== undefined || (derivePort !== undefined && derivePort !== DEFAULT_PORT)) {
    return false;
  }
  if (port !== undefined) {
    return scheme === undefined ? Object.values(DEFAULT_PORTS).includes(port) : port === DEFAULT_PORTS[scheme];
  }
  return derivePort === DEFAULT_PORT || (scheme !== undefined && (doors.length === 0 || doors.some(door => door.scheme !== scheme)));
}

function doorsFor(match: HttpMatch, doors: Door[]): Door[] {
  const { port } = match.toIstio();
  return doors.filter(door => port === undefined || door.port === port);
}
