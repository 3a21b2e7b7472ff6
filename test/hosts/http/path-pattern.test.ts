import { takesAllBelow } from '../../../src/hosts/http/path-pattern';
import { chart, refusal } from '../../helpers/build';
import { GatewayServer, GatewayWorkload, MeshGateway, RouteMatch, RouteTarget } from 'cdk8s-istio';

test.each<[string, string]>([
  ['.*', '/'],
  ['^.*$', '/a'],
  ['(.*)', '/a'],
  ['/.+', '/a'],
  ['/v[0-9]+/.*', '/v1/a'],
  ['/(a|b)/.*', '/b/'],
  ['/x|/a.*', '/ab'],
  ['/api(/.*)?', '/api/v1'],
  ['/api(?:/.*)?', '/api/'],
  ['/a\\.b.*', '/a.bc'],
  ['/[|(]?.*', '/a'],
])('%s takes all below %s', (pattern, prefix) => {
  expect(takesAllBelow(pattern, prefix)).toBe(true);
});

test.each<[string, string]>([
  ['/.+', '/'],
  ['/v[0-9]+/.*', '/v'],
  ['/v[0-9]+/.*', '/a/'],
  ['/api(/.*)?', '/api'],
  ['/a\\.*', '/a'],
  ['/a/[^/]*', '/a/'],
  ['/x.*|/y', '/y'],
  ['/x(a|b.*)', '/xb'],
  ['/a', '/a'],
])('%s does not, or not so that it can be seen, below %s', (pattern, prefix) => {
  expect(takesAllBelow(pattern, prefix)).toBe(false);
});

test('a prefix behind a pattern that takes all of it is refused, with the request that shows it', () => {
  const edge = new MeshGateway(chart(), 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  const to = RouteTarget.directResponse(200);
  edge.addHttpRoute('example.com', { matches: [RouteMatch.pathRegex('/v[0-9]+/.*')], to });
  expect(refusal(() => edge.addHttpRoute('example.com', { matches: [RouteMatch.pathPrefix('/v1/cart')], to })).message).toBe([
    'IM1306 at chart/edge: two routes for example.com match the same requests, such as GET /v1/cart, so one is never reached; the other route is by chart/edge.',
    '  got      {"uri":{"prefix":"/v1/cart"}}',
    '  allowed  a match that is not covered by {"uri":{"regex":"/v[0-9]+/.*"}}',
    '  next     remove one, or make one of the matches narrower',
    '  istio    IST0130',
  ].join('\n'));
  expect(() => edge.addHttpRoute('example.com', { matches: [RouteMatch.exactPath('/v1/cart')], to })).not.toThrow();
  expect(refusal(() => edge.addHttpRoute('example.com', { matches: [RouteMatch.pathRegex('(/.*)'), RouteMatch.anyPath()], to })).code).toBe('IM1306');
});
