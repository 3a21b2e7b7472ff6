import { App, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-28';
import { parseAllDocuments } from 'yaml';
import { app, chart, find, findAll, KubeObject, messages, refusal, service, synth, version, written } from './helpers/build';
import { edgePaths as edges } from './helpers/edges';
import { MeshHost } from '../src/hosts/mesh-host';
import {
  CanarySplit, GatewayServer, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, RouteMatch, SplitTarget,
} from 'cdk8s-istio';

// Each seam of ARCHITECTURE.md, by a small case of its later use.

const HOST = 'www.example.com';
const DIALLED = 'reviews.shop.svc.cluster.local';
const HALF = SplitTarget.weights({ v1: 50, v2: 50 });

function edge(scope: Chart | MeshNamespace, id = 'edge'): MeshGateway {
  return new MeshGateway(scope, id, { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST] })] });
}

const named = (objects: KubeObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
const parsed = (text: string): KubeObject[] => parseAllDocuments(text).map(document => document.toJS());

describe('two clusters with the same names in one App', () => {
  interface Shop { cluster: MeshCluster; reviews: MeshService; ratings: MeshService; gateway: MeshGateway }

  /** Everything there is, in a chart below a cluster. */
  function shop(root: App, id: string, weights: { [version: string]: number }): Shop {
    const cluster = new MeshCluster(root, id);
    const ns = new MeshNamespace(new Chart(cluster, 'shop'), 'shop');
    const [reviews, ratings] = [service(ns), service(ns, 'ratings')];
    reviews.calls(ratings);
    new CanarySplit(ns, 'split', { service: reviews, traffic: SplitTarget.weights(weights) });
    const gateway = edge(ns);
    gateway.addHttpRoute(HOST, { to: reviews });
    return { cluster, reviews, ratings, gateway };
  }

  test('everything is there twice, and nothing collides', () => {
    const files = written(root => {
      shop(root, 'one', { v1: 50, v2: 50 });
      shop(root, 'two', { v1: 50, v2: 50 });
    });
    // cdk8s names the file of a chart below something by its path and a digest of it.
    expect(Object.keys(files)).toEqual([expect.stringMatching(/^one-shop-\w{8}\.k8s\.yaml$/), expect.stringMatching(/^two-shop-\w{8}\.k8s\.yaml$/)]);
    const [one, two] = Object.values(files).map(parsed);
    expect(named(one)).toEqual([
      'Namespace /shop',
      'ServiceAccount shop/reviews', 'ServiceAccount shop/ratings',
      'Service shop/reviews', 'Service shop/ratings',
      'Deployment shop/reviews-v1', 'Deployment shop/reviews-v2', 'Deployment shop/ratings-v1', 'Deployment shop/ratings-v2',
      'DestinationRule shop/reviews', 'DestinationRule shop/ratings',
      'Gateway shop/edge', `VirtualService shop/edge.${HOST}`, 'VirtualService shop/reviews',
      'PeerAuthentication shop/default',
    ]);
    expect(two).toEqual(one);
  });

  test('each host has a split of its own', () => {
    const root = app();
    const [one, two] = [shop(root, 'one', { v1: 90, v2: 10 }), shop(root, 'two', { v1: 20, v2: 80 })];
    const weights = ({ cluster }: Shop, name: string) =>
      find(synth(cluster.node.findChild('shop') as Chart), 'VirtualService', name).spec.http[0].route.map((to: KubeObject) => to.weight);
    expect([weights(one, 'reviews'), weights(one, `edge.${HOST}`)]).toEqual([[90, 10], [90, 10]]);
    expect([weights(two, 'reviews'), weights(two, `edge.${HOST}`)]).toEqual([[20, 80], [20, 80]]);
    expect([one, two].map(({ cluster }) => MeshHost.of(cluster, DIALLED)!.scope.node.path)).toEqual(['one/shop/shop/reviews', 'two/shop/shop/reviews']);
    expect(MeshHost.of(root, DIALLED)).toBeUndefined();
  });

  test('each has listeners of its own', () => {
    const root = app();
    shop(root, 'one', { v1: 50, v2: 50 });
    const { gateway } = shop(root, 'two', { v1: 50, v2: 50 });
    expect(messages(root)).toEqual([]);
    expect(refusal(() => edge(gateway.node.scope as MeshNamespace, 'second')).message).toBe([
      `IM1302 at two/shop/shop/second: ${HOST} on port 80 of the gateway's pods is served already, by two/shop/shop/edge.`,
      `  got      '${HOST}'`,
      '  next     keep the host on one gateway, or give them different ports or workloads',
      '  istio    IST0145',
    ].join('\n'));
  });

  test('each has edges of its own', () => {
    const root = app();
    const [one, two] = [shop(root, 'one', { v1: 50, v2: 50 }), shop(root, 'two', { v1: 50, v2: 50 })];
    const expected = (id: string) => [`${id}/shop/shop/edge > ${id}/shop/shop/reviews:8080`, `${id}/shop/shop/reviews > ${id}/shop/shop/ratings:8080`];
    expect([edges(one.cluster), edges(two.ratings), edges(root)]).toEqual([expected('one'), expected('two'), []]);
  });

  test('and what crosses them is refused', () => {
    const root = app();
    const [one, two] = [shop(root, 'one', { v1: 50, v2: 50 }), shop(root, 'two', { v1: 50, v2: 50 })];
    expect(refusal(() => one.reviews.calls(two.ratings)).message).toBe([
      'IM1008 at one/shop/shop/reviews: two/shop/shop/ratings is in another cluster.',
      '  got      \'two\'',
      '  allowed  one',
      '  next     use a service of the same cluster; call services of other clusters through a gateway',
    ].join('\n'));
    expect(refusal(() => new CanarySplit(one.gateway, 'split', { service: two.ratings, traffic: HALF }))).toMatchObject({ code: 'IM1008', at: 'one/shop/shop/edge/split' });
    expect(refusal(() => one.gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/x')], to: two.ratings })).code).toBe('IM1008');
  });
});

describe('three charts contribute to one host', () => {
  /** The service in `shop`, its split in `release` and its gateway in `edge`. */
  const build = (root: App): void => {
    const [shop, release, gateways] = [['shop', 'shop'], ['release', 'release'], ['edge', 'istio-system']]
      .map(([id, namespace]) => chart({ scope: root, id, namespace }));
    const gateway = edge(gateways);
    const reviews = service(shop);
    gateway.addHttpRoute(HOST, { to: reviews });
    new CanarySplit(release, 'split', { service: reviews, traffic: HALF });
  };

  test('and its routing stays in the namespace and the file of the service', () => {
    const files = written(build);
    expect(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, named(parsed(text))]))).toEqual({
      'shop.k8s.yaml': [
        'ServiceAccount shop/reviews', 'Service shop/reviews', 'Deployment shop/reviews-v1', 'Deployment shop/reviews-v2',
        'DestinationRule shop/reviews', 'VirtualService shop/reviews',
      ],
      'release.k8s.yaml': [],
      'edge.k8s.yaml': ['Gateway istio-system/edge', `VirtualService istio-system/edge.${HOST}`],
    });
  });

  test('and every route to it says the same', () => {
    const root = app();
    build(root);
    const objects = synth(root);
    const to = (subset: string, port?: object) => ({ destination: { host: DIALLED, subset, ...port }, weight: 50 });
    expect(find(objects, 'VirtualService', 'reviews').spec.http).toEqual([{ route: [to('v1'), to('v2')] }]);
    expect(find(objects, 'VirtualService', `edge.${HOST}`).spec.http).toEqual([
      { route: [to('v1', { port: { number: 8080 } }), to('v2', { port: { number: 8080 } })] },
    ]);
  });
});

