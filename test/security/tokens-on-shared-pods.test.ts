import { Chart } from 'cdk8s';
import { aShop, one } from './shop';
import { find, KubeObject, messages } from '../helpers/build';
import { valid } from '../helpers/valid';
import {
  AcmeSolver, CorsPolicy, DelegatedRoutes, ExternalAuthorization, GatewayRoutes, GatewayServer, GatewayTls, GatewayWorkload, HttpMethod, JwtClaim,
  JwtIssuer, JwtIssuerOptions, JwtKeys, JwtRule, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshSettings, RequestAuthentication,
  RequestAuthenticationProps, RequestTarget, RouteMatch, RouteTarget, SidecarInjection, StringMatch, UnmatchedPreflights,
} from 'cdk8s-istio';

const issuer = (name: string, options: Partial<JwtIssuerOptions> = {}) =>
  JwtIssuer.of({ issuer: `https://${name}.example.com`, keys: JwtKeys.at('https://keys.example.com'), ...options });
const A = issuer('a');
const B = issuer('b');
const principals = (...names: string[]) => [{ source: { notRequestPrincipals: names.map(name => `https://${name}.example.com/*`) } }];
const policy = (objects: KubeObject[], name: string) => {
  const asks = objects.some(({ kind, metadata }) => kind === 'RequestAuthentication' && metadata.name === name) ? 'request.authentication' : 'external.authorization';
  return find(objects, 'AuthorizationPolicy', `${name}.${asks}`).spec.rules;
};

/** A service with three ports, and what asks for tokens there. */
function shared(...asking: [string, Partial<RequestAuthenticationProps>, number?][]): Chart {
  const { chart, shop } = aShop();
  const ports = [MeshPort.http(8080), MeshPort.http(9090, { suffix: 'b' }), MeshPort.http(9091, { suffix: 'c' }), MeshPort.tcp(7000)];
  const api = one(shop, 'api', { ports });
  const target = (port?: number) => RequestTarget.service(api, { port });
  asking.forEach(([id, props, port]) => new RequestAuthentication(shop, id, { target: target(port), issuers: [A], ...props }));
  return chart;
}

