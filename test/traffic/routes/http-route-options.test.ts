import { App, Duration } from 'cdk8s';
import { chart, find, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { called, routed } from '../../helpers/routed';
import { valid } from '../../helpers/valid';
import {
  CallMatch, CanarySplit, DelegatedRoutes, Fault, FaultAbort, GatewayServer, GatewayWorkload, GrpcStatus, HeaderOperations, HttpMethod,
  HttpRouteOptions, MeshGateway, MeshPort, MeshService, Mirror, PathRewrite, Retries, RetryOn, RouteMatch, RouteTarget, SplitRule, SplitTarget,
  StringMatch,
} from 'cdk8s-istio';

const corsPolicy = { allowOrigins: [StringMatch.exact('https://shop.example.com')] };
const cors = { allowOrigins: [{ exact: 'https://shop.example.com' }] };
const fault: Fault = { abort: FaultAbort.httpStatus(503) };
const rendered = { abort: { httpStatus: 503, percentage: { value: 100 } } };
const retries = Retries.none();

option('HttpRouteOptions.name', 'is the name in logs', () => expect(routed({ name: 'web.default' })).toEqual([{ name: 'web.default' }]));
option('HttpRouteOptions.rewrite', 'is the rewrite', () =>
  expect(routed({ rewrite: { path: PathRewrite.to('/v1/') } })).toEqual([{ rewrite: { uri: '/v1/' } }]));
option('HttpRouteOptions.headers', 'are the operations', () =>
  expect(routed({ headers: { request: { set: { 'x-a': '1' } } } })).toEqual([{ headers: { request: { set: { 'x-a': '1' } } } }]));
option('HttpRouteOptions.timeout', 'is the timeout', () => expect(routed({ timeout: Duration.millis(1500) })).toEqual([{ timeout: '1500ms' }]));
option('HttpRouteOptions.retries', 'are the retries', () => expect(routed({ retries })).toEqual([{ retries: { attempts: 0 } }]));
option('HttpRouteOptions.corsPolicy', 'is the policy', () => expect(routed({ corsPolicy })).toEqual([{ corsPolicy: cors }]));
option('HttpRouteOptions.fault', 'is the fault', () => expect(routed({ fault })).toEqual([{ fault: rendered }]));
option('HttpRouteOptions.mirrors', 'are the destinations of the copies, in their order', () => expect(mirrored({}, {})).toHaveLength(2));

option('GrpcRouteOptions.name', 'is the name in logs', () => expect(called({ name: 'web.default' })).toEqual([{ name: 'web.default' }]));
option('GrpcRouteOptions.rewrite', 'is the rewrite', () =>
  expect(called({ rewrite: { authority: 'reviews.internal' } })).toEqual([{ rewrite: { authority: 'reviews.internal' } }]));
option('GrpcRouteOptions.headers', 'are the operations', () =>
  expect(called({ headers: { response: { remove: ['x-a'] } } })).toEqual([{ headers: { response: { remove: ['x-a'] } } }]));
option('GrpcRouteOptions.timeout', 'is the timeout', () => expect(called({ timeout: Duration.seconds(2) })).toEqual([{ timeout: '2s' }]));
option('GrpcRouteOptions.retries', 'are the retries', () => expect(called({ retries })).toEqual([{ retries: { attempts: 0 } }]));
option('GrpcRouteOptions.corsPolicy', 'is the policy, for gRPC of browsers', () => {
  const root = chart();
  gateway(root).addGrpcRoute('example.com', { to: service(root, 'cart', { ports: [MeshPort.grpcWeb(50051)] }), corsPolicy });
  expect(entries(root)[0].corsPolicy).toEqual(cors);
});
option('GrpcRouteOptions.fault', 'is the fault', () => expect(called({ fault })).toEqual([{ fault: rendered }]));
option('GrpcRouteOptions.mirrors', 'are the destinations of the copies, on the port that speaks gRPC', () => {
  const shadow = service(chart(), 'shadow', { ports: [MeshPort.http(8080), MeshPort.grpc(50052)] });
  const root = shadow.node.scope as ReturnType<typeof chart>;
  gateway(root).addGrpcRoute('example.com', { to: service(root, 'cart', { ports: [MeshPort.grpc(50051)] }), mirrors: [{ to: shadow }] });
  expect(entries(root)[0].mirrors).toEqual([{ destination: { host: 'shadow.shop.svc.cluster.local', port: { number: 50052 } } }]);
});

option('HttpRewrite.path', 'is the path', () => expect(routed({ rewrite: { path: PathRewrite.regex('a', 'b') } }))
  .toEqual([{ rewrite: { uriRegexRewrite: { match: 'a', rewrite: 'b' } } }]));
option('HttpRewrite.authority', 'is the host, beside the path', () => {
  expect(routed({ rewrite: { authority: 'reviews.internal:8080' } })).toEqual([{ rewrite: { authority: 'reviews.internal:8080' } }]);
  expect(routed({ rewrite: { path: PathRewrite.to('/'), authority: 'reviews.internal' } })).toEqual([{ rewrite: { uri: '/', authority: 'reviews.internal' } }]);
});

const operations: HeaderOperations = { set: { 'x-a': '1' }, add: { 'x-b': '2' }, remove: ['x-c'] };
option('HttpHeaders.request', 'are operations on requests', () => expect(routed({ headers: { request: operations } })).toEqual([{ headers: { request: operations } }]));
option('HttpHeaders.response', 'are operations on answers', () => expect(routed({ headers: { response: operations } })).toEqual([{ headers: { response: operations } }]));
const asked = (request: HeaderOperations) => (routed({ headers: { request } }) as { headers: { request: unknown } }[])[0].headers.request;
option('HeaderOperations.set', 'are headers with a value', () => expect(asked({ set: { 'x-b': '1', 'x-a': '2' } })).toEqual({ set: { 'x-a': '2', 'x-b': '1' } }));
option('HeaderOperations.add', 'are values that are added', () => expect(asked({ add: { 'x-a': '%REQ(x-b)%' } })).toEqual({ add: { 'x-a': '%REQ(x-b)%' } }));
option('HeaderOperations.remove', 'are headers that are taken away', () => expect(asked({ remove: ['x-b', 'x-a'] })).toEqual({ remove: ['x-a', 'x-b'] }));

const gateway = (root: ReturnType<typeof chart>) =>
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
const entries = (root: ReturnType<typeof chart>) => find(valid(root), 'VirtualService', 'edge.example.com').spec.http;

/** The mirrors of a route, to a service without a split by default. */
function mirrored(...mirrors: Partial<Mirror>[]): unknown[] {
  const root = chart();
  const shadow = service(root, 'shadow', { ports: [MeshPort.http(8080)] });
  gateway(root).addHttpRoute('example.com', { to: service(root), mirrors: mirrors.map(mirror => ({ to: shadow, ...mirror })) });
  return entries(root)[0].mirrors;
}

const destination = { host: 'shadow.shop.svc.cluster.local', port: { number: 8080 } };
option('Mirror.to', 'is a service or a version of it, and an edge', () => {
  expect(mirrored({})).toEqual([{ destination }]);
  const root = chart();
  const [reviews, shadow] = [service(root), service(root, 'shadow')];
  const edge = gateway(root);
  edge.addHttpRoute('example.com', { to: reviews, mirrors: [{ to: shadow.versionOf('v2') }] });
  expect(entries(root)[0].mirrors).toEqual([{ destination: { ...destination, subset: 'v2' } }]);
  expect(edgePaths(root)).toEqual(['chart/edge > chart/reviews:8080', 'chart/edge > chart/shadow v2:8080']);
});
option('Mirror.port', 'is the port of the service', () => {
  const root = chart();
  const shadow = service(root, 'shadow', { ports: [MeshPort.http(8080), MeshPort.http(8081, { suffix: 'copies' })] });
  gateway(root).addHttpRoute('example.com', { to: service(root), mirrors: [{ to: shadow, port: 8081 }] });
  expect(entries(root)[0].mirrors).toEqual([{ destination: { ...destination, port: { number: 8081 } } }]);
});
option('Mirror.percentage', 'is the share that is copied', () => expect(mirrored({ percentage: 0.5 })).toEqual([{ destination, percentage: { value: 0.5 } }]));

test('a mirror follows a split that leads to one version', () => {
  const root = chart();
  const shadow = service(root, 'shadow');
  gateway(root).addHttpRoute('example.com', { to: service(root), mirrors: [{ to: shadow }] });
  new CanarySplit(root, 'split', { service: shadow, traffic: SplitTarget.version('v1') });
  expect(entries(root)[0].mirrors).toEqual([{ destination: { ...destination, subset: 'v1' } }]);
});

const matched = (options: object) => (routed({ matches: [RouteMatch.anyPath(options)] }) as { match: unknown }[])[0].match;
option('RouteMatchOptions.methodMatch', 'is a condition on the method', () =>
  expect(matched({ methodMatch: StringMatch.regex('GET|PURGE') })).toEqual([{ method: { regex: 'GET|PURGE' } }]));
option('RouteMatchOptions.scheme', 'is a condition on the scheme', () =>
  expect(matched({ scheme: StringMatch.exact('https') })).toEqual([{ scheme: { exact: 'https' } }]));
option('RouteMatchOptions.authority', 'is a condition on the host', () =>
  expect(matched({ authority: StringMatch.exact('example.com:8080') })).toEqual([{ authority: { exact: 'example.com:8080' } }]));
option('RouteMatchOptions.name', 'is the name in logs, of every request too', () => {
  expect(routed({ matches: [RouteMatch.exactPath('/a', { name: 'a' })] })).toEqual([{ match: [{ name: 'a', uri: { exact: '/a' } }] }]);
  expect(matched({ name: 'all' })).toEqual([{ name: 'all', uri: { prefix: '/' } }]);
  expect(routed({ matches: [RouteMatch.exactPath('/a', { name: 'a' }), RouteMatch.anyPath()] }))
    .toEqual([{ match: [{ name: 'a', uri: { exact: '/a' } }, { uri: { prefix: '/' } }] }]);
});
option('RouteMatchOptions.statPrefix', 'is the beginning of statistics', () =>
  expect(matched({ statPrefix: 'critical', method: HttpMethod.GET })).toEqual([{ statPrefix: 'critical', method: { exact: 'GET' } }]));

test('every entry that a split makes of a route has the settings, but for answers what an answer can have', () => {
  const root = chart();
  const reviews = service(root);
  new CanarySplit(root, 'split', {
    service: reviews,
    rules: [SplitRule.when(CallMatch.header('x-beta', StringMatch.present())).to('v2'), SplitRule.when(CallMatch.header('x-bot', StringMatch.present())).splitTo(SplitTarget.refuse())],
    traffic: SplitTarget.weights({ v1: 90, v2: 10 }),
  });
  gateway(root).addHttpRoute('example.com', {
    to: reviews,
    matches: [RouteMatch.pathPrefix('/reviews', { name: 'main' }), RouteMatch.exactPath('/old')],
    name: 'reviews',
    rewrite: { path: PathRewrite.to('/'), authority: 'reviews.internal' },
    headers: { request: { set: { 'x-from': 'edge' } }, response: { remove: ['x-powered-by'] } },
    timeout: Duration.seconds(10),
    retries: Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: [RetryOn.GATEWAY_ERROR, RetryOn.status(429)] }),
    corsPolicy: { ...corsPolicy, allowMethods: [HttpMethod.GET], allowCredentials: true, maxAge: Duration.hours(1) },
    fault: { delay: { fixedDelay: Duration.seconds(1), percentage: 0.1 }, abort: FaultAbort.httpStatus(503, { percentage: 0.1 }) },
    mirrors: [{ to: service(root, 'shadow', { ports: [MeshPort.http(80)] }), percentage: 5 }],
  });
  expect(find(valid(root), 'VirtualService', 'edge.example.com')).toMatchSnapshot();
});

