import { Duration } from 'cdk8s';
import { chart, find, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  ConnectionPool, H2UpgradePolicy, HashAlgorithm, HashCookieOptions, HashKey, Http2KeepAlive, LoadBalancer, LocalityDistribution, LocalityFailover,
  MeshPort, OutlierDetection, ResiliencePolicy, ResiliencePolicyProps, RetryBudget, TcpKeepalive, Warmup, ZoneAware,
} from 'cdk8s-istio';

const second = Duration.seconds(1);

/** The traffic policy of a service with a policy. */
function policy(settings: Partial<ResiliencePolicyProps>) {
  const root = chart();
  new ResiliencePolicy(root, 'policy', { target: service(root, 'reviews', { ports: [MeshPort.http2(8080)] }), ...settings });
  return find(valid(root), 'DestinationRule', 'reviews').spec.trafficPolicy;
}

const tcp = (connections: ConnectionPool) => policy({ connectionPool: connections }).connectionPool.tcp;
const http = (connections: ConnectionPool) => policy({ connectionPool: connections }).connectionPool.http;
option('ConnectionPool.maxConnectionDuration', 'is maxConnectionDuration', () =>
  expect(tcp({ maxConnectionDuration: Duration.minutes(1) })).toEqual({ maxConnectionDuration: '60s' }));
option('ConnectionPool.tcpIdleTimeout', 'is the idleTimeout of TCP, which may be none', () => {
  expect(tcp({ tcpIdleTimeout: second })).toEqual({ idleTimeout: '1s' });
  expect(tcp({ tcpIdleTimeout: Duration.seconds(0) })).toEqual({ idleTimeout: '0s' });
});
option('ConnectionPool.tcpKeepalive', 'is tcpKeepalive', () => expect(tcp({ tcpKeepalive: { probes: 3 } })).toEqual({ tcpKeepalive: { probes: 3 } }));
option('ConnectionPool.maxRetries', 'is maxRetries', () => expect(http({ maxRetries: 5 })).toEqual({ maxRetries: 5 }));
option('ConnectionPool.httpIdleTimeout', 'is the idleTimeout of HTTP', () => expect(http({ httpIdleTimeout: second })).toEqual({ idleTimeout: '1s' }));
option('ConnectionPool.h2UpgradePolicy', 'is h2UpgradePolicy', () =>
  expect(http({ h2UpgradePolicy: H2UpgradePolicy.UPGRADE })).toEqual({ h2UpgradePolicy: 'UPGRADE' }));
option('ConnectionPool.useClientProtocol', 'is useClientProtocol', () => expect(http({ useClientProtocol: true })).toEqual({ useClientProtocol: true }));
option('ConnectionPool.maxConcurrentStreams', 'is maxConcurrentStreams', () => expect(http({ maxConcurrentStreams: 9 })).toEqual({ maxConcurrentStreams: 9 }));
option('ConnectionPool.http2KeepAlive', 'is http2KeepAlive', () =>
  expect(http({ http2KeepAlive: { interval: second, timeout: Duration.seconds(2) } })).toEqual({ http2KeepAlive: { interval: '1s', timeout: '2s' } }));
option('H2UpgradePolicy.UPGRADE', 'is UPGRADE', () => expect(http({ h2UpgradePolicy: H2UpgradePolicy.UPGRADE }).h2UpgradePolicy).toBe('UPGRADE'));
option('H2UpgradePolicy.DO_NOT_UPGRADE', 'is DO_NOT_UPGRADE', () =>
  expect(http({ h2UpgradePolicy: H2UpgradePolicy.DO_NOT_UPGRADE, useClientProtocol: true }).h2UpgradePolicy).toBe('DO_NOT_UPGRADE'));

const keepalive = (tcpKeepalive: TcpKeepalive) => tcp({ tcpKeepalive }).tcpKeepalive;
option('TcpKeepalive.probes', 'is probes', () => expect(keepalive({ probes: 9 })).toEqual({ probes: 9 }));
option('TcpKeepalive.time', 'is time', () => expect(keepalive({ time: Duration.hours(2) })).toEqual({ time: '7200s' }));
option('TcpKeepalive.interval', 'is interval', () => expect(keepalive({ interval: Duration.seconds(75) })).toEqual({ interval: '75s' }));

