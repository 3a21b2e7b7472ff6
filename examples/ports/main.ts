import { join } from 'path';
import { App, Chart } from 'cdk8s';
import {
  EgressPort, EgressRoute, GatewayServer, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls,
  StatefulMeshService,
} from 'cdk8s-istio';

// What is dialled at a port, and who speaks first there.
const app = new App({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'ports');
const shop = new MeshNamespace(chart, 'shop');

// Clients dial port 80 of the Service, and port 8080 of a pod: nothing maps the port of a pod.
const store = new StatefulMeshService(shop, 'store', {
  replicas: 2,
  ports: [MeshPort.http(80, { targetPort: 8080 })],
  peerPorts: [MeshPort.tcp(7000, { suffix: 'peer' })],
  containers: [{ image: 'registry.example.com/store:1', securityContext: { user: 1000, group: 1000 } }],
});

// The application of one port speaks HTTP/2 to all, by two numbers.
const catalogue = new MeshService(shop, 'catalogue', {
  ports: [MeshPort.http2(80, { targetPort: 8080 }), MeshPort.grpc(9000, { targetPort: 8080 })],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/catalogue:1', securityContext: { user: 1000, group: 1000 } }] }) },
});

const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['*.example.com'] })] });
edge.addPodRoutes({ pods: store, port: 8080, host: '{pod}.example.com' });

// While a namespace moves into the mesh, clients without sidecars call it. Servers of MySQL speak first: their port takes plain text alone.
const moving = new MeshNamespace(chart, 'moving', { mutualTls: MutualTls.PERMISSIVE });
const orders = new MeshService(moving, 'orders', {
  ports: [MeshPort.mysql(3306, { mutualTls: MutualTls.DISABLE }), MeshPort.http(8080, { suffix: 'metrics' })],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/orders:1', securityContext: { user: 1000, group: 1000 } }] }) },
});

// A relay for mail that no DNS knows. TLS begins inside the connection, after both sides have agreed to it: to the mesh it is plain TCP.
const relay = new EgressRoute(shop, 'relay', { host: 'relay.corp.example.net', ports: [EgressPort.tcp(587)], addresses: ['203.0.113.25'] });

const web = new MeshService(shop, 'web', {
  ports: [MeshPort.http(8080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/web:1', securityContext: { user: 1000, group: 1000 } }] }) },
});
web.calls(store);
web.calls(store.headless, { port: 8080 });
web.calls(catalogue);
web.calls(orders, { port: 3306 });
web.calls(relay);

app.synth();
