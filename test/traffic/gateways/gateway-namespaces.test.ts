import { Chart } from 'cdk8s';
import { app, chart, find, findAll, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  AcmeSolver, GatewayRoutes, GatewayRoutesProps, GatewayServer, GatewayTls, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, MeshPort,
  RouteMatch, RouteTarget, StatefulMeshService,
} from 'cdk8s-istio';

const HOST = 'blog.example.com';
const answer = RouteTarget.directResponse(200);
const { http, passthrough, tcp } = GatewayServer;
const workload = GatewayWorkload.ingress();
const bank = RouteTarget.externalHost('bank.example.net', { port: MeshPort.https(443) });

/** A gateway of namespace `edge`, and a chart of namespace `team` for routes. */
function scene(servers = [http({ routedElsewhere: true, hosts: [HOST] }), passthrough({ routedElsewhere: true, hosts: ['tls.example.com'] }), tcp({ routedElsewhere: true, port: 9000 })]) {
  const root = app();
  const [home, team] = ['edge', 'team'].map(id => chart({ scope: root, id, namespace: id }));
  return { root, home, team, edge: new MeshGateway(home, 'edge', { workload, servers }) };
}

function ofTeam(root: Chart['node']['root'], host = HOST) {
  return find(valid(root as never), 'VirtualService', `edge.in--edge.${host}`, 'team').spec;
}

option('GatewayRoutes.constructor', 'a full chart: a gateway, routes in the namespace of a team, a service in a third', () => {
  const root = new Chart(app(), 'chart');
  const [wordpress, team, feeds] = ['wordpress', 'blog-routes', 'feeds'].map(name => new MeshNamespace(root, name));
  const own = new MeshGateway(wordpress, 'wordpress-gateway', { workload, servers: [http({ routedElsewhere: true, hosts: [HOST] })] });
  const [blog, feed] = [service(wordpress, 'wordpress'), service(feeds, 'feed')];
  const routes = new GatewayRoutes(team, 'wordpress-routes', { gateway: own });
  own.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/posts')], to: blog });
  routes.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/feed')], to: feed });
  expect([routes.gateway, routes.namespace]).toEqual([own, 'blog-routes']);
  expect(valid(root)).toMatchSnapshot();
  expect(edgePaths(root)).toEqual(['chart/wordpress/wordpress-gateway > chart/feeds/feed:8080', 'chart/wordpress/wordpress-gateway > chart/wordpress/wordpress:8080']);
});

test('what is no gateway has no routes', () => {
  expect(refusal(() => new GatewayRoutes(chart(), 'routes', { gateway: {} as never })).message).toBe([
    'IM0001 at chart/routes: gateway is of the wrong type.',
    '  got      {}',
    '  allowed  an IMeshGateway',
    '  next     hand in the object itself, not its name',
  ].join('\n'));
});

test('the redirect of a host is written by the namespace of the gateway, and not by routes of a port from another', () => {
  const tls = GatewayTls.simple('wild');
  const { root, team, edge } = scene([GatewayServer.https({ routedElsewhere: true, hosts: ['*'], tls, httpsRedirect: true, acmeSolver: AcmeSolver.ingress() }), tcp({ routedElsewhere: true, port: 9000 })]);
  new GatewayRoutes(team, 'routes', { gateway: edge }).addTcpRoute({ gatewayPort: 9000, to: bank });
  expect(ofTeam(root, 'of--any')).toEqual({
    hosts: ['*'], gateways: ['edge/edge'], tcp: [{ match: [{ port: 9000 }], route: [{ destination: { host: 'bank.example.net', port: { number: 443 } } }] }],
  });
});

option('GatewayRoutesProps.gateway', 'is the gateway of the routes, or an existing one: its hosts are known', () => {
  const root = app();
  const home = chart({ scope: root, id: 'team', namespace: 'team' });
  const gateway = MeshGateway.fromAttributes(home, 'edge', { namespace: 'edge', hosts: [HOST] });
  const routes = new GatewayRoutes(home, 'routes', { gateway });
  routes.addHttpRoute(HOST, { to: answer });
  expect(ofTeam(root).gateways).toEqual(['edge/edge']);
  expect(refusal(() => routes.addHttpRoute('other.example.com', { to: answer })).message.split('\n')[0])
    .toBe('IM1303 at team/routes: edge does not serve other.example.com.');
});

