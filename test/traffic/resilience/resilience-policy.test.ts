import { Chart, Duration } from 'cdk8s';
import { app, chart, find, findAll, KubeObject, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { Policy, policyFor } from '../../helpers/policy';
import { valid } from '../../helpers/valid';
import {
  CallMatch, CanarySplit, FaultAbort, FaultRule, HashKey, LoadBalancer, LocalityDistribution, LocalityFailover, MeshNamespace, MeshPort,
  MutualTls, Production, ResiliencePolicy, Retries, RetryOn, SplitRule, SplitTarget, StatefulMeshService, StringMatch,
} from 'cdk8s-istio';

const HOST = 'reviews.shop.svc.cluster.local';
const REST = { route: [{ destination: { host: HOST } }] };
const BOTH = [MeshPort.http(8080), MeshPort.grpc(9090)];
const MIXED = [MeshPort.http(8080), MeshPort.tcp(9000)];
const rehearsal = CallMatch.header('x-rehearse', StringMatch.exact('b-down'));
const down = { abort: FaultAbort.httpStatus(503) };

/** The objects of a service with these policies, in namespace shop. */
function policies(all: Policy[], ports = [MeshPort.http(8080)], root = chart()): KubeObject[] {
  const reviews = service(root, 'reviews', { ports });
  new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.version('v1'), ports: [ports[0].port] });
  all.forEach((policy, i) => new ResiliencePolicy(root, `policy-${i + 1}`, policyFor(reviews, policy)));
  return valid(root);
}

/** The VirtualService of a service that is not split. */
function http(policy: Policy, ports = [MeshPort.http(8080)]): unknown {
  const root = chart();
  new ResiliencePolicy(root, 'policy', policyFor(service(root, 'reviews', { ports }), policy));
  return find(valid(root), 'VirtualService', 'reviews').spec.http;
}

const rule = (...args: Parameters<typeof policies>) => find(policies(...args), 'DestinationRule', 'reviews').spec;
const trafficPolicy = (policy: Policy, ports?: MeshPort[]) => rule([policy], ports).trafficPolicy;

option('ResiliencePolicy.constructor', 'a full chart: a split, a version and a port with settings of their own, faults, copies, mutual TLS', () => {
  const root = new Chart(app(), 'chart');
  const shop = new MeshNamespace(root, 'shop', { mutualTls: MutualTls.STRICT });
  const web = service(shop, 'web');
  const shadow = service(shop, 'shadow');
  const reviews = service(shop, 'reviews', { ports: BOTH });
  new CanarySplit(shop, 'split', {
    service: reviews, rules: [SplitRule.when(CallMatch.from(web)).to('v2')], traffic: SplitTarget.weights({ v1: 90, v2: 10 }),
  });
  new ResiliencePolicy(shop, 'all', {
    target: reviews,
    timeout: Duration.seconds(2),
    retries: Retries.of({
      attempts: 3, perTryTimeout: Duration.millis(500), retryOn: [RetryOn.CONNECT_FAILURE, RetryOn.GATEWAY_ERROR, RetryOn.DEADLINE_EXCEEDED],
    }),
    connectionPool: { maxConnections: 100, http1MaxPendingRequests: 50 },
    outlierDetection: { consecutive5xxErrors: 5, interval: Duration.seconds(10), baseEjectionTime: Duration.seconds(30) },
    failover: [LocalityFailover.of('eu-west', 'eu-central')],
  });
  new ResiliencePolicy(shop, 'grpc', { target: reviews, ports: [9090], timeout: Duration.seconds(10), connectionPool: { maxConnections: 10 } });
  new ResiliencePolicy(shop, 'v2', { target: reviews.versionOf('v2'), connectionPool: { http1MaxPendingRequests: 5 } });
  new ResiliencePolicy(shop, 'rehearsal', { target: reviews, ports: [8080], faults: [FaultRule.when(rehearsal).inject(down)], mirrors: [{ to: shadow }] });
  expect(valid(root)).toMatchSnapshot();
});

