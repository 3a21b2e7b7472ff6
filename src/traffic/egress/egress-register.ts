import { IConstruct } from 'constructs';
import { EgressHostConfig } from './egress-host-config';
import { EgressIndex, RegisteredEgress } from './egress-index';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshHost } from '../../hosts/mesh-host';
import { knownMesh } from '../../kernel/known-mesh';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';
import { Call, callsOf } from '../../services/calls/recorded-calls';
import { capturesDns } from '../../services/namespaces/dns-capture';
import { gatewayAttributes } from '../../services/workloads/gateway-pods';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { canonicalAddress } from '../../values/cidr';
import { addTo } from '../../values/get-or-add';
import { Labels, labelsKey } from '../../values/labels';

/** Whether two lists of namespaces overlap; undefined stands for all namespaces. */
function overlap(one: string[] | undefined, other: string[] | undefined): boolean {
  return !one || !other || one.some(name => other.includes(name));
}

class EgressRegistry {
  /** External hosts of egress routes. Written by `EgressRoute`. Complete at synthesis. */
  public readonly routes: RegisteredEgress[] = [];

  /** External hosts that constructs name without a route. Written by `RemotePods`. Complete at synthesis. */
  public readonly named: NamedHosts[] = [];
}

/** Registers a route. */
export function registerEgress(entry: RegisteredEgress): void {
  registryOf(entry.route, EgressRegistry).routes.push(entry);
}

const indexOf = perSynthesis(({ routes }: EgressRegistry) => new EgressIndex(routes));

function indexAround(scope: IConstruct): EgressIndex {
  return indexOf(registryOf(scope, EgressRegistry));
}

/** The routes of a cluster that are exported to a namespace, sorted by host. */
export function egressSeenBy(scope: IConstruct, namespace: string): RegisteredEgress[] {
  return indexAround(scope).seenBy(namespace).sort((a, b) => (a.config.host < b.config.host ? -1 : 1));
}

/** External hosts that sidecars reach directly by DNS name, without an egress route, and the construct that declares them. */
interface NamedHosts {
  readonly construct: IConstruct;
  readonly hosts: string[];
}

/** Registers external hosts that sidecars of the whole mesh reach directly by DNS name. */
export function registerNamed(construct: IConstruct, hosts: string[]): void {
  registryOf(construct, EgressRegistry).named.push({ construct, hosts });
}

/** Such hosts that a namespace uses: its constructs declare them, or its services declare calls to them. */
export function namedCalledFrom(scope: IConstruct, namespace: string): NamedHosts[] {
  return namedByNamespace(registryOf(scope, EgressRegistry)).get(namespace) ?? [];
}

const namedByNamespace = perSynthesis(({ named }: EgressRegistry) => {
  const byNamespace = new Map<string, NamedHosts[]>();
  const namespacesOf = ({ caller }: Call) => (caller.isGateway ? gatewayAttributes(caller.construct!).pods?.namespace ?? [] : caller.namespace);
  for (const entry of named) {
    const { construct } = entry;
    new Set([namespaceOf(construct), ...callsOf(construct, [construct]).flatMap(namespacesOf)])
      .forEach(namespace => addTo(byNamespace, namespace, entry));
  }
  return byNamespace;
});

/** The pod selectors of the egress gateways in a namespace that have routes, sorted. */
export function egressGatewaysIn(scope: IConstruct, namespace: string): Labels[] {
  const known = indexAround(scope).throughPodsIn(namespace).map(({ gatewayPods }) => gatewayPods!.selector);
  const distinct = new Map(known.map(selector => [labelsKey(selector), selector]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, selector]) => selector);
}

/** Whether callers need DNS capture for the host: DNS does not resolve it, or a TCP port needs an address that identifies it. */
export function needsCapture({ config }: RegisteredEgress): boolean {
  return !config.inDns || hasTcpWithoutAddress(config);
}

/** Refuses conflicts of a route with other routes and with Services of its cluster. Runs at synthesis. */
export function checkEgress(egress: RegisteredEgress): void {
  const index = indexAround(egress.route);
  checkDuplicates(egress, index.duplicate(egress));
  checkDistinctAddresses(egress, index.sharingAddress(egress));
  index.covering(egress).forEach(other => checkWildcardTls(egress, other));
  checkServices(egress.route, egress.config.host);
  checkResolved(egress);
}

/** Whether the host has a plain TCP port but no address, so that Istio cannot distinguish it from other hosts. */
function hasTcpWithoutAddress({ ports, addresses }: EgressHostConfig): boolean {
  return addresses.length === 0 && ports.some(({ _kind }) => _kind === 'tcp');
}