describe('issuers that pods share', () => {
  test('two ports of one service, each with an issuer', () => {
    const objects = valid(shared(['one', {}, 8080], ['two', { issuers: [B, A] }, 9090]));
    expect(policy(objects, 'one')).toEqual([{ from: principals('a'), to: [{ operation: { ports: ['8080'] } }] }]);
    expect(policy(objects, 'two')).toEqual([{ from: principals('a', 'b'), to: [{ operation: { ports: ['9090'] } }] }]);
  });

  test('the made service, one described by the same labels, and the headless side of a stateful one', () => {
    const { chart, shop, ledger } = aShop();
    const described = MeshService.fromAttributes(shop, 'far', { ports: [MeshPort.http(8080)], podLabels: { app: 'api' } });
    const api = one(shop, 'api', { ports: [MeshPort.http(8080)] });
    [described, api].forEach((service, i) => new RequestAuthentication(shop, `login-${i}`, { target: RequestTarget.service(service), issuers: [[A, B][i]] }));
    expect(messages(chart)).toEqual([expect.stringContaining('IM1825 at chart/shop/login-1: chart/shop/login-0 requires other tokens for some of the same requests: no token satisfies both.')]);
    expect(() => RequestTarget.service(ledger.headless)).toThrow('IM1809');
  });

  test('a policy in the root namespace is for pods of every namespace that have the labels', () => {
    const { chart, shop } = aShop();
    const root = new MeshNamespace(chart, 'istio-system', { injection: SidecarInjection.enabled() });
    [root, shop].forEach((scope, i) => new RequestAuthentication(scope, 'login', { target: RequestTarget.service(one(scope, 'api')), issuers: [[A, B][i]] }));
    expect(messages(chart)).toEqual([expect.stringContaining('IM1825 at chart/shop/login: chart/istio-system/login requires other tokens')]);
  });

  test('one issuer with two audiences: each token is good where it is for', () => {
    const objects = valid(shared(['one', { issuers: [issuer('a', { audiences: ['one'] })] }, 8080], ['two', { issuers: [issuer('a', { audiences: ['two'] })] }, 9090]));
    expect(policy(objects, 'one')).toEqual([
      { from: principals('a'), to: [{ operation: { ports: ['8080'] } }] },
      {
        to: [{ operation: { ports: ['8080'] } }],
        when: [{ key: 'request.auth.claims[iss]', values: ['https://a.example.com'] }, { key: 'request.auth.audiences', notValues: ['one'] }],
      },
    ]);
  });

  test('claims that others look for in headers are written for every description of the issuer', () => {
    const rules = [JwtRule.of({ claims: [JwtClaim.ofBoolean('paid', true)] })];
    const objects = valid(shared(['one', { rules }, 8080], ['two', {}, 9090], ['three', { issuers: [B] }, 9091]));
    const headers = ['one', 'two', 'three'].map(name => find(objects, 'RequestAuthentication', name).spec.jwtRules[0].outputClaimToHeaders);
    expect(headers).toEqual([[{ header: 'x-jwt-claim-paid', claim: 'paid' }], [{ header: 'x-jwt-claim-paid', claim: 'paid' }], undefined]);
  });

  test.each<[string, Partial<JwtIssuerOptions>]>([
    ['other keys', { keys: JwtKeys.discovered() }],
    ['another place', { fromHeaders: { 'x-token': '' } }],
    ['forwarded', { forwardToken: true }],
    ['a claim in a header', { claimsToHeaders: { 'x-user': 'sub' } }],
    ['words', { spaceDelimitedClaims: ['scp'] }],
  ])('one issuer, described in two ways: %s', (_, options) => {
    expect(messages(shared(['one', {}, 8080], ['two', { issuers: [issuer('a', options)] }, 9090])))
      .toEqual([expect.stringContaining('IM1826 at chart/shop/two: chart/shop/one configures https://a.example.com differently for the same pods.')]);
  });

  test('the header of a claim is taken', () => {
    const rules = [JwtRule.of({ claims: [JwtClaim.ofBoolean('paid', true)] })];
    expect(messages(shared(['one', { rules, issuers: [issuer('a', { claimsToHeaders: { 'X-JWT-Claim-paid': 'sub' } })] }]))[0])
      .toContain('IM1822 at chart/shop/one: the header x-jwt-claim-paid of claim paid already carries another claim of `claimsToHeaders`.');
    const both = [JwtRule.of({ claims: [JwtClaim.ofBoolean('paid', true), JwtClaim.ofBoolean('PAID', true)] })];
    expect(messages(shared(['one', { rules: both }]))[0]).toContain('already carries claim paid');
  });
});

test('pods without a sidecar: made, described, and in a namespace that another chart describes', () => {
  const { chart } = aShop();
  const bare = new MeshNamespace(chart, 'bare', { injection: SidecarInjection.disabled() });
  const far = MeshService.fromAttributes(MeshNamespace.fromExisting(new Chart(chart.node.scope!, 'office'), 'bare'), 'far', { ports: [MeshPort.http(8080)], podLabels: { app: 'far' } });
  new RequestAuthentication(bare, 'login', { target: RequestTarget.service(one(bare, 'api')), issuers: [A] });
  new ExternalAuthorization(bare, 'ask', { target: RequestTarget.service(far), provider: 'opa' });
  expect(messages(chart)).toEqual(['login', 'ask'].map(id =>
    expect.stringContaining(`IM1829 at chart/bare/${id}: pods of namespace bare get no sidecars: no proxy enforces the policy for `)));
});

