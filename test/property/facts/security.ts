import { freshName, isBare } from './names';
import { Enforcement, IstioRelease, MeshCluster, MeshNamespace, MeshPort, MutualTls, RequestTarget, type ICallee, type IMeshService } from '../../../src';
import { namespaceOf } from '../../../src/kernel/namespace-scope';
import { gatewayAttributes, isGateway } from '../../../src/services/workloads/gateway-pods';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { askable, askableGateways, asksTokens, callablePorts, comparable, guardable, isGuarded, placeOfReadable } from '../privilege';
import { carries, isService } from '../relations';
import { runs } from '../releases';
import { isServerFirst } from './services';
import { World } from '../world';

const PATHS = ['/orders', '/orders/*', '/api/{*}/items', '/files/{**}', '/shop.Cart/Add', '/*'];
const CALLS = ['MeshService', 'IMeshService', 'StatefulMeshService', 'IStatefulMeshService', 'ServiceVersion', 'CallerIdentity', 'MeshJob', 'MeshCronJob'];

const isRoot = (w: World) => w.frame('new MeshMutualTls') !== undefined;

/** The scope for settings of the mesh as a whole. */
function root(w: World): unknown {
  const { rootNamespace } = MeshCluster.of(w.chart);
  return w.neighbours.map(({ value }) => value).find(value => value instanceof MeshNamespace && value.name === rootNamespace) ?? w.say('new MeshNamespace');
}

const STATES: [string, MutualTls | undefined][] = [...Object.entries(MutualTls), ['', undefined]];

/** The mode that another port of the service sets for the port that the pods listen on: they have to agree. */
function sameTarget(w: World): [string, MutualTls | undefined] | undefined {
  const { targetPort } = w.given('MeshPortOptions')!;
  const target = targetPort ?? w.given(/^MeshPort\.|^new MeshPort$/)?.port;
  return STATES.find(([, state]) => w.isTaken(w.here('listeners'), `${target} ${state}`));
}

/** Pods without a sidecar take no mutual TLS, and restricted services take more than plain text. */
function mode(w: World, fixed?: [string, MutualTls | undefined]): unknown {
  const { scope } = w.making?.given ?? {};
  // Where pods get no sidecar, no port requires mutual TLS.
  if (!isRoot(w) && isBare(w)) {
    return w.member('MutualTls', MutualTls, w.choices.pick(['PERMISSIVE', 'DISABLE']));
  }
  if (isRoot(w) || (scope instanceof MeshNamespace && !scope.injects) || w.given(/^MeshPort\.udp$/) || fixed?.[0] === '') return ABSENT;
  // Where plain text is accepted beside mutual TLS, clients of server-first protocols would wait.
  if (isServerFirst(w)) return w.member('MutualTls', MutualTls, 'STRICT');
  const modes = isGuarded(w, scope) ? ['STRICT', 'PERMISSIVE'] : Object.keys(MutualTls);
  return w.member('MutualTls', MutualTls, fixed?.[0] ?? w.choices.pick(modes));
}

/** The callee of the call. */
const callee = (w: World) => w.given(/\.calls$/)!.callee as ICallee;
const callable = (w: World): MeshPort[] => (isService(callee(w))
  ? callablePorts(w, callee(w) as IMeshService)
  : callee(w).toCallee()._attributes.ports);

/** Where every request that is meant is one. */
function requests(w: World): unknown {
  const { port } = w.given('CallOptions')!;
  const all = callee(w).toCallee()._attributes.ports.filter(each_ => port === undefined || each_.port === port);
  return all.every(each_ => carries(each_, 'HTTP')) ? undefined : ABSENT;
}

/** Whether a NetworkPolicy lets pods reach all others already: one of least privilege would be undone by it. */
const closes = (w: World) => w.isTaken('closed egress', w.cluster);

const needsPort = (w: World) => callable(w).length < callee(w).toCallee()._attributes.ports.length;

const here = (w: World) => namespaceOf(w.making!.given.scope as MeshNamespace);
const header = (w: World) => w.fresh(`token headers of ${w.frame('JwtIssuerOptions')?.serial}`, ['x-token', 'x-user', 'x-claim']);

