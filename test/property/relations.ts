import { World } from './world';
import { MeshNamespace, MeshPort, MeshProtocol, PodHost, type IMeshService, type IStatefulMeshService } from '../../src';

// What services are to those who talk about them: resolved from what was made before and what is being said now.

/** What a route carries: requests of HTTP or gRPC, the application's own TLS, or any connection. */
export type Speaks = 'HTTP' | 'GRPC' | 'TLS' | 'TCP';

const HTTP = [MeshProtocol.HTTP, MeshProtocol.HTTP2, MeshProtocol.GRPC, MeshProtocol.GRPC_WEB];
const TLS = [MeshProtocol.TLS, MeshProtocol.HTTPS];
const NOT_SPLIT = [MeshProtocol.UDP, MeshProtocol.TLS, MeshProtocol.HTTPS];

export const isService = (value: unknown): value is IMeshService => value instanceof Object && 'versionNames' in value;

/** The service that a target, a version or a split stands for. */
export function serviceOf(value: unknown): IMeshService | undefined {
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

/** The ports of the service that is being talked about. */
export function portsOf(w: World): MeshPort[] {
  return (serviceIn(w, 'callee', 'to') ?? serviceIn(w, 'this'))?.ports ?? [];
}

/** Whether a port can carry what is asked, if it is named: TLS may also run on one that is declared as TCP. */
export function carries({ protocol }: MeshPort, speaks: Speaks, named = true): boolean {
  switch (speaks) {
    case 'HTTP': return HTTP.includes(protocol);
    case 'GRPC': return HTTP.includes(protocol) && protocol !== MeshProtocol.HTTP;
    case 'TLS': return TLS.includes(protocol) || (named && protocol === MeshProtocol.TCP);
    case 'TCP': return !HTTP.includes(protocol) && protocol !== MeshProtocol.UDP;
  }
}

/** The ports that a split of its service can be for: those that speak HTTP, else those that speak TCP. */
export function splitPorts(w: World): MeshPort[] {
  const service = w.given('CanarySplitProps')?.service;
  return isService(service) ? divisible(service) : [MeshPort.http(80)];
}

export function divisible({ ports }: IMeshService): MeshPort[] {
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

export const isStateful = (value: unknown): value is IStatefulMeshService => isService(value) && 'headless' in value;

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
export function isHeadless(service: IMeshService): boolean {
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
