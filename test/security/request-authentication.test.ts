import { Chart } from 'cdk8s';
import { aShop, HOST, one } from './shop';
import { app, find, KubeObject, messages, refusal } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  ExternalAuthorization, ExternalAuthorizationProps, GatewayServer, GatewayWorkload, HttpMethod, IstioRelease,
  JwtClaim, JwtIssuer, JwtIssuerOptions, JwtKeys,
  JwtRule, JwtRuleOptions, MeshCluster, MeshGateway, MeshMutualTls, MeshNamespace, MeshPort, MeshService, MutualTls, RequestAuthentication,
  RequestAuthenticationProps, RequestTarget,
} from 'cdk8s-istio';

const ISSUER = 'https://login.example.com';
const KEYS = JwtKeys.at(`${ISSUER}/keys`);
const issuer = (options: Partial<JwtIssuerOptions> = {}) => JwtIssuer.of({ issuer: ISSUER, keys: KEYS, ...options });

/** A service whose callers need tokens. */
function protectedWeb(props: Partial<RequestAuthenticationProps> = {}): KubeObject[] {
  const { chart, shop, web } = aShop();
  new RequestAuthentication(shop, 'login', { target: RequestTarget.service(web), issuers: [issuer()], ...props });
  return valid(chart);
}
const jwtRule = (options: Partial<JwtIssuerOptions>) => find(protectedWeb({ issuers: [issuer(options)] }), 'RequestAuthentication', 'login').spec.jwtRules[0];
const denied = (props: Partial<RequestAuthenticationProps>) => find(protectedWeb(props), 'AuthorizationPolicy', 'login.request.authentication').spec.rules;

option('RequestAuthentication.constructor', 'a full chart: tokens are checked, and have to be there', () => {
  const { chart, shop, web } = aShop();
  new RequestAuthentication(shop, 'login', {
    target: RequestTarget.service(web),
    issuers: [issuer({ audiences: ['shop'], forwardToken: true }), JwtIssuer.of({ issuer: 'https://partner.example.net', keys: JwtKeys.discovered() })],
    openPaths: ['/healthz'],
    rules: [JwtRule.of({ methods: [HttpMethod.POST], paths: ['/admin', '/admin/*'], claims: [JwtClaim.of('groups', ['ops', 'admins']), JwtClaim.of('mfa', ['yes'])] })],
  });
  expect(valid(chart).filter(({ kind }) => kind === 'RequestAuthentication' || kind === 'AuthorizationPolicy')).toMatchSnapshot();
});