describe('demands for the same requests', () => {
  test.each<[string, Partial<RequestAuthenticationProps>, Partial<RequestAuthenticationProps>, string]>([
    ['other issuers', {}, { issuers: [B] }, 'requires other tokens for some of the same requests: no token satisfies both'],
    ['other audiences', {}, { issuers: [issuer('a', { audiences: ['x'] })] }, 'requires other tokens'],
    ['other open paths', { openPaths: ['/a'] }, { openPaths: ['/a', '/b'] }, 'chart/shop/two opens /b, but chart/shop/one requires a token there'],
    ['open in one of them', { openPaths: ['/a/*'] }, {}, 'chart/shop/one opens /a/*, but chart/shop/two requires a token there'],
    ['optional in one of them', { optional: true }, {}, 'chart/shop/one accepts requests without a token, but chart/shop/two does not'],
    ['paths that meet', { paths: ['/a/*'] }, { paths: ['/a/b'], issuers: [B] }, 'requires other tokens'],
    ['a template that may meet', { paths: ['/a/{*}/c'] }, { paths: ['/a/b/c'], issuers: [B] }, 'requires other tokens'],
  ])('contradict each other: %s', (_, first, second, problem) => {
    const found = messages(shared(['one', first, 8080], ['two', second]));
    expect(found).toEqual([expect.stringContaining('IM1825 at chart/shop/two: ')]);
    expect(found[0]).toContain(problem);
  });

  test.each<[string, Partial<RequestAuthenticationProps>, Partial<RequestAuthenticationProps>]>([
    ['paths apart', { paths: ['/a', '/a/*'] }, { paths: ['/b/*'], issuers: [B] }],
    ['methods apart', { methods: [HttpMethod.GET] }, { methods: [HttpMethod.POST], issuers: [B] }],
    ['the same', { openPaths: ['/a'] }, { openPaths: ['/a'] }],
    ['optional, and a path that needs a token', { optional: true }, { paths: ['/a'] }],
    ['open where the other does not ask', { openPaths: ['/a'] }, { paths: ['/b/*'] }],
  ])('add up: %s', (_, first, second) => expect(messages(shared(['one', first], ['two', second]))).toEqual([]));

  test('open paths below those of a rule stay open; a rule below an open path asks', () => {
    const rules = (paths?: string[]) => [JwtRule.of({ paths, claims: [JwtClaim.of('g', ['x'])] })];
    const of = (props: Partial<RequestAuthenticationProps>) => policy(valid(shared(['one', props, 8080])), 'one').slice(2);
    expect(of({ openPaths: ['/healthz'], rules: rules() })[0].to[0].operation).toEqual({ ports: ['8080'], notPaths: ['/healthz'] });
    expect(of({ openPaths: ['/admin/health'], rules: rules(['/admin/*']) })[0].to[0].operation).toEqual({ ports: ['8080'], paths: ['/admin/*'], notPaths: ['/admin/health'] });
    expect(of({ openPaths: ['/api/*'], rules: rules(['/api/admin']) })).toEqual([
      { from: principals('a'), to: [{ operation: { ports: ['8080'], paths: ['/api/admin'] } }] },
      { to: [{ operation: { ports: ['8080'], paths: ['/api/admin'] } }], when: [{ key: 'request.auth.claims[g]', notValues: ['x'] }] },
    ]);
    expect(() => shared(['one', { openPaths: ['/a'], rules: rules(['/a']) }])).toThrow('IM1825 at chart/shop/one: /a is open, but a rule requires claims there.');
  });
});

const https = (hosts: string[], name: string, more: { httpsRedirect?: boolean; acmeSolver?: AcmeSolver } = {}) =>
  GatewayServer.https({ routedElsewhere: true, hosts, name, tls: GatewayTls.simple(`${name}-cert`), ...more });

/** Tokens asked for at a gateway with pods of its own. */
function edge(
  servers: GatewayServer[], hosts: string[], prepare: (gateway: MeshGateway, shop: MeshNamespace, api: MeshService) => void = () => undefined,
  props: Partial<RequestAuthenticationProps> = {},
): Chart {
  const { chart, shop } = aShop();
  const api = one(shop, 'api', { ports: [MeshPort.http(8080)] });
  const listener = new MeshGateway(shop, 'listener', { workload: GatewayWorkload.dedicated(), servers });
  prepare(listener, shop, api);
  new RequestAuthentication(shop, 'login', { target: RequestTarget.gateway(listener, { hosts }), issuers: [A], ...props });
  return chart;
}
const operations = (chart: Chart) => policy(valid(chart), 'login').flatMap(({ to }: KubeObject) => to.map(({ operation }: KubeObject) => operation));
const named = (...hosts: string[]) => hosts.flatMap(host => [host, `${host}:*`]);