option('ResiliencePolicyProps.target', 'is the host, in the namespace of the service, wherever the policy stands', () => {
  const root = app();
  const [here, there] = ['here', 'there'].map(id => chart({ scope: root, id, namespace: id }));
  const reviews = service(here);
  expect(new ResiliencePolicy(there, 'policy', { target: reviews, timeout: Duration.seconds(1) }).target).toBe(reviews);
  expect(find(valid(root), 'VirtualService', 'reviews')).toMatchObject({
    metadata: { name: 'reviews', namespace: 'here' }, spec: { hosts: ['reviews.here.svc.cluster.local'], http: [{ timeout: '1s' }] },
  });
  expect(valid(there)).toEqual([]);
});

option('ResiliencePolicyProps.timeout', 'is the timeout of the route, without a split and with one', () => {
  expect(http({ timeout: Duration.seconds(2) })).toEqual([{ ...REST, timeout: '2s' }]);
  expect(find(policies([{ timeout: Duration.millis(1500) }]), 'VirtualService', 'reviews').spec.http)
    .toEqual([{ route: [{ destination: { host: HOST, subset: 'v1' } }], timeout: '1500ms' }]);
});

option('ResiliencePolicyProps.retries', 'are the retries of the route', () => {
  expect(http({ retries: Retries.of({ attempts: 2, retryOn: [RetryOn.RESET] }) })).toEqual([{ ...REST, retries: { attempts: 2, retryOn: 'reset' } }]);
});

option('ResiliencePolicyProps.ports', 'are the only ports that it is for; a port that has settings has all of them', () => {
  expect(http({ timeout: Duration.seconds(2), ports: [9090] }, BOTH)).toEqual([{ match: [{ port: 9090 }], ...REST, timeout: '2s' }]);
  expect(rule([
    {
      connectionPool: { maxConnections: 100, connectTimeout: Duration.seconds(1) },
      loadBalancer: LoadBalancer.random(),
      outlierDetection: { maxEjectionPercent: 50 },
    },
    { ports: [9000], connectionPool: { maxConnections: 5 } },
  ], MIXED).trafficPolicy).toEqual({
    connectionPool: { tcp: { maxConnections: 100, connectTimeout: '1s' } },
    loadBalancer: { simple: 'RANDOM' },
    outlierDetection: { maxEjectionPercent: 50 },
    portLevelSettings: [{
      port: { number: 9000 },
      connectionPool: { tcp: { maxConnections: 5, connectTimeout: '1s' } },
      loadBalancer: { simple: 'RANDOM' },
      outlierDetection: { maxEjectionPercent: 50 },
    }],
  });
});

test('a version is the only one that the policy is for; a block that has a setting has all of them, at every port', () => {
  const { subsets, trafficPolicy: all } = rule([
    { connectionPool: { maxConnections: 100 }, outlierDetection: { maxEjectionPercent: 50 } },
    { ports: [9000], connectionPool: { connectTimeout: Duration.seconds(1) } },
    { version: 'v1', connectionPool: { tcpKeepalive: { probes: 5 } } },
  ], MIXED);
  const pool = { maxConnections: 100, tcpKeepalive: { probes: 5 } };
  expect(subsets).toEqual([
    {
      name: 'v1',
      labels: { version: 'v1' },
      trafficPolicy: {
        connectionPool: { tcp: pool },
        portLevelSettings: [{
          port: { number: 9000 }, connectionPool: { tcp: { ...pool, connectTimeout: '1s' } }, outlierDetection: { maxEjectionPercent: 50 },
        }],
      },
    },
    { name: 'v2', labels: { version: 'v2' } },
  ]);
  expect(all.portLevelSettings[0].connectionPool).toEqual({ tcp: { maxConnections: 100, connectTimeout: '1s' } });
});

test('the settings of a version override those of a port, and both override those of the service', () => {
  const { subsets, trafficPolicy: all } = rule([
    { connectionPool: { maxConnections: 1 } }, { ports: [8080], connectionPool: { maxConnections: 2 } }, { version: 'v1', connectionPool: { maxConnections: 3 } },
    { version: 'v1', ports: [8080], connectionPool: { maxConnections: 4 } },
  ]);
  const limit = (policy: { connectionPool: { tcp: { maxConnections: number } } }) => policy.connectionPool.tcp.maxConnections;
  expect([all, all.portLevelSettings[0], subsets[0].trafficPolicy, subsets[0].trafficPolicy.portLevelSettings[0]].map(limit)).toEqual([1, 2, 3, 4]);
});