const pings = (http2KeepAlive: Http2KeepAlive) => http({ http2KeepAlive }).http2KeepAlive;
option('Http2KeepAlive.interval', 'is interval', () => expect(pings({ interval: Duration.seconds(30), timeout: second }).interval).toBe('30s'));
option('Http2KeepAlive.timeout', 'is timeout', () => expect(pings({ interval: second, timeout: Duration.seconds(5) }).timeout).toBe('5s'));

const detection = (outlierDetection: OutlierDetection) => policy({ outlierDetection }).outlierDetection;
option('OutlierDetection.consecutive5xxErrors', 'may be never', () =>
  expect(detection({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 }))
    .toMatchObject({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 }));
option('OutlierDetection.consecutiveGatewayErrors', 'is consecutiveGatewayErrors', () =>
  expect(detection({ consecutiveGatewayErrors: 4 })).toMatchObject({ consecutiveGatewayErrors: 4 }));
option('OutlierDetection.consecutiveLocalOriginFailures', 'counts connections apart', () =>
  expect(detection({ consecutiveLocalOriginFailures: 2 }))
    .toMatchObject({ splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 }));
option('OutlierDetection.minHealthPercent', 'is minHealthPercent', () => expect(detection({ minHealthPercent: 30 })).toMatchObject({ minHealthPercent: 30 }));

const balancer = (loadBalancer: LoadBalancer) => policy({ loadBalancer }).loadBalancer;
option('LoadBalancer.leastRequest', 'is LEAST_REQUEST', () => expect(balancer(LoadBalancer.leastRequest())).toEqual({ simple: 'LEAST_REQUEST' }));
option('LoadBalancer.roundRobin', 'is ROUND_ROBIN', () => expect(balancer(LoadBalancer.roundRobin())).toEqual({ simple: 'ROUND_ROBIN' }));
option('LoadBalancer.random', 'is RANDOM', () => expect(balancer(LoadBalancer.random())).toEqual({ simple: 'RANDOM' }));
const warm = (warmup: Warmup) => balancer(LoadBalancer.roundRobin({ warmup })).warmup;
option('LoadBalancingOptions.warmup', 'is the warm-up', () =>
  expect(balancer(LoadBalancer.leastRequest({ warmup: { duration: second } }))).toEqual({ simple: 'LEAST_REQUEST', warmup: { duration: '1s' } }));
option('Warmup.duration', 'is how long', () => expect(warm({ duration: Duration.minutes(1) })).toEqual({ duration: '60s' }));
option('Warmup.minimumPercent', 'is the share in the beginning', () =>
  expect(warm({ duration: second, minimumPercent: 5 })).toEqual({ duration: '1s', minimumPercent: 5 }));
option('Warmup.aggression', 'is how the share grows', () => expect(warm({ duration: second, aggression: 1.5 })).toEqual({ duration: '1s', aggression: 1.5 }));

const ring = { ringHash: { minimumRingSize: 1024 } };
const hash = (key: HashKey) => balancer(LoadBalancer.consistentHash(key)).consistentHash;
option('LoadBalancer.consistentHash', 'is consistentHash', () =>
  expect(balancer(LoadBalancer.consistentHash(HashKey.sourceIp()))).toEqual({ consistentHash: { useSourceIp: true, ...ring } }));
option('HashKey.header', 'is the name of the header', () => expect(hash(HashKey.header('x-user'))).toEqual({ httpHeaderName: 'x-user', ...ring }));
option('HashKey.cookie', 'is the cookie of the application', () => expect(hash(HashKey.cookie('user'))).toEqual({ httpCookie: { name: 'user' }, ...ring }));
option('HashKey.sourceIp', 'is the address of the caller, for TCP as well', () => {
  expect(hash(HashKey.sourceIp())).toEqual({ useSourceIp: true, ...ring });
  const root = chart();
  const loadBalancer = LoadBalancer.consistentHash(HashKey.sourceIp());
  new ResiliencePolicy(root, 'policy', { target: service(root, 'store', { ports: [MeshPort.tcp(9000)] }), loadBalancer });
  expect(find(valid(root), 'DestinationRule', 'store').spec.trafficPolicy).toEqual({ loadBalancer: { consistentHash: { useSourceIp: true, ...ring } } });
});
option('HashKey.queryParameter', 'is the name of the parameter', () =>
  expect(hash(HashKey.queryParameter('user'))).toEqual({ httpQueryParameterName: 'user', ...ring }));
