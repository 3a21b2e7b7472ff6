import { carries, isHeadless, isService } from './relations';
import { World } from './world';
import { H2UpgradePolicy, type IMeshService, MeshPort, MeshProtocol } from '../../src';

// What a policy for a service is for, resolved from what is said of it so far.

/** What the requests at a port are to a policy; UDP passes by. */
export type Kind = 'GRPC' | 'HTTP' | 'TCP';

const policy = (w: World) => w.given('ResiliencePolicyProps');

/** The service of the policy that is being said. */
function called(w: World): IMeshService | undefined {
  const service = policy(w)?.service;
  return isService(service) ? service : undefined;
}

function kindOf(port: MeshPort): Kind {
  if (port.protocol === MeshProtocol.GRPC || port.protocol === MeshProtocol.GRPC_WEB) return 'GRPC';
  return carries(port, 'HTTP') ? 'HTTP' : 'TCP';
}

/** The ports that callers' sidecars see. */
export const seen = ({ ports }: IMeshService) => ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP);

/** The kinds of ports that the service has, those of requests first. */
function kinds(service: IMeshService): Kind[] {
  const all = seen(service).map(kindOf);
  return (['HTTP', 'GRPC', 'TCP'] as const).filter(each => all.includes(each));
}

/** Whether the ports have to be named: a policy says one thing of one kind. */
export const isMixed = (w: World) => kinds(called(w)!).length > 1;

/** Ports of one kind: the first that there is, or now and then all but it. */
export function covered(w: World): MeshPort[] {
  const service = called(w)!;
  const named = policy(w)!.ports as number[] | undefined;
  return seen(service).filter(port => named?.includes(port.port) ?? kindOf(port) === kinds(service)[0]);
}

/** What the policy is for, if one is being said. */
export function kind(w: World): Kind | undefined {
  return called(w) && kindOf(covered(w)[0]);
}

export const isVersion = (w: World) => policy(w)!.version !== undefined;
export const isBare = (w: World) => isHeadless(called(w)!);

/** Whether anything may be said of requests: where routes or shares of others say more, they might not agree. */
export function asks(w: World): boolean {
  const service = called(w)!;
  return kind(w) !== 'TCP' && !isVersion(w) && !w.isTaken('routed', service) && !w.isTaken('shared', service);
}

/** Whether a retry budget may be said: for a service none of whose ports has settings of its own. */
export function budgets(w: World): boolean {
  return kind(w) !== 'TCP' && !isVersion(w) && policy(w)!.ports === undefined && called(w)!.ports.every(({ mutualTls }) => mutualTls === undefined);
}

/** The versions of the service that something leads to. */
export const led = (w: World) => called(w)!.versionNames.filter(version => w.isTaken('led', `${called(w)!.node.path} ${version}`));

/** Remembers that something leads to a version. */
export const lead = (w: World, version: unknown, service = w.given('CanarySplitProps')?.service) => isService(service) && w.take('led', `${service.node.path} ${version as string}`);

/** Whether connections are of HTTP/2, by the ports or since they are upgraded. */
export function isHttp2(w: World): boolean {
  const upgraded = w.given('ConnectionLimits')?.h2UpgradePolicy === H2UpgradePolicy.UPGRADE;
  return called(w) !== undefined && kind(w) !== 'TCP' && (upgraded || covered(w).every(port => carries(port, 'GRPC')));
}

/** Whether a policy may be for the service: one that has none, and a port that sidecars see. */
export const canHavePolicy = (w: World, service: IMeshService) => !w.isTaken('resilient', service) && seen(service).length > 0;