test('mutual TLS is repeated for a port that has settings', () => {
  const root = new Chart(app(), 'chart');
  const shop = new MeshNamespace(root, 'shop', { mutualTls: MutualTls.STRICT });
  new ResiliencePolicy(shop, 'policy', { target: service(shop), ports: [8080], connectionPool: { maxConnections: 1 } });
  const tls = { mode: 'ISTIO_MUTUAL' };
  expect(find(valid(root), 'DestinationRule', 'reviews').spec.trafficPolicy)
    .toEqual({ tls, portLevelSettings: [{ port: { number: 8080 }, tls, connectionPool: { tcp: { maxConnections: 1 } } }] });
});

option('ResiliencePolicyProps.connectionPool', 'are the connection pool', () =>
  expect(trafficPolicy({ connectionPool: { maxConnections: 100, http1MaxPendingRequests: 50 } }))
    .toEqual({ connectionPool: { tcp: { maxConnections: 100 }, http: { http1MaxPendingRequests: 50 } } }));
option('ResiliencePolicyProps.outlierDetection', 'is the outlier detection; what it leaves out is Envoy\'s, but for half of the pods that may be ejected', () => {
  expect(trafficPolicy({ outlierDetection: { consecutive5xxErrors: 7 } }))
    .toEqual({ outlierDetection: { maxEjectionPercent: 50, consecutive5xxErrors: 7 } });
  expect(trafficPolicy({ outlierDetection: {} })).toEqual({ outlierDetection: { maxEjectionPercent: 50, consecutive5xxErrors: 5 } });
});
option('ResiliencePolicyProps.loadBalancer', 'is the load balancer', () =>
  expect(trafficPolicy({ loadBalancer: LoadBalancer.roundRobin() })).toEqual({ loadBalancer: { simple: 'ROUND_ROBIN' } }));
option('ResiliencePolicyProps.retryBudget', 'is the retry budget', () =>
  expect(trafficPolicy({ retryBudget: {} })).toEqual({ retryBudget: { percent: 20 } }));

const outlierDetection = { consecutive5xxErrors: 3 };
option('ResiliencePolicyProps.failover', 'is failover, by which all endpoints of a locality may be ejected', () => {
  const failover = [LocalityFailover.of('eu-west', 'eu-central')];
  const written = { localityLbSetting: { enabled: true, failover: [{ from: 'eu-west', to: 'eu-central' }] } };
  expect(trafficPolicy({ failover, outlierDetection }))
    .toEqual({ loadBalancer: written, outlierDetection: { maxEjectionPercent: 100, consecutive5xxErrors: 3 } });
  expect(trafficPolicy({ failover, outlierDetection: { maxEjectionPercent: 50 }, loadBalancer: LoadBalancer.random() }))
    .toEqual({ loadBalancer: { simple: 'RANDOM', ...written }, outlierDetection: { maxEjectionPercent: 50 } });
});
test('so has failover of one version, where ejection is set for all of them', () => {
  const detection = { consecutive5xxErrors: 2 };
  expect(rule([{ outlierDetection: detection }, { version: 'v1', failover: [LocalityFailover.of('eu-west', 'eu-central')] }])).toMatchObject({
    subsets: [{ name: 'v1', trafficPolicy: { outlierDetection: { ...detection, maxEjectionPercent: 100 } } }, { name: 'v2' }],
    trafficPolicy: { outlierDetection: detection },
  });
});

test('a detection that leaves the counts to Envoy leaves them to other policies as well', () =>
  expect(rule([{ outlierDetection: {} }, { outlierDetection: { consecutive5xxErrors: 3 } }]).trafficPolicy.outlierDetection)
    .toEqual({ consecutive5xxErrors: 3, maxEjectionPercent: 50 }));

