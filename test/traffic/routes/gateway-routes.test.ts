import { Chart } from 'cdk8s';
import { app, chart, find, KubeObject, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CanarySplit, GatewayServer, GatewayWorkload, GrpcRouteOptions, HttpRouteOptions, IRouteTarget, MeshCluster, MeshGateway, MeshPort,
  RedirectOptions, RedirectPort, RouteMatch, RouteTarget, SplitTarget,
} from 'cdk8s-istio';

const HOST = 'example.com';
const gateway = (root: Chart) =>
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST, '*.example.com'] })] });
const routes = (objects: KubeObject[]) => find(objects, 'VirtualService', 'edge.example.com').spec.http;
const at = (number: number, subset?: string, weight?: number) => ({
  destination: { host: 'reviews.shop.svc.cluster.local', port: { number }, ...(subset ? { subset } : {}) },
  ...(weight === undefined ? {} : { weight }),
});

/** The routes of a gateway with one HTTP route, to a service of these ports. */
function http(options: Partial<HttpRouteOptions>, ports = [MeshPort.http(8080)]): unknown {
  const root = chart();
  const to = service(root, 'reviews', { ports });
  gateway(root).addHttpRoute(HOST, { to, ...options });
  return routes(valid(root));
}

function grpc(options: Partial<GrpcRouteOptions>, ports = [MeshPort.grpc(50051)]): unknown {
  const root = chart();
  const to = service(root, 'reviews', { ports });
  gateway(root).addGrpcRoute(HOST, { to, ...options });
  return routes(valid(root));
}

option('MeshGateway.addHttpRoute', 'is a VirtualService for gateway and host, and an edge', () => {
  const root = chart();
  const reviews = service(root);
  const edge = gateway(root);
  edge.addHttpRoute(HOST, { to: reviews });
  expect(find(valid(root), 'VirtualService', 'edge.example.com')).toEqual({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'edge.example.com', namespace: 'shop' },
    spec: { hosts: [HOST], gateways: ['shop/edge'], http: [{ route: [at(8080)] }] },
  });
  expect(edgePaths(root)).toEqual(['chart/edge > chart/reviews:8080']);
});

option('MeshGateway.addGrpcRoute', 'is a route to the port that speaks HTTP/2', () => {
  expect(grpc({}, [MeshPort.http(80), MeshPort.grpc(50051)])).toEqual([{ route: [at(50051)] }]);
});

option('HttpRouteOptions.to', 'is the destination', () => {
  expect(http({})).toEqual([{ route: [at(8080)] }]);
  expect(http({ to: RouteTarget.directResponse(204) })).toEqual([{ directResponse: { status: 204 } }]);
});

option('HttpRouteOptions.matches', 'are the matches of the route; none said is every request', () => {
  expect(http({ matches: [RouteMatch.exactPath('/login'), RouteMatch.pathPrefix('/static')] }))
    .toEqual([{ match: [{ uri: { exact: '/login' } }, { uri: { prefix: '/static' } }], route: [at(8080)] }]);
  expect(http({})).toEqual([{ route: [at(8080)] }]);
});

option('HttpRouteOptions.port', 'is the port of the destination', () => {
  expect(http({ port: 81 }, [MeshPort.http(80), MeshPort.http2(81)])).toEqual([{ route: [at(81)] }]);
});

option('GrpcRouteOptions.to', 'is the destination', () => {
  const root = chart();
  const reviews = service(root, 'reviews', { ports: [MeshPort.grpc(50051)] });
  gateway(root).addGrpcRoute(HOST, { to: reviews.versionOf('v2') });
  expect(routes(valid(root))).toEqual([{ route: [at(50051, 'v2')] }]);
});

option('GrpcRouteOptions.service', 'is a prefix of the path', () => {
  expect(grpc({ service: 'shop.v1.Cart' })).toEqual([{ match: [{ uri: { prefix: '/shop.v1.Cart/' } }], route: [at(50051)] }]);
});

option('GrpcRouteOptions.method', 'is the exact path', () => {
  expect(grpc({ service: 'shop.v1.Cart', method: 'Add' })).toEqual([{ match: [{ uri: { exact: '/shop.v1.Cart/Add' } }], route: [at(50051)] }]);
});

