import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Testing, Yaml, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { service } from '../helpers/build';
import {
  CanarySplit, EgressPort, EgressRoute, EgressPath, GatewayWorkload, LeastPrivilege, MeshCluster, MeshGateway, MeshNamespace, MutualTls, SplitTarget,
} from 'cdk8s-istio';

/** Constructs in the opposite order of need: a namespace's denies first, a route before what it leads to. */
function build(scope: Construct): Chart {
  const chart = new Chart(scope, 'shop');
  new ApiObject(chart, 'widget-2', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'second' } });
  new ApiObject(chart, 'widget-1', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'first' } });
  new ApiObject(chart, 'deny', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'own', namespace: 'other' }, spec: {} });
  const shop = new MeshNamespace(chart, 'shop', { mutualTls: MutualTls.STRICT });
  new LeastPrivilege(shop, 'strict');
  const egress = new MeshGateway(shop, 'egress', { workload: GatewayWorkload.dedicatedEgress() });
  const bank = new EgressRoute(shop, 'bank', { host: 'bank.example.net', ports: [EgressPort.http(80)], via: EgressPath.gateway(egress) });
  const reviews = service(shop);
  reviews.calls(bank);
  new CanarySplit(shop, 'split', { service: reviews, traffic: SplitTarget.weights({ v1: 90 }, { rest: 'v2' }) });
  new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'shop' } });
  return chart;
}

const ORDER = [
  'Namespace shop',
  'ServiceAccount egress',
  'ServiceAccount reviews',
  'ConfigMap late',
  'Widget second',
  'Widget first',
  'Service egress',
  'Service reviews',
  'AuthorizationPolicy egress.callers',
  'AuthorizationPolicy reviews',
  'Deployment egress',
  'PodDisruptionBudget egress',
  'Deployment reviews-v1',
  'Deployment reviews-v2',
  'DestinationRule egress',
  'DestinationRule reviews',
  'ServiceEntry bank.example.net',
  'Sidecar reviews.v1',
  'Sidecar reviews.v2',
  'Gateway egress',
  'VirtualService egress.bank.example.net',
  'VirtualService bank.example.net.to--outside',
  'VirtualService reviews',
  'AuthorizationPolicy own',
  'PeerAuthentication default',
  'AuthorizationPolicy default',
  'Sidecar default',
];

const names = (objects: any[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

function folder<T>(use: (path: string) => T): T {
  const path = mkdtempSync(join(tmpdir(), 'order-'));
  try {
    return use(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

describe('objects come in the order that is safe when they are added', () => {
  test('in Testing.synth()', () => expect(names(Testing.synth(build(new App())))).toEqual(ORDER));

  test('in chart.toJson()', () => expect(names(build(new App()).toJson())).toEqual(ORDER));

  test('in app.synthYaml()', () => folder(path => {
    const app = new App();
    build(app);
    writeFileSync(join(path, 'all.yaml'), app.synthYaml());
    expect(names(Yaml.load(join(path, 'all.yaml')))).toEqual(ORDER);
  }));

  test.each([
    ['FILE_PER_CHART', YamlOutputType.FILE_PER_CHART, 'shop.k8s.yaml'],
    ['FILE_PER_APP', YamlOutputType.FILE_PER_APP, 'app.k8s.yaml'],
  ])('in app.synth(), %s', (_name, yamlOutputType, file) => folder(outdir => {
    const app = new App({ outdir, yamlOutputType });
    build(app);
    app.synth();
    expect(names(Yaml.load(join(outdir, file)))).toEqual(ORDER);
  }));

  test('in MeshCluster.synthFolders()', () => folder(outdir => {
    const app = new App({ outdir });
    build(new MeshCluster(app, 'east'));
    MeshCluster.synthFolders(app);
    expect(names(Yaml.load(join(outdir, 'east', 'shop.k8s.yaml')))).toEqual(ORDER);
  }));

  test('twice the same', () => {
    const app = new App();
    build(app);
    expect(app.synthYaml()).toBe(app.synthYaml());
  });

  test('with what is made, said or patched after the first time', () => {
    const chart = build(new App());
    chart.toJson();
    new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'after' } });
    (chart.node.findChild('deny') as ApiObject).addJsonPatch(JsonPatch.add('/spec/selector', { matchLabels: { app: 'x' } }));
    const order = ORDER.filter(name => name !== 'AuthorizationPolicy own');
    order.splice(4, 0, 'ServiceAccount after');
    order.splice(order.indexOf('AuthorizationPolicy egress.callers'), 0, 'AuthorizationPolicy own');
    expect(names(chart.toJson())).toEqual(order);
  });
});

describe('what a user says of the order', () => {
  test('goes first: dependencies of constructs', () => {
    const chart = build(new App());
    chart.node.findChild('widget-1').node.addDependency(chart.node.findChild('deny'));
    const order = names(chart.toJson());
    expect(order.indexOf('Widget first')).toBe(order.indexOf('AuthorizationPolicy own') + 1);
    expect(order.filter(name => !/ own$/.test(name))).toEqual(ORDER.filter(name => !/ own$/.test(name)));
  });

  test('is kept among objects of one rank, and in a chart of unknown kinds', () => {
    const app = new App();
    build(app);
    const plain = new Chart(app, 'plain');
    ['c', 'a', 'b'].forEach(id => new ApiObject(plain, id, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: id } }));
    expect(names(plain.toJson())).toEqual(['Widget c', 'Widget a', 'Widget b']);
  });
});

test('an object in a chart inside a chart is ordered with its own chart', () => {
  const app = new App();
  const outer = build(app);
  const inner = new Chart(outer, 'inner');
  new ApiObject(inner, 'deny', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'own', namespace: 'inner' } });
  new ApiObject(inner, 'ns', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'inner' } });
  expect(names(inner.toJson())).toEqual(['Namespace inner', 'AuthorizationPolicy own']);
  expect(names(outer.toJson())).toEqual(ORDER);
});
