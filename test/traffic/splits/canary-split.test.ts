import { Chart } from 'cdk8s';
import { app, chart, find, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CallMatch, CanarySplit, CanarySplitProps, GatewayServer, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, MeshPort, RouteTarget,
  SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const host = 'reviews.shop.svc.cluster.local';
const to = (subset: string, weight?: number) => ({ destination: { host, subset }, ...(weight === undefined ? {} : { weight }) });

/** The VirtualService of a service that is split like this. */
function split(props: Omit<CanarySplitProps, 'service'>, ports = [MeshPort.http(8080)], root = chart()): unknown {
  const reviews = service(root, 'reviews', { ports });
  new CanarySplit(root, 'split', { service: reviews, ...props });
  return find(valid(root), 'VirtualService', 'reviews').spec;
}

const everyone = SplitTarget.version('v1');
const header = CallMatch.header('x-user', StringMatch.exact('jason'));

option('CanarySplit.constructor', 'a full chart: rules by caller and header, then everyone else, on HTTP and TCP', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'bookinfo');
  const productpage = service(namespace, 'productpage');
  const reviews = service(namespace, 'reviews', { ports: [MeshPort.http(80), MeshPort.grpc(81)] });
  const store = service(namespace, 'store', { ports: [MeshPort.mongo(27017)] });
  new CanarySplit(namespace, 'reviews-split', {
    service: reviews,
    rules: [
      SplitRule.when(CallMatch.allOf(CallMatch.fromVersion(productpage, 'v2'), header)).to('v2'),
      SplitRule.when(CallMatch.from(productpage)).splitTo(SplitTarget.weights({ v1: 90 }, { rest: 'v2' })),
      SplitRule.when(CallMatch.header('x-blocked', StringMatch.present())).splitTo(SplitTarget.refuse({ status: 451, body: 'no' })),
    ],
    traffic: SplitTarget.weights({ v1: 100, v2: 0 }),
    ports: [80],
  });
  new CanarySplit(namespace, 'store-split', {
    service: store,
    rules: [SplitRule.when(CallMatch.fromVersion(reviews, 'v2')).to('v2')],
    traffic: SplitTarget.version('v1'),
  });
  expect(valid(root)).toMatchSnapshot();
});

option('CanarySplitProps.service', 'is the host, in the namespace of the service, wherever the split stands', () => {
  const root = app();
  const [here, there] = ['here', 'there'].map(id => chart({ scope: root, id, namespace: id }));
  const reviews = service(here);
  expect(new CanarySplit(there, 'split', { service: reviews, traffic: everyone }).service).toBe(reviews);
  const { metadata, spec } = find(valid(root), 'VirtualService', 'reviews');
  expect(metadata).toEqual({ name: 'reviews', namespace: 'here' });
  expect(spec.hosts).toEqual(['reviews.here.svc.cluster.local']);
  expect(valid(there)).toEqual([]);
});

option('CanarySplitProps.traffic', 'is the last route, for everyone else', () => {
  expect(split({ traffic: everyone })).toEqual({ hosts: [host], http: [{ route: [to('v1')] }] });
});

option('CanarySplitProps.rules', 'are routes in the order written, before everyone else', () => {
  const rules = [SplitRule.when(header).to('v2'), SplitRule.when(CallMatch.header('x-user', StringMatch.present())).to('v1')];
  expect(split({ rules, traffic: SplitTarget.version('v2') })).toEqual({
    hosts: [host],
    http: [
      { match: [{ headers: { 'x-user': { exact: 'jason' } } }], route: [to('v2')] },
      { match: [{ headers: { 'x-user': {} } }], route: [to('v1')] },
      { route: [to('v2')] },
    ],
  });
});

