import { App, Chart } from 'cdk8s';
import { ConfigMap, k8s } from 'cdk8s-plus-28';
import { app, find, findAll, messages, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { CallMatch, CanarySplit, MeshCluster, MeshNamespace, MutualTls, SidecarInjection, SplitRule, SplitTarget } from 'cdk8s-istio';

const bare = () => new Chart(app(), 'chart');

option('MeshNamespace.constructor', 'a full chart', () => {
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', {
    name: 'bookinfo-prod',
    injection: SidecarInjection.revision('1-31-0'),
    mutualTls: MutualTls.PERMISSIVE,
    labels: { 'pod-security.kubernetes.io/enforce': 'baseline', 'team': 'books' },
    annotations: { 'example.com/owner': 'books@example.com' },
  });
  new MeshNamespace(chart, 'defaults');
  new MeshNamespace(chart, 'outside', { injection: SidecarInjection.disabled() });
  expect(valid(chart)).toMatchSnapshot();
});

option('MeshNamespaceProps.name', 'is the name of the namespace, in place of the id', () => {
  const chart = bare();
  const namespace = new MeshNamespace(chart, 'id', { name: 'bookinfo' });
  service(namespace);
  expect(namespace.name).toBe('bookinfo');
  expect(valid(chart).filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace)).toEqual(Array(6).fill('bookinfo'));
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata).toEqual({ name: 'bookinfo', labels: { 'istio-injection': 'enabled' } });
});

option('MeshNamespaceProps.injection', 'is a label', () => {
  const chart = bare();
  const namespace = new MeshNamespace(chart, 'bookinfo', { injection: SidecarInjection.revision('canary') });
  expect(namespace.injects).toBe(true);
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata.labels).toEqual({ 'istio.io/rev': 'canary' });
});

option('SidecarInjection.enabled', 'is the label of the default istiod', () => {
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', { injection: SidecarInjection.enabled() });
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata.labels).toEqual({ 'istio-injection': 'enabled' });
});

option('SidecarInjection.revision', 'is the label of a revision', () => {
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', { injection: SidecarInjection.revision('1-31-0') });
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata.labels).toEqual({ 'istio.io/rev': '1-31-0' });
});

option('SidecarInjection.disabled', 'is no label, and no mode of mutual TLS that sidecars would have to keep', () => {
  const chart = bare();
  const namespace = new MeshNamespace(chart, 'bookinfo', { injection: SidecarInjection.disabled() });
  expect(namespace.injects).toBe(false);
  expect(namespace.mutualTls).toBeUndefined();
  expect(valid(chart)).toEqual([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bookinfo' } }]);
});

/** The PeerAuthentication of a namespace with this mode. */
function peerAuthentication(mutualTls: MutualTls): unknown {
  const chart = bare();
  expect(new MeshNamespace(chart, 'bookinfo', { mutualTls }).mutualTls).toBe(mutualTls);
  return find(valid(chart), 'PeerAuthentication', 'default');
}

const peerAuthenticationOf = (mode: string) => ({
  apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default', namespace: 'bookinfo' }, spec: { mtls: { mode } },
});

option('MeshNamespaceProps.mutualTls', 'is the PeerAuthentication of the namespace', () => {
  expect(peerAuthentication(MutualTls.PERMISSIVE)).toEqual(peerAuthenticationOf('PERMISSIVE'));
});

option('MutualTls.STRICT', 'is the mode STRICT, and mutual TLS for callers', () => {
  expect(peerAuthentication(MutualTls.STRICT)).toEqual(peerAuthenticationOf('STRICT'));
  const chart = bare();
  service(new MeshNamespace(chart, 'bookinfo', { mutualTls: MutualTls.STRICT }));
  expect(find(valid(chart), 'DestinationRule', 'reviews').spec.trafficPolicy).toEqual({ tls: { mode: 'ISTIO_MUTUAL' } });
});

option('MutualTls.PERMISSIVE', 'is the mode PERMISSIVE, and leaves callers to automatic mutual TLS', () => {
  expect(peerAuthentication(MutualTls.PERMISSIVE)).toEqual(peerAuthenticationOf('PERMISSIVE'));
  const chart = bare();
  service(new MeshNamespace(chart, 'bookinfo', { mutualTls: MutualTls.PERMISSIVE }));
  expect(find(valid(chart), 'DestinationRule', 'reviews').spec.trafficPolicy).toBeUndefined();
});

option('MutualTls.DISABLE', 'is the mode DISABLE', () => {
  expect(peerAuthentication(MutualTls.DISABLE)).toEqual(peerAuthenticationOf('DISABLE'));
});

option('MeshNamespaceProps.labels', 'are labels beside the one for injection', () => {
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', { labels: { team: 'books' } });
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata.labels).toEqual({ 'istio-injection': 'enabled', 'team': 'books' });
});

option('MeshNamespaceProps.annotations', 'are annotations', () => {
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', { annotations: { 'example.com/owner': 'books' } });
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata.annotations).toEqual({ 'example.com/owner': 'books' });
});