test('a redirect and an answer take a name and headers of the answer', () => {
  const settings: Partial<HttpRouteOptions> = { port: undefined, name: 'moved', headers: { response: { set: { 'cache-control': 'no-store' } } } };
  const both = { name: 'moved', headers: { response: { set: { 'cache-control': 'no-store' } } } };
  expect(routed({ ...settings, matches: [RouteMatch.exactPath('/old')], to: RouteTarget.redirect({ path: '/new' }) })).toEqual([{ ...both, match: [{ uri: { exact: '/old' } }], redirect: { uri: '/new', redirectCode: 301 } }]);
  expect(routed({ ...settings, to: RouteTarget.directResponse(404) })).toEqual([{ ...both, directResponse: { status: 404 } }]);
});

/** A route to a redirect. */
const moved = (options: Partial<HttpRouteOptions>) => () => routed({ to: RouteTarget.redirect({ path: '/new' }), port: undefined, ...options });

test.each<[string, () => unknown, string]>([
  ['settings that a redirect ignores', moved({ timeout: Duration.seconds(1), retries, headers: { request: { remove: ['x-a'] } } }), [
    'IM1337 at cluster/chart/edge: a redirect or a direct response ignores these settings.',
    '  got      ["headers.request","retries","timeout"]',
    '  allowed  name, headers.response',
    '  next     remove the settings',
  ].join('\n')],
  ['a path of gRPC', () => called({ rewrite: { path: PathRewrite.to('/v1') } }), [
    'IM1331 at cluster/chart/edge: the path of a gRPC call names its service and method.',
    '  next     leave out the path, or use an HTTP route',
  ].join('\n')],
  ['a rewrite of nothing', () => routed({ rewrite: {} }), [
    'IM1331 at cluster/chart/edge: the rewrite changes nothing.',
    '  got      {}',
    '  allowed  a path, an authority, or both',
    '  next     correct the rewrite',
  ].join('\n')],
  ['a host with a path', () => routed({ rewrite: { authority: 'reviews.internal/v1' } }), [
    'IM1331 at cluster/chart/edge: the authority is not a host.',
    '  got      \'reviews.internal/v1\'',
    '  allowed  a DNS name, with an optional port after a colon',
    '  next     correct the rewrite',
  ].join('\n')],
  ['a name with a blank', () => routed({ name: 'my route' }), [
    'IM0106 at cluster/chart/edge: the name of the route is none for logs and statistics.',
    '  got      \'my route\'',
    '  allowed  letters, digits and signs of ASCII, without blanks',
    '  next     shorten it to such',
  ].join('\n')],
  ['a host that the route is not for', () => routed({ matches: [RouteMatch.anyPath({ authority: StringMatch.exact('www.example.com') })] }), [
    'IM1330 at cluster/chart/edge: the route is for example.com, and no request for it has the authority in the match.',
    '  got      {"authority":{"exact":"www.example.com"}}',
    '  next     remove the match, or add the route to the host of the match',
  ].join('\n')],
  ['a mirror to an answer', () => routed({ mirrors: [{ to: RouteTarget.directResponse(200) }] }), [
    'IM1336 at cluster/chart/edge: a redirect or a direct response cannot receive copies.',
    '  next     mirror to a service, or drop the mirror',
  ].join('\n')],
])('%s is refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, () => unknown, string]>([
  ['a rewrite of a redirect', moved({ rewrite: { path: PathRewrite.to('/b') } }), 'IM1337'],
  ['retries of an answer', () => routed({ to: RouteTarget.directResponse(404), port: undefined, retries }), 'IM1337'],
  ['a CORS policy of a redirect, which Envoy would not look at', moved({ corsPolicy }), 'IM1337'],
  ['a fault of a redirect', moved({ fault }), 'IM1337'],
  ['mirrors of a redirect', moved({ mirrors: [] }), 'IM1337'],
  ['no time at all', () => routed({ timeout: Duration.seconds(0) }), 'IM0108'],
  ['less than a millisecond', () => routed({ timeout: Duration.millis(0.5) }), 'IM0108'],
  ['a number for a timeout', () => routed({ timeout: 5 as never }), 'IM0001'],
  ['a name without a letter', () => routed({ name: '' }), 'IM0106'],
  ['a header in capitals', () => routed({ headers: { request: { set: { 'X-A': '1' } } } }), 'IM1332'],
  ['a pseudo-header', () => routed({ headers: { request: { set: { ':path': '/' } } } }), 'IM1332'],
  ['a wildcard as a host', () => routed({ rewrite: { authority: '*.example.com' } }), 'IM1331'],
  ['a host with a port beyond all ports', () => routed({ rewrite: { authority: 'reviews:999999' } }), 'IM1331'],
  ['a share of copies beyond all', () => routed({ mirrors: [{ to: service(chart()), percentage: 101 }] }), 'IM1339'],
  ['a mirror of another cluster', () => routed({ mirrors: [{ to: service(chart()) }] }), 'IM1008'],
  ['a mirror to nothing', () => routed({ mirrors: [{ to: {} as never }] }), 'IM0001'],
  ['a misspelled setting', () => routed({ rewrites: {} } as never), 'IM0001'],
  ['a misspelled setting in depth', () => routed({ headers: { request: { sets: {} } } } as never), 'IM0001'],
  ['the method twice', () => RouteMatch.anyPath({ method: HttpMethod.GET, methodMatch: StringMatch.exact('GET') }), 'IM1308'],
  ['a host that is there', () => RouteMatch.anyPath({ authority: StringMatch.present() }), 'IM1308'],
  ['a scheme that no request has', () => RouteMatch.anyPath({ scheme: StringMatch.exact('ftp') }), 'IM1308'],
  ['statistics with a blank', () => RouteMatch.anyPath({ statPrefix: 'a b' }), 'IM0106'],
  ['a fault of gRPC for HTTP', () => routed({ fault: { abort: FaultAbort.grpcStatus(GrpcStatus.ABORTED) } }), 'IM1339'],
])('%s is refused', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});

