import { App, Chart } from 'cdk8s';
import { app, find, findAll, refusal } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { IstioRelease, MeshCluster, MeshNamespace, OutboundTrafficPolicy, SidecarInjection } from 'cdk8s-istio';

const bare = (scope = app()) => new Chart(scope, 'chart');

function made(make: (chart: Chart) => unknown, chart = bare()) {
  make(chart);
  return valid(chart);
}

const sidecar = (mode: string) => ({
  apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'default', namespace: 'shop' }, spec: { outboundTrafficPolicy: { mode } },
});

option('MeshNamespaceProps.outboundTrafficPolicy', 'is a Sidecar for the whole namespace', () => {
  const objects = made(chart => new MeshNamespace(chart, 'shop', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }));
  expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'PeerAuthentication', 'Sidecar']);
  expect(find(objects, 'Sidecar', 'default')).toEqual(sidecar('REGISTRY_ONLY'));
  expect(findAll(made(chart => new MeshNamespace(chart, 'shop')), 'Sidecar')).toEqual([]);
});

option('OutboundTrafficPolicy.REGISTRY_ONLY', 'is REGISTRY_ONLY', () => {
  expect(made(chart => new MeshNamespace(chart, 'shop', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }))).toContainEqual(sidecar('REGISTRY_ONLY'));
});

option('OutboundTrafficPolicy.ALLOW_ANY', 'is ALLOW_ANY', () => {
  expect(made(chart => new MeshNamespace(chart, 'shop', { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }))).toContainEqual(sidecar('ALLOW_ANY'));
});

option('ExistingNamespaceOptions.outboundTrafficPolicy', 'is the Sidecar of a namespace that is there', () => {
  expect(made(chart => MeshNamespace.fromExisting(chart, 'shop', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }))).toEqual([sidecar('REGISTRY_ONLY')]);
});

option('MeshNamespaceProps.dnsCapture', 'is the ProxyConfig of the namespace, with addresses given out by sidecars before Istio 1.25', () => {
  const config = (environmentVariables: object) => ({
    apiVersion: 'networking.istio.io/v1beta1', kind: 'ProxyConfig', metadata: { name: 'default', namespace: 'shop' }, spec: { environmentVariables },
  });
  expect(made(chart => new MeshNamespace(chart, 'shop', { dnsCapture: true }))).toContainEqual(config({ ISTIO_META_DNS_CAPTURE: 'true' }));
  const old = bare(new MeshCluster(app(), 'old', { istio: IstioRelease.V1_24 }) as unknown as App);
  expect(made(chart => new MeshNamespace(chart, 'shop', { dnsCapture: true }), old))
    .toContainEqual(config({ ISTIO_META_DNS_AUTO_ALLOCATE: 'true', ISTIO_META_DNS_CAPTURE: 'true' }));
  expect(findAll(made(chart => new MeshNamespace(chart, 'shop', { dnsCapture: false })), 'ProxyConfig')).toEqual([]);
});

option('ExistingNamespaceOptions.dnsCapture', 'is known, and written by no construct', () => {
  expect(made(chart => MeshNamespace.fromExisting(chart, 'shop', { dnsCapture: true }))).toEqual([]);
});

test('outbound rules are refused where they would apply to no namespace, or to all', () => {
  const tried = (props: object, id = 'shop') => refusal(() => new MeshNamespace(bare(), id, props)).message;
  expect(tried({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }, 'istio-system')).toBe([
    'IM1517 at chart/istio-system: istio-system is the root namespace: its Sidecar would apply to the whole mesh.',
    '  got      \'REGISTRY_ONLY\'',
    '  next     remove it here, and set it for the namespaces of the workloads',
  ].join('\n'));
  const injection = SidecarInjection.disabled();
  expect(tried({ outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY, injection })).toBe('IM1517 at chart/shop: the pods of shop get no sidecar.\n  got      \'ANY\'\n  next     remove it');
  expect(tried({ dnsCapture: true, injection })).toContain('IM1517');
  expect(tried({ outbound: 'SOME' })).toContain('IM0001');
});
