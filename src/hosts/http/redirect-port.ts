import { HttpMatch } from './http-match';
import { Door } from './redirect-loop';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { isPattern } from '../../values/host';
import { OwnedMatch, RoutedMatch } from '../route-action';

/** Where a route is asked: a host at a gateway, as far as they are known. */
export interface RoutedPlace {
  readonly host: string;
  /** The ports at which the gateway serves the host by HTTP. */
  readonly doors: Door[];
  /** Whether the gateway believes a proxy in front of it. */
  readonly trustsProxies?: boolean;
}

type Redirect = networking.VirtualServiceSpecHttpRedirect;

const DEFAULT_PORT = networking.VirtualServiceSpecHttpRedirectDerivePort.FROM_UNDERSCORE_PROTOCOL_UNDERSCORE_DEFAULT;

/** The usual port of a scheme. */
const USUAL: { readonly [scheme: string]: number } = { http: 80, https: 443 };

/**
 * The route, with the host that a redirect leads to wherever it leads to the usual port of a scheme: without it Envoy keeps the host as the client
 * wrote it, with the port of the request behind it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRedirect
 */
export function toUsualPort<R extends RoutedMatch>(route: R, places: RoutedPlace[]): R {
  const { match, action } = route;
  const [host, another] = [...new Set(places.map(place => place.host))];
  const isNamed = host !== undefined && another === undefined && !isPattern(host);
  const needed = isNamed && action.redirect && leadsToUsualPort(action.redirect, places.flatMap(({ doors }) => doorsFor(match, doors)));
  return needed ? { ...route, action: { ...action, redirect: { ...action.redirect, authority: host } } } : route;
}

/** Refuses a redirect to the usual port of a scheme that would keep another port, or that would have to keep one as well. */
export function checkUsualPort({ match, action, by }: RoutedMatch & OwnedMatch, places: RoutedPlace[]): void {
  const { redirect } = action;
  const hosts = [...new Set(places.map(place => place.host))];
  for (const { host, doors } of redirect ? places : []) {
    const open = doorsFor(match, doors);
    const [away, same] = [open.filter(door => leadsToUsualPort(redirect!, [door])), open.filter(door => !leadsToUsualPort(redirect!, [door]))];
    const kept = away.find(({ port, scheme }) => port !== USUAL[scheme]);
    if (kept && (isPattern(host) || hosts.length > 1)) {
      throw new MeshError('IM1360', by, {
        problem: `the redirect for ${host} would keep port ${kept.port} of the request: which host to lead to is not known`,
        got: redirect,
        allowed: 'a redirect with a `host`, or with a `port` other than 80 and 443',
        next: 'route each host by its name, or say the `host` of the redirect',
      });
    }
    const other = same.find(({ port, scheme }) => port !== USUAL[scheme]);
    if (away.length > 0 && other) {
      throw new MeshError('IM1360', by, {
        problem: `the redirect for ${host} leads to the usual port from port ${away[0].port}, and would have to keep port ${other.port}`,
        got: redirect,
        next: `write a route for each port: { listener: ${away[0].port} }`,
      });
    }
  }
}

/** Whether a redirect that comes in by one of the ports leads to the usual port of a scheme, and says no host. */
function leadsToUsualPort({ authority, port, derivePort, scheme }: Redirect, doors: Door[]): boolean {
  if (authority !== undefined || (derivePort !== undefined && derivePort !== DEFAULT_PORT)) {
    return false;
  }
  if (port !== undefined) {
    return scheme === undefined ? Object.values(USUAL).includes(port) : port === USUAL[scheme];
  }
  return derivePort === DEFAULT_PORT || (scheme !== undefined && (doors.length === 0 || doors.some(door => door.scheme !== scheme)));
}

function doorsFor(match: HttpMatch, doors: Door[]): Door[] {
  const { port } = match.toIstio();
  return doors.filter(door => port === undefined || door.port === port);
}