describe('two that contradict each other are one error that names both', () => {
  test('two splits of one host', () => {
    const root = app();
    const [shop, release] = ['shop', 'release'].map(id => chart({ scope: root, id, namespace: id }));
    const reviews = service(shop);
    new CanarySplit(shop, 'split', { service: reviews, traffic: HALF });
    expect(refusal(() => new CanarySplit(release, 'other', { service: reviews, traffic: HALF })).message).toBe([
      'IM1401 at release/other: the traffic of reviews is already split by shop/split.',
      '  next     put the rules of both into one split',
      '  istio    IST0109',
    ].join('\n'));
  });

  test('two policies of one host', () => {
    const root = app();
    const [shop, one, two] = ['shop', 'one', 'two'].map(id => chart({ scope: root, id, namespace: id }));
    service(shop);
    const { policy } = MeshHost.of(one, DIALLED)!;
    policy.set('connectionPool', { tcp: { maxConnections: 1 } }, one);
    policy.set('connectionPool', { tcp: { maxConnections: 1 } }, two);
    expect(refusal(() => policy.set('connectionPool', { tcp: { maxConnections: 2 } }, two)).message).toBe([
      `IM1401 at two: one sets connectionPool.tcp.maxConnections of the policy of ${DIALLED} to another value.`,
      '  got      2, and before 1',
      '  next     keep one of the two',
      '  istio    IST0109',
    ].join('\n'));
  });

  test('a service that the App creates and also describes as an existing one, in either order', () => {
    const [shop, other] = [chart(), chart()];
    service(shop);
    expect(refusal(() => MeshService.fromAttributes(shop, 'again', { name: 'reviews', ports: [MeshPort.http(8080)] })).message).toBe([
      'IM1003 at chart/again: the service shop/reviews exists already: chart/reviews.',
      '  next     use that object, or rename one of the two',
    ].join('\n'));
    MeshService.fromAttributes(other, 'again', { name: 'reviews', ports: [MeshPort.http(8080)] });
    expect(refusal(() => service(other))).toMatchObject({ code: 'IM1003', at: 'chart/reviews' });
  });

  test('two descriptions of one host', () => {
    const root = app();
    const [one, two] = ['one', 'two'].map(id => chart({ scope: root, id, namespace: 'legacy' }));
    MeshService.fromAttributes(one, 'ledger', { ports: [MeshPort.http(80)] });
    expect(() => MeshService.fromAttributes(two, 'again', { name: 'ledger', ports: [MeshPort.http(80)] })).not.toThrow();
    expect(refusal(() => MeshService.fromAttributes(two, 'ledger', { ports: [MeshPort.http(81)] })).message).toBe([
      'IM1401 at two/ledger: ledger.legacy.svc.cluster.local is described otherwise by one/ledger: the ports differ.',
      '  got      81 (http), and before 80 (http)',
      '  next     describe it once, or alike',
      '  istio    IST0109',
    ].join('\n'));
  });
});