describe('what a gateway answers by itself', () => {
  test('two hosts of one gateway, each with an issuer', () => {
    const objects = valid(edge([https(['a.example.com'], 'a'), https(['b.example.com'], 'b')], ['a.example.com'], (listener, shop) => {
      new RequestAuthentication(shop, 'other', { target: RequestTarget.gateway(listener, { hosts: ['b.example.com'] }), issuers: [B] });
    }));
    expect(policy(objects, 'login')).toEqual([{ from: principals('a'), to: [{ operation: { hosts: named('a.example.com'), ports: ['8443'] } }] }]);
    expect(policy(objects, 'other')).toEqual([{ from: principals('b'), to: [{ operation: { hosts: named('b.example.com'), ports: ['8443'] } }] }]);
  });

  test.each([['Istio\'s own', undefined], ['that spares challenges', AcmeSolver.ingress()]])('a redirect to HTTPS: %s', (_, acmeSolver) => {
    const servers = () => [https(['a.example.com'], 'a', { httpsRedirect: true, acmeSolver }), GatewayServer.http({ routedElsewhere: true, hosts: ['b.example.com'] })];
    expect(operations(edge(servers(), ['a.example.com', 'b.example.com']))).toEqual([
      { hosts: named('a.example.com'), ports: ['8443'] }, { hosts: named('b.example.com'), ports: ['8080', '8443'] },
    ]);
    expect(operations(edge(servers(), ['*']))).toEqual([{ hosts: ['*'], notHosts: named('a.example.com'), ports: ['8080'] }, { hosts: ['*'], ports: ['8443'] }]);
    expect(operations(edge([https(['*.a.example.com'], 'a', { httpsRedirect: true, acmeSolver })], ['*']))).toEqual([{ hosts: ['*'], ports: ['8443'] }]);
  });

  test('a redirect of a wildcard, and a host of another Gateway below it', () => {
    expect(operations(edge([https(['*.example.com'], 'a', { httpsRedirect: true })], ['*'], (listener, shop) => {
      new MeshGateway(shop, 'clear', { workload: listener.workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['b.example.com'] })] });
    }))).toEqual([
      { hosts: ['*'], notHosts: ['*.example.com'], ports: ['8080'] },
      { hosts: named('b.example.com'), ports: ['8080'] },
      { hosts: ['*'], ports: ['8443'] },
    ]);
  });

  test('redirects that routes make: of a host, of a port, and beside challenges that a route leads on', () => {
    const to = RouteTarget.redirect({ host: 'a.example.com' });
    const servers = () => [https(['a.example.com', 'www.example.com'], 'a'), GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com', 'b.example.com'] })];
    const routes = (listener: MeshGateway, _: unknown, api: MeshService) => {
      listener.addHttpRoute('www.example.com', { to });
      listener.addHttpRoute('a.example.com', { to: RouteTarget.redirect({ scheme: 'https', status: 308 }), gatewayPort: 80 });
      listener.addHttpRoute('a.example.com', { to: api, gatewayPort: 80, matches: [RouteMatch.pathPrefix('/.well-known/acme-challenge/')] });
      listener.addHttpRoute('a.example.com', { to: api, gatewayPort: 443 });
      listener.addHttpRoute('b.example.com', { to: api });
      listener.addHttpRoute('b.example.com', { to, matches: [RouteMatch.pathPrefix('/old')] });
    };
    expect(operations(edge(servers(), ['a.example.com', 'b.example.com'], routes))).toEqual([
      { hosts: named('a.example.com'), ports: ['8443'] }, { hosts: named('b.example.com'), ports: ['8080', '8443'] },
    ]);
    expect(operations(edge(servers(), ['*'], routes))).toEqual([
      { hosts: ['*'], notHosts: named('a.example.com'), ports: ['8080'] }, { hosts: ['*'], notHosts: named('www.example.com'), ports: ['8443'] },
    ]);
    expect(messages(edge([https(['www.example.com'], 'a')], ['www.example.com'], listener => listener.addHttpRoute('www.example.com', { to }))))
      .toEqual([expect.stringContaining('IM1809 at chart/shop/login: listener redirects all requests for www.example.com at these ports')]);
  });

  test('pods that nothing is known of: the port of a redirect is no port to ask at', () => {
    const ask = (ports: number[]) => {
      const { chart, shop } = aShop();
      const listener = new MeshGateway(shop, 'listener', { workload: GatewayWorkload.labels({ a: 'b' }, { namespace: 'shop' }), servers: [https(['a.example.com'], 'a', { httpsRedirect: true })] });
      new RequestAuthentication(shop, 'login', { target: RequestTarget.gateway(listener, { hosts: ['a.example.com'], ports }), issuers: [A] });
      return chart;
    };
    expect(operations(ask([8080, 8443]))).toEqual([{ hosts: named('a.example.com'), ports: ['8443'] }]);
    expect(messages(ask([8080]))[0]).toContain('IM1809 at chart/shop/login: listener redirects all requests for a.example.com at these ports');
  });

  test('a reference to a gateway of this App is that gateway', () => {
    const { chart, shop } = aShop();
    new MeshGateway(shop, 'listener', { workload: GatewayWorkload.dedicated(), servers: [https(['a.example.com'], 'a', { httpsRedirect: true })] });
    const reference = MeshGateway.fromAttributes(shop, 'reference', { name: 'listener' });
    new RequestAuthentication(shop, 'login', { target: RequestTarget.gateway(reference, { hosts: ['a.example.com'] }), issuers: [A] });
    expect(operations(chart)).toEqual([{ hosts: named('a.example.com'), ports: ['8443'] }]);
  });
});

