import { isGateway, madeGateway, receiver, routesNamespace, serves, suitsRoutes } from './gateways';
import { jobLeaves, suitsJob } from './jobs';
import { podPorts, streams } from './pods';
import { callablePorts, hasOwnIdentity, isGuarded, mayBeCalled, mayCall, mayLead, restricts } from './privilege';
import { canCall, carries, divisible, isHeadless, isService, isStateful, serviceOf, Speaks } from './relations';
import { canHavePolicy, kind } from './resilience';
import { Given, World } from './world';
import {
  CallerIdentity, DelegatedRoutes, EgressRoute, GatewayRoutes, type IDelegatedRoutes, type IMeshService, MeshCronJob, MeshJob, MeshPort, MeshProtocol,
  RemotePods, ServiceVersion,
} from '../../src';

// What routes can lead to.

const ROUTE = /^(Http|Grpc|Tls|Tcp)RouteOptions$|^AcmeSolver\.service$/;
/** Where a target is set. */
const LEADING = /^(HttpRouteOptions|GrpcRouteOptions|TlsRouteOptions|TcpRouteOptions|WeightedTarget|Mirror|AcmeSolver\.service)$/;

const JOB_CALLS = /Job(Props|\.calls)$/;

const targetIn = (given: Given) => given.to ?? given.target;

/** What the route that is being said carries. */
export function speaks(w: World): Speaks | undefined {
  const requests = kind(w);
  if (requests !== undefined) return requests;
  const owner = w.frame(ROUTE)?.owner;
  return owner === undefined ? undefined : owner.startsWith('Acme') ? 'HTTP' : ROUTE.exec(owner)![1].toUpperCase() as Speaks;
}

/** What the target has to carry that is being looked for, if one is. */
export function wanted(w: World): Speaks | undefined {
  const leading = w.frame(LEADING);
  return leading && targetIn(leading.given) === undefined ? speaks(w) : undefined;
}

/** The ports of the target that can carry the route; none where it is no service. */
export function targetPorts(w: World, named = true): MeshPort[] {
  const service = serviceOf(targetIn(w.given(LEADING) ?? {}));
  return service?.ports.filter(port => carries(port, speaks(w)!, named) && !(named && waits(w, port))) ?? [];
}

/** Whether the server waits for clients to agree to TLS, and those of the route begin with it. */
function waits(w: World, { protocol }: MeshPort): boolean {
  const gatewayPort = w.given('TcpRouteOptions')?.gatewayPort;
  return protocol === MeshProtocol.MYSQL && serves(w, receiver(w)).some(({ kind: of, port, endsTls }) => of === 'tcp' && port === gatewayPort && endsTls);
}

/** Whether the route that is being said is answered by the gateway itself. */
export function isAnswered(w: World): boolean {
  return /^RouteTarget\.(redirect|directResponse)$/.test(w.originOf(targetOfRoute(w)) ?? '');
}

export function targetOfRoute(w: World): unknown {
  return w.given(/^(Http|Grpc)RouteOptions$/)?.to;
}

export const isDelegated = (value: unknown): value is IDelegatedRoutes => value instanceof Object && 'routesName' in value;

/** Whether the routes that are being added are led to by others themselves. */
export function isLedTo(w: World): boolean {
  return receiver(w) instanceof DelegatedRoutes;
}

/** Whether a construct will do where one is being looked for. */
export function suits(w: World, value: unknown): boolean {
  if (isGateway(value) || value instanceof GatewayRoutes) return suitsRoutes(w, value);
  if (value instanceof MeshJob || value instanceof MeshCronJob) return suitsJob(w, value);
  if (value instanceof EgressRoute) return suitsEgress(w, value);
  if (value instanceof RemotePods) return w.frames.every(({ owner, given }) => suitsRemotePods(w, owner, given));
  if (isDelegated(value)) return w.frames.every(({ owner, given }) => suitsDelegated(w, value, owner, given));
  const service = serviceOf(value);
  return service === undefined || w.frames.every(({ owner, given }) => suitsFor(w, service, value, owner, given));
}

/** An egress route can be called, but a gateway cannot lead to one that has a gateway or a wildcard host. */
function suitsEgress(w: World, value: EgressRoute): boolean {
  return w.frames.every(({ owner, given }) => {
    if (LEADING.test(owner)) return targetIn(given) !== undefined;
    if (/\.toRouteTarget$/.test(owner)) return given.this !== undefined || (value.gateway === undefined && !value.host.startsWith('*'));
    if (JOB_CALLS.test(owner)) return jobLeaves(w);
    if (/\.calls$/.test(owner) && given.callee === undefined && isCopied(w, value)) return false;
    return !/\.calls$/.test(owner) || given.callee !== undefined || given.this instanceof CallerIdentity || canLeave(w, given.this, value);
  });
}

/** Pods of another cluster are called by pods with a sidecar; a NetworkPolicy around the caller knows none of their names. */
function suitsRemotePods(w: World, owner: string, given: Given): boolean {
  if (given.callee !== undefined || !/\.calls$|JobProps$/.test(owner)) return true;
  if (JOB_CALLS.test(owner)) return jobLeaves(w);
  const caller = serviceOf(given.this);
  return given.this instanceof CallerIdentity || (canCall(w, caller) && !w.isTaken('closed', caller!.node.scope));
}

