import { Chart } from 'cdk8s';
import { chart, find, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, HttpHeaders, MeshCluster, MeshGateway,
  MeshNamespace, MeshPort, RouteMatch, RouteTarget, SplitRule, SplitTarget, StringMatch, WeightedTarget,
} from 'cdk8s-istio';

const HOST = 'www.example.com';

function gateway(root: Chart): MeshGateway {
  return new MeshGateway(root, 'edge', {
    workload: GatewayWorkload.ingress(),
    servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] }), GatewayServer.passthrough({ routedElsewhere: true, hosts: ['tls.example.com'] }), GatewayServer.tcp({ routedElsewhere: true, port: 9000 })],
  });
}

const at = (name: string, number: number, weight?: number, subset?: string) => ({
  destination: { host: `${name}.shop.svc.cluster.local`, port: { number }, ...(subset ? { subset } : {}) },
  ...(weight === undefined ? {} : { weight }),
});
const bank = (number = 80) => RouteTarget.externalHost('bank.example.net', { port: number === 443 ? MeshPort.https(443) : MeshPort.http(number) });

/** The destinations of a route to shares, which may be of the services a and b. */
function routed(shares: (root: Chart) => WeightedTarget[]): unknown {
  const root = chart();
  gateway(root).addHttpRoute(HOST, { to: RouteTarget.weighted(shares(root)) });
  return find(valid(root), 'VirtualService', `edge.${HOST}`).spec.http[0].route;
}

option('RouteTarget.weighted', 'a full chart: services of two namespaces, a version, and a host outside', () => {
  const root = new Chart(chart().node.root as never, 'shop');
  const [shop, office] = ['shop', 'office'].map(name => new MeshNamespace(root, name));
  const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
  const [cart, report] = [service(shop, 'cart'), service(office, 'report')];
  edge.addHttpRoute(HOST, {
    to: RouteTarget.weighted([
      { to: cart, weight: 60, headers: { request: { set: { 'x-share': 'cart' } } } },
      { to: report.versionOf('v1'), weight: 30 },
      { to: bank(), weight: 10 },
    ]),
  });
  expect(valid(root)).toMatchSnapshot();
  expect(edgePaths(root)).toEqual(['shop/shop/edge > shop/office/report v1:8080', 'shop/shop/edge > shop/shop/cart:8080']);
});

option('WeightedTarget.to', 'is the destination', () => {
  expect(routed(root => [{ to: service(root, 'a'), weight: 100 }])).toEqual([at('a', 8080)]);
});

option('WeightedTarget.weight', 'is the weight; one of nothing is kept', () => {
  expect(routed(root => [{ to: service(root, 'a'), weight: 100 }, { to: service(root, 'b'), weight: 0 }])).toEqual([at('a', 8080, 100), at('b', 8080, 0)]);
});

option('WeightedTarget.port', 'is the port of the one destination', () => {
  const ports = [MeshPort.http(80), MeshPort.http(81, { suffix: 'new' })];
  expect(routed(root => [{ to: service(root, 'a', { ports }), weight: 50, port: 81 }, { to: service(root, 'b', { ports }), weight: 50, port: 80 }]))
    .toEqual([at('a', 81, 50), at('b', 80, 50)]);
});

option('WeightedTarget.headers', 'are operations on the headers of the one destination', () => {
  expect(routed(root => [
    { to: service(root, 'a'), weight: 75, headers: { request: { set: { 'x-a': '1' } }, response: { remove: ['x-powered-by'] } } },
    { to: service(root, 'b'), weight: 25 },
  ])).toEqual([{ ...at('a', 8080, 75), headers: { request: { set: { 'x-a': '1' } }, response: { remove: ['x-powered-by'] } } }, at('b', 8080, 25)]);
});

/** The header operations of a share that has everything. */
function operations(headers: HttpHeaders): unknown {
  return (routed(root => [{ to: service(root, 'a'), weight: 100, headers }]) as { headers: unknown }[])[0].headers;
}