describe('connections that a gateway reads no requests of', () => {
  const passthrough = (hosts: string[]) => GatewayServer.passthrough({ routedElsewhere: true, hosts, name: 'vault' });
  const spared = [{ key: 'connection.sni', notValues: ['*.vault.example.com'] }];

  test.each<[string, (listener: MeshGateway, shop: MeshNamespace) => unknown]>([
    ['of the same Gateway', listener => listener.addServer(passthrough(['*.vault.example.com']))],
    ['of another Gateway of the same pods', (listener, shop) => new MeshGateway(shop, 'beside', { workload: listener.workload, servers: [passthrough(['*.vault.example.com'])] })],
  ])('TLS that passes through at the port of HTTPS is spared by its server name: %s', (_, add) => {
    expect(policy(valid(edge([https(['a.example.com'], 'a')], ['a.example.com'], add)), 'login')).toEqual([
      { from: principals('a'), to: [{ operation: { hosts: named('a.example.com'), ports: ['8443'] } }], when: spared },
    ]);
  });

  test('TLS that ends there, and is no HTTP', () => {
    const tls = GatewayServer.tls({ routedElsewhere: true, hosts: ['mq.example.com'], port: 443, name: 'mq', tls: GatewayTls.simple('mq-cert') });
    expect(policy(valid(edge([https(['a.example.com'], 'a'), tls], ['a.example.com'])), 'login')[0].when).toEqual([{ key: 'connection.sni', notValues: ['mq.example.com'] }]);
  });

  test('plain TCP has a port of its own', () => {
    expect(operations(edge([https(['a.example.com'], 'a'), GatewayServer.tcp({ routedElsewhere: true, port: 5432, name: 'db' })], ['*']))).toEqual([{ hosts: ['*'], ports: ['8443'] }]);
  });

  test('what server names cannot tell apart is refused', () => {
    expect(messages(edge([https(['a.example.com'], 'a'), passthrough(['*.example.com'])], ['a.example.com'])))
      .toEqual([expect.stringContaining('IM1804 at chart/shop/login: server vault of shop/listener for *.example.com is not HTTP')]);
    const ports = { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] }), GatewayServer.tcp({ routedElsewhere: true, port: 5432, name: 'db' })] };
    const { chart, shop } = aShop();
    const listener = new MeshGateway(shop, 'listener', ports);
    new RequestAuthentication(new MeshNamespace(chart, 'istio-system'), 'login', { target: RequestTarget.gateway(listener, { hosts: ['a.example.com'], ports: [8080, 5432] }), issuers: [A] });
    expect(messages(chart)).toEqual([expect.stringContaining('IM1804 at chart/istio-system/login: server db of shop/listener at port 5432 is not HTTP')]);
  });

  test('a gateway without requests', () => {
    expect(messages(edge([passthrough(['vault.example.com'])], ['*']))[0]).toContain('IM1809 at chart/shop/login: listener has no HTTP or HTTPS server.');
  });
});

