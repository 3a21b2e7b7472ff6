// Two charts with one namespace, and callers of every form: made, wrapped, described, a version, pods of a stateful service, an alias.
import { join } from 'path';
import { Chart } from 'cdk8s';
import { Service, ServiceAccount, StatefulSet } from 'cdk8s-plus-28';
import {
  EgressPath, EgressPort, EgressRoute, GatewayWorkload, HttpMethod, LeastPrivilege, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService,
  MeshVersion, ServiceAlias, StatefulMeshService,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const image = (name: string) => ({ image: `registry.example.com/shop/${name}:2.1.0` });
const v = (name: string) => MeshVersion.of({ containers: [image(name)] });

// The platform team creates the namespaces and refuses undeclared calls.
const platform = new Chart(app, 'platform');
new MeshNamespace(platform, 'shop');
const sales = new MeshNamespace(platform, 'sales');
new LeastPrivilege(platform, 'least-privilege');

// The shop team refers to its namespace. Its calls count, and callers know that its pods require mutual TLS.
const shop = MeshNamespace.fromExisting(new Chart(app, 'shop'), 'shop');
const cart = new MeshService(shop, 'cart', { ports: [MeshPort.http(8080), MeshPort.tcp(7000)], versions: { v1: v('cart') } });
const writer = new MeshService(shop, 'writer', { ports: [MeshPort.http(8080)], versions: { v1: v('writer') } });
const reader = new MeshService(shop, 'reader', { ports: [MeshPort.http(8080)], versions: { v1: v('reader') } });
const orders = new StatefulMeshService(shop, 'orders', { replicas: 2, ports: [MeshPort.tcp(5432)], containers: [image('orders')] });
const agent = new MeshService(sales, 'agent', { ports: [MeshPort.http(8080)], versions: { v1: v('agent') } });
const basket = new ServiceAlias(sales, 'basket', { target: cart });

// One caller with conditions on requests, and with a plain TCP port.
writer.calls(cart, { port: 8080, methods: [HttpMethod.GET] });
writer.calls(cart, { port: 7000 });
reader.calls(cart, { port: 7000 });
reader.calls(orders);
agent.calls(basket, { port: 8080 });

// A namespace with workloads of other tools. Its services declare egress calls.
const depot = MeshNamespace.fromExisting(new Chart(app, 'depot'), 'depot');
const ledger = MeshService.fromAttributes(depot, 'ledger', { ports: [MeshPort.http(8080)], podLabels: { app: 'ledger' }, serviceAccount: 'ledger' });
const index = StatefulMeshService.fromWorkload(depot, 'index', {
  workload: new StatefulSet(depot, 'StatefulSet', {
    metadata: depot.metadata('index'),
    replicas: 1,
    serviceAccount: new ServiceAccount(depot, 'ServiceAccount', { metadata: depot.metadata('index') }),
    service: new Service(depot, 'Service', { metadata: depot.metadata('index-headless'), clusterIP: 'None', ports: [{ port: 9300 }] }),
    containers: [{ ...image('index'), portNumber: 9300 }],
  }),
  peerPorts: [MeshPort.tcp(9300)],
});
const report = new MeshService(depot, 'report', { ports: [MeshPort.http(8080)], serviceAccountPerVersion: true, versions: { v1: v('report'), v2: v('report') } });

const news = new EgressRoute(depot, 'news', { host: 'news.example.com', ports: [EgressPort.http(80)] });
ledger.calls(news);

const way = new MeshGateway(new MeshNamespace(platform, 'egress'), 'egress', { workload: GatewayWorkload.dedicatedEgress() });
const bank = new EgressRoute(depot, 'bank', { host: 'bank.example.com', ports: [EgressPort.http(80)], via: EgressPath.gateway(way) });
ledger.calls(bank);
index.headless.calls(bank);
report.versionOf('v2').calls(bank);

app.synth();
