import { Given, World } from './world';
import {
  MeshGateway, MeshNamespace, MeshPort, MeshProtocol, PodHost, type IMeshGateway, type IMeshService, type IStatefulMeshService,
} from '../../src';

// What the parts of a program are to each other: resolved from what was made before and what is being said now.

const HTTP = [MeshProtocol.HTTP, MeshProtocol.HTTP2, MeshProtocol.GRPC, MeshProtocol.GRPC_WEB];
const TLS = [MeshProtocol.TLS, MeshProtocol.HTTPS];
const NOT_SPLIT = [MeshProtocol.UDP, MeshProtocol.TLS, MeshProtocol.HTTPS];

const isService = (value: unknown): value is IMeshService => value instanceof Object && 'versionNames' in value;

/** The service that a target, a version or a split stands for. */
function serviceOf(value: unknown): IMeshService | undefined {
  if (isService(value)) return value;
  if (value instanceof PodHost) return (value as unknown as { headless: IMeshService }).headless;
  const service = value instanceof Object && 'service' in value ? value.service : undefined;
  return isService(service) ? service : undefined;
}

/** The service that the nearest of these slots holds. */
function serviceIn(w: World, ...slots: string[]): IMeshService | undefined {
  const named = [...w.frames].reverse().flatMap(({ given }) => slots.map(slot => serviceOf(given[slot])));
  return named.find(service => service !== undefined);
}

/** The versions of the service that is being talked about. */
export function versionsOf(w: World): string[] {
  return serviceIn(w, 'caller', 'this', 'service')?.versionNames ?? ['v1'];
}

/** The ports of the service that is being talked about, as far as they can carry what is asked. */
export function portsOf(w: World, speaks?: 'HTTP' | 'GRPC'): MeshPort[] {
  const service = serviceIn(w, 'callee', 'to') ?? (speaks ? undefined : serviceIn(w, 'this'));
  return service ? service.ports.filter(port => carries(port, speaks)) : [];
}

function carries({ protocol }: MeshPort, speaks?: 'HTTP' | 'GRPC'): boolean {
  return speaks === undefined || (HTTP.includes(protocol) && (speaks === 'HTTP' || protocol !== MeshProtocol.HTTP));
}

/** The ports that a split of its service can be for: those that speak HTTP, else those that speak TCP. */
export function splitPorts(w: World): MeshPort[] {
  const service = w.given('CanarySplitProps')?.service;
  return isService(service) ? divisible(service) : [MeshPort.http(80)];
}

function divisible({ ports }: IMeshService): MeshPort[] {
  return hasHttp(ports) ? ports.filter(port => carries(port, 'HTTP')) : ports.filter(({ protocol }) => !NOT_SPLIT.includes(protocol));
}

export function hasHttp(ports: MeshPort[]): boolean {
  return ports.some(port => carries(port, 'HTTP'));
}

/** Whether the service's pods have a sidecar that can tell its calls from others', in a rule of its own. */
export function canCall(w: World, value: unknown, asVersion = false): boolean {
  const namespace = isService(value) && value.node.scope;
  return isService(value) && !w.isTaken(w.here('callers'), value)
    && !(namespace instanceof MeshNamespace && !namespace.injects) && (!asVersion || value.versionNames.length > 0);
}

/** The space of the conditions that have to hold together. */
export function allOf(w: World): string {
  return `all of ${w.frame('CallMatch.allOf')?.serial ?? w.frames[w.frames.length - 1]?.serial}`;
}

const isStateful = (value: unknown): value is IStatefulMeshService => isService(value) && 'headless' in value;

/** The ports of the service that is being made, as far as they are known. */
export function servicePorts(w: World): MeshPort[] {
  const { ports, peerPorts } = (w.given(/^((Stateful)?MeshServiceProps|Stateful(ServiceAttributes|WorkloadOptions))$/) ?? {}) as { [name: string]: MeshPort[] | undefined };
  return [...ports ?? [], ...peerPorts ?? []];
}

/** Whether nothing that the port carries says a host. */
export function isPlain({ protocol }: MeshPort): boolean {
  return ![...HTTP, ...TLS, MeshProtocol.UDP].includes(protocol);
}

/** Whether its clients choose a pod themselves, so that nothing divides its traffic. */
function isHeadless(service: IMeshService): boolean {
  return isStateful(service) && service.host === service.headless.host;
}

/** The ordinals of the pods over which a split divides the traffic. */
export function splitPods(w: World): number[] {
  const service = w.given('CanarySplitProps')?.service;
  return isStateful(service) ? service.pods.map(pod => pod.ordinal) : [];
}

/** The ports of pods that a gateway can give a port of its own for each pod. */
export function streams(pods: IStatefulMeshService): MeshPort[] {
  return pods.headless.ports.filter(({ protocol }) => !HTTP.includes(protocol) && protocol !== MeshProtocol.UDP);
}

/** What a gateway serves at a port, and for which kind of route. */
interface Served {
  readonly kind: 'http' | 'tls';
  readonly port: number;
  readonly hosts: string[];
}

