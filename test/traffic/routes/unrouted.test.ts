import { Chart } from 'cdk8s';
import { app, messages, refusal, version } from '../../helpers/build';
import { option } from '../../helpers/option';
import {
  AcmeSolver, DelegatedRoutes, GatewayRoutes, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, MeshService,
  RouteTarget,
} from 'cdk8s-istio';

const tls = GatewayTls.simple('cert');
const A = 'a.example.com';

/** A gateway with servers, and what tests lead to. */
function scene(...servers: GatewayServer[]) {
  const chart = new Chart(app(), 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  const team = new MeshNamespace(chart, 'team');
  const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers });
  const ports = [MeshPort.http(8080), MeshPort.tcp(9000), MeshPort.tls(8443)];
  const web = new MeshService(shop, 'web', { ports, versions: { v1: version() } });
  return { chart, shop, team, edge, web, to: { to: web, port: 8080 } };
}

type Scene = ReturnType<typeof scene>;
const codes = ({ chart }: Scene) => messages(chart).map(text => text.slice(0, 6));

test('a host without a route is refused, with its server and port', () => {
  const { chart, edge, to } = scene(GatewayServer.https({ hosts: [A, 'b.example.com', '*.example.org'], tls, httpsRedirect: true }));
  edge.addHttpRoute(A, to);
  expect(messages(chart)).toEqual([[
    'IM1393 at chart/shop/edge: server https-443 serves b.example.com, *.example.org at port 443, and no route is for them.',
    '  got      ["b.example.com","*.example.org"]',
    '  next     add a route for the host, or remove the host; if another App or repository has its routes, set `routedElsewhere: true` on the server',
  ].join('\n')]);
});

const SERVERS: [string, GatewayServer][] = [
  ['HTTP', GatewayServer.http({ hosts: [A] })],
  ['gRPC', GatewayServer.grpc({ hosts: [A] })],
  ['a redirect alone', GatewayServer.https({ hosts: [A], tls, httpsRedirect: true })],
  ['a redirect beside challenges', GatewayServer.https({ hosts: [A], tls, httpsRedirect: true, acmeSolver: AcmeSolver.ingress() })],
  ['TLS', GatewayServer.tls({ hosts: [A], port: 9443, tls })],
  ['passthrough', GatewayServer.passthrough({ hosts: [A] })],
  ['TCP', GatewayServer.tcp({ port: 9000 })],
  ['routes of the own namespace', GatewayServer.http({ hosts: [A], routesFrom: ['.'] })],
  ['routes of the own namespace by its name', GatewayServer.http({ hosts: [A], routesFrom: ['shop'] })],
];
test.each(SERVERS)('%s without a route is refused', (_, server) => {
  expect(codes(scene(server))).toEqual(['IM1393']);
});

const http = (hosts: string[], more = {}) => GatewayServer.http({ hosts, ...more });
const ROUTED: [string, GatewayServer[], (made: Scene) => void][] = [
  ['a route of the gateway', [http([A])], ({ edge, to }) => edge.addHttpRoute(A, to)],
  ['a route of each of two ports', [http([A]), GatewayServer.https({ hosts: [A], tls })], ({ edge, to }) => edge.addHttpRoute(A, to)],
  ['a route below a wildcard', [http(['*.example.com'])], ({ edge, to }) => edge.addHttpRoute(A, to)],
  ['a route of a wildcard', [http([A, '*.example.com'])], ({ edge, to }) => edge.addHttpRoute('*.example.com', to)],
  ['an answer', [http([A])], ({ edge }) => edge.addHttpRoute(A, { to: RouteTarget.directResponse(404) })],
  ['routes of a team', [http([A])], ({ team, edge, to }) => new GatewayRoutes(team, 'routes', { gateway: edge }).addHttpRoute(A, to)],
  ['delegated routes', [http([A])], ({ team, edge, to }) => {
    const routes = new DelegatedRoutes(team, 'routes');
    routes.addHttpRoute(to);
    edge.addHttpRoute(A, { to: routes });
  }],
  ['routes of a described gateway', [http([A])], ({ team, to }) => MeshGateway.fromAttributes(team, 'far', { name: 'edge', namespace: 'shop' }).addHttpRoute(A, to)],
  ['a route of passthrough', [GatewayServer.passthrough({ hosts: [A] })], ({ edge, web }) => edge.addTlsRoute(A, { to: web, port: 8443 })],
  ['a route of connections', [GatewayServer.tcp({ port: 9000 })], ({ edge, web }) => edge.addTcpRoute({ gatewayPort: 9000, to: web, port: 9000 })],
  ['a route of TLS for every host', [GatewayServer.tls({ hosts: [A], port: 9443, tls })], ({ edge, web }) => edge.addTcpRoute({ gatewayPort: 9443, host: A, to: web, port: 9000 })],
  ['nothing, where the server finds services by itself', [GatewayServer.autoPassthrough({ hosts: ['*.local'] })], () => undefined],
  ['whatever another namespace routes', [http([A], { routesFrom: ['.', 'elsewhere'] })], () => undefined],
];
test.each(ROUTED)('%s is enough', (_, servers, route) => {
  const made = scene(...servers);
  route(made);
  expect(codes(made)).toEqual([]);
});

test('a route of one port does not affect another', () => {
  const { chart, edge, to } = scene(http([A]), GatewayServer.https({ hosts: [A], tls }));
  edge.addHttpRoute(A, { ...to, gatewayPort: 443 });
  expect(messages(chart)[0].split('\n')[0]).toBe('IM1393 at chart/shop/edge: server http-80 serves a.example.com at port 80, and no route is for them.');
});

const elsewhere = { routedElsewhere: true };
option('HttpServerOptions.routedElsewhere', 'takes hosts whose routes come from elsewhere', () => {
  expect(codes(scene(GatewayServer.http({ hosts: [A], ...elsewhere })))).toEqual([]);
});
option('HttpsServerOptions.routedElsewhere', 'takes hosts whose routes come from elsewhere', () => {
  expect(codes(scene(GatewayServer.https({ hosts: [A], tls, ...elsewhere })))).toEqual([]);
});
option('TlsServerOptions.routedElsewhere', 'takes hosts whose routes come from elsewhere', () => {
  expect(codes(scene(GatewayServer.tls({ hosts: [A], port: 9443, tls, ...elsewhere })))).toEqual([]);
});
option('PassthroughServerOptions.routedElsewhere', 'takes hosts whose routes come from elsewhere', () => {
  expect(codes(scene(GatewayServer.passthrough({ hosts: [A], ...elsewhere })))).toEqual([]);
});
option('TcpServerOptions.routedElsewhere', 'takes a port whose routes come from elsewhere', () => {
  expect(codes(scene(GatewayServer.tcp({ port: 9000, ...elsewhere })))).toEqual([]);
});
option('AutoPassthroughServerOptions.routedElsewhere', 'is refused: the server takes no routes', () => {
  expect(refusal(() => GatewayServer.autoPassthrough({ hosts: ['*.local'], ...elsewhere })).message).toBe([
    'IM1345 at GatewayServer.autoPassthrough(): the server takes the service from SNI, and accepts no routes.',
    '  got      true',
    '  next     drop `routedElsewhere`',
  ].join('\n'));
});

test('routedElsewhere of a server: is whether routes come from elsewhere', () => {
  expect([http([A]), http([A], elsewhere)].map(server => server.routedElsewhere)).toEqual([false, true]);
});
