import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, AppProps, Chart, JsonPatch, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { messages, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { GatewayServer, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, RouteTarget } from 'cdk8s-istio';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'clusters-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

/** Two clusters, each with chart `shop`, that has namespaces `shop` and `pay`. */
function twoClusters(props: AppProps = {}): App {
  const root = new App({ outdir, ...props });
  for (const name of ['a', 'b']) {
    const shop = new Chart(new MeshCluster(root, name), 'shop');
    ['pay', 'shop'].forEach(id => new MeshNamespace(shop, id, { labels: { cluster: name } }));
  }
  return root;
}

function files(): string[] {
  return (readdirSync(outdir, { recursive: true, encoding: 'utf8' })).filter(file => file.endsWith('.yaml') || file.endsWith('.yml')).sort();
}

option('MeshCluster.synthFolders', 'writes the charts of each cluster into its folder, and nothing of what is refused', () => {
  const root = twoClusters();
  MeshCluster.synthFolders(root);
  expect(readdirSync(outdir, { recursive: true }).sort()).toEqual(['a', 'a/shop.k8s.yaml', 'b', 'b/shop.k8s.yaml']);
  expect(readFileSync(join(outdir, 'b', 'shop.k8s.yaml'), 'utf8')).toContain('cluster: b');

  const stray = new Chart(root, 'stray');
  expect(refusal(() => MeshCluster.synthFolders(root)).message).toBe(`IM1013 at ${stray.node.path}: the chart is in no MeshCluster, so it has no folder.
  next     make the chart a child of a MeshCluster`);
  expect(refusal(() => MeshCluster.synthFolders({} as never)).code).toBe('IM0001');
});

describe('files below the folder of a cluster', () => {
  test('FILE_PER_APP: one file a cluster', () => {
    MeshCluster.synthFolders(twoClusters({ yamlOutputType: YamlOutputType.FILE_PER_APP }));
    expect(files()).toEqual(['a/app.k8s.yaml', 'b/app.k8s.yaml']);
    const text = readFileSync(join(outdir, 'a', 'app.k8s.yaml'), 'utf8');
    expect(text.match(/^kind: .*$/gm)).toEqual(['kind: Namespace', 'kind: Namespace', 'kind: PeerAuthentication', 'kind: PeerAuthentication']);
    expect(text).not.toContain('cluster: b');
  });

  test('FILE_PER_CHART: one file a chart, those without objects too', () => {
    const root = twoClusters({ yamlOutputType: YamlOutputType.FILE_PER_CHART, outputFileExtension: '.yml' });
    new Chart(new MeshCluster(root, 'c'), 'empty');
    MeshCluster.synthFolders(root);
    expect(files()).toEqual(['a/shop.yml', 'b/shop.yml', 'c/empty.yml']);
  });

  test('FILE_PER_RESOURCE: one file an object', () => {
    const root = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    ['a', 'b'].forEach(name => new MeshNamespace(new Chart(new MeshCluster(root, name), 'chart'), 'shop'));
    MeshCluster.synthFolders(root);
    expect(files()).toEqual(['a/Namespace.shop.k8s.yaml', 'a/PeerAuthentication.default.k8s.yaml', 'b/Namespace.shop.k8s.yaml', 'b/PeerAuthentication.default.k8s.yaml']);
  });

  test('FOLDER_PER_CHART_FILE_PER_RESOURCE: a folder a chart, a file an object', () => {
    const root = new App({ outdir, yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, outputFileExtension: '.yml' });
    const cluster = new MeshCluster(root, 'a');
    ['pay', 'shop'].forEach(id => new MeshNamespace(new Chart(cluster, id), id));
    MeshCluster.synthFolders(root);
    expect(files()).toEqual([
      'a/pay/Namespace.pay.yml', 'a/pay/PeerAuthentication.default.yml', 'a/shop/Namespace.shop.yml', 'a/shop/PeerAuthentication.default.yml',
    ]);
  });

  test('what was there stays', () => {
    mkdirSync(join(outdir, 'a'));
    writeFileSync(join(outdir, 'a', 'kustomization.yaml'), 'resources: [shop.k8s.yaml]\n');
    MeshCluster.synthFolders(twoClusters());
    expect(readFileSync(join(outdir, 'a', 'kustomization.yaml'), 'utf8')).toBe('resources: [shop.k8s.yaml]\n');
  });

  /** A gateway whose chart comes before that of the service by name, if it leads to it. */
  function gatewayAndService(leads: boolean, props: AppProps = {}): App {
    const root = new App({ outdir, ...props });
    const cluster = new MeshCluster(root, 'a');
    const edge = new MeshNamespace(new Chart(cluster, 'edge'), 'edge');
    const cart = service(new MeshNamespace(new Chart(cluster, 'shop'), 'shop'), 'cart');
    const gateway = new MeshGateway(edge, 'edge', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['x.example.com'] })] });
    gateway.addHttpRoute('x.example.com', { to: leads ? cart : RouteTarget.directResponse(404) });
    return root;
  }

  test.each([[false, ['a/edge.k8s.yaml', 'a/shop.k8s.yaml']], [true, ['a/0000-shop.k8s.yaml', 'a/0001-edge.k8s.yaml']]])(
    'have numbers where their names would be applied in an order that loses requests: %s', (leads, names) => {
      MeshCluster.synthFolders(gatewayAndService(leads));
      expect(files()).toEqual(names);
    },
  );

  test('in one file for the App, the objects of all charts come in one order', () => {
    MeshCluster.synthFolders(gatewayAndService(true, { yamlOutputType: YamlOutputType.FILE_PER_APP }));
    expect(readFileSync(join(outdir, 'a', 'app.k8s.yaml'), 'utf8').match(/^kind: .*$/gm)!.map(line => line.slice(6))).toEqual([
      'Namespace', 'Namespace', 'ServiceAccount', 'ServiceAccount', 'Service', 'Service', 'Deployment', 'PodDisruptionBudget', 'Deployment',
      'Deployment', 'DestinationRule', 'Gateway', 'VirtualService', 'PeerAuthentication', 'PeerAuthentication',
    ]);
  });

  test('in one file for the App, charts stay together where a user says what comes first', () => {
    const root = gatewayAndService(true, { yamlOutputType: YamlOutputType.FILE_PER_APP });
    const [edge, shop] = root.node.findChild('a').node.children.filter(Chart.isChart);
    edge.addDependency(shop);
    MeshCluster.synthFolders(root);
    expect(readFileSync(join(outdir, 'a', 'app.k8s.yaml'), 'utf8').match(/^kind: (Namespace|VirtualService|PeerAuthentication)$/gm)!.map(line => line.slice(6))).toEqual([
      'Namespace', 'PeerAuthentication', 'Namespace', 'VirtualService', 'PeerAuthentication',
    ]);
  });

  test('a name that is too long with its number is refused', () => {
    const root = new App({ outdir });
    const cluster = new MeshCluster(root, 'a');
    const edge = new MeshNamespace(new Chart(cluster, 'e'.repeat(245)), 'edge');
    const cart = service(new MeshNamespace(new Chart(cluster, 'shop'), 'shop'), 'cart');
    new MeshGateway(edge, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['x.example.com'] })] })
      .addHttpRoute('x.example.com', { to: cart });
    expect(() => MeshCluster.synthFolders(root)).toThrow(/^IM0106 at a\/e{245}: the name of its file, with its number, is too long for file systems\.\n/);
    expect(files()).toEqual([]);
  });

  test('a name that no file system takes is refused', () => {
    const long = new App({ outdir });
    new Chart(new MeshCluster(long, 'a'.repeat(256)), 'shop');
    expect(() => MeshCluster.synthFolders(long)).toThrow(/IM0106 at a{256}\/shop: the name of its file or folder is too long for file systems\.\n/);
  });

  test.each([['cluster', '..', 'shop'], ['chart', 'a', '..']])('a %s whose id means another folder is refused', (_, cluster, chart) => {
    const root = new App({ outdir: join(outdir, 'dist'), yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    new MeshNamespace(new Chart(new MeshCluster(root, cluster), chart), 'shop');
    expect(() => MeshCluster.synthFolders(root)).toThrow('the name of its folder is a path to another folder.\n  got      \'..\'\n');
    expect(existsSync(join(outdir, 'dist'))).toBe(false);
  });

  test('two clusters whose folders are one on some disks are refused', () => {
    const root = new App({ outdir });
    ['Prod', 'prod'].forEach((id, i) => new Chart(new MeshCluster(root, id), `chart-${i}`));
    expect(() => MeshCluster.synthFolders(root)).toThrow(`IM1015 at prod: its folder is that of Prod on file systems that ignore case.
  got      'prod'
  next     rename one of the two clusters`);
    const nested = new App({ outdir });
    ['x', 'y'].forEach(id => new Chart(new MeshCluster(new Construct(nested, id), 'prod'), id));
    expect(() => MeshCluster.synthFolders(nested)).toThrow('IM1015 at y/prod: its folder is that of x/prod');
    expect(files()).toEqual([]);
  });

  test('two charts of one file are refused', () => {
    const root = new App({ outdir });
    const cluster = new MeshCluster(root, 'a');
    new Chart(cluster, 'x.y');
    new Chart(new Construct(cluster, 'x'), 'y');
    expect(() => MeshCluster.synthFolders(root)).toThrow(`IM1015 at a/x/y: a/x.y.k8s.yaml is also the file of a/x.y.
  next     rename one of the two charts`);
  });
});