option('RequestAuthenticationProps.name', 'is the name of the one object, and begins that of the other', () => {
  expect(protectedWeb({ name: 'tokens' }).filter(({ metadata }) => metadata.name.startsWith('tokens')).map(({ kind, metadata }) => [kind, metadata.name]))
    .toEqual([['RequestAuthentication', 'tokens'], ['AuthorizationPolicy', 'tokens.request.authentication']]);
});
option('RequestAuthenticationProps.target', 'selects the pods', () => {
  expect(find(protectedWeb(), 'RequestAuthentication', 'login').spec.selector).toEqual({ matchLabels: { app: 'web' } });
});
option('RequestAuthenticationProps.issuers', 'are the rules for tokens', () => {
  expect(jwtRule({})).toEqual({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
});
option('RequestAuthenticationProps.openPaths', 'need no token', () => {
  expect(denied({ openPaths: ['/livez', '/healthz'] })).toEqual([
    { from: [{ source: { notRequestPrincipals: [`${ISSUER}/*`] } }], to: [{ operation: { ports: ['8080'], notPaths: ['/healthz', '/livez'] } }] },
    { to: [{ operation: { ports: ['8080'], paths: ['/healthz', '/livez'] } }], when: [{ key: 'request.auth.claims[iss]', values: ['*'], notValues: [ISSUER] }] },
  ]);
});
option('RequestAuthenticationProps.paths', 'need a token, and nothing else does', () => {
  expect(denied({ paths: ['/api/account', '/api/account/*'] })).toEqual([
    { from: [{ source: { notRequestPrincipals: [`${ISSUER}/*`] } }], to: [{ operation: { ports: ['8080'], paths: ['/api/account', '/api/account/*'] } }] },
  ]);
  expect(denied({ paths: ['/api/*'], openPaths: ['/api/health'] })[0].to[0].operation).toEqual({ ports: ['8080'], paths: ['/api/*'], notPaths: ['/api/health'] });
  expect(refusal(() => protectedWeb({ paths: ['/api/*'], openPaths: ['/healthz'] })).message).toContain('IM1809 at chart/shop/login: /healthz is open, but not below a path that needs a token.');
});
option('RequestAuthenticationProps.methods', 'need a token, and others do not', () => {
  expect(denied({ methods: [HttpMethod.POST, HttpMethod.DELETE] })[0].to[0].operation).toEqual({ ports: ['8080'], methods: ['DELETE', 'POST'] });
});
option('RequestAuthenticationProps.optional', 'lets requests without a token pass', () => {
  const undeclared = { to: [{ operation: { ports: ['8080'] } }], when: [{ key: 'request.auth.claims[iss]', values: ['*'], notValues: [ISSUER] }] };
  expect(denied({ optional: true })).toEqual([undeclared]);
  expect(denied({ optional: true, rules: [JwtRule.of({ paths: ['/a'], claims: [JwtClaim.of('a', ['b'])] })] })).toEqual([
    undeclared,
    { from: [{ source: { notRequestPrincipals: [`${ISSUER}/*`] } }], to: [{ operation: { ports: ['8080'], paths: ['/a'] } }] },
    { to: [{ operation: { ports: ['8080'], paths: ['/a'] } }], when: [{ key: 'request.auth.claims[a]', notValues: ['b'] }] },
  ]);
});
option('RequestAuthenticationProps.rules', 'refuse tokens that do not claim what they have to', () => {
  expect(denied({ rules: [JwtRule.of({ paths: ['/a'], claims: [JwtClaim.of('groups', ['b', 'a'])] })] })[1]).toEqual({
    to: [{ operation: { ports: ['8080'], paths: ['/a'] } }], when: [{ key: 'request.auth.claims[groups]', notValues: ['a', 'b'] }],
  });
});

const rule = (options: Partial<JwtRuleOptions>) => denied({ rules: [JwtRule.of({ claims: [JwtClaim.of('a', ['b'])], ...options })] }).slice(1);
option('JwtRule.of', 'is a refusal of those that do not meet it', () => expect(rule({})).toHaveLength(1));
option('JwtRuleOptions.methods', 'are those of the requests', () => expect(rule({ methods: [HttpMethod.PUT] })[0].to[0].operation.methods).toEqual(['PUT']));
option('JwtRuleOptions.paths', 'are those of the requests', () => expect(rule({ paths: ['/x/*'] })[0].to[0].operation.paths).toEqual(['/x/*']));
option('JwtRuleOptions.claims', 'each refuse by themselves', () => {
  const both = rule({ claims: [JwtClaim.of('a', ['1']), JwtClaim.of('b', ['2'])] });
  expect(both.map(({ when }: KubeObject) => when[0].key)).toEqual(['request.auth.claims[a]', 'request.auth.claims[b]']);
});
option('JwtClaim.of', 'is a claim', () => expect(rule({ claims: [JwtClaim.of('a', ['1', '1'])] })[0].when).toEqual([{ key: 'request.auth.claims[a]', notValues: ['1'] }]));
option('JwtClaim.nested', 'is a claim inside of another', () => {
  expect(rule({ claims: [JwtClaim.nested(['realm_access', 'roles'], ['x'])] })[0].when[0].key).toBe('request.auth.claims[realm_access][roles]');
});

option('JwtClaim.ofBoolean', 'is compared in a header that Envoy writes', () => {
  const objects = protectedWeb({ rules: [JwtRule.of({ paths: ['/x'], claims: [JwtClaim.ofBoolean('email_verified', true), JwtClaim.of('a', ['b'])] })] });
  expect(find(objects, 'RequestAuthentication', 'login').spec.jwtRules[0].outputClaimToHeaders).toEqual([{ header: 'x-jwt-claim-email_verified', claim: 'email_verified' }]);
  expect(find(objects, 'AuthorizationPolicy', 'login.request.authentication').spec.rules.map(({ when }: KubeObject) => when?.[0])).toEqual([
    undefined, { key: 'request.headers[x-jwt-claim-email_verified]', notValues: ['true'] }, { key: 'request.auth.claims[a]', notValues: ['b'] },
  ]);
});
option('JwtClaim.ofNumber', 'is compared in a header that Envoy writes', () => {
  expect(rule({ claims: [JwtClaim.ofNumber('level', [10, 9, 9])] })[0].when).toEqual([{ key: 'request.headers[x-jwt-claim-level]', notValues: ['9', '10'] }]);
});

option('JwtIssuer.of', 'is a rule for tokens', () => expect(issuer().issuer).toBe(ISSUER));
option('JwtIssuerOptions.issuer', 'is the name of the issuer', () => expect(jwtRule({ issuer: 'me' }).issuer).toBe('me'));
option('JwtIssuerOptions.keys', 'are where they are', () => expect(jwtRule({ keys: JwtKeys.discovered() })).toEqual({ issuer: ISSUER }));
option('JwtIssuerOptions.audiences', 'are those for whom tokens are', () => expect(jwtRule({ audiences: ['a'] }).audiences).toEqual(['a']));
option('JwtIssuerOptions.fromHeaders', 'carry the token', () => {
  expect(jwtRule({ fromHeaders: { 'x-token': '', 'x-auth': 'Token ' } }).fromHeaders).toEqual([{ name: 'x-token' }, { name: 'x-auth', prefix: 'Token ' }]);
});
option('JwtIssuerOptions.fromParams', 'carry the token', () => expect(jwtRule({ fromParams: ['t'] }).fromParams).toEqual(['t']));
option('JwtIssuerOptions.fromCookies', 'carry the token', () => expect(jwtRule({ fromCookies: ['t'] }).fromCookies).toEqual(['t']));
option('JwtIssuerOptions.forwardToken', 'hands the token on', () => {
  const forwarded = [true, false].map(forwardToken => jwtRule({ forwardToken }).forwardOriginalToken);
  expect(forwarded).toEqual([true, undefined]);
});
option('JwtIssuerOptions.claimsToHeaders', 'hand claims on', () => {
  expect(jwtRule({ claimsToHeaders: { 'x-user': 'sub' } }).outputClaimToHeaders).toEqual([{ header: 'x-user', claim: 'sub' }]);
});
option('JwtIssuerOptions.spaceDelimitedClaims', 'are compared word by word, from Istio 1.28', () => {
  expect(jwtRule({ spaceDelimitedClaims: ['scp', 'roles', 'scp'] }).spaceDelimitedClaims).toEqual(['roles', 'scp']);
  const words = (claim: string) => () => protectedWeb({ issuers: [issuer({ spaceDelimitedClaims: ['scp'] })], rules: [JwtRule.of({ claims: [JwtClaim.of(claim, ['read write'])] })] });
  ['scp', 'scope', 'permission'].forEach(claim => expect(refusal(words(claim)).message).toContain(`IM1822 at chart/shop/login: Istio compares each word of claim ${claim}`));
  expect(words('group')).not.toThrow();
  const old = new MeshCluster(app(), 'old', { istio: IstioRelease.V1_27 });
  const web = one(new Chart(old, 'shop', { namespace: 'shop' }), 'web');
  const authenticate = (more: Partial<JwtIssuerOptions>) => () => new RequestAuthentication(web, 'login', { target: RequestTarget.service(web), issuers: [issuer(more)] });
  expect(refusal(authenticate({ spaceDelimitedClaims: ['scp'] })).code).toBe('IM1338');
});
option('JwtKeys.at', 'are fetched', () => expect(jwtRule({ keys: JwtKeys.at('http://keys.shop/jwks') }).jwks_uri).toBe('http://keys.shop/jwks'));
option('JwtKeys.inline', 'are written', () => expect(jwtRule({ keys: JwtKeys.inline('{"keys":[{"kty":"EC"}]}') }).jwks).toBe('{"keys":[{"kty":"EC"}]}'));
option('JwtKeys.discovered', 'are found by the name of the issuer', () => expect(Object.keys(jwtRule({ keys: JwtKeys.discovered() }))).toEqual(['issuer']));

/** Tokens asked for at a gateway, from the namespace of its pods. */
function atGateway(hosts: string[], workload = GatewayWorkload.ingress(), more: GatewayServer[] = []): Chart {
  const { chart, shop } = aShop();
  const system = new MeshNamespace(chart, 'istio-system');
  const gateway = new MeshGateway(shop, 'listener', { workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] }), ...more] });
  new RequestAuthentication(system, 'login', { target: RequestTarget.gateway(gateway, { hosts }), issuers: [issuer()] });
  return chart;
}

