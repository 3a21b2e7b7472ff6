import { IConstruct } from 'constructs';
import { Place } from './policed-place';
import { TargetAttributes } from './policy-rules';
import { preflightPlaces } from './preflight-places';
import { listenersOf, ServedRequests, servedRequests } from './served-requests';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshCluster } from '../kernel/mesh-cluster';
import { IGatewayPods, ServedHost } from '../services/workloads/gateway-pods';
import { getOrAdd } from '../values/get-or-add';
import { isPattern } from '../values/host';
import { coveringPatterns } from '../values/host-map';

/** The requests for some hosts of a gateway. */
export class GatewayRequests {
  private readonly served: ServedRequests;

  /** @param configuredPorts the ports of the target's options */
  public constructor(
    private readonly gateway: IGatewayPods,
    private readonly hosts: string[],
    private readonly configuredPorts: number[] | undefined,
    private readonly at: IConstruct,
  ) {
    this.served = servedRequests(gateway);
  }

  /** The attributes for policies. */
  public get target(): TargetAttributes {
    const { pods, podLabels } = this.served.attributes;
    if (!pods) {
      throw new MeshError('IM1803', this.at, { problem: `the pods of ${this.gateway.gatewayName} are not known`, next: 'set its `workload`' });
    }
    const unknown = this.hosts.find(host => host !== '*' && !this.served.serves(host));
    if (unknown !== undefined) {
      throw new MeshError('IM1809', this.at, { problem: `${this.gateway.gatewayName} does not serve ${unknown}`, got: unknown, allowed: this.served.attributes.hosts!.join(', '), next: 'use a host that it serves' });
    }
    const ports = this.ports;
    const isAll = this.hosts.includes('*');
    const places = isAll ? this.everything(ports) : this.listed(ports);
    return {
      ...pods,
      root: MeshCluster.of(this.gateway).rootNamespace === pods.namespace,
      podLabels: podLabels ?? pods.labels,
      places,
      passed: this.passed(ports),
      preflights: preflightPlaces(this.at, isAll, places, this.served),
    };
  }

  /** The ports at which the pods read requests for this gateway. */
  private get ports(): number[] {
    const { gatewayName } = this.gateway;
    const known = this.configuredPorts ?? this.served.listeners;
    if (!known) {
      throw new MeshError('IM1803', this.at, { problem: `the target ports of ${gatewayName} are not known`, next: 'set `ports`' });
    }
    const ports = [...new Set(known)].sort((a, b) => a - b);
    if (ports.length === 0) {
      throw new MeshError('IM1809', this.at, { problem: `${gatewayName} has no HTTP or HTTPS server`, next: 'add an HTTP or HTTPS server, or target the service' });
    }
    const opaque = this.served.opaqueAt(ports);
    if (opaque) {
      throw new MeshError('IM1804', this.at, {
        problem: `server ${opaque.server} of ${opaque.gateway} at port ${opaque.port} is not HTTP: a rule by host would refuse all its connections`,
        got: opaque.server,
        next: 'leave the port out, or target the service',
      });
    }
    return ports;
  }

  /** The SNI hosts of TLS servers at the same ports that are not HTTPS. A client with this SNI reaches no HTTP server. */
  private passed(ports: number[]): string[] {
    const { hosts, conflict } = this.served.passed(ports);
    if (conflict) {
      const { passed: { host, server, gateway }, http } = conflict;
      throw new MeshError('IM1804', this.at, {
        problem: `server ${server} of ${gateway} for ${host} is not HTTP, and server ${http.server} of ${http.gateway} for ${http.host} is: a policy `
          + 'cannot distinguish them by SNI',
        got: [host, http.host],
        next: 'move one of the servers to a gateway with other pods, or target the service',
      });
    }
    return hosts;
  }

  /** Places for named hosts, without ports at which Envoy redirects all requests for them. A redirect needs no protection. */
  private listed(ports: number[]): Place[] {
    const byPorts = new Map<string, string[]>();
    for (const host of [...new Set(this.hosts)].sort()) {
      const read = this.served.here('requests', host).flatMap(listenersOf);
      const sent = this.served.here('redirected', host).flatMap(listenersOf).filter(port => !read.includes(port));
      const left = ports.filter(port => !sent.includes(port)).join(' ');
      getOrAdd(byPorts, left, (): string[] => []).push(host);
    }
    const nowhere = byPorts.get('');
    if (nowhere) {
      this.refuseRedirects(nowhere.join(', '));
    }
    return [...byPorts].map(([left, hosts]) => ({ hosts: hosts.flatMap(withAnyPort), ports: left.split(' ') }));
  }

  /** Places for all requests to the ports, without hosts whose requests Envoy redirects there. */
  private everything(ports: number[]): Place[] {
    const names = (list: ServedHost[]) => [...new Set(list.map(({ host }) => host))].sort().flatMap(withAnyPort);
    const places = new Map<string, { what: Omit<Place, 'ports'>; ports: string[] }>();
    const add = (port: number, what: Omit<Place, 'ports'>) => {
      const key = JSON.stringify(what);
      places.set(key, { what, ports: [...places.get(key)?.ports ?? [], String(port)] });
    };
    for (const port of ports) {
      const [sent, read] = (['redirected', 'requests'] as const).map(finds => this.served.of(finds).filter(served => listenersOf(served).includes(port)));
      const redirected = new Set(sent.map(({ host }) => host));
      const below = read.filter(({ host }) => coveringPatterns(host).some(pattern => redirected.has(pattern)));
      if (sent.length === 0) {
        add(port, { hosts: ['*'] });
      } else if (read.length > 0 && !redirected.has('*')) {
        add(port, { hosts: ['*'], notHosts: names(sent) });
      }
      if (below.length > 0) {
        add(port, { hosts: names(below) });
      }
    }
    if (places.size === 0) {
      this.refuseRedirects('*');
    }
    return [...places.values()].map(({ what, ports: numbers }) => ({ ...what, ports: numbers }));
  }

  private refuseRedirects(host: string): never {
    throw new MeshError('IM1809', this.at, {
      problem: `${this.gateway.gatewayName} redirects all requests for ${host} at these ports: the policy would have no effect`,
      got: this.configuredPorts ?? host,
      next: 'leave redirected hosts out, or set the target port of HTTPS',
    });
  }
}

/** A host in policies. The Host header of a client may end with a port; a pattern with a star cannot match it. */
function withAnyPort(host: string): string[] {
  return isPattern(host) ? [host] : [host, `${host}:*`];
}