option('CanarySplitProps.ports', 'are the only ports divided', () => {
  const ports = [MeshPort.http(80), MeshPort.http2(81), MeshPort.tcp(82), MeshPort.udp(83)];
  expect(split({ traffic: everyone, ports: [81] }, ports)).toEqual({ hosts: [host], http: [{ match: [{ port: 81 }], route: [to('v1')] }] });
  expect(split({ traffic: everyone, ports: [82] }, ports)).toEqual({
    hosts: [host], tcp: [{ match: [{ port: 82 }], route: [{ destination: { host, subset: 'v1', port: { number: 82 } } }] }],
  });
  expect(split({ traffic: everyone }, ports)).toEqual({
    hosts: [host],
    http: [{ route: [to('v1')] }],
    tcp: [{ match: [{ port: 82 }], route: [{ destination: { host, subset: 'v1', port: { number: 82 } } }] }],
  });
});

option('CanarySplit.toRouteTarget', 'is the service with the split', () => {
  const [bySplit, byService] = [true, false].map(whole => {
    const root = chart();
    const reviews = service(root);
    const divided = new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.weights({ v1: 30, v2: 70 }) });
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
    edge.addHttpRoute('example.com', { to: whole ? divided.toRouteTarget() : reviews });
    return valid(root);
  });
  expect(bySplit).toEqual(byService);
  expect(find(bySplit, 'VirtualService', 'edge.example.com').spec.http).toEqual([{
    route: [
      { destination: { host, subset: 'v1', port: { number: 8080 } }, weight: 30 },
      { destination: { host, subset: 'v2', port: { number: 8080 } }, weight: 70 },
    ],
  }]);
});

option('SplitTarget.weights', 'are shares of 100, sorted by version', () => {
  expect(split({ traffic: SplitTarget.weights({ v2: 75, v1: 25 }) })).toEqual({ hosts: [host], http: [{ route: [to('v1', 25), to('v2', 75)] }] });
  expect(split({ traffic: SplitTarget.weights({ v2: 100 }) })).toEqual({ hosts: [host], http: [{ route: [to('v2')] }] });
  expect(split({ traffic: SplitTarget.weights({ v1: 0, v2: 100 }) })).toEqual({ hosts: [host], http: [{ route: [to('v1', 0), to('v2', 100)] }] });
});

option('WeightsOptions.rest', 'is the version that takes what is left', () => {
  expect(split({ traffic: SplitTarget.weights({ v1: 25 }, { rest: 'v2' }) }))
    .toEqual({ hosts: [host], http: [{ route: [to('v1', 25), to('v2', 75)] }] });
  expect(split({ traffic: SplitTarget.weights({}, { rest: 'v2' }) })).toEqual({ hosts: [host], http: [{ route: [to('v2')] }] });
  expect(split({ traffic: SplitTarget.weights({ v1: 100 }, { rest: 'v2' }) }))
    .toEqual({ hosts: [host], http: [{ route: [to('v1', 100), to('v2', 0)] }] });
});

option('SplitTarget.version', 'is one subset', () => {
  expect(split({ traffic: SplitTarget.version('v2') })).toEqual({ hosts: [host], http: [{ route: [to('v2')] }] });
});

option('SplitTarget.refuse', 'is an answer with status 403', () => {
  expect(split({ traffic: SplitTarget.refuse() })).toEqual({ hosts: [host], http: [{ directResponse: { status: 403 } }] });
});

option('RefuseOptions.status', 'is the status of the answer', () => {
  expect(split({ traffic: SplitTarget.refuse({ status: 503 }) })).toEqual({ hosts: [host], http: [{ directResponse: { status: 503 } }] });
});

option('RefuseOptions.body', 'is the text of the answer', () => {
  expect(split({ traffic: SplitTarget.refuse({ body: 'not for you' }) }))
    .toEqual({ hosts: [host], http: [{ directResponse: { status: 403, body: { string: 'not for you' } } }] });
});

