import { IConstruct } from 'constructs';
import { EgressHostFacts } from './egress-host';
import { EgressScope, meet } from './egress-scope';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshHost } from '../hosts/mesh-host';
import { MeshCluster, perCluster } from '../kernel/mesh-cluster';
import { meshFacts } from '../kernel/mesh-facts';
import { capturesDns } from '../services/dns-capture';

/** A route out of the mesh among the others of its cluster. */
export interface RegisteredEgress {
  readonly route: IConstruct;
  readonly facts: EgressHostFacts;
  readonly scope: EgressScope;
  /** Whether DNS knows the host without the mesh. */
  readonly inDns: boolean;
}

const routes = perCluster((): RegisteredEgress[] => []);

/** Enters a route. */
export function registerEgress(entry: RegisteredEgress): void {
  routes(entry.route).push(entry);
}

/** The routes of a cluster that sidecars of a namespace see, sorted by host. */
export function egressSeenBy(scope: IConstruct, namespace: string): RegisteredEgress[] {
  return routes(scope).filter(({ scope: its }) => its.namespaces()?.includes(namespace) ?? true)
    .sort((a, b) => (a.facts.host < b.facts.host ? -1 : 1));
}

/** Whether callers have to be given an address of the mesh's own for the host. */
export function needsCapture({ facts, inDns }: RegisteredEgress): boolean {
  return !inDns || isAnonymous(facts);
}

/** What is wrong with a route among the others: asked when all have spoken. */
export function checkEgress(mine: RegisteredEgress): void {
  checkTwice(mine);
  checkServices(mine);
  checkResolved(mine);
}

/** A port by which no host can be told from another: plain TCP without an address. */
function isAnonymous({ ports, addresses }: EgressHostFacts): boolean {
  return addresses.length === 0 && ports.some(({ _kind }) => _kind === 'tcp');
}

function checkTwice(mine: RegisteredEgress): void {
  const { route, facts, scope } = mine;
  const earlier = routes(route).slice(0, routes(route).indexOf(mine)).filter(other => meet(scope, other.scope));
  const twin = earlier.find(other => other.facts.host === facts.host);
  if (twin) {
    throw new MeshError('IM1502', route, {
      problem: `${facts.host} is described by ${twin.route.node.path} as well, and some namespace sees both`,
      got: facts.host,
      next: 'share one route: services of any namespace can declare to call it',
    });
  }
  for (const other of earlier) {
    const shared = facts.ports.find(({ port }) => other.facts.ports.some(its => its.port === port));
    const plain = [facts, other.facts].find(isAnonymous);
    const same = facts.addresses.find(address => other.facts.addresses.includes(address));
    const anonymous = plain?.ports.some(({ port, _kind }) => _kind === 'tcp' && port === shared?.port);
    if (shared && (anonymous || same) && !(same === undefined && isCaptured(scope, route) && isCaptured(other.scope, route))) {
      throw new MeshError('IM1509', route, {
        problem: `port ${shared.port} of ${facts.host} and of ${other.facts.host} (${other.route.node.path}) cannot be told apart: ${same ? 'both are at' : 'without an address, Istio tells them by port alone'}${same ? ` ${same}` : ''}`,
        got: shared.port,
        next: 'give each its `addresses`, another port, or let every caller\'s sidecar capture DNS: `dnsCapture` of the MeshNamespace',
      });
    }
  }
}

/** Whether every sidecar that sees the route captures DNS. */
function isCaptured(scope: EgressScope, at: IConstruct): boolean {
  return meshFacts(at).dnsCapture === true || (scope.namespaces()?.every(name => capturesDns(at, name)) ?? false);
}

/** Names of Services are the cluster's to resolve. They may come after the route. */
function checkServices({ route, facts: { host } }: RegisteredEgress): void {
  const full = `${host}.svc.${MeshCluster.of(route).clusterDomain}`;
  const service = MeshHost.of(route, host) ?? MeshHost.of(route, full);
  if (service) {
    throw new MeshError('IM1503', route, { problem: `${host} is the Service of ${service.home.node.path}`, got: host, next: 'call the service itself' });
  }
}

/** Services that declare their calls are annotated; of whoever else may call it has to be known that names resolve. */
function checkResolved(mine: RegisteredEgress): void {
  const { route, facts, scope, inDns } = mine;
  if (!needsCapture(mine) || meshFacts(route).dnsCapture) {
    return;
  }
  const { anyone, namespaces } = scope.allowed();
  const deaf = anyone ? 'the mesh' : namespaces.find(name => !capturesDns(route, name));
  if (deaf !== undefined) {
    throw new MeshError('IM1508', route, {
      problem: inDns
        ? `${facts.host} has a port of plain TCP and no address: sidecars of ${deaf} would take every connection to that port for it`
        : `${facts.host} is in no DNS: pods of ${deaf} could not resolve it`,
      got: deaf,
      next: `let services declare their calls (\`service.calls(route)\`), or give the namespaces \`dnsCapture\`${inDns ? ', or name the `addresses` of the host' : ', or say `inDns: true` if DNS knows the host'}`,
    });
  }
}