option('RequestTarget.gateway', 'is asked by the pods of the gateway, for its hosts', () => {
  const objects = valid(atGateway(['a.example.com']));
  expect(find(objects, 'AuthorizationPolicy', 'login.request.authentication')).toMatchObject({
    metadata: { namespace: 'istio-system' },
    spec: {
      selector: { matchLabels: { istio: 'ingressgateway' } },
      action: 'DENY',
      rules: [{ from: [{ source: { notRequestPrincipals: [`${ISSUER}/*`] } }], to: [{ operation: { hosts: ['a.example.com', 'a.example.com:*'], ports: ['80', '8080'] } }] }],
    },
  });
});
option('GatewayRequestsOptions.hosts', 'are served by the gateway', () => {
  expect(messages(atGateway(['b.example.com']))).toEqual([expect.stringContaining('IM1809 at chart/istio-system/login: listener does not serve b.example.com.')]);
  expect(refusal(() => atGateway([])).code).toBe('IM1809');
});
option('GatewayRequestsOptions.ports', 'are where the pods listen, where that is not known', () => {
  const { chart, shop } = aShop();
  const system = new MeshNamespace(chart, 'istio-system');
  const gateway = new MeshGateway(shop, 'listener', { workload: GatewayWorkload.labels({ a: 'b' }), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })] });
  const ask = (id: string, ports?: number[]) =>
    new RequestAuthentication(system, id, { target: RequestTarget.gateway(gateway, { hosts: ['a.example.com'], ports }), issuers: [issuer()] });
  ask('said', [9080]);
  expect(find(valid(chart), 'AuthorizationPolicy', 'said.request.authentication').spec.rules[0].to[0].operation.ports).toEqual(['9080']);
  ask('unset');
  expect(messages(chart)).toEqual([expect.stringContaining('IM1803 at chart/istio-system/unset: the target ports of listener are not known.')]);
});
test('a gateway with pods of its own listens where its Service leads', () => {
  const { chart, shop } = aShop();
  const gateway = new MeshGateway(shop, 'own', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })] });
  new RequestAuthentication(shop, 'login', { target: RequestTarget.gateway(gateway, { hosts: ['a.example.com'] }), issuers: [issuer()] });
  expect(find(valid(chart), 'AuthorizationPolicy', 'login.request.authentication').spec.rules[0].to[0].operation.ports).toEqual(['8080']);
});
option('RequestTarget.service', 'is asked by the pods of the service', () => {
  const { shop } = aShop();
  expect(refusal(() => RequestTarget.service(one(shop, 'db', { ports: [MeshPort.tcp(1)] }))).code).toBe('IM1809');
  expect(refusal(() => RequestTarget.service(MeshService.fromAttributes(shop, 'far', { ports: [MeshPort.http(1)], podLabels: {} }))).code).toBe('IM1809');
});
option('ServiceRequestsOptions.port', 'is the port that requests come to', () => {
  const { chart, shop, checkout } = aShop();
  new RequestAuthentication(shop, 'login', { target: RequestTarget.service(checkout, { port: 80 }), issuers: [issuer()] });
  expect(find(valid(chart), 'AuthorizationPolicy', 'login.request.authentication').spec.rules[0].to[0].operation.ports).toEqual(['8080']);
  expect(refusal(() => RequestTarget.service(checkout, { port: 9000 })).code).toBe('IM1801');
  expect(refusal(() => RequestTarget.service(checkout, { port: 1 })).code).toBe('IM1111');
});