option('SplitRule.when', 'is the match of a route', () => {
  expect(split({ rules: [SplitRule.when(header).to('v2')], traffic: everyone }))
    .toMatchObject({ http: [{ match: [{ headers: { 'x-user': { exact: 'jason' } } }] }, {}] });
});

option('SplitCondition.to', 'is one subset for the calls of a rule', () => {
  expect(split({ rules: [SplitRule.when(header).to('v2')], traffic: everyone }))
    .toMatchObject({ http: [{ route: [to('v2')] }, { route: [to('v1')] }] });
});

option('SplitCondition.splitTo', 'is any target for the calls of a rule', () => {
  const rules = [
    SplitRule.when(header).splitTo(SplitTarget.weights({ v1: 10, v2: 90 })),
    SplitRule.when(CallMatch.header('x-bot', StringMatch.present())).splitTo(SplitTarget.refuse()),
  ];
  expect(split({ rules, traffic: everyone })).toMatchObject({
    http: [{ route: [to('v1', 10), to('v2', 90)] }, { directResponse: { status: 403 } }, { route: [to('v1')] }],
  });
});

test('rules by caller are for TCP, too', () => {
  const root = chart();
  const store = service(root, 'store', { ports: [MeshPort.mongo(27017)] });
  const rules = [SplitRule.when(CallMatch.from(service(root))).to('v2')];
  new CanarySplit(root, 'split', { service: store, rules, traffic: SplitTarget.weights({ v1: 50, v2: 50 }) });
  const at = (subset: string) => ({ destination: { host: 'store.shop.svc.cluster.local', subset, port: { number: 27017 } } });
  expect(find(valid(root), 'VirtualService', 'store').spec).toEqual({
    hosts: ['store.shop.svc.cluster.local'],
    tcp: [
      { match: [{ port: 27017, sourceLabels: { app: 'reviews' }, sourceNamespace: 'shop' }], route: [at('v2')] },
      { match: [{ port: 27017 }], route: [{ ...at('v1'), weight: 50 }, { ...at('v2'), weight: 50 }] },
    ],
  });
});

