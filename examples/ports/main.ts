import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  EgressPort, EgressRoute, GatewayServer, GatewayWorkload, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls,
  StatefulMeshService,
} from 'cdk8s-istio';

// Ports, target ports and server-first protocols.
const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const chart = new Chart(app, 'ports');
const shop = new MeshNamespace(chart, 'shop');

// Clients call port 80 of the Service, or port 8080 of a pod: a headless Service maps no ports.
const store = new StatefulMeshService(shop, 'store', {
  replicas: 2,
  ports: [MeshPort.http(80, { targetPort: 8080 })],
  peerPorts: [MeshPort.tcp(7000, { suffix: 'peer' })],
  containers: [{ image: 'registry.example.com/store:1', securityContext: { user: 1000, group: 1000 } }],
});

// One HTTP/2 port of the application has two Service ports.
const catalogue = new MeshService(shop, 'catalogue', {
  ports: [MeshPort.http2(80, { targetPort: 8080 }), MeshPort.grpc(9000, { targetPort: 8080 })],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/catalogue:1', securityContext: { user: 1000, group: 1000 } }] }) },
});

const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['*.example.com'] })] });
edge.addPodRoutes({ pods: store, port: 8080, host: '{pod}.example.com' });

// During the migration of a namespace, clients without sidecars call it. MySQL is a server-first protocol, so its port accepts only plain text.
const moving = new MeshNamespace(chart, 'moving', { mutualTls: MutualTls.PERMISSIVE });
const orders = new MeshService(moving, 'orders', {
  ports: [MeshPort.mysql(3306, { mutualTls: MutualTls.DISABLE }), MeshPort.http(8080, { suffix: 'metrics' })],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'registry.example.com/orders:1', securityContext: { user: 1000, group: 1000 } }] }) },
});

// A mail relay without a DNS name. Client and server negotiate TLS inside the connection, so it is plain TCP for the mesh.
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