describe('preflights', () => {
  const cors: CorsPolicy = { allowOrigins: [StringMatch.exact('https://www.example.com'), StringMatch.prefix('http://localhost:')] };
  const server = () => [https(['a.example.com', 'b.example.com'], 'a')];
  const at = (paths: object) => ({ hosts: named('a.example.com'), ports: ['8443'], methods: ['OPTIONS'], ...paths });
  const method = [{ key: 'request.headers[access-control-request-method]', notValues: ['*'] }];
  const origin = (...origins: string[]) => [{ key: 'request.headers[origin]', notValues: origins }];

  test('of a route that answers them', () => {
    expect(policy(valid(edge(server(), ['a.example.com'], (listener, _, api) => listener.addHttpRoute('a.example.com', { to: api, corsPolicy: cors }))), 'login')).toEqual([
      { from: principals('a'), to: [{ operation: { hosts: named('a.example.com'), ports: ['8443'], notMethods: ['OPTIONS'] } }] },
      { from: principals('a'), to: [{ operation: at({}) }], when: method },
      { from: principals('a'), to: [{ operation: at({}) }], when: origin('http://localhost:*', 'https://www.example.com') },
    ]);
  });

  test('of delegated routes, whichever construct sets it', () => {
    const inner = (own?: CorsPolicy, outer?: CorsPolicy) => policy(valid(edge(server(), ['a.example.com'], (listener, shop, api) => {
      const routes = new DelegatedRoutes(shop, 'team');
      routes.addHttpRoute({ to: api, corsPolicy: own });
      listener.addHttpRoute('a.example.com', { to: routes, corsPolicy: outer });
    })), 'login').map(({ when }: KubeObject) => when);
    expect(inner(cors)).toEqual([undefined, method, origin('http://localhost:*', 'https://www.example.com')]);
    expect(inner(undefined, cors)).toEqual(inner(cors));
    expect(inner()).toEqual([undefined]);
  });

  test('beside routes that answer none', () => {
    const rules = policy(valid(edge(server(), ['*'], (listener, _, api) => {
      listener.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.pathPrefix('/v1')], corsPolicy: { ...cors, unmatchedPreflights: UnmatchedPreflights.IGNORE } });
      listener.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.exactPath('/v1/bare')] });
      listener.addHttpRoute('a.example.com', { to: api });
      listener.addHttpRoute('b.example.com', { to: api });
    })), 'login');
    const all = { hosts: ['*'], ports: ['8443'] };
    expect(rules).toEqual([
      { from: principals('a'), to: [{ operation: { ...all, notMethods: ['OPTIONS'] } }] },
      {
        from: principals('a'),
        to: [
          { operation: at({ notPaths: ['/v1*'] }) },
          { operation: at({ paths: ['/v1/bare'] }) },
          { operation: at({ hosts: named('b.example.com') }) },
          { operation: { ...all, notHosts: named('a.example.com', 'b.example.com'), methods: ['OPTIONS'] } },
        ],
      },
      { from: principals('a'), to: [{ operation: at({}) }], when: method },
      { from: principals('a'), to: [{ operation: at({ paths: ['/v1*'], notPaths: ['/v1/bare'] }) }], when: origin('*') },
    ]);
  });

  test('within the paths and methods that need a token', () => {
    const of = (props: Partial<RequestAuthenticationProps>) => operations(edge(server(), ['a.example.com'],
      (listener, _, api) => listener.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.pathPrefix('/v1')], corsPolicy: cors }), props));
    expect(of({ methods: [HttpMethod.PUT] })).toEqual([{ hosts: named('a.example.com'), ports: ['8443'], methods: ['PUT'] }]);
    expect(of({ paths: ['/v1/orders', '/other'] }).slice(1)).toEqual([
      at({ paths: ['/other', '/v1/orders'], notPaths: ['/v1*'] }), at({ paths: ['/other', '/v1/orders'] }), at({ paths: ['/v1/orders'] }),
    ]);
  });

  test.each<[string, RouteMatch, CorsPolicy | undefined]>([
    ['a pattern of paths', RouteMatch.pathRegex('/v[0-9]+'), cors],
    ['a condition on the query', RouteMatch.pathPrefix('/v1', { queryParams: { a: StringMatch.exact('b') } }), cors],
    ['a header before it, without preflights', RouteMatch.pathPrefix('/v1', { headers: { 'x-canary': StringMatch.present() } }), undefined],
    ['a pattern of origins', RouteMatch.pathPrefix('/v1'), { allowOrigins: [StringMatch.regex('https://[a-z]+\\.example\\.com')] }],
  ])('that policies cannot tell are refused: %s', (_, match, corsPolicy) => {
    const found = messages(edge(server(), ['a.example.com'], (listener, __, api) => {
      listener.addHttpRoute('a.example.com', { to: api, matches: [match], corsPolicy });
      listener.addHttpRoute('a.example.com', { to: api, corsPolicy: { allowOrigins: [StringMatch.exact('*')] } });
    }));
    expect(found).toEqual([expect.stringContaining('IM1828 at chart/shop/login: ')]);
  });

  test('routes of a team, and a canary without preflights whose path is distinguished by another', () => {
    const rules = policy(valid(edge(server(), ['a.example.com'], (listener, shop, api) => {
      const team = new GatewayRoutes(new MeshNamespace(shop.node.scope as Chart, 'team'), 'routes', { gateway: listener });
      team.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.pathPrefix('/v1')] });
      team.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.pathPrefix('/v1', { headers: { 'x-canary': StringMatch.present() } })] });
      listener.addHttpRoute('a.example.com', { to: api, corsPolicy: cors });
    })), 'login');
    expect(rules.map(({ to }: KubeObject) => to[0].operation)).toEqual([
      { hosts: named('a.example.com'), ports: ['8443'], notMethods: ['OPTIONS'] }, at({ paths: ['/v1*'] }), at({}), at({ notPaths: ['/v1*'] }),
    ]);
  });

  test('a canary by a header with the same policy is distinguished by its path', () => {
    expect(messages(edge(server(), ['a.example.com'], (listener, __, api) => {
      listener.addHttpRoute('a.example.com', { to: api, matches: [RouteMatch.pathPrefix('/', { headers: { 'x-canary': StringMatch.present() } })], corsPolicy: cors });
      listener.addHttpRoute('a.example.com', { to: api, corsPolicy: cors });
    }))).toEqual([]);
  });
});