option('GatewayRoutesProps.exportTo', 'is who sees the routes: the gateway\'s pods have to', () => {
  const { root, team, edge } = scene();
  new GatewayRoutes(team, 'routes', { gateway: edge, exportTo: ['istio-system', '.'] }).addHttpRoute(HOST, { to: answer });
  expect(ofTeam(root).exportTo).toEqual(['.', 'istio-system']);
  const other = scene();
  new GatewayRoutes(other.team, 'routes', { gateway: other.edge, exportTo: ['.'] }).addHttpRoute(HOST, { to: answer });
  expect(messages(other.root)).toEqual([[
    'IM1346 at team/routes: the routes are not exported to namespace istio-system, where the pods of edge are.',
    '  got      ["."]',
    '  next     export it to that namespace as well',
  ].join('\n')]);
});

option('GatewayRoutes.addHttpRoute', 'is a route of the gateway, in the namespace of the scope', () => {
  const { root, team, edge } = scene();
  new GatewayRoutes(team, 'routes', { gateway: edge }).addHttpRoute(HOST, { to: answer });
  expect(ofTeam(root)).toEqual({ hosts: [HOST], gateways: ['edge/edge'], http: [{ directResponse: { status: 200 } }] });
});

option('GatewayRoutes.addGrpcRoute', 'is a route for calls', () => {
  const { root, team, edge } = scene();
  new GatewayRoutes(team, 'routes', { gateway: edge }).addGrpcRoute(HOST, { service: 'shop.v1.Cart', to: answer });
  expect(ofTeam(root).http).toEqual([{ match: [{ uri: { prefix: '/shop.v1.Cart/' } }], directResponse: { status: 200 } }]);
});

option('GatewayRoutes.addTlsRoute', 'is a route by server name', () => {
  const { root, team, edge } = scene();
  new GatewayRoutes(team, 'routes', { gateway: edge }).addTlsRoute('tls.example.com', { to: bank });
  expect(ofTeam(root, 'tls.example.com').tls[0].match).toEqual([{ port: 443, sniHosts: ['tls.example.com'] }]);
});

option('GatewayRoutes.addTcpRoute', 'is a route by port', () => {
  const { root, team, edge } = scene();
  new GatewayRoutes(team, 'routes', { gateway: edge }).addTcpRoute({ gatewayPort: 9000, to: bank });
  expect(ofTeam(root, 'of--any').tcp[0].match).toEqual([{ port: 9000 }]);
});

function stateful(scope: Chart) {
  return new StatefulMeshService(scope, 'db', { replicas: 2, ports: [MeshPort.tcp(9000), MeshPort.http(8080)], containers: [{ image: 'example.com/db:1' }] });
}

option('GatewayRoutes.addPodRoutes', 'are routes to each pod', () => {
  const { root, team, edge } = scene([http({ routedElsewhere: true, hosts: ['*.example.com'] })]);
  new GatewayRoutes(team, 'routes', { gateway: edge }).addPodRoutes({ pods: stateful(team), port: 8080, host: '{pod}.example.com' });
  expect(findAll(valid(root), 'VirtualService').map(({ metadata }) => metadata.name)).toEqual(['edge.in--edge.db-0.example.com', 'edge.in--edge.db-1.example.com']);
});

option('GatewayRoutes.addPodTcpRoutes', 'are routes by port to each pod, at ports that the gateway serves', () => {
  const { root, team, edge } = scene([tcp({ routedElsewhere: true, port: 9000 }), tcp({ routedElsewhere: true, port: 9001 })]);
  const routes = new GatewayRoutes(team, 'routes', { gateway: edge });
  const pods = stateful(team);
  routes.addPodTcpRoutes({ pods, port: 9000, firstGatewayPort: 9000 });
  expect(ofTeam(root, 'of--any').tcp.map(({ match }: { match: object[] }) => match[0])).toEqual([{ port: 9000 }, { port: 9001 }]);
  expect(refusal(() => routes.addPodTcpRoutes({ pods, port: 9000, firstGatewayPort: 9100 })).code).toBe('IM1303');
});

