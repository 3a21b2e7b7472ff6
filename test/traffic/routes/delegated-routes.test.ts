import { Chart } from 'cdk8s';
import { app, chart, find, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CanarySplit, DelegatedRoutes, DelegatedRoutesProps, GatewayServer, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, MeshPort, RouteMatch,
  RouteTarget, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const HOST = 'www.example.com';
const { anyPath, exactPath, pathPrefix, pathRegex } = RouteMatch;
const answer = RouteTarget.directResponse(200);

/** A gateway of namespace `edge`, and a chart of namespace `team` for routes. */
function scene(): { root: ReturnType<typeof app>; edge: MeshGateway; team: Chart } {
  const root = app();
  const [home, team] = ['edge', 'team'].map(id => chart({ scope: root, id, namespace: id }));
  const servers = [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] }), GatewayServer.passthrough({ routedElsewhere: true, hosts: ['tls.example.com'] })];
  return { root, team, edge: new MeshGateway(home, 'edge', { workload: GatewayWorkload.ingress(), servers }) };
}

option('DelegatedRoutes.constructor', 'a full chart: a VirtualService without hosts, and the route that leads there', () => {
  const root = new Chart(app(), 'chart');
  const [home, team] = ['edge', 'team'].map(name => new MeshNamespace(root, name));
  const edge = new MeshGateway(home, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
  const blog = new DelegatedRoutes(team, 'blog', { exportTo: ['edge'] });
  const pages = service(team, 'pages');
  new CanarySplit(team, 'split', { service: pages, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
  edge.addHttpRoute(HOST, { matches: [pathPrefix('/blog')], to: blog });
  edge.addHttpRoute(HOST, { to: answer });
  blog.addHttpRoute({ to: pages });
  blog.addHttpRoute({ matches: [exactPath('/blog/feed'), exactPath('/blog/rss')], to: answer });
  expect(valid(root)).toMatchSnapshot();
  expect(edgePaths(root)).toEqual(['chart/edge/edge > chart/team/pages:8080']);
});

option('DelegatedRoutesProps.name', 'is the name, in place of the id', () => {
  const { root, edge, team } = scene();
  const blog = new DelegatedRoutes(team, 'id', { name: 'blog' });
  blog.addHttpRoute({ to: answer });
  edge.addHttpRoute(HOST, { to: blog });
  const objects = valid(root);
  expect([blog.routesName, blog.namespace]).toEqual(['blog', 'team']);
  expect(find(objects, 'VirtualService', `edge.${HOST}`).spec.http).toEqual([{ delegate: { name: 'blog', namespace: 'team' } }]);
  expect(find(objects, 'VirtualService', 'blog').spec).toEqual({ http: [{ directResponse: { status: 200 } }] });
});

option('DelegatedRoutesProps.exportTo', 'is who may lead there; others are refused', () => {
  const { root, edge, team } = scene();
  const blog = new DelegatedRoutes(team, 'blog', { exportTo: ['other', '.'] });
  blog.addHttpRoute({ to: answer });
  expect(find(valid(root), 'VirtualService', 'blog').spec.exportTo).toEqual(['.', 'other']);
  edge.addHttpRoute(HOST, { to: blog });
  expect(messages(root)).toEqual([[
    'IM1346 at team/blog: edge/edge leads here from namespace edge, which the routes are not exported to.',
    '  got      [".","other"]',
    '  next     export it to that namespace as well',
  ].join('\n')]);
});

option('DelegatedRoutes.addHttpRoute', 'is a route, the narrowest first and one for each match', () => {
  const { root, team } = scene();
  const blog = new DelegatedRoutes(team, 'blog');
  blog.addHttpRoute({ matches: [pathPrefix('/b')], to: answer });
  blog.addHttpRoute({ matches: [pathPrefix('/b/long'), exactPath('/b')], to: answer });
  expect(find(valid(root), 'VirtualService', 'blog').spec.http)
    .toEqual([{ exact: '/b' }, { prefix: '/b/long' }, { prefix: '/b' }].map(uri => ({ match: [{ uri }], directResponse: { status: 200 } })));
});

option('DelegatedRoutes.addGrpcRoute', 'is a route for calls', () => {
  const { root, team } = scene();
  new DelegatedRoutes(team, 'blog').addGrpcRoute({ service: 'blog.v1.Blog', to: service(team, 'pages', { ports: [MeshPort.grpc(50051)] }) });
  expect(find(valid(root), 'VirtualService', 'blog').spec.http).toEqual([{
    match: [{ uri: { prefix: '/blog.v1.Blog/' } }], route: [{ destination: { host: 'pages.team.svc.cluster.local', port: { number: 50051 } } }],
  }]);
});

option('DelegatedRoutes.toRouteTarget', 'is what routes of gateways lead to, for calls as well', () => {
  const { root, edge, team } = scene();
  const blog = new DelegatedRoutes(team, 'blog');
  blog.addHttpRoute({ to: answer });
  edge.addGrpcRoute(HOST, { service: 'blog.v1.Blog', to: blog.toRouteTarget() });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec.http)
    .toEqual([{ match: [{ uri: { prefix: '/blog.v1.Blog/' } }], delegate: { name: 'blog', namespace: 'team' } }]);
});

option('DelegatedRoutes.fromAttributes', 'are routes that another team creates', () => {
  const { root, edge, team } = scene();
  const blog = DelegatedRoutes.fromAttributes(team, 'blog', {});
  edge.addHttpRoute(HOST, { to: blog });
  expect([blog.routesName, blog.namespace]).toEqual(['blog', 'team']);
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec.http).toEqual([{ delegate: { name: 'blog', namespace: 'team' } }]);
  expect(MeshCluster.of(team).references).toContainEqual({ kind: 'VirtualService', namespace: 'team', name: 'blog', usedBy: 'team/blog' });
});

option('DelegatedRoutesAttributes.name', 'is the name, in place of the id', () => {
  expect(DelegatedRoutes.fromAttributes(chart(), 'id', { name: 'blog' }).routesName).toBe('blog');
});

option('DelegatedRoutesAttributes.namespace', 'is the namespace, in place of that of the scope', () => {
  expect(DelegatedRoutes.fromAttributes(chart(), 'blog', { namespace: 'team' }).namespace).toBe('team');
});

test('a route that another one of the host hides wherever it is led from is refused', () => {
  const { root, edge, team } = scene();
  const blog = new DelegatedRoutes(team, 'blog');
  blog.addHttpRoute({ matches: [exactPath('/blog/feed')], to: answer });
  edge.addHttpRoute(HOST, { matches: [pathPrefix('/blog', { headers: { 'x-new': StringMatch.present() } })], to: blog });
  edge.addHttpRoute(HOST, { matches: [exactPath('/blog/feed', { headers: { 'x-new': StringMatch.present() } })], to: RouteTarget.directResponse(204) });
  expect(messages(root)).toEqual([[
    'IM1306 at team/blog: edge/edge routes the same requests, such as GET /blog/feed with x-new: anything, before they are led here: this route would never be reached.',
    '  got      {"uri":{"exact":"/blog/feed"}}',
    '  allowed  a match that is not covered by {"uri":{"exact":"/blog/feed"},"headers":{"x-new":{}}}',
    '  next     remove one, or make one of the matches narrower',
    '  istio    IST0130',
  ].join('\n')]);
});

test('a route that is hidden from some of those that lead there is reached from others', () => {
  const { root, edge, team } = scene();
  const blog = new DelegatedRoutes(team, 'blog');
  blog.addHttpRoute({ matches: [exactPath('/blog/feed')], to: answer });
  edge.addHttpRoute(HOST, { matches: [exactPath('/blog/feed', { headers: { 'x-new': StringMatch.present() } })], to: RouteTarget.directResponse(204) });
  edge.addHttpRoute(HOST, { matches: [pathPrefix('/blog')], to: blog });
  expect(messages(root)).toEqual([]);
});

test('routes that are described and also created are checked anyway, and are no reference', () => {
  const { root, edge, team } = scene();
  edge.addHttpRoute(HOST, { matches: [pathPrefix('/blog')], to: DelegatedRoutes.fromAttributes(edge, 'blog', { namespace: 'team' }) });
  new DelegatedRoutes(team, 'blog').addHttpRoute({ matches: [exactPath('/news')], to: answer });
  expect(messages(root).map(message => message.split(' ')[0])).toEqual(['IM1343']);
  expect(MeshCluster.of(team).references.filter(({ kind }) => kind === 'VirtualService')).toEqual([]);
});

describe('a match that Istio would drop', () => {
  const x = (match: StringMatch) => ({ headers: { x: match } });
  const { exact, prefix, present, regex } = StringMatch;

  function dropped(roots: RouteMatch[], leaf: RouteMatch): string[] {
    const { root, edge, team } = scene();
    const blog = new DelegatedRoutes(team, 'blog');
    edge.addHttpRoute(HOST, { matches: roots, to: blog });
    blog.addHttpRoute({ matches: [leaf], to: answer });
    return messages(root);
  }

  test('is refused, and both are named', () => {
    expect(dropped([pathPrefix('/blog'), pathPrefix('/news')], exactPath('/shop'))).toEqual([[
      'IM1343 at team/blog: edge/edge leads here with matches that this one is not within, as Istio compares uri: it would be dropped silently.',
      '  got      {"uri":{"exact":"/shop"}}',
      '  allowed  within {"uri":{"prefix":"/blog"}} or {"uri":{"prefix":"/news"}}',
      '  next     narrow the match of the delegated route, or widen the match of the delegating route',
    ].join('\n')]);
  });

  test.each<[string, RouteMatch, RouteMatch, string]>([
    ['a wider prefix', pathPrefix('/blog/a'), pathPrefix('/blog'), 'uri'],
    ['a prefix below an exact path', exactPath('/blog'), pathPrefix('/blog'), 'uri'],
    ['a pattern below a prefix', pathPrefix('/blog'), pathRegex('/blog/.*'), 'uri'],
    ['a path below a pattern', pathRegex('/blog/.*'), exactPath('/blog/a'), 'uri'],
    ['another method', anyPath({ method: 'GET' as never }), anyPath({ method: 'POST' as never }), 'method'],
    ['capitals that are ignored on one side', pathPrefix('/blog', { ignoreCase: true }), pathPrefix('/blog'), 'ignoreUriCase'],
    ['a text where presence is asked', anyPath(x(present())), anyPath(x(exact('a'))), 'headers'],
    ['presence where a text is asked', anyPath(x(prefix('a'))), anyPath(x(present())), 'headers'],
    ['one pattern twice', anyPath(x(regex('a'))), anyPath(x(regex('a'))), 'headers'],
    ['an exclusion of less', anyPath({ withoutHeaders: { x: prefix('a') } }), anyPath({ withoutHeaders: { x: prefix('ab') } }), 'withoutHeaders'],
    ['another parameter', anyPath({ queryParams: { x: exact('a') } }), anyPath({ queryParams: { x: exact('b') } }), 'queryParams'],
  ])('%s', (_, root, leaf, part) => {
    expect(dropped([root], leaf).map(message => message.split('\n')[0])).toEqual([
      `IM1343 at team/blog: edge/edge leads here with matches that this one is not within, as Istio compares ${part}: it would be dropped silently.`,
    ]);
  });

  test.each<[string, RouteMatch, RouteMatch]>([
    ['everything', pathPrefix('/blog'), anyPath()],
    ['anything, where everything is delegated', anyPath(), pathRegex('/b+')],
    ['a longer prefix', pathPrefix('/blog'), pathPrefix('/blogger')],
    ['a path', pathPrefix('/blog'), exactPath('/blog')],
    ['another header', anyPath(x(regex('a'))), exactPath('/a', { headers: { y: exact('b') } })],
    ['the same exclusion', anyPath({ withoutHeaders: { x: prefix('a') } }), anyPath({ withoutHeaders: { x: prefix('a') } })],
  ])('is not %s', (_, root, leaf) => {
    expect(dropped([root], leaf)).toEqual([]);
  });
});

describe('refused', () => {
  test.each<[string, (s: ReturnType<typeof scene> & { blog: DelegatedRoutes }) => unknown, string[]]>([
    ['routes that are delegated twice', ({ blog, team }) => new DelegatedRoutes(team, 'all').addHttpRoute({ to: blog }), [
      'IM1344 at team/all: team/blog cannot be led to from routes that are led to themselves.',
      '  got      team/blog',
      '  next     route to them from the gateway itself',
    ]],
    ['a port', ({ blog, edge }) => edge.addHttpRoute(HOST, { to: blog, port: 80 }), [
      'IM1111 at edge/edge: delegated routes have no port: each says its own.',
      '  got      80',
      '  next     drop the port',
      '  istio    IST0101',
    ]],
    ['TLS', ({ blog, edge }) => edge.addTlsRoute('tls.example.com', { to: blog }), [
      'IM1340 at edge/edge: a connection for tls cannot be forwarded to HTTP routes.',
      '  allowed  a service, a version of one, another host, or shares of these',
      '  next     route to a service, or serve the host with HTTP',
    ]],
    ['a duplicate match', ({ blog }) => [1, 2].forEach(() => blog.addHttpRoute({ matches: [pathPrefix('/a')], to: answer })), [
      'IM1306 at team/blog: two routes for blog match the same requests, such as GET /a, so one is never reached; the other route is by team/blog.',
      '  got      {"uri":{"prefix":"/a"}}',
      '  allowed  a match that is not covered by {"uri":{"prefix":"/a"}}',
      '  next     remove one, or make one of the matches narrower',
      '  istio    IST0130',
    ]],
  ])('%s', (_, call, lines) => {
    const all = scene();
    expect(refusal(() => call({ ...all, blog: new DelegatedRoutes(all.team, 'blog') })).message).toBe(lines.join('\n'));
  });

  test('routes without a route', () => {
    const { root, team } = scene();
    new DelegatedRoutes(team, 'blog');
    expect(messages(root)).toEqual(['IM1348 at team/blog: there is no route to hand requests on to.\n  next     add a route']);
  });

  test('a share of a route', () => {
    const { team } = scene();
    expect(refusal(() => RouteTarget.weighted([{ to: new DelegatedRoutes(team, 'blog'), weight: 100 }])).code).toBe('IM1342');
  });

  test('routes of another cluster', () => {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => new Chart(new MeshCluster(root, id), 'chart', { namespace: 'shop' }));
    const edge = new MeshGateway(a, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
    expect(refusal(() => edge.addHttpRoute(HOST, { to: new DelegatedRoutes(b, 'blog') })).code).toBe('IM1008');
  });

  test('an invalid port of the gateway', () => {
    expect(refusal(() => new DelegatedRoutes(chart(), 'blog').addHttpRoute({ to: RouteTarget.directResponse(200), gatewayPort: 65536 })).code).toBe('IM0101');
  });

  test.each<[string, DelegatedRoutesProps, string]>([
    ['hosts', { hosts: [HOST] } as never, 'IM0001'],
    ['gateways', { gateways: ['edge'] } as never, 'IM0001'],
    ['a name with a slash', { name: 'a/b' }, 'IM0106'],
    ['an empty export', { exportTo: [] }, 'IM1346'],
    ['an export to all and one', { exportTo: ['*', 'a'] }, 'IM1346'],
    ['an export to one twice', { exportTo: ['a', 'a'] }, 'IM1346'],
    ['an export to no namespace', { exportTo: ['~'] }, 'IM1346'],
  ])('%s', (_, props, code) => {
    expect(refusal(() => new DelegatedRoutes(chart(), 'blog', props)).code).toBe(code);
  });
});
