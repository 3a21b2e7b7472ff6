import { Chart } from 'cdk8s';
import { HOST, one, restricted } from './shop';
import { app, find, findAll, messages, refusal } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  ExternalAuthorization, GatewayServer, GatewayWorkload, LeastPrivilege, LeastPrivilegeProps, MeshGateway, MeshNamespace, MeshPort, MeshService,
  MeshSettings, MeshSettingsProps, RequestTarget, TracingProvider,
} from 'cdk8s-istio';

/** A service and a gateway under least privilege, and collectors in a namespace beside it, under it as well or not. */
function traced(settings: (collector: MeshService) => MeshSettingsProps, props: LeastPrivilegeProps = {}, settingsFirst = false) {
  const chart = new Chart(app(), 'chart');
  const [shop, telemetry] = ['shop', 'telemetry'].map(name => new MeshNamespace(chart, name));
  const ports = [MeshPort.grpc(4317), MeshPort.http(9411, { targetPort: 9412, suffix: 'zipkin' }), MeshPort.http(80, { suffix: 'ui' })];
  const collector = one(telemetry, 'collector', { ports });
  const steps = [() => restricted(chart, props), () => new MeshSettings(chart, 'settings', settings(collector))];
  (settingsFirst ? steps.reverse() : steps).forEach(step => step());
  const web = one(shop, 'web');
  const gateway = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: [HOST] })] });
  gateway.addHttpRoute(HOST, { to: web });
  return { chart, shop, web, collector };
}

const zipkin = (service: MeshService): MeshSettingsProps => ({ tracing: { provider: TracingProvider.zipkin('zipkin', { service, port: 9411 }) } });
const host = 'telemetry/collector.telemetry.svc.cluster.local';
const allCallers = (...ports: string[]) => ({ from: [{ source: { principals: ['*'] } }], to: [{ operation: { ports } }] });
const hosts = (objects: ReturnType<typeof valid>) => findAll(objects, 'Sidecar').map(({ metadata: { namespace, name }, spec }) => [`${namespace}/${name}`, spec.egress[0].hosts]).sort();

