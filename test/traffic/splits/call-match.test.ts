import { chart, find, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { CallMatch, CanarySplit, GatewayServer, GatewayWorkload, MeshGateway, RouteMatch, SplitRule, SplitTarget, StringMatch } from 'cdk8s-istio';

/** The match of a rule, given the services it may speak of. */
function matched(match: (productpage: ReturnType<typeof service>) => CallMatch): unknown {
  const root = chart();
  const rules = [SplitRule.when(match(service(root, 'productpage'))).to('v2')];
  new CanarySplit(root, 'split', { service: service(root), rules, traffic: SplitTarget.version('v1') });
  return find(valid(root), 'VirtualService', 'reviews').spec.http[0].match;
}

option('CallMatch.from', 'is the labels and the namespace of the caller', () => {
  expect(matched(productpage => CallMatch.from(productpage))).toEqual([{ sourceLabels: { app: 'productpage' }, sourceNamespace: 'shop' }]);
});

option('CallMatch.fromVersion', 'is the labels of one version of the caller', () => {
  expect(matched(productpage => CallMatch.fromVersion(productpage, 'v2')))
    .toEqual([{ sourceLabels: { app: 'productpage', version: 'v2' }, sourceNamespace: 'shop' }]);
});

option('CallMatch.header', 'is a condition on a header', () => {
  expect(matched(() => CallMatch.header('x-user', StringMatch.prefix('j')))).toEqual([{ headers: { 'x-user': { prefix: 'j' } } }]);
});

option('CallMatch.allOf', 'is one match of all conditions', () => {
  expect(matched(productpage => CallMatch.allOf(
    CallMatch.header('x-user', StringMatch.exact('jason')), CallMatch.from(productpage), CallMatch.header('x-beta', StringMatch.present()),
  ))).toEqual([{
    headers: { 'x-beta': {}, 'x-user': { exact: 'jason' } }, sourceLabels: { app: 'productpage' }, sourceNamespace: 'shop',
  }]);
});

test('two conditions on a header, of which one is the narrower, are that one', () => {
  expect(matched(() => CallMatch.allOf(CallMatch.header('x-user', StringMatch.present()), CallMatch.header('x-user', StringMatch.exact('jason')))))
    .toEqual([{ headers: { 'x-user': { exact: 'jason' } } }]);
});

describe('at a gateway', () => {
  /** The routes of a gateway to a service of this split. */
  function routed(rules: (productpage: ReturnType<typeof service>) => SplitRule[], traffic: SplitTarget) {
    const root = chart();
    const reviews = service(root);
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
    edge.addHttpRoute('example.com', { matches: [RouteMatch.pathPrefix('/reviews')], to: reviews });
    new CanarySplit(root, 'split', { service: reviews, rules: rules(service(root, 'productpage')), traffic });
    return root;
  }
  const at = (subset: string) => ({ destination: { host: 'reviews.shop.svc.cluster.local', subset, port: { number: 8080 } } });
  const header = CallMatch.header('x-user', StringMatch.exact('jason'));

  test('rules by header come along, rules by caller do not', () => {
    const root = routed(productpage => [
      SplitRule.when(CallMatch.fromVersion(productpage, 'v2')).to('v2'),
      SplitRule.when(CallMatch.allOf(CallMatch.from(productpage), header)).to('v1'),
      SplitRule.when(header).to('v2'),
    ], SplitTarget.version('v1'));
    const objects = valid(root);
    expect(find(objects, 'VirtualService', 'edge.example.com').spec.http).toEqual([
      { match: [{ uri: { prefix: '/reviews' }, headers: { 'x-user': { exact: 'jason' } } }], route: [at('v2')] },
      { match: [{ uri: { prefix: '/reviews' } }], route: [at('v1')] },
    ]);
    expect(find(objects, 'VirtualService', 'reviews').spec.http).toHaveLength(4);
  });

  test('a split that knows callers only leaves a refusal, and is refused', () => {
    const root = routed(productpage => [SplitRule.when(CallMatch.from(productpage)).to('v2')], SplitTarget.refuse());
    expect(messages(root)).toEqual([[
      'IM1206 at chart/edge: the split of reviews knows only callers inside the mesh: through a gateway every request would be refused.',
      '  next     give the split a target for all other callers, or route the gateway to a version',
    ].join('\n')]);
    expect(() => valid(root)).toThrow('IM1206 at chart/edge');
  });

  test('a version of such a service is accepted', () => {
    const root = chart();
    const reviews = service(root);
    const rules = [SplitRule.when(CallMatch.from(service(root, 'productpage'))).to('v2')];
    new CanarySplit(root, 'split', { service: reviews, rules, traffic: SplitTarget.refuse() });
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
    edge.addHttpRoute('example.com', { to: reviews.versionOf('v1') });
    expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.http).toEqual([{ route: [at('v1')] }]);
  });
});

