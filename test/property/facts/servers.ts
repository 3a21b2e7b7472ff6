import { freshName } from './names';
import { canOwn } from './workloads';
import { isExit, isGateway, receiver, routeKind, someGateway } from '../gateways';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { mayAskMore, mayServe, takeServer } from '../siblings';
import { NothingSuits, World } from '../world';

const HOSTS = ['shop.example.com', '*.example.com', 'a-b.com', 'a.b.com', '*.shop.example.com', 'x.example.org', 'api.example.net', 'xn--bcher-kva.example', '*'];
const SERVICES = ['*.local', '*.payments.svc.cluster.local', 'reviews.bookinfo.svc.cluster.local'];

/** A redirect to HTTPS is a server too, which is called after the other one. */
const serverName = (w: World) => (w.choices.chance(1) ? 'web-redirect' : w.mostlyFresh(`servers of ${w.cluster}`, ['web', 'www', 'secure']));

/** Hosts that no other server of the cluster has: those in plain text, those inside TLS. */
function hosts(w: World, space: string): string[] {
  const possible = space === 'tls' ? HOSTS : HOSTS.filter(host => mayServe(w, host));
  if (possible.length === 0) throw new NothingSuits('hosts that no other server of the gateway has');
  const host = () => w.mostlyFresh(`${space} ${w.cluster}`, possible).replace(/^\*\.?(.*)-(\d+)$/, (_, rest, n) => `*.h${n}.${rest || 'example.com'}`);
  return w.choices.chance(25) ? [...new Set([host(), host()])] : [host()];
}

/** The options of the server in progress. */
export const server = (w: World) => w.given(/ServerOptions$/);

const FACTORIES = {
  http: ['http', 'http2', 'grpc', 'grpcWeb', 'https'],
  tls: ['passthrough'],
  tcp: ['tls', 'tcp', 'mongo', 'mysql', 'redis'],
  pods: ['http', 'http2', 'grpc', 'grpcWeb', 'https', 'passthrough'],
  podPorts: [] as string[],
};

/** Whether the gateway is made for a policy that looks into its requests. */
const looksInto = (w: World) => w.frame(/^new (Request|External)Auth/) !== undefined;

/** The first server of a gateway that is made for a route is one for it. */
function isAskedFor(w: World, factory: string): boolean {
  const kind = routeKind(w);
  // Where a policy looks into requests, there is nothing else.
  if ((looksInto(w) || w.isTaken('looked into', w.given('MeshGateway.addServer')?.this)) && !FACTORIES.http.includes(factory)) return false;
  return kind === undefined || kind === 'podPorts' || receiver(w) !== undefined || w.index > 0 || FACTORIES[kind].includes(factory);
}

/** Certificates and redirects have the most to say. */
function aServer(w: World): unknown {
  return isAskedFor(w, 'https') && w.choices.chance(35) ? w.say('GatewayServer.https') : undefined;
}

/** Whether the gateway that is being made is for egress: it needs no server. */
const isForEgress = (w: World) => (w.frame('EgressRouteProps') ?? w.frame('RemotePodsProps')) !== undefined;

/** Some gateways serve by the pods of another. */
function workload(w: World): unknown {
  if (looksInto(w)) return w.say('GatewayWorkload.dedicated');
  if (isForEgress(w)) return w.say('GatewayWorkload.dedicatedEgress');
  if (!canOwn(w)) return undefined;
  const other = w.choices.chance(20) ? someGateway(w) : undefined;
  return (isExit(other) ? undefined : other?.workload) ?? (w.choices.chance(50) ? w.say(w.choices.pick(['GatewayWorkload.dedicated', 'GatewayWorkload.dedicatedEgress'])) : undefined);
}

