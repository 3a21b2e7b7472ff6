import { Chart } from 'cdk8s';
import { app, chart, find, findAll, KubeObject, messages, refusal, service, synth } from '../helpers/build';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, IMeshGateway, MeshGateway, MeshPort, RouteMatch, RouteTarget, SplitRule, SplitTarget,
  StringMatch,
} from 'cdk8s-istio';

const HOST = 'www.example.com';
const { exactPath, pathPrefix, pathRegex, anyPath } = RouteMatch;

function edge(scope: Chart): MeshGateway {
  return new MeshGateway(scope, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
}

/** The gateway of istio-system, as the chart of another namespace refers to it. */
function reference(scope: Chart): IMeshGateway {
  return MeshGateway.fromAttributes(scope, 'edge', { namespace: 'istio-system' });
}

function routes(objects: KubeObject[], namespace = 'shop'): unknown[] {
  const [{ spec }] = findAll(objects, 'VirtualService').filter(({ metadata, spec: { gateways } }) => gateways && metadata.namespace === namespace);
  return spec.http;
}

const answer = (status: number) => RouteTarget.directResponse(status);

describe('routes of a host', () => {
  test('are one VirtualService, the narrowest match first', () => {
    const shop = chart();
    const gateway = edge(shop);
    gateway.addHttpRoute(HOST, { to: answer(200) });
    gateway.addHttpRoute(HOST, { matches: [pathPrefix('/api'), exactPath('/')], to: answer(201) });
    gateway.addHttpRoute(HOST, { matches: [pathPrefix('/api/v1'), pathRegex('/x+')], to: answer(202) });
    expect(find(synth(shop), 'VirtualService', 'edge.www.example.com')).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'edge.www.example.com', namespace: 'shop' },
      spec: {
        hosts: [HOST],
        gateways: ['shop/edge'],
        http: [
          { match: [{ uri: { exact: '/' } }], directResponse: { status: 201 } },
          { match: [{ uri: { regex: '/x+' } }, { uri: { prefix: '/api/v1' } }], directResponse: { status: 202 } },
          { match: [{ uri: { prefix: '/api' } }], directResponse: { status: 201 } },
          { directResponse: { status: 200 } },
        ],
      },
    });
  });

  test('exist only where there is a route', () => {
    const shop = chart();
    edge(shop);
    expect(findAll(synth(shop), 'VirtualService')).toEqual([]);
  });

  test('are separate for each host and gateway', () => {
    const shop = chart();
    const outer = edge(shop);
    const inner = new MeshGateway(shop, 'inner', {
      workload: GatewayWorkload.labels({ gateway: 'inner' }), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST, 'api.example.com'] })],
    });
    [inner, outer].forEach(gateway => gateway.addHttpRoute(HOST, { to: answer(200) }));
    inner.addHttpRoute('api.example.com', { to: answer(204) });
    expect(findAll(synth(shop), 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec.gateways, spec.hosts])).toEqual([
      ['edge.www.example.com', ['shop/edge'], [HOST]],
      ['inner.www.example.com', ['shop/inner'], [HOST]],
      ['inner.api.example.com', ['shop/inner'], ['api.example.com']],
    ]);
  });
});

describe('a duplicate match', () => {
  test('is refused, and both routes are named', () => {
    const gateway = edge(chart());
    gateway.addHttpRoute(HOST, { matches: [pathPrefix('/api')], to: answer(200) });
    expect(refusal(() => gateway.addHttpRoute(HOST, { matches: [pathPrefix('/api')], to: answer(204) })).message).toBe([
      `IM1306 at chart/edge: two routes for ${HOST} match the same requests, such as GET /api, so one is never reached; the other route is by chart/edge.`,
      '  got      {"uri":{"prefix":"/api"}}',
      '  allowed  a match that is not covered by {"uri":{"prefix":"/api"}}',
      '  next     remove one, or make one of the matches narrower',
      '  istio    IST0130',
    ].join('\n'));
  });

  test.each<[string, RouteMatch, RouteMatch]>([
    ['in one route', anyPath(), pathPrefix('/')],
    ['by the letter', exactPath('/a', { headers: { x: StringMatch.exact('1') } }), exactPath('/a', { headers: { x: StringMatch.exact('1') } })],
    ['all methods, said apart', pathRegex('/a+'), pathRegex('/a+')],
  ])('%s', (_, a, b) => {
    expect(refusal(() => edge(chart()).addHttpRoute(HOST, { matches: [a, b], to: answer(200) }))).toMatchObject({ code: 'IM1306', at: 'chart/edge' });
    const gateway = edge(chart());
    gateway.addHttpRoute(HOST, { matches: [b], to: answer(200) });
    expect(refusal(() => gateway.addHttpRoute(HOST, { matches: [a], to: answer(200) })).code).toBe('IM1306');
  });

  test.each<[string, RouteMatch, RouteMatch]>([
    ['a narrower path', pathPrefix('/a'), exactPath('/a')],
    ['a method more', exactPath('/a'), exactPath('/a', { method: 'GET' as never })],
    ['a condition more', anyPath(), anyPath({ headers: { x: StringMatch.present() } })],
    ['an exclusion more', anyPath({ withoutHeaders: { x: StringMatch.exact('1') } }), anyPath({ withoutHeaders: { x: StringMatch.present() } })],
  ])('is not what it is with %s', (_, a, b) => {
    [[a, b], [b, a]].forEach(matches => expect(() => edge(chart()).addHttpRoute(HOST, { matches, to: answer(200) })).not.toThrow());
  });

  test('is no matter where the refused route left nothing behind', () => {
    const shop = chart();
    const gateway = edge(shop);
    gateway.addHttpRoute(HOST, { to: answer(200) });
    refusal(() => gateway.addHttpRoute(HOST, { matches: [exactPath('/a'), anyPath()], to: answer(204) }));
    expect(routes(synth(shop))).toEqual([{ directResponse: { status: 200 } }]);
  });
});