function checkDuplicates({ route, config }: RegisteredEgress, duplicate: RegisteredEgress | undefined): void {
  if (duplicate) {
    throw new MeshError('IM1502', route, {
      problem: `${config.host} is described by ${duplicate.route.node.path} as well, and some namespace sees both`,
      got: config.host,
      next: 'share one route: services of any namespace can declare a call to it',
    });
  }
}

/** Istio identifies hosts of HTTP and TLS by name, and hosts of plain TCP by address and port. These must be unique. */
function checkDistinctAddresses({ route, config, scope }: RegisteredEgress, earlier: RegisteredEgress[]): void {
  for (const other of earlier) {
    const used = other.config.addresses.map(canonicalAddress);
    const same = config.addresses.find(address => used.includes(canonicalAddress(address)));
    const shared = config.ports.find(({ port, _kind }) => other.config.ports.some(otherPort => otherPort.port === port && [otherPort._kind, _kind].includes('tcp')));
    if (same !== undefined && shared && overlap(scope.namespaces(), other.scope.namespaces())) {
      throw new MeshError('IM1509', route, {
        problem: `port ${shared.port} of ${config.host} and of ${other.config.host} (${other.route.node.path}) cannot be distinguished: both have the address ${same}`,
        got: shared.port,
        next: 'set different `addresses`, or change one of the ports',
      });
    }
  }
}

/** Istio applies the policy of a wildcard to hosts of its domain that have none, so proxies would originate TLS to a port with plain text. */
function checkWildcardTls(egress: RegisteredEgress, other: RegisteredEgress): void {
  const { route, config } = egress;
  if (egress.hasPolicy() || !overlap(connecting(egress), connecting(other))) {
    return;
  }
  const port = config.ports.find(({ port: number }) => other.config.ports.some(originated => originated.remoteTls && originated.port === number));
  if (port) {
    throw new MeshError('IM1520', route, {
      problem: `port ${port.port} of ${other.config.host} (${other.route.node.path}) originates TLS, and Istio would originate it for ${config.host} as well`,
      got: port.port,
      next: 'change the number of one of the two ports, or originate TLS at both',
    });
  }
}

/** The namespaces of the proxies that connect to the external host; undefined for all. */
function connecting({ scope, gatewayPods }: RegisteredEgress): string[] | undefined {
  return gatewayPods ? [gatewayPods.namespace] : scope.namespaces();
}

/** Refuses the name of a Service, which cluster DNS resolves. The Service may be declared after the route. */
function checkServices(route: IConstruct, host: string): void {
  const full = `${host}.svc.${MeshCluster.of(route).clusterDomain}`;
  const service = MeshHost.of(route, host) ?? MeshHost.of(route, full);
  if (service) {
    throw new MeshError('IM1503', route, { problem: `${host} is the Service of ${service.scope.node.path}`, got: host, next: 'call the service itself' });
  }
}

/**
 * Pods of declared callers get DNS capture by annotation. Other callers need it from their namespace or the mesh. A plain TCP port without an address
 * needs it in every namespace that gets the ServiceEntry: a sidecar without DNS capture sends all connections to that port to the host.
 */
function checkResolved(egress: RegisteredEgress): void {
  const { route, config, scope } = egress;
  if (!needsCapture(egress) || knownMesh(route).dnsCapture) {
    return;
  }
  const namespaces = scope.allowedNamespaces();
  const callers = scope.declared().map(({ namespace }) => namespace);
  const withoutCapture = (names: string[]) => (scope.isOpen ? 'the mesh' : names.find(name => !capturesDns(route, name)));
  const intercepted = hasTcpWithoutAddress(config) ? withoutCapture([...namespaces, ...callers]) : undefined;
  if (intercepted !== undefined) {
    throw new MeshError('IM1509', route, {
      problem: `${config.host} has a plain TCP port and no address: sidecars of ${intercepted} would send every connection to that port to it`,
      got: intercepted,
      next: 'set the `addresses` of the host, or `dnsCapture` of the namespaces',
    });
  }
  const unresolved = withoutCapture([...namespaces, ...scope.deployedElsewhere().map(({ namespace }) => namespace)]);
  if (!config.inDns && unresolved !== undefined) {
    throw new MeshError('IM1508', route, {
      problem: `${config.host} is not in DNS: pods of ${unresolved} could not resolve it`,
      got: unresolved,
      next: 'declare the calls of services (`service.calls(route)`), or set `dnsCapture` of the namespaces, or `inDns: true` if DNS resolves the host',
    });
  }
}