describe('app.synth() refuses two objects of one file', () => {
  const PER_OBJECT = [YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE];
  const next = '\n  next     use YamlOutputType.FILE_PER_CHART or FILE_PER_APP, which keep both objects, or rename one of the two';

  test.each(PER_OBJECT)('of two namespaces in one chart (output type %s)', yamlOutputType => {
    const root = new App({ outdir, yamlOutputType });
    const shop = new Chart(root, 'shop');
    ['pay', 'shop'].forEach(id => new MeshNamespace(shop, id));
    const folder = yamlOutputType === YamlOutputType.FILE_PER_RESOURCE ? '' : 'shop/';
    expect(messages(root)).toEqual([
      `IM1015 at shop/shop/PeerAuthentication: ${folder}PeerAuthentication.default.k8s.yaml is also the file of shop/pay/PeerAuthentication.${next}`,
    ]);
    expect(() => root.synth()).toThrow('IM1015');
    expect(files()).toEqual([]);
  });

  test.each(PER_OBJECT)('of two charts (output type %s)', yamlOutputType => {
    const root = new App({ outdir, yamlOutputType });
    ['pay', 'shop'].forEach(id => new MeshNamespace(new Chart(root, id), id));
    const isPerChart = yamlOutputType === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
    expect(messages(root).length).toBe(isPerChart ? 0 : 1);
  });

  test('of two API groups, of letter case and of characters that file names do not keep', () => {
    const build = (...objects: [string, string, string][]) => {
      const root = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
      const shop = new Chart(root, 'shop');
      MeshCluster.of(shop);
      objects.forEach(([apiVersion, kind, name], i) => object(shop, `o${i}`, apiVersion, kind, name));
      return messages(root).map(message => message.split('\n')[0]);
    };
    expect(build(['networking.istio.io/v1', 'Gateway', 'edge'], ['gateway.networking.k8s.io/v1', 'Gateway', 'edge'])).toEqual([
      'IM1015 at shop/o1: Gateway.edge.k8s.yaml is also the file of shop/o0.',
    ]);
    expect(build(['rbac.authorization.k8s.io/v1', 'Role', 'Edge'], ['rbac.authorization.k8s.io/v1', 'Role', 'edge'])).toEqual([
      'IM1015 at shop/o1: Role.edge.k8s.yaml is also the file of shop/o0, Role.Edge.k8s.yaml, on file systems that ignore case.',
    ]);
    expect(build(['rbac.authorization.k8s.io/v1', 'Role', 'x:y'], ['rbac.authorization.k8s.io/v1', 'Role', 'xy'])).toEqual([
      'IM1015 at shop/o1: Role.xy.k8s.yaml is also the file of shop/o0.',
    ]);
    expect(build(['v1', 'ConfigMap', 'a'], ['v1', 'ConfigMap', 'b'], ['v1', 'Secret', 'a'])).toEqual([]);
  });

  test('of a name that a patch gives', () => {
    const root = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    const shop = new Chart(root, 'shop', { namespace: 'shop' });
    MeshCluster.of(shop);
    object(shop, 'a', 'v1', 'ConfigMap', 'a');
    object(shop, 'b', 'v1', 'ConfigMap', 'b').addJsonPatch(JsonPatch.replace('/metadata/name', 'a'), JsonPatch.add('/metadata/namespace', 'other'));
    expect(messages(root).map(message => message.split('\n')[0])).toEqual(['IM1015 at shop/b: ConfigMap.a.k8s.yaml is also the file of shop/a.']);
  });

  test('of two clusters, where MeshCluster.synthFolders is the way', () => {
    const build = () => {
      const root = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
      ['a', 'b'].forEach(name => object(new Chart(new MeshCluster(root, name), 'chart'), 'map', 'v1', 'ConfigMap', 'map'));
      return root;
    };
    expect(messages(build())).toEqual([`IM1015 at b/chart/map: ConfigMap.map.k8s.yaml is also the file of a/chart/map.
  next     call MeshCluster.synthFolders(app) instead of app.synth(): it writes one folder for each cluster`]);
    MeshCluster.synthFolders(build());
    expect(files()).toEqual(['a/ConfigMap.map.k8s.yaml', 'b/ConfigMap.map.k8s.yaml']);
  });

  test('and nothing else: one file for all keeps every object', () => {
    for (const yamlOutputType of [YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART]) {
      const root = new App({ outdir, yamlOutputType });
      const shop = new Chart(root, 'shop');
      ['pay', 'shop'].forEach(id => new MeshNamespace(shop, id));
      expect(messages(root)).toEqual([]);
    }
  });
});

function object(scope: Construct, id: string, apiVersion: string, kind: string, name: string): ApiObject {
  return new ApiObject(scope, id, { apiVersion, kind, metadata: { name } });
}