describe('a route to a service', () => {
  const to = (subset: string) => ({ destination: { host: 'reviews.shop.svc.cluster.local', subset, port: { number: 8080 } } });
  const halves = [{ ...to('v1'), weight: 50 }, { ...to('v2'), weight: 50 }];
  const HALF = SplitTarget.weights({ v1: 50, v2: 50 });

  test('carries its split, and asks its headers behind each match', () => {
    const shop = chart();
    const gateway = edge(shop);
    const reviews = service(shop);
    gateway.addHttpRoute(HOST, { matches: [pathPrefix('/reviews'), exactPath('/r', { headers: { 'x-user': StringMatch.exact('jason') } })], to: reviews });
    new CanarySplit(shop, 'split', {
      service: reviews, traffic: HALF, rules: [SplitRule.when(CallMatch.header('x-user', StringMatch.present())).to('v2')],
    });
    expect(routes(synth(shop))).toEqual([
      {
        match: [{ uri: { exact: '/r' }, headers: { 'x-user': { exact: 'jason' } } }, { uri: { prefix: '/reviews' }, headers: { 'x-user': {} } }],
        route: [to('v2')],
      },
      { match: [{ uri: { prefix: '/reviews' } }], route: halves },
    ]);
  });

  test('leaves out rules that no request of the route can meet', () => {
    const shop = chart();
    const gateway = edge(shop);
    const reviews = service(shop);
    gateway.addHttpRoute(HOST, { matches: [anyPath({ headers: { 'x-user': StringMatch.exact('jason') } })], to: reviews });
    new CanarySplit(shop, 'split', {
      service: reviews, traffic: HALF, rules: [SplitRule.when(CallMatch.header('x-user', StringMatch.exact('kate'))).to('v2')],
    });
    expect(routes(synth(shop))).toEqual([{ match: [{ headers: { 'x-user': { exact: 'jason' } } }], route: halves }]);
  });

  test('leaves rules by caller to the callers\' sidecars', () => {
    const shop = chart();
    const gateway = edge(shop);
    const [reviews, caller] = [service(shop), service(shop, 'productpage')];
    gateway.addHttpRoute(HOST, { to: reviews });
    new CanarySplit(shop, 'split', { service: reviews, traffic: HALF, rules: [SplitRule.when(CallMatch.from(caller)).to('v2')] });
    expect(routes(synth(shop))).toEqual([{ route: halves }]);
  });

  test('is refused at synthesis where nothing is left but a refusal', () => {
    const shop = chart();
    const gateway = edge(shop);
    const [reviews, caller] = [service(shop), service(shop, 'productpage')];
    gateway.addHttpRoute(HOST, { to: reviews });
    new CanarySplit(shop, 'split', { service: reviews, traffic: SplitTarget.refuse(), rules: [SplitRule.when(CallMatch.from(caller)).to('v2')] });
    expect(messages(shop.node.root)).toEqual([[
      'IM1206 at chart/edge: the split of reviews knows only callers inside the mesh: through a gateway every request would be refused.',
      '  next     give the split a target for all other callers, or route the gateway to a version',
    ].join('\n')]);
  });

  test('is refused at synthesis where route and split want two things of one header', () => {
    const shop = chart();
    const gateway = edge(shop);
    const reviews = service(shop);
    gateway.addHttpRoute(HOST, { matches: [anyPath({ headers: { 'x-user': StringMatch.regex('j.*') } })], to: reviews });
    new CanarySplit(shop, 'split', {
      service: reviews, traffic: HALF, rules: [SplitRule.when(CallMatch.header('x-user', StringMatch.prefix('ja'))).to('v2')],
    });
    expect(messages(shop.node.root)).toEqual([[
      'IM1309 at chart/edge: two conditions on x-user must both hold, and Istio takes one condition for each name.',
      '  got      {"regex":"j.*"} and {"prefix":"ja"}',
      '  next     remove one of the conditions',
    ].join('\n')]);
  });

  test('knows nothing of a split of other ports', () => {
    const shop = chart();
    const gateway = edge(shop);
    const reviews = service(shop, 'reviews', { ports: [MeshPort.http(8080), MeshPort.grpc(9090)] });
    gateway.addHttpRoute(HOST, { to: reviews, port: 8080 });
    new CanarySplit(shop, 'split', { service: reviews, traffic: HALF, ports: [9090] });
    expect(routes(synth(shop))).toEqual([{ route: [{ destination: { host: 'reviews.shop.svc.cluster.local', port: { number: 8080 } } }] }]);
  });

  test('may lead to one version, whatever the split', () => {
    const shop = chart();
    const gateway = edge(shop);
    const reviews = service(shop);
    gateway.addHttpRoute(HOST, { to: reviews.versionOf('v1') });
    new CanarySplit(shop, 'split', { service: reviews, traffic: HALF });
    expect(routes(synth(shop))).toEqual([{ route: [to('v1')] }]);
  });
});