test('routesFrom is whose routes the server takes: others are refused, and Istio\'s redirect has none', () => {
  const { root, team, home, edge } = scene([GatewayServer.https({ routedElsewhere: true, hosts: [HOST], routesFrom: ['team', '.'], httpsRedirect: true, tls: GatewayTls.simple('cert') })]);
  new GatewayRoutes(team, 'routes', { gateway: edge }).addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/a')], to: answer });
  edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/b')], to: answer });
  const unserved = new GatewayRoutes(chart({ scope: root, id: 'other', namespace: 'other' }), 'routes', { gateway: edge });
  expect(refusal(() => unserved.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/c')], to: answer })).message).toBe([
    `IM1345 at other/routes: edge accepts no routes for ${HOST} from namespace other.`,
    '  got      \'other\'',
    '  allowed  edge, team',
    '  next     add the namespace to `routesFrom` of the server, or move the routes to an allowed namespace',
  ].join('\n'));
  expect(find(valid(home), 'Gateway', 'edge').spec.servers.map(({ hosts }: { hosts: string[] }) => hosts)).toEqual([[`./${HOST}`, `team/${HOST}`], [HOST]]);
});

/** The hosts of a server, as Istio receives them. */
const served = (server: GatewayServer) => find(valid(scene([server]).home), 'Gateway', 'edge').spec.servers.map(({ hosts }: { hosts: string[] }) => hosts);
const tls = GatewayTls.simple('cert');

option('HttpServerOptions.routesFrom', 'stands before each host', () => {
  expect(served(http({ routedElsewhere: true, hosts: [HOST, 'www.example.com'], routesFrom: ['a', 'b'] }))).toEqual([[`a/${HOST}`, `b/${HOST}`, 'a/www.example.com', 'b/www.example.com']]);
});
option('HttpsServerOptions.routesFrom', 'stands before each host', () => {
  expect(served(GatewayServer.https({ routedElsewhere: true, hosts: [HOST], routesFrom: ['a'], tls }))).toEqual([[`a/${HOST}`]]);
});
option('PassthroughServerOptions.routesFrom', 'stands before each host', () => {
  expect(served(passthrough({ routedElsewhere: true, hosts: [HOST], routesFrom: ['.'] }))).toEqual([[`./${HOST}`]]);
});
option('TcpServerOptions.routesFrom', 'stands before the star', () => {
  expect(served(tcp({ routedElsewhere: true, port: 9000, routesFrom: ['a'] }))).toEqual([['a/*']]);
});
option('TlsServerOptions.routesFrom', 'stands before each host', () => {
  expect(served(GatewayServer.tls({ routedElsewhere: true, hosts: [HOST], port: 8443, routesFrom: ['a'], tls }))).toEqual([[`a/${HOST}`]]);
});
option('AutoPassthroughServerOptions.routesFrom', 'is refused: the server takes no routes', () => {
  expect(refusal(() => GatewayServer.autoPassthrough({ hosts: ['*.local'], routesFrom: ['a'] })).message).toBe([
    'IM1345 at GatewayServer.autoPassthrough(): the server takes the service from SNI, and accepts no routes.',
    '  got      ["a"]',
    '  next     remove it',
  ].join('\n'));
});

test('routesFrom of a server: are the namespaces, sorted', () => {
  expect(http({ routedElsewhere: true, hosts: [HOST], routesFrom: ['team', 'blog', '.'] }).routesFrom).toEqual(['.', 'blog', 'team']);
  expect(http({ routedElsewhere: true, hosts: [HOST] }).routesFrom).toBeUndefined();
});

test.each<[string, () => unknown]>([
  ['no namespace', () => http({ routedElsewhere: true, hosts: [HOST], routesFrom: [] })],
  ['a namespace twice', () => http({ routedElsewhere: true, hosts: [HOST], routesFrom: ['a', 'a'] })],
  ['what is no namespace', () => http({ routedElsewhere: true, hosts: [HOST], routesFrom: ['*'] })],
])('routesFrom: %s is refused', (_, call) => {
  expect(refusal(call).code).toBe('IM1345');
});

