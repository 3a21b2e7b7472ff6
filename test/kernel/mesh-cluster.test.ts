import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { registryOf } from '../../src/kernel/registry';
import { app, chart, messages, refusal, service, synth } from '../helpers/build';
import { IstioRelease, KubernetesRelease, MeshCluster, MeshClusterProps, MeshGateway, MeshNamespace, MeshPort, MeshService } from 'cdk8s-istio';

function configMap(scope: Chart, id: string, name: string, namespace?: string): k8s.KubeConfigMap {
  return new k8s.KubeConfigMap(scope, id, { metadata: { name, namespace } });
}

describe('the cluster of a construct', () => {
  test('is the App\'s own, with all defaults', () => {
    const root = app();
    const shop = chart({ scope: root });
    const cluster = MeshCluster.of(shop);
    expect(MeshCluster.of(root)).toBe(cluster);
    expect(MeshCluster.of(chart({ scope: root, id: 'other' }))).toBe(cluster);
    const { istio, kubernetes, clusterDomain, trustDomain, rootNamespace } = cluster;
    expect({ istio: istio.version, kubernetes: kubernetes.version, clusterDomain, trustDomain, rootNamespace }).toEqual({
      istio: '1.31', kubernetes: '1.34', clusterDomain: 'cluster.local', trustDomain: 'cluster.local', rootNamespace: 'istio-system',
    });
  });

  test('is that of its App, and no other App\'s', () => {
    expect(MeshCluster.of(chart())).not.toBe(MeshCluster.of(chart()));
  });

  test('is the MeshCluster above it', () => {
    const root = app();
    const a = new MeshCluster(root, 'a', { istio: IstioRelease.V1_22, kubernetes: KubernetesRelease.V1_28, clusterDomain: 'a.local', trustDomain: 'td.a', rootNamespace: 'mesh' });
    const inside = chart({ scope: a });
    const outside = chart({ scope: root });
    expect(MeshCluster.of(inside)).toBe(a);
    expect(MeshCluster.of(outside)).not.toBe(a);
    expect([a.istio.version, a.kubernetes.version, a.trustDomain, a.rootNamespace]).toEqual(['1.22', '1.28', 'td.a', 'mesh']);
    expect(service(inside).host).toBe('reviews.shop.svc.a.local');
    expect(service(outside).host).toBe('reviews.shop.svc.cluster.local');
  });

  test('cannot be inside another one', () => {
    const outer = new MeshCluster(app(), 'outer');
    expect(refusal(() => new MeshCluster(outer, 'inner')).message).toBe([
      'IM1005 at outer/inner: a cluster cannot be inside another cluster.',
      '  next     make both children of the App',
    ].join('\n'));
    expect(refusal(() => new MeshCluster(chart({ scope: outer }), 'inner'))).toMatchObject({ code: 'IM1005', at: 'outer/chart/inner' });
  });

  test('cannot be inside a chart', () => {
    expect(refusal(() => new MeshCluster(new Chart(app(), 'chart'), 'cluster')).message).toBe([
      'IM1012 at chart/cluster: a cluster contains charts, and cannot be inside a chart.',
      '  next     make the cluster a child of the App, and its charts children of the cluster',
    ].join('\n'));
  });

  test.each<[string, MeshClusterProps, string, string]>([
    ['the cluster domain', { clusterDomain: 'Cluster.local' }, 'the cluster domain is no DNS name', 'Cluster.local'],
    ['the trust domain', { trustDomain: 'a_b' }, 'the trust domain is no DNS name', 'a_b'],
    ['the root namespace', { rootNamespace: '' }, 'the root namespace is no DNS label', ''],
    ['the root namespace', { rootNamespace: 'mesh.root' }, 'the root namespace is no DNS label', 'mesh.root'],
  ])('%s has to be a DNS name', (_, props, problem, got) => {
    const lines = refusal(() => new MeshCluster(app(), 'a', props)).message.split('\n');
    expect(lines.slice(0, 2)).toEqual([`IM1006 at a: ${problem}.`, `  got      '${got}'`]);
  });

  test('has an id of its own', () => {
    const root = app();
    new MeshCluster(root, 'a');
    expect(refusal(() => new MeshCluster(root, 'a')).message).toBe([
      'IM1007 at a: the scope already has a.',
      '  got      \'a\'',
      '  next     rename one of them, or use the first one in both places',
    ].join('\n'));
  });

  test('has its own registers', () => {
    class Names {
      public readonly names = new Set<string>();
    }
    const root = app();
    const a = new MeshCluster(root, 'a');
    registryOf(chart({ scope: a }), Names).names.add('x');
    expect([...registryOf(a, Names).names]).toEqual(['x']);
    expect([...registryOf(chart({ scope: root }), Names).names]).toEqual([]);
  });
});

