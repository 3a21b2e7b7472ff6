import { Chart, Duration } from 'cdk8s';
import { app, chart, KubeObject, service } from '../helpers/build';
import { routed } from '../helpers/egress';
import { field } from '../helpers/field';
import { policyField, withPolicy } from '../helpers/policy-field';
import { valid } from '../helpers/valid';
import {
  CanarySplit, EgressPort, H2UpgradePolicy, HashAlgorithm, HashKey, LoadBalancer, LocalityDistribution, LocalityFailover, MeshNamespace,
  MeshPort, MutualTls, PodHosts, RemotePods, RemoteTls, ResiliencePolicy, SplitTarget,
} from 'cdk8s-istio';

const second = Duration.seconds(1);
const hash = (key: HashKey, algorithm?: HashAlgorithm) => ({ loadBalancer: LoadBalancer.consistentHash(key, { algorithm }) });
const cookie = hash(HashKey.cookie('user', { ttl: second, path: '/a', attributes: { SameSite: 'Strict' } }));
const failover = { failover: [LocalityFailover.of('a', 'b')], outlierDetection: {} };
const distribute = { distribute: [LocalityDistribution.of('a/*', { 'b/c': 100 })] };
const warmup = { loadBalancer: LoadBalancer.leastRequest({ warmup: { duration: second, minimumPercent: 7, aggression: 2 } }) };
const budget = { retryBudget: { percent: 25, minRetryConcurrency: 7, budgetInterval: second } };

policyField('connectionPool.tcp.maxConnections', 'ConnectionPool.maxConnections', 7, { connectionPool: { maxConnections: 7 } });
policyField('connectionPool.tcp.connectTimeout', 'ConnectionPool.connectTimeout', '1s', { connectionPool: { connectTimeout: second } });
policyField('connectionPool.tcp.maxConnectionDuration', 'ConnectionPool.maxConnectionDuration', '1s', { connectionPool: { maxConnectionDuration: second } });
policyField('connectionPool.tcp.idleTimeout', 'ConnectionPool.tcpIdleTimeout', '1s', { connectionPool: { tcpIdleTimeout: second } });
policyField('connectionPool.tcp.tcpKeepalive.probes', 'TcpKeepalive.probes', 7, { connectionPool: { tcpKeepalive: { probes: 7 } } });
policyField('connectionPool.tcp.tcpKeepalive.time', 'TcpKeepalive.time', '1s', { connectionPool: { tcpKeepalive: { time: second } } });
policyField('connectionPool.tcp.tcpKeepalive.interval', 'TcpKeepalive.interval', '1s', { connectionPool: { tcpKeepalive: { interval: second } } });
policyField('connectionPool.http.http1MaxPendingRequests', 'ConnectionPool.http1MaxPendingRequests', 7, { connectionPool: { http1MaxPendingRequests: 7 } });
policyField('connectionPool.http.http2MaxRequests', 'ConnectionPool.http2MaxRequests', 7, { connectionPool: { http2MaxRequests: 7 } });
policyField('connectionPool.http.maxRequestsPerConnection', 'ConnectionPool.maxRequestsPerConnection', 7, { connectionPool: { maxRequestsPerConnection: 7 } });
policyField('connectionPool.http.maxRetries', 'ConnectionPool.maxRetries', 7, { connectionPool: { maxRetries: 7 } });
policyField('connectionPool.http.idleTimeout', 'ConnectionPool.httpIdleTimeout', '1s', { connectionPool: { httpIdleTimeout: second } });
policyField('connectionPool.http.h2UpgradePolicy', 'ConnectionPool.h2UpgradePolicy', 'UPGRADE', { connectionPool: { h2UpgradePolicy: H2UpgradePolicy.UPGRADE } });
policyField('connectionPool.http.useClientProtocol', 'ConnectionPool.useClientProtocol', true, { connectionPool: { useClientProtocol: true } });
policyField('connectionPool.http.maxConcurrentStreams', 'ConnectionPool.maxConcurrentStreams', 7, { connectionPool: { maxConcurrentStreams: 7 } });
policyField('connectionPool.http.http2KeepAlive.interval', 'Http2KeepAlive.interval', '2s', { connectionPool: { http2KeepAlive: { interval: Duration.seconds(2), timeout: second } } });
policyField('connectionPool.http.http2KeepAlive.timeout', 'Http2KeepAlive.timeout', '2s', { connectionPool: { http2KeepAlive: { interval: second, timeout: Duration.seconds(2) } } });

