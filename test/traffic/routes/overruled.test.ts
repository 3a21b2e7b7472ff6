import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { chart, find, refusal, service, synth } from '../../helpers/build';
import { valid } from '../../helpers/valid';
import {
  AcmeSolver, CallMatch, CanarySplit, DelegatedRoutes, EgressPort, EgressRoute, GatewayServer, GatewayTls, GatewayWorkload, HashKey, HttpHeaders,
  HttpRouteOptions, LoadBalancer, MeshGateway, MeshPort, MeshService, MeshSettings, RedirectOptions, RedirectPort, ResiliencePolicy,
  RouteMatch, RouteTarget, SplitRule, SplitTarget, StatefulMeshService, StringMatch, WildcardResolution,
} from 'cdk8s-istio';

const HOST = 'shop.example.com';
const second = Duration.seconds(1);

function gateway(scope: Construct, servers = [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })], workload = GatewayWorkload.ingress()) {
  return new MeshGateway(scope, 'edge', { workload, servers });
}

/** Why a chart is not written. */
function unwritten(root: Parameters<typeof synth>[0]): string {
  try {
    synth(root);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

/** The entries of the routes for a host. */
const entries = (root: Parameters<typeof synth>[0], name = `edge.${HOST}`) => find(valid(root), 'VirtualService', name).spec.http;

describe('a redirect to the usual port of a scheme names the host, since Envoy keeps the port that the client wrote', () => {
  /** What a redirect becomes at a gateway with a port of HTTP, a port of HTTPS, or both. */
  const redirected = (options: RedirectOptions, servers?: GatewayServer[], listener?: number) => {
    const root = chart();
    gateway(root, servers).addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/old')], to: RouteTarget.redirect(options), gatewayPort: listener });
    return entries(root)[0].redirect;
  };
  const clear = (port: number, hosts = [HOST]) => GatewayServer.http({ routedElsewhere: true, port, hosts });
  const secure = (port: number) => GatewayServer.https({ routedElsewhere: true, port, hosts: [HOST], tls: GatewayTls.simple('cert') });

  test.each<[string, RedirectOptions]>([
    ['to another scheme', { scheme: 'https' }],
    ['to the port of the scheme', { scheme: 'https', derivePort: RedirectPort.FROM_PROTOCOL_DEFAULT }],
    ['to a usual port', { port: 80, path: '/new' }],
    ['to a usual port of a scheme', { scheme: 'https', port: 443 }],
  ])('%s', (_, options) => {
    expect(redirected(options, [clear(8081)]).authority).toBe(HOST);
  });
  test.each<[string, RedirectOptions, string | undefined]>([
    ['to an unusual port', { scheme: 'https', port: 8443 }, undefined],
    ['to the port of the request', { scheme: 'https', derivePort: RedirectPort.FROM_REQUEST_PORT }, undefined],
    ['to another path', { path: '/new' }, undefined],
    ['to another host', { scheme: 'https', host: 'www.example.com' }, 'www.example.com'],
  ])('not %s', (_, options, authority) => {
    expect(redirected(options, [clear(8081)]).authority).toBe(authority);
  });
  test('nor where the scheme stays the same: then the port does', () => {
    expect(redirected({ scheme: 'https', path: '/new' }, [secure(8443)])).toEqual({ scheme: 'https', uri: '/new', redirectCode: 301 });
  });
  test('the redirect beside ACME\'s challenges as well', () => {
    const root = chart();
    gateway(root, [GatewayServer.https({ routedElsewhere: true, hosts: [HOST], tls: GatewayTls.simple('cert'), httpsRedirect: true, acmeSolver: AcmeSolver.ingress() })]);
    expect(entries(root)).toEqual([{ match: [{ port: 80 }], redirect: { authority: HOST, scheme: 'https', redirectCode: 301 } }]);
  });
  test('delegated routes know the host from the routes that lead to them', () => {
    const root = chart();
    const delegated = new DelegatedRoutes(root, 'team');
    gateway(root, [clear(8081)]).addHttpRoute(HOST, { to: delegated });
    delegated.addHttpRoute({ to: RouteTarget.redirect({ scheme: 'https' }) });
    expect(entries(root, 'team')).toEqual([{ redirect: { authority: HOST, scheme: 'https', redirectCode: 301 } }]);
  });

  test('a wildcard has no such host', () => {
    const root = chart();
    gateway(root, [clear(8081, ['*.example.com'])]).addHttpRoute('*.example.com', { to: RouteTarget.redirect({ scheme: 'https' }) });
    expect(unwritten(root)).toContain([
      'IM1360 at chart/edge: the redirect for *.example.com would keep port 8081 of the request, because it names no host.',
      '  got      {"scheme":"https","redirectCode":301}',
      '  allowed  a redirect with a `host`, or with a `port` other than 80 and 443',
      '  next     write a route for each host, or set the `host` of the redirect',
    ].join('\n'));
  });
  test('a wildcard at the usual port needs none', () => {
    const root = chart();
    gateway(root, [clear(80, ['*.example.com'])]).addHttpRoute('*.example.com', { to: RouteTarget.redirect({ scheme: 'https' }) });
    expect(entries(root, 'edge.of--any.example.com')).toEqual([{ redirect: { scheme: 'https', redirectCode: 301 } }]);
  });
  test('one route cannot keep one port and leave another', () => {
    const root = chart();
    gateway(root, [clear(8081), secure(8443)]).addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/a')], to: RouteTarget.redirect({ scheme: 'https', path: '/b' }) });
    expect(unwritten(root)).toContain(
      'IM1360 at chart/edge: the redirect for shop.example.com leads from port 8081 to the default port of the scheme, but must keep port 8443.');
  });
});

describe('an external host receives its own name', () => {
  const partner = (port = MeshPort.http(80)) => RouteTarget.externalHost('api.partner.example', { port });
  const told = (options: HttpRouteOptions) => {
    const root = chart();
    gateway(root).addHttpRoute(HOST, options);
    return entries(root)[0];
  };
  test('by a route', () => expect(told({ to: partner() }).rewrite).toEqual({ authority: 'api.partner.example' }));
  test('with its port, where that is not the usual one', () => expect(told({ to: partner(MeshPort.http(8080)) }).rewrite).toEqual({ authority: 'api.partner.example:8080' }));
  test('unless the route says another', () => expect(told({ to: partner(), rewrite: { authority: HOST } }).rewrite).toEqual({ authority: HOST }));
  test('by an EgressRoute', () => {
    const root = chart();
    const route = new EgressRoute(root, 'partner', { host: 'api.partner.example', ports: [EgressPort.http(80)] });
    gateway(root).addHttpRoute(HOST, { to: route });
    expect(entries(root)[0].rewrite).toEqual({ authority: 'api.partner.example' });
  });
  test('by a share, beside one of a service', () => {
    const root = chart();
    const headers: HttpHeaders = { request: { set: { 'x-a': 'b' } }, response: { remove: ['x-c'] } };
    gateway(root).addHttpRoute(HOST, { to: RouteTarget.weighted([{ to: partner(), weight: 40, headers }, { to: service(root), weight: 60 }]) });
    expect(entries(root)).toEqual([{
      route: [
        {
          destination: { host: 'api.partner.example', port: { number: 80 } },
          weight: 40,
          headers: { request: { set: { ':authority': 'api.partner.example', 'x-a': 'b' } }, response: { remove: ['x-c'] } },
        },
        { destination: { host: 'reviews.shop.svc.cluster.local', port: { number: 8080 } }, weight: 60 },
      ],
    }]);
  });
  test('by delegated routes', () => {
    const root = chart();
    const delegated = new DelegatedRoutes(root, 'team');
    gateway(root).addHttpRoute(HOST, { to: delegated });
    delegated.addHttpRoute({ to: partner() });
    expect(entries(root, 'team')[0].rewrite).toEqual({ authority: 'api.partner.example' });
  });
  test.each([[WildcardResolution.NONE], [WildcardResolution.DYNAMIC_DNS]])('a whole domain has no name to be told (%s)', wildcard => {
    const root = chart();
    const route = new EgressRoute(root, 'all', { host: '*.partner.example', ports: [EgressPort.http(80)], wildcardResolution: wildcard });
    expect(refusal(() => gateway(root).addHttpRoute(HOST, { to: route })).message).toBe([
      'IM1363 at chart/all: *.partner.example is a wildcard: a gateway would forward the request to the host that the client requested, and not to the target of the route.',
      '  got      \'*.partner.example\'',
      '  next     describe the host with its own EgressRoute, and route to it',
    ].join('\n'));
    expect(refusal(() => new ResiliencePolicy(root, 'copies', { target: service(root), mirrors: [{ to: route }] })).code).toBe('IM1363');
  });
});

describe('headers that proxies write themselves', () => {
  const withHeaders = (headers: HttpHeaders) => () => gateway(chart()).addHttpRoute(HOST, { to: RouteTarget.directResponse(200), headers });
  const toService = (headers: HttpHeaders) => () => {
    const root = chart();
    gateway(root).addHttpRoute(HOST, { to: service(root), headers });
  };
  test('server of an answer, with what helps', () => {
    expect(refusal(withHeaders({ response: { remove: ['server'] } })).message).toBe([
      'IM1332 at chart/edge: proxies write server themselves: the operation has no effect or breaks the message.',
      '  got      \'server\'',
      '  next     set `proxyHeaders: { server: { disabled: true } }` in the `defaultConfig` of the mesh: then proxies keep the header of the service',
    ].join('\n'));
  });
  const ofConnections = ['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];
  test.each([...ofConnections, 'date', 'server'])('the removal of %s from an answer', name => expect(refusal(withHeaders({ response: { remove: [name] } })).code).toBe('IM1332'));
  test.each([...ofConnections, 'server', 'x-envoy-decorator-operation'])('%s set in an answer', name =>
    expect(refusal(withHeaders({ response: { set: { [name]: '7' } } })).code).toBe('IM1332'));
  test.each(ofConnections)('the removal of %s from a request', name => expect(refusal(toService({ request: { remove: [name] } })).code).toBe('IM1332'));
  test.each([
    ...ofConnections, 'x-envoy-upstream-rq-timeout-ms', 'x-envoy-max-retries', 'x-envoy-retry-on', 'x-envoy-retry-grpc-on', 'x-envoy-retriable-status-codes', 'x-envoy-internal',
    'x-envoy-expected-rq-timeout-ms', 'x-envoy-hedge-on-per-try-timeout', 'x-envoy-upstream-alt-stat-name', 'x-envoy-decorator-operation', 'x-envoy-force-trace',
  ])('%s added to a request', name => expect(refusal(toService({ request: { add: { [name]: '7' } } })).code).toBe('IM1332'));
  test('a share of a route as well', () => {
    expect(refusal(() => RouteTarget.weighted([{ to: service(chart()), weight: 100, headers: { response: { remove: ['server'] } } }])).code).toBe('IM1332');
  });
  test('what arrives as it is set is left alone', () => {
    const request = Object.fromEntries(['x-forwarded-proto', 'x-forwarded-host', 'x-request-id', 'via', 'grpc-timeout', 'user-agent', 'x-envoy-original-path'].map(name => [name, '7']));
    expect(toService({ request: { set: request, remove: ['x-envoy-retry-on'] }, response: { set: { date: '7', via: '7' } } })).not.toThrow();
  });
});

describe('a match on what a gateway writes itself', () => {
  const scheme = { headers: { 'x-forwarded-proto': StringMatch.exact('http') } };
  const redirect = { matches: [RouteMatch.anyPath(scheme)], to: RouteTarget.redirect({ scheme: 'https' }) };
  test('x-forwarded-proto at pods that trust no proxy: a redirect would never end', () => {
    const root = chart();
    gateway(root, undefined, GatewayWorkload.dedicated()).addHttpRoute(HOST, redirect);
    expect(unwritten(root)).toContain([
      'IM1361 at chart/edge: the gateway of shop.example.com trusts no proxy in front of it, so it overwrites x-forwarded-proto by the port at which a request arrives.',
      '  got      {"headers":{"x-forwarded-proto":{"exact":"http"}}}',
      '  next     set the number of trusted proxies: GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } }); or match by `gatewayPort`',
    ].join('\n'));
  });
  test('the absence of it, and in delegated routes', () => {
    const root = chart();
    const delegated = new DelegatedRoutes(root, 'team');
    gateway(root, undefined, GatewayWorkload.dedicated()).addHttpRoute(HOST, { to: delegated });
    delegated.addHttpRoute({ matches: [RouteMatch.anyPath({ withoutHeaders: scheme.headers })], to: RouteTarget.directResponse(404) });
    expect(unwritten(root)).toContain('IM1361 at chart/team: the gateway of shop.example.com trusts no proxy in front of it');
  });
  test.each<[string, (root: Construct) => GatewayWorkload]>([
    ['with trusted proxies', () => GatewayWorkload.dedicated({ gatewayTopology: { numTrustedProxies: 1 } })],
    ['where the mesh sets them', root => {
      new MeshSettings(root.node.root as Construct, 'settings', { meshConfig: { defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } } } });
      return GatewayWorkload.dedicated();
    }],
    ['at existing pods, of which nothing is known', () => GatewayWorkload.ingress()],
  ])('is a match %s', (_, workload) => {
    const root = chart();
    gateway(root, undefined, workload(root)).addHttpRoute(HOST, redirect);
    expect(() => synth(root)).not.toThrow();
  });
  test.each(['x-envoy-external-address', 'x-envoy-original-path', 'x-envoy-downstream-service-cluster', 'x-envoy-retry-on', 'x-envoy-internal'])('%s', name => {
    for (const options of [{ headers: { [name]: StringMatch.present() } }, { withoutHeaders: { [name]: StringMatch.present() } }]) {
      expect(refusal(() => RouteMatch.anyPath(options)).message).toBe([
        `IM1361 at RouteMatch.anyPath(): gateways remove ${name} from requests before they match routes.`, `  got      '${name}'`, '  next     match on another header',
      ].join('\n'));
    }
  });
});

describe('gRPC-Web of browsers', () => {
  const cors = { corsPolicy: { allowOrigins: [StringMatch.exact('https://www.example.com')] } };
  const secure = GatewayServer.https({ routedElsewhere: true, hosts: [HOST], tls: GatewayTls.simple('cert') });
  const routed = (port: MeshPort, servers: GatewayServer[], options: object = cors) => {
    const root = chart();
    gateway(root, servers).addGrpcRoute(HOST, { to: service(root, 'cart', { ports: [port] }), ...options });
    return root;
  };
  test('is not translated between HTTPS and a port of gRPC', () => {
    expect(unwritten(routed(MeshPort.grpc(9000), [secure]))).toContain([
      'IM1364 at chart/edge: the route has a `corsPolicy`, for browsers, and leads from port 443 to port 9000 (grpc), and neither of the two translates their gRPC-Web.',
      '  got      \'grpc\'',
      '  next     declare the port of the service: MeshPort.grpcWeb(…)',
    ].join('\n'));
  });
  test('in delegated routes, too', () => {
    const root = chart();
    const delegated = new DelegatedRoutes(root, 'team');
    gateway(root, [secure]).addHttpRoute(HOST, { to: delegated });
    delegated.addGrpcRoute({ to: service(root, 'cart', { ports: [MeshPort.grpc(9000)] }), ...cors });
    expect(unwritten(root)).toContain('IM1364 at chart/team: ');
  });
  test.each<[string, MeshPort, GatewayServer[], object]>([
    ['a port of the service that is gRPC-Web', MeshPort.grpcWeb(9000), [secure], cors],
    ['a port of the gateway that is gRPC-Web', MeshPort.grpc(9000), [GatewayServer.grpcWeb({ routedElsewhere: true, hosts: [HOST] })], cors],
    ['a route that is not for browsers', MeshPort.grpc(9000), [secure], {}],
  ])('not for %s', (_, port, servers, options) => expect(() => synth(routed(port, servers, options))).not.toThrow());
});

describe('copies by sidecars', () => {
  const store = (root: Construct) => new StatefulMeshService(root, 'store', { replicas: 2, ports: [MeshPort.http(80)], containers: [{ image: 'example.com/store:1' }] });
  test.each<[string, (root: Construct) => RouteTarget]>([
    ['a headless Service', root => store(root).headless.toRouteTarget()],
    ['a pod by its name', root => store(root).pod(0).toRouteTarget()],
  ])('reach not %s', (_, to) => {
    const root = chart();
    expect(refusal(() => new ResiliencePolicy(root, 'copies', { target: service(root), mirrors: [{ to: to(root) }] })).message).toBe([
      'IM1362 at chart/copies: the mirror is a headless Service or a pod of one, and sidecars cannot mirror to it.',
      '  next     mirror to a service with a cluster IP, or to one of its versions',
    ].join('\n'));
  });
  test('by a gateway reach both', () => {
    const root = chart();
    const pods = store(root);
    gateway(root).addHttpRoute(HOST, { to: service(root), mirrors: [{ to: pods.headless }, { to: pods.pod(0) }] });
    expect(entries(root)[0].mirrors.map(({ destination }: any) => destination)).toEqual([
      { host: 'store-headless.shop.svc.cluster.local', port: { number: 80 } }, { host: 'store-headless.shop.svc.cluster.local', subset: 'store-0', port: { number: 80 } },
    ]);
  });
});

describe('requests with one key go to one pod', () => {
  const loadBalancer = LoadBalancer.consistentHash(HashKey.header('x-user'));
  const weights = SplitTarget.weights({ v1: 60, v2: 40 });
  const message = (by: string) => [
    `IM1650 at ${by}: requests for reviews.shop.svc.cluster.local are divided by weight, and chart/hash leads those with one key to one pod: Envoy chooses a share again for each request.`,
    '  got      ["v1 60%","v2 40%"]',
    '  next     split by a condition on the key, such as CallMatch.header(), or set the load balancer of each version: `service.versionOf(name)`',
  ].join('\n');
  test.each([[undefined], [[8080]]])('not beside a split by weight (ports %p)', ports => {
    const root = chart();
    const reviews = service(root);
    new CanarySplit(root, 'split', { service: reviews, traffic: weights });
    new ResiliencePolicy(root, 'hash', { target: reviews, loadBalancer, ports });
    expect(unwritten(root)).toContain(message('chart/split'));
  });
  test('not beside a rule that divides', () => {
    const root = chart();
    const reviews = service(root);
    new ResiliencePolicy(root, 'hash', { target: reviews, loadBalancer });
    new CanarySplit(root, 'split', { service: reviews, rules: [SplitRule.when(CallMatch.header('x-a', StringMatch.present())).splitTo(weights)], traffic: SplitTarget.version('v1') });
    expect(unwritten(root)).toContain(message('chart/split'));
  });
  test('not beside shares of a gateway\'s route', () => {
    const root = chart();
    const reviews = service(root);
    new ResiliencePolicy(root, 'hash', { target: reviews, loadBalancer });
    gateway(root).addHttpRoute(HOST, { to: RouteTarget.weighted([{ to: reviews.versionOf('v1'), weight: 60 }, { to: reviews.versionOf('v2'), weight: 40 }]) });
    expect(unwritten(root)).toContain(message('chart/edge'));
  });
  test.each<[string, (root: Construct, reviews: MeshService) => void]>([
    ['a split by the key itself', (root, reviews) => {
      new CanarySplit(root, 'split', { service: reviews, rules: [SplitRule.when(CallMatch.header('x-user', StringMatch.prefix('a'))).to('v2')], traffic: SplitTarget.version('v1') });
      new ResiliencePolicy(root, 'hash', { target: reviews, loadBalancer });
    }],
    ['a load balancer of each version', (root, reviews) => {
      new CanarySplit(root, 'split', { service: reviews, traffic: weights });
      ['v1', 'v2'].forEach(name => new ResiliencePolicy(root, name, { target: reviews.versionOf(name), loadBalancer }));
    }],
    ['a split of which all goes to one version', (root, reviews) => {
      new CanarySplit(root, 'split', { service: reviews, traffic: SplitTarget.weights({ v1: 100, v2: 0 }) });
      new ResiliencePolicy(root, 'hash', { target: reviews, loadBalancer });
    }],
  ])('beside %s they do', (_, write) => {
    const root = chart();
    write(root, service(root));
    expect(() => synth(root)).not.toThrow();
  });
});

test('a cookie that Envoy gives is sent back for every path', () => {
  const root = chart();
  new ResiliencePolicy(root, 'hash', { target: service(root), loadBalancer: LoadBalancer.consistentHash(HashKey.cookie('user', { ttl: second })) });
  expect(find(valid(root), 'DestinationRule', 'reviews').spec.trafficPolicy.loadBalancer.consistentHash.httpCookie).toEqual({ name: 'user', ttl: '1s', path: '/' });
});