test('what is refused leaves nothing behind', () => {
  const root = chart({ scope: new App() });
  const edge = gateway(root);
  const reviews: MeshService = service(root);
  expect(refusal(() => edge.addHttpRoute('example.com', { to: reviews, mirrors: [{ to: reviews, port: 1 }] })).code).toBe('IM1111');
  edge.addHttpRoute('example.com', { to: reviews });
  expect(entries(root)).toHaveLength(1);
});

test('a mirror to a service that is split is refused at synthesis', () => {
  const root = chart();
  const shadow = service(root, 'shadow');
  gateway(root).addHttpRoute('example.com', { to: service(root), mirrors: [{ to: shadow }] });
  new CanarySplit(root, 'split', { service: shadow, traffic: SplitTarget.weights({ v1: 50, v2: 50 }) });
  expect(messages(root)).toEqual([[
    'IM1336 at chart/edge: the traffic of the mirror service is split, and a mirror has one destination.',
    '  got      ["shadow.shop.svc.cluster.local v1 50%","shadow.shop.svc.cluster.local v2 50%"]',
    '  next     mirror to one of its versions: `service.versionOf(name)`',
  ].join('\n')]);
});

test('a mirror to delegated routes is refused', () => {
  const root = chart();
  const to = service(root);
  expect(refusal(() => gateway(root).addHttpRoute('example.com', { to, mirrors: [{ to: new DelegatedRoutes(root, 'theirs') }] })).message).toBe([
    'IM1336 at chart/edge: delegated routes cannot receive copies.',
    '  next     mirror to a service, or drop the mirror',
  ].join('\n'));
});