describe('several namespaces route parts of one host', () => {
  function two(): { a: Chart; b: Chart; atA: IMeshGateway; atB: IMeshGateway } {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => chart({ scope: root, id, namespace: id }));
    return { a, b, atA: reference(a), atB: reference(b) };
  }

  test('one VirtualService each, where their matches cannot meet', () => {
    const { a, atA, atB } = two();
    atA.addHttpRoute(HOST, { matches: [pathPrefix('/a')], to: answer(200) });
    atB.addHttpRoute(HOST, { matches: [pathPrefix('/b')], to: answer(204) });
    expect(findAll(synth(a.node.root as never), 'VirtualService').map(({ metadata, spec }) => [metadata, spec])).toEqual([
      [{ name: 'edge.in--istio-system.www.example.com', namespace: 'a' },
        { hosts: [HOST], gateways: ['istio-system/edge'], http: [{ match: [{ uri: { prefix: '/a' } }], directResponse: { status: 200 } }] }],
      [{ name: 'edge.in--istio-system.www.example.com', namespace: 'b' },
        { hosts: [HOST], gateways: ['istio-system/edge'], http: [{ match: [{ uri: { prefix: '/b' } }], directResponse: { status: 204 } }] }],
    ]);
  });

  test('a catch-all may stand in one of them: Istio asks it last', () => {
    const { a, atA, atB } = two();
    atA.addHttpRoute(HOST, { to: answer(200) });
    atB.addHttpRoute(HOST, { matches: [pathPrefix('/b')], to: answer(204) });
    expect(messages(a.node.root)).toEqual([]);
  });

  test('matches that a request can meet both are refused, by the paths of both', () => {
    const { atA, atB } = two();
    atA.addHttpRoute(HOST, { matches: [pathPrefix('/a')], to: answer(200) });
    expect(refusal(() => atB.addHttpRoute(HOST, { matches: [exactPath('/a/b')], to: answer(204) })).message).toBe([
      `IM1401 at b/edge: a/edge routes some of the same requests for ${HOST} from another namespace: which of the two is asked first would be decided by age.`,
      '  got      {"uri":{"exact":"/a/b"}}',
      '  allowed  a match that no request shares with {"uri":{"prefix":"/a"}}',
      '  next     keep one of the two',
      '  istio    IST0109',
    ].join('\n'));
  });

  test('two catch-alls are refused', () => {
    const { atA, atB } = two();
    atA.addHttpRoute(HOST, { to: answer(200) });
    expect(refusal(() => atB.addHttpRoute(HOST, { matches: [pathPrefix('/')], to: answer(204) }))).toMatchObject({ code: 'IM1401', at: 'b/edge' });
  });

  test.each(['the split first', 'the route first'])('a catch-all that a split divides by header is one no more (%s)', order => {
    const { a, b, atA, atB } = two();
    const reviews = service(a);
    const split = () => new CanarySplit(a, 'split', {
      service: reviews, traffic: SplitTarget.version('v1'), rules: [SplitRule.when(CallMatch.header('x-canary', StringMatch.present())).to('v2')],
    });
    if (order === 'the split first') split();
    atA.addHttpRoute(HOST, { to: reviews });
    atB.addHttpRoute(HOST, { matches: [pathPrefix('/b')], to: service(b, 'ratings') });
    if (order !== 'the split first') split();
    expect(messages(a.node.root)).toEqual([[
      `IM1401 at b/edge: a/edge routes some of the same requests for ${HOST} from another namespace: which of the two is asked first would be decided by age.`,
      '  got      {"uri":{"prefix":"/b"}}',
      '  allowed  a match that no request shares with {"headers":{"x-canary":{}}}',
      '  next     keep one of the two',
      '  istio    IST0109',
    ].join('\n')]);
  });
});
