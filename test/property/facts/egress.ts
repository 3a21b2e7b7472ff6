import {
  EgressCallers, EgressPath, EgressRoute, IstioRelease, LeastPrivilege, MeshGateway, MeshNamespace,
  MeshProtocol, MeshService, WildcardResolution,
} from '../../../src';
import { isExit } from '../gateways';
import { hasSidecars, homeOf } from '../homes';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { hasOwnIdentity } from '../privilege';
import { runs } from '../releases';
import { NothingSuits, World } from '../world';

/** The properties of the route so far. */
const route = (w: World) => w.given('EgressRouteProps');
const isWild = (w: World) => String(route(w)?.host).startsWith('*');
const isBy = (w: World, callers: string) => w.originOf(route(w)?.callers) === `EgressCallers.${callers}`;
const isByGateway = (props?: { readonly via?: unknown }) => (props?.via as EgressPath | undefined)?._gateway !== undefined;

/** Gateways by which sidecars leave. */
const exits = (w: World) => w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshGateway).filter(isExit);

/** An egress gateway without a route, if there is one: without a route it would serve nothing. */
function anExit(w: World): MeshGateway {
  const idle = exits(w).filter(gateway => !w.isTaken('exits', gateway));
  return w.take('exits', w.choices.pick(idle.length > 0 ? idle : exits(w)));
}

/** By a gateway, for which there has to be one: it is made for the way. */
function way(w: World): unknown {
  if (w.choices.chance(exits(w).length === 0 ? 50 : 10)) {
    w.say('new MeshGateway');
    return w.say('EgressPath.gateway');
  }
  return undefined;
}

/** The gateway on the path reads a Secret. */
function byGateway(w: World): unknown {
  return isByGateway(route(w) ?? w.given('RemotePodsProps')) && w.choices.chance(50) ? w.say('RemoteTls.mutualSecret') : undefined;
}

const place = (w: World) => `${w.choices.chance(80) ? '203.0.113.' : '2001:db8::'}${w.count('places') % 250}`;
/** A block is for connections, from the caller's sidecar alone. */
const block = (w: World) => `198.51.${w.count('places') % 250}.0/24`;
const isBlock = (w: World) => ((route(w)?.addresses ?? []) as string[]).some(address => address.includes('/'));
/** Without a gateway on the path, only requests distinguish declared callers from others of their namespace. */
const readsNothing = (w: World) => !isBy(w, 'declared') || isByGateway(route(w));
/** The address distinguishes a port of plain TCP from others. */
const canStream = (w: World) => !isWild(w) && route(w)?.addresses !== undefined && readsNothing(w);
const isOpen = (w: World) => route(w)?.wildcardResolution === WildcardResolution.DYNAMIC_DNS;

/** Whether the way has to be known by address, for a NetworkPolicy. */
const isClosed = (w: World) => w.isTaken('closed egress', w.cluster) && !isByGateway(route(w));
const hasPlaces = (w: World) => (route(w)!.endpoints ?? route(w)!.localities) !== undefined;

/** Where the pods of the route's own namespace have sidecars, which know the way. */
function home(w: World): unknown {
  const scopes = Array.from({ length: 3 }, () => homeOf(w));
  const able = scopes.find(hasSidecars);
  if (able === undefined) throw new NothingSuits('a namespace with sidecars');
  return able;
}

/** What callers dial: an address, or for connections a block of them. */
function addresses(w: World): unknown {
  if (isWild(w)) return ABSENT;
  return !isByGateway(route(w)) && readsNothing(w) && w.choices.chance(20) ? [place(w), block(w)] : [place(w)];
}

/** Addresses in blocks and domains behind a gateway are for connections; TLS of one host may be originated. */
function port(w: World): unknown {
  const some = [...isWild(w) && !isOpen(w) ? [] : ['EgressPort.originateTls'], ...canStream(w) ? ['EgressPort.tcp'] : []];
  if (isBlock(w)) return w.say(w.choices.pick(['EgressPort.tcp', 'EgressPort.tls', 'EgressPort.https']));
  if (isWild(w) && isByGateway(route(w))) return w.say(w.choices.pick(['EgressPort.tls', 'EgressPort.https']));
  return some.length > 0 && w.choices.chance(50) ? w.say(w.choices.pick(some)) : undefined;
}

/** Names of namespaces that there are, or that there will be. */
function namespaces(w: World): string[] {
  const known = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshNamespace).filter(hasSidecars).map(({ name }) => name);
  return known.length > 0 && often(w) ? w.choices.some(known, 2) : ['elsewhere'];
}

const plain = ['HTTP', 'HTTP2', 'GRPC', 'GRPC_WEB'];

/** The services whose pods have sidecars, and an identity that no others have. */
const able = (w: World) => w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshService)
  .filter(service => hasSidecars(service.node.scope) && hasOwnIdentity(service, service));

/** Whether proxies go on to what callers dial, at the port that they dial. */
const isDialled = (w: World) => route(w) !== undefined && !hasPlaces(w) && (isWild(w) ? !isOpen(w) : isBlock(w));
const target = (w: World) => (isDialled(w) ? ABSENT : 20000 + w.count('target ports'));

