import { join } from 'path';
import { Chart, Size } from 'cdk8s';
import { ConfigMap, Volume } from 'cdk8s-plus-28';
import {
  GatewayServer, GatewayTls, GatewayWorkload, MeshApp, MeshCluster, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls,
  PodHosts, RemotePods, RemoteTls, StatefulMeshService,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const THANOS = 'quay.io/thanos/thanos:v0.39.2';

/** Prometheus with Thanos' sidecar in one cluster. Each pod has its own host on the ingress gateway. */
function monitoringOf(name: string) {
  const chart = new Chart(new MeshCluster(app, name), 'monitoring');
  const namespace = new MeshNamespace(chart, 'monitoring', { mutualTls: MutualTls.STRICT });
  const file = `global: { external_labels: { cluster: ${name}, replica: "\${HOSTNAME}" } }\n`;
  const config = new ConfigMap(namespace, 'config', { metadata: namespace.metadata('prometheus'), data: { 'prometheus.yml': file } });
  const prometheus = new StatefulMeshService(namespace, 'prometheus', {
    replicas: 3,
    ports: [MeshPort.http(9090, { suffix: 'web', container: 'prometheus' }), MeshPort.grpc(10901, { suffix: 'store', container: 'thanos' })],
    securityContext: { user: 1000, group: 1000, fsGroup: 1000 },
    containers: [{
      name: 'prometheus',
      image: 'quay.io/prometheus/prometheus:v3.5.0',
      args: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
      volumeMounts: [{ path: '/etc/prometheus', volume: Volume.fromConfigMap(namespace, 'volume-config', config) }],
    }, {
      name: 'thanos',
      image: THANOS,
      args: ['sidecar', '--prometheus.url=http://127.0.0.1:9090', '--grpc-address=0.0.0.0:10901'],
    }],
    volumeClaims: { data: { size: Size.gibibytes(50), mountPath: '/prometheus', container: 'prometheus' } },
  });
  const host = `${name}-{pod}.example.com`;
  const { hosts } = PodHosts.of(prometheus, host);
  const edge = new MeshGateway(namespace, 'prometheus-gateway', {
    workload: GatewayWorkload.ingress(),
    servers: [GatewayServer.http({ hosts }), GatewayServer.https({ hosts, tls: GatewayTls.simple(`${name}-edge-cert`) })],
  });
  edge.addPodRoutes({ pods: prometheus, host, gatewayPort: 80, port: 9090 });
  edge.addPodRoutes({ pods: prometheus, host, gatewayPort: 443, port: 10901 });
  return { namespace, prometheus, host };
}

const a = monitoringOf('cluster-a');
const b = monitoringOf('cluster-b');

const remote = new RemotePods(b.namespace, 'cluster-a-prometheus', {
  hosts: PodHosts.of(a.prometheus, a.host),
  port: MeshPort.grpc(10901, { targetPort: 443 }),
  tls: RemoteTls.simple(),
});
const stores = [...b.prometheus.pods.map(pod => pod.host), ...remote.hosts].map(host => `--endpoint=${host}:10901`);
const args = ['query', '--http-address=0.0.0.0:10902', '--grpc-address=0.0.0.0:10903', ...stores];
const querier = new MeshService(b.namespace, 'thanos-querier', {
  ports: [MeshPort.http(10902)],
  versions: { v1: MeshVersion.of({ containers: [{ image: THANOS, args, securityContext: { user: 1000 } }] }) },
});
querier.calls(b.prometheus.headless, { port: 10901 });

MeshCluster.synthFolders(app);
