import { Duration, App, Chart } from 'cdk8s';
import { chart, messages, refusal, service } from '../../helpers/build';
import { Policy, policyFor } from '../../helpers/policy';
import {
  CallMatch, CanarySplit, FaultAbort, FaultRule, GrpcStatus, H2UpgradePolicy, HashAlgorithm, HashKey, IstioRelease, LoadBalancer,
  LocalityDistribution, LocalityFailover, MeshCluster, MeshNamespace, MeshPort, ResiliencePolicy, Retries, RetryOn,
  SidecarInjection, SplitTarget, StatefulMeshService, StringMatch,
} from 'cdk8s-istio';

const second = Duration.seconds(1);
const rehearsal = CallMatch.header('x-rehearse', StringMatch.exact('b-down'));
const down = { abort: FaultAbort.httpStatus(503) };
const failover = [LocalityFailover.of('eu-west', 'eu-central')];

/** The refusals of these policies of a service: those of the constructor, else those at synthesis. */
function said(all: Policy[], ports = [MeshPort.http(8080)], root = chart()): string {
  const reviews = service(root, 'reviews', { ports });
  try {
    all.forEach((policy, i) => new ResiliencePolicy(root, `policy-${i + 1}`, policyFor(reviews, policy)));
  } catch (e) {
    return (e as Error).message;
  }
  return messages(root).join('\n\n');
}
const mixed = [MeshPort.http(8080), MeshPort.tcp(9000)];

