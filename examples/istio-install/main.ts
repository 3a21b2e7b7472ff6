import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import {
  AccessLog, GatewayServer, GatewayWorkload, HelmDelivery, IngressController, IstioInstall, IstioRelease, MeshCluster, MeshGateway, MeshNamespace, MeshPort,
  MeshService, MeshServiceType, MeshSettings, MeshTlsVersion, MeshVersion, OutboundTraffic, ProxyDrain, Replicas, TracingProvider,
} from 'cdk8s-istio';

const app = new App({ outdir: join(__dirname, 'manifests') });
const production = new MeshCluster(app, 'production', { istio: IstioRelease.V1_31, trustDomain: 'prod.example.com' });

const istio = new Chart(production, 'istio');
const collector = MeshService.fromAttributes(new MeshNamespace(istio, 'observability'), 'otel-collector', { ports: [MeshPort.grpc(4317)] });

new MeshSettings(production, 'settings', {
  outbound: OutboundTraffic.DECLARED_ONLY,
  dnsCapture: true,
  accessLog: AccessLog.json(),
  tracing: { provider: TracingProvider.openTelemetry('otel', { service: collector }), sampling: 5 },
  minTlsVersion: MeshTlsVersion.TLS_1_3,
  ingressController: IngressController.off(),
  proxy: { holdApplicationUntilProxyStarts: true, drain: ProxyDrain.whenIdle(Duration.seconds(5)) },
});

const install = new IstioInstall(istio, 'istio', {
  delivery: HelmDelivery.flux({ version: '1.31.0' }),
  controlPlane: {
    replicas: Replicas.autoscaled({ min: 3, max: 9 }), // one for each zone, and room for more
    resources: { cpu: { request: Cpu.millis(500) }, memory: { request: Size.gibibytes(2), limit: Size.gibibytes(4) } },
    priorityClassName: 'system-cluster-critical',
  },
});
install.addGateway('istio-ingressgateway', {
  replicas: Replicas.autoscaled({ min: 3, max: 12 }),
  type: MeshServiceType.loadBalancer({ localTrafficOnly: true }),
  tolerations: [{ key: 'example.com/edge' }],
  terminationGracePeriod: Duration.minutes(2),
});
install.addGateway('istio-egressgateway', { type: MeshServiceType.clusterIp() });

// What goes through it.
const chart = new Chart(production, 'shop');
const shop = new MeshNamespace(chart, 'shop');
const frontend = new MeshService(shop, 'frontend', {
  ports: [MeshPort.http(8080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/frontend:1.0.0' }] }) },
});
const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })] });
edge.addHttpRoute('shop.example.com', { to: frontend });

MeshCluster.synthFolders(app);

// The same values for whoever runs Helm by himself: beside the manifests, since a file without a kind is none.
const values = join(app.outdir, 'values');
mkdirSync(values, { recursive: true });
install.charts.forEach(each => writeFileSync(join(values, `${each.release}.yaml`), each.toYaml()));