/** The servers of gateways. HTTP, HTTPS and streams have ports of their own, and a host is claimed once for each. */
export const servers: Knowledge = {
  facts: {
    'GatewayServerOptions.name': serverName,
    'MeshGatewayProps.servers': w => (isForEgress(w) ? ABSENT : undefined),
    'MeshGatewayProps.servers[]': aServer,
    'MeshGateway.addServer.server': aServer,
    // Pods of a gateway's own are reached by a port that is open at every address.
    'GatewayServerOptions.bind': w => (w.given('MeshGateway.addServer') || looksInto(w) || often(w) ? ABSENT : w.choices.pick(['127.0.0.1', '::1', '10.0.0.7'])),
    // Where the server name says the service there are no routes.
    'GatewayServerOptions.routesFrom': w => (w.frame('AutoPassthroughServerOptions') ? ABSENT : [...new Set([...w.choices.chance(75) ? ['.'] : [], ...w.choices.some(['shop', 'cart', 'web', 'p'], 2)])]),
    // Most programs serve hosts that they do not route.
    'GatewayServerOptions.routedElsewhere': w => (w.frame('AutoPassthroughServerOptions') ? ABSENT : true),
    'GatewayServerOptions.statPrefix': w => w.fresh('prefixes', ['edge', 'shop']),
    'HttpServerOptions.hosts': w => hosts(w, 'http'),
    'HttpsServerOptions.hosts': w => hosts(w, 'https'),
    'PassthroughServerOptions.hosts': w => hosts(w, 'https'),
    'TlsServerOptions.hosts': w => hosts(w, 'tls'),
    'AutoPassthroughServerOptions.hosts': w => [w.left(`services of ${w.cluster}`, SERVICES) ?? `*.n${w.count('services')}.svc.cluster.local`],
    // Pods of a gateway's own listen for 80 at 8080, and for 443 at 8443.
    'HttpServerOptions.port': w => w.choices.pick([80, 8081, 8082]),
    'HttpsServerOptions.port': w => w.choices.pick([443, 8444]),
    'PassthroughServerOptions.port': w => w.choices.pick([443, 8444]),
    'AutoPassthroughServerOptions.port': w => w.choices.pick([15443, 16443]),
    'TlsServerOptions.port': w => 20000 + 10 * w.count(`streams ${w.cluster}`),
    'TcpServerOptions.port': w => 20000 + 10 * w.count(`streams ${w.cluster}`),
    'HttpsServerOptions.httpsRedirect': w => {
      const { hosts: all, port = 443 } = server(w) as { hosts: string[]; port?: number };
      const space = `http ${w.cluster}`;
      if (port !== 443 || !mayAskMore(w) || all.some(host => w.isTaken(space, host)) || w.choices.chance(20)) return false;
      all.forEach(host => w.take(space, host));
      return true;
    },
    'HttpsServerOptions.acmeSolver': w => (server(w)!.httpsRedirect === true ? undefined : ABSENT),
    'MeshGatewayProps.workload': workload,
    'MeshGatewayAttributes.hosts': w => w.choices.some(HOSTS, 2),
    // Another chart of the same App creates half of the existing ones.
    'MeshGatewayAttributes.name': w => (w.choices.chance(50) && someGateway(w)?.gatewayName) || freshName(w),
    'MeshGatewayAttributes.namespace': w => {
      const { name } = w.given('MeshGatewayAttributes')!;
      return w.neighbours.map(({ value }) => value as unknown).filter(isGateway).find(({ gatewayName }) => gatewayName === name)?.namespace;
    },
  },
  order: {
    MeshGatewayProps: ['servers', 'workload'],
    HttpsServerOptions: ['hosts', 'port', 'httpsRedirect', 'acmeSolver', 'tls'],
  },
  forced: {
    'MeshGatewayProps.servers': () => true,
    'GatewayServer.*.options': () => true,
    'GatewayServerOptions.routedElsewhere': () => true,
    'HttpsServerOptions.httpsRedirect': often,
    'HttpsServerOptions.acmeSolver': often,
    'GatewayServerOptions.name': w => w.index > 0 || w.given('MeshGateway.addServer') !== undefined,
  },
  guards: Object.fromEntries(['http', 'http2', 'grpc', 'grpcWeb', 'https', 'tls', 'passthrough', 'autoPassthrough', 'tcp', 'mongo', 'mysql', 'redis']
    .map(factory => [`GatewayServer.${factory}`, (w: World) => isAskedFor(w, factory)])),
  notes: each(Object.values(FACTORIES).flat().map(factory => `GatewayServer.${factory}`), takeServer),
};
