// Every egress mode, in one namespace that reaches only declared hosts.
import { join } from 'path';
import { Chart, Duration } from 'cdk8s';
import {
  CallMatch, EgressNetworkPolicy, EgressPath, EgressPort, EgressRoute, FaultAbort, FaultRule, GatewayWorkload, LocalityFailover, MeshApp,
  MeshGateway, MeshNamespace, MeshPort, MeshProtocol, MeshService, MeshVersion, OutboundTrafficPolicy, PodHosts, RemotePods, RemoteTls,
  ResiliencePolicy, Retries, StringMatch, WildcardResolution,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const istioSystem = MeshNamespace.fromExisting(new Chart(app, 'istio-system'), 'istio-system');
const payments = new MeshNamespace(new Chart(app, 'payments'), 'payments', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
const locked = new MeshNamespace(new Chart(app, 'locked'), 'locked', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });

const version = MeshVersion.of({ containers: [{ image: 'example.com/app:1' }] });
const service = (namespace: MeshNamespace, name: string) =>
  new MeshService(namespace, name, { ports: [MeshPort.http(8080)], versions: { v1: version } });
const checkout = service(payments, 'checkout');
service(payments, 'reports');
const audit = service(locked, 'audit');
service(locked, 'other');

// Direct, from the sidecar to the external host.
new EgressRoute(payments, 'stripe', { host: 'api.stripe.example', ports: [EgressPort.https(443)] });
new EgressRoute(payments, 'db', { host: 'db.example.org', ports: [EgressPort.tcp(5432)], addresses: ['203.0.113.40'] });
new EgressRoute(payments, 'warehouse', { host: 'warehouse.example.org', ports: [EgressPort.tcp(5432)], addresses: ['203.0.113.44/30'] });
new EgressRoute(payments, 'cdn', { host: '*.cdn.example.com', ports: [EgressPort.https(443)] });
new EgressRoute(payments, 'partners', {
  host: '*.partners.example.com',
  ports: [EgressPort.http(8080), EgressPort.tls(443), EgressPort.originateTls({ port: 80 })],
  wildcardResolution: WildcardResolution.DYNAMIC_DNS,
});
const news = new EgressRoute(payments, 'news', {
  host: 'news.example.org',
  ports: [EgressPort.http(80), EgressPort.originateTls({ port: 8080 }), EgressPort.https(443), EgressPort.grpc(50051)],
});
new ResiliencePolicy(payments, 'news-in-time', { target: news, ports: [80, 8080, 50051], timeout: Duration.seconds(1) });
const regions = new EgressRoute(payments, 'regions', {
  host: 'regions.example.org',
  ports: [EgressPort.http(80)],
  localities: { 'eu-west/eu-west-1': ['203.0.113.61'], 'us-east/us-east-1': ['203.0.113.62'] },
  inDns: true,
});
new ResiliencePolicy(payments, 'regions-that-fail', {
  target: regions,
  connectionPool: { maxConnections: 100 },
  outlierDetection: { consecutive5xxErrors: 1, interval: Duration.seconds(1), maxEjectionPercent: 100 },
});

// The bank requires a client certificate. Only the sidecar of checkout has it.
const bank = new EgressRoute(payments, 'bank', {
  host: 'bank.example.net', ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank-client') })],
});
checkout.calls(bank);

// Through the egress gateway, which identifies the callers.
const egress = new MeshGateway(istioSystem, 'egress', { workload: GatewayWorkload.egress() });
const via = EgressPath.gateway(egress);
new EgressRoute(payments, 'crm', { host: 'crm.example.org', ports: [EgressPort.originateTls({ port: 80 }), EgressPort.https(443)], via });
new EgressRoute(payments, 'wiki', { host: '*.wiki.example', ports: [EgressPort.https(443)], endpoints: ['www.wiki.example'], inDns: true, via });
const vault = new EgressRoute(locked, 'vault', {
  host: 'vault.example.net',
  ports: [EgressPort.https(8200), EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('vault-client') })],
  via,
});
const ledger = new EgressRoute(locked, 'ledger', {
  host: 'ledger.example.net',
  addresses: ['203.0.113.74'],
  ports: [
    EgressPort.http(80), EgressPort.http(8080), EgressPort.grpc(50051), EgressPort.tcp(5432),
    EgressPort.originateTls({ port: 6379, targetPort: 6380, protocol: MeshProtocol.TCP }),
    EgressPort.originateTls({ port: 50052, targetPort: 8443, protocol: MeshProtocol.GRPC }),
  ],
  via,
});
audit.calls(vault);
audit.calls(ledger);
new ResiliencePolicy(locked, 'ledger-tries', {
  target: ledger, ports: [80, 8080, 50051, 50052], timeout: Duration.seconds(2), retries: Retries.of({ attempts: 2 }),
});
new ResiliencePolicy(locked, 'ledger-rehearsal', {
  target: ledger,
  ports: [80],
  faults: [FaultRule.when(CallMatch.header('x-rehearse', StringMatch.exact('ledger-down'))).inject({ abort: FaultAbort.httpStatus(503) })],
});

// Hosts outside DNS, two of them with plain TCP on one port: the sidecars of the namespace assign addresses. Through a gateway of the team.
const queues = new MeshNamespace(new Chart(app, 'queues'), 'queues', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, dnsCapture: true });
const worker = service(queues, 'worker');
service(queues, 'idler');
new EgressRoute(queues, 'one', { host: 'one.queue.internal', ports: [EgressPort.tcp(5672)], endpoints: ['203.0.113.81'] });
new EgressRoute(queues, 'two', { host: 'two.queue.internal', ports: [EgressPort.tcp(5672)], endpoints: ['two.example.org'] });
const own = new MeshGateway(queues, 'way-out', { workload: GatewayWorkload.dedicatedEgress() });
new EgressRoute(queues, 'three', {
  host: 'three.queue.internal', ports: [EgressPort.tcp(5672), EgressPort.http(15672)], endpoints: ['203.0.113.83'], via: EgressPath.gateway(own),
});
// The gateway applies localities, connection limits and outlier detection.
const mirrors = new EgressRoute(queues, 'mirrors', {
  host: 'mirrors.example.org',
  ports: [EgressPort.http(80)],
  localities: { 'eu-west/eu-west-1': ['203.0.113.91'], 'us-east/us-east-1': ['203.0.113.92'] },
  inDns: true,
  via: EgressPath.gateway(own),
});
new ResiliencePolicy(queues, 'mirrors-that-fail', {
  target: mirrors,
  retries: Retries.none(),
  connectionPool: { http2MaxRequests: 5 },
  outlierDetection: { consecutive5xxErrors: 2, interval: Duration.seconds(1), baseEjectionTime: Duration.seconds(30) },
  failover: [LocalityFailover.of('us-east', 'eu-west')],
});

// HTTP of wildcard hosts, one of them at an unusual port: the gateway resolves the host of each request.
const domain = (id: string, port: number) => new EgressRoute(queues, id, {
  host: `*.${id}.example`, ports: [EgressPort.http(port)], wildcardResolution: WildcardResolution.DYNAMIC_DNS, via: EgressPath.gateway(own),
});
worker.calls(domain('branches', 80));
worker.calls(domain('depots', 8080));

// Pods of another cluster, through the gateway.
new RemotePods(queues, 'far', {
  hosts: PodHosts.template('store-{ordinal}.far.example.com', 2), port: MeshPort.grpc(10901, { targetPort: 443 }), tls: RemoteTls.simple(), via,
});

// The network allows egress of the namespace only through the gateway.
new EgressNetworkPolicy(locked, 'no-way-around');

app.synth();