const cookie = (options: HashCookieOptions) => hash(HashKey.cookie('user', options)).httpCookie;
option('HashCookieOptions.ttl', 'is the lifetime of a cookie that Envoy gives, also that of a session', () => {
  expect(cookie({ ttl: Duration.hours(1) })).toEqual({ name: 'user', ttl: '3600s', path: '/' });
  expect(cookie({ ttl: Duration.seconds(0) })).toEqual({ name: 'user', ttl: '0s', path: '/' });
});
option('HashCookieOptions.path', 'is the path of the cookie', () => expect(cookie({ ttl: second, path: '/a' })).toEqual({ name: 'user', ttl: '1s', path: '/a' }));
option('HashCookieOptions.attributes', 'are further attributes, with a value and without', () =>
  expect(cookie({ ttl: second, attributes: { Secure: '', SameSite: 'Strict' } }))
    .toEqual({ name: 'user', ttl: '1s', path: '/', attributes: [{ name: 'SameSite', value: 'Strict' }, { name: 'Secure' }] }));
const algorithm = (chosen: HashAlgorithm) => balancer(LoadBalancer.consistentHash(HashKey.sourceIp(), { algorithm: chosen })).consistentHash;
option('ConsistentHashOptions.algorithm', 'is how pods are found', () =>
  expect(algorithm(HashAlgorithm.maglev())).toEqual({ useSourceIp: true, maglev: { tableSize: 65537 } }));
option('HashAlgorithm.ringHash', 'is a ring', () => expect(algorithm(HashAlgorithm.ringHash(4096)).ringHash).toEqual({ minimumRingSize: 4096 }));
option('HashAlgorithm.maglev', 'is a table', () => expect(algorithm(HashAlgorithm.maglev(101)).maglev).toEqual({ tableSize: 101 }));

const outlierDetection = {};
option('LocalityFailover.of', 'is from a region to another', () => {
  const failover = [LocalityFailover.of('a', 'b'), LocalityFailover.of('b', 'a')];
  expect(failover[0]).toMatchObject({ from: 'a', to: 'b' });
  expect(policy({ failover, outlierDetection }).loadBalancer.localityLbSetting.failover).toEqual([{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }]);
});
option('LocalityDistribution.of', 'are the shares of callers in a locality', () => {
  const distribute = [LocalityDistribution.of('a/b/c', { '*': 100 }), LocalityDistribution.of('a/d/*', { 'a': 60, 'b/c/*': 40 })];
  expect(distribute[1].from).toBe('a/d/*');
  expect(policy({ distribute }).loadBalancer.localityLbSetting.distribute)
    .toEqual([{ from: 'a/b/c', to: { '*': 100 } }, { from: 'a/d/*', to: { 'a': 60, 'b/c/*': 40 } }]);
});
const zones = (zoneAware: ZoneAware) => policy({ zoneAware }).loadBalancer.zoneAwareLbSetting;
option('ZoneAware.enabled', 'is whether it is done', () => {
  expect(zones({})).toEqual({ enabled: true });
  expect(zones({ enabled: false })).toEqual({ enabled: false });
});
option('ZoneAware.minClusterSize', 'is minClusterSize', () => expect(zones({ minClusterSize: 3 })).toEqual({ enabled: true, minClusterSize: 3 }));

const budget = (retryBudget: RetryBudget) => policy({ retryBudget }).retryBudget;
option('RetryBudget.percent', 'is percent', () => expect(budget({ percent: 12.5 })).toEqual({ percent: 12.5 }));
option('RetryBudget.minRetryConcurrency', 'is minRetryConcurrency', () =>
  expect(budget({ minRetryConcurrency: 5 })).toEqual({ percent: 20, minRetryConcurrency: 5 }));
option('RetryBudget.budgetInterval', 'is budgetInterval', () => expect(budget({ budgetInterval: second })).toEqual({ percent: 20, budgetInterval: '1s' }));