/** Who may call whom, and what the requests have to bring. */
export const security: Knowledge = {
  facts: {
    '*.mutualTls': w => mode(w),
    'MeshPortOptions.mutualTls': w => mode(w, sameTarget(w)),
    'MeshNamespaceProps.name': w => (isRoot(w) ? MeshCluster.of(w.chart).rootNamespace : freshName(w)),
    'MeshNamespaceProps.injection': w => (isRoot(w) ? w.say('SidecarInjection.disabled') : undefined),
    'new MeshMutualTls.scope': root,

    'CallOptions.port': w => w.choices.pick(callable(w)).port,
    'CallOptions.methods': requests,
    'CallOptions.paths': requests,
    '*.paths[]': w => w.choices.pick(PATHS),
    // With every path open, no request would need a token; an open path belongs to no rule, and is below one that needs a token.
    'RequestAuthenticationProps.openPaths': w => (w.given('RequestAuthenticationProps')!.paths ? ABSENT : undefined),
    '*.openPaths[]': w => w.choices.pick(['/healthz', '/livez/*', '/docs/{**}/about']),

    'new LeastPrivilege.scope': guardable,
    'LeastPrivilegeProps.networkPolicies': w => (w.given('LeastPrivilegeProps')!.enforcement === Enforcement.AUDIT || closes(w) ? false : undefined),
    'LeastPrivilegeProps.ipBlocks': w => (w.given('LeastPrivilegeProps')!.networkPolicies === true ? w.choices.some(['192.0.2.0/24', '2001:db8::/32']) : []),

    'new RequestAuthentication.scope': placeOfReadable,
    'new ExternalAuthorization.scope': placeOfReadable,
    // Pods ask one provider.
    'ExternalAuthorizationProps.provider': () => 'opa',
    'RequestTarget.service.service': w => w.choices.pick(askable(w, here(w))),
    'ServiceRequestsOptions.port': w => w.choices.pick((w.given('RequestTarget.service')!.service as IMeshService).ports.filter(port => carries(port, 'HTTP'))).port,
    'RequestTarget.gateway.gateway': w => w.choices.pick(askableGateways(w, here(w))),
    'GatewayRequestsOptions.hosts': w => w.choices.some(comparable(w.given('RequestTarget.gateway')!.gateway as MeshNamespace)),
    'GatewayRequestsOptions.ports[]': w => w.choices.pick([80, 443, 8080, 8443]),

    // Keys that the issuer names are found at its address.
    'JwtIssuerOptions.issuer': w => w.fresh(w.here('issuers'), ['https://login.example.com', ...w.originOf(w.given('JwtIssuerOptions')!.keys) === 'JwtKeys.discovered' ? [] : ['accounts@example.com']]),
    'JwtKeys.at.url': w => w.choices.pick(['https://login.example.com/keys', 'http://keys.auth.svc:8080/jwks.json']),
    'JwtKeys.inline.keys': () => '{"keys":[{"kty":"RSA","kid":"1","n":"0vx7","e":"AQAB"}]}',
    'JwtIssuerOptions.fromHeaders{}': header,
    'JwtIssuerOptions.claimsToHeaders{}': header,
    'JwtIssuerOptions.spaceDelimitedClaims': w => (runs(w, IstioRelease.V1_28) ? undefined : ABSENT),
    'JwtIssuerOptions.spaceDelimitedClaims[]': w => w.choices.pick(['scp', 'roles']),
    'JwtClaim.ofBoolean.claim': () => 'email_verified',
    'JwtClaim.ofNumber.claim': () => 'level',
    'JwtClaim.ofNumber.values[]': w => w.choices.int(0, 9),
  },
  order: {
    MeshPortOptions: ['targetPort', 'mutualTls'],
    CallOptions: ['port'],
    LeastPrivilegeProps: ['enforcement', 'networkPolicies'],
    JwtIssuerOptions: ['keys'],
    RequestAuthenticationProps: ['paths'],
  },
  forced: {
    'MeshNamespaceProps.name': isRoot,
    'MeshNamespaceProps.injection': isRoot,
    'MeshPortOptions.mutualTls': w => (sameTarget(w)?.[0] ?? '') !== '' || isServerFirst(w),
    ...each(CALLS.map(caller => `${caller}.calls.options`), w => needsPort(w) || often(w)),
    'CallOptions.port': w => needsPort(w) || w.choices.chance(50),
    'GatewayRequestsOptions.ports': w => gatewayAttributes(w.given('RequestTarget.gateway')!.gateway as MeshNamespace).listeners === undefined,
    ...each(['LeastPrivilegeProps.enforcement', 'LeastPrivilegeProps.networkPolicies', 'LeastPrivilegeProps.ipBlocks', 'MeshMutualTlsProps.mode', 'RequestTarget.service.options', 'ServiceRequestsOptions.port', 'RequestAuthenticationProps.rules', 'RequestAuthenticationProps.openPaths', 'RequestAuthenticationProps.methods', 'JwtIssuerOptions.spaceDelimitedClaims', 'new LeastPrivilege.props', 'new MeshMutualTls.props'], often),
  },
  guards: {
    'new MeshMutualTls': w => !w.isTaken('mesh mode', w.cluster) && !isGuarded(w, w.chart),
    'RequestTarget.service': w => askable(w, here(w)).length > 0,
    'RequestTarget.gateway': w => askableGateways(w, here(w)).length > 0,
  },
  notes: {
    'new MeshMutualTls': w => w.take('mesh mode', w.cluster),
    'RequestTarget.gateway.gateway': (w, gateway) => {
      w.take('looked into', gateway);
      w.take('looked into', w.cluster);
    },
    // Two for the same requests agree, and so do one at a gateway and one behind it: here they are apart.
    'RequestAuthenticationProps.target': (w, target) => {
      const of = (target as RequestTarget)._of;
      w.take('asked for tokens', asksTokens(of));
      w.take(isGateway(of) ? 'tokens at gateways' : 'tokens at services', w.cluster);
    },
    ...each(['http', 'http2', 'grpc', 'grpcWeb', 'https', 'tcp', 'tls', 'mongo', 'mysql', 'redis'].map(protocol => `MeshPort.${protocol}`), (w, port) => {
      const { targetPort, mutualTls } = port as MeshPort;
      w.take(w.here('listeners'), `${targetPort} ${mutualTls}`);
    }),
  },
};