describe('tokens that are refused', () => {
  test.each<[string, () => unknown]>([
    ['no issuer', () => protectedWeb({ issuers: [] })],
    ['an issuer twice', () => protectedWeb({ issuers: [issuer(), issuer()] })],
    ['an issuer by a star', () => issuer({ issuer: 'https://login.example.com/*' })],
    ['no words', () => issuer({ spaceDelimitedClaims: [] })],
    ['an issuer without a name', () => issuer({ issuer: ' ' })],
    ['an empty list of audiences', () => issuer({ audiences: [] })],
    ['an invalid address', () => JwtKeys.at('login.example.com/keys')],
    ['no keys', () => JwtKeys.inline('{"keys":[]}')],
    ['an invalid port', () => JwtKeys.at('https://login.example.com:99999/keys')],
    ['keys that no address leads to', () => JwtIssuer.of({ issuer: 'login', keys: JwtKeys.discovered() })],
    ['invalid headers', () => issuer({ fromHeaders: { 'x token': '' } })],
    ['a list of no headers', () => issuer({ fromHeaders: {} })],
    ['claims to an invalid header', () => issuer({ claimsToHeaders: { '': 'sub' } })],
    ['a claim without a name to a header', () => issuer({ claimsToHeaders: { 'x-sub': '' } })],
    ['what is no JSON', () => JwtKeys.inline('keys')],
    ['a key without a type', () => JwtKeys.inline('{"keys":[{}]}')],
    ['a private key', () => JwtKeys.inline('{"keys":[{"kty":"EC","d":"secret"}]}')],
  ])('%s', (_, call) => expect(refusal(call).code).toBe('IM1821'));

  test('a private key does not stand in the message', () => {
    expect(refusal(() => JwtKeys.inline('{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}')).message).not.toContain('c2VjcmV0');
    expect(refusal(() => JwtKeys.inline('{"keys":[{"k":"c2VjcmV0"}]}')).message).not.toContain('c2VjcmV0');
  });

  test.each<[string, () => unknown]>([
    ['a rule without claims', () => JwtRule.of({ claims: [] })],
    ['a claim without a name', () => JwtClaim.of('', ['a'])],
    ['a claim with brackets', () => JwtClaim.of('a[b]', ['a'])],
    ['a value that Istio would read as any', () => JwtClaim.of('a', ['adm*'])],
    ['a claim without values', () => JwtClaim.of('a', [])],
    ['a truth as a text', () => JwtClaim.of('email_verified', ['true'])],
    ['a truth as a text inside of a claim', () => JwtClaim.nested(['a', 'b'], ['c', 'false'])],
    ['a text as a truth', () => JwtClaim.ofBoolean('a', 'true' as never)],
    ['a number that is not whole', () => JwtClaim.ofNumber('a', [1.5])],
    ['no number', () => JwtClaim.ofNumber('a', [])],
    ['a claim that no header can be named after', () => JwtClaim.ofBoolean('https://example.com/admin', true)],
  ])('%s', (_, call) => expect(refusal(call).code).toBe('IM1822'));

  test('paths that policies do not support', () => {
    expect(refusal(() => protectedWeb({ openPaths: ['/a*'] })).code).toBe('IM1802');
    expect(refusal(() => JwtRule.of({ claims: [JwtClaim.of('a', ['b'])], paths: [] })).code).toBe('IM1802');
    expect(refusal(() => protectedWeb({ openPaths: [] })).message).toContain('remove it: then no path is open');
  });

  test('every path open, so that no request needs a token', () => {
    expect(refusal(() => protectedWeb({ openPaths: ['/healthz', '/*'] }))).toMatchObject({ code: 'IM1809', at: 'chart/shop/login' });
    expect(refusal(() => protectedWeb({ openPaths: ['/{**}'] })).code).toBe('IM1809');
  });

  test('hosts by a wildcard are refused, since clients may add a port; `*` stands for all hosts', () => {
    expect(refusal(() => atGateway(['*.example.com'])).message)
      .toContain('IM1804 at RequestTarget.gateway(): a policy cannot match *.example.com together with a port in the Host header.');
    expect(find(valid(atGateway(['*'])), 'AuthorizationPolicy', 'login.request.authentication').spec.rules[0].to[0].operation.hosts).toEqual(['*']);
  });

  test('what is no gateway', () => {
    const { web } = aShop();
    [web, {}, undefined].forEach(none => expect(refusal(() => RequestTarget.gateway(none as never, { hosts: ['a.example.com'] })).code).toBe('IM0001'));
  });

  test('away from the pods', () => {
    const { chart, web } = aShop();
    new RequestAuthentication(new MeshNamespace(chart, 'office'), 'login', { target: RequestTarget.service(web), issuers: [issuer()] });
    expect(messages(chart)).toEqual([expect.stringContaining('IM1823 at chart/office/login: the pods of chart/shop/web run in another namespace, shop.')]);
  });

  test('at a gateway whose pods are not known', () => {
    const { chart, shop } = aShop();
    new RequestAuthentication(shop, 'login', { target: RequestTarget.gateway(MeshGateway.fromAttributes(shop, 'theirs', {}), { hosts: [HOST] }), issuers: [issuer()] });
    expect(messages(chart)).toEqual([expect.stringContaining('IM1803 at chart/shop/login: the pods of theirs are not known.')]);
  });
});