/** A route for callers that declare it has some. */
function call(w: World, made: unknown): void {
  const [props] = (w.origins.get(made as object)?.args.slice(2) ?? []) as [{ callers?: EgressCallers }];
  if (w.originOf(props?.callers) === 'EgressCallers.declared') w.choices.pick(able(w)).calls(made as EgressRoute);
}

/** Egress from the mesh. */
export const egress: Knowledge = {
  facts: {
    'EgressRouteProps.host': w => (!isClosed(w) && w.choices.chance(45) ? `*.${w.fresh('domains', ['cdn', 'pkg'])}.example.edu` : `${w.fresh('domains', ['api', 'mail'])}.example.edu`),
    'EgressRouteProps.callers': w => { if (able(w).length === 0 && w.choices.chance(60)) w.make('MeshService'); return undefined; },
    'EgressRouteProps.via': way,
    'RemotePodsProps.via': way,
    'OriginateTlsOptions.tls': byGateway,
    'RemotePodsProps.tls': byGateway,
    'EgressPath.gateway.gateway': anExit,
    'EgressCallers.namespaces.names': namespaces,
    'EgressRouteProps.addresses': addresses,
    // Through a gateway a whole domain is behind one place.
    'EgressRouteProps.endpoints': w => (isBlock(w) || (isWild(w) && !isByGateway(route(w))) ? ABSENT : undefined),
    'EgressRouteProps.endpoints[]': w => (isClosed(w) || w.choices.chance(50) ? place(w) : 'a.partner.example'),
    'EgressRouteProps.localities': w => (isWild(w) || isBlock(w) || isClosed(w) || route(w)!.endpoints !== undefined ? ABSENT : { 'eu/eu-1': [place(w)], 'us': ['us.partner.example'] }),
    'EgressRouteProps.ports[]': port,
    // Sidecars of those who declare their calls answer for what DNS does not know.
    'EgressRouteProps.inDns': w => !(hasPlaces(w) && !isWild(w) && isBy(w, 'declared')) || w.choices.chance(30),
    'EgressRouteProps.wildcardResolution': w => {
      if (!isWild(w) || isByGateway(route(w))) return ABSENT;
      return w.member('WildcardResolution', WildcardResolution, runs(w, IstioRelease.V1_30) && w.choices.chance(70) ? 'PROXY' : 'CALLER');
    },
    'EgressPortOptions.targetPort': target,
    'OriginateTlsOptions.targetPort': target,
    'OriginateTlsOptions.protocol': w => w.member('MeshProtocol', MeshProtocol, w.choices.pick(isOpen(w) ? plain.slice(0, 3) : plain)),
    'EgressNetworkPolicyProps.ipBlocks[]': w => w.choices.pick(['192.0.2.0/24', '2001:db8::/32']),
    'new EgressRoute.scope': home,
    'new EgressNetworkPolicy.scope': w => w.make('MeshNamespace'),
    'EgressRoute.portOf.port': w => w.choices.pick((w.given('EgressRoute.portOf')!.this as EgressRoute).ports).port,
  },
  order: {
    EgressRouteProps: ['host', 'callers', 'via', 'addresses', 'endpoints', 'localities', 'inDns', 'wildcardResolution', 'ports'],
    RemotePodsProps: ['via'],
  },
  forced: {
    'EgressRouteProps.wildcardResolution': isWild,
    'EgressRouteProps.endpoints': w => isWild(w) && isByGateway(route(w)),
    'EgressRouteProps.inDns': w => hasPlaces(w) && (isWild(w) || !isBy(w, 'declared')),
    'EgressRouteProps.addresses': w => isClosed(w) || often(w),
    'ConnectionPool.maxConnections': w => Object.keys(w.given('ConnectionPool')!).length === 0,
    ...each(['EgressRouteProps.via', 'EgressRouteProps.callers', 'RemotePodsProps.via'], often),
    ...each(['EgressPort.*.options', 'OriginateTlsOptions.protocol', 'OriginateTlsOptions.targetPort', 'OriginateTlsOptions.tls', 'EgressNetworkPolicyProps.ipBlocks'], often),
    ...each(['new EgressNetworkPolicy.props', 'EgressNetworkPolicyProps.name'], often),
  },
  guards: {
    'new EgressNetworkPolicy': w => !w.isTaken('open egress', w.cluster)
      && !w.neighbours.some(({ value, given }) => value instanceof LeastPrivilege && given.networkPolicies === true),
    'EgressCallers.anyNamespace': w => !w.isTaken('closed egress', w.cluster),
    'EgressPath.gateway': w => exits(w).length > 0,
    'EgressPath.direct': w => exits(w).length === 0 || !often(w),
    'EgressCallers.declared': w => w.frame('EgressRouteProps') !== undefined && able(w).length > 0,
    ...each(['EgressPort.tls', 'EgressPort.https'], readsNothing),
    'EgressPort.tcp': canStream,
    'EgressPort.originateTls': w => !isWild(w) || isOpen(w),
    'RemoteTls.mutualSecret': w => isByGateway(route(w) ?? w.given('RemotePodsProps')),
  },
  notes: {
    'EgressCallers.anyNamespace': w => w.take('open egress', w.cluster),
    'new EgressRoute.scope': home,
    'new EgressNetworkPolicy.scope': (w, scope) => (w.take('closed egress', w.cluster), w.take('closed', scope)),
    'new EgressRoute': call,
  },
};
