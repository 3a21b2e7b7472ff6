import { carries, isService } from './relations';
import { World } from './world';
import { EgressRoute, H2UpgradePolicy, type ICallee, type IMeshService, MeshPort, MeshProtocol } from '../../src';
import { type CalleeAttributes } from '../../src/services/calls/callee';

// The target of a policy, resolved from its properties so far.

/** What the requests at a port are to a policy; UDP passes by. */
export type Kind = 'GRPC' | 'HTTP' | 'TCP';

const policy = (w: World) => w.given('ResiliencePolicyProps');

/** Who is called by those whom the policy is for that is being said. */
function called(w: World): CalleeAttributes | undefined {
  const target = policy(w)?.target;
  return target instanceof Object && 'toCallee' in target ? (target as ICallee).toCallee()._attributes : undefined;
}

function kindOf(port: MeshPort): Kind {
  if (port.protocol === MeshProtocol.GRPC || port.protocol === MeshProtocol.GRPC_WEB) return 'GRPC';
  return carries(port, 'HTTP') ? 'HTTP' : 'TCP';
}

/** The ports that callers' sidecars see. */
const seen = ({ ports }: { readonly ports: MeshPort[] }) => ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP);

/** The kinds of ports that there are, those of requests first. */
function kinds(callee: CalleeAttributes): Kind[] {
  const all = seen(callee).map(kindOf);
  return (['HTTP', 'GRPC', 'TCP'] as const).filter(each => all.includes(each));
}

/** Whether the ports have to be named: a policy says one thing of one kind. */
export const isMixed = (w: World) => kinds(called(w)!).length > 1;

/** Ports of one kind: the first that there is, or now and then all but it. */
export function covered(w: World): MeshPort[] {
  const callee = called(w)!;
  const named = policy(w)!.ports as number[] | undefined;
  return seen(callee).filter(port => named?.includes(port.port) ?? kindOf(port) === kinds(callee)[0]);
}

/** What the policy is for, if one is being said. */
export function kind(w: World): Kind | undefined {
  return called(w) && kindOf(covered(w)[0]);
}

export const isVersion = (w: World) => called(w)!.version !== undefined;
const isBare = (w: World) => called(w)!.policyHosts.some(({ identity }) => identity.headless);
const endpoints = (w: World) => called(w)!.policyHosts[0].endpoints;

/** Whether there is a choice among those who answer, and what is known of them. */
export const chooses = (w: World) => !isBare(w) && endpoints(w) !== 'chosen';
export const hasPlaces = (w: World) => !isBare(w) && (endpoints(w) === 'pods' || endpoints(w) === 'placed');
export const hasLabels = (w: World) => !isBare(w) && endpoints(w) === 'pods';

/** Whether settings for requests are possible: they might disagree with routes or shares of others. */
export function asks(w: World): boolean {
  const { construct } = called(w)!;
  return kind(w) !== 'TCP' && !isVersion(w) && !w.isTaken('routed', construct) && !w.isTaken('shared', construct);
}

/** Whether a retry budget may be set: for a service none of whose ports has settings of its own. */
export function budgets(w: World): boolean {
  return kind(w) !== 'TCP' && !isVersion(w) && endpoints(w) === 'pods' && policy(w)!.ports === undefined && called(w)!.ports.every(({ mutualTls }) => mutualTls === undefined);
}

/** The versions of a service that something leads to. */
export const led = (w: World, service: IMeshService) => service.versionNames.filter(version => w.isTaken('led', `${service.node.path} ${version}`));

/** Remembers that something leads to a version. */
export const lead = (w: World, version: string, service: unknown) => isService(service) && w.take('led', `${service.node.path} ${version}`);

/** Whether connections are of HTTP/2, by the ports or since they are upgraded. */
export function isHttp2(w: World): boolean {
  const upgraded = w.given('ConnectionPool')?.h2UpgradePolicy === H2UpgradePolicy.UPGRADE;
  return called(w) !== undefined && kind(w) !== 'TCP' && (upgraded || covered(w).every(port => carries(port, 'GRPC')));
}

/** Whether a callee can have a policy: it has none yet, and a port that sidecars see. */
export function canHavePolicy(w: World, callee: ICallee): boolean {
  const { construct, ports } = callee.toCallee()._attributes;
  return !w.isTaken('resilient', construct) && seen({ ports }).length > 0;
}

/** Remembers that a callee has a policy, of whatever version. */
export const takePolicy = (w: World, callee: unknown) => w.take('resilient', (callee as ICallee).toCallee()._attributes.construct);

/** Remembers the callees whose requests are read, and those whose requests are mirrored. */
export const takeRequests = (w: World, space: string) => w.take(space, called(w)!.construct);

/** Egress routes of the program that may have a policy. */
export const egressCallees = (w: World): ICallee[] => w.neighbours.map(({ value }) => value as unknown)
  .filter((value): value is EgressRoute => value instanceof EgressRoute).filter(route => canHavePolicy(w, route));