test.each<[string, Policy[], string, MeshPort[]?]>([
  ['failover without outlier detection', [{ failover }], [
    'IM1635 at chart/policy-1: reviews has no outlier detection, so failover never happens.',
    '  got      {"localityLbSetting":{"enabled":true,"failover":[{"from":"eu-west","to":"eu-central"}]}}',
    '  next     add `outlierDetection`',
  ].join('\n')],
  ['two policies that contradict each other on a route', [{ timeout: second }, { timeout: Duration.seconds(2) }], [
    'IM1401 at chart/policy-2: chart/policy-1 sets timeout of the requests for reviews.shop.svc.cluster.local to another value.',
    '  got      "2s", and before "1s"',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n')],
  ['two policies that contradict each other on a limit', [{ connectionPool: { maxConnections: 1 } }, { connectionPool: { maxConnections: 2, http1MaxPendingRequests: 1 } }], [
    'IM1401 at chart/policy-2: chart/policy-1 sets connectionPool.tcp.maxConnections of the policy of reviews.shop.svc.cluster.local to another value.',
    '  got      2, and before 1',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n')],
  ['two policies that contradict each other at a port', [{ ports: [8080], loadBalancer: LoadBalancer.random() }, { ports: [8080], loadBalancer: LoadBalancer.roundRobin() }], [
    'IM1401 at chart/policy-2: chart/policy-1 sets loadBalancer of the policy of reviews.shop.svc.cluster.local at port 8080 to another value.',
    '  got      {"simple":"ROUND_ROBIN"}, and before {"simple":"RANDOM"}',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n')],
  ['two policies with faults', [{ faults: [FaultRule.when(rehearsal).inject(down)] }, { faults: [FaultRule.when(rehearsal).inject(down)] }], [
    'IM1401 at chart/policy-2: chart/policy-1 sets faults of the requests for reviews.shop.svc.cluster.local to another value.',
    '  got      "set by chart/policy-2", and before "set by chart/policy-1"',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n')],
  ['attempts that cannot fit the timeout', [{ timeout: second, retries: Retries.of({ attempts: 3, perTryTimeout: second }) }], [
    'IM1333 at chart/policy-1: the request and its 3 retries can take 4000ms, but the timeout is 1s.',
    '  got      {"timeout":"1s","attempts":3,"perTryTimeout":"1s","retryOn":"gateway-error,connect-failure,refused-stream,unavailable,cancelled,deadline-exceeded"}',
    '  allowed  a timeout of 4000ms or more',
    '  next     increase the timeout, or use fewer or shorter attempts',
  ].join('\n')],
  ['HTTP retries on a TCP port', [{ retries: Retries.none() }], [
    'IM1518 at chart/policy-1: port 9000 (tcp) is not HTTP: it has no requests to inspect.',
    '  got      ["retries"]',
    '  allowed  on this port: TCP settings of connectionPool, outlierDetection, loadBalancer and localities',
    '  next     list the HTTP ports in `ports`, or drop the setting',
  ].join('\n'), mixed],
  ['a hash on a header for TCP', [{ ports: [9000], loadBalancer: LoadBalancer.consistentHash(HashKey.header('x-user')) }], [
    'IM1518 at chart/policy-1: port 9000 (tcp) is not HTTP: it has no requests to hash.',
    '  got      ["loadBalancer"]',
    '  allowed  on this port: TCP settings of connectionPool, outlierDetection, loadBalancer and localities',
    '  next     list the HTTP ports in `ports`, or drop the setting',
  ].join('\n'), mixed],
  ['a port that there is not', [{ ports: [81], timeout: second }], [
    'IM1111 at chart/policy-1: reviews has no port 81 that callers\' sidecars handle.',
    '  got      [81]',
    '  allowed  8080 (http)',
    '  next     use a port of the service',
    '  istio    IST0101',
  ].join('\n')],
  ['nothing', [{}], 'IM1632 at chart/policy-1: the policy has no settings.\n  got      []\n  next     add a setting, or remove the policy'],
  ['a list of nothing', [{ timeout: second, faults: [] }], 'IM1632 at chart/policy-1: `faults` is empty.\n  got      []\n  next     add a setting, or remove the policy'],
  ['a timeout of one version', [{ version: 'v1', timeout: second }], [
    'IM1642 at chart/policy-1: timeout: sidecars of callers apply it before they choose a version.',
    '  got      \'v1\'',
    '  allowed  connectionPool, outlierDetection, loadBalancer and localities',
    '  next     write it for the service, or remove the setting',
  ].join('\n')],
  ['a version that nothing leads to', [{ version: 'v1', connectionPool: { maxConnections: 1 } }], [
    'IM1637 at chart/policy-1: no route leads to version v1 of reviews.',
    '  got      \'v1\'',
    '  next     route to the version by a CanarySplit or a route, or write the policy for the service',
  ].join('\n')],
  ['a retry budget beside settings of a port', [{ retryBudget: {} }, { ports: [8080], connectionPool: { maxConnections: 1 } }], [
    'IM1639 at chart/policy-1: port 8080 of reviews has settings of its own, and Istio takes no retry budget for a port.',
    '  got      8080',
    '  next     write the settings for the whole service, or remove the budget',
  ].join('\n')],
  ['streams of HTTP/2 on a port that does not speak it', [{ connectionPool: { maxConcurrentStreams: 5 } }], [
    'IM1634 at chart/policy-1: port 8080 (http) does not use HTTP/2.',
    '  got      \'maxConcurrentStreams\'',
    '  next     declare the port as HTTP/2, set `h2UpgradePolicy: H2UpgradePolicy.UPGRADE`, or remove the setting',
  ].join('\n')],
  ['errors of a gateway that come too late', [{ outlierDetection: { consecutiveGatewayErrors: 5 } }], [
    'IM1636 at chart/policy-1: an endpoint is ejected after 5 failures of any kind, so it never reaches 5 gateway failures.',
    '  got      {"consecutive5xxErrors":5,"consecutiveGatewayErrors":5}',
    '  allowed  consecutiveGatewayErrors below 5, or consecutive5xxErrors: 0',
    '  next     correct the counts',
  ].join('\n')],
  ['failover and distribution', [{ failover, distribute: [LocalityDistribution.of('*', { a: 100 })], outlierDetection: {} }], [
    'IM1641 at chart/policy-1: these locality settings exclude each other.',
    '  got      ["failover","distribute"]',
    '  allowed  `failover` with or without `failoverPriority`, also with `zoneAware`; or `distribute`; or `localityLb: false`',
    '  next     keep one of the two',
  ].join('\n')],
  ['a hash of TCP connections for one port', [{ ports: [9000], loadBalancer: LoadBalancer.consistentHash(HashKey.sourceIp()) }], [
    'IM1660 at chart/policy-1: port 9000 (tcp) is not HTTP: Istio ignores loadBalancer for some ports or one version.',
    '  got      {"ports":[9000]}',
    '  next     write it in a policy for the whole service, without `ports`',
  ].join('\n'), mixed],
  ['a retry budget beside a limit of retries, by two', [{ connectionPool: { maxRetries: 3 } }, { retryBudget: { percent: 10 } }], [
    'IM1661 at chart/policy-1: a retry budget and `maxRetries` exclude each other; the other is set by chart/policy-2.',
    '  got      {"connectionPool.http.maxRetries":3,"retryBudget":{"percent":10}}',
    '  next     keep one of the two',
  ].join('\n')],
  ['zones beside a hash', [{ zoneAware: {}, loadBalancer: LoadBalancer.consistentHash(HashKey.sourceIp()) }], [
    'IM1661 at chart/policy-1: a consistent hash chooses among the pods of all zones, so zone aware load balancing has no effect.',
    '  got      {"locality":{"zoneAwareLbSetting":{"enabled":true}},"loadBalancer":{"consistentHash":{"useSourceIp":true,"ringHash":{"minimumRingSize":1024}}}}',
    '  next     keep one of the two',
  ].join('\n')],
  ['an upgrade by one and the clients\' protocol by another', [
    { connectionPool: { useClientProtocol: true } }, { ports: [8080], connectionPool: { h2UpgradePolicy: H2UpgradePolicy.UPGRADE } },
  ], [
    'IM1633 at chart/policy-2: `useClientProtocol` and `h2UpgradePolicy: UPGRADE` exclude each other; the other is set by chart/policy-1.',
    '  got      {"connectionPool.http.h2UpgradePolicy":"UPGRADE","connectionPool.http.useClientProtocol":true}',
    '  next     correct the setting, or remove it',
  ].join('\n')],
  ['errors of a gateway that come too late, by two', [{ outlierDetection: { consecutiveGatewayErrors: 4 } }, { outlierDetection: { consecutive5xxErrors: 3 } }], [
    'IM1636 at chart/policy-1: an endpoint is ejected after 3 failures of any kind, so it never reaches 4 gateway failures.',
    '  got      {"consecutive5xxErrors":3,"consecutiveGatewayErrors":4}',
    '  allowed  consecutiveGatewayErrors below 3, or consecutive5xxErrors: 0',
    '  next     correct the counts',
  ].join('\n')],
  ['streams of HTTP/2 on a port that another policy leaves as it is', [
    { connectionPool: { maxConcurrentStreams: 5, h2UpgradePolicy: H2UpgradePolicy.UPGRADE } },
    { ports: [8080], connectionPool: { h2UpgradePolicy: H2UpgradePolicy.DO_NOT_UPGRADE } },
  ], [
    'IM1634 at chart/policy-1: port 8080 (http) does not use HTTP/2.',
    '  got      \'maxConcurrentStreams\'',
    '  next     declare the port as HTTP/2, set `h2UpgradePolicy: H2UpgradePolicy.UPGRADE`, or remove the setting',
  ].join('\n')],
  ['streams of HTTP/2 where requests go on as they arrive', [{ connectionPool: { maxConcurrentStreams: 5, useClientProtocol: true } }], [
    'IM1634 at chart/policy-1: port 8080 (http2) uses the HTTP version of the client, so Istio ignores HTTP/2 settings.',
    '  got      \'maxConcurrentStreams\'',
    '  next     drop `useClientProtocol` or the setting',
  ].join('\n'), [MeshPort.http2(8080)]],
  ['a fault that is never reached', [{ faults: [FaultRule.forAllRequests({ abort: FaultAbort.httpStatus(500, { percentage: 1 }) }), FaultRule.when(rehearsal).inject(down)] }], [
    'IM1205 at chart/policy-1: fault 2 is never reached, because fault 1 matches all of its calls.',
    '  got      {"headers":{"x-rehearse":{"exact":"b-down"}}}',
    '  next     put the narrower rule first, or remove one',
    '  istio    IST0130',
  ].join('\n')],
])('%s: refused', (_, all, message, ...[ports]) => {
  expect(said(all, ports)).toBe(message);
});

test.each<[string, Policy[], string, MeshPort[]?]>([
  ['no ports', [{ ports: [], timeout: second }], 'IM1111'],
  ['UDP', [{ ports: [53], connectionPool: { maxConnections: 1 } }], 'IM1111', [MeshPort.http(80), MeshPort.udp(53)]],
  ['a version that there is not', [{ version: 'v3', connectionPool: { maxConnections: 1 } }], 'IM1105'],
  ['limits of requests on TCP', [{ connectionPool: { http1MaxPendingRequests: 1 } }], 'IM1518', mixed],
  ['a retry budget for one port', [{ ports: [8080], retryBudget: {} }], 'IM1639'],
  ['a retry budget of one version', [{ version: 'v1', retryBudget: {} }], 'IM1642'],
  ['a keepalive of HTTP/2 on HTTP/1.1', [{ connectionPool: { http2KeepAlive: { interval: second, timeout: second } } }], 'IM1634'],
  ['half a connection', [{ connectionPool: { maxConnections: 0.5 } }], 'IM1519'],
  ['a limit of none', [{ connectionPool: { maxRetries: 0 } }], 'IM1519'],
  ['too many requests a connection', [{ connectionPool: { maxRequestsPerConnection: 2 ** 29 + 1 } }], 'IM1519'],
  ['limits without one', [{ connectionPool: {} }], 'IM1632'],
  ['an upgrade of what is left as it is', [{ connectionPool: { useClientProtocol: true, h2UpgradePolicy: H2UpgradePolicy.UPGRADE } }], 'IM1633'],
  ['an empty keepalive', [{ connectionPool: { tcpKeepalive: {} } }], 'IM1633'],
  ['a keepalive later than Linux asks', [{ connectionPool: { tcpKeepalive: { time: Duration.seconds(32768) } } }], 'IM1633'],
  ['more probes than Linux sends', [{ connectionPool: { tcpKeepalive: { probes: 128 } } }], 'IM1519'],
  ['a time to live of TCP connections for one port', [{ ports: [9000], connectionPool: { maxConnectionDuration: second } }], 'IM1660', mixed],
  ['idle TCP connections of one version', [{ version: 'v1', connectionPool: { tcpIdleTimeout: second } }], 'IM1660', [MeshPort.tcp(9000)]],
  ['a timeout of a thousand years', [{ timeout: Duration.days(365_000) }], 'IM0108'],
  ['callers of any locality twice', [{ distribute: [LocalityDistribution.of('*', { a: 100 }), LocalityDistribution.of('*', { b: 100 })] }], 'IM1638'],
  ['a keepalive in parts of seconds', [{ connectionPool: { tcpKeepalive: { time: Duration.millis(1500) } } }], 'IM1633'],
  ['no time to connect', [{ connectionPool: { connectTimeout: Duration.seconds(0) } }], 'IM0108'],
  ['an unknown limit', [{ connectionPool: { maxTcp: 1 } as never }], 'IM0001'],
  ['more than all endpoints', [{ outlierDetection: { maxEjectionPercent: 101 } }], 'IM1519'],
  ['none of the endpoints', [{ outlierDetection: { maxEjectionPercent: 0 } }], 'IM1519'],
  ['an invalid share of health', [{ outlierDetection: { minHealthPercent: -1 } }], 'IM1519'],
  ['a detection of nothing', [{ outlierDetection: { consecutive5xxErrors: 0 } }], 'IM1636'],
  ['more retries than requests', [{ retryBudget: { percent: 101 } }], 'IM1633'],
  ['an invalid number of retries', [{ retryBudget: { minRetryConcurrency: 0 } }], 'IM1519'],
  ['labels of topology beside failover', [{ failover, failoverPriority: ['topology.kubernetes.io/zone'], outlierDetection: {} }], 'IM1641'],
  ['labels of topology beside zones', [{ zoneAware: {}, failoverPriority: ['topology.kubernetes.io/zone'], outlierDetection: {} }], 'IM1641'],
  ['one label twice', [{ failoverPriority: ['tier', 'tier=a'], outlierDetection: {} }], 'IM1641'],
  ['an invalid label', [{ failoverPriority: ['-tier'], outlierDetection: {} }], 'IM0107'],
  ['two regions for one', [{ failover: [...failover, LocalityFailover.of('eu-west', 'eu-north')], outlierDetection: {} }], 'IM1638'],
  ['priorities without outlier detection', [{ failoverPriority: ['tier'] }], 'IM1635'],
  ['failover where localities make no difference', [{ localityLb: false, failover, outlierDetection: {} }], 'IM1641'],
  ['zones where shares are set', [{ zoneAware: {}, distribute: [LocalityDistribution.of('*', { a: 100 })] }], 'IM1641'],
  ['zones of no pods', [{ zoneAware: { minClusterSize: 0 } }], 'IM1638'],
  ['callers of one locality twice', [{ distribute: [LocalityDistribution.of('a', { a: 100 }), LocalityDistribution.of('a/b', { a: 100 })] }], 'IM1638'],
  ['a fault of gRPC for HTTP', [{ faults: [FaultRule.when(rehearsal).inject({ abort: FaultAbort.grpcStatus(GrpcStatus.INTERNAL) })] }], 'IM1339'],
  ['an invalid fault', [{ faults: [FaultRule.when(rehearsal).inject({})] }], 'IM1339'],
  ['retries of gRPC that miss slow calls', [{ retries: Retries.of({ attempts: 1, perTryTimeout: second, retryOn: [RetryOn.RESET] }) }], 'IM1334', [MeshPort.grpc(1)]],
  ['no service', [{ target: undefined, timeout: second } as never], 'IM0001'],
])('%s: refused', (_, all, code, ...[ports]) => {
  expect(said(all, ports)).toMatch(new RegExp(`^${code} at `));
});

test('sums are checked over several policies', () => {
  expect(said([{ timeout: second }, { ports: [8080], retries: Retries.of({ attempts: 3, perTryTimeout: second }) }])).toMatch(/^IM1333 at chart\/policy-2/);
});

test.each<[string, () => unknown, string]>([
  ['a fault for all callers without a percentage', () => FaultRule.forAllRequests(down), [
    'IM1647 at FaultRule.forAllRequests(): a fault for all calls needs a percentage.',
    '  got      \'abort\'',
    '  allowed  `percentage` of delay and abort',
    '  next     correct the fault',
  ].join('\n').replace('correct the fault', 'set the percentage of requests: { percentage }')],
  ['an invalid locality', () => LocalityDistribution.of('eu-west/', { 'eu-west': 100 }), [
    'IM1516 at LocalityDistribution.of(): the text is not a locality.',
    '  got      \'eu-west/\'',
    '  allowed  region, region/zone or region/zone/subzone, with `*` as the last part for all',
    '  next     write the locality as in the labels of nodes',
  ].join('\n')],
  ['a zone as a region', () => LocalityFailover.of('eu-west/eu-west-1a', 'eu-central'), [
    'IM1638 at LocalityFailover.of(): failover is between regions, and the text is not a region.',
    '  got      \'eu-west/eu-west-1a\'',
    '  allowed  the name of a region, without a zone or a wildcard: eu-west',
    '  next     write it as in the labels of nodes: region/zone/subzone',
  ].join('\n')],
])('%s: refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, () => unknown, string]>([
  ['a delay for everyone without a percentage', () => FaultRule.forAllRequests({ delay: { fixedDelay: second } }), 'IM1647'],
  ['a region that stands in for itself', () => LocalityFailover.of('a', 'a'), 'IM1638'],
  ['a locality of four parts', () => LocalityDistribution.of('a/b/c/d', { a: 100 }), 'IM1516'],
  ['a star in the middle', () => LocalityDistribution.of('a/*/c', { a: 100 }), 'IM1516'],
  ['localities inside each other', () => LocalityDistribution.of('a', { 'b/*': 50, 'b/c': 50 }), 'IM1638'],
  ['shares of less than all', () => LocalityDistribution.of('a', { b: 50, c: 40 }), 'IM1203'],
  ['no share', () => LocalityDistribution.of('a', { b: 100, c: 0 }), 'IM1202'],
  ['a header in capitals', () => HashKey.header('X-User'), 'IM1308'],
  ['a cookie with a blank', () => HashKey.cookie('a b'), 'IM1640'],
  ['a path of no cookie', () => HashKey.cookie('a', { path: '/' }), 'IM1640'],
  ['a path without a slash', () => HashKey.cookie('a', { ttl: second, path: 'b' }), 'IM1640'],
  ['a path that browsers escape', () => HashKey.cookie('a', { ttl: second, path: '/a b' }), 'IM1640'],
  ['a path with a query', () => HashKey.cookie('a', { ttl: second, path: '/a?b' }), 'IM1640'],
  ['a path that browsers shorten', () => HashKey.cookie('a', { ttl: second, path: '/a/../b' }), 'IM1640'],
  ['an attribute that ends the cookie', () => HashKey.cookie('a', { ttl: second, attributes: { SameSite: 'a; b' } }), 'IM1640'],
  ['a locality that is no text', () => LocalityDistribution.of(5 as never, { a: 100 }), 'IM0001'],
  ['a cookie of half a second', () => HashKey.cookie('a', { ttl: Duration.millis(500) }), 'IM1640'],
  ['a parameter without a name', () => HashKey.queryParameter(''), 'IM1640'],
  ['a ring without a place', () => HashAlgorithm.ringHash(0), 'IM1640'],
  ['a table that is no prime', () => HashAlgorithm.maglev(65536), 'IM1640'],
  ['a table of one', () => HashAlgorithm.maglev(1), 'IM1640'],
  ['a table that is too large', () => HashAlgorithm.maglev(5000011), 'IM1640'],
  ['a warm-up to more than all', () => LoadBalancer.leastRequest({ warmup: { duration: second, minimumPercent: 101 } }), 'IM1644'],
  ['a warm-up that does not grow', () => LoadBalancer.roundRobin({ warmup: { duration: second, aggression: 0 } }), 'IM1644'],
  ['an invalid condition', () => FaultRule.when({} as never), 'IM0001'],
])('%s: refused', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});

test.each<[Policy, IstioRelease]>([
  [{ loadBalancer: LoadBalancer.leastRequest({ warmup: { duration: second } }) }, IstioRelease.V1_24],
  [{ retryBudget: {} }, IstioRelease.V1_27],
  [{ retryBudget: { budgetInterval: second } }, IstioRelease.V1_31],
  [{ loadBalancer: LoadBalancer.consistentHash(HashKey.cookie('a', { ttl: second, attributes: { Secure: '' } })) }, IstioRelease.V1_28],
  [{ connectionPool: { h2UpgradePolicy: H2UpgradePolicy.UPGRADE, http2KeepAlive: { interval: second, timeout: second } } }, IstioRelease.V1_31],
  [{ zoneAware: {} }, IstioRelease.V1_31],
  [{ loadBalancer: LoadBalancer.roundRobin({ warmup: { duration: second, aggression: 0.5 } }) }, IstioRelease.V1_31],
])('%j needs a release of Istio', (policy, release) => {
  const on = (istio: IstioRelease) => said([policy], undefined, chart({ scope: new MeshCluster(new App(), 'cluster', { istio }) }));
  const releases = Object.values(IstioRelease).filter((each): each is IstioRelease => each instanceof IstioRelease);
  expect(on(release)).toBe('');
  expect(on(releases[releases.indexOf(release) - 1])).toContain('IM1338 at cluster/chart/policy-1');
});

test('a retry budget for versions with settings of their own needs Istio 1.30', () => {
  const on = (istio: IstioRelease) => {
    const root = chart({ scope: new MeshCluster(new App(), 'cluster', { istio }) });
    const reviews = service(root);
    new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.version('v1') });
    new ResiliencePolicy(root, 'budget', { target: reviews, retryBudget: {} });
    new ResiliencePolicy(root, 'v1', { target: reviews.versionOf('v1'), connectionPool: { maxConnections: 1 } });
    return messages(root);
  };
  expect(on(IstioRelease.V1_30)).toEqual([]);
  expect(on(IstioRelease.V1_29)).toEqual([expect.stringContaining('IM1338 at cluster/chart/budget')]);
});

test('a headless Service has no choice of pods', () => {
  const root = chart();
  const store = new StatefulMeshService(root, 'store', { replicas: 2, ports: [MeshPort.http(80)], containers: [{ image: 'example.com/app:1' }] });
  expect(refusal(() => new ResiliencePolicy(root, 'policy', { target: store.headless, timeout: second, loadBalancer: LoadBalancer.random() })).message).toBe([
    'IM1646 at chart/policy: store-headless is headless, so its clients choose the pod.',
    '  got      ["loadBalancer"]',
    '  next     write the policy for the Service for clients, or remove the setting',
  ].join('\n'));
});

test('a fault for a caller without a sidecar has no effect', () => {
  const root = new Chart(new App(), 'chart');
  const plain = service(new MeshNamespace(root, 'plain', { injection: SidecarInjection.disabled() }), 'cron');
  const reviews = service(new MeshNamespace(root, 'shop'));
  expect(refusal(() => new ResiliencePolicy(root, 'policy', { target: reviews, faults: [FaultRule.when(CallMatch.from(plain)).inject(down)] })).code).toBe('IM1207');
});

test('services of another cluster are refused', () => {
  const root = new App();
  const [one, two] = ['one', 'two'].map(id => chart({ scope: new MeshCluster(root, id) }));
  expect(refusal(() => new ResiliencePolicy(one, 'policy', { target: service(two), timeout: second })).code).toBe('IM1008');
});