/** A NetworkPolicy around the caller knows hosts by address alone, and a gateway knows callers by identity. */
function canLeave(w: World, from: unknown, route: EgressRoute): boolean {
  const caller = serviceOf(from);
  return (route.gateway === undefined || hasOwnIdentity(from, route)) && canCall(w, caller) && !(w.isTaken('closed', caller!.node.scope) && route.gateway === undefined && route.toCallee()._attributes.addresses === undefined);
}

/** Routes that lead to delegated ones take every request: then each match is within. */
function suitsDelegated(w: World, value: IDelegatedRoutes, owner: string, given: Given): boolean {
  switch (owner) {
    case 'HttpRouteOptions':
    case 'GrpcRouteOptions': {
      if (given.to !== undefined) return true;
      const known = value instanceof DelegatedRoutes;
      return !isLedTo(w) && !(known && (given.matches ?? given.service) !== undefined) && isExported(w, value);
    }
    case 'TlsRouteOptions':
    case 'TcpRouteOptions':
    case 'WeightedTarget':
    case 'Mirror':
    case 'AcmeSolver.service': return targetIn(given) !== undefined;
    default: return true;
  }
}

function isExported(w: World, value: IDelegatedRoutes): boolean {
  const list = w.pool.find(made => made.value === value)?.given.exportTo as string[] | undefined;
  const from = routesNamespace(receiver(w));
  return list === undefined || list.includes('*') || list.includes(from) || (list.includes('.') && from === value.namespace);
}

function suitsFor(w: World, service: IMeshService, value: unknown, owner: string, given: Given): boolean {
  if (/\.calls$/.test(owner)) {
    return given.this === undefined || given.callee !== undefined
      || (!isCopied(w, service) && callablePorts(w, service).length > 0 && mayCall(w, given.this, value, service));
  }
  switch (owner) {
    case 'JobOptions.calls[]': return !isCopied(w, service) && mayBeCalled(w, service);
    case 'CallMatch.from': return given.caller !== undefined || canCall(w, service);
    case 'CallMatch.fromVersion': return given.caller !== undefined || canCall(w, service, true);
    case 'ResiliencePolicyProps': return given.target !== undefined || canHavePolicy(w, service);
    case 'CanarySplitProps': return given.service !== undefined || (canBeSplit(w, service) && service.versionNames.length > 0);
    case 'HttpRouteOptions':
    case 'GrpcRouteOptions':
    case 'TlsRouteOptions':
    case 'TcpRouteOptions':
    case 'AcmeSolver.service': return targetIn(given) !== undefined || canBeRouted(w, service);
    // A share has no conditions of its own, and a mirror has one destination.
    case 'WeightedTarget': return given.to !== undefined || (canBeRouted(w, service) && (isOneVersion(w, value) || !w.isTaken('ruled', service)));
    case 'Mirror': return given.to !== undefined || (canBeCopiedTo(w, service) && canBeRouted(w, service) && (isOneVersion(w, value) || !w.isTaken('split', service)));
    case 'PodRouteOptions': return given.pods !== undefined || (isStateful(service) && mayLead(w, receiver(w), service) && podPorts(w, service).length > 0);
    case 'PodTcpRouteOptions': return given.pods !== undefined || (isStateful(service) && mayLead(w, receiver(w), service) && streams(service).length > 0);
    case 'IMeshService.versionOf':
    case 'MeshService.versionOf': return given.this !== undefined || service.versionNames.length > 0;
    default: return true;
  }
}

/** A caller of a service also calls its mirrors: where calls are restricted, policies have to be able to express those calls. */
const isCopied = (w: World, called: unknown) => w.isTaken('copied', called) && restricts(w);
/** Sidecars send copies to what has an address of its own. */
const canBeCopiedTo = (w: World, service: IMeshService) => w.frame('ResiliencePolicyProps') === undefined
  || (!isGuarded(w, service) && !isHeadless(service) && !w.frames.some(({ owner }) => /Service\.pod$/.test(owner)));

function isOneVersion(w: World, value: unknown): boolean {
  return value instanceof ServiceVersion || w.frames.some(({ owner, given }) => /Service\.(versionOf|pod)$/.test(owner) && given.this === undefined);
}

function canBeSplit(w: World, service: IMeshService): boolean {
  return !w.isTaken('split', service) && !w.isTaken('mirrored', service) && !isHeadless(service) && divisible(service).length > 0;
}

function canBeRouted(w: World, service: IMeshService): boolean {
  return !w.isTaken('refusing', service) && !w.isTaken('asked', service) && mayLead(w, receiver(w), service) &&
    service.ports.some(port => carries(port, speaks(w)!) && !waits(w, port));
}

/** The namespace of the pods of the gateway that routes are for, where the program makes it. */
export function podNamespace(w: World, value: unknown): string | undefined {
  return madeGateway(w, value)?.workload.namespace;
}

/** Whether a value is a service whose traffic a route takes as a whole. */
export const wholeService = (value: unknown) => (isService(value) ? value : undefined);
