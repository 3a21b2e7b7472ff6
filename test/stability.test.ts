import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { chart, service, version, written } from './helpers/build';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, MeshService, MutualTls, RouteMatch, RouteTarget,
  SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

// What is moved, renamed or written in another order changes no byte, where what it says is the same.

const HOST = 'www.example.com';

interface Shop { chart: Chart; ns: MeshNamespace; reviews: MeshService; ratings: MeshService; gateway: MeshGateway }

function shop(root: App, id = 'shop'): Shop {
  const top = new Chart(root, id);
  const ns = new MeshNamespace(top, 'shop', { mutualTls: MutualTls.STRICT });
  const ratings = service(ns, 'ratings', { ports: [MeshPort.http(9080), MeshPort.tcp(9000)] });
  const reviews = service(ns, 'reviews', { versions: { v1: version(), v2: version(), v3: version() } });
  const gateway = new MeshGateway(ns, 'edge', {
    workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST, 'api.example.com'] })],
  });
  return { chart: top, ns, reviews, ratings, gateway };
}

function split(scope: Construct, id: string, { reviews, ratings }: Shop): void {
  new CanarySplit(scope, id, {
    service: reviews,
    rules: [
      SplitRule.when(CallMatch.header('x-user', StringMatch.exact('jason'))).to('v2'),
      SplitRule.when(CallMatch.from(ratings)).to('v3'),
    ],
    traffic: SplitTarget.weights({ v1: 25, v2: 25 }, { rest: 'v3' }),
  });
}

const ROUTES: ((shop: Shop) => void)[] = [
  ({ gateway, reviews }) => gateway.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/reviews'), RouteMatch.exactPath('/r')], to: reviews }),
  ({ gateway, ratings }) => gateway.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/ratings')], to: ratings }),
  ({ gateway }) => gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/old')], to: RouteTarget.redirect({ path: '/new' }) }),
  ({ gateway }) => gateway.addHttpRoute(HOST, { to: RouteTarget.directResponse(404) }),
  ({ gateway, reviews }) => gateway.addHttpRoute('api.example.com', { to: reviews.versionOf('v1') }),
];

/** The whole shop: namespace, services, gateway, split and routes, in an order that may be given. */
function whole(root: App, steps: (shop: Shop) => ((() => void)[]) = all => [() => split(all.ns, 'split', all), ...ROUTES.map(add => () => add(all))]): void {
  steps(shop(root)).forEach(step => step());
}

const ORIGINAL = written(root => whole(root));
const TEXT = ORIGINAL['shop.k8s.yaml'];

const documents = (text: string): string[] => text.split(/^---\n/m).map(document => document.trimEnd());

/** The documents of a file, in the order of their texts. */
const sorted = (text: string): string[] => documents(text).sort();

test('the shop has all that is compared', () => {
  expect(Object.keys(ORIGINAL)).toEqual(['shop.k8s.yaml']);
  const named = (kind: string) => documents(TEXT).filter(document => new RegExp(`^kind: ${kind}$`, 'm').test(document)).length;
  expect([documents(TEXT).length, named('VirtualService'), named('DestinationRule'), named('Deployment'), named('Gateway')]).toEqual([17, 3, 2, 5, 1]);
});

