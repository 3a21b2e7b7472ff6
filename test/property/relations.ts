import { Given, World } from './world';
import { MeshGateway, MeshNamespace, MeshPort, MeshProtocol, type IMeshGateway, type IMeshService } from '../../src';

// What the parts of a program are to each other: resolved from what was made before and what is being said now.

const HTTP = [MeshProtocol.HTTP, MeshProtocol.HTTP2, MeshProtocol.GRPC, MeshProtocol.GRPC_WEB];
const NOT_SPLIT = [MeshProtocol.UDP, MeshProtocol.TLS, MeshProtocol.HTTPS];

const isService = (value: unknown): value is IMeshService => value instanceof Object && 'versionNames' in value;

/** The service that a target, a version or a split stands for. */
function serviceOf(value: unknown): IMeshService | undefined {
  if (isService(value)) return value;
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

/** Whether a construct will do where one is being looked for. */
export function suits(w: World, value: unknown): boolean {
  const service = serviceOf(value);
  return service === undefined || w.frames.every(({ owner, given }) => suitsFor(w, service, owner, given));
}

function suitsFor(w: World, service: IMeshService, owner: string, given: Given): boolean {
  switch (owner) {
    case 'CallMatch.from': return given.caller !== undefined || canCall(w, service);
    case 'CallMatch.fromVersion': return given.caller !== undefined || canCall(w, service, true);
    case 'CanarySplitProps': return given.service !== undefined
      || (!w.isTaken('split', service) && service.versionNames.length > 0 && divisible(service).length > 0);
    case 'HttpRouteOptions': return given.to !== undefined || canBeRouted(w, service, 'HTTP');
    case 'GrpcRouteOptions': return given.to !== undefined || canBeRouted(w, service, 'GRPC');
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
  const gateway = w.frame(/\.add\w+Route$/)?.given.this as { servers?: { hosts: string[] }[] } | undefined;
  const hosts = gateway?.servers?.flatMap(server => server.hosts)
    ?? w.pool.find(({ value }) => value === gateway)?.given.hosts as string[] | undefined
    ?? ['shop.example.com', '*.example.org'];
  const host = hosts.length > 0 ? w.choices.pick(hosts) : 'nobody.example.com'; // by mistake a gateway serves nothing
  return host.startsWith('*') && w.choices.chance(50) ? `www${host === '*' ? '.example.com' : host.slice(1)}` : host;
}

/** A gateway of the program, for somebody who refers to it by name. */
export function someGateway(w: World): MeshGateway | undefined {
  const gateways = w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshGateway);
  return gateways.length > 0 ? w.choices.pick(gateways) : undefined;
}