option('HttpHeaders.request', 'is what is done to requests', () => {
  expect(operations({ request: { remove: ['a'] } })).toEqual({ request: { remove: ['a'] } });
});
option('HttpHeaders.response', 'is what is done to answers', () => {
  expect(operations({ response: { remove: ['a'] } })).toEqual({ response: { remove: ['a'] } });
});
option('HeaderOperations.set', 'are headers with one value', () => {
  expect(operations({ request: { set: { b: '1', a: '2' } } })).toEqual({ request: { set: { a: '2', b: '1' } } });
});
option('HeaderOperations.add', 'are values beside those that are there', () => {
  expect(operations({ request: { add: { a: '1' } } })).toEqual({ request: { add: { a: '1' } } });
});
option('HeaderOperations.remove', 'are headers that are taken away', () => {
  expect(operations({ request: { remove: ['b', 'a'] } })).toEqual({ request: { remove: ['a', 'b'] } });
});

option('RouteTarget.externalHost', 'is the host with its port, and a reference to its ServiceEntry', () => {
  const root = chart();
  gateway(root).addHttpRoute(HOST, { to: bank() });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec.http).toEqual([
    { rewrite: { authority: 'bank.example.net' }, route: [{ destination: { host: 'bank.example.net', port: { number: 80 } } }] },
  ]);
  expect(MeshCluster.of(root).references).toContainEqual({ kind: 'ServiceEntry', name: 'bank.example.net', usedBy: 'chart/edge' });
  expect(edgePaths(root)).toEqual([]);
});

option('ExternalHostOptions.port', 'says what the host speaks: TLS of its own is led to by name, HTTP by HTTP', () => {
  const root = chart();
  const edge = gateway(root);
  edge.addTlsRoute('tls.example.com', { to: bank(443) });
  expect(find(valid(root), 'VirtualService', 'edge.tls.example.com').spec.tls[0].route).toEqual([{ destination: { host: 'bank.example.net', port: { number: 443 } } }]);
  expect(refusal(() => edge.addHttpRoute(HOST, { to: bank(443) })).message).toBe([
    'IM1307 at chart/edge: port 443 of bank.example.net cannot carry a route for http.',
    '  got      \'https\'',
    '  next     declare the protocol of the port, or route to another port',
  ].join('\n'));
});

describe('a split service with a share', () => {
  const weights = (v1: number, v2: number) => SplitTarget.weights({ v1, v2 });

  test('divides it, in whole percentages', () => {
    expect(routed(root => {
      const a = service(root, 'a');
      new CanarySplit(root, 'split', { service: a, traffic: weights(50, 50) });
      return [{ to: a, weight: 80 }, { to: service(root, 'b'), weight: 20 }];
    })).toEqual([at('a', 8080, 40, 'v1'), at('a', 8080, 40, 'v2'), at('b', 8080, 20)]);
  });

  test('in hundredths of a percent where percentages do not do', () => {
    expect(routed(root => {
      const a = service(root, 'a');
      new CanarySplit(root, 'split', { service: a, traffic: weights(95, 5) });
      return [{ to: a, weight: 90 }, { to: service(root, 'b'), weight: 10 }];
    })).toEqual([at('a', 8080, 8550, 'v1'), at('a', 8080, 450, 'v2'), at('b', 8080, 1000)]);
  });

  test('is refused where the split asks for headers', () => {
    const root = chart();
    const a = service(root, 'a');
    new CanarySplit(root, 'split', { service: a, rules: [SplitRule.when(CallMatch.header('x-beta', StringMatch.present())).to('v2')], traffic: SplitTarget.version('v1') });
    gateway(root).addHttpRoute(HOST, { to: RouteTarget.weighted([{ to: a, weight: 50 }, { to: bank(), weight: 50 }]) });
    expect(messages(root)).toEqual([[
      'IM1342 at chart/edge: a target of the weighted route is split by headers: a share has no conditions of its own.',
      '  got      [{"headers":{"x-beta":{}}},{}]',
      '  next     give the target its own route, with the conditions as matches',
    ].join('\n')]);
  });
});

