import { App, Chart } from 'cdk8s';
import { app, find, messages, refusal, version } from '../helpers/build';
import { valid } from '../helpers/valid';
import {
  CallerIdentity, CallMatch, CanarySplit, Enforcement, ExistingNamespaceOptions, JobSidecar, LeastPrivilege, MeshJob, MeshNamespace,
  MeshNamespaceProps, MeshPort, MeshService, MeshServiceProps, MutualTls, OutboundTrafficPolicy, SidecarInjection, SplitRule, SplitTarget,
  StatefulMeshService,
} from 'cdk8s-istio';

interface Charts {
  readonly root: App;
  /** The chart that makes the namespace. */
  readonly platform: Chart;
  /** The namespace as the chart of a team refers to it. */
  readonly team: MeshNamespace;
}

type Order = 'made first' | 'referred to first';
const ORDERS: Order[] = ['made first', 'referred to first'];

/** One namespace, `shop`, in two charts. `build` fills that of the team before or after the platform speaks. */
function twoCharts(
  order: Order, props: MeshNamespaceProps, build: (charts: Charts) => void, options: ExistingNamespaceOptions = {}, setUp = (_platform: Chart) => {},
): Charts {
  const root = app();
  const [platform, teams] = [new Chart(root, 'platform'), new Chart(root, 'team')];
  const make = () => {
    new MeshNamespace(platform, 'shop', props);
    setUp(platform);
  };
  if (order === 'made first') make();
  const charts = { root, platform, team: MeshNamespace.fromExisting(teams, 'shop', options) };
  build(charts);
  if (order !== 'made first') make();
  return charts;
}

const one = (scope: MeshNamespace | Chart, id: string, props: Partial<MeshServiceProps> = {}) =>
  new MeshService(scope, id, { ports: [MeshPort.http(80, { targetPort: 8080 })], versions: { v1: version() }, ...props });
const containers = [{ image: 'example.com/report:1' }];
const codes = (root: App) => messages(root).map(text => text.slice(0, 6));

/** What throws, now or at synthesis. */
function allCodes(build: () => App): string[] {
  try {
    return codes(build());
  } catch (e) {
    return [(e as { code: string }).code];
  }
}

