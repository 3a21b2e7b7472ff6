// Every mode of ResiliencePolicy. Each port has its own settings, so that one service shows several modes.
import { join } from 'path';
import { Chart, Duration } from 'cdk8s';
import {
  CallMatch, CanarySplit, FaultAbort, FaultRule, GatewayServer, GatewayWorkload, H2UpgradePolicy, HashAlgorithm, HashKey, LoadBalancer,
  LocalityDistribution, MeshApp, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, Production, ResiliencePolicy, Retries,
  RetryOn, RouteMatch, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const strict = { mutualTls: MutualTls.STRICT };
const front = new MeshNamespace(new Chart(app, 'front'), 'front', strict);
const back = new MeshNamespace(new Chart(app, 'back'), 'back', strict);
const { minutes, seconds, millis } = Duration;

const pods = (replicas: number) => MeshVersion.of({ replicas, containers: [{ image: 'example.com/app:1.0.0' }] });
const service = (name: string, ports: MeshPort[], versions: { [name: string]: MeshVersion } = { v1: pods(1) }) =>
  new MeshService(back, name, { ports, versions });
const http = (port: number, purpose?: string) => MeshPort.http(port, purpose === undefined ? {} : { suffix: purpose });

// --- Consistent hash: one key, one pod. --------------------------------------------------------------------------------------------
const sessions = service('sessions', [http(8081, 'cookie'), http(8082, 'parameter'), http(8083, 'address'), MeshPort.tcp(9000)], { v1: pods(3) });
const sticky = (id: string, port: number, key: HashKey, algorithm?: HashAlgorithm) =>
  new ResiliencePolicy(back, id, { target: sessions, ports: [port], loadBalancer: LoadBalancer.consistentHash(key, { algorithm }) });
sticky('by-cookie', 8081, HashKey.cookie('session', { ttl: Duration.hours(1), path: '/' }));
sticky('by-parameter', 8082, HashKey.queryParameter('user'), HashAlgorithm.ringHash(4096));
// For TCP, Istio reads the hash only from the settings of the whole service.
new ResiliencePolicy(back, 'by-address', {
  target: sessions,
  loadBalancer: LoadBalancer.consistentHash(HashKey.sourceIp(), { algorithm: HashAlgorithm.maglev() }),
  connectionPool: { maxConnectionDuration: seconds(2) },
});

// A new pod gets less traffic during warm-up.
const warm = service('warm', [http(8081, 'spared'), http(8082, 'at-once')]);
new ResiliencePolicy(back, 'warm-up', { target: warm, ports: [8081], loadBalancer: LoadBalancer.leastRequest({ warmup: { duration: seconds(30) } }) });

// --- Localities. -------------------------------------------------------------------------------------------------------------------
const zones = ['eu-west-1a', 'eu-west-1b', 'eu-central-1a'];
const places = [http(8081, 'shares'), http(8082, 'labels'), http(8083, 'anywhere'), http(8084, 'zones')];
const catalog = service('catalog', places, Object.fromEntries(zones.map(zone => [zone, pods(1)])));
const counted = { outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: minutes(5) } };
new ResiliencePolicy(back, 'shares', {
  target: catalog,
  ports: [8081],
  ...counted,
  distribute: [LocalityDistribution.of('eu-west/*', { 'eu-west/*': 80, 'eu-central/*': 20 })],
});
new ResiliencePolicy(back, 'labels', { target: catalog, ports: [8082], ...counted, failoverPriority: ['version=eu-west-1b', 'topology.kubernetes.io/region'] });
new ResiliencePolicy(back, 'anywhere', { target: catalog, ports: [8083], ...counted, localityLb: false });
new ResiliencePolicy(back, 'zones', { target: catalog, ports: [8084], zoneAware: {} });

// --- Outlier detection. --------------------------------------------------------------------------------------------------------------
const stock = service('stock', [http(8081, 'gateway-errors'), http(8082, 'panic'), http(8083, 'usual')], { v1: pods(3) });
new ResiliencePolicy(back, 'often', { target: stock, outlierDetection: { baseEjectionTime: minutes(5), maxEjectionPercent: 100 } });
new ResiliencePolicy(back, 'gateway-errors', { target: stock, ports: [8081], outlierDetection: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 } });
new ResiliencePolicy(back, 'panic', { target: stock, ports: [8082], outlierDetection: { minHealthPercent: 50 } });

// One of its two pods receives no packets.
const ghost = service('ghost', [http(8080), MeshPort.tcp(9000)], { v1: pods(2) });
new ResiliencePolicy(back, 'ghost-policy', {
  target: ghost,
  connectionPool: { connectTimeout: millis(700) },
  outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: minutes(5) },
});
new ResiliencePolicy(back, 'ghost-tries', {
  target: ghost, ports: [8080], retries: Retries.none(), outlierDetection: { consecutive5xxErrors: 0, consecutiveLocalOriginFailures: 2 },
});

