// An external host without a DNS name. One namespace reaches it through the egress gateway, and reaches no other external host.
import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  EgressPath, EgressPort, EgressRoute, GatewayWorkload, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion,
  OutboundTrafficPolicy,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const istioSystem = MeshNamespace.fromExisting(new Chart(app, 'istio-system'), 'istio-system');
const mynamespace = new MeshNamespace(new Chart(app, 'mynamespace'), 'mynamespace', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });

const egress = new MeshGateway(istioSystem, 'istio-egressgateway', { workload: GatewayWorkload.egress() });
const myapp = new EgressRoute(mynamespace, 'myapp', {
  host: 'myapp.local',
  ports: [EgressPort.http(80, { targetPort: 4154 })],
  endpoints: ['192.168.0.163'],
  via: EgressPath.gateway(egress),
});

// The client declares its call, so the gateway allows it and its sidecar resolves the name.
const client = new MeshService(mynamespace, 'client', {
  ports: [MeshPort.http(8080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/client:1' }] }) },
});
client.calls(myapp);

app.synth();
