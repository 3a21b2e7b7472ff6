import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  CanarySplit, EgressPath, EgressPort, EgressRoute, Enforcement, GatewayServer, GatewayWorkload, LeastPrivilege, MeshApp, MeshCluster, MeshGateway,
  MeshNamespace, MeshPort, MeshService, MeshVersion, SplitTarget, StatefulMeshService,
} from 'cdk8s-istio';

// The initial mesh, and the mesh after each of several changes. The folder of a change has only the charts that change. `requests.yaml` applies
// their objects one by one, in the order of the file, while requests run.

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const app1 = { image: 'registry.example.com/app:1.0.0' };
const version = () => MeshVersion.of({ containers: [app1] });

function service(namespace: MeshNamespace, name: string, versions: string[] = ['v1']): MeshService {
  return new MeshService(namespace, name, { ports: [MeshPort.http(8080)], versions: Object.fromEntries(versions.map(each => [each, version()])) });
}

/** A namespace in its own chart, with a service that calls. */
function team(cluster: MeshCluster, name: string): { namespace: MeshNamespace; web: MeshService } {
  const namespace = new MeshNamespace(new Chart(cluster, name), name);
  return { namespace, web: service(namespace, 'web') };
}

/** Access control: first AUDIT, then ENFORCE; or ENFORCE at once. */
function restricted(cluster: MeshCluster, name: string, enforcement?: Enforcement): void {
  const { namespace, web } = team(cluster, name);
  const cart = service(namespace, 'cart');
  const stock = service(namespace, 'stock');
  web.calls(cart);
  cart.calls(stock);
  if (enforcement) {
    new LeastPrivilege(namespace, 'strict', { enforcement, networkPolicies: enforcement === Enforcement.ENFORCE });
  }
}

/** An external host: first direct egress, then egress through a gateway of another namespace. */
function outside(cluster: MeshCluster, byGateway: boolean): void {
  const border = new MeshNamespace(new Chart(cluster, 'border'), 'border');
  const egress = new MeshGateway(border, 'way-out', { workload: GatewayWorkload.dedicatedEgress() });
  const { namespace, web } = team(cluster, 'ways');
  new EgressRoute(namespace, 'archive', { host: 'archive.example.org', ports: [EgressPort.http(80)], via: EgressPath.gateway(egress) });
  const via = byGateway ? EgressPath.gateway(egress) : EgressPath.direct();
  [
    new EgressRoute(namespace, 'news', { host: 'news.example.org', ports: [EgressPort.http(80)], via }),
    new EgressRoute(namespace, 'bank', { host: 'bank.example.net', ports: [EgressPort.originateTls({ port: 80 })], via }),
  ].forEach(route => web.calls(route));
}

/** An egress route that is first open to its namespace, and then only to declared callers. */
function declared(cluster: MeshCluster, declares: boolean): void {
  const { namespace, web } = team(cluster, 'first');
  const news = new EgressRoute(namespace, 'papers', { host: 'papers.example.org', ports: [EgressPort.http(80)] });
  if (declares) {
    web.calls(news);
  }
}

/** A service with a new version, and with one version removed. */
function canary(cluster: MeshCluster, versions: string[], weights: { [version: string]: number }): void {
  const { namespace, web } = team(cluster, 'canary');
  const cart = service(namespace, 'cart', versions);
  web.calls(cart);
  new CanarySplit(namespace, 'cart-split', { service: cart, traffic: SplitTarget.weights(weights) });
}

/** A stateful service whose later pods get a share. */
function pods(cluster: MeshCluster, replicas: number): void {
  const { namespace, web } = team(cluster, 'pods');
  const db = new StatefulMeshService(namespace, 'db', { replicas, ports: [MeshPort.http(8080)], containers: [app1] });
  web.calls(db);
  new CanarySplit(namespace, 'db-split', { service: db, traffic: SplitTarget.partition(db, { from: 1, weight: 60 }) });
}

/** A gateway whose chart sorts before the chart of its target. */
function edge(cluster: MeshCluster, release: boolean): void {
  const entry = new MeshNamespace(new Chart(cluster, 'entry'), 'entry');
  const { namespace } = team(cluster, 'shop');
  const cart = service(namespace, 'cart', release ? ['v1', 'v2'] : ['v1']);
  const gateway = new MeshGateway(entry, 'door', {
    workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
  });
  gateway.addHttpRoute('shop.example.com', { to: release ? cart.versionOf('v2') : cart });
}

const before = new MeshCluster(app, 'before');
restricted(before, 'noted', Enforcement.AUDIT);
restricted(before, 'open');
outside(before, false);
declared(before, false);
canary(before, ['v1'], { v1: 100 });
pods(before, 3);
edge(before, false);

restricted(new MeshCluster(app, 'enforced'), 'noted', Enforcement.ENFORCE);
restricted(new MeshCluster(app, 'at-once'), 'open', Enforcement.ENFORCE);
outside(new MeshCluster(app, 'by-gateway'), true);
declared(new MeshCluster(app, 'declared'), true);
canary(new MeshCluster(app, 'second-version'), ['v1', 'v2'], { v1: 50, v2: 50 });
canary(new MeshCluster(app, 'second-version-alone'), ['v1', 'v2'], { v1: 0, v2: 100 });
canary(new MeshCluster(app, 'first-version-gone'), ['v2'], { v2: 100 });
pods(new MeshCluster(app, 'fourth-pod'), 4);
edge(new MeshCluster(app, 'released'), true);

MeshCluster.synthFolders(app);
