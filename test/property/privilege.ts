import { type IConstruct } from 'constructs';
import { gatewayOf, isGateway, madeGateway } from './gateways';
import { hasHttp, isService, isStateful } from './relations';
import { NothingSuits, World } from './world';
import {
  type ICallee, type IMeshGateway, type IMeshService, LeastPrivilege, MeshGateway, MeshNamespace, MeshPort, MeshProtocol, MutualTls,
  OutboundTrafficPolicy,
  ServiceVersion,
} from '../../src';
import { routesOfGateway } from '../../src/hosts/gateway-routing';
import { namespaceOf, namespaceScopeOf } from '../../src/kernel/namespace-scope';
import { type Call as RecordedCall, callsIn } from '../../src/services/calls/recorded-calls';
import { gatewayAttributes, gatewayKey } from '../../src/services/workloads/gateway-pods';
import { refusesPlainText } from '../../src/services/workloads/mutual-tls-modes';
import { hasSidecars } from '../../src/services/workloads/sidecars';
import { type MadeWorkload } from '../../src/services/workloads/workload';
import { madeWorkloadOf, workloadOf, workloadsAround } from '../../src/services/workloads/workloads';
import { labelsKey } from '../../src/values/labels';

// Who may be asked who calls, and where: what policies can tell of the services and gateways of a program.

/** What restricts the workloads at a construct, if something does. */
function guard(w: World, construct: IConstruct): { readonly networkPolicies: boolean } | undefined {
  const found = w.neighbours.find(({ value, given }) => value instanceof LeastPrivilege && construct.node.scopes.includes(given.scope as never));
  return found && { networkPolicies: found.given.networkPolicies === true };
}

/** Whether any calls of the program are restricted. */
export const restricts = (w: World) => w.neighbours.some(({ value }) => value instanceof LeastPrivilege);

/** Whether calls at a place are those that were declared, and no others. */
export function isGuarded(w: World, place: unknown): boolean {
  return place instanceof Object && 'node' in place && guard(w, place as IConstruct) !== undefined;
}

/** A caller, as far as policies know it. */
interface Known {
  readonly accounts?: readonly string[];
  readonly namespace: string;
  readonly podLabels?: object;
}

function known(caller: RecordedCall['caller']): Known | undefined {
  try {
    return caller.identity();
  } catch {
    return undefined;
  }
}

/** Whether an identity of the caller is its alone: no other workload, and no other version of its own, has it. */
function isAlone({ construct, version }: RecordedCall['caller'], { accounts = [], namespace }: Known, around: IConstruct): boolean {
  return construct === undefined || accounts.every(account => account !== 'default' && workloadsAround(around)
    .filter(other => other.namespace === namespace)
    .every(workload => workload.versions.every(other => other.account !== account
      || (workloadOf(construct) === workload && (version === undefined || other.name === version)))));
}

/** Whether policies can allow a caller, and no other. */
function canBeTold(caller: RecordedCall['caller'], networkPolicies: boolean, around: IConstruct): boolean {
  const facts = known(caller);
  return facts !== undefined && isAlone(caller, facts, around) && !(networkPolicies && facts.podLabels === undefined);
}

/** Whether the App creates the pods, and the version that is meant is one of theirs with an identity of its own. */
function isOurs(construct: IConstruct, version?: string): boolean {
  const workload = madeWorkloadOf(construct);
  return workload !== undefined && (version === undefined || workload.versions.some(({ name }) => name === version));
}

function hasSidecar(construct?: IConstruct): boolean {
  const namespace = construct && namespaceScopeOf(construct);
  return !(namespace instanceof MeshNamespace) || namespace.injects;
}

interface Call extends Pick<RecordedCall, 'caller' | 'callee'> {
  readonly port?: MeshPort;
}

/** Whether policies can allow a call. */
function canAllow({ caller, callee, port }: Call, from: Guarded, to: Guarded): boolean {
  const told = !to || (isOurs(callee.construct, callee.version) && hasSidecar(caller.construct)
    && canBeTold(caller, to.networkPolicies, callee.construct));
  const refusable = !to || to.networkPolicies || port?.protocol !== MeshProtocol.UDP;
  const ours = !from || caller.construct === undefined || isGateway(caller.construct) || isOurs(caller.construct, caller.version);
  const labelled = !from?.networkPolicies || !callee.pods || Object.keys(callee.pods.labels).length > 0;
  return told && refusable && ours && labelled;
}

type Guarded = { readonly networkPolicies: boolean } | undefined;

