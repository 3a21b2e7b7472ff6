import { PATHS } from './matches';
import { DelegatedRoutes, RouteTarget } from '../../../src';
import { freeStreams, hostForRoute, listeners, madeGateway, receiver, routed, takeStream } from '../gateways';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { podNamespace, speaks, targetPorts } from '../targets';
import { NothingSuits, World } from '../world';

const TARGET_PORTS = ['HttpRouteOptions', 'GrpcRouteOptions', 'TlsRouteOptions', 'TcpRouteOptions', 'WeightedTarget', 'Mirror'].map(owner => `${owner}.port`);

const aListener = (w: World) => (listeners(w).length > 0 ? w.choices.pick(listeners(w)) : ABSENT);
/** The server at the port whose connections are being led. */
const stream = (w: World) => freeStreams(w, receiver(w));

/** Matches that compare the beginning of the path, which a redirect puts something in place of. */
function arePrefixes(w: World): boolean {
  const { matches, method } = (w.given(/^(Http|Grpc)RouteOptions$/) ?? { method: 'of no route' }) as { matches?: unknown[]; method?: unknown };
  return method === undefined && (matches ?? []).every(match => /pathPrefix|anyPath/.test(w.originOf(match)!));
}

/** What a share, a mirror or a connection cannot lead to. */
const isWhole = (w: World) => w.frame('WeightedTarget') === undefined && w.frame('Mirror') === undefined;
const readsRequests = (w: World) => ['HTTP', 'GRPC'].includes(speaks(w) ?? 'HTTP');

/** Remembers that a service, or one of its versions, is led to. */
function lead(w: World, target: unknown): void {
  const { service } = target as { service?: unknown };
  w.take('routed', service ?? target);
}

/** Routes that others lead to have to be some. */
function addSome(w: World, made: unknown): void {
  const before = w.slots.length;
  try {
    w.say(w.choices.pick(['DelegatedRoutes.addHttpRoute', 'DelegatedRoutes.addGrpcRoute']), made);
  } catch (e) {
    if (!(e instanceof NothingSuits)) throw e;
    w.leaveOut(before);
    (made as DelegatedRoutes).addHttpRoute({ to: RouteTarget.directResponse(404) });
    w.take(`routes of ${(made as DelegatedRoutes).node.path} for undefined`, 'everything');
  }
}

