// Settings of routes and their effect: normalized paths, redirects from unusual ports, external hosts, mirrors, gRPC-Web.
import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  EgressCallers, EgressPort, EgressRoute, GatewayServer, GatewayTls, GatewayWorkload, LeastPrivilege, MeshApp, MeshGateway, MeshNamespace, MeshPort,
  MeshService, MeshVersion, MutualTls, PathRewrite, RouteMatch, RouteTarget, StatefulMeshService, StringMatch,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const only = (image: string) => ({ v1: MeshVersion.of({ containers: [{ image }] }) });

const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop', { mutualTls: MutualTls.STRICT });
const web = new MeshService(shop, 'web', { ports: [MeshPort.http(8080)], versions: only('example.com/web:1') });
const cart = new MeshService(shop, 'cart', { ports: [MeshPort.grpcWeb(9000)], versions: only('example.com/cart:1') });
const store = new StatefulMeshService(shop, 'store', { replicas: 2, ports: [MeshPort.http(8080)], containers: [{ image: 'example.com/store:1' }] });
const partner = new EgressRoute(shop, 'partner', {
  host: 'api.partner.example', ports: [EgressPort.http(80)], callers: EgressCallers.namespaces(['shop']),
});

const HOST = 'shop.example.com';
const edge = new MeshGateway(shop, 'edge', {
  workload: GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } }),
  servers: [
    GatewayServer.http({ hosts: [HOST] }),
    GatewayServer.http({ hosts: [HOST], port: 8081, name: 'other' }),
    GatewayServer.https({ hosts: [HOST], tls: GatewayTls.simple('shop-cert') }),
  ],
});
const marked = (mark: string) => ({ request: { set: { 'x-route': mark } } });

edge.addHttpRoute(HOST, { to: web });
edge.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/k%C3%A4se'), RouteMatch.exactPath('/a%7Cb')], to: web, headers: marked('escaped') });
edge.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/umlaut')], to: web, rewrite: { path: PathRewrite.to('/%C3%A4') } });
edge.addHttpRoute(HOST, {
  matches: [RouteMatch.pathPrefix('/search', { queryParams: { q: StringMatch.exact('a%20b') } })], to: web, headers: marked('query'),
});

// The redirect drops the port of the request, and the gateway trusts the headers of a proxy in front of it.
edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/login')], to: RouteTarget.redirect({ scheme: 'https' }), gatewayPort: 8081 });
edge.addHttpRoute(HOST, {
  matches: [RouteMatch.pathPrefix('/account', { headers: { 'x-forwarded-proto': StringMatch.exact('http') } })],
  to: RouteTarget.redirect({ scheme: 'https' }),
  gatewayPort: 80,
});

// A request to an external host carries the name of the host, also as a weighted target.
edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/partner')], to: partner });
edge.addHttpRoute(HOST, {
  matches: [RouteMatch.pathPrefix('/shared')], to: RouteTarget.weighted([{ to: partner, weight: 50 }, { to: web, weight: 50 }]),
});

// A gateway can mirror requests to one pod by its name.
edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/copied')], to: web, mirrors: [{ to: store.pod(0) }] });

edge.addGrpcRoute(HOST, { service: 'shop.v1.Cart', to: cart, corsPolicy: { allowOrigins: [StringMatch.exact('https://www.example.com')] } });

const archive = new MeshNamespace(new Chart(app, 'archive'), 'archive', { mutualTls: MutualTls.STRICT });
const files = new MeshService(archive, 'files', { ports: [MeshPort.http(8080)], versions: only('example.com/files:1') });
const reader = new MeshService(archive, 'reader', { ports: [MeshPort.http(8080)], versions: only('example.com/reader:1') });
reader.calls(files, { paths: ['/files/{**}/raw', '/k%C3%A4se'] });
new LeastPrivilege(archive, 'least-privilege');

app.synth();
