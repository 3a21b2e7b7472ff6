// Tokens of several issuers on the same pods: by host at a gateway, by port and path at a service, and requests without tokens.
import { join } from 'path';
import { Chart } from 'cdk8s';
import {
  AcmeSolver, ExternalAuthorization, GatewayServer, GatewayTls, GatewayWorkload, HttpMethod, JwtClaim, JwtIssuer, JwtKeys, JwtRule, MeshApp,
  MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, MutualTls, RequestAuthentication, RequestTarget, RouteMatch, RouteTarget,
  StringMatch, UnmatchedPreflights,
} from 'cdk8s-istio';

const app = new MeshApp({ outdir: join(__dirname, 'manifests') });
const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop', { mutualTls: MutualTls.STRICT });

const version = (name: string) => ({ v1: MeshVersion.of({ containers: [{ image: `example.com/${name}:1.0.0` }] }) });
const service = (name: string, ...ports: MeshPort[]) => new MeshService(shop, name, { ports, versions: version(name) });
const web = service('web', MeshPort.http(8080));
const api = service('api', MeshPort.http(8080));
const canary = service('api-next', MeshPort.http(8080));
const solver = service('solver', MeshPort.http(8089));
const vault = service('vault', MeshPort.tls(8200));
service('approver', MeshPort.http(8080));
const account = service('account', MeshPort.http(8080), MeshPort.http(9090, { suffix: 'partner' }), MeshPort.http(9091, { suffix: 'open' }), MeshPort.tcp(7000));
const broker = service('broker', MeshPort.tcp(1883));
const report = service('report', MeshPort.http(8080), MeshPort.tcp(7000));

const issuer = (name: string, options: { audiences?: string[]; forwardToken?: boolean; spaceDelimitedClaims?: string[] } = {}) =>
  JwtIssuer.of({ issuer: `https://${name}.example.com`, keys: JwtKeys.at(`https://${name}.example.com/keys`), ...options });
const customers = issuer('login', { forwardToken: true, spaceDelimitedClaims: ['scp'] });
const partners = issuer('partners');

// One gateway with one certificate for each host. The shop redirects plain text except for ACME challenges; the API has a CORS policy.
const https = (host: string, more: { httpsRedirect?: boolean; acmeSolver?: AcmeSolver } = {}) =>
  GatewayServer.https({ hosts: [host], name: host.split('.')[0], tls: GatewayTls.simple(`${host.split('.')[0]}-cert`), ...more });
const edge = new MeshGateway(shop, 'edge', {
  workload: GatewayWorkload.dedicated(),
  servers: [
    https('shop.example.com', { httpsRedirect: true, acmeSolver: AcmeSolver.service(solver) }),
    https('api.example.com', { httpsRedirect: true }),
    https('partners.example.com'),
    https('open.example.com'),
    https('www.example.com'),
    GatewayServer.tls({ hosts: ['broker.example.com'], port: 443, name: 'broker', tls: GatewayTls.simple('broker-cert') }),
  ],
});
edge.addHttpRoute('shop.example.com', { to: web });
edge.addHttpRoute('www.example.com', { to: RouteTarget.redirect({ host: 'shop.example.com', status: 308 }) });
edge.addTcpRoute({ gatewayPort: 443, host: 'broker.example.com', to: broker });
edge.addHttpRoute('partners.example.com', { to: api });
edge.addHttpRoute('open.example.com', { to: api });

const corsPolicy = { allowOrigins: [StringMatch.exact('https://www.example.com')], allowMethods: [HttpMethod.PUT] };
edge.addHttpRoute('api.example.com', { to: api, matches: [RouteMatch.pathPrefix('/v1')], corsPolicy });
edge.addHttpRoute('api.example.com', { to: canary, matches: [RouteMatch.pathPrefix('/v1/next')] });
edge.addHttpRoute('api.example.com', {
  to: api,
  matches: [RouteMatch.pathPrefix('/public')],
  corsPolicy: { allowOrigins: [StringMatch.regex('https://[a-z]+\\.example\\.com')], unmatchedPreflights: UnmatchedPreflights.IGNORE },
});

// The vault terminates TLS itself, at the same port of the same pods, with a separate Gateway.
const beside = new MeshGateway(shop, 'beside', { workload: edge.workload, servers: [GatewayServer.passthrough({ hosts: ['vault.example.com'], name: 'vault' })] });
beside.addTlsRoute('vault.example.com', { to: vault });

new RequestAuthentication(shop, 'edge-login', { target: RequestTarget.gateway(edge, { hosts: ['shop.example.com', 'api.example.com'] }), issuers: [customers] });
new RequestAuthentication(shop, 'edge-partners', { target: RequestTarget.gateway(edge, { hosts: ['partners.example.com'] }), issuers: [partners] });

// The account service checks the token again, so the gateway forwards it. Partners use a separate port, and the third port needs no token.
new RequestAuthentication(shop, 'account-login', {
  target: RequestTarget.service(account, { port: 8080 }),
  issuers: [customers],
  paths: ['/account', '/account/*'],
  rules: [
    JwtRule.of({ paths: ['/account/verified'], claims: [JwtClaim.ofBoolean('email_verified', true)] }),
    JwtRule.of({ paths: ['/account/level'], claims: [JwtClaim.ofNumber('level', [2, 3])] }),
    JwtRule.of({ paths: ['/account/words'], claims: [JwtClaim.of('scp', ['write'])] }),
  ],
});
new RequestAuthentication(shop, 'account-partner', {
  target: RequestTarget.service(account, { port: 9090 }), issuers: [partners], optional: true, rules: [JwtRule.of({ paths: ['/admin'], claims: [JwtClaim.of('groups', ['admins'])] })],
});
edge.addHttpRoute('shop.example.com', { to: account, port: 8080, matches: [RouteMatch.pathPrefix('/account')] });

// An external authorizer checks requests for reports, and no other requests to these pods.
new ExternalAuthorization(shop, 'ask-for-reports', { target: RequestTarget.service(report), provider: 'approver', paths: ['/reports/*'] });
new ExternalAuthorization(shop, 'ask-at-the-edge', { target: RequestTarget.gateway(edge, { hosts: ['partners.example.com', 'api.example.com'] }), provider: 'approver' });


// A gateway where every host needs a token, except for redirects.
const office = new MeshGateway(shop, 'office', {
  workload: GatewayWorkload.dedicated(),
  servers: [
    GatewayServer.https({ hosts: ['office.example.org', 'desk.example.org'], tls: GatewayTls.simple('office-cert'), httpsRedirect: true }),
    GatewayServer.http({ hosts: ['plain.example.org'], name: 'plain' }),
  ],
});
office.addHttpRoute('office.example.org', { to: web });
office.addHttpRoute('desk.example.org', { to: RouteTarget.redirect({ host: 'office.example.org' }) });
office.addHttpRoute('plain.example.org', { to: web });
new RequestAuthentication(shop, 'office-login', { target: RequestTarget.gateway(office, { hosts: ['*'] }), issuers: [customers] });

app.synth();
