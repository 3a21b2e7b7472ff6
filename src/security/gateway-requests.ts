import { IConstruct } from 'constructs';
import { Place } from './policed-place';
import { TargetAttributes } from './policy-rules';
import { preflightPlaces } from './preflight-places';
import { MeshError } from '../diagnostics/mesh-error';
import { routesOfGateway } from '../hosts/gateway-routing';
import { CHALLENGE } from '../hosts/routes/http-redirect';
import { MeshCluster } from '../kernel/mesh-cluster';
import { gatewayAttributes, gatewayKey, IGatewayPods, ServedHost } from '../services/workloads/gateway-pods';
import { covers, isPattern } from '../values/host';

/** The requests for some hosts of a gateway. */
export class GatewayRequests {
  private readonly key: string;
  private readonly attributes;
  /** The hosts that the pods serve for all their Gateways. */
  private readonly served: ServedHost[];

  /** @param configuredPorts the ports of the target's options */
  public constructor(
    private readonly gateway: IGatewayPods,
    private readonly hosts: string[],
    private readonly configuredPorts: number[] | undefined,
    private readonly at: IConstruct,
  ) {
    this.key = gatewayKey(gateway);
    this.attributes = gatewayAttributes(gateway);
    this.served = (this.attributes.served?.() ?? []).map(known => (known.finds === 'requests' && this.onlyRedirects(known) ? { ...known, finds: 'redirected' } : known));
  }

  /** Whether routes redirect all requests for a host at a port, except ACME challenges. */
  private onlyRedirects({ gateway, host, port }: ServedHost): boolean {
    const routed = routesOfGateway(this.at, gateway).filter(known => covers(known.host, host) || covers(host, known.host));
    return routed.length > 0 && routed.every(({ routes }) => {
      const here = routes.filter(({ match }) => (match.toIstio().port ?? port) === port && !CHALLENGE.covers(match));
      return here.every(({ action }) => action.redirect) && here.some(({ match }) => match.isCatchAll);
    });
  }

  /** The attributes for policies. */
  public get target(): TargetAttributes {
    const { pods, podLabels, hosts: known } = this.attributes;
    if (!pods) {
      throw new MeshError('IM1803', this.at, { problem: `the pods of ${this.gateway.gatewayName} are not known`, next: 'set its `workload`' });
    }
    const unknown = this.hosts.find(host => host !== '*' && !(known ?? this.hosts).some(pattern => covers(pattern, host)));
    if (unknown !== undefined) {
      throw new MeshError('IM1809', this.at, { problem: `${this.gateway.gatewayName} does not serve ${unknown}`, got: unknown, allowed: known!.join(', '), next: 'use a host that it serves' });
    }
    const ports = this.ports;
    const places = this.hosts.includes('*') ? this.everything(ports) : this.listed(ports);
    const gateways = [...new Set([this.key, ...this.hosts.includes('*') ? this.served.map(({ gateway }) => gateway) : []])].sort();
    return {
      ...pods,
      root: MeshCluster.of(this.gateway).rootNamespace === pods.namespace,
      podLabels: podLabels ?? pods.labels,
      places,
      passed: this.passed(ports),
      preflights: preflightPlaces(this.at, gateways, places, this.served),
    };
  }

  /** The ports at which the pods read requests for this gateway. */
  private get ports(): number[] {
    const { gatewayName } = this.gateway;
    const own = this.served.filter(({ gateway, finds }) => gateway === this.key && finds !== 'connections');
    if (!this.configuredPorts && (this.attributes.listeners === undefined || own.some(({ listeners }) => !listeners))) {
      throw new MeshError('IM1803', this.at, { problem: `the target ports of ${gatewayName} are not known`, next: 'set `ports`' });
    }
    const ports = [...new Set(this.configuredPorts ?? own.flatMap(({ listeners }) => listeners!))].sort((a, b) => a - b);
    if (ports.length === 0) {
      throw new MeshError('IM1809', this.at, { problem: `${gatewayName} has no HTTP or HTTPS server`, next: 'add an HTTP or HTTPS server, or target the service' });
    }
    const opaque = this.of('connections').find(served => !served.tls && listenersOf(served).some(port => ports.includes(port)));
    if (opaque) {
      throw new MeshError('IM1804', this.at, {
        problem: `server ${opaque.server} of ${opaque.gateway} at port ${opaque.port} is not HTTP: a rule by host would refuse all its connections`,
        got: opaque.server,
        next: 'leave the port out, or target the service',
      });
    }
    return ports;
  }

  private of(finds: ServedHost['finds']): ServedHost[] {
    return this.served.filter(served => served.finds === finds);
  }

  /** The SNI hosts of TLS servers at the same ports that are not HTTPS. A client with this SNI reaches no HTTP server. */
  private passed(ports: number[]): string[] {
    const shared = (served: ServedHost) => served.tls && listenersOf(served).some(port => ports.includes(port));
    const passed = this.of('connections').filter(shared);
    for (const { host, server, gateway } of passed) {
      const http = this.of('requests').find(served => shared(served) && covers(host, served.host));
      if (http) {
        throw new MeshError('IM1804', this.at, {
          problem: `server ${server} of ${gateway} for ${host} is not HTTP, and server ${http.server} of ${http.gateway} for ${http.host} is: a policy `
            + 'cannot distinguish them by SNI',
          got: [host, http.host],
          next: 'move one of the servers to a gateway with other pods, or target the service',
        });
      }
    }
    return [...new Set(passed.map(({ host }) => host))].sort();
  }

  /** Places for named hosts, without ports at which Envoy redirects all requests for them. A redirect needs no protection. */
  private listed(ports: number[]): Place[] {
    const byPorts = new Map<string, string[]>();
    for (const host of [...new Set(this.hosts)].sort()) {
      const mine = (finds: ServedHost['finds']) => this.of(finds).filter(served => served.gateway === this.key && covers(served.host, host));
      const read = mine('requests').flatMap(listenersOf);
      const sent = mine('redirected').flatMap(listenersOf).filter(port => !read.includes(port));
      const left = ports.filter(port => !sent.includes(port)).join(' ');
      byPorts.set(left, [...byPorts.get(left) ?? [], host]);
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
      const [sent, read] = (['redirected', 'requests'] as const).map(finds => this.of(finds).filter(served => listenersOf(served).includes(port)));
      const below = read.filter(({ host }) => sent.some(redirected => covers(redirected.host, host)));
      if (sent.length === 0) {
        add(port, { hosts: ['*'] });
      } else if (read.length > 0 && !sent.some(({ host }) => host === '*')) {
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

/** The target ports that a server may have. If they are unknown, those of Istio's profiles and charts apply. */
function listenersOf({ port, listeners: known }: ServedHost): number[] {
  return known ?? (port < 1024 ? [port, 8000 + port] : [port]);
}

/** A host in policies. The Host header of a client may end with a port; a pattern with a star cannot match it. */
function withAnyPort(host: string): string[] {
  return isPattern(host) ? [host] : [host, `${host}:*`];
}
