import { IConstruct } from 'constructs';
import { EgressHostConfig } from './egress-host';
import { EgressScope } from './egress-scope';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { knownMesh } from '../../kernel/known-mesh';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { Call, callsOf } from '../../services/calls/recorded-calls';
import { capturesDns } from '../../services/namespaces/dns-capture';
import { gatewayAttributes } from '../../services/workloads/gateway-pods';
import { canonicalAddress } from '../../values/cidr';
import { covers, isPattern } from '../../values/host';
import { Labels, labelsKey } from '../../values/labels';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** Whether there is a namespace in both lists: undefined is all of them. */
function meet(one: string[] | undefined, other: string[] | undefined): boolean {
  return !one || !other || one.some(name => other.includes(name));
}

/** A route out of the mesh among the others of its cluster. */
export interface RegisteredEgress {
  readonly route: IConstruct;
  readonly facts: EgressHostConfig;
  readonly scope: EgressScope;
  /** The pods of the gateway on the way, where there is one. */
  readonly gatewayPods?: GatewayWorkload;
  /** Whether the host has a policy of its own: asked when all have spoken. */
  readonly hasPolicy: () => boolean;
}

class EgressRegistry {
  /** External hosts of egress routes. Written by `EgressRoute`. Complete at synthesis. */
  public readonly routes: RegisteredEgress[] = [];

  /** External hosts that constructs name without a route. Written by `RemotePods`. Complete at synthesis. */
  public readonly named: NamedHosts[] = [];
}

/** Enters a route. */
export function registerEgress(entry: RegisteredEgress): void {
  registryOf(entry.route, EgressRegistry).routes.push(entry);
}

/** The routes of a cluster that sidecars of a namespace see, sorted by host. */
export function egressSeenBy(scope: IConstruct, namespace: string): RegisteredEgress[] {
  return registryOf(scope, EgressRegistry).routes.filter(({ scope: its }) => its.namespaces()?.includes(namespace) ?? true)
    .sort((a, b) => (a.facts.host < b.facts.host ? -1 : 1));
}

/** Hosts outside of the mesh that are known by name alone and led to directly, and the construct that declared them. */
interface NamedHosts {
  readonly construct: IConstruct;
  readonly hosts: string[];
}

/** Enters hosts that are known by name alone and led to directly, from wherever in the mesh. */
export function registerNamed(construct: IConstruct, hosts: string[]): void {
  registryOf(construct, EgressRegistry).named.push({ construct, hosts });
}

/** Such hosts as pods of a namespace are known to call: those declared there, and those that its services declare to call. */
export function namedCalledFrom(scope: IConstruct, namespace: string): NamedHosts[] {
  const from = ({ caller }: Call) => (caller.isGateway ? gatewayAttributes(caller.construct!).pods?.namespace : caller.namespace);
  const calls = (construct: IConstruct) => callsOf(scope, [construct]).some(edge => from(edge) === namespace);
  return registryOf(scope, EgressRegistry).named.filter(({ construct }) => namespaceOf(construct) === namespace || calls(construct));
}

/** The labels of the egress gateways in a namespace that routes lead through, sorted. */
export function egressGatewaysIn(scope: IConstruct, namespace: string): Labels[] {
  const { routes } = registryOf(scope, EgressRegistry);
  const known = routes.flatMap(({ gatewayPods }) => (gatewayPods?.namespace === namespace ? [gatewayPods.selector] : []));
  const distinct = new Map(known.map(selector => [labelsKey(selector), selector]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, selector]) => selector);
}

/** Whether callers have to be given an address of the mesh's own for the host. */
export function needsCapture({ facts }: RegisteredEgress): boolean {
  return !facts.inDns || isAnonymous(facts);
}

/** What is wrong with a route among the others: asked when all have spoken. */
export function checkEgress(mine: RegisteredEgress): void {
  const earlier = registryOf(mine.route, EgressRegistry).routes.slice(0, registryOf(mine.route, EgressRegistry).routes.indexOf(mine));
  checkTwice(mine, earlier);
  checkApart(mine, earlier);
  registryOf(mine.route, EgressRegistry).routes.forEach(other => checkDomain(mine, other));
  checkServices(mine);
  checkResolved(mine);
}

/** A port by which no host can be told from another: plain TCP without an address. */
function isAnonymous({ ports, addresses }: EgressHostConfig): boolean {
  return addresses.length === 0 && ports.some(({ _kind }) => _kind === 'tcp');
}

/** The namespaces whose proxies have to know the host, that of a gateway on the way among them: undefined where that is all of them. */
function seenIn({ scope, gatewayPods }: RegisteredEgress): string[] | undefined {
  const namespaces = scope.namespaces();
  return namespaces && gatewayPods ? [...namespaces, gatewayPods.namespace] : namespaces;
}