describe('late facts', () => {
  const annotations = (objects: KubeObject[], name: string) => find(objects, 'Deployment', name).spec.template.metadata.annotations;

  test('an annotation of pods, after everything else', () => {
    const shop = chart();
    const reviews = service(shop);
    new CanarySplit(shop, 'split', { service: reviews, traffic: HALF });
    reviews.addPodAnnotation('proxy.istio.io/config', '{}');
    const objects = synth(shop);
    expect(['reviews-v1', 'reviews-v2'].map(name => annotations(objects, name))).toEqual([{ 'proxy.istio.io/config': '{}' }, { 'proxy.istio.io/config': '{}' }]);
  });

  test('a label of pods, which selectors do not take', () => {
    const shop = chart();
    service(shop).addPodLabel('tier', 'backend');
    const { spec } = find(synth(shop), 'Deployment', 'reviews-v1');
    expect(spec.template.metadata.labels).toEqual({ app: 'reviews', version: 'v1', tier: 'backend' });
    expect(spec.selector.matchLabels).toEqual({ app: 'reviews', version: 'v1' });
  });

  test('on a workload that was there, beside its own', () => {
    const shop = chart();
    const deployment = new Deployment(shop, 'existing', {
      metadata: { name: 'existing', namespace: 'shop' }, containers: [{ image: 'x' }], podMetadata: { annotations: { own: 'yes' } },
    });
    const reviews = service(shop, 'reviews', { versions: { v1: MeshVersion.fromWorkload(deployment), v2: version() } });
    reviews.addPodAnnotation('prometheus.io/scrape', 'true');
    const objects = synth(shop);
    expect(annotations(objects, 'existing')).toEqual({ 'own': 'yes', 'prometheus.io/scrape': 'true' });
    expect(annotations(objects, 'reviews-v2')).toEqual({ 'prometheus.io/scrape': 'true' });
    expect(refusal(() => reviews.addPodAnnotation('own', 'no'))).toMatchObject({ code: 'IM1110', at: 'chart/reviews' });
  });

  test('of the Service', () => {
    const shop = chart();
    service(shop).addServiceAnnotation('networking.istio.io/exportTo', '.');
    expect(find(synth(shop), 'Service', 'reviews').metadata.annotations).toEqual({ 'networking.istio.io/exportTo': '.' });
  });
});