describe('a hash for one port is found by routes that name the port', () => {
  const hash = { loadBalancer: LoadBalancer.consistentHash(HashKey.header('x-user')) };
  const two = [MeshPort.http(8080), MeshPort.http(9090, { suffix: 'other' })];
  const ends = (all: Policy[], version?: string): unknown => find(policies(all.map(policy => ({ version, ...policy })), two), 'VirtualService', 'reviews')
    .spec.http.map(({ match, route }: { match: { port: number }[]; route: { destination: { port?: { number: number } } }[] }) =>
      [match.map(({ port }) => port), route.map(({ destination }) => destination.port?.number)]);
  test('of the split', () => expect(ends([{ ports: [8080], ...hash }])).toEqual([[[8080], [8080]]]));
  test('of one version', () => expect(ends([{ ports: [8080], ...hash }], 'v1')).toEqual([[[8080], [8080]]]));
  test('of settings for requests', () =>
    expect(ends([{ ports: [9090], ...hash }, { timeout: Duration.seconds(1) }])).toEqual([[[8080], [undefined]], [[9090], [9090]]]));
  test('and by others where it is for all ports', () => expect(ends([hash])).toEqual([[[8080], [undefined]]]));
});

test('the outlier detection of failover may be another policy\'s', () => {
  expect(rule([{ failover: [LocalityFailover.of('a', 'b')], ports: [8080] }, { outlierDetection }]).trafficPolicy).toMatchObject({
    outlierDetection: { consecutive5xxErrors: 3 }, portLevelSettings: [{ outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 } }],
  });
});
option('ResiliencePolicyProps.failoverPriority', 'are the labels by which pods are preferred', () =>
  expect(trafficPolicy({ failoverPriority: ['topology.istio.io/network', 'tier=gold'], outlierDetection }).loadBalancer)
    .toEqual({ localityLbSetting: { enabled: true, failoverPriority: ['topology.istio.io/network', 'tier=gold'] } }));
option('ResiliencePolicyProps.distribute', 'are shares by locality', () =>
  expect(trafficPolicy({ distribute: [LocalityDistribution.of('eu-west/*', { 'eu-west/eu-west-1b': 20, 'eu-west/eu-west-1a': 80 })] }))
    .toEqual({ loadBalancer: { localityLbSetting: { enabled: true, distribute: [{ from: 'eu-west/*', to: { 'eu-west/eu-west-1a': 80, 'eu-west/eu-west-1b': 20 } }] } } }));
test('shares for callers of any locality come last, since the first is taken', () =>
  expect(trafficPolicy({ distribute: [LocalityDistribution.of('*', { b: 100 }), LocalityDistribution.of('a', { a: 100 })] }).loadBalancer.localityLbSetting.distribute)
    .toEqual([{ from: 'a', to: { a: 100 } }, { from: '*', to: { b: 100 } }]));

option('ResiliencePolicyProps.localityLb', 'is whether localities make a difference', () =>
  expect(trafficPolicy({ localityLb: false, outlierDetection }).loadBalancer).toEqual({ localityLbSetting: { enabled: false } }));
option('ResiliencePolicyProps.zoneAware', 'is Envoy\'s own balancing between zones, with failover between regions', () => {
  expect(trafficPolicy({ zoneAware: { minClusterSize: 3 }, failover: [LocalityFailover.of('a', 'b')], outlierDetection }).loadBalancer)
    .toEqual({ zoneAwareLbSetting: { enabled: true, minClusterSize: 3, failover: [{ from: 'a', to: 'b' }] } });
});

