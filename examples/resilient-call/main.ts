// A calls B, and B fails: timeouts, retries, a circuit breaker, outlier detection, failover between regions, and fault injection.
import { join } from 'path';
import { Chart, Duration } from 'cdk8s';
import { Deployment, Node, NodeLabelQuery, ServiceAccount } from 'cdk8s-plus-28';
import {
  CallMatch, FaultAbort, FaultRule, HashKey, LoadBalancer, LocalityFailover, MeshApp, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls,
  Production, ResiliencePolicy, Retries, RetryOn, StatefulMeshService, StringMatch,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const strict = { mutualTls: MutualTls.STRICT };
const front = new MeshNamespace(new Chart(app, 'front'), 'front', strict);
const back = new MeshNamespace(new Chart(app, 'back'), 'back', strict);
const ports = [MeshPort.http(8080)];

// An existing Deployment.
const a = new MeshService(front, 'a', {
  ports,
  versions: {
    v1: MeshVersion.fromWorkload(new Deployment(front, 'a-deployment', {
      metadata: front.metadata('a'),
      replicas: 1,
      serviceAccount: new ServiceAccount(front, 'a-account', { metadata: front.metadata('a') }),
      containers: [{ image: 'example.com/a:1.0.0', portNumber: 8080 }],
    })),
  },
});

// One Deployment for each zone.
const zones = ['eu-west-1a', 'eu-central-1a'];
const b = new MeshService(back, 'b', {
  ports,
  versions: Object.fromEntries(zones.map(zone => [zone, MeshVersion.of({ replicas: 2, containers: [{ image: 'example.com/b:1.0.0' }] })])),
});
zones.forEach(zone => b.deploymentOf(zone).scheduling.attract(Node.labeled(NodeLabelQuery.is('topology.kubernetes.io/zone', zone))));

// The next release of B, which gets mirrored requests.
const next = new MeshService(back, 'b-next', { ports, versions: { v2: MeshVersion.of({ containers: [{ image: 'example.com/b:2.0.0' }] }) } });

// Sessions: one user, one pod.
const sessions = new MeshService(back, 'sessions', {
  ports, versions: { v1: MeshVersion.of({ replicas: 3, containers: [{ image: 'example.com/sessions:1.0.0' }] }) },
});

// Pods with names.
const ledger = new StatefulMeshService(back, 'ledger', { replicas: 2, ports, containers: [{ image: 'example.com/ledger:1.0.0' }] });

a.calls(b);
a.calls(sessions);
a.calls(ledger);

Production.mark(back);
new ResiliencePolicy(back, 'b-policy', {
  target: b,
  timeout: Duration.seconds(2),
  retries: Retries.of({ attempts: 3, retryOn: [RetryOn.GATEWAY_ERROR, RetryOn.CONNECT_FAILURE] }),
  connectionPool: { maxConnections: 100, http1MaxPendingRequests: 50, http2MaxRequests: 20 },
  outlierDetection: { consecutive5xxErrors: 5, interval: Duration.seconds(1), baseEjectionTime: Duration.seconds(5) },
  failover: [LocalityFailover.of('eu-west', 'eu-central'), LocalityFailover.of('eu-central', 'eu-west')],
  mirrors: [{ to: next }],
});
new ResiliencePolicy(back, 'b-rehearsal', {
  target: b,
  faults: [FaultRule.when(CallMatch.header('x-rehearse', StringMatch.exact('b-down'))).inject({ abort: FaultAbort.httpStatus(503) })],
});
new ResiliencePolicy(back, 'ledger-policy', {
  target: ledger.headless, timeout: Duration.seconds(2), retries: Retries.of({ attempts: 2, retryOn: [RetryOn.GATEWAY_ERROR] }),
});
new ResiliencePolicy(back, 'sessions-policy', { target: sessions, loadBalancer: LoadBalancer.consistentHash(HashKey.header('x-user')) });

app.synth();