describe('tokens on their way through a gateway', () => {
  const led = (atEdge: JwtIssuer[], atService: JwtIssuer[], props: Partial<RequestAuthenticationProps> = {}) => messages(edge([https(['a.example.com', 'b.example.com'], 'a')], ['a.example.com'], (listener, shop, api) => {
    listener.addHttpRoute('b.example.com', { to: api });
    new RequestAuthentication(shop, 'inside', { target: RequestTarget.service(api), issuers: atService, ...props });
  }, { issuers: atEdge }));

  test('are taken out there, for every host', () => {
    expect(led([A], [A])).toEqual([expect.stringContaining(
      'IM1827 at chart/shop/login: api also needs the token, by chart/shop/inside, but the gateway removes it from the request.')]);
    expect(led([A], [A], { optional: true, rules: [JwtRule.of({ claims: [JwtClaim.of('a', ['b'])] })] })).toHaveLength(1);
  });
  test.each<[string, (listener: MeshGateway, shop: MeshNamespace, api: MeshService) => void]>([
    ['a version', (listener, _, api) => listener.addHttpRoute('a.example.com', { to: api.versionOf('v1') })],
    ['delegated routes', (listener, shop, api) => {
      const routes = new DelegatedRoutes(shop, 'team');
      routes.addHttpRoute({ to: api });
      listener.addHttpRoute('a.example.com', { to: routes });
    }],
    ['a Gateway of the same pods', (listener, shop, api) => {
      const beside = new MeshGateway(shop, 'beside', { workload: listener.workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['b.example.com'] })] });
      beside.addHttpRoute('b.example.com', { to: api });
    }],
    ['routes of a team', (listener, shop, api) => {
      const team = new MeshNamespace(shop.node.scope as Chart, 'team');
      new GatewayRoutes(team, 'routes', { gateway: listener }).addHttpRoute('a.example.com', { to: api });
    }],
  ])('are taken out before %s', (_, lead) => {
    const asked = messages(edge([https(['a.example.com'], 'a')], ['a.example.com'], (listener, shop, api) => {
      lead(listener, shop, api);
      new RequestAuthentication(shop, 'inside', { target: RequestTarget.service(api), issuers: [A] });
    }));
    expect(asked).toEqual([expect.stringContaining('IM1827 at chart/shop/login: ')]);
  });

  test('of an unknown issuer are refused there', () => {
    expect(led([A], [B])).toEqual([expect.stringContaining(
      'IM1827 at chart/shop/login: api needs a token of another issuer, by chart/shop/inside, but the gateway refuses it with 401.')]);
    expect(led([issuer('a', { fromHeaders: { 'x-token': '' } })], [issuer('b', { fromHeaders: { 'x-token': 'Token ' } })])).toHaveLength(1);
  });
  test.each<[string, JwtIssuer[], JwtIssuer[], Partial<RequestAuthenticationProps>]>([
    ['forwarded', [issuer('a', { forwardToken: true })], [A], {}],
    ['of one of several issuers', [issuer('a', { forwardToken: true })], [A, B], {}],
    ['where the gateway does not look', [A], [issuer('b', { fromHeaders: { 'x-token': '' } })], {}],
    ['behind other words of the same header', [A], [issuer('b', { fromHeaders: { Authorization: 'Token ' } })], {}],
    ['optional', [A], [A], { optional: true }],
  ])('pass: %s', (_, atEdge, atService, props) => expect(led(atEdge, atService, props)).toEqual([]));
});