describe('external authorization', () => {
  const asked = (props: Partial<ExternalAuthorizationProps> = {}) => {
    const { chart, shop, web } = aShop();
    new ExternalAuthorization(shop, 'opa', { target: RequestTarget.service(web), provider: 'opa', ...props });
    return find(valid(chart), 'AuthorizationPolicy', props.name ?? 'opa.external.authorization').spec;
  };
  option('ExternalAuthorization.constructor', 'is a CUSTOM policy', () => {
    expect(asked()).toEqual({
      selector: { matchLabels: { app: 'web' } }, action: 'CUSTOM', provider: { name: 'opa' }, rules: [{ to: [{ operation: { ports: ['8080'] } }] }],
    });
  });
  option('ExternalAuthorizationProps.name', 'is the name of the policy', () => expect(asked({ name: 'ask' }).action).toBe('CUSTOM'));
  option('ExternalAuthorizationProps.provider', 'is named', () => {
    expect(asked({ provider: 'ext' }).provider).toEqual({ name: 'ext' });
    expect(refusal(() => asked({ provider: '' })).code).toBe('IM1824');
  });
  option('ExternalAuthorizationProps.target', 'is whose requests it is asked of', () => expect(asked().selector).toEqual({ matchLabels: { app: 'web' } }));
  option('ExternalAuthorizationProps.methods', 'are those of the requests', () => expect(asked({ methods: [HttpMethod.GET] }).rules[0].to[0].operation.methods).toEqual(['GET']));
  option('ExternalAuthorizationProps.paths', 'are those of the requests', () => expect(asked({ paths: ['/a'] }).rules[0].to[0].operation.paths).toEqual(['/a']));

  test('one provider for the same pods', () => {
    const { chart, shop, web } = aShop();
    ['opa', 'other'].forEach(provider => new ExternalAuthorization(shop, provider, { target: RequestTarget.service(web), provider }));
    expect(messages(chart)).toEqual([expect.stringContaining('IM1824 at chart/shop/other: chart/shop/opa uses another provider for the same pods.')]);
  });
});

describe('mutual TLS', () => {
  const mesh = (mode?: MutualTls) => {
    const { chart } = aShop();
    new MeshMutualTls(new MeshNamespace(chart, 'istio-system'), 'mesh', { mode });
    return find(valid(chart), 'PeerAuthentication', 'default', 'istio-system').spec;
  };
  option('MeshMutualTls.constructor', 'is the mode of the mesh', () => {
    expect(mesh()).toEqual({ mtls: { mode: 'STRICT' } });
    expect(refusal(() => new MeshMutualTls(aShop().shop, 'mesh')).code).toBe('IM1823');
  });
  option('MeshMutualTlsProps.mode', 'is the mode of the mesh', () => expect(mesh(MutualTls.PERMISSIVE)).toEqual({ mtls: { mode: 'PERMISSIVE' } }));

});
