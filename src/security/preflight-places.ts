import { IConstruct } from 'constructs';
import { Place } from './policed-place';
import { PreflightPlace } from './preflights';
import { RequestRoutes, ServedRequests } from './served-requests';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { RoutedMatch, throwFirst } from '../hosts/model/route-action';
import { isPattern } from '../values/host';
import { HostMap } from '../values/host-map';
import { pathCovers, pathsMeet } from '../values/policy-paths';

type Cors = networking.VirtualServiceSpecHttpCorsPolicy;

/** A route that a preflight may take. */
interface Part {
  readonly route: RoutedMatch;
  /** The path in the form of policies. Undefined for every path. */
  readonly path?: string;
  /** Whether the path is the route's only condition, and policies can express it. */
  readonly plain: boolean;
  /** The origins whose preflights Envoy answers, in the form of policies. Undefined if it answers none. */
  readonly origins?: string[];
}

/**
 * The places of gateways by host. Undefined if no route of the hosts has a `corsPolicy`: policies then treat preflights as other requests.
 *
 * @param isAll whether requests take the routes of all gateways of the pods
 */
export function preflightPlaces(at: IConstruct, isAll: boolean, places: Place[], served: ServedRequests): PreflightPlace[] | undefined {
  const routed = served.routed(isAll);
  throwFirst(routed.problems);
  if (!routed.answersPreflights) {
    return undefined;
  }
  const divided = places.flatMap(place => (place.hosts!.includes('*') ? split(place, routed) : byName(place))).map(({ host, place }) => {
    const parts = host === undefined ? [] : partsOf(at, host, routed, served);
    return { ...place, answered: answered(parts), unanswered: unanswered(at, parts) };
  });
  return divided.some(place => place.answered.length > 0) ? divided : undefined;
}

/** Divides a place of named hosts into one place per host. */
function byName(place: Place): { host: string; place: Place }[] {
  return place.hosts!.filter(host => !host.endsWith(':*')).map(host => ({ host, place: { ...place, hosts: named(host) } }));
}

/** Divides a place of all hosts into hosts with routes and the rest. */
function split(place: Place, routed: RequestRoutes): { host?: string; place: Place }[] {
  const hosts = routed.hosts.filter(host => host !== '*');
  const byHost = new HostMap<string>();
  hosts.forEach(host => byHost.add(host, host));
  const excluded = place.notHosts ?? [];
  const without = (names: string[]) => (names.length > 0 ? names : undefined);
  return [
    ...hosts.filter(host => !excluded.includes(host)).map(host => {
      const below = byHost.coveredBy(host).filter(other => other !== host);
      return { host, place: { ...place, hosts: named(host), notHosts: without([...excluded, ...below.flatMap(named)]) } };
    }),
    {
      host: routed.hosts.includes('*') ? '*' : undefined,
      place: { ...place, notHosts: without([...new Set([...excluded, ...hosts.flatMap(named)])]) },
    },
  ];
}

function named(host: string): string[] {
  return isPattern(host) ? [host] : [host, `${host}:*`];
}

/** The routes that preflights for a host may take, in Envoy's order. */
function partsOf(at: IConstruct, host: string, routed: RequestRoutes, served: ServedRequests): Part[] {
  const routes = [...routed.nearest(host)].sort((a, b) => a.match.compare(b.match));
  const ports = served.requestPorts(host);
  return routes.filter(({ match }) => takesOptions(match.toIstio())).map(route => {
    const { uri, ignoreUriCase, port, name: _, statPrefix: __, ...conditions } = route.match.toIstio();
    const value = uri?.exact ?? uri?.prefix ?? '/';
    const anyPort = port === undefined || (ports.size === 1 && ports.has(port));
    const expressible = !uri?.regex && !ignoreUriCase && !/[*{}]/.test(value);
    return {
      route,
      path: uri?.exact ?? (value === '/' ? undefined : `${value}*`),
      plain: expressible && anyPort && Object.values(conditions).every(condition => condition === undefined),
      origins: route.action.redirect || route.action.directResponse ? undefined : originsOf(at, host, route.action.settings?.corsPolicy),
    };
  });
}