option('GrpcRouteOptions.port', 'is the port of the destination', () => {
  expect(grpc({ port: 50052 }, [MeshPort.grpc(50051), MeshPort.grpc(50052, { suffix: 'admin' })])).toEqual([{ route: [at(50052)] }]);
});

/** The redirect of paths below /old. */
const redirect = (options: RedirectOptions) =>
  (http({ matches: [RouteMatch.pathPrefix('/old')], to: RouteTarget.redirect(options) }) as { redirect: unknown }[])[0].redirect;

option('RouteTarget.redirect', 'is a redirect with status 301', () => {
  expect(http({ matches: [RouteMatch.exactPath('/old')], to: RouteTarget.redirect({ path: '/new' }) }))
    .toEqual([{ match: [{ uri: { exact: '/old' } }], redirect: { uri: '/new', redirectCode: 301 } }]);
});
option('RedirectOptions.path', 'is the path', () => {
  expect(redirect({ path: '/new' })).toEqual({ uri: '/new', redirectCode: 301 });
});
option('RedirectOptions.pathPrefix', 'takes the place of the prefix that was matched', () => {
  expect(redirect({ pathPrefix: '/new' })).toEqual({ prefixRewrite: '/new', redirectCode: 301 });
});
test.each([
  ['/old', '/new', ['/old'], '/new'],
  ['/old/', '/new/', ['/old/'], '/new/'],
  ['/old/', '/new', ['/old/'], '/new/'],
  ['/old', '/new/', ['/old/', '/old'], '/new/'],
  ['/old', '/', ['/old/', '/old'], '/'],
])('what follows %s is joined to %s by one slash', (before, pathPrefix, prefixes, prefixRewrite) => {
  expect(http({ matches: [RouteMatch.pathPrefix(before)], to: RouteTarget.redirect({ pathPrefix }) }))
    .toEqual([{ match: prefixes.map(prefix => ({ uri: { prefix } })), redirect: { prefixRewrite, redirectCode: 301 } }]);
});
test('what follows every path is joined by one slash', () => {
  expect(http({ to: RouteTarget.redirect({ pathPrefix: '/new', host: 'new.example.com' }) }))
    .toEqual([{ redirect: { prefixRewrite: '/new/', authority: 'new.example.com', redirectCode: 301 } }]);
});
option('RedirectOptions.host', 'is the authority', () => {
  expect(redirect({ host: 'new.example.com' })).toEqual({ authority: 'new.example.com', redirectCode: 301 });
});
option('RedirectOptions.port', 'is the port', () => {
  expect(redirect({ port: 8443 })).toEqual({ port: 8443, redirectCode: 301 });
});
option('RedirectOptions.derivePort', 'says where the port is taken from', () => {
  expect(redirect({ scheme: 'https', derivePort: RedirectPort.FROM_REQUEST_PORT }))
    .toEqual({ scheme: 'https', derivePort: 'FROM_REQUEST_PORT', redirectCode: 301 });
});
option('RedirectPort.FROM_PROTOCOL_DEFAULT', 'is the port of the scheme', () => {
  expect(redirect({ host: 'new.example.com', derivePort: RedirectPort.FROM_PROTOCOL_DEFAULT }))
    .toEqual({ authority: 'new.example.com', derivePort: 'FROM_PROTOCOL_DEFAULT', redirectCode: 301 });
});
option('RedirectPort.FROM_REQUEST_PORT', 'is the port of the request', () => {
  expect(redirect({ path: '/new', derivePort: RedirectPort.FROM_REQUEST_PORT }))
    .toEqual({ uri: '/new', derivePort: 'FROM_REQUEST_PORT', redirectCode: 301 });
});
option('RedirectOptions.scheme', 'is the scheme', () => {
  expect(redirect({ scheme: 'https' })).toEqual({ authority: 'example.com', scheme: 'https', redirectCode: 301 });
});
option('RedirectOptions.status', 'is the status', () => {
  expect(redirect({ path: '/new', status: 308 })).toEqual({ uri: '/new', redirectCode: 308 });
});
option('RouteTarget.directResponse', 'is an answer of this status', () => {
  expect(http({ to: RouteTarget.directResponse(404) })).toEqual([{ directResponse: { status: 404 } }]);
});
option('DirectResponseOptions.body', 'is the text of the answer', () => {
  expect(http({ to: RouteTarget.directResponse(404, { body: 'gone' }) })).toEqual([{ directResponse: { status: 404, body: { string: 'gone' } } }]);
});

