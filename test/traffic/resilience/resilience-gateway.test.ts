import { Duration } from 'cdk8s';
import { chart, find, messages, service } from '../../helpers/build';
import { valid } from '../../helpers/valid';
import {
  CallMatch, CanarySplit, FaultAbort, FaultRule, GatewayServer, GatewayWorkload, HttpRouteOptions, IRouteTarget, MeshGateway, MeshPort, MeshService,
  ResiliencePolicy, ResiliencePolicyProps, Retries, RetryOn, RouteMatch, RouteTarget, SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const rehearsal = CallMatch.header('x-rehearse', StringMatch.exact('b-down'));
const down = { abort: FaultAbort.httpStatus(503) };
const fault = { abort: { httpStatus: 503, percentage: { value: 100 } } };
const to = { route: [{ destination: { host: 'reviews.shop.svc.cluster.local', port: { number: 8080 } } }] };
const retries = Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(1), retryOn: [RetryOn.RESET] });

type Policy = Omit<ResiliencePolicyProps, 'target'>;
type Services = { readonly reviews: MeshService; readonly other: MeshService };

/** A chart with a route to the service `reviews`, which has a policy. */
function edge(policy: Policy, route: Partial<HttpRouteOptions> = {}, target?: (services: Services) => IRouteTarget) {
  const root = chart();
  const ports = [MeshPort.http(8080)];
  const services = { reviews: service(root, 'reviews', { ports }), other: service(root, 'other', { ports }) };
  const gateway = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  gateway.addHttpRoute('example.com', { to: target?.(services) ?? services.reviews, ...route });
  new ResiliencePolicy(root, 'policy', { target: services.reviews, ...policy });
  return { root, ...services };
}

const http = (...args: Parameters<typeof edge>) => find(valid(edge(...args).root), 'VirtualService', 'edge.example.com').spec.http;

test('a route to a service has the policy of the service, in any order of construction', () => {
  expect(http({ timeout: Duration.seconds(5), retries }))
    .toEqual([{ ...to, timeout: '5s', retries: { attempts: 3, perTryTimeout: '1s', retryOn: 'reset' } }]);
});

test('so has a route to one version', () => {
  expect(http({ timeout: Duration.seconds(5) }, {}, ({ reviews }) => reviews.versionOf('v1'))).toMatchObject([{ timeout: '5s' }]);
});

test('the settings of the route override those of the policy', () => {
  expect(http({ timeout: Duration.seconds(5), retries }, { timeout: Duration.seconds(9), retries: Retries.none() }))
    .toEqual([{ ...to, timeout: '9s', retries: { attempts: 0 } }]);
});

test('a fault by header holds at the gateway, one by caller cannot', () => {
  const root = chart();
  const [reviews, web] = [service(root), service(root, 'web')];
  const gateway = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  gateway.addHttpRoute('example.com', { to: reviews, matches: [RouteMatch.pathPrefix('/a')] });
  new ResiliencePolicy(root, 'policy', {
    target: reviews, faults: [FaultRule.when(CallMatch.from(web)).inject(down), FaultRule.when(rehearsal).inject(down)],
  });
  const uri = { prefix: '/a' };
  expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.http)
    .toEqual([{ match: [{ uri, headers: { 'x-rehearse': { exact: 'b-down' } } }], ...to, fault }, { match: [{ uri }], ...to }]);
});

test('a fault of the route itself is in place of those of the service', () => {
  expect(http({ timeout: Duration.seconds(1), faults: [FaultRule.when(rehearsal).inject(down)] }, { fault: { abort: FaultAbort.httpStatus(418) } }))
    .toEqual([{ ...to, timeout: '1s', fault: { abort: { httpStatus: 418, percentage: { value: 100 } } } }]);
});

test('the split of the service and its policy, at once', () => {
  const root = chart();
  const reviews = service(root);
  const gateway = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  gateway.addHttpRoute('example.com', { to: reviews });
  new CanarySplit(root, 'split', {
    service: reviews, rules: [SplitRule.when(CallMatch.header('x-beta', StringMatch.present())).to('v2')], traffic: SplitTarget.version('v1'),
  });
  new ResiliencePolicy(root, 'policy', { target: reviews, timeout: Duration.seconds(1), faults: [FaultRule.when(rehearsal).inject(down)] });
  const routes: { match?: { headers: object }[]; fault?: object; timeout: string }[] = find(valid(root), 'VirtualService', 'edge.example.com').spec.http;
  expect(routes.map(({ match, fault: injected, timeout }) => [Object.keys(match?.[0].headers ?? {}), injected !== undefined, timeout])).toEqual([
    [['x-beta', 'x-rehearse'], true, '1s'], [['x-rehearse'], true, '1s'], [['x-beta'], false, '1s'], [[], false, '1s'],
  ]);
});

test('attempts of the policy that do not fit into the timeout of the route are refused', () => {
  expect(messages(edge({ retries }, { timeout: Duration.seconds(2) }).root)).toEqual([[
    'IM1333 at chart/edge: the request and its 3 retries can take 4000ms, but the timeout is 2s.',
    '  got      {"timeout":"2s","attempts":3,"perTryTimeout":"1s","retryOn":"reset"}',
    '  allowed  a timeout of 4000ms or more',
    '  next     increase the timeout, or use fewer or shorter attempts',
  ].join('\n')]);
});

describe('shares of one route', () => {
  const shares = ({ reviews, other }: Services) => RouteTarget.weighted([{ to: reviews, weight: 50 }, { to: other, weight: 50 }]);

  test('with policies that differ are refused, unless the route says it', () => {
    expect(messages(edge({ timeout: Duration.seconds(1) }, {}, shares).root)).toEqual([[
      'IM1645 at chart/edge: the targets of the weighted route have policies of their own, which say different things.',
      '  got      [[{},{"timeout":"1s"}]] and [[{},{}]]',
      '  next     set the different settings on the route itself, or use the same policy',
    ].join('\n')]);
    expect(http({ timeout: Duration.seconds(1) }, { timeout: Duration.seconds(3) }, shares)).toMatchObject([{ timeout: '3s' }]);
  });

  test('with policies alike have them', () => {
    const { root, other } = edge({ timeout: Duration.seconds(1) }, {}, shares);
    new ResiliencePolicy(root, 'same', { target: other, timeout: Duration.seconds(1) });
    expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.http).toMatchObject([{ timeout: '1s', route: [{ weight: 50 }, { weight: 50 }] }]);
  });
});

test('copies for a service that is split later are refused at synthesis', () => {
  const root = chart();
  const [reviews, shadow] = [service(root), service(root, 'shadow')];
  new ResiliencePolicy(root, 'policy', { target: reviews, mirrors: [{ to: shadow }] });
  new CanarySplit(root, 'split', { service: shadow, traffic: SplitTarget.weights({ v1: 50, v2: 50 }) });
  expect(messages(root)).toHaveLength(1);
  expect(messages(root)[0]).toContain('IM1336 at chart/policy: the traffic of the mirror service is split, and a mirror has one destination.');
});