interface Speaking { _caller(version?: string): RecordedCall['caller'] }

/** A caller with `calls`: a service, a version of one, a job; others are known by their arguments. */
function callerOf(value: unknown): RecordedCall['caller'] | undefined {
  const version = value instanceof ServiceVersion ? value : undefined;
  const construct = version?.service ?? value;
  return construct instanceof Object && '_caller' in construct ? (construct as Speaking)._caller(version?.name) : undefined;
}

/** Whether a caller that gateways know by its identity shares it with no other. */
export function hasOwnIdentity(from: unknown, around: IConstruct): boolean {
  const caller = callerOf(from);
  const facts = caller && known(caller);
  return !caller || !facts || isAlone(caller, facts, around);
}

/** Whether the callee takes what pods of the caller send: those without a sidecar speak no mutual TLS. */
function isAnswered({ construct }: RecordedCall['caller'], { construct: called, ports }: RecordedCall['callee']): boolean {
  return hasSidecar(construct) || ports.every(port => !refusesPlainText(called, port));
}

/** Whether a caller may declare that it calls a service. */
export function mayCall(w: World, from: unknown, called: unknown, service: IMeshService): boolean {
  const to = guard(w, service);
  if (to && isOfPods(w, service)) return false;
  const caller = callerOf(from);
  if (!caller) {
    // Of an identity without labels the network knows nothing.
    const [said = {}] = (w.origins.get(from as object)?.args ?? []) as [{ podLabels?: object; serviceAccount?: string }?];
    const { podLabels, serviceAccount } = said;
    return (!to || isOurs(service)) && (!to?.networkPolicies || podLabels !== undefined || serviceAccount === undefined);
  }
  const callee = (called as ICallee).toCallee()._attributes;
  return isAnswered(caller, callee) && canAllow({ caller, callee }, guard(w, caller.construct!), to);
}

/** Whether a caller with an identity of its own may call all ports of a service. */
export function mayBeCalled(w: World, service: IMeshService): boolean {
  return !isGuarded(w, service) || (isOurs(service) && !isOfPods(w, service) && callablePorts(w, service).length === service.ports.length);
}

/** Whether it is a pod of the service that is meant, which no identity tells from others. */
const isOfPods = (w: World, service: IMeshService) => isStateful(service) && w.frames.some(({ owner }) => /\.(versionOf|pod)$/.test(owner));

/** The ports by which a service may be called: those that a policy could refuse. */
export function callablePorts(w: World, callee: IMeshService): MeshPort[] {
  const to = guard(w, callee);
  return callee.ports.filter(({ protocol }) => !to || to.networkPolicies || protocol !== MeshProtocol.UDP);
}

/** Whether a gateway may lead to a service: one that is restricted has to know it. */
export function mayLead(w: World, routes: unknown, service: IMeshService): boolean {
  if (!isGuarded(w, service)) return true;
  const { account, pods } = routes instanceof Object ? gatewayAttributes(madeGateway(w, routes) ?? gatewayOf(routes)) : {};
  return account !== undefined && isOurs(service) && isLetOut(w, pods!.namespace, madeGateway(w, routes));
}

/** A gateway that the App does not create calls no service in a namespace that is restricted as a whole. */
function isLetOut(w: World, namespace: string, gateway?: MeshGateway): boolean {
  return w.originOf(w.neighbours.find(({ value }) => value === gateway)?.given.workload) === 'GatewayWorkload.dedicated'
    || !w.neighbours.some(({ value }) => value instanceof MeshNamespace && value.name === namespace && isGuarded(w, value));
}

const isPlain = (mode: unknown) => mode === MutualTls.DISABLE;

/** Whether the pods of a workload know who calls. */
function knowsCallers(w: World, { scope: home, services, ports }: MadeWorkload): boolean {
  const namespace = namespaceScopeOf(home);
  const said = w.neighbours.find(({ value }) => value === namespace)?.given;
  const own = w.neighbours.find(({ value }) => services.some(service => service === value))?.given;
  return !(namespace instanceof MeshNamespace && (!namespace.injects || isPlain(namespace.mutualTls)))
    && said?.outboundTrafficPolicy !== OutboundTrafficPolicy.ALLOW_ANY && !isPlain(own?.mutualTls) && !ports.some(port => isPlain(port.mutualTls));
}

/** A place whose workloads can be restricted, and of whose calls policies can say each. */
export function guardable(w: World): IConstruct {
  const fit = guardablePlaces(w);
  if (fit.length > 0) return w.choices.pick(fit);
  w.make('MeshService');
  const now = guardablePlaces(w);
  if (now.length === 0) throw new NothingSuits('workloads to restrict');
  return w.choices.pick(now);
}

