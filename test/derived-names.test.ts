import { Chart } from 'cdk8s';
import { app, messages, refusal, service, version } from './helpers/build';
import { valid } from './helpers/valid';
import {
  EgressPort, EgressRoute, ExternalAuthorization, GatewayServer, GatewayWorkload, JwtIssuer, JwtKeys, LeastPrivilege, MeshGateway,
  MeshNamespace, MeshPort, MeshTelemetry, MeshVersion, MutualTls, RemoteTls, RequestAuthentication, RequestTarget, StatefulMeshService,
} from 'cdk8s-istio';

const ports = [MeshPort.http(80, { targetPort: 8080 })];
const containers = [{ image: 'example.com/app:1' }];
const names = (chart: Chart, ...kinds: string[]) => {
  expect(messages(chart.node.root as Chart)).toEqual([]);
  return valid(chart).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
};
const shop = (chart = new Chart(app(), 'chart')) => new MeshNamespace(chart, 'shop');

test('a service called default stands beside what is for all pods of the namespace', () => {
  const scope = shop();
  const made = service(scope, 'default', { ports, mutualTls: MutualTls.PERMISSIVE, versions: { v1: version(), callers: version() } });
  const caller = service(scope, 'web', { ports, versions: { v1: version() } });
  caller.calls(made);
  caller.calls(made.versionOf('callers'));
  new LeastPrivilege(scope.node.scope as Chart, 'least-privilege', { networkPolicies: true });
  const chart = scope.node.scope as Chart;
  expect(names(chart, 'AuthorizationPolicy', 'NetworkPolicy', 'PeerAuthentication', 'ServiceAccount', 'Service', 'Sidecar')).toEqual([
    'AuthorizationPolicy default', 'AuthorizationPolicy default.callers.of.pods', 'AuthorizationPolicy default.of.pods', 'AuthorizationPolicy web',
    'NetworkPolicy default', 'NetworkPolicy default.callers.of.pods', 'NetworkPolicy default.of.pods', 'NetworkPolicy web',
    'PeerAuthentication default', 'PeerAuthentication default.of.pods',
    'Service default', 'Service web', 'ServiceAccount default.of.pods', 'ServiceAccount web',
    'Sidecar default', 'Sidecar default.callers.of.pods', 'Sidecar default.v1', 'Sidecar web.v1',
  ]);
});

test('a stateful service called default, too', () => {
  const scope = shop();
  new StatefulMeshService(scope, 'default', { ports, replicas: 3, containers, mutualTls: MutualTls.PERMISSIVE });
  new LeastPrivilege(scope.node.scope as Chart, 'least-privilege', { networkPolicies: true });
  expect(names(scope.node.scope as Chart, 'AuthorizationPolicy', 'NetworkPolicy', 'PeerAuthentication', 'ServiceAccount', 'Sidecar', 'PodDisruptionBudget')).toEqual([
    'AuthorizationPolicy default', 'AuthorizationPolicy default.of.pods', 'NetworkPolicy default', 'NetworkPolicy default.of.pods',
    'PeerAuthentication default', 'PeerAuthentication default.of.pods', 'PodDisruptionBudget default.pods', 'ServiceAccount default.of.pods',
    'Sidecar default', 'Sidecar default.of.pods',
  ]);
});

test('a gateway workload called default, too', () => {
  const scope = shop();
  new MeshGateway(scope, 'default', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['a.example.com'] })] });
  service(scope, 'web', { ports, versions: { v1: version() } });
  new LeastPrivilege(scope.node.scope as Chart, 'least-privilege', { networkPolicies: true });
  expect(messages(scope.node.root as Chart).filter(text => text.startsWith('IM1003'))).toEqual([]);
});

test('telemetry of a service called namespace-default, too', () => {
  const scope = shop();
  const made = service(scope, 'namespace-default', { ports, versions: { v1: version() } });
  new MeshTelemetry(scope, 'all', { tracing: { enabled: false } });
  new MeshTelemetry(scope, 'one', { service: made, tracing: { enabled: false } });
  expect(messages(scope.node.root as Chart).filter(text => text.startsWith('IM1003'))).toEqual([]);
});

test('routes of gateway api for example.com stand beside an outside host api.example.com', () => {
  const scope = shop();
  const web = service(scope, 'web', { ports, versions: { v1: version() } });
  const gateway = new MeshGateway(scope, 'api', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  gateway.addHttpRoute('example.com', { to: web });
  web.calls(new EgressRoute(scope, 'outside', { host: 'api.example.com', ports: [EgressPort.originateTls({ port: 80 })] }));
  expect(names(scope.node.scope as Chart, 'VirtualService')).toEqual(['VirtualService api.example.com', 'VirtualService api.example.com.to--outside']);
});

test('the policy of callers with a certificate stands beside a host that begins with callers', () => {
  const scope = shop();
  const web = service(scope, 'web', { ports, versions: { v1: version() } });
  const tls = RemoteTls.mutualSecret('client');
  ['bank.example.org', 'callers.bank.example.org'].forEach(host => web.calls(new EgressRoute(scope, host, { host, ports: [EgressPort.originateTls({ port: 80, tls })] })));
  expect(names(scope.node.scope as Chart, 'DestinationRule').filter(name => name.includes('bank'))).toEqual([
    'DestinationRule bank.example.org', 'DestinationRule callers.bank.example.org', 'DestinationRule of--callers.bank.example.org',
    'DestinationRule of--callers.callers.bank.example.org',
  ]);
});

test('what asks for tokens, or asks others, in another chart under the name of the service', () => {
  const root = app();
  const scope = shop(new Chart(root, 'chart'));
  const web = service(scope, 'web', { ports, versions: { v1: version() } });
  new LeastPrivilege(scope.node.scope as Chart, 'least-privilege');
  const [one, two] = ['one', 'two'].map(id => MeshNamespace.fromExisting(new Chart(root, id), 'shop'));
  new RequestAuthentication(one, 'web', { target: RequestTarget.service(web), issuers: [JwtIssuer.of({ issuer: 'https://id.example.com', keys: JwtKeys.discovered() })] });
  new ExternalAuthorization(two, 'web', { target: RequestTarget.service(web), provider: 'opa' });
  expect(messages(root).filter(text => text.startsWith('IM1003'))).toEqual([]);
});

test('the budget of a stateful service stands beside that of a version', () => {
  const scope = shop();
  service(scope, 'db', { ports, versions: { v1: MeshVersion.of({ containers, replicas: 2 }) } });
  new StatefulMeshService(scope, 'db-v1', { ports, replicas: 3, containers });
  expect(names(scope.node.scope as Chart, 'PodDisruptionBudget')).toEqual(['PodDisruptionBudget db-v1', 'PodDisruptionBudget db-v1.pods']);
});

test('two Deployments of one name are refused', () => {
  const scope = shop();
  service(scope, 'a', { ports, versions: { 'b-c': version() } });
  expect(refusal(() => service(scope, 'a-b', { ports, versions: { c: version() } })).message).toBe([
    'IM1003 at chart/shop/a-b/c: the Deployment shop/a-b-c of version c of a-b has the same name as that of chart/shop/a/b-c.',
    '  got      \'a-b-c\'',
    '  next     the name of a Deployment is <service>-<version>: rename one of the versions or services',
  ].join('\n'));
});
