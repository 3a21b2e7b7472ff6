import { HttpMatch } from '../../src/hosts/http/http-match';
import { chart, find, refusal, service, synth } from '../helpers/build';
import { DirectResponseOptions, GatewayServer, GatewayWorkload, MeshGateway, MeshPort, MeshService, RedirectOptions, RouteMatch, RouteTarget } from 'cdk8s-istio';

const HOST = 'www.example.com';

function edge(): MeshGateway {
  return new MeshGateway(chart(), 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [HOST] })] });
}

/** What a gateway does with /old. */
function routeTo(target: RouteTarget): object {
  const gateway = edge();
  gateway.addHttpRoute(HOST, { matches: [RouteMatch.exactPath('/old')], to: target });
  const { match, ...action } = find(synth(gateway.node.root as never), 'VirtualService', `edge.${HOST}`).spec.http[0];
  return action;
}

describe('a redirect', () => {
  test.each<[RedirectOptions, object]>([
    [{ path: '/new' }, { uri: '/new', redirectCode: 301 }],
    [{ host: 'new.example.com', status: 308 }, { authority: 'new.example.com', redirectCode: 308 }],
    [{ port: 8443, scheme: 'https', status: 302 }, { port: 8443, scheme: 'https', redirectCode: 302 }],
    [{ scheme: 'https' }, { authority: 'www.example.com', scheme: 'https', redirectCode: 301 }],
  ])('%p', (options, redirect) => {
    expect(routeTo(RouteTarget.redirect(options))).toEqual({ redirect });
  });

  test('that changes nothing is refused', () => {
    expect(refusal(() => RouteTarget.redirect({ status: 302 })).message).toBe([
      'IM1310 at RouteTarget.redirect(): the redirect leads to the same address.',
      '  next     set a path, a host, a port or a scheme',
    ].join('\n'));
  });

  test.each<[RedirectOptions, string, string]>([
    [{ path: '/', status: 200 }, 'IM1310', 'the status is not a redirect status.'],
    [{ path: '/', status: 304 }, 'IM1310', 'the status is not a redirect status.'],
    [{ scheme: 'ftp' }, 'IM1310', 'the scheme is unknown.'],
    [{ path: 'new' }, 'IM1310', 'this is no path of a request.'],
    [{ path: '/a b' }, 'IM1310', 'proxies write this path otherwise before they compare it: no request would have it.'],
    [{ host: '*.example.com' }, 'IM0105', 'a host name cannot have a wildcard here.'],
    [{ host: '10.0.0.1' }, 'IM0104', 'the host is no DNS name.'],
    [{ port: 0 }, 'IM0101', 'the port is no port number.'],
    [{ uri: '/' } as RedirectOptions, 'IM0001', 'there is no property uri.'],
  ])('%p is refused', (options, code, problem) => {
    expect(refusal(() => RouteTarget.redirect(options)).message.split('\n')[0]).toBe(`${code} at RouteTarget.redirect(): ${problem}`);
  });
});

describe('an answer', () => {
  test.each<[number, DirectResponseOptions, object]>([
    [204, {}, { status: 204 }],
    [503, { body: 'back soon' }, { status: 503, body: { string: 'back soon' } }],
    [200, { body: '' }, { status: 200, body: { string: '' } }],
    [599, {}, { status: 599 }],
  ])('%d %p', (status, options, directResponse) => {
    expect(routeTo(RouteTarget.directResponse(status, options))).toEqual({ directResponse });
  });

  test.each([199, 600, 200.5, NaN, -1])('%d is refused', status => {
    expect(refusal(() => RouteTarget.directResponse(status)).message).toBe([
      `IM1310 at RouteTarget.directResponse(${status}): the number is not a status of a response.`,
      `  got      ${status}`,
      '  allowed  a whole number from 200 to 599',
      '  next     use such a status',
    ].join('\n'));
  });
});

