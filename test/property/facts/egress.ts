import { EgressCallers, type EgressPath, EgressRoute, IstioRelease, MeshGateway, MeshNamespace, MeshPort, MeshProtocol, MeshService, WildcardResolution } from '../../../src';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { runs } from '../releases';
import { World } from '../world';

/** What is said so far of the route. */
const route = (w: World) => w.given('EgressRouteProps');
const isWild = (w: World) => String(route(w)?.host).startsWith('*');
const isBy = (w: World, callers: string) => w.originOf(route(w)?.callers) === `EgressCallers.${callers}`;
const detours = (props?: { readonly via?: unknown }) => (props?.via as EgressPath | undefined)?._gateway !== undefined;

/** Gateways by which sidecars leave. */
function exits(w: World): MeshGateway[] {
  return w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshGateway)
    .filter(({ workload, namespace }) => workload._egressService !== undefined && workload.namespace === namespace);
}

/** By a gateway, for which there has to be one. */
function way(w: World): unknown {
  if (exits(w).length === 0 && w.choices.chance(40)) w.say('new MeshGateway');
  return undefined;
}

/** A Secret is read by the gateway on the way. */
function byGateway(w: World): unknown {
  return detours(route(w) ?? w.given('RemotePodsProps')) && w.choices.chance(50) ? w.say('RemoteTls.mutualSecret') : undefined;
}

/** A port of what is called; nothing where others know its ports. */
function aPort(w: World, callee: unknown): unknown {
  const { ports } = callee as { ports?: MeshPort[] };
  return ports === undefined ? ABSENT : w.choices.pick(ports).port;
}

const place = (w: World) => `203.0.113.${w.count('places') % 250}`;
/** A port of plain TCP is told from others by its address. */
const canStream = (w: World) => route(w)?.addresses !== undefined && !isBy(w, 'declared');
const readsRequests = (w: World) => (route(w)!.ports as { protocol: MeshProtocol }[]).some(({ protocol }) => /^(http2?|grpc(-web)?)$/.test(protocol));
const plain = ['HTTP', 'HTTP2', 'GRPC', 'GRPC_WEB'];

/** A route for callers that declare it has some. */
function call(w: World, made: unknown): void {
  const [props] = (w.origins.get(made as object)?.args.slice(2) ?? []) as [{ callers?: EgressCallers }];
  if (w.originOf(props?.callers) !== 'EgressCallers.declared') return;
  const scopes = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshService && !w.isTaken(w.here('callers'), value));
  const able = scopes.find(({ node }) => !(node.scope instanceof MeshNamespace && !node.scope.injects)) ?? w.make('MeshService');
  (able as MeshService).calls(made as EgressRoute);
}

/** Ways out of the mesh. */
export const egress: Knowledge = {
  facts: {
    'EgressRouteProps.host': w => (w.choices.chance(35) ? `*.${w.fresh('domains', ['cdn', 'pkg'])}.example.edu` : `${w.fresh('domains', ['api', 'mail'])}.example.edu`),
    'EgressRouteProps.via': w => (isWild(w) ? ABSENT : way(w)),
    'RemotePodsProps.via': way,
    'OriginateTlsOptions.tls': byGateway,
    'RemotePodsProps.tls': byGateway,
    'EgressPath.gateway.gateway': w => w.choices.pick(exits(w)),
    'EgressRouteProps.addresses': w => (isWild(w) ? ABSENT : [place(w)]),
    'EgressRouteProps.endpoints': w => (isWild(w) ? ABSENT : undefined),
    'EgressRouteProps.endpoints[]': w => w.choices.pick([place(w), 'a.partner.example']),
    'EgressRouteProps.localities': w => (isWild(w) || route(w)!.endpoints !== undefined ? ABSENT : { 'eu/eu-1': [place(w)], 'us': ['us.partner.example'] }),
    'EgressRouteProps.ports[]': w => (!isWild(w) && w.choices.chance(50) ? w.say(w.choices.pick(canStream(w) ? ['EgressPort.originateTls', 'EgressPort.tcp'] : ['EgressPort.originateTls'])) : undefined),
    'EgressRouteProps.inDns': () => true,
    'EgressRouteProps.wildcard': w => {
      const { CALLER } = WildcardResolution;
      return !isWild(w) ? ABSENT : runs(w, IstioRelease.V1_30) ? undefined : w.member('WildcardResolution', WildcardResolution, CALLER);
    },
    'EgressRouteProps.timeout': w => (readsRequests(w) && route(w)!.retries === undefined ? undefined : ABSENT),
    'EgressRouteProps.retries': w => (readsRequests(w) ? undefined : ABSENT),
    'OriginateTlsOptions.speaks': w => w.member('MeshProtocol', MeshProtocol, w.choices.pick(plain)),
    'EgressNetworkPolicyProps.blocks[]': w => w.choices.pick(['192.0.2.0/24', '2001:db8::/32']),
    'new EgressNetworkPolicy.scope': w => w.make('MeshNamespace'),
    'CallOptions.port': w => aPort(w, w.given(/\.calls$/)!.callee),
    'EgressRoute.portOf.port': w => aPort(w, w.given(/\.portOf$/)!.this),
  },
  order: {
    EgressRouteProps: ['host', 'callers', 'via', 'addresses', 'endpoints', 'localities', 'inDns', 'ports', 'wildcard', 'retries'],
    RemotePodsProps: ['via'],
  },
  forced: {
    'EgressRouteProps.inDns': w => route(w)!.endpoints !== undefined || route(w)!.localities !== undefined,
    ...each(['EgressRouteProps.wildcard', 'EgressRouteProps.via', 'RemotePodsProps.via', 'EgressRouteProps.connections', 'EgressRouteProps.outlierDetection', 'EgressRouteProps.addresses'], often),
    ...each(['EgressPort.*.options', 'OriginateTlsOptions.speaks', 'OriginateTlsOptions.targetPort', 'OriginateTlsOptions.tls', 'EgressNetworkPolicyProps.blocks'], often),
    ...each(['new EgressNetworkPolicy.props', 'EgressNetworkPolicyProps.name'], often),
  },
  guards: {
    'new EgressNetworkPolicy': w => !w.isTaken('open ways out', w.cluster),
    'EgressCallers.anyone': w => !w.isTaken('closed ways out', w.cluster),
    'EgressPath.gateway': w => exits(w).length > 0,
    'EgressPath.direct': w => exits(w).length === 0 || !often(w),
    'EgressCallers.declared': w => w.frame('EgressRouteProps') !== undefined,
    ...each(['EgressPort.tls', 'EgressPort.https'], (w: World) => !isBy(w, 'declared')),
    'EgressPort.tcp': canStream,
    'EgressPort.originateTls': w => !isWild(w),
    'RemoteTls.mutualSecret': w => detours(route(w) ?? w.given('RemotePodsProps')),
  },
  notes: {
    'EgressCallers.anyone': w => w.take('open ways out', w.cluster),
    'new EgressNetworkPolicy.scope': (w, scope) => (w.take('closed ways out', w.cluster), w.take('closed', scope)),
    'new EgressRoute': call,
  },
};