describe('a gateway that is described, and made in the same App', () => {
  test('is known by what it serves, not by its description', () => {
    const { team, edge } = scene();
    const described = MeshGateway.fromAttributes(team, 'edge', { namespace: edge.namespace, hosts: ['other.example.com'] });
    described.addHttpRoute(HOST, { to: answer });
    expect(refusal(() => described.addHttpRoute('other.example.com', { to: answer })).message).toBe([
      'IM1303 at team/edge: edge does not serve other.example.com.',
      '  got      \'other.example.com\'',
      `  allowed  ${HOST}`,
      '  next     add the host to a server, or correct the route',
      '  istio    IST0132',
    ].join('\n'));
  });

  test('at synthesis, where it is made later', () => {
    const root = app();
    const team = chart({ scope: root, id: 'team', namespace: 'team' });
    const described = MeshGateway.fromAttributes(team, 'edge', { namespace: 'edge' });
    ['other.example.com', HOST].forEach(host => described.addHttpRoute(host, { to: answer }));
    new MeshGateway(chart({ scope: root, id: 'edge', namespace: 'edge' }), 'edge', { workload, servers: [http({ routedElsewhere: true, hosts: [HOST] })] });
    expect(messages(root).map(message => message.split('\n')[0])).toEqual(['IM1303 at team/edge: edge does not serve other.example.com.']);
  });

  test('routes of one namespace through both are one VirtualService', () => {
    const { root, home, edge } = scene();
    edge.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/a')], to: answer });
    MeshGateway.fromAttributes(home, 'again', { name: 'edge' }).addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/b')], to: answer });
    expect(findAll(valid(root), 'VirtualService').map(({ metadata }) => metadata.name)).toEqual([`edge.${HOST}`]);
  });
});

describe('refused', () => {
  test('what namespaces could not tell apart', () => {
    const { team, edge } = scene();
    edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/feed')], to: answer });
    const routes = new GatewayRoutes(team, 'routes', { gateway: edge });
    expect(refusal(() => routes.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/feed/a')], to: answer })).code).toBe('IM1401');
  });

  test('two constructs of one namespace that export otherwise', () => {
    const { team, edge } = scene();
    new GatewayRoutes(team, 'one', { gateway: edge, exportTo: ['istio-system'] }).addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/a')], to: answer });
    const other = new GatewayRoutes(team, 'other', { gateway: edge, exportTo: ['*'] });
    expect(refusal(() => other.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/b')], to: answer })).message).toBe([
      `IM1401 at team/other: team/one sets exportTo of the namespaces that see the routes for ${HOST} to another value.`,
      '  got      ["*"], and before ["istio-system"]',
      '  next     keep one of the two',
      '  istio    IST0109',
    ].join('\n'));
  });

  test('a gateway of another cluster', () => {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => new Chart(new MeshCluster(root, id), 'chart', { namespace: 'shop' }));
    const edge = new MeshGateway(a, 'edge', { workload, servers: [http({ routedElsewhere: true, hosts: [HOST] })] });
    expect(refusal(() => new GatewayRoutes(b, 'routes', { gateway: edge })).code).toBe('IM1008');
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'IM0001'],
    ['a name', { gateway: 'edge/edge' }, 'IM0001'],
    ['a chart', { gateway: chart() }, 'IM0001'],
    ['an export to no list', { gateway: scene().edge, exportTo: 'team' }, 'IM0001'],
  ])('%s', (_, props, code) => {
    expect(refusal(() => new GatewayRoutes(chart(), 'routes', props as GatewayRoutesProps)).code).toBe(code);
  });
});

test('a wildcard beside a server takes no routes that the server would not', () => {
  const { team, edge } = scene([
    GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], name: 'a', routesFrom: ['.'], tls: GatewayTls.simple('a') }),
    GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], name: 'all', tls: GatewayTls.simple('all') }),
  ]);
  const routes = new GatewayRoutes(team, 'routes', { gateway: edge });
  expect(refusal(() => routes.addHttpRoute('a.example.com', { to: answer })).message).toBe([
    'IM1345 at team/routes: edge accepts no routes for a.example.com from namespace team.',
    '  got      \'team\'',
    '  allowed  edge',
    '  next     add the namespace to `routesFrom` of the server, or move the routes to an allowed namespace',
  ].join('\n'));
  expect(() => routes.addHttpRoute('b.example.com', { to: answer })).not.toThrow();
});