describe('one policy of a host', () => {
  test('takes settings from other charts, at any time, into the one DestinationRule', () => {
    const root = app();
    const shop = new MeshNamespace(new Chart(root, 'shop'), 'shop');
    const resilience = chart({ scope: root, id: 'resilience', namespace: 'ops' });
    service(shop);
    MeshHost.of(resilience, DIALLED)!.policy.set('connectionPool', { tcp: { maxConnections: 100 } }, resilience);
    const objects = synth(root);
    expect(findAll(objects, 'DestinationRule')).toEqual([{
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'reviews', namespace: 'shop' },
      spec: {
        host: DIALLED,
        subsets: [{ name: 'v1', labels: { version: 'v1' } }, { name: 'v2', labels: { version: 'v2' } }],
        trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } }, tls: { mode: 'ISTIO_MUTUAL' } },
      },
    }]);
    expect(synth(resilience)).toEqual([]);
  });

  test('does not depend on who spoke first', () => {
    const rule = (order: readonly ('connectionPool' | 'outlierDetection')[]) => {
      const shop = chart();
      service(shop);
      const values = { connectionPool: { tcp: { maxConnections: 100 } }, outlierDetection: { consecutive5XxErrors: 5 } };
      order.forEach(field => MeshHost.of(shop, DIALLED)!.policy.set(field, values[field], shop));
      return JSON.stringify(find(synth(shop), 'DestinationRule', 'reviews'));
    };
    expect(rule(['connectionPool', 'outlierDetection'])).toBe(rule(['outlierDetection', 'connectionPool']));
    expect(JSON.parse(rule(['connectionPool', 'outlierDetection'])).spec.trafficPolicy)
      .toEqual({ connectionPool: { tcp: { maxConnections: 100 } }, outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 50 } });
  });

  test('has the subsets that a late split and a late route need, for an existing service', () => {
    const root = app();
    const legacy = chart({ scope: root, id: 'legacy', namespace: 'legacy' });
    const release = chart({ scope: root, id: 'release', namespace: 'release' });
    const ledger = MeshService.fromAttributes(legacy, 'ledger', { ports: [MeshPort.http(80)], versions: { v1: {}, v2: { labels: { release: 'two' } }, v3: {} } });
    expect(synth(root)).toEqual([]);
    edge(release).addHttpRoute(HOST, { to: ledger.versionOf('v2') });
    new CanarySplit(release, 'split', { service: ledger, traffic: SplitTarget.version('v1') });
    expect(find(synth(root), 'DestinationRule', 'ledger', 'legacy').spec.subsets).toEqual([
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { release: 'two' } },
    ]);
  });
});

describe('edges', () => {
  test('by calls and by routes of gateways, once each, in an order of their own', () => {
    const shop = chart();
    const both = { ports: [MeshPort.http(8080), MeshPort.tcp(9000)] };
    const [productpage, reviews, ratings] = [service(shop, 'productpage'), service(shop, 'reviews', both), service(shop, 'ratings', both)];
    const gateway = edge(shop);
    reviews.calls(ratings, { port: 9000 });
    productpage.calls(reviews);
    productpage.calls(reviews, { port: 8080 });
    gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/a')], to: productpage.versionOf('v1') });
    gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/b')], to: productpage });
    gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/c')], to: reviews });
    expect(edges(shop)).toEqual([
      'chart/edge > chart/productpage:8080',
      'chart/edge > chart/productpage v1:8080',
      'chart/edge > chart/reviews:8080',
      'chart/productpage > chart/reviews:8080',
      'chart/productpage > chart/reviews:9000',
      'chart/reviews > chart/ratings:9000',
    ]);
  });

  test('none by a route that was refused', () => {
    const shop = chart();
    const gateway = edge(shop);
    const [reviews, ratings] = [service(shop), service(shop, 'ratings')];
    gateway.addHttpRoute(HOST, { to: reviews });
    expect(refusal(() => gateway.addHttpRoute(HOST, { to: ratings })).code).toBe('IM1306');
    expect(edges(shop)).toEqual(['chart/edge > chart/reviews:8080']);
  });

  test('none by a port that the callee does not have', () => {
    const shop = chart();
    const [reviews, ratings] = [service(shop), service(shop, 'ratings')];
    expect(refusal(() => reviews.calls(ratings, { port: 1 }))).toMatchObject({ code: 'IM1111', at: 'chart/ratings' });
    expect(edges(shop)).toEqual([]);
  });
});