policyField('outlierDetection.consecutive5xxErrors', 'OutlierDetection.consecutive5xxErrors', 7, { outlierDetection: { consecutive5xxErrors: 7 } });
policyField('outlierDetection.consecutiveGatewayErrors', 'OutlierDetection.consecutiveGatewayErrors', 3, { outlierDetection: { consecutiveGatewayErrors: 3 } });
policyField('outlierDetection.consecutiveLocalOriginFailures', 'OutlierDetection.consecutiveLocalOriginFailures', 7, { outlierDetection: { consecutiveLocalOriginFailures: 7 } });
policyField('outlierDetection.splitExternalLocalOriginErrors', 'OutlierDetection.consecutiveLocalOriginFailures', true, { outlierDetection: { consecutiveLocalOriginFailures: 7 } });
policyField('outlierDetection.interval', 'OutlierDetection.interval', '1s', { outlierDetection: { interval: second } });
policyField('outlierDetection.baseEjectionTime', 'OutlierDetection.baseEjectionTime', '1s', { outlierDetection: { baseEjectionTime: second } });
policyField('outlierDetection.maxEjectionPercent', 'OutlierDetection.maxEjectionPercent', 70, { outlierDetection: { maxEjectionPercent: 70 } });
policyField('outlierDetection.minHealthPercent', 'OutlierDetection.minHealthPercent', 70, { outlierDetection: { minHealthPercent: 70 } });

policyField('loadBalancer.simple', 'LoadBalancer.random', 'RANDOM', { loadBalancer: LoadBalancer.random() });
policyField('loadBalancer.warmup.duration', 'Warmup.duration', '1s', warmup);
policyField('loadBalancer.warmup.minimumPercent', 'Warmup.minimumPercent', 7, warmup);
policyField('loadBalancer.warmup.aggression', 'Warmup.aggression', 2, warmup);
policyField('loadBalancer.consistentHash.httpHeaderName', 'HashKey.header', 'x-user', hash(HashKey.header('x-user')));
policyField('loadBalancer.consistentHash.httpQueryParameterName', 'HashKey.queryParameter', 'user', hash(HashKey.queryParameter('user')));
policyField('loadBalancer.consistentHash.useSourceIp', 'HashKey.sourceIp', true, hash(HashKey.sourceIp()));
policyField('loadBalancer.consistentHash.httpCookie.name', 'HashKey.cookie', 'user', cookie);
policyField('loadBalancer.consistentHash.httpCookie.ttl', 'HashCookieOptions.ttl', '1s', cookie);
policyField('loadBalancer.consistentHash.httpCookie.path', 'HashCookieOptions.path', '/a', cookie);
policyField('loadBalancer.consistentHash.httpCookie.attributes[].name', 'HashCookieOptions.attributes', 'SameSite', cookie);
policyField('loadBalancer.consistentHash.httpCookie.attributes[].value', 'HashCookieOptions.attributes', 'Strict', cookie);
policyField('loadBalancer.consistentHash.ringHash.minimumRingSize', 'HashAlgorithm.ringHash', 7, hash(HashKey.sourceIp(), HashAlgorithm.ringHash(7)));
policyField('loadBalancer.consistentHash.maglev.tableSize', 'HashAlgorithm.maglev', 7, hash(HashKey.sourceIp(), HashAlgorithm.maglev(7)));
policyField('loadBalancer.localityLbSetting.enabled', 'ResiliencePolicyProps.localityLb', false, { localityLb: false });
policyField('loadBalancer.localityLbSetting.failover[].from', 'LocalityFailover.of', 'a', failover);
policyField('loadBalancer.localityLbSetting.failover[].to', 'LocalityFailover.of', 'b', failover);
policyField('loadBalancer.localityLbSetting.failoverPriority[]', 'ResiliencePolicyProps.failoverPriority', 'tier', { failoverPriority: ['tier'], outlierDetection: {} });
policyField('loadBalancer.localityLbSetting.distribute[].from', 'LocalityDistribution.of', 'a/*', distribute);
policyField('loadBalancer.localityLbSetting.distribute[].to.*', 'LocalityDistribution.of', 100, distribute);
policyField('loadBalancer.zoneAwareLbSetting.enabled', 'ZoneAware.enabled', false, { zoneAware: { enabled: false } });
policyField('loadBalancer.zoneAwareLbSetting.minClusterSize', 'ZoneAware.minClusterSize', 7, { zoneAware: { minClusterSize: 7 } });
policyField('loadBalancer.zoneAwareLbSetting.failover[].from', 'LocalityFailover.of', 'a', { zoneAware: {}, ...failover });
policyField('loadBalancer.zoneAwareLbSetting.failover[].to', 'LocalityFailover.of', 'b', { zoneAware: {}, ...failover });
policyField('loadBalancer.zoneAwareLbSetting.failoverPriority[]', 'ResiliencePolicyProps.failoverPriority', 'tier', { zoneAware: {}, failoverPriority: ['tier'], outlierDetection: {} });

