import { app, chart, messages, refusal } from '../../helpers/build';
import { GatewayRoutes, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, RouteMatch, RouteTarget, StringMatch } from 'cdk8s-istio';

const tls = GatewayTls.simple('cert');
const workload = GatewayWorkload.ingress();
const answer = RouteTarget.directResponse(200);

/** A gateway in a chart of its own namespace. */
function gateway(root: ReturnType<typeof app>, name: string, ...servers: GatewayServer[]): MeshGateway {
  return new MeshGateway(chart({ scope: root, id: `chart-${name}`, namespace: name }), name, { workload, servers });
}

describe('a wildcard and a host that it covers', () => {
  test('may be routed side by side where servers list the wildcard alone', () => {
    const root = app();
    const edge = gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }));
    edge.addHttpRoute('*.example.com', { to: answer });
    edge.addHttpRoute('shop.example.com', { to: answer });
    expect(messages(root)).toEqual([]);
  });

  test('are refused where the name is no longer than the wildcard, too', () => {
    for (const hosts of [['*.example.com', 'a.example.com'], ['a.example.com', '*.example.com']]) {
      const root = app();
      const edge = gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com', 'a.example.com'] }));
      hosts.forEach(host => edge.addHttpRoute(host, { to: answer }));
      expect(messages(root)).toEqual([expect.stringMatching(/^IM1313 at chart-edge\/edge: a server lists a\.example\.com, and there are routes for \*\.example\.com: /)]);
    }
  });

  test('are refused where a server lists the narrower one, in whatever order they come', () => {
    for (const hosts of [['*.example.com', 'shop.example.com'], ['shop.example.com', '*.example.com']]) {
      const root = app();
      const edge = gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls }));
      hosts.forEach(host => edge.addHttpRoute(host, { to: answer }));
      edge.addServer(GatewayServer.https({ routedElsewhere: true, name: 'shop', hosts: ['shop.example.com'], tls: GatewayTls.simple('shop-cert') }));
      expect(messages(root)).toEqual([[
        'IM1313 at chart-edge/edge: a server lists shop.example.com, and there are routes for *.example.com: '
          + 'Istio would match requests for shop.example.com with the routes of both, by age.',
        '  got      ["shop.example.com","*.example.com"]',
        '  next     remove the narrower host from the server, which serves it by the wildcard, or give the host its own gateway',
      ].join('\n')]);
    }
  });

  test.each<[string, number | undefined, number | undefined, boolean]>([
    ['each at a port of its own', 80, 443, true],
    ['the narrower one at a port where the wildcard has no routes', 80, 443, true],
    ['both at the port that lists it', 443, 443, false],
    ['the wildcard at every port', undefined, 443, false],
    ['both where no server lists it', 80, 80, true],
  ])('by port: %s', (_, wide, narrow, right) => {
    const root = app();
    const edge = gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }), GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls }),
      GatewayServer.https({ routedElsewhere: true, name: 'shop', hosts: ['shop.example.com'], tls: GatewayTls.simple('shop-cert') }));
    edge.addHttpRoute('*.example.com', { to: answer, gatewayPort: wide });
    edge.addHttpRoute('shop.example.com', { to: answer, gatewayPort: narrow });
    expect(messages(root)).toEqual(right ? [] : [expect.stringMatching(/^IM1313 at chart-edge\/edge: a server lists shop\.example\.com, /)]);
  });

  test('may be routed through gateways of their own', () => {
    const root = app();
    gateway(root, 'wide', GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] })).addHttpRoute('*.example.com', { to: answer });
    gateway(root, 'narrow', GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })).addHttpRoute('shop.example.com', { to: answer });
    expect(messages(root)).toEqual([]);
  });
});

test('one host routed through two gateways of the same pods is refused', () => {
  const root = app();
  gateway(root, 'wide', GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] })).addHttpRoute('shop.example.com', { to: answer });
  gateway(root, 'narrow', GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })).addHttpRoute('shop.example.com', { to: answer });
  expect(messages(root)).toEqual([[
    'IM1314 at chart-narrow/narrow: shop.example.com also has routes for chart-wide/wide, which configures the same pods and port.',
    '  got      \'shop.example.com\'',
    '  next     route the host through one gateway',
  ].join('\n')]);
});

test('one host at two ports of the same pods is routed through two gateways', () => {
  const root = app();
  gateway(root, 'plain', GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })).addHttpRoute('shop.example.com', { to: answer });
  gateway(root, 'secure', GatewayServer.https({ routedElsewhere: true, hosts: ['shop.example.com'], tls })).addHttpRoute('shop.example.com', { to: answer });
  expect(messages(root)).toEqual([]);
});

test('the stock gateway is known by either of its labels', () => {
  const root = app();
  gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] }));
  const other = () => new MeshGateway(chart({ scope: root, id: 'other' }), 'other', {
    workload: GatewayWorkload.labels({ app: 'istio-ingressgateway' }), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })],
  });
  expect(refusal(other)).toMatchObject({ code: 'IM1302', at: 'other/other' });
});

