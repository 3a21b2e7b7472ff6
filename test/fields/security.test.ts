import { KubeObject } from '../helpers/build';
import { field } from '../helpers/field';
import { valid } from '../helpers/valid';
import { aShop, HOST, one, restricted, Shop } from '../security/shop';
import {
  CallerIdentity, EgressCallers, EgressPath, EgressPort, EgressRoute, ExternalAuthorization, GatewayWorkload, HttpMethod, JwtClaim, JwtIssuer,
  JwtIssuerOptions, JwtKeys, JwtRule, MeshGateway, MeshMutualTls, MeshNamespace, MeshPort, MutualTls, RequestAuthentication,
  RequestAuthenticationProps, RequestTarget, StringMatch,
} from 'cdk8s-istio';

/** A shop, and what is added to it. */
function shop(add: (made: Shop) => void): KubeObject[] {
  const made = aShop();
  add(made);
  return valid(made.chart);
}

/** A shop under least privilege, whose web may send some requests to its checkout. */
const calling = () => shop(({ chart, web, checkout }) => {
  web.calls(checkout, { port: 80, methods: [HttpMethod.POST], paths: ['/checkout'] });
  CallerIdentity.fromAttributes({ namespace: 'office' }).calls(checkout, { port: 80 });
  restricted(chart);
});
field('AuthorizationPolicy.action', 'LeastPrivilege.constructor', 'ALLOW', calling);
field('AuthorizationPolicy.selector.matchLabels.*', 'LeastPrivilege.constructor', 'checkout', calling);
field('AuthorizationPolicy.rules[].from[].source.principals[]', 'MeshService.calls', 'cluster.local/ns/shop/sa/web', calling);
field('AuthorizationPolicy.rules[].from[].source.namespaces[]', 'CallerIdentityAttributes.namespace', 'office', calling);
field('AuthorizationPolicy.rules[].to[].operation.ports[]', 'CallOptions.port', '8080', calling);
field('AuthorizationPolicy.rules[].to[].operation.methods[]', 'CallOptions.methods', 'POST', calling);
field('AuthorizationPolicy.rules[].to[].operation.paths[]', 'CallOptions.paths', '/checkout', calling);

const authorized = () => shop(made => {
  new ExternalAuthorization(made.shop, 'ask', { target: RequestTarget.service(made.web), provider: 'opa' });
});
field('AuthorizationPolicy.action', 'ExternalAuthorization.constructor', 'CUSTOM', authorized);
field('AuthorizationPolicy.provider.name', 'ExternalAuthorizationProps.provider', 'opa', authorized);

/** The egress gateway of a namespace, and who may leave by it. */
const leaving = () => shop(made => {
  const egress = new MeshGateway(made.shop, 'way-out', { workload: GatewayWorkload.dedicatedEgress() });
  new EgressRoute(made.shop, 'bank', { host: 'bank.example.net', ports: [EgressPort.tls(443)], via: EgressPath.gateway(egress), callers: EgressCallers.namespaces(['shop']) });
});
field('AuthorizationPolicy.rules[].when[].key', 'EgressPath.gateway', 'connection.sni', leaving);
field('AuthorizationPolicy.rules[].when[].values[]', 'EgressRouteProps.host', 'at--443.bank.example.net', leaving);

const ISSUER = 'https://login.example.com';
const issuer = (options: Partial<JwtIssuerOptions> = {}) => JwtIssuer.of({ issuer: ISSUER, keys: JwtKeys.at(`${ISSUER}/keys`), ...options });
/** A service whose callers need tokens. */
const tokens = (props: Partial<RequestAuthenticationProps> = {}) => shop(made => {
  new RequestAuthentication(made.shop, 'login', { target: RequestTarget.service(made.web), issuers: [issuer()], ...props });
});
field('AuthorizationPolicy.action', 'RequestAuthentication.constructor', 'DENY', tokens);
field('AuthorizationPolicy.rules[].from[].source.notRequestPrincipals[]', 'RequestAuthenticationProps.issuers', `${ISSUER}/*`, tokens);
field('AuthorizationPolicy.rules[].to[].operation.notPaths[]', 'RequestAuthenticationProps.openPaths', '/healthz', () => tokens({ openPaths: ['/healthz'] }));
const claimed = () => tokens({ rules: [JwtRule.of({ paths: ['/admin'], claims: [JwtClaim.of('groups', ['ops'])] })] });
field('AuthorizationPolicy.rules[].when[].key', 'JwtClaim.of', 'request.auth.claims[groups]', claimed);
field('AuthorizationPolicy.rules[].when[].notValues[]', 'JwtClaim.of', 'ops', claimed);