test('fixed targets are the same for every route, and call no service', () => {
  const target = RouteTarget.directResponse(204);
  const route = { source: chart(), protocol: 'http' as never };
  expect(target.toRouteTarget()).toBe(target);
  const calls = jest.fn();
  target._backend.bind({ ...route, calls });
  expect(calls).not.toHaveBeenCalled();
  const routes = [{ match: HttpMatch.EVERYTHING, action: { directResponse: { status: 204 } } }];
  expect(target._backend.resolve(route)).toEqual({ routes, problems: [] });
});

describe('the port of a service', () => {
  const { http, http2, grpc, tcp, udp } = MeshPort;

  function on(ports: MeshPort[]): { gateway: MeshGateway; reviews: MeshService } {
    const gateway = edge();
    return { gateway, reviews: service(gateway.node.scope as never, 'reviews', { ports }) };
  }

  test.each<[string, MeshPort[], 'addHttpRoute' | 'addGrpcRoute', number | undefined, number]>([
    ['the only one', [http(80)], 'addHttpRoute', undefined, 80],
    ['the only one that speaks HTTP', [tcp(9000), http(80), udp(53)], 'addHttpRoute', undefined, 80],
    ['the only one that speaks gRPC', [http(80), grpc(90)], 'addGrpcRoute', undefined, 90],
    ['HTTP/2 for gRPC', [http(80), http2(90)], 'addGrpcRoute', undefined, 90],
    ['gRPC for HTTP', [grpc(90)], 'addHttpRoute', undefined, 90],
    ['the one that is named', [http(80), http(81, { suffix: 'b' })], 'addHttpRoute', 81, 81],
  ])('%s', (_, ports, verb, port, expected) => {
    const { gateway, reviews } = on(ports);
    gateway[verb](HOST, { to: reviews, port });
    expect(find(synth(gateway.node.root as never), 'VirtualService', `edge.${HOST}`).spec.http).toEqual([
      { route: [{ destination: { host: 'reviews.shop.svc.cluster.local', port: { number: expected } } }] },
    ]);
  });

  test.each<[string, MeshPort[], 'addHttpRoute' | 'addGrpcRoute', number | undefined, string[]]>([
    ['none speaks HTTP', [tcp(9000), udp(53)], 'addHttpRoute', undefined, [
      'IM1307 at chart/edge: reviews has no port that can carry a route for http.',
      '  got      9000 (tcp), 53 (udp)',
      '  next     declare the protocol of the port, or route to another port',
    ]],
    ['none speaks gRPC', [http(80)], 'addGrpcRoute', undefined, [
      'IM1307 at chart/edge: reviews has no port that can carry a route for grpc.',
      '  got      80 (http)',
      '  next     declare the protocol of the port, or route to another port',
    ]],
    ['gRPC to a TCP port', [tcp(9000), grpc(90)], 'addGrpcRoute', 9000, [
      'IM1307 at chart/edge: port 9000 (tcp) of reviews cannot carry a route for grpc.',
      '  got      \'tcp\'',
      '  allowed  90 (grpc)',
      '  next     declare the protocol of the port, or route to another port',
    ]],
    ['two that would do', [http(80), http2(81), tcp(9000)], 'addHttpRoute', undefined, [
      'IM1112 at chart/edge: reviews has several ports that can carry a route for http.',
      '  allowed  80 (http), 81 (http2)',
      '  next     name one as `port`',
    ]],
    ['one that it does not have', [http(80)], 'addHttpRoute', 8080, [
      'IM1111 at chart/edge: reviews has no port 8080.',
      '  got      8080',
      '  allowed  80 (http)',
      '  next     use a port of the service',
      '  istio    IST0101',
    ]],
  ])('refused: %s', (_, ports, verb, port, lines) => {
    const { gateway, reviews } = on(ports);
    expect(refusal(() => gateway[verb](HOST, { to: reviews, port })).message).toBe(lines.join('\n'));
  });
});

test('an external host without a dot, which Istio takes for a Service of the namespace', () => {
  expect(refusal(() => RouteTarget.externalHost('bank', { port: MeshPort.http(80) })).message).toBe([
    'IM0104 at RouteTarget.externalHost(): a name without a dot is a Service of the namespace.',
    '  got      \'bank\'',
    '  allowed  a DNS name such as www.example.com',
    '  next     use the service itself, or spell the host in full',
  ].join('\n'));
});