test('a server that is refused leaves none of its hosts behind', () => {
  const root = app();
  const edge = gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['x.example.com'] }));
  expect(refusal(() => edge.addServer(GatewayServer.http({ routedElsewhere: true, name: 'two', hosts: ['y.example.com', 'x.example.com'] }))).message).toBe([
    'IM1302 at chart-edge/edge: x.example.com on port 80 of the gateway\'s pods is served already, by another server or a redirect of this gateway.',
    '  got      \'x.example.com\'',
    '  next     list the host once; port 80 of a server with `httpsRedirect` is taken',
    '  istio    IST0145',
  ].join('\n'));
  edge.addServer(GatewayServer.http({ routedElsewhere: true, name: 'two', hosts: ['y.example.com'] }));
  expect(edge.servers.map(server => server.name)).toEqual(['http-80', 'two']);
});

describe('a redirect', () => {
  const both = [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] }), GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls })];

  test('to HTTPS from a route that HTTPS has as well is refused', () => {
    const edge = gateway(app(), 'edge', ...both);
    expect(refusal(() => edge.addHttpRoute('a.example.com', { to: RouteTarget.redirect({ scheme: 'https' }) })).message).toBe([
      'IM1310 at chart-edge/edge: the redirect for a.example.com leads back to its own route, in an endless loop.',
      '  next     redirect HTTP to HTTPS with `httpsRedirect` of the server, or with a route for `gatewayPort: 80`',
    ].join('\n'));
    edge.addHttpRoute('a.example.com', { gatewayPort: 80, to: RouteTarget.redirect({ scheme: 'https' }) });
  });

  test('to HTTPS at another host or path is not', () => {
    const edge = gateway(app(), 'edge', ...both);
    edge.addHttpRoute('a.example.com', { matches: [RouteMatch.exactPath('/')], to: RouteTarget.redirect({ scheme: 'https', path: '/home' }) });
    edge.addHttpRoute('a.example.com', { matches: [RouteMatch.pathPrefix('/old')], to: RouteTarget.redirect({ scheme: 'https', host: 'b.example.com' }) });
  });
});

test('a host of a wildcard that the certificate is not good for: its star stands for one label', () => {
  const root = app();
  const known = GatewayTls.simple('known', { dnsNames: ['*.example.com'] });
  const edge = gateway(root, 'edge', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: known }));
  expect(refusal(() => edge.addHttpRoute('a.b.example.com', { to: answer })).message).toBe([
    'IM1351 at chart-edge/edge: the certificate of edge is not valid for a.b.example.com.',
    '  got      \'a.b.example.com\'',
    '  allowed  *.example.com',
    '  next     add the host to the names of the certificate, or serve it with another certificate',
  ].join('\n'));
  expect(() => edge.addHttpRoute('a.example.com', { to: answer })).not.toThrow();
  edge.addServer(GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }));
  expect(() => edge.addHttpRoute('a.b.example.com', { to: answer })).not.toThrow();
});

describe('two namespaces that tell their requests of one host apart by a header', () => {
  const [a, b] = ['a', 'b'].map(team => StringMatch.exact(team));
  const routed = (mine: RouteMatch, theirs: RouteMatch) => {
    const root = app();
    const edge = gateway(root, 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] }));
    edge.addHttpRoute('shop.example.com', { matches: [mine], to: answer });
    new GatewayRoutes(chart({ scope: root, id: 'team', namespace: 'team' }), 'team', { gateway: edge })
      .addHttpRoute('shop.example.com', { matches: [theirs], to: RouteTarget.directResponse(404) });
  };
  test('are refused: a request may have both values, each on a line of its own', () => {
    expect(refusal(() => routed(RouteMatch.anyPath({ headers: { 'x-team': a } }), RouteMatch.anyPath({ headers: { 'x-team': b } })))).toMatchObject({
      code: 'IM1401',
      message: expect.stringMatching(/\n {2}next {5}a request may have a header on several lines, .* exclude the other value in one of them, by `withoutHeaders`/),
    });
  });
  test.each<[string, RouteMatch, RouteMatch]>([
    ['one of them excludes the other', RouteMatch.anyPath({ headers: { 'x-team': a } }), RouteMatch.anyPath({ headers: { 'x-other': b }, withoutHeaders: { 'x-team': a } })],
    ['Envoy makes one value of all lines', RouteMatch.anyPath({ headers: { 'user-agent': a } }), RouteMatch.anyPath({ headers: { 'user-agent': b } })],
    ['it is a parameter of the query', RouteMatch.anyPath({ queryParams: { team: a } }), RouteMatch.anyPath({ queryParams: { team: b } })],
  ])('are not where %s', (_, mine, theirs) => expect(() => routed(mine, theirs)).not.toThrow());
});