describe('a duplicate object', () => {
  /** Two charts below the scopes, each with ConfigMap shop/settings. */
  function twoCharts(first: App | MeshCluster, second: App | MeshCluster): void {
    configMap(chart({ scope: first, id: 'one' }), 'Map', 'settings');
    configMap(chart({ scope: second, id: 'two' }), 'Map', 'settings');
  }

  test('within a chart', () => {
    const shop = chart();
    service(shop);
    configMap(shop, 'a', 'settings');
    configMap(shop, 'b', 'settings');
    expect(messages(shop.node.root)).toEqual([[
      'IM1003 at chart/b: chart/a also creates ConfigMap shop/settings.',
      '  next     rename one of them, or use the first object in both places',
    ].join('\n')]);
    expect(() => synth(shop)).toThrow('IM1003 at chart/b');
  });

  test('in two charts of the App\'s cluster', () => {
    const root = app();
    MeshCluster.of(root);
    twoCharts(root, root);
    expect(messages(root)).toEqual([expect.stringMatching(/^IM1003 at two\/Map: one\/Map also creates ConfigMap shop\/settings\.\n/)]);
    expect(() => root.synthYaml()).toThrow('IM1003 at two/Map');
  });

  test('in two charts that stand for environments, names MeshCluster', () => {
    const root = app();
    service(chart({ scope: root, id: 'dev' }));
    expect(refusal(() => service(chart({ scope: root, id: 'prod' }))).message).toBe([
      'IM1003 at prod/reviews: the service shop/reviews exists already: dev/reviews.',
      '  next     use that object, or rename one of the two; charts for two clusters or environments stand in a MeshCluster each',
    ].join('\n'));
    const other = app();
    ['dev', 'prod'].forEach(id => new MeshNamespace(chart({ scope: other, id }), 'shop'));
    expect(messages(other)[0]).toBe([
      'IM1003 at prod/shop/Resource: dev/shop/Resource also creates Namespace shop.',
      '  next     rename one of them, or use the first object in both places; charts for two clusters or environments stand in a MeshCluster each',
    ].join('\n'));
  });

  test('in two charts of a named cluster', () => {
    const root = app();
    const a = new MeshCluster(root, 'a');
    twoCharts(a, a);
    expect(messages(root)).toEqual([expect.stringMatching(/^IM1003 at a\/two\/Map: a\/one\/Map also creates ConfigMap shop\/settings\.\n/)]);
  });

  test('by a service and an object of another library', () => {
    const shop = chart();
    service(shop);
    new k8s.KubeService(shop, 'mine', { metadata: { name: 'reviews' } });
    expect(messages(shop.node.root)).toEqual([expect.stringMatching(/^IM1003 at chart\/mine: chart\/reviews\/Resource also creates Service shop\/reviews\.\n/)]);
  });

  test('three times are two mistakes', () => {
    const shop = chart();
    service(shop);
    ['a', 'b', 'c'].forEach(id => configMap(shop, id, 'settings'));
    expect(messages(shop.node.root).map(message => message.split('\n')[0])).toEqual([
      'IM1003 at chart/b: chart/a also creates ConfigMap shop/settings.',
      'IM1003 at chart/c: chart/a also creates ConfigMap shop/settings.',
    ]);
  });

  test('a namespace that two charts of different namespaces write', () => {
    const root = app();
    new MeshNamespace(chart({ scope: root, id: 'one', namespace: 'x' }), 'shop');
    new k8s.KubeNamespace(chart({ scope: root, id: 'two', namespace: 'y' }), 'ns', { metadata: { name: 'shop' } });
    expect(messages(root)).toEqual([expect.stringMatching(/^IM1003 at two\/ns: one\/shop\/Resource also creates Namespace shop\.\n/)]);
  });

  test('is none in two clusters', () => {
    const root = app();
    twoCharts(new MeshCluster(root, 'a'), new MeshCluster(root, 'b'));
    expect(messages(root)).toEqual([]);
  });

  test('is none in a named cluster and the App\'s own', () => {
    const root = app();
    MeshCluster.of(root);
    twoCharts(new MeshCluster(root, 'a'), root);
    expect(messages(root)).toEqual([]);
  });

  test('is none of another kind, group, namespace or name', () => {
    const shop = chart();
    service(shop, 'settings');
    configMap(shop, 'a', 'settings');
    configMap(shop, 'b', 'settings', 'other');
    configMap(shop, 'c', 'other');
    expect(messages(shop.node.root)).toEqual([]);
  });
});

describe('what manifests refer to', () => {
  test('by kind, namespace, name and user, in that order', () => {
    const shop = chart();
    const ns = MeshNamespace.fromExisting(shop, 'existing', { name: 'legacy' });
    MeshService.fromAttributes(ns, 'ledger', { ports: [MeshPort.http(80)] });
    MeshGateway.fromAttributes(ns, 'edge', { namespace: 'istio-system' });
    expect(MeshCluster.of(shop).references).toEqual([
      { kind: 'Gateway', namespace: 'istio-system', name: 'edge', usedBy: 'chart/existing/edge' },
      { kind: 'Namespace', name: 'legacy', usedBy: 'chart/existing' },
      { kind: 'Service', namespace: 'legacy', name: 'ledger', usedBy: 'chart/existing/ledger' },
    ]);
  });

  test('but not to what the App makes itself after all, of the same kind, namespace and name', () => {
    const root = app();
    const first = chart({ scope: root });
    MeshNamespace.fromExisting(first, 'a', { name: 'legacy' });
    MeshService.fromAttributes(first, 'ledger', { ports: [MeshPort.http(80)] });
    MeshService.fromAttributes(first, 'books', { ports: [MeshPort.http(80)] });
    const second = chart({ scope: root, id: 'second' });
    const names = () => MeshCluster.of(root).references.map(({ kind, name }) => `${kind} ${name}`);
    new k8s.KubeService(second, 'other', { metadata: { name: 'books', namespace: 'other' } });
    configMap(second, 'Map', 'books');
    expect(names()).toEqual(['Namespace legacy', 'Service books', 'Service ledger']);
    new k8s.KubeNamespace(second, 'ns', { metadata: { name: 'legacy' } });
    new k8s.KubeService(second, 'service', { metadata: { name: 'ledger' } });
    expect(names()).toEqual(['Service books']);
  });

  test('per cluster, as a copy', () => {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => new MeshCluster(root, id));
    MeshNamespace.fromExisting(new Chart(a, 'chart'), 'legacy');
    expect([a.references.length, b.references.length]).toEqual([1, 0]);
    a.references.pop();
    expect(a.references).toHaveLength(1);
  });
});