function takesOptions({ method }: networking.VirtualServiceSpecHttpMatch): boolean {
  return method === undefined || method.exact === 'OPTIONS' || (method.prefix !== undefined && 'OPTIONS'.startsWith(method.prefix)) || method.regex !== undefined;
}

function originsOf(at: IConstruct, host: string, cors?: Cors): string[] | undefined {
  if (!cors) {
    return undefined;
  }
  // Envoy also answers preflights of other origins.
  if (cors.unmatchedPreflights === networking.VirtualServiceSpecHttpCorsPolicyUnmatchedPreflights.IGNORE) {
    return ['*'];
  }
  return cors.allowOrigins!.map(({ exact, prefix, regex }) => {
    if (regex !== undefined) {
      throw new MeshError('IM1828', at, {
        problem: `policies cannot match origins by regex, so a preflight for ${host} from another origin would reach the service`,
        got: regex,
        next: 'list the origins, or let Envoy answer all preflights: `unmatchedPreflights: UnmatchedPreflights.IGNORE`',
      });
    }
    return exact ?? `${prefix}*`;
  }).sort();
}

function overlap(one: Part, other: Part): boolean {
  return one.path === undefined || other.path === undefined || pathsMeet(one.path, other.path);
}

/** Whether every path of one is a path of the other. */
function isWithin(one: Part, other: Part): boolean {
  return other.path === undefined || (one.path !== undefined && pathCovers(other.path, one.path));
}

function listed(paths: (string | undefined)[]): string[] | undefined {
  return paths.length > 0 ? [...new Set(paths as string[])].sort() : undefined;
}

/** The routes whose preflights Envoy answers, each without the paths of earlier routes. */
function answered(parts: Part[]): PreflightPlace['answered'] {
  return parts.flatMap((part, i) => {
    const before = parts.slice(0, i).filter(other => other.plain && overlap(part, other)).map(({ path }) => path);
    const reached = part.plain && !before.includes(undefined);
    return part.origins && reached ? [{ paths: listed(part.path ? [part.path] : []), notPaths: listed(before), origins: part.origins }] : [];
  });
}

/** The rest: requests without a route, and those of routes before one whose preflights Envoy answers. */
function unanswered(at: IConstruct, parts: Part[]): PreflightPlace['unanswered'] {
  const open = parts.filter(({ origins, plain }) => origins && plain);
  const alike = (one: Part, other: Part) => JSON.stringify(one.origins) === JSON.stringify(other.origins);
  const between = parts.flatMap((part, i) => {
    const behind = open.find(other => parts.indexOf(other) > i && overlap(part, other));
    const distinct = parts.slice(0, behind && parts.indexOf(behind)).some(other => other.plain && !other.origins && isWithin(part, other));
    if (behind && !part.plain && !alike(part, behind) && !(distinct && !part.origins)) {
      throw new MeshError('IM1828', at, {
        problem: 'policies cannot distinguish preflights that one route answers from those of an earlier route',
        got: [part.route.match.toIstio(), behind.route.match.toIstio()],
      });
    }
    const before = parts.slice(0, i).filter(other => other.origins && other.plain && overlap(part, other)).map(({ path }) => path);
    return behind && part.plain && !part.origins ? [{ paths: listed([part.path]), notPaths: listed(before) }] : [];
  });
  const refused = parts.find(part => part.origins && !part.plain && !open.some(other => alike(part, other) && overlap(part, other)));
  if (refused) {
    throw new MeshError('IM1828', at, { problem: 'policies cannot express the conditions of a route that answers preflights', got: refused.route.match.toIstio() });
  }
  return [...open.some(({ path }) => path === undefined) ? [] : [{ notPaths: listed(open.map(({ path }) => path)) }], ...between];
}