option('DirectResponseOptions.bodyBytes', 'are the bytes of the answer', () => {
  expect(http({ to: RouteTarget.directResponse(200, { bodyBytes: 'aGFsbG8=' }) })).toEqual([{ directResponse: { status: 200, body: { bytes: 'aGFsbG8=' } } }]);
});

option('RouteTarget.toRouteTarget', 'is the target itself', () => {
  const target = RouteTarget.directResponse(404);
  expect(target.toRouteTarget()).toBe(target);
});

option('MeshService.toRouteTarget', 'is the service with its split, said before or after the route', () => {
  const split = { traffic: SplitTarget.weights({ v1: 90, v2: 10 }) };
  const [before, after] = [true, false].map(first => {
    const root = chart();
    const reviews = service(root);
    if (first) new CanarySplit(root, 'split', { service: reviews, ...split });
    gateway(root).addHttpRoute(HOST, { to: reviews.toRouteTarget() });
    if (!first) new CanarySplit(root, 'split', { service: reviews, ...split });
    return valid(root);
  });
  expect(routes(before)).toEqual([{ route: [at(8080, 'v1', 90), at(8080, 'v2', 10)] }]);
  expect(after).toEqual(before);
});

option('ServiceVersion.toRouteTarget', 'is the subset, whatever the split says', () => {
  const root = chart();
  const reviews = service(root);
  new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.version('v1') });
  gateway(root).addHttpRoute(HOST, { to: reviews.versionOf('v2').toRouteTarget() });
  expect(routes(valid(root))).toEqual([{ route: [at(8080, 'v2')] }]);
});

option('IRouteTarget.toRouteTarget', 'is called on whatever implements it', () => {
  const own: IRouteTarget = { toRouteTarget: () => RouteTarget.directResponse(418) };
  expect(http({ to: own })).toEqual([{ directResponse: { status: 418 } }]);
});

test('routes in any order come out most specific first', () => {
  const added = [
    { matches: [RouteMatch.pathPrefix('/')], to: RouteTarget.directResponse(200) },
    { matches: [RouteMatch.exactPath('/a'), RouteMatch.pathPrefix('/a/b')], to: RouteTarget.directResponse(201) },
    { matches: [RouteMatch.pathPrefix('/a')], to: RouteTarget.directResponse(202) },
  ];
  const [forth, back] = [added, [...added].reverse()].map(list => {
    const root = chart();
    const edge = gateway(root);
    list.forEach(options => edge.addHttpRoute(HOST, options));
    return valid(root);
  });
  expect(back).toEqual(forth);
  expect(routes(forth)).toEqual([
    { match: [{ uri: { exact: '/a' } }, { uri: { prefix: '/a/b' } }], directResponse: { status: 201 } },
    { match: [{ uri: { prefix: '/a' } }], directResponse: { status: 202 } },
    { match: [{ uri: { prefix: '/' } }], directResponse: { status: 200 } },
  ]);
});

test('a host below a wildcard has a VirtualService of its own', () => {
  const root = chart();
  const edge = gateway(root);
  edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200) });
  edge.addHttpRoute('*.example.com', { to: RouteTarget.directResponse(404) });
  expect(valid(root).filter(({ kind }) => kind === 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec.hosts])).toEqual([
    ['edge.of--any.example.com', ['*.example.com']],
    ['edge.a.example.com', ['a.example.com']],
  ]);
});