describe('refused', () => {
  const reviews = service(chart());

  test.each<[string, () => unknown, string]>([
    ['two callers', () => CallMatch.allOf(CallMatch.from(reviews), CallMatch.fromVersion(reviews, 'v1')), [
      'IM1207 at CallMatch.allOf(): a call has only one caller.',
      '  got      ["reviews.shop.svc.cluster.local","reviews.shop.svc.cluster.local"]',
      '  next     write one rule for each caller',
    ].join('\n')],
    ['conditions that exclude each other',
      () => CallMatch.allOf(CallMatch.header('x-a', StringMatch.exact('1')), CallMatch.header('x-a', StringMatch.exact('2'))), [
        'IM1205 at CallMatch.allOf(): the conditions exclude each other, so no call can meet all of them.',
        '  got      [{"headers":{"x-a":{"exact":"1"}}},{"headers":{"x-a":{"exact":"2"}}}]',
        '  next     put the narrower rule first, or remove one',
        '  istio    IST0130',
      ].join('\n')],
    ['two patterns on one header', () => CallMatch.allOf(...['a+', 'b+'].map(pattern => CallMatch.header('x-a', StringMatch.regex(pattern)))), [
      'IM1309 at CallMatch.allOf(): two conditions on x-a must both hold, and Istio takes one condition for each name.',
      '  got      {"regex":"a+"} and {"regex":"b+"}',
      '  next     remove one of the conditions',
    ].join('\n')],
    ['no condition', () => CallMatch.allOf(), [
      'IM0001 at CallMatch.allOf(): there are no conditions.',
      '  got      []',
      '  allowed  at least one',
      '  next     use the `traffic` of the split for all calls',
    ].join('\n')],
    ['a header in capitals', () => CallMatch.header('X-User', StringMatch.present()), [
      'IM1308 at CallMatch.header(): the text is not a header name that a route can match.',
      '  got      \'X-User\'',
      '  allowed  lower-case letters, digits and dashes; host, path and method have conditions of their own',
      '  next     correct the match',
    ].join('\n')],
    ['a version that the caller does not have', () => CallMatch.fromVersion(reviews, 'v9'), [
      'IM1105 at chart/reviews: reviews has no version v9.',
      '  got      \'v9\'',
      '  allowed  v1, v2',
      '  next     use a version of the service',
      '  istio    IST0101',
    ].join('\n')],
  ])('%s', (_, call, message) => {
    expect(refusal(call).message).toBe(message);
  });

  test.each<[string, () => unknown, string]>([
    ['a header without a name', () => CallMatch.header('', StringMatch.present()), 'IM1308'],
    ['a header that is nothing', () => CallMatch.header(undefined as never, StringMatch.present()), 'IM0001'],
    ['the host', () => CallMatch.header('host', StringMatch.present()), 'IM1308'],
    ['a pseudo-header', () => CallMatch.header(':path', StringMatch.present()), 'IM1308'],
    ['a header that JavaScript\'s objects inherit', () => CallMatch.header('constructor', StringMatch.present()), 'IM1308'],
    ['a header compared to a text', () => CallMatch.header('x-a', 'jason' as never), 'IM0001'],
    ['an undefined caller', () => CallMatch.from(undefined as never), 'IM0001'],
    ['a caller by name', () => CallMatch.from('reviews' as never), 'IM0001'],
    ['no version', () => CallMatch.fromVersion(reviews, undefined as never), 'IM1105'],
    ['a version that objects inherit', () => CallMatch.fromVersion(reviews, 'constructor'), 'IM1105'],
    ['an invalid condition', () => CallMatch.allOf({} as never), 'IM0001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });
});
