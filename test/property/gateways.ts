import { Given, NothingSuits, World } from './world';
import { GatewayRoutes, GatewayServer, MeshGateway, type IMeshGateway } from '../../src';
import { namespaceOf } from '../../src/kernel/namespace-scope';

// What gateways serve, and which of it a route that is being said can have.

export type Kind = 'http' | 'tls' | 'tcp';

/** What a gateway serves at a port, and for which kind of route. */
export interface Served {
  readonly kind: Kind;
  readonly port: number;
  readonly hosts: string[];
  /** Whether TLS ends there, so that a route for connections has a host. */
  readonly endsTls: boolean;
}

/** Whether a value is a gateway, created by the App or existing. */
export const isGateway = (value: unknown): value is IMeshGateway => value instanceof Object && 'gatewayName' in value;

/** The gateway that routes are added to, be it through routes of another namespace. */
export function gatewayOf(value: unknown): IMeshGateway {
  return value instanceof GatewayRoutes ? value.gateway : value as IMeshGateway;
}

/** The gateway as it is made in the program, where it is. */
export function madeGateway(w: World, value: unknown): MeshGateway | undefined {
  const gateway = gatewayOf(value);
  return w.neighbours.map(({ value: other }) => other).filter(other => other instanceof MeshGateway)
    .find(other => other.gatewayName === gateway?.gatewayName && other.namespace === gateway?.namespace);
}

/** A gateway of the program, for a construct that refers to it by name. */
export function someGateway(w: World): MeshGateway | undefined {
  const gateways = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshGateway);
  return gateways.length > 0 ? w.choices.pick(gateways) : undefined;
}

/** Whether a gateway is made for egress from the mesh: its pods serve nothing else. */
export function isExit(value: unknown): boolean {
  return value instanceof MeshGateway && value.servers.length === 0;
}

/** What the gateway serves; anything, where that is not known. */
export function serves(w: World, value: unknown): Served[] {
  const made = madeGateway(w, value);
  if (made) return made.servers.filter(server => takesFrom(server, made, value)).flatMap(servedBy);
  const hosts = w.pool.find(each => each.value === gatewayOf(value))?.given.hosts as string[] | undefined ?? ['shop.example.com', '*.example.org'];
  return [{ kind: 'http', port: 80, hosts, endsTls: false }, { kind: 'tls', port: 443, hosts, endsTls: false }, { kind: 'tcp', port: 9000, hosts, endsTls: false }];
}

/** Whether a server takes routes of the namespace of the construct that would add them. */
function takesFrom({ routesFrom }: GatewayServer, gateway: MeshGateway, value: unknown): boolean {
  return routesFrom === undefined || routesFrom.map(name => (name === '.' ? gateway.namespace : name)).includes(routesNamespace(value));
}

function servedBy({ _routes: kind, port, hosts, protocol }: GatewayServer): Served[] {
  return kind ? [{ kind, port, hosts, endsTls: protocol === 'TLS' }] : [];
}

/** Whether a host or pattern is one of those that another stands for. */
export function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
}

const ADDER = /\.add(Http|Grpc|Tls|Tcp|Pod|PodTcp)Routes?$/;

/** What the route that is being said is for. */
export function routeKind(w: World): Kind | 'pods' | 'podPorts' | undefined {
  switch (ADDER.exec(w.frame(ADDER)?.owner ?? '')?.[1]) {
    case 'Http':
    case 'Grpc': return 'http';
    case 'Tls': return 'tls';
    case 'Tcp': return 'tcp';
    case 'Pod': return 'pods';
    case 'PodTcp': return 'podPorts';
    default: return undefined;
  }
}

/** The receiver of the route in progress: a gateway, routes of one, delegated routes. */
export function receiver(w: World): unknown {
  return w.given(ADDER)?.this;
}

/** The space of the gateway, or of the delegated routes, that routes are added to. */
function spaceOfRoutes(w: World, value: unknown): string {
  const gateway = gatewayOf(value);
  return isGateway(gateway) ? `${w.cluster} ${gateway.namespace}/${gateway.gatewayName}` : (value as IMeshGateway).node.path;
}

/** The space of the matches for the host that is being routed. */
export function routed(w: World): string {
  const route = w.frame(ADDER);
  return route?.given.this ? `routes of ${spaceOfRoutes(w, route.given.this)} for ${route.given.host}` : `routes without a receiver ${w.calls.length}`;
}