// --- Connection pool. ----------------------------------------------------------------------------------------------------------------
const ledger = service('ledger', [
  http(8081, 'pending'), http(8082, 'requests'), http(8083, 'idle'), http(8084, 'upgrade'), MeshPort.tcp(9000),
]);
new ResiliencePolicy(back, 'any-port', { target: ledger, connectionPool: { maxConnections: 2, tcpIdleTimeout: seconds(1) } });
new ResiliencePolicy(back, 'pending', { target: ledger, ports: [8081], connectionPool: { http1MaxPendingRequests: 3 } });
new ResiliencePolicy(back, 'one-connection', { target: ledger, ports: [8082], connectionPool: { maxRequestsPerConnection: 2 } });
new ResiliencePolicy(back, 'idle', { target: ledger, ports: [8083], connectionPool: { httpIdleTimeout: millis(500) } });
new ResiliencePolicy(back, 'upgrade', { target: ledger, ports: [8084], connectionPool: { h2UpgradePolicy: H2UpgradePolicy.UPGRADE } });

// --- Retries. ---------------------------------------------------------------------------------------------------------------------------
const quotes = service('quotes', [MeshPort.grpc(50051)]);
new ResiliencePolicy(back, 'quotes-policy', { target: quotes, timeout: seconds(3), retries: Retries.of({ attempts: 3, perTryTimeout: millis(500) }) });
const rates = service('rates', [http(8080)]);
new ResiliencePolicy(back, 'rates-policy', { target: rates, retries: Retries.of({ attempts: 1 }), retryBudget: { percent: 10, minRetryConcurrency: 2 } });

// --- Versions, faults, mirrors; inside the mesh and through a gateway. -----------------------------------------------------------------
const web = new MeshService(front, 'web', { ports: [http(8080)], versions: { v1: pods(1) } });
const shadow = service('shadow', [http(8080)]);
const reviews = service('reviews', [http(8080), http(8081, 'lossy'), http(8082, 'copied')], { v1: pods(1), v2: pods(1) });
web.calls(reviews, { port: 8080 });
new CanarySplit(back, 'canary', { service: reviews, ports: [8080, 8082], traffic: SplitTarget.weights({ v1: 70, v2: 30 }) });
new ResiliencePolicy(back, 'reviews-policy', {
  target: reviews,
  ports: [8080],
  timeout: seconds(1),
  retries: Retries.of({ attempts: 1, retryOn: [RetryOn.GATEWAY_ERROR] }),
  faults: [
    FaultRule.when(CallMatch.header('x-rehearse', StringMatch.exact('down'))).inject({ abort: FaultAbort.httpStatus(503) }),
    FaultRule.when(CallMatch.from(web)).inject({ delay: { fixedDelay: millis(300) } }),
  ],
});
new ResiliencePolicy(back, 'v2-policy', { target: reviews.versionOf('v2'), connectionPool: { http2MaxRequests: 10 } });
new ResiliencePolicy(back, 'lossy', {
  target: reviews,
  ports: [8081],
  faults: [FaultRule.forAllRequests({ delay: { fixedDelay: millis(150), percentage: 10 }, abort: FaultAbort.httpStatus(418, { percentage: 20 }) })],
});
new ResiliencePolicy(back, 'copied', { target: reviews, ports: [8082], mirrors: [{ to: shadow, percentage: 25 }] });

const edge = new MeshGateway(front, 'edge', {
  workload: GatewayWorkload.dedicated({ replicas: 1 }), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
});
const host = 'shop.example.com';
edge.addHttpRoute(host, { to: reviews, port: 8080 });
edge.addHttpRoute(host, { to: reviews, port: 8080, matches: [RouteMatch.pathPrefix('/patient')], timeout: seconds(3), retries: Retries.none() });
edge.addHttpRoute(host, { to: reviews, port: 8080, matches: [RouteMatch.pathPrefix('/busy')], fault: { abort: FaultAbort.httpStatus(429) } });
edge.addHttpRoute(host, { to: reviews.versionOf('v2'), port: 8080, matches: [RouteMatch.pathPrefix('/v2')] });
edge.addHttpRoute(host, { to: reviews, port: 8082, matches: [RouteMatch.pathPrefix('/copied')] });
edge.addHttpRoute(host, { to: reviews, port: 8082, matches: [RouteMatch.pathPrefix('/alone')], mirrors: [] });

Production.mark(front);
app.synth();