option('ResiliencePolicyProps.faults', 'are routes in the order written, each with all that the split says', () => {
  const root = chart();
  const [reviews, web] = [service(root, 'reviews'), service(root, 'web')];
  new CanarySplit(root, 'split', { service: reviews, rules: [SplitRule.when(CallMatch.fromVersion(web, 'v2')).to('v2')], traffic: SplitTarget.version('v1') });
  new ResiliencePolicy(root, 'policy', {
    target: reviews,
    timeout: Duration.seconds(2),
    faults: [
      FaultRule.when(CallMatch.from(web)).inject({ delay: { fixedDelay: Duration.seconds(1), percentage: 5 } }),
      FaultRule.forAllRequests({ abort: FaultAbort.httpStatus(500, { percentage: 0.1 }) }),
    ],
  });
  const to = (subset: string) => ({ route: [{ destination: { host: HOST, subset } }], timeout: '2s' });
  const abort = { abort: { httpStatus: 500, percentage: { value: 0.1 } } };
  const delay = { delay: { fixedDelay: '1s', percentage: { value: 5 } } };
  const from = (labels: object) => [{ sourceLabels: { app: 'web', ...labels }, sourceNamespace: 'shop' }];
  expect(find(valid(root), 'VirtualService', 'reviews').spec.http).toEqual([
    { match: from({ version: 'v2' }), ...to('v2'), fault: delay },
    { match: from({}), ...to('v1'), fault: delay },
    { match: from({ version: 'v2' }), ...to('v2'), fault: abort },
    { ...to('v1'), fault: abort },
  ]);
});

test('a fault for one caller and the rule of a split for another have no call in common', () => {
  const root = chart();
  const [reviews, web, api] = ['reviews', 'web', 'api'].map(id => service(root, id));
  new CanarySplit(root, 'split', { service: reviews, rules: [SplitRule.when(CallMatch.from(api)).to('v2')], traffic: SplitTarget.version('v1') });
  new ResiliencePolicy(root, 'policy', { target: reviews, faults: [FaultRule.when(CallMatch.from(web)).inject(down)] });
  const routes: { match?: { sourceLabels: { app: string } }[]; fault?: object }[] = find(valid(root), 'VirtualService', 'reviews').spec.http;
  expect(routes.map(({ match, fault }) => [match?.map(({ sourceLabels }) => sourceLabels.app), fault !== undefined]))
    .toEqual([[['web'], true], [['api'], false], [undefined, false]]);
});

option('FaultRule.when', 'is a fault for some calls', () =>
  expect(http({ faults: [FaultRule.when(rehearsal).inject(down)] })).toEqual([
    { match: [{ headers: { 'x-rehearse': { exact: 'b-down' } } }], ...REST, fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } },
    REST,
  ]));
option('FaultCondition.inject', 'is what happens to them', () =>
  expect(http({ faults: [FaultRule.when(rehearsal).inject({ delay: { fixedDelay: Duration.seconds(3) } })] }))
    .toMatchObject([{ fault: { delay: { fixedDelay: '3s', percentage: { value: 100 } } } }, REST]));
option('FaultRule.forAllRequests', 'is a fault for a share of all calls', () =>
  expect(http({ faults: [FaultRule.forAllRequests({ abort: FaultAbort.httpStatus(503, { percentage: 1 }) })] }))
    .toEqual([{ ...REST, fault: { abort: { httpStatus: 503, percentage: { value: 1 } } } }]));

option('ResiliencePolicyProps.mirrors', 'are copies for another service', () => {
  const root = chart();
  const mirrors = [{ to: service(root, 'shadow').versionOf('v1'), percentage: 10 }];
  new ResiliencePolicy(root, 'policy', { target: service(root), mirrors });
  expect(find(valid(root), 'VirtualService', 'reviews').spec.http).toEqual([{
    ...REST, mirrors: [{ destination: { host: 'shadow.shop.svc.cluster.local', subset: 'v1', port: { number: 8080 } }, percentage: { value: 10 } }],
  }]);
});