test('TLS and TCP are led to several as well', () => {
  const root = chart();
  const edge = gateway(root);
  const ports = [MeshPort.tcp(9000), MeshPort.tls(8443)];
  const [a, b] = ['a', 'b'].map(id => service(root, id, { ports }));
  edge.addTcpRoute({ gatewayPort: 9000, to: RouteTarget.weighted([{ to: a, weight: 75, port: 9000 }, { to: b, weight: 25, port: 9000 }]) });
  edge.addTlsRoute('tls.example.com', { to: RouteTarget.weighted([{ to: a, weight: 75 }, { to: b, weight: 25 }]) });
  const objects = valid(root);
  expect(find(objects, 'VirtualService', 'edge.of--any').spec.tcp[0].route).toEqual([at('a', 9000, 75), at('b', 9000, 25)]);
  expect(find(objects, 'VirtualService', 'edge.tls.example.com').spec.tls[0].route).toEqual([at('a', 8443, 75), at('b', 8443, 25)]);
});

test.each<[string, () => unknown, string[]]>([
  ['no target', () => RouteTarget.weighted([]), [
    'IM1201 at RouteTarget.weighted(): there is no target.', '  got      []', '  next     name at least one target with a share',
  ]],
  ['weights that do not add up', () => RouteTarget.weighted([{ to: bank(), weight: 60 }, { to: bank(), weight: 30 }]), [
    'IM1203 at RouteTarget.weighted(): weights add up to 90, must be 100.', '  got      target 1: 60, target 2: 30', '  next     change one weight',
  ]],
  ['an invalid weight', () => RouteTarget.weighted([{ to: bank(), weight: 60.5 }, { to: bank(), weight: 39.5 }]), [
    'IM1202 at RouteTarget.weighted(): the weight of target 1 is no whole percentage.', '  got      60.5', '  allowed  a whole number from 0 to 100',
    '  next     use whole numbers that add up to 100',
  ]],
  ['a share that is an answer', () => RouteTarget.weighted([{ to: RouteTarget.directResponse(503), weight: 100 }]), [
    'IM1342 at RouteTarget.weighted(): a share leads on to a service or a host: it can be no redirect, no answer, no delegated routes, and not weighted again.', '  got      100',
    '  next     give the target its own route, with the conditions as matches',
  ]],
  ['a port for all', () => gateway(chart()).addHttpRoute(HOST, { to: RouteTarget.weighted([{ to: bank(), weight: 100 }]), port: 80 }), [
    'IM1111 at chart/edge: each target of a weighted route has a port of its own.', '  got      80', '  next     say the port with the target: { to, weight, port }',
    '  istio    IST0101',
  ]],
  ['headers on TCP', () => gateway(chart()).addTcpRoute({ gatewayPort: 9000, to: RouteTarget.weighted([{ to: bank(443), weight: 100, headers: { request: { remove: ['a'] } } }]) }), [
    'IM1342 at chart/edge: a share changes headers, and a connection for tcp has none that a gateway could read.', '  got      {"request":{"remove":["a"]}}',
    '  next     drop the headers',
  ]],
  ['a Service as a host outside', () => gateway(chart()).addHttpRoute(HOST, { to: RouteTarget.externalHost('cart.shop.svc.cluster.local', { port: MeshPort.http(80) }) }), [
    'IM1341 at chart/edge: cart.shop.svc.cluster.local is a Service of the cluster.', '  got      \'cart.shop.svc.cluster.local\'',
    '  next     use the service itself, or describe it with MeshService.fromAttributes',
  ]],
  ['a port beside that of the host', () => gateway(chart()).addHttpRoute(HOST, { to: bank(), port: 80 }), [
    'IM1111 at chart/edge: the port of bank.example.net is set with the host.', '  got      80', '  next     drop the port of the route', '  istio    IST0101',
  ]],
])('refused: %s', (_, call, lines) => {
  expect(refusal(call).message).toBe(lines.join('\n'));
});