function guardablePlaces(w: World): IConstruct[] {
  const places = [w.chart, ...w.neighbours.map(({ value }) => value).filter(value => value instanceof MeshNamespace)];
  const all = workloadsAround(w.chart);
  return places.filter(place => {
    const within = (construct: IConstruct) => construct.node.scopes.includes(place);
    const those = all.filter(({ scope: home }) => within(home));
    const bare = w.neighbours.some(({ value, given }) => value instanceof MeshNamespace && within(value)
      && (given.outboundTrafficPolicy === OutboundTrafficPolicy.ALLOW_ANY || !value.injects || isPlain(value.mutualTls)));
    return those.length > 0 && !bare && those.every(workload => knowsCallers(w, workload))
      && !w.neighbours.some(({ value, given }) => value instanceof LeastPrivilege
        && (within(value) || place.node.scopes.includes(given.scope as never)))
      && callsIn(w.chart).every(edge => {
        const inside = (construct?: IConstruct) => construct !== undefined && within(construct);
        return [true, false].map(networkPolicies => ({ networkPolicies }))
          .every(strict => canAllow(edge, inside(edge.caller.construct) ? strict : undefined, inside(edge.callee.construct) ? strict : undefined));
      });
  });
}

/** Services into whose requests a policy of their namespace can look. */
export function readable(w: World, namespace?: string): IMeshService[] {
  return w.neighbours.map(({ value }) => value as unknown).filter(isService)
    .filter(service => hasHttp(service.ports) && Object.keys(service.podLabels).length > 0)
    .filter(service => namespaceOf(service) === (namespace ?? service.namespace) && service.namespace === namespaceOf(service))
    .filter(service => hasSidecars(service, service.namespace));
}

/** The hosts of a gateway that a policy can compare, whatever port a client adds. */
export function comparable(gateway: IConstruct): string[] {
  return (gatewayAttributes(gateway).hosts ?? []).filter(host => !host.startsWith('*.'));
}

/** Gateways with pods in their namespace that carry requests alone. */
export function readableGateways(w: World, namespace?: string): IMeshGateway[] {
  return w.neighbours.map(({ value }) => value as unknown).filter(isGateway).filter(gateway => {
    const { pods, served } = gatewayAttributes(gateway);
    return gateway instanceof MeshGateway && pods?.namespace === (namespace ?? namespaceOf(gateway)) && namespaceOf(gateway) === pods.namespace
      && !served?.().some(({ finds }) => finds === 'connections') && comparable(gateway).length > 0
      && !routesOfGateway(gateway, gatewayKey(gateway)).some(({ routes }) => routes.some(({ action }) => action.settings?.corsPolicy));
  });
}

/** The pods that are asked for tokens. */
export function asksTokens(of: IConstruct): string {
  const { namespace, labels = {} } = isService(of) ? { namespace: of.namespace, labels: of.podLabels } : gatewayAttributes(of).pods ?? { namespace: '' };
  return `${namespace} ${labelsKey(labels)}`;
}

const forTokens = (w: World) => w.frame('new RequestAuthentication') !== undefined;

/** Those of them that need no tokens yet, if the call in progress is a RequestAuthentication. */
export function askable(w: World, namespace?: string): IMeshService[] {
  return forTokens(w) && w.isTaken('tokens at gateways', w.cluster) ? [] : readable(w, namespace).filter(service => !forTokens(w) || !w.isTaken('asked for tokens', asksTokens(service)));
}

/** The same for gateways. Routes of theirs that answer preflights often match by more than policies compare. */
export function askableGateways(w: World, namespace?: string): IMeshGateway[] {
  if (forTokens(w) && w.isTaken('tokens at services', w.cluster)) return [];
  return readableGateways(w, namespace).filter(gateway => !forTokens(w) || !w.isTaken('asked for tokens', asksTokens(gateway)));
}

/** Where a policy stands that looks into requests: in the namespace of the pods. */
export function placeOfReadable(w: World): unknown {
  const gateways = askableGateways(w);
  const found = [...askable(w), ...gateways, ...gateways];
  if (gateways.length === 0 && w.choices.chance(50)) return (w.say('new MeshGateway') as MeshGateway).node.scope;
  if (found.length === 0) {
    w.make('MeshService');
    found.push(...askable(w));
  }
  if (found.length === 0) throw new NothingSuits('requests to look into');
  return w.choices.pick(found).node.scope;
}