describe('the same bytes', () => {
  test('of the same input twice', () => {
    expect(written(root => whole(root))).toEqual(ORIGINAL);
  });

  test('in a chart of another name, but for the name of the file', () => {
    const renamed = written(root => {
      const all = shop(root, 'store');
      split(all.ns, 'split', all);
      ROUTES.forEach(add => add(all));
    });
    expect(renamed).toEqual({ 'store.k8s.yaml': TEXT });
  });

  test.each<[string, (all: Shop) => [Construct, string]]>([
    ['renamed', ({ ns }) => [ns, 'another-name']],
    ['renamed to come first', ({ ns }) => [ns, '00-first']],
    ['moved from the namespace to the chart', all => [all.chart, 'split']],
    ['moved below the service', ({ reviews }) => [reviews, 'split']],
    ['moved below a construct of the user\'s', ({ ns }) => [new Construct(ns, 'delivery'), 'split']],
    ['moved below another service', ({ ratings }) => [ratings, 'split']],
  ])('with the split %s', (_, home) => {
    expect(written(root => whole(root, all => [() => split(...home(all), all), ...ROUTES.map(add => () => add(all))]))).toEqual(ORIGINAL);
  });

  test('with the split moved to another chart, of another namespace', () => {
    const files = written(root => whole(root, all => [() => split(chart({ scope: root, id: 'release', namespace: 'release' }), 'split', all), ...ROUTES.map(add => () => add(all))]));
    expect(files).toEqual({ ...ORIGINAL, 'release.k8s.yaml': '' });
  });

  test.each([1, 2, 3, 4])('with the routes in another order (%i)', by => {
    const rotated = [...ROUTES.slice(by), ...ROUTES.slice(0, by)];
    [rotated, [...rotated].reverse()].forEach(routes => {
      expect(written(root => whole(root, all => [() => split(all.ns, 'split', all), ...routes.map(add => () => add(all))]))).toEqual(ORIGINAL);
    });
  });

  test('with a route added match by match', () => {
    const apart: ((all: Shop) => void)[] = [
      ({ gateway, reviews }) => gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/r')], to: reviews }),
      ({ gateway, reviews }) => gateway.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/reviews')], to: reviews }),
    ];
    expect(written(root => whole(root, all => [() => split(all.ns, 'split', all), ...[...apart, ...ROUTES.slice(1)].map(add => () => add(all))]))).toEqual(ORIGINAL);
  });

  test('with the split after the routes', () => {
    expect(written(root => whole(root, all => [...ROUTES.map(add => () => add(all)), () => split(all.ns, 'split', all)]))).toEqual(ORIGINAL);
  });

  test('with the versions, weights and edges in another order', () => {
    const build = (turned: boolean) => (root: App) => {
      const order = <T>(entries: [string, T][]) => Object.fromEntries(turned ? [...entries].reverse() : entries) as { [name: string]: T };
      const top = chart({ scope: root });
      const [caller, reviews] = [service(top, 'productpage'), service(top)];
      const calls = [() => caller.calls(reviews), () => reviews.calls(caller)];
      (turned ? calls.reverse() : calls).forEach(call => call());
      new CanarySplit(top, 'split', { service: reviews, traffic: SplitTarget.weights(order([['v1', 30], ['v2', 70]])) });
    };
    expect(written(build(true))).toEqual(written(build(false)));
  });
});

describe('the same documents', () => {
  test('with gateway, split and services made in another order', () => {
    const turned = written(root => {
      const top = new Chart(root, 'shop');
      const ns = new MeshNamespace(top, 'shop', { mutualTls: MutualTls.STRICT });
      const gateway = new MeshGateway(ns, 'edge', {
        workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST, 'api.example.com'] })],
      });
      const reviews = service(ns, 'reviews', { versions: { v3: version(), v2: version(), v1: version() } });
      const ratings = service(ns, 'ratings', { ports: [MeshPort.http(9080), MeshPort.tcp(9000)] });
      const all = { chart: top, ns, gateway, reviews, ratings };
      [...ROUTES].reverse().forEach(add => add(all));
      split(ns, 'split', all);
    });
    expect(Object.keys(turned)).toEqual(['shop.k8s.yaml']);
    expect(turned['shop.k8s.yaml']).not.toBe(TEXT);
    expect(sorted(turned['shop.k8s.yaml'])).toEqual(sorted(TEXT));
  });

  test.each<[string, (all: Shop) => Construct]>([
    ['the namespace', ({ ns }) => ns], ['the chart, which has no namespace of its own, in one of its own', all => new MeshNamespace(all.chart, 'other')],
  ])('with an unrelated service in %s', (_, home) => {
    const files = written(root => whole(root, all => [() => service(home(all), 'unrelated'), () => split(all.ns, 'split', all), ...ROUTES.map(add => () => add(all))]));
    const [before, after] = [documents(TEXT), documents(files['shop.k8s.yaml'])];
    expect(after.filter(document => before.includes(document))).toEqual(before);
    const added = after.filter(document => !before.includes(document));
    expect(added.filter(document => !/name: (unrelated|other|default)/.test(document))).toEqual([]);
    expect(added.length).toBeGreaterThanOrEqual(5);
  });

  test('with an unrelated service in another chart, and not a byte of this one', () => {
    const files = written(root => {
      service(chart({ scope: root, id: 'other', namespace: 'other' }), 'reviews');
      whole(root);
    });
    expect(files['shop.k8s.yaml']).toBe(TEXT);
    expect(Object.keys(files)).toEqual(['other.k8s.yaml', 'shop.k8s.yaml']);
  });

  test('but for the routes and the policy of a service that loses its split', () => {
    const without = documents(written(root => whole(root, all => ROUTES.map(add => () => add(all))))['shop.k8s.yaml']);
    const changed = documents(TEXT).filter(document => !without.includes(document)).map(document => [/^kind: .*$/m, /^ {2}name: .*$/m].map(line => line.exec(document)![0].trim()));
    expect(changed).toEqual([['kind: VirtualService', `name: edge.${HOST}`], ['kind: VirtualService', 'name: reviews']]);
  });
});