test.each<[string, () => unknown, string]>([
  ['weighted again', () => RouteTarget.weighted([{ to: RouteTarget.weighted([{ to: bank(), weight: 100 }]), weight: 100 }]), 'IM1342'],
  ['a pattern', () => RouteTarget.externalHost('*.example.net', { port: MeshPort.http(80) }), 'IM0105'],
  ['a port as a number', () => RouteTarget.externalHost('bank.example.net', { port: 80 as never }), 'IM0001'],
  ['shares as an object', () => RouteTarget.weighted({ a: 1 } as never), 'IM0001'],
  ['a share without a target', () => RouteTarget.weighted([{ weight: 100 } as never]), 'IM0001'],
  ['an invalid header', () => RouteTarget.weighted([{ to: bank(), weight: 100, headers: { request: { remove: ['X-A'] } } }]), 'IM1332'],
])('refused: %s', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});

describe('a redirect that never ends', () => {
  const { anyPath, exactPath, pathPrefix, pathRegex } = RouteMatch;

  test.each<[string, RouteMatch, RouteTarget, string]>([
    ['into its own path', pathPrefix('/a'), RouteTarget.redirect({ path: '/a/b' }), 'GET /a'],
    ['from every path', anyPath(), RouteTarget.redirect({ path: '/home' }), 'GET /'],
    ['into its own prefix', pathPrefix('/a'), RouteTarget.redirect({ pathPrefix: '/a/b' }), 'GET /a'],
    ['to its own host', exactPath('/a'), RouteTarget.redirect({ host: HOST }), 'GET /a'],
    ['from a pattern', pathRegex('/a/.*/b'), RouteTarget.redirect({ path: '/a/x/b' }), 'GET /a//b'],
    ['to its own port', exactPath('/a'), RouteTarget.redirect({ port: 80 }), 'GET /a'],
  ])('%s', (_, match, to, request) => {
    const root = chart();
    gateway(root).addHttpRoute(HOST, { matches: [match], to });
    expect(messages(root)).toEqual([[
      `IM1347 at chart/edge: the redirect for ${HOST} leads back to its own route, in an endless loop.`,
      `  got      ${request}`,
      '  next     redirect to a path, host or port of another route, or give the route narrower matches',
    ].join('\n')]);
  });

  test('of two that lead to each other', () => {
    const root = chart();
    const edge = gateway(root);
    edge.addHttpRoute(HOST, { matches: [exactPath('/a')], to: RouteTarget.redirect({ path: '/b' }) });
    edge.addHttpRoute(HOST, { matches: [exactPath('/b')], to: RouteTarget.redirect({ path: '/a' }) });
    expect(messages(root)).toHaveLength(1);
  });

  test.each<[string, RouteMatch, RouteTarget]>([
    ['to a path that another route is for', anyPath(), RouteTarget.redirect({ path: '/home' })],
    ['to another host', pathPrefix('/'), RouteTarget.redirect({ host: 'other.example.com' })],
    ['to a port that is not this gateway\'s', pathPrefix('/a'), RouteTarget.redirect({ port: 8443 })],
    ['to HTTPS, elsewhere', pathPrefix('/a'), RouteTarget.redirect({ scheme: 'https' })],
    ['out of its prefix', pathPrefix('/a'), RouteTarget.redirect({ pathPrefix: '/b' })],
  ])('is not one %s', (_, match, to) => {
    const root = chart();
    const edge = gateway(root);
    edge.addHttpRoute(HOST, { matches: [exactPath('/home')], to: RouteTarget.directResponse(200) });
    edge.addHttpRoute(HOST, { matches: [match], to });
    expect(messages(root)).toEqual([]);
  });
});