/** Routes from gateways, and what they lead to. */
export const routes: Knowledge = {
  facts: {
    '*.host': hostForRoute,
    ...each([...TARGET_PORTS, 'AcmeSolverOptions.port'], w => (targetPorts(w).length > 0 ? w.choices.pick(targetPorts(w)).port : ABSENT)),
    'HttpRouteOptions.to': w => (w.choices.chance(25) ? w.say('RouteTarget.redirect') : undefined),
    'HttpRouteOptions.gatewayPort': aListener,
    'GrpcRouteOptions.gatewayPort': aListener,
    'TlsRouteOptions.gatewayPort': aListener,
    'TcpRouteOptions.gatewayPort': w => w.choices.pick(stream(w)).port,
    'TcpRouteOptions.host': w => {
      const { gatewayPort } = w.given('TcpRouteOptions')!;
      const ends = stream(w).find(({ port, endsTls }) => port === gatewayPort && endsTls);
      return ends ? w.choices.pick(ends.hosts) : '*';
    },
    'GrpcRouteOptions.service': w => `shop.v1.${w.mostlyFresh(routed(w), ['Cart', 'Orders']).replace('-', '_')}`,
    'GrpcRouteOptions.method': w => (w.given('GrpcRouteOptions')!.service === undefined ? ABSENT : w.choices.pick(['Get', 'List_2'])),

    // A redirect leads to a host without redirects in the program.
    'RedirectOptions.host': () => 'elsewhere.example.edu',
    'RedirectOptions.port': w => (w.given('RedirectOptions')!.host === undefined ? 9999 : w.choices.pick([80, 443, 8080, ABSENT])),
    'RedirectOptions.derivePort': w => (w.given('RedirectOptions')!.port === undefined ? undefined : ABSENT),
    'RedirectOptions.path': w => w.choices.pick(PATHS),
    'RedirectOptions.pathPrefix': w => (w.given('RedirectOptions')!.path === undefined && arePrefixes(w) ? w.choices.pick(PATHS) : ABSENT),
    'RedirectOptions.scheme': w => w.choices.pick(['http', 'https']),
    'RedirectOptions.status': w => w.choices.pick([301, 302, 303, 307, 308]),
    'RouteTarget.directResponse.status': w => w.choices.pick([200, 404, 503, 599]),
    '*.body': w => w.choices.pick(['', 'moved', 'line one\nline two', '"quoted" {braces} é']),
    'DirectResponseOptions.bodyBytes': w => (w.given('DirectResponseOptions')!.body === undefined ? w.choices.pick(['AAEC', '/+8=', '']) : ABSENT),
    'ExternalHostOptions.port': () => undefined,
    'RouteTarget.externalHost.host': w => w.choices.pick(['api.partner.example', 'db.partner.example', 'partner.example']),
    // Shares add up to 100.
    'WeightedTarget.weight': w => {
      const list = w.frame(/\.targets\[\]$/)!.given as { index: number; count: number; sum?: number };
      const { index, count, sum = 0 } = list;
      const weight = index === count - 1 ? 100 - sum : w.choices.int(0, 100 - sum);
      list.sum = sum + weight;
      return weight;
    },
    'WeightedTarget.headers': w => (readsRequests(w) ? undefined : ABSENT),

    // Namespaces that see the routes: the gateway's pods are in one of them.
    'GatewayRoutesProps.exportTo': w => {
      const home = podNamespace(w, w.given('GatewayRoutesProps')!.gateway) ?? 'istio-system';
      return w.choices.chance(40) ? ['*'] : [...new Set([home, ...w.choices.some(['.', 'team-a', 'team-b'])])];
    },
    'DelegatedRoutesProps.exportTo': w => (w.choices.chance(50) ? ['*'] : w.choices.some(['.', 'shop', 'cart', 'web', 'a', 'p'])),
  },
  order: {
    TcpRouteOptions: ['gatewayPort', 'host', 'to'],
    RedirectOptions: ['host', 'port', 'derivePort', 'path', 'pathPrefix'],
  },
  forced: {
    ...each(TARGET_PORTS, w => targetPorts(w).length > 0 && targetPorts(w, false).length !== 1),
    'AcmeSolver.service.options': w => targetPorts(w).length > 1 || often(w),
    'AcmeSolverOptions.port': w => targetPorts(w).length > 0,
    ...each(['RedirectOptions.derivePort', 'RedirectOptions.pathPrefix'], often),
    'TlsRouteOptions.gatewayPort': w => listeners(w).length > 1 || (madeGateway(w, receiver(w)) !== undefined && listeners(w)[0] !== 443),
    'HttpRouteOptions.matches': w => w.isTaken(routed(w), 'everything'),
    'GrpcRouteOptions.service': w => w.isTaken(routed(w), 'everything'),
    'RedirectOptions.port': w => w.given('RedirectOptions')!.host === undefined,
    ...each(['RouteTarget.directResponse.options', 'DirectResponseOptions.bodyBytes'], often),
  },
  guards: {
    'RouteTarget.redirect': w => isWhole(w) && readsRequests(w) && w.frame('AcmeSolver.service') === undefined,
    'RouteTarget.directResponse': w => isWhole(w) && readsRequests(w),
    'RouteTarget.weighted': w => isWhole(w) && !w.frame('AcmeSolver.service'),
    'RouteTarget.externalHost': w => !w.frame('AcmeSolver.service') || !often(w),
  },
  notes: {
    '*.to': lead,
    'AcmeSolver.service.target': lead,
    // What is divided later has to be divided by weight alone, or not at all.
    'WeightedTarget.to': (w, target) => (lead(w, target), w.take('shared', target)),
    'Mirror.to': (w, target) => (lead(w, target), w.take('mirrored', target)),
    'TcpRouteOptions.gatewayPort': (w, port) => takeStream(w, port as number),
    'HttpRouteOptions': (w, options) => (options as { matches?: unknown }).matches === undefined && w.take(routed(w), 'everything'),
    'GrpcRouteOptions': (w, options) => (options as { service?: unknown }).service === undefined && w.take(routed(w), 'everything'),
    'new DelegatedRoutes': addSome,
  },
};