describe('refused', () => {
  test.each<[string, () => unknown, string]>([
    ['a host that no server serves', () => {
      const root = chart();
      gateway(root).addHttpRoute('example.org', { to: service(root) });
    }, [
      'IM1303 at chart/edge: edge does not serve example.org.',
      '  got      \'example.org\'',
      '  allowed  example.com, *.example.com',
      '  next     add the host to a server, or correct the route',
      '  istio    IST0132',
    ].join('\n')],
    ['a route to a port that is not HTTP', () => http({}, [MeshPort.tcp(5432)]), [
      'IM1307 at chart/edge: reviews has no port that can carry a route for http.',
      '  got      5432 (tcp)',
      '  next     declare the protocol of the port, or route to another port',
    ].join('\n')],
    ['a gRPC route to a TCP port', () => grpc({ port: 5432 }, [MeshPort.grpc(50051), MeshPort.tcp(5432)]), [
      'IM1307 at chart/edge: port 5432 (tcp) of reviews cannot carry a route for grpc.',
      '  got      \'tcp\'',
      '  allowed  50051 (grpc)',
      '  next     declare the protocol of the port, or route to another port',
    ].join('\n')],
    ['several possible ports', () => http({}, [MeshPort.http(80), MeshPort.http2(81)]), [
      'IM1112 at chart/edge: reviews has several ports that can carry a route for http.',
      '  allowed  80 (http), 81 (http2)',
      '  next     name one as `port`',
    ].join('\n')],
    ['an unknown port', () => http({ port: 81 }), [
      'IM1111 at chart/edge: reviews has no port 81.',
      '  got      81',
      '  allowed  8080 (http)',
      '  next     use a port of the service',
      '  istio    IST0101',
    ].join('\n')],
    ['a port of an answer', () => http({ to: RouteTarget.directResponse(200), port: 80 }), [
      'IM1111 at chart/edge: an answer or a redirect has no port of a service.',
      '  got      80',
      '  next     drop the port',
      '  istio    IST0101',
    ].join('\n')],
    ['a method without its service', () => grpc({ method: 'Add' }), [
      'IM1308 at chart/edge: the text is not a name of a gRPC service or method.',
      '  got      [undefined,"Add"]',
      '  allowed  a service with its package, such as shop.v1.Cart, and a method of it',
      '  next     correct the match',
    ].join('\n')],
    ['a duplicate match', () => http({ matches: [RouteMatch.exactPath('/a'), RouteMatch.exactPath('/a')] }), [
      'IM1306 at chart/edge: two routes for example.com match the same requests, such as GET /a, so one is never reached; the other route is by chart/edge.',
      '  got      {"uri":{"exact":"/a"}}',
      '  allowed  a match that is not covered by {"uri":{"exact":"/a"}}',
      '  next     remove one, or make one of the matches narrower',
      '  istio    IST0130',
    ].join('\n')],
    ['no redirect at all', () => RouteTarget.redirect({}), [
      'IM1310 at RouteTarget.redirect(): the redirect leads to the same address.',
      '  next     set a path, a host, a port or a scheme',
    ].join('\n')],
    ['a status that does not redirect', () => RouteTarget.redirect({ path: '/', status: 200 }), [
      'IM1310 at RouteTarget.redirect(): the status is not a redirect status.',
      '  got      200',
      '  allowed  301, 302, 303, 307, 308',
      '  next     use such a status',
    ].join('\n')],
    ['an invalid target', () => http({ to: { toRouteTarget: () => 'reviews' } as never }), [
      'IM0001 at chart/edge: the target of the route is of the wrong type.',
      '  got      \'reviews\'',
      '  allowed  a RouteTarget',
      '  next     hand in the service itself, or write RouteTarget.redirect({ path: \'/\' })',
    ].join('\n')],
  ])('%s', (_, call, message) => {
    expect(refusal(call).message).toBe(message);
  });

  test.each<[string, () => unknown, string]>([
    ['a gRPC route to HTTP/1.1', () => grpc({}, [MeshPort.http(80)]), 'IM1307'],
    ['an HTTP route to the application\'s own TLS', () => http({}, [MeshPort.https(443)]), 'IM1307'],
    ['a gRPC service with a slash', () => grpc({ service: 'shop/Cart' }), 'IM1308'],
    ['a gRPC service without a name', () => grpc({ service: '' }), 'IM1308'],
    ['a gRPC method with a dot', () => grpc({ service: 'shop.Cart', method: 'a.b' }), 'IM1308'],
    ['no matches in the list', () => http({ matches: [] }), 'IM1308'],
    ['a second route for everything', () => http({ matches: [RouteMatch.anyPath(), RouteMatch.pathPrefix('/')] }), 'IM1306'],
    ['nothing', () => gateway(chart()).addHttpRoute(HOST, undefined as never), 'IM0001'],
    ['no target', () => gateway(chart()).addHttpRoute(HOST, {} as never), 'IM0001'],
    ['a target by name', () => gateway(chart()).addHttpRoute(HOST, { to: 'reviews' } as never), 'IM0001'],
    ['an object as a target', () => gateway(chart()).addHttpRoute(HOST, { to: {} } as never), 'IM0001'],
    ['no host', () => gateway(chart()).addHttpRoute(undefined as never, { to: RouteTarget.directResponse(200) }), 'IM0104'],
    ['a wildcard inside the host', () => gateway(chart()).addHttpRoute('a.*.com', { to: RouteTarget.directResponse(200) }), 'IM0105'],
    ['a misspelled option', () => gateway(chart()).addHttpRoute(HOST, { to: RouteTarget.directResponse(200), match: [] } as never), 'IM0001'],
    ['matches as texts', () => gateway(chart()).addHttpRoute(HOST, { to: RouteTarget.directResponse(200), matches: ['/a'] } as never), 'IM0001'],
    ['an answer below 200', () => RouteTarget.directResponse(199), 'IM1310'],
    ['an answer above 599', () => RouteTarget.directResponse(600), 'IM1310'],
    ['an answer of NaN', () => RouteTarget.directResponse(NaN), 'IM1310'],
    ['no status', () => RouteTarget.directResponse(undefined as never), 'IM1310'],
    ['an answer of numbers', () => RouteTarget.directResponse(200, { body: 5 as never }), 'IM0001'],
    ['an unknown scheme', () => RouteTarget.redirect({ scheme: 'ftp' }), 'IM1310'],
    ['a path without a slash', () => RouteTarget.redirect({ path: 'new' }), 'IM1310'],
    ['a redirect to a pattern', () => RouteTarget.redirect({ host: '*.example.com' }), 'IM0105'],
    ['a redirect to no host', () => RouteTarget.redirect({ host: 'a_b' }), 'IM0104'],
    ['a path whole and in part', () => RouteTarget.redirect({ path: '/new', pathPrefix: '/new' }), 'IM1310'],
    ['a port said and derived', () => RouteTarget.redirect({ port: 80, derivePort: RedirectPort.FROM_REQUEST_PORT }), 'IM1310'],
    ['the port of the request alone', () => RouteTarget.redirect({ derivePort: RedirectPort.FROM_REQUEST_PORT }), 'IM1310'],
    ['a prefix without a slash', () => RouteTarget.redirect({ pathPrefix: 'new' }), 'IM1310'],
    ['a prefix for an exact path', () => http({ matches: [RouteMatch.exactPath('/a')], to: RouteTarget.redirect({ pathPrefix: '/b' }) }), 'IM1310'],
    ['text and bytes', () => RouteTarget.directResponse(200, { body: 'a', bodyBytes: 'YQ==' }), 'IM1310'],
    ['bytes that are not base64', () => RouteTarget.directResponse(200, { bodyBytes: 'hello!' }), 'IM1310'],
    ['more than a megabyte', () => RouteTarget.directResponse(200, { body: 'a'.repeat(1024 * 1024 + 1) }), 'IM1310'],
    ['a redirect to no port', () => RouteTarget.redirect({ port: 0 }), 'IM0101'],
    ['a redirect of nothing', () => RouteTarget.redirect(undefined as never), 'IM0001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });

  test('a service of another cluster', () => {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => new Chart(new MeshCluster(root, id), 'chart', { namespace: 'shop' }));
    const edge = gateway(a);
    expect(refusal(() => edge.addHttpRoute(HOST, { to: service(b) })).message).toBe([
      'IM1008 at a/chart/edge: b/chart/reviews is in another cluster.',
      '  got      \'b\'',
      '  allowed  a',
      '  next     use a service of the same cluster; call services of other clusters through a gateway',
    ].join('\n'));
  });
});