field('DestinationRule.trafficPolicy.retryBudget.percent', 'RetryBudget.percent', 25, () => withPolicy(budget));
field('DestinationRule.trafficPolicy.retryBudget.minRetryConcurrency', 'RetryBudget.minRetryConcurrency', 7, () => withPolicy(budget));
field('DestinationRule.trafficPolicy.retryBudget.budgetInterval', 'RetryBudget.budgetInterval', '1s', () => withPolicy(budget));

field('DestinationRule.host', 'ResiliencePolicyProps.target', 'reviews.shop.svc.cluster.local', () => withPolicy({ localityLb: true }));
field('DestinationRule.subsets[].name', 'ResiliencePolicyProps.target', 'v1', () => withPolicy({ version: 'v1', localityLb: true }));
field('DestinationRule.subsets[].labels.*', 'MeshServiceProps.versions', 'v1', () => withPolicy({ localityLb: true }));
field('DestinationRule.trafficPolicy.portLevelSettings[].port.number', 'ResiliencePolicyProps.ports', 8080, () => withPolicy({ ports: [8080], localityLb: true }));
field('DestinationRule.subsets[].trafficPolicy.portLevelSettings[].port.number', 'ResiliencePolicyProps.ports', 8080, () =>
  withPolicy({ version: 'v1', ports: [8080], localityLb: true }));

/** A service that requires mutual TLS, with settings of a port and of a port of a version. */
function strict(): KubeObject[] {
  const root = new Chart(app(), 'chart');
  const reviews = service(new MeshNamespace(root, 'shop', { mutualTls: MutualTls.STRICT }), 'reviews');
  new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.version('v1') });
  new ResiliencePolicy(root, 'all', { target: reviews, ports: [8080], connectionPool: { maxConnections: 1 } });
  new ResiliencePolicy(root, 'v1', { target: reviews.versionOf('v1'), ports: [8080], connectionPool: { maxConnections: 2 } });
  return valid(root);
}
field('DestinationRule.trafficPolicy.tls.mode', 'MeshNamespaceProps.mutualTls', 'ISTIO_MUTUAL', strict);
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.mode', 'MeshNamespaceProps.mutualTls', 'ISTIO_MUTUAL', strict);
field('DestinationRule.subsets[].trafficPolicy.portLevelSettings[].tls.mode', 'MeshNamespaceProps.mutualTls', 'ISTIO_MUTUAL', strict);

/** Pods of another cluster, called with a certificate. */
function remote(): KubeObject[] {
  const root = chart();
  const tls = RemoteTls.mutual({ certificate: '/tls/c.pem', privateKey: '/tls/k.pem', caCertificates: '/tls/ca.pem' });
  new RemotePods(root, 'pods', { hosts: PodHosts.template('pod-{ordinal}.example.com', 1), port: MeshPort.grpc(443), tls });
  return valid(root);
}
field('DestinationRule.trafficPolicy.tls.clientCertificate', 'MutualTlsFiles.certificate', '/tls/c.pem', remote);
field('DestinationRule.trafficPolicy.tls.privateKey', 'MutualTlsFiles.privateKey', '/tls/k.pem', remote);
field('DestinationRule.trafficPolicy.tls.caCertificates', 'MutualTlsFiles.caCertificates', '/tls/ca.pem', remote);
field('DestinationRule.trafficPolicy.tls.sni', 'PodHosts.template', 'pod-0.example.com', remote);
field('DestinationRule.trafficPolicy.tls.subjectAltNames[]', 'PodHosts.template', 'pod-0.example.com', remote);

/** A host outside, called with a certificate: by TLS that begins at the sidecars of its callers, or at a gateway. */
function outside(byGateway: boolean): KubeObject[] {
  const world = routed({ ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank-client') })] }, byGateway);
  world.caller('web').calls(world.made);
  return world.objects();
}
field('DestinationRule.exportTo[]', 'EgressRoute.constructor', '.', () => outside(false));
field('DestinationRule.workloadSelector.matchLabels.*', 'MeshService.calls', 'true', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.clientCertificate', 'RemoteTls.mutualSecret', '/etc/istio/secrets/bank-client/tls.crt', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.privateKey', 'RemoteTls.mutualSecret', '/etc/istio/secrets/bank-client/tls.key', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.caCertificates', 'RemoteTls.mutualSecret', '/etc/istio/secrets/bank-client/ca.crt', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.sni', 'EgressRouteProps.host', 'example.org', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.subjectAltNames[]', 'EgressRouteProps.host', 'example.org', () => outside(false));
field('DestinationRule.trafficPolicy.portLevelSettings[].tls.credentialName', 'RemoteTls.mutualSecret', 'bank-client', () => outside(true));
field('DestinationRule.subsets[].trafficPolicy.tls.mode', 'EgressPath.gateway', 'ISTIO_MUTUAL', () => outside(true));
field('DestinationRule.subsets[].trafficPolicy.tls.sni', 'EgressPath.gateway', 'example.org', () => outside(true));