describe('refused', () => {
  const tried = (props: object, ports = [MeshPort.http(8080)]) => refusal(() => split(props as CanarySplitProps, ports));

  test.each<[string, object, MeshPort[] | undefined, string]>([
    ['an unknown version', { traffic: SplitTarget.version('v9') }, undefined,
      'IM1105 at chart/split: reviews has no version v9.\n  got      \'v9\'\n  allowed  v1, v2'
        + '\n  next     use a version of the service\n  istio    IST0101'],
    ['an unknown version of weight 0', { traffic: SplitTarget.weights({ v1: 100, v9: 0 }) }, undefined,
      'IM1105 at chart/split: reviews has no version v9.\n  got      \'v9\'\n  allowed  v1, v2'
        + '\n  next     use a version of the service\n  istio    IST0101'],
    ['an unknown version in a rule', { rules: [SplitRule.when(header).to('v9')], traffic: everyone }, undefined,
      'IM1105 at chart/split: reviews has no version v9.\n  got      \'v9\'\n  allowed  v1, v2'
        + '\n  next     use a version of the service\n  istio    IST0101'],
    ['an unknown port', { traffic: everyone, ports: [81] }, undefined,
      'IM1111 at chart/split: reviews has no port 81.\n  got      [81]\n  allowed  8080'
        + '\n  next     use a port of the service\n  istio    IST0101'],
    ['a refusal on TCP', { traffic: SplitTarget.refuse() }, [MeshPort.tcp(5432)], [
      'IM1204 at chart/split: port 5432 (tcp) is not HTTP: there are no headers to match and no answers to give.',
      '  got      \'tcp\'',
      '  allowed  on TCP: weights, versions, and rules by caller',
      '  next     name the HTTP ports in `ports`, or remove the condition',
    ].join('\n')],
    ['a port of the application\'s own TLS', { traffic: everyone }, [MeshPort.https(443)], [
      'IM1208 at chart/split: port 443 (https) carries the application\'s own TLS and cannot be split.',
      '  next     name the ports of the split in `ports`',
    ].join('\n')],
    ['a rule behind a wider one',
      { rules: [SplitRule.when(CallMatch.header('x-user', StringMatch.present())).to('v1'), SplitRule.when(header).to('v2')], traffic: everyone },
      undefined, [
        'IM1205 at chart/split: rule 2 is never reached, because rule 1 matches all of its calls.',
        '  got      {"headers":{"x-user":{"exact":"jason"}}}',
        '  next     put the narrower rule first, or remove one',
        '  istio    IST0130',
      ].join('\n')],
  ])('%s', (_, props, ports, message) => {
    expect(tried(props, ports).message).toBe(message);
  });

  test.each<[string, object, MeshPort[], string]>([
    ['a header on TCP', { rules: [SplitRule.when(header).to('v2')], traffic: everyone }, [MeshPort.tcp(5432)], 'IM1204'],
    ['a refusal where one of the ports is TCP', { traffic: SplitTarget.refuse() }, [MeshPort.http(80), MeshPort.tcp(5432)], 'IM1204'],
    ['no port', { traffic: everyone, ports: [] }, [MeshPort.http(80)], 'IM1111'],
    ['half a port', { traffic: everyone, ports: [80.5] }, [MeshPort.http(80)], 'IM1111'],
    ['a port that is UDP', { traffic: everyone, ports: [53] }, [MeshPort.http(80), MeshPort.udp(53)], 'IM1111'],
    ['nothing but UDP', { traffic: everyone }, [MeshPort.udp(53)], 'IM1111'],
    ['no traffic', {}, [MeshPort.http(80)], 'IM0001'],
    ['traffic as numbers', { traffic: { v1: 100 } }, [MeshPort.http(80)], 'IM0001'],
    ['half a rule', { rules: [SplitRule.when(header)], traffic: everyone }, [MeshPort.http(80)], 'IM0001'],
    ['a rule that is no list', { rules: SplitRule.when(header).to('v2'), traffic: everyone }, [MeshPort.http(80)], 'IM0001'],
    ['ports as texts', { ports: ['80'], traffic: everyone }, [MeshPort.http(80)], 'IM0001'],
    ['something unknown', { weights: { v1: 100 }, traffic: everyone }, [MeshPort.http(80)], 'IM0001'],
  ])('%s', (_, props, ports, code) => {
    const { code: actual, at } = tried(props, ports);
    expect([actual, at]).toEqual([code, 'chart/split']);
  });

  test.each<[string, () => unknown, string]>([
    ['weights that do not add up', () => SplitTarget.weights({ v1: 25, v2: 25, v3: 40 }), [
      'IM1203 at SplitTarget.weights(): weights add up to 90, must be 100.',
      '  got      v1: 25, v2: 25, v3: 40',
      '  next     change one weight, or name the version that takes the rest: SplitTarget.weights({ v1: 25, v2: 25 }, { rest: \'v3\' })',
    ].join('\n')],
    ['a negative weight', () => SplitTarget.weights({ v1: -1, v2: 101 }), [
      'IM1202 at SplitTarget.weights(): the weight of v1 is no whole percentage.',
      '  got      -1',
      '  allowed  a whole number from 0 to 100',
      '  next     use whole numbers that add up to 100',
    ].join('\n')],
    ['no weight', () => SplitTarget.weights({}),
      'IM1201 at SplitTarget.weights(): no version has a weight.\n  got      {}\n  next     name at least one version with a weight'],
    ['a version with a weight and the rest', () => SplitTarget.weights({ v1: 50 }, { rest: 'v1' }),
      'IM1203 at SplitTarget.weights(): v1 has a weight and takes the rest as well.\n  got      v1: 50\n  next     drop the weight of v1'],
    ['weights that leave less than nothing', () => SplitTarget.weights({ v1: 60, v2: 60 }, { rest: 'v3' }), [
      'IM1203 at SplitTarget.weights(): weights add up to 120, which leaves v3 less than nothing.',
      '  got      v1: 60, v2: 60',
      '  next     lower a weight',
    ].join('\n')],
    ['a version that is no label', () => SplitTarget.version('V1'), [
      'IM1104 at SplitTarget.version(): the version is no DNS label.',
      '  got      \'V1\'',
      '  allowed  at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit',
      '  next     use lower-case letters, digits and dashes',
    ].join('\n')],
    ['a status that no answer has', () => SplitTarget.refuse({ status: 100 }), [
      'IM1310 at SplitTarget.refuse(): the number is not a status of a response.',
      '  got      100',
      '  allowed  a whole number from 200 to 599',
      '  next     use such a status',
    ].join('\n')],
  ])('%s', (_, call, message) => {
    expect(refusal(call).message).toBe(message);
  });

  test.each<[string, () => unknown, string]>([
    ['a fraction', () => SplitTarget.weights({ v1: 33.4, v2: 66.6 }), 'IM1202'],
    ['NaN', () => SplitTarget.weights({ v1: NaN }), 'IM1202'],
    ['more than 100', () => SplitTarget.weights({ v1: 101 }), 'IM1202'],
    ['texts', () => SplitTarget.weights({ v1: '100' } as never), 'IM0001'],
    ['a list', () => SplitTarget.weights([100] as never), 'IM0001'],
    ['null', () => SplitTarget.weights(null as never), 'IM0001'],
    ['options that are null', () => SplitTarget.weights({ v1: 100 }, null as never), 'IM0001'],
    ['an unknown option', () => SplitTarget.weights({ v1: 50 }, { remainder: 'v2' } as never), 'IM0001'],
    ['half a status', () => SplitTarget.refuse({ status: 403.5 }), 'IM1310'],
    ['an invalid condition', () => SplitRule.when({} as never), 'IM0001'],
    ['an invalid target', () => SplitRule.when(header).splitTo('v1' as never), 'IM0001'],
    ['no version', () => SplitRule.when(header).to(undefined as never), 'IM1104'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });

  test('an invalid service', () => {
    const root = chart();
    for (const [i, what] of [undefined, 'reviews', {}, RouteTarget.directResponse(200)].entries()) {
      expect(refusal(() => new CanarySplit(root, `split-${i}`, { service: what as never, traffic: everyone })).code).toBe('IM0001');
    }
  });

  test('a second split of a service names the first', () => {
    const root = chart();
    const reviews = service(root);
    new CanarySplit(root, 'one', { service: reviews, traffic: everyone });
    expect(refusal(() => new CanarySplit(root, 'two', { service: reviews, traffic: everyone })).message).toBe([
      'IM1401 at chart/two: the traffic of reviews is already split by chart/one.',
      '  next     put the rules of both into one split',
      '  istio    IST0109',
    ].join('\n'));
  });

  test('a service, or a caller, of another cluster', () => {
    const root = app();
    const [a, b] = ['a', 'b'].map(id => new Chart(new MeshCluster(root, id), 'chart', { namespace: 'shop' }));
    const [reviews, other] = [service(a), service(b)];
    const message = (id: string) => [
      `IM1008 at a/chart/${id}: b/chart/reviews is in another cluster.`,
      '  got      \'b\'',
      '  allowed  a',
      '  next     use a service of the same cluster; call services of other clusters through a gateway',
    ].join('\n');
    expect(refusal(() => new CanarySplit(a, 'one', { service: other, traffic: everyone })).message).toBe(message('one'));
    const rules = [SplitRule.when(CallMatch.from(other)).to('v2')];
    expect(refusal(() => new CanarySplit(a, 'two', { service: reviews, rules, traffic: everyone })).message).toBe(message('two'));
  });
});