describe('external authorization of shared pods', () => {
  test('about nothing that the gateway answers by itself', () => {
    const chart = edge([https(['a.example.com'], 'a', { httpsRedirect: true }), GatewayServer.passthrough({ routedElsewhere: true, hosts: ['vault.example.com'], name: 'vault' })], ['a.example.com'], (listener, shop, api) => {
      listener.addHttpRoute('a.example.com', { to: api, corsPolicy: { allowOrigins: [StringMatch.exact('*')] } });
      new ExternalAuthorization(shop, 'ask', { target: RequestTarget.gateway(listener, { hosts: ['a.example.com'] }), provider: 'opa' });
    });
    const spared = { key: 'connection.sni', notValues: ['vault.example.com'] };
    const operation = { hosts: named('a.example.com'), ports: ['8443'] };
    expect(policy(valid(chart), 'ask')).toEqual([
      { to: [{ operation: { ...operation, notMethods: ['OPTIONS'] } }], when: [spared] },
      { to: [{ operation: { ...operation, methods: ['OPTIONS'] } }], when: [{ key: 'request.headers[access-control-request-method]', notValues: ['*'] }, spared] },
      { to: [{ operation: { ...operation, methods: ['OPTIONS'] } }], when: [{ key: 'request.headers[origin]', notValues: ['*'] }, spared] },
    ]);
  });

  test('a provider that the settings of the mesh do not name, or that does not authorize', () => {
    const ask = (provider: string) => {
      const { chart, shop, web } = aShop();
      const opa = { name: 'opa', envoyExtAuthzGrpc: { service: 'opa.shop.svc.cluster.local', port: 9000 } };
      new MeshSettings(chart, 'settings', { meshConfig: { extensionProviders: [opa, { name: 'log', envoyFileAccessLog: { path: '/dev/stdout' } }] } });
      new ExternalAuthorization(shop, 'ask', { target: RequestTarget.service(web), provider });
      return messages(chart);
    };
    expect(ask('opa')).toEqual([]);
    ['log', 'other'].forEach(provider => expect(ask(provider)).toEqual([
      expect.stringContaining(`IM1824 at chart/shop/ask: the mesh config has no external authorizer named ${provider}.`),
    ]));
  });

  test('two targets and one provider, beside a TCP port; two providers are refused, by whatever labels the pods are known', () => {
    const { chart, shop } = aShop();
    const api = one(shop, 'api', { ports: [MeshPort.http(8080), MeshPort.http(9090, { suffix: 'b' }), MeshPort.tcp(7000)] });
    const ask = (id: string, provider: string, target = RequestTarget.service(api, { port: 8080 })) =>
      new ExternalAuthorization(shop, id, { target, provider });
    ask('one', 'opa');
    ask('two', 'opa', RequestTarget.service(api, { port: 9090 }));
    expect(['one', 'two'].map(name => policy(valid(chart), name))).toEqual([[{ to: [{ operation: { ports: ['8080'] } }] }], [{ to: [{ operation: { ports: ['9090'] } }] }]]);
    ask('three', 'other', RequestTarget.service(MeshService.fromAttributes(shop, 'v1', { ports: [MeshPort.http(8080)], podLabels: { app: 'api', version: 'v1' } })));
    expect(messages(chart).sort()).toEqual([
      expect.stringContaining('IM1824 at chart/shop/three: chart/shop/one uses another provider'),
      expect.stringContaining('IM1824 at chart/shop/two: chart/shop/three uses another provider'),
    ]);
  });
});
