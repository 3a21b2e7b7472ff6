import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, DeploymentStrategy, Node, NodeLabelQuery, NodeTaintQuery, PercentOrAbsolute } from 'cdk8s-plus-28';
import {
  AccessLog, GatewayServer, GatewayWorkload, HelmDelivery, IngressController, IstioInstall, IstioRelease, KubernetesRelease, MeshApp, MeshCluster,
  MeshGateway, MeshNamespace, MeshPort, MeshService, MeshServiceType, MeshSettings, MeshTelemetry, MeshTlsVersion, MeshVersion,
  OutboundTrafficPolicy, PathNormalization, PodSpread, ProxyDrain, ProxyLogLevel, Retries, TracingProvider,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const production = new MeshCluster(app, 'production', { istio: IstioRelease.V1_31, trustDomain: 'prod.example.com' });

const istio = new Chart(production, 'istio');
const collector = MeshService.fromAttributes(new MeshNamespace(istio, 'observability'), 'otel-collector', { ports: [MeshPort.grpc(4317)] });

new MeshSettings(production, 'settings', {
  outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
  dnsCapture: true,
  accessLog: AccessLog.json(),
  tracing: { provider: TracingProvider.openTelemetry('otel', { service: collector }), sampling: 5 },
  defaultHttpRetryPolicy: Retries.of({ attempts: 2 }),
  minProtocolVersion: MeshTlsVersion.TLS_1_3,
  pathNormalization: PathNormalization.MERGE_SLASHES,
  ingressController: IngressController.off(),
  proxy: { holdApplicationUntilProxyStarts: true, drain: ProxyDrain.untilIdle() },
});

const install = new IstioInstall(istio, 'istio', {
  delivery: HelmDelivery.flux({ version: '1.31.0' }),
  cni: { excludeNamespaces: ['kube-system', 'legacy'] }, // pods with sidecars need no privileges
  controlPlane: {
    autoscaling: { minReplicas: 3, maxReplicas: 9 }, // one for each zone, and room for more
    nodes: Node.labeled(NodeLabelQuery.in('topology.kubernetes.io/zone', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'])),
    resources: { cpu: { request: Cpu.millis(500) }, memory: { request: Size.gibibytes(2), limit: Size.gibibytes(4) } },
    priorityClassName: 'system-cluster-critical',
  },
});
install.addGateway('istio-ingressgateway', {
  autoscaling: { minReplicas: 3, maxReplicas: 12, targetCpu: 60 },
  service: MeshServiceType.loadBalancer({ localTrafficOnly: true }),
  preferredNodes: Node.labeled(NodeLabelQuery.exists('example.com/edge')),
  tolerations: [Node.tainted(NodeTaintQuery.exists('example.com/edge'))],
  terminationGracePeriod: Duration.minutes(2),
});
install.addGateway('istio-egressgateway', { service: MeshServiceType.clusterIp() });

// Services behind the gateways.
const chart = new Chart(production, 'shop');
const shop = new MeshNamespace(chart, 'shop');
const frontend = new MeshService(shop, 'frontend', {
  ports: [MeshPort.http(8080)],
  versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/frontend:1.0.0' }], metrics: { port: 9102 } }) },
});
new MeshTelemetry(shop, 'telemetry', { tracing: { sampling: 20, tagsFromHeaders: { user: 'x-user' } } }); // more than the mesh
const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })] });
edge.addHttpRoute('shop.example.com', { to: frontend });

// A second revision beside the running one, installed by Argo CD.
const staging = new MeshCluster(app, 'staging', { trustDomain: 'staging.example.com', rootNamespace: 'istio-control', kubernetes: KubernetesRelease.V1_33 });
const next = new Chart(staging, 'istio');
const tempo = MeshService.fromAttributes(new MeshNamespace(next, 'observability', { labels: { mesh: 'staging' } }), 'tempo', {
  ports: [MeshPort.http(4318), MeshPort.http(9411, { suffix: 'zipkin' })],
});
const zipkin = TracingProvider.zipkin('zipkin', { service: tempo, port: 9411, path: '/api/v2/spans', shortTraceIds: true, maxTagLength: 512 });

new MeshSettings(staging, 'settings', {
  accessLog: AccessLog.text({ format: '[%START_TIME%] %REQ(:METHOD)% %RESPONSE_CODE%' }),
  tracing: {
    provider: TracingProvider.openTelemetry('tempo', {
      service: tempo, port: 4318, httpPath: '/v1/traces', headers: { 'x-scope-orgid': 'mesh' }, environmentResource: true,
    }),
    sampling: 100,
  },
  tracingProviders: [zipkin],
  trustDomainAliases: ['cluster.local'],
  autoMtls: true,
  ingressController: IngressController.ofClass('istio'),
  discoverySelectors: { mesh: 'staging' },
  meshId: 'staging',
  network: 'staging-1',
  proxy: {
    concurrency: 2,
    nativeSidecars: true,
    drain: ProxyDrain.after(Duration.seconds(20)),
    resources: { cpu: { request: Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } },
    logLevel: ProxyLogLevel.INFO,
    proxyMetadata: { ISTIO_META_IDLE_TIMEOUT: '30s' },
  },
  meshConfig: { pathNormalization: { normalization: 'MERGE_SLASHES' } },
});

const revision = new IstioInstall(next, 'istio', {
  delivery: HelmDelivery.argoCd({ version: '1.31.0' }),
  revision: '1-31',
  revisionTags: ['next'],
  base: false, // the running revision has it
  controlPlane: {
    replicas: 2,
    spread: PodSpread.REQUIRED,
    strategy: DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.absolute(1), maxUnavailable: PercentOrAbsolute.absolute(0) }),
    podAnnotations: { 'example.com/team': 'mesh' },
    imageHub: 'registry.example.com/istio',
    distroless: true,
    imagePullSecrets: ['registry'],
    jsonLogs: true,
  },
  values: { pilot: { keepaliveMaxServerConnectionAge: '15m' } },
});
revision.addGateway('istio-edge', {
  namespace: 'edge',
  autoscaling: { minReplicas: 3, maxReplicas: 4, targetMemory: 70 },
  service: MeshServiceType.nodePort(),
  ports: [MeshPort.http2(80, { targetPort: 8080 }), MeshPort.tcp(5432, { suffix: 'postgres' })],
  serviceAnnotations: { 'example.com/zone': 'internal' },
  labels: { edge: 'internal' },
  maxUnavailable: 2,
  minReady: Duration.seconds(10),
  strategy: DeploymentStrategy.rollingUpdate({ maxUnavailable: PercentOrAbsolute.percent(10) }),
  values: { imagePullPolicy: 'Always' },
});

MeshCluster.synthFolders(app);

// The same values for users who run Helm themselves. They are outside of the manifests, because a values file has no kind.
const values = join(app.outdir, 'values');
mkdirSync(values, { recursive: true });
install.charts.forEach(each => writeFileSync(join(values, `${each.release}.yaml`), each.toYaml()));