option('Production.mark', 'refuses faults for everyone below it, and takes those for a header', () => {
  const everyone = [FaultRule.forAllRequests({ abort: FaultAbort.httpStatus(503, { percentage: 1 }) })];
  const message = [
    'IM1643 at chart/policy: fault 1 applies to all calls, but chart is marked as production.',
    '  got      \'reviews.shop.svc.cluster.local\'',
    '  next     limit it to a header or to named callers: FaultRule.when(…)',
  ].join('\n');
  const root = chart();
  Production.mark(root);
  const reviews = service(root);
  expect(refusal(() => new ResiliencePolicy(root, 'policy', { target: reviews, faults: everyone })).message).toBe(message);
  new ResiliencePolicy(root, 'rehearsal', { target: reviews, faults: [FaultRule.when(rehearsal).inject(down)] });
  expect(findAll(valid(root), 'VirtualService')).toHaveLength(1);
  const late = chart();
  new ResiliencePolicy(late, 'policy', { target: service(late), faults: everyone });
  Production.mark(late);
  expect(messages(late)).toEqual([message]);
  expect(refusal(() => Production.mark({} as Chart)).code).toBe('IM0001');
});

describe('a headless Service has limits of its own, which a policy replaces', () => {
  const connections = (...all: Policy[]) => {
    const root = chart();
    const store = new StatefulMeshService(root, 'store', { replicas: 2, ports: [MeshPort.http(80), MeshPort.grpc(90)], containers: [{ image: 'example.com/app:1' }] });
    all.forEach((policy, i) => new ResiliencePolicy(root, `policy-${i}`, { target: store.headless, ...policy }));
    return find(valid(root), 'DestinationRule', 'store-headless').spec.trafficPolicy;
  };
  const keepalive = { time: '30s', interval: '10s', probes: 3 };

  test('setting by setting', () => {
    expect(connections({ connectionPool: { connectTimeout: Duration.seconds(5), maxConnections: 3 } }).connectionPool)
      .toEqual({ tcp: { connectTimeout: '5s', maxConnections: 3, tcpKeepalive: keepalive }, http: { idleTimeout: '60s' } });
    expect(connections({ connectionPool: { tcpKeepalive: { time: Duration.seconds(9) }, httpIdleTimeout: Duration.seconds(7) } }).connectionPool)
      .toEqual({ tcp: { connectTimeout: '2s', tcpKeepalive: { time: '9s' } }, http: { idleTimeout: '7s' } });
  });

  test('for one port, where the others keep them', () => {
    expect(connections({ ports: [80], connectionPool: { connectTimeout: Duration.seconds(5) } })).toMatchObject({
      connectionPool: { tcp: { connectTimeout: '2s' } },
      portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { connectTimeout: '5s', tcpKeepalive: keepalive }, http: { idleTimeout: '60s' } } }],
    });
  });

  test('two policies that say different things contradict each other, and not the library', () => {
    const two = [5, 6].map(seconds => ({ connectionPool: { connectTimeout: Duration.seconds(seconds) } }));
    expect(refusal(() => connections(...two)).message).toContain('IM1401 at chart/policy-1: chart/policy-0 sets connectionPool.tcp.connectTimeout of the policy of store-headless.shop.svc.cluster.local to another value');
  });
});

test('the order of policies changes no byte, nor does where they stand', () => {
  const all: Policy[] = [
    { timeout: Duration.seconds(1) }, { connectionPool: { maxConnections: 3 }, ports: [8080] }, { outlierDetection }, { version: 'v1', loadBalancer: LoadBalancer.random() },
  ];
  expect(JSON.stringify(policies(all.slice(1), MIXED))).toBe(JSON.stringify(policies(all.slice(1).reverse(), MIXED)));
  expect(JSON.stringify(policies(all))).toBe(JSON.stringify(policies([...all].reverse())));
});

test('pods that are called by name have the policy of their headless Service', () => {
  const root = chart();
  const store = new StatefulMeshService(root, 'store', { replicas: 2, ports: [MeshPort.http(8080)], containers: [{ image: 'example.com/app:1' }] });
  const retries = Retries.of({ attempts: 2, retryOn: [RetryOn.GATEWAY_ERROR] });
  new ResiliencePolicy(root, 'policy', { target: store.headless, timeout: Duration.seconds(2), retries });
  const host = 'store-headless.shop.svc.cluster.local';
  expect(find(valid(root), 'VirtualService', 'store-headless').spec).toEqual({
    hosts: [host, `*.${host}`],
    http: [{ timeout: '2s', retries: { attempts: 2, retryOn: 'gateway-error' }, route: [{ destination: { host } }] }],
  });
});