describe('a collector of traces', () => {
  test.each([false, true])('is known to every Sidecar, takes spans of every proxy, and no other calls', settingsFirst => {
    const { chart } = traced(zipkin, {}, settingsFirst);
    const objects = valid(chart);
    expect(hosts(objects)).toEqual(['shop/default', 'shop/web.v1', 'telemetry/collector.v1', 'telemetry/default'].map(name => [name, [host]]));
    expect(find(objects, 'AuthorizationPolicy', 'collector').spec.rules).toEqual([allCallers('9412')]);
    expect(find(objects, 'AuthorizationPolicy', 'web').spec.rules).toHaveLength(1);
    expect(find(objects, 'Service', 'collector').metadata.annotations).toEqual({ 'networking.istio.io/exportTo': '*' });
    expect(find(objects, 'DestinationRule', 'collector').spec.exportTo).toEqual(['*']);
  });

  test('is allowed by NetworkPolicies, at both ends and from gateways', () => {
    const { chart } = traced(zipkin, { networkPolicies: true });
    const objects = valid(chart);
    const peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'telemetry' } }, podSelector: { matchLabels: { app: 'collector' } } };
    const spans = { to: [peer], ports: [{ port: 9412, protocol: 'TCP' }] };
    expect(find(objects, 'NetworkPolicy', 'default', 'shop').spec.egress).toContainEqual(spans);
    const metrics = { from: [{ namespaceSelector: {} }], ports: [{ port: 15020, protocol: 'TCP' }, { port: 15090, protocol: 'TCP' }] };
    expect(find(objects, 'NetworkPolicy', 'collector').spec.ingress).toEqual([{ from: [{ namespaceSelector: {} }], ports: [{ port: 9412, protocol: 'TCP' }] }, metrics]);
    expect(find(objects, 'NetworkPolicy', 'default', 'shop').spec.podSelector).toEqual({});
  });

  test('of further providers, and of those that are written as data', () => {
    const both = traced(service => ({ ...zipkin(service), tracingProviders: [TracingProvider.openTelemetry('otel', { service, port: 4317 })] }));
    expect(find(valid(both.chart), 'AuthorizationPolicy', 'collector').spec.rules).toEqual([allCallers('4317', '9412')]);
    const data = traced(() => ({
      meshConfig: {
        extensionProviders: [
          { name: 'logs', envoyOtelAls: { service: 'telemetry/collector.telemetry.svc.cluster.local', port: 4317 } },
          { name: 'stats', prometheus: {} },
          { name: 'spans', zipkin: { service: 'collector.telemetry.svc.cluster.local', port: 9411 } },
          { name: 'saas', opentelemetry: { service: 'otel.example.com', port: 443 } },
          { name: 'asks', envoyExtAuthzGrpc: { service: 'opa.shop.svc.cluster.local', port: 9191 } },
        ],
      },
    }));
    const objects = valid(data.chart);
    expect(find(objects, 'AuthorizationPolicy', 'collector').spec.rules).toEqual([allCallers('4317', '9412')]);
    expect(hosts(objects).find(([name]) => name === 'shop/web.v1')).toEqual(['shop/web.v1', ['*/otel.example.com', host]]);
  });

  test('in a namespace of its own without restrictions', () => {
    const chart = new Chart(app(), 'chart');
    const shop = new MeshNamespace(chart, 'shop');
    one(shop, 'web');
    restricted(shop, { networkPolicies: true });
    const service = MeshService.fromAttributes(MeshNamespace.fromExisting(chart, 'telemetry'), 'collector', { ports: [MeshPort.http(9411)], podLabels: { app: 'jaeger' } });
    new MeshSettings(chart, 'settings', { tracing: { provider: TracingProvider.zipkin('zipkin', { service }) } });
    const objects = valid(chart);
    expect(hosts(objects)).toEqual([['shop/default', [host]], ['shop/web.v1', [host]]]);
    expect(find(objects, 'NetworkPolicy', 'default', 'shop').spec.egress[2]).toEqual({
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'telemetry' } }, podSelector: { matchLabels: { app: 'jaeger' } } }],
      ports: [{ port: 9411, protocol: 'TCP' }],
    });
  });
});

test('an authorizer is known to the Sidecars of those who ask it', () => {
  const { chart, shop, web } = traced(() => ({
    meshConfig: { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.shop.svc.cluster.local', port: 9191 } }] },
  }));
  one(shop, 'other');
  new ExternalAuthorization(shop, 'asked', { target: RequestTarget.service(web), provider: 'opa' });
  expect(hosts(valid(chart)).filter(([name]) => /web|other/.test(String(name)))).toEqual([['shop/other.v1', ['~/*']], ['shop/web.v1', ['shop/opa.shop.svc.cluster.local']]]);
});

option('LeastPrivilegeProps.ipBlocks', 'are addresses that every pod may call, as the network knows them', () => {
  const { chart, shop } = traced(() => ({}), { networkPolicies: true, ipBlocks: ['10.96.0.1/32', '169.254.20.10/32'] });
  const blocks = ['10.96.0.1/32', '169.254.20.10/32'].map(cidr => ({ to: [{ ipBlock: { cidr } }] }));
  expect(find(valid(chart), 'NetworkPolicy', 'default', 'shop').spec.egress.slice(2)).toEqual(blocks);
  expect(refusal(() => restricted(shop, { networkPolicies: true, ipBlocks: ['10.0.0.1'] })).code).toBe('IM0112');
  expect(refusal(() => new LeastPrivilege(shop, 'other', { ipBlocks: ['10.96.0.1/32'] })).message).toBe([
    'IM1863 at chart/shop/other: `ipBlocks` needs NetworkPolicies.',
    '  got      ["10.96.0.1/32"]',
    '  next     set `networkPolicies`, or remove the ranges',
  ].join('\n'));
  expect(messages(chart)).toEqual([]);
});
