// Every kind of match and target once, to test each of them with the real Envoy.
import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, HttpMethod, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion,
  RouteMatch, RouteTarget, ServiceAlias, SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop');
const office = new MeshNamespace(new Chart(app, 'office'), 'office');

const version = MeshVersion.of({ containers: [{ image: 'example.com/app:1' }] });
const versions = { v1: version, v2: version };
const web = new MeshService(shop, 'web', { ports: [MeshPort.http(8080)], versions });
const report = new MeshService(office, 'report', { ports: [MeshPort.http(8080)], versions: { v1: version } });

// Rules in their order: by caller and header, only by header, by the version of the caller. Port 8081 keeps its default.
const cart = new MeshService(shop, 'cart', {
  ports: [MeshPort.http(8080), MeshPort.http(8081, { suffix: 'admin' }), MeshPort.grpc(5000, { targetPort: 5001 })],
  versions,
});
new CanarySplit(shop, 'cart-canary', {
  service: cart,
  ports: [8080, 5000],
  rules: [
    SplitRule.when(CallMatch.allOf(CallMatch.from(web), CallMatch.header('x-canary', StringMatch.exact('yes')))).to('v2'),
    SplitRule.when(CallMatch.header('x-beta', StringMatch.present())).to('v2'),
    SplitRule.when(CallMatch.fromVersion(web, 'v2')).to('v2'),
  ],
  traffic: SplitTarget.weights({ v1: 100, v2: 0 }),
});
new ServiceAlias(office, 'basket', { target: cart });

// On TCP a rule can match only the caller.
const store = new MeshService(shop, 'store', { ports: [MeshPort.tcp(9000), MeshPort.mongo(27017)], versions });
new CanarySplit(shop, 'store-canary', {
  service: store,
  rules: [SplitRule.when(CallMatch.fromVersion(web, 'v2')).to('v2')],
  traffic: SplitTarget.version('v1'),
});

const edge = new MeshGateway(shop, 'edge', {
  workload: GatewayWorkload.ingress(),
  servers: [GatewayServer.http({ hosts: ['shop.example.com', '*.api.example.com'] })],
});
// The widest match is first on purpose: the library sorts the narrowest match first.
edge.addHttpRoute('shop.example.com', { to: cart, port: 8080 });
edge.addHttpRoute('shop.example.com', { to: cart.versionOf('v2'), port: 8081, matches: [RouteMatch.exactPath('/admin')] });
edge.addHttpRoute('shop.example.com', {
  to: RouteTarget.directResponse(418, { body: 'tea' }),
  matches: [RouteMatch.pathRegex('/tea/[0-9]+', { method: HttpMethod.GET })],
});
edge.addHttpRoute('shop.example.com', {
  to: RouteTarget.redirect({ host: 'old.example.com', path: '/new', status: 308 }),
  matches: [RouteMatch.anyPath({ headers: { 'x-old': StringMatch.present() } })],
});
edge.addHttpRoute('shop.example.com', {
  to: report,
  matches: [RouteMatch.pathPrefix('/report', {
    queryParams: { year: StringMatch.prefix('20') }, withoutHeaders: { 'x-draft': StringMatch.exact('1') },
  })],
});
edge.addGrpcRoute('*.api.example.com', { to: cart, service: 'shop.Cart', port: 5000 });

app.synth();
