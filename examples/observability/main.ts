// Istio's addons behind HTTPS: each has its own host, and all use one existing certificate.
import { join } from 'path';
import { Chart } from 'cdk8s';
import { AcmeSolver, GatewayServer, GatewayTls, GatewayWorkload, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService } from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const istioSystem = MeshNamespace.fromExisting(new Chart(app, 'istio-system'), 'istio-system');

// Their own charts deploy them and set no mutual TLS mode.
const addon = (name: string, port: number) => MeshService.fromAttributes(istioSystem, name, { ports: [MeshPort.http(port)] });
const kiali = addon('kiali', 20001);
const prometheus = addon('prometheus', 9090);
const tracing = addon('tracing', 80);

const telemetry = new MeshGateway(istioSystem, 'telemetry-gateway', {
  workload: GatewayWorkload.ingress(),
  servers: [GatewayServer.https({
    hosts: ['kiali.example.com', 'prometheus.example.com', 'jaeger.example.com'],
    tls: GatewayTls.simple('telemetry-gw-cert', { dnsNames: ['*.example.com'] }),
    httpsRedirect: true,
    acmeSolver: AcmeSolver.service(addon('acme-solver', 8089)),
  })],
});
telemetry.addHttpRoute('kiali.example.com', { to: kiali });
telemetry.addHttpRoute('prometheus.example.com', { to: prometheus });
telemetry.addHttpRoute('jaeger.example.com', { to: tracing });

app.synth();