option('MeshNamespace.metadata', 'puts an object of another library into the namespace, without a hash in its name', () => {
  const chart = bare();
  const namespace = new MeshNamespace(chart, 'bookinfo');
  new ConfigMap(namespace, 'settings', { metadata: namespace.metadata('settings'), data: { a: 'b' } });
  expect(find(valid(chart), 'ConfigMap', 'settings')).toEqual({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'bookinfo' }, data: { a: 'b' }, immutable: false,
  });
});

test('metadata without a name is refused', () => {
  const namespace = new MeshNamespace(bare(), 'bookinfo');
  expect(refusal(() => namespace.metadata(undefined as unknown as string)).code).toBe('IM0106');
});

option('MeshNamespace.fromExisting', 'is the scope without the Namespace, and without a PeerAuthentication', () => {
  const chart = bare();
  const namespace = MeshNamespace.fromExisting(chart, 'bookinfo');
  service(namespace);
  expect([namespace.name, namespace.injects, namespace.mutualTls]).toEqual(['bookinfo', true, undefined]);
  expect(valid(chart)).toMatchSnapshot();
  expect(MeshCluster.of(chart).references).toEqual([{ kind: 'Namespace', name: 'bookinfo', usedBy: 'chart/bookinfo' }]);
});

option('ExistingNamespaceOptions.name', 'is the name of the namespace, in place of the id', () => {
  const chart = bare();
  service(MeshNamespace.fromExisting(chart, 'id', { name: 'bookinfo' }));
  expect(find(valid(chart), 'Service', 'reviews').metadata.namespace).toBe('bookinfo');
  expect(MeshCluster.of(chart).references.map(({ name }) => name)).toEqual(['bookinfo']);
});

option('ExistingNamespaceOptions.injection', 'is known and not written: a caller without a sidecar is refused', () => {
  const chart = bare();
  const outside = MeshNamespace.fromExisting(chart, 'outside', { injection: SidecarInjection.disabled() });
  const caller = service(outside, 'productpage');
  const inside = new MeshNamespace(chart, 'inside');
  const props = { service: service(inside), rules: [SplitRule.when(CallMatch.from(caller)).to('v1')], traffic: SplitTarget.version('v2') };
  expect(outside.injects).toBe(false);
  expect(refusal(() => new CanarySplit(inside, 'split', props)).message).toBe([
    'IM1207 at chart/inside/split: rule 1 is for calls of productpage, whose pods have no sidecar to evaluate it.',
    '  got      \'productpage.outside.svc.cluster.local\'',
    '  next     use a caller of this library whose labels are known',
  ].join('\n'));
  expect(findAll(valid(chart), 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['inside']);
});

option('ExistingNamespaceOptions.mutualTls', 'is written as the PeerAuthentication of the namespace', () => {
  const chart = bare();
  const namespace = MeshNamespace.fromExisting(chart, 'bookinfo', { mutualTls: MutualTls.STRICT });
  expect(namespace.mutualTls).toBe(MutualTls.STRICT);
  expect(valid(chart)).toEqual([peerAuthenticationOf('STRICT')]);
});

test('the root namespace of the mesh sets nothing for the whole mesh', () => {
  const chart = bare();
  expect(new MeshNamespace(chart, 'istio-system').mutualTls).toBeUndefined();
  expect(valid(chart)).toEqual([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } }]);
  expect(refusal(() => new MeshNamespace(chart, 'root', { name: 'istio-system', mutualTls: MutualTls.STRICT })).message).toBe([
    'IM1009 at chart/root: istio-system is the root namespace: its mode would be that of the whole mesh.',
    '  got      \'STRICT\'',
    '  next     remove it here, and set the mode on the namespaces of the workloads',
  ].join('\n'));
});