describe.each(ORDERS)('a namespace of two charts, %s', order => {
  test('least privilege of the chart that makes it counts the calls of the other', () => {
    const restrict = (platform: Chart) => void new LeastPrivilege(platform, 'least-privilege', { networkPolicies: true });
    const { root } = twoCharts(order, {}, ({ team }) => one(team, 'web').calls(one(team, 'cart')), {}, restrict);
    const objects = root.charts.flatMap(chart => valid(chart));
    expect(find(objects, 'AuthorizationPolicy', 'default').spec).toEqual({ action: 'ALLOW' });
    expect(find(objects, 'AuthorizationPolicy', 'cart').spec).toEqual({
      selector: { matchLabels: { app: 'cart' } }, action: 'ALLOW', rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { ports: ['8080'] } }] }],
    });
    expect(find(objects, 'Sidecar', 'web.v1').spec.egress).toEqual([{ hosts: ['shop/cart.shop.svc.cluster.local'] }]);
    expect(find(objects, 'NetworkPolicy', 'cart').spec.ingress).toContainEqual({
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app: 'web' } } }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
  });

  test('least privilege of both charts makes the objects of a workload once, and is refused where the two differ', () => {
    const restrict = (enforcement?: Enforcement) => (platform: Chart) => void new LeastPrivilege(platform, 'least-privilege', { enforcement });
    const build = ({ team }: Charts) => {
      one(team, 'web');
      new LeastPrivilege(team, 'least-privilege');
    };
    const objects = twoCharts(order, {}, build, {}, restrict()).root.charts.flatMap(chart => valid(chart));
    expect(objects.filter(({ kind }) => kind === 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).toEqual(['default', 'web']);
    expect(allCodes(() => twoCharts(order, {}, build, {}, restrict(Enforcement.AUDIT)).root)).toEqual(['IM1806']);
  });

  test('a service that another team deploys into a fully restricted namespace is refused', () => {
    const { root } = twoCharts(order, {}, ({ team }) => one(team, 'web').calls(MeshService.fromAttributes(team, 'cart', { ports: [MeshPort.http(80)] })), {},
      platform => void new LeastPrivilege(platform, 'least-privilege'));
    expect(codes(root)).toContain('IM1804');
  });

  test('a job without a sidecar that calls it is refused', () => {
    expect(allCodes(() => twoCharts(order, {}, ({ team, root: apps }) => {
      const batch = new MeshNamespace(new Chart(apps, 'batch'), 'batch');
      new MeshJob(batch, 'report', { containers, sidecar: JobSidecar.none(), calls: [one(team, 'cart')] });
    }).root)).toEqual(['IM1702']);
  });

  test('callers connect to its services by mutual TLS', () => {
    const { root } = twoCharts(order, {}, ({ team }) => {
      one(team, 'cart', { ports: [MeshPort.http(80), MeshPort.http(81, { suffix: 'plain', mutualTls: MutualTls.DISABLE })] });
    });
    expect(find(root.charts.flatMap(chart => valid(chart)), 'DestinationRule', 'cart').spec.trafficPolicy).toEqual({
      portLevelSettings: [{ port: { number: 81 }, tls: { mode: 'DISABLE' } }], tls: { mode: 'ISTIO_MUTUAL' },
    });
  });

  test('where it has no sidecars, nothing of a sidecar is taken: STRICT of a service, a rule by caller, a job with a proxy', () => {
    const bare = { injection: SidecarInjection.disabled() };
    expect(allCodes(() => twoCharts(order, bare, ({ team }) => one(team, 'cart', { mutualTls: MutualTls.STRICT })).root)).toEqual(['IM1812']);
    expect(allCodes(() => twoCharts(order, bare, ({ team }) => new StatefulMeshService(team, 'db', {
      replicas: 1, ports: [MeshPort.tcp(5432)], containers, mutualTls: MutualTls.STRICT,
    })).root)).toEqual(['IM1812']);
    expect(allCodes(() => twoCharts(order, bare, ({ team, root }) => {
      const reviews = one(new MeshNamespace(new Chart(root, 'books'), 'books'), 'reviews', { versions: { v1: version(), v2: version() } });
      new CanarySplit(reviews, 'split', {
        service: reviews, traffic: SplitTarget.version('v1'), rules: [SplitRule.when(CallMatch.from(one(team, 'web'))).to('v2')],
      });
    }).root)).toEqual(['IM1207']);
    expect(allCodes(() => twoCharts(order, bare, ({ team }) => new MeshJob(team, 'report', { containers, sidecar: JobSidecar.native() })).root)).toEqual(['IM1705']);
    expect(allCodes(() => twoCharts(order, bare, () => {}, { mutualTls: MutualTls.STRICT }).root)).toEqual(['IM1014']);
    expect(allCodes(() => twoCharts(order, bare, () => {}, { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }).root)).toEqual(['IM1517']);
    expect(allCodes(() => twoCharts(order, bare, ({ team, platform }) => {
      one(team, 'web');
      new LeastPrivilege(platform, 'least-privilege');
      new LeastPrivilege(team, 'least-privilege');
    }).root)).toContain('IM1804');
  });

  test('where it has no sidecars, pods have no annotations for sidecars, whatever runs them', () => {
    const metrics = { port: 9090 };
    const { root } = twoCharts(order, { injection: SidecarInjection.disabled() }, ({ team }) => {
      new MeshJob(team, 'report', { containers, metrics });
      new MeshJob(team, 'bare', { containers, sidecar: JobSidecar.none(), podLabels: { tier: 'batch' } });
    });
    const objects = root.charts.flatMap(chart => valid(chart));
    expect(find(objects, 'Job', 'report').spec.template.metadata).toEqual({
      annotations: { 'prometheus.io/path': '/metrics', 'prometheus.io/port': '9090', 'prometheus.io/scrape': 'true' }, labels: { app: 'report' },
    });
    expect(find(objects, 'Job', 'bare').spec.template.metadata.labels).toEqual({ app: 'bare', tier: 'batch' });
  });

  test.each<[string, MeshNamespaceProps, ExistingNamespaceOptions, string]>([
    ['injection', { injection: SidecarInjection.disabled() }, { injection: SidecarInjection.enabled() }, 'injection of namespace shop'],
    ['revisions', { injection: SidecarInjection.revision('1-31') }, { injection: SidecarInjection.revision('1-30') }, 'injection of namespace shop'],
    ['mutual TLS', {}, { mutualTls: MutualTls.PERMISSIVE }, 'mutual TLS of namespace shop'],
    ['what sidecars let out', { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }, { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }, 'outbound traffic of namespace shop'],
    ['DNS', { dnsCapture: false }, { dnsCapture: true }, 'DNS capture of namespace shop'],
  ])('contradictions are refused with both paths: %s', (_, props, options, what) => {
    const { code, message } = refusal(() => twoCharts(order, props, () => {}, options));
    expect(code).toBe('IM1116');
    expect(message).toContain(what);
    expect(message).toContain('platform/shop');
    expect(message).toContain('team/shop');
  });
});

test('a namespace that is only referred to has its settings, and equal ones count once', () => {
  const root = app();
  const [one1, two] = [new Chart(root, 'one'), new Chart(root, 'two')];
  const first = MeshNamespace.fromExisting(one1, 'shop', { injection: SidecarInjection.revision('1-31') });
  const second = MeshNamespace.fromExisting(two, 'shop', { injection: SidecarInjection.revision('1-31'), mutualTls: MutualTls.STRICT });
  expect([first.mutualTls, second.mutualTls, first.injects]).toEqual([MutualTls.STRICT, MutualTls.STRICT, true]);
  expect(messages(root)).toEqual([]);
});

test('a caller by identity in a namespace without sidecars is refused under least privilege', () => {
  const root = app();
  const chart = new Chart(root, 'chart');
  const cart = one(new MeshNamespace(chart, 'shop'), 'cart');
  new LeastPrivilege(cart.node.scope as MeshNamespace, 'least-privilege');
  CallerIdentity.fromAttributes({ namespace: 'legacy', serviceAccount: 'web' }).calls(cart);
  MeshNamespace.fromExisting(new Chart(root, 'legacy'), 'legacy', { injection: SidecarInjection.disabled() });
  expect(messages(root).join('\n')).toContain('IM1804 at chart/shop/cart: the pods of legacy/web get no sidecar: they have no identity, and cart would refuse their calls.');
});