/** A gateway whose requests need tokens, and one of whose routes answers preflights. */
const atGateway = () => shop(({ chart, web, edge }) => {
  edge.addHttpRoute(HOST, { to: web, corsPolicy: { allowOrigins: [StringMatch.exact('https://app.example.com')] } });
  new RequestAuthentication(MeshNamespace.fromExisting(chart, 'root', { name: 'istio-system' }), 'login', { target: RequestTarget.gateway(edge, { hosts: ['*'], ports: [8080] }), issuers: [issuer()] });
});
field('AuthorizationPolicy.rules[].to[].operation.hosts[]', 'GatewayRequestsOptions.hosts', HOST, atGateway);
field('AuthorizationPolicy.rules[].to[].operation.notHosts[]', 'HttpRouteOptions.corsPolicy', HOST, atGateway);
field('AuthorizationPolicy.rules[].to[].operation.notMethods[]', 'HttpRouteOptions.corsPolicy', 'OPTIONS', atGateway);

const rule = (options: Partial<JwtIssuerOptions>) => tokens({ issuers: [issuer(options)] });
field('RequestAuthentication.selector.matchLabels.*', 'RequestAuthenticationProps.target', 'web', tokens);
field('RequestAuthentication.jwtRules[].issuer', 'JwtIssuerOptions.issuer', ISSUER, tokens);
field('RequestAuthentication.jwtRules[].jwks_uri', 'JwtKeys.at', `${ISSUER}/keys`, tokens);
const KEYS = '{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"}]}';
field('RequestAuthentication.jwtRules[].jwks', 'JwtKeys.inline', KEYS, () => rule({ keys: JwtKeys.inline(KEYS) }));
field('RequestAuthentication.jwtRules[].audiences[]', 'JwtIssuerOptions.audiences', 'shop', () => rule({ audiences: ['shop'] }));
field('RequestAuthentication.jwtRules[].fromHeaders[].name', 'JwtIssuerOptions.fromHeaders', 'x-token', () => rule({ fromHeaders: { 'x-token': 'Token ' } }));
field('RequestAuthentication.jwtRules[].fromHeaders[].prefix', 'JwtIssuerOptions.fromHeaders', 'Token ', () => rule({ fromHeaders: { 'x-token': 'Token ' } }));
field('RequestAuthentication.jwtRules[].fromParams[]', 'JwtIssuerOptions.fromParams', 'token', () => rule({ fromParams: ['token'] }));
field('RequestAuthentication.jwtRules[].fromCookies[]', 'JwtIssuerOptions.fromCookies', 'session', () => rule({ fromCookies: ['session'] }));
field('RequestAuthentication.jwtRules[].forwardOriginalToken', 'JwtIssuerOptions.forwardToken', true, () => rule({ forwardToken: true }));
field('RequestAuthentication.jwtRules[].outputClaimToHeaders[].header', 'JwtIssuerOptions.claimsToHeaders', 'x-user', () => rule({ claimsToHeaders: { 'x-user': 'sub' } }));
field('RequestAuthentication.jwtRules[].outputClaimToHeaders[].claim', 'JwtIssuerOptions.claimsToHeaders', 'sub', () => rule({ claimsToHeaders: { 'x-user': 'sub' } }));
field('RequestAuthentication.jwtRules[].spaceDelimitedClaims[]', 'JwtIssuerOptions.spaceDelimitedClaims', 'scp', () => rule({ spaceDelimitedClaims: ['scp'] }));

/** A service in a namespace of its own, with one port of another mode than the others. */
const modes = () => shop(({ chart }) => {
  one(new MeshNamespace(chart, 'legacy', { mutualTls: MutualTls.PERMISSIVE }), 'web', {
    ports: [MeshPort.http(80, { targetPort: 8080 }), MeshPort.http(9090, { suffix: 'metrics', mutualTls: MutualTls.DISABLE })],
  });
});
field('PeerAuthentication.mtls.mode', 'MeshNamespaceProps.mutualTls', 'PERMISSIVE', modes);
field('PeerAuthentication.portLevelMtls.*.mode', 'MeshPortOptions.mutualTls', 'DISABLE', modes);
field('PeerAuthentication.selector.matchLabels.*', 'MeshPortOptions.mutualTls', 'web', modes);
field('PeerAuthentication.mtls.mode', 'MeshMutualTlsProps.mode', 'PERMISSIVE', () => shop(({ chart }) => {
  new MeshMutualTls(MeshNamespace.fromExisting(chart, 'root', { name: 'istio-system' }), 'mesh', { mode: MutualTls.PERMISSIVE });
}));