describe('strays', () => {
  test('an object that would land in another namespace is refused', () => {
    const chart = bare();
    new ConfigMap(new MeshNamespace(chart, 'bookinfo'), 'settings', {});
    expect(messages(chart.node.root as App)).toEqual([[
      'IM1002 at chart/bookinfo/settings/Resource: ConfigMap chart-bookinfo-settings-c832b22c is below namespace bookinfo, but would be created in '
        + 'the current namespace.',
      '  got      undefined',
      '  allowed  bookinfo',
      '  next     set { metadata: namespace.metadata(\'…\') }; move cluster-scoped objects below the chart',
    ].join('\n')]);
    expect(() => valid(chart)).toThrow('IM1002 at chart/bookinfo/settings/Resource');
  });

  test('so is one that takes the namespace of its chart', () => {
    const chart = new Chart(app(), 'chart', { namespace: 'other' });
    new ConfigMap(new MeshNamespace(chart, 'bookinfo'), 'settings', {});
    expect(messages(chart)).toEqual([expect.stringMatching(/^IM1002 .* would be created in other\.\n {2}got {6}'other'\n/)]);
  });

  test('an object that has no namespace by its kind is none', () => {
    const chart = bare();
    new k8s.KubeClusterRole(new MeshNamespace(chart, 'bookinfo'), 'role', { metadata: { name: 'reader' } });
    expect(messages(chart)).toEqual([]);
    expect(find(valid(chart), 'ClusterRole', 'reader').metadata).toEqual({ name: 'reader' });
  });
});

test('the Namespace has no namespace, whatever its chart says', () => {
  const chart = new Chart(app(), 'chart', { namespace: 'other' });
  new MeshNamespace(chart, 'bookinfo');
  expect(find(valid(chart), 'Namespace', 'bookinfo').metadata).toEqual({ name: 'bookinfo', labels: { 'istio-injection': 'enabled' } });
});

test.each(['istio-injection', 'istio.io/rev'])('the label %s is for `injection` to say', key => {
  expect(refusal(() => new MeshNamespace(bare(), 'bookinfo', { labels: { [key]: 'disabled' } })).message).toBe([
    `IM1010 at chart/bookinfo: \`injection\` sets the label ${key}.`,
    '  got      \'disabled\'',
    '  next     use SidecarInjection.enabled(), SidecarInjection.revision(\'…\') or SidecarInjection.disabled()',
  ].join('\n'));
});

test('ambient mode is for a namespace without sidecars', () => {
  const labels = { 'istio.io/dataplane-mode': 'ambient' };
  expect(refusal(() => new MeshNamespace(bare(), 'bookinfo', { labels })).message).toBe([
    'IM1010 at chart/bookinfo: the label istio.io/dataplane-mode is only for namespaces without sidecars.',
    '  got      \'ambient\'',
    '  next     remove it, or use SidecarInjection.disabled()',
  ].join('\n'));
  const chart = bare();
  new MeshNamespace(chart, 'bookinfo', { labels, injection: SidecarInjection.disabled(), mutualTls: MutualTls.STRICT });
  expect(valid(chart)).toEqual([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bookinfo', labels } }, peerAuthenticationOf('STRICT')]);
});

test('mutual TLS that no sidecar would enforce is refused', () => {
  const props = { injection: SidecarInjection.disabled(), mutualTls: MutualTls.STRICT };
  expect(refusal(() => new MeshNamespace(bare(), 'bookinfo', props)).message).toBe([
    'IM1014 at chart/bookinfo: bookinfo requires mutual TLS, but its pods get no sidecar to enforce it.',
    '  got      \'STRICT\'',
    '  next     remove the mode, or enable sidecars for the pods',
  ].join('\n'));
  expect(refusal(() => MeshNamespace.fromExisting(bare(), 'bookinfo', props)).code).toBe('IM1014');
  expect(new MeshNamespace(bare(), 'bookinfo', { ...props, mutualTls: MutualTls.PERMISSIVE }).mutualTls).toBe('PERMISSIVE');
});

test('a namespace needs a chart', () => {
  expect(refusal(() => new MeshNamespace(app(), 'bookinfo')).message).toBe([
    'IM1011 at bookinfo: the namespace is not inside a chart.',
    '  next     create a Chart, and put the namespace below it',
  ].join('\n'));
});

test('namespaces do not nest', () => {
  const outer = new MeshNamespace(bare(), 'outer');
  expect(refusal(() => new MeshNamespace(outer, 'inner')).message).toBe([
    'IM1004 at chart/outer/inner: the namespace is inside another one, chart/outer.',
    '  next     make both children of a chart',
  ].join('\n'));
});

test('a service outside of a MeshNamespace lives in the namespace of its chart', () => {
  expect(service(new Chart(app(), 'chart', { namespace: 'shop' })).host).toBe('reviews.shop.svc.cluster.local');
  expect(refusal(() => service(bare())).message).toBe([
    'IM1001 at chart/reviews: the construct has no namespace.',
    '  next     put the construct below a MeshNamespace, or set the namespace of its chart',
  ].join('\n'));
});