function checkTwice(mine: RegisteredEgress, earlier: RegisteredEgress[]): void {
  const { route, facts } = mine;
  const duplicate = earlier.find(other => other.facts.host === facts.host && meet(seenIn(mine), seenIn(other)));
  if (duplicate) {
    throw new MeshError('IM1502', route, {
      problem: `${facts.host} is described by ${duplicate.route.node.path} as well, and some namespace sees both`,
      got: facts.host,
      next: 'share one route: services of any namespace can declare to call it',
    });
  }
}

/** Requests name their host, and TLS does: what else is told by address and port has to have one of the two to itself. */
function checkApart(mine: RegisteredEgress, earlier: RegisteredEgress[]): void {
  const { route, facts, scope } = mine;
  for (const other of earlier) {
    const taken = other.facts.addresses.map(canonicalAddress);
    const same = facts.addresses.find(address => taken.includes(canonicalAddress(address)));
    const shared = facts.ports.find(({ port, _kind }) => other.facts.ports.some(its => its.port === port && [its._kind, _kind].includes('tcp')));
    if (same !== undefined && shared && meet(scope.namespaces(), other.scope.namespaces())) {
      throw new MeshError('IM1509', route, {
        problem: `port ${shared.port} of ${facts.host} and of ${other.facts.host} (${other.route.node.path}) cannot be told apart: both are at ${same}`,
        got: shared.port,
        next: 'give each its `addresses`, or another port',
      });
    }
  }
}

/** Istio takes the policy of a domain for a host within it that has none: TLS would begin to a port that speaks clear text. */
function checkDomain(mine: RegisteredEgress, other: RegisteredEgress): void {
  const { route, facts } = mine;
  const within = other !== mine && isPattern(other.facts.host) && covers(other.facts.host, facts.host) && !mine.hasPolicy();
  if (!within || !meet(connecting(mine), connecting(other))) {
    return;
  }
  const port = facts.ports.find(({ port: number }) => other.facts.ports.some(its => its.remoteTls && its.port === number));
  if (port) {
    throw new MeshError('IM1520', route, {
      problem: `TLS begins at port ${port.port} of ${other.facts.host} (${other.route.node.path}), and would begin at that of ${facts.host}, too`,
      got: port.port,
      next: 'give one of the two ports another number, or begin TLS at both',
    });
  }
}

/** The namespaces of the proxies that connect to the outside machine: undefined where that is all of them. */
function connecting({ scope, gatewayPods }: RegisteredEgress): string[] | undefined {
  return gatewayPods ? [gatewayPods.namespace] : scope.namespaces();
}

/** Names of Services are the cluster's to resolve. They may come after the route. */
function checkServices({ route, facts: { host } }: RegisteredEgress): void {
  const full = `${host}.svc.${MeshCluster.of(route).clusterDomain}`;
  const service = MeshHost.of(route, host) ?? MeshHost.of(route, full);
  if (service) {
    throw new MeshError('IM1503', route, { problem: `${host} is the Service of ${service.scope.node.path}`, got: host, next: 'call the service itself' });
  }
}

/**
 * Services that declare their calls are annotated; of whoever else may call it has to be known that names resolve. A port of plain TCP without
 * an address is every sidecar's concern that sees it: one that captures no DNS takes all connections to that port for it.
 */
function checkResolved(mine: RegisteredEgress): void {
  const { route, facts, scope } = mine;
  if (!needsCapture(mine) || knownMesh(route).dnsCapture) {
    return;
  }
  const namespaces = scope.inWords();
  const callers = scope.declared().map(({ namespace }) => namespace);
  const deaf = (names: string[]) => (scope.isOpen ? 'the mesh' : names.find(name => !capturesDns(route, name)));
  const taken = isAnonymous(facts) ? deaf([...namespaces, ...callers]) : undefined;
  if (taken !== undefined) {
    throw new MeshError('IM1509', route, {
      problem: `${facts.host} has a port of plain TCP and no address: sidecars of ${taken} would take every connection to that port for it`,
      got: taken,
      next: 'name the `addresses` of the host, or give the namespaces `dnsCapture`',
    });
  }
  const lost = deaf([...namespaces, ...scope.deployedElsewhere().map(({ namespace }) => namespace)]);
  if (!facts.inDns && lost !== undefined) {
    throw new MeshError('IM1508', route, {
      problem: `${facts.host} is in no DNS: pods of ${lost} could not resolve it`,
      got: lost,
      next: 'let services declare their calls (`service.calls(route)`), or give the namespaces `dnsCapture`, or say `inDns: true` if DNS knows the host',
    });
  }
}