/** What the gateway serves; anything, where that is not known. */
function serves(w: World, gateway: unknown): Served[] {
  if (gateway instanceof MeshGateway) {
    return gateway.servers.filter(({ protocol }) => protocol !== 'TCP')
      .map(({ protocol, port, hosts }) => ({ kind: protocol === 'TLS' ? 'tls' : 'http', port, hosts }));
  }
  const hosts = w.pool.find(({ value }) => value === gateway)?.given.hosts as string[] | undefined ?? ['shop.example.com', '*.example.org'];
  return [{ kind: 'http', port: 80, hosts }, { kind: 'tls', port: 443, hosts }];
}

/** What the gateway of the pods' routes can tell pods by: by path or host for HTTP, by host for TLS. */
function telling(w: World): Served[] {
  const gateway = w.given(/\.addPodRoutes$/)?.this;
  return serves(w, gateway).filter(({ kind, hosts }) => hosts.some(host => kind === 'http' || host.startsWith('*')));
}

/** The ports of the pods for which the gateway has a server. */
export function podPorts(w: World, pods = w.given('PodRouteOptions')!.pods as IStatefulMeshService): MeshPort[] {
  const kinds = telling(w).map(({ kind }) => kind);
  return pods.headless.ports.filter(({ protocol }) => (HTTP.includes(protocol) && kinds.includes('http')) || (TLS.includes(protocol) && kinds.includes('tls')));
}

/** The servers for the routes to pods that are being said, as far as that is known. */
export function podServers(w: World): Served[] {
  const { pods, port, listener } = w.given('PodRouteOptions') as { pods: IStatefulMeshService; port: number; listener?: number };
  const wanted = HTTP.includes(pods.headless.portOf(port).protocol) ? 'http' : 'tls';
  return telling(w).filter(server => server.kind === wanted && (listener === undefined || server.port === listener));
}

/** Whether routes of the kind that is being added can start at the gateway. */
function suitsRoutes(w: World, gateway: MeshGateway): boolean {
  const { owner, given } = w.frame(/Gateway\.add\w+Routes?$/) ?? { owner: '', given: {} as Given };
  if (owner === '' || given.this !== undefined || owner.endsWith('addPodTcpRoutes')) return true;
  return serves(w, gateway).some(({ kind }) => kind === 'http' || owner.endsWith('addPodRoutes'));
}

/** Whether a construct will do where one is being looked for. */
export function suits(w: World, value: unknown): boolean {
  if (value instanceof MeshGateway) return suitsRoutes(w, value);
  const service = serviceOf(value);
  return service === undefined || w.frames.every(({ owner, given }) => suitsFor(w, service, owner, given));
}

function suitsFor(w: World, service: IMeshService, owner: string, given: Given): boolean {
  switch (owner) {
    case 'CallMatch.from': return given.caller !== undefined || canCall(w, service);
    case 'CallMatch.fromVersion': return given.caller !== undefined || canCall(w, service, true);
    case 'CanarySplitProps': return given.service !== undefined
      || (!w.isTaken('split', service) && !isHeadless(service) && service.versionNames.length > 0 && divisible(service).length > 0);
    case 'HttpRouteOptions': return given.to !== undefined || canBeRouted(w, service, 'HTTP');
    case 'GrpcRouteOptions': return given.to !== undefined || canBeRouted(w, service, 'GRPC');
    case 'PodRouteOptions': return given.pods !== undefined || (isStateful(service) && podPorts(w, service).length > 0);
    case 'PodTcpRouteOptions': return given.pods !== undefined || (isStateful(service) && streams(service).length > 0);
    case 'IMeshService.versionOf':
    case 'MeshService.versionOf': return given.this !== undefined || service.versionNames.length > 0;
    default: return true;
  }
}

function canBeRouted(w: World, service: IMeshService, speaks: 'HTTP' | 'GRPC'): boolean {
  return !w.isTaken('refusing', service) && service.ports.some(port => carries(port, speaks));
}

/** The space of the matches for the host that is being routed. */
export function routed(w: World): string {
  const route = w.frame(/\.add\w+Route$/);
  if (!route) return `routes of nobody ${w.calls.length}`;
  const { namespace, gatewayName } = route.given.this as IMeshGateway;
  return `routes of ${w.cluster} ${namespace}/${gatewayName} for ${route.given.host}`;
}

/** A host that the gateway serves; any, where that is not known. */
export function servedBy(w: World): string {
  const gateway = w.frame(/\.add\w+Route$/)?.given.this;
  const hosts = serves(w, gateway).filter(({ kind }) => kind === 'http').flatMap(server => server.hosts);
  const host = hosts.length > 0 ? w.choices.pick(hosts) : 'nobody.example.com'; // by mistake a gateway serves nothing
  return host.startsWith('*') && w.choices.chance(50) ? `www${host === '*' ? '.example.com' : host.slice(1)}` : host;
}

/** The ports of the gateway at which the host is served that is being routed. */
export function listeners(w: World): number[] {
  const { this: gateway, host } = w.given(/\.add\w+Route$/) as { this: unknown; host: string };
  const covers = (pattern: string) => pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
  return serves(w, gateway).filter(({ kind, hosts }) => kind === 'http' && hosts.some(covers)).map(({ port }) => port);
}

/** A gateway of the program, for somebody who refers to it by name. */
export function someGateway(w: World): MeshGateway | undefined {
  const gateways = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshGateway);
  return gateways.length > 0 ? w.choices.pick(gateways) : undefined;
}
