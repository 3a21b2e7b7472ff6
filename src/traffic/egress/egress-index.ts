import { IConstruct } from 'constructs';
import { EgressHostConfig } from './egress-host-config';
import { EgressScope } from './egress-scope';
import { canonicalAddress } from '../../values/cidr';
import { addTo, getOrAdd } from '../../values/get-or-add';
import { HostMap } from '../../values/host-map';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** An egress route of a cluster. */
export interface RegisteredEgress {
  readonly route: IConstruct;
  readonly config: EgressHostConfig;
  readonly scope: EgressScope;
  /** The pods of the egress gateway, if the route leads through one. */
  readonly gatewayPods?: GatewayWorkload;
  /** Whether the host has a DestinationRule. Complete at synthesis. */
  readonly hasPolicy: () => boolean;
}

/** The namespaces whose proxies need the host, including that of the egress gateway; undefined for all. */
function exportedTo({ scope, gatewayPods }: RegisteredEgress): string[] | undefined {
  const namespaces = scope.namespaces();
  return namespaces && gatewayPods ? [...namespaces, gatewayPods.namespace] : namespaces;
}

/** Routes by the namespaces for which they are; undefined for all namespaces. */
class ByNamespace {
  private readonly all: RegisteredEgress[] = [];
  private readonly everywhere: RegisteredEgress[] = [];
  private readonly byName = new Map<string, RegisteredEgress[]>();

  public add(egress: RegisteredEgress, namespaces: string[] | undefined): void {
    this.all.push(egress);
    new Set(namespaces).forEach(namespace => addTo(this.byName, namespace, egress));
    if (!namespaces) {
      this.everywhere.push(egress);
    }
  }

  /** Those for a namespace. */
  public of(namespace: string): RegisteredEgress[] {
    return [...this.everywhere, ...this.byName.get(namespace) ?? []];
  }

  /** The first one for each of these namespaces; undefined for all of them. */
  public firsts(namespaces: string[] | undefined): RegisteredEgress[] {
    const lists = namespaces ? [this.everywhere, ...namespaces.map(namespace => this.byName.get(namespace) ?? [])] : [this.all];
    return lists.flatMap(list => list.slice(0, 1));
  }
}

/** The egress routes of a cluster, by what makes two of them conflict. Complete at synthesis. */
export class EgressIndex {
  private readonly places: ReadonlyMap<RegisteredEgress, number>;
  private readonly byHost = new HostMap<RegisteredEgress>();
  private readonly exports = new Map<string, ByNamespace>();
  private readonly byAddress = new Map<string, { readonly tcp: RegisteredEgress[]; readonly others: RegisteredEgress[] }>();
  private readonly byNamespace = new ByNamespace();
  private readonly byGateway = new Map<string, RegisteredEgress[]>();

  public constructor(routes: RegisteredEgress[]) {
    this.places = new Map(routes.map((egress, i) => [egress, i]));
    for (const egress of routes) {
      const { config: { host }, scope, gatewayPods } = egress;
      this.byHost.add(host, egress);
      this.byNamespace.add(egress, scope.namespaces());
      getOrAdd(this.exports, host, () => new ByNamespace()).add(egress, exportedTo(egress));
      addressKeys(egress).forEach(([key, kind]) => getOrAdd(this.byAddress, key, () => ({ tcp: [], others: [] }))[kind].push(egress));
      if (gatewayPods) {
        addTo(this.byGateway, gatewayPods.namespace, egress);
      }
    }
  }

  /** The first route before this one for the same host that some namespace sees as well. */
  public duplicate(egress: RegisteredEgress): RegisteredEgress | undefined {
    return this.before(egress, this.exports.get(egress.config.host)!.firsts(exportedTo(egress)))[0];
  }

  /** The routes before this one with a port and an address in common, of which one carries no host. */
  public sharingAddress(egress: RegisteredEgress): RegisteredEgress[] {
    return this.before(egress, addressKeys(egress).flatMap(([key, kind]) => {
      const { tcp, others } = this.byAddress.get(key)!;
      return kind === 'tcp' ? [...tcp, ...others] : tcp;
    }));
  }

  /** The routes with a wildcard that covers the host of this one. */
  public covering(egress: RegisteredEgress): RegisteredEgress[] {
    return this.byHost.covering(egress.config.host).filter(other => other.config.host.startsWith('*') && other !== egress);
  }

  /** The routes that a namespace sees, in order of construction. */
  public seenBy(namespace: string): RegisteredEgress[] {
    return this.inOrder(this.byNamespace.of(namespace));
  }

  /** The routes through egress gateways with pods in a namespace, in order of construction. */
  public throughPodsIn(namespace: string): RegisteredEgress[] {
    return this.byGateway.get(namespace) ?? [];
  }

  private before(egress: RegisteredEgress, others: RegisteredEgress[]): RegisteredEgress[] {
    return this.inOrder(others.filter(other => this.places.get(other)! < this.places.get(egress)!));
  }

  private inOrder(routes: RegisteredEgress[]): RegisteredEgress[] {
    return [...new Set(routes)].sort((a, b) => this.places.get(a)! - this.places.get(b)!);
  }
}

/** The addresses of a route with each of its ports, and whether the port carries no host. */
function addressKeys({ config: { addresses, ports } }: RegisteredEgress): [string, 'tcp' | 'others'][] {
  const all = addresses.map(canonicalAddress);
  return all.flatMap(address => ports.map(({ port, _kind }): [string, 'tcp' | 'others'] => [`${address} ${port}`, _kind === 'tcp' ? 'tcp' : 'others']));
}