/** The namespace of the routes that are added to a receiver. */
export function routesNamespace(value: unknown): string {
  return value instanceof MeshGateway || value instanceof GatewayRoutes ? value.namespace : namespaceOf(value as MeshGateway);
}

/** The hosts for which another route of the kind can be added. */
export function freeHosts(w: World, value: unknown, kind: 'http' | 'tls'): string[] {
  const served = serves(w, value).filter(server => server.kind === kind).flatMap(({ hosts }) => hosts);
  // Requests for a host that is listed are never asked of the routes for a pattern: those are for hosts that are not.
  const wide = served.filter(host => host.startsWith('*'));
  const narrow = wide.map(host => `www${host === '*' ? '.example.com' : host.slice(1)}`).filter(host => !served.some(other => !wide.includes(other) && covers(other, host)));
  const hosts = served.filter(host => kind === 'tls' || !served.some(other => other !== host && covers(host, other)));
  return [...hosts, ...narrow].filter(host => isFree(w, value, kind, host));
}

/** Connections for a host are led somewhere once; requests for it are routed by one namespace. */
function isFree(w: World, value: unknown, kind: 'http' | 'tls', host: string): boolean {
  const space = `${kind} hosts of ${spaceOfRoutes(w, value)}`;
  return !w.isTaken(space, host) || (kind === 'http' && w.isTaken(`${space} from ${routesNamespace(value)}`, host));
}

/** A host that the gateway serves, for the route that is being said. */
export function hostForRoute(w: World): string | undefined {
  if (routeKind(w) === undefined) return undefined;
  const kind = routeKind(w) === 'tls' ? 'tls' : 'http';
  const to = receiver(w);
  const hosts = freeHosts(w, to, kind);
  if (hosts.length === 0) throw new NothingSuits('host');
  return takeHost(w, to, kind, w.choices.pick(hosts));
}

/** Remembers who routes a host. */
export function takeHost(w: World, value: unknown, kind: 'http' | 'tls', host: string): string {
  const space = `${kind} hosts of ${spaceOfRoutes(w, value)}`;
  w.take(space, host);
  return w.take(`${space} from ${routesNamespace(value)}`, host);
}

/** The ports of the gateway at which the host is served that is being routed. */
export function listeners(w: World): number[] {
  const { this: to, host } = w.given(ADDER) as { this: unknown; host?: string };
  const kind = routeKind(w) === 'tls' ? 'tls' : 'http';
  const those = host === undefined ? [] : serves(w, to).filter(server => server.kind === kind && server.hosts.some(pattern => covers(pattern, host)));
  return [...new Set(those.map(({ port }) => port))];
}

/** The ports of the gateway whose connections are led nowhere yet. */
export function freeStreams(w: World, to: unknown): Served[] {
  const known = madeGateway(w, to) ? serves(w, to).filter(({ kind }) => kind === 'tcp')
    : [9000, 9100, 9200, 9300].map((port): Served => ({ kind: 'tcp', port, hosts: ['*'], endsTls: false }));
  return known.filter(({ port }) => !w.isTaken(`streams of ${spaceOfRoutes(w, to)}`, port));
}

/** Remembers that connections to a port are led somewhere. */
export function takeStream(w: World, port: number): void {
  w.take(`streams of ${spaceOfRoutes(w, receiver(w))}`, port);
}

/** Whether routes of the kind that is being added can start at the gateway, or at routes of it. */
export function suitsRoutes(w: World, value: unknown): boolean {
  const { given } = w.frame(ADDER) ?? { given: {} as Given };
  if (given.this !== undefined) return true;
  if (isExit(value)) return false;
  switch (routeKind(w)) {
    case 'http': return freeHosts(w, value, 'http').length > 0;
    case 'tls': return freeHosts(w, value, 'tls').length > 0;
    case 'tcp': return freeStreams(w, value).length > 0;
    case 'pods': return serves(w, value).some(({ kind, hosts }) => kind === 'http' || (kind === 'tls' && hosts.some(host => host.startsWith('*'))));
    // Only gateways themselves open the ports of the pods.
    case 'podPorts': return value instanceof MeshGateway || !madeGateway(w, value);
    default: return true;
  }
}
