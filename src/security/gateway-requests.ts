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
  private readonly facts;
  /** What the pods serve, whichever Gateway configures it. */
  private readonly served: ServedHost[];

  /** @param ports the ports on which the pods listen, if they are set */
  public constructor(
    private readonly gateway: IGatewayPods,
    private readonly hosts: string[],
    private readonly said: number[] | undefined,
    private readonly at: IConstruct,
  ) {
    this.key = gatewayKey(gateway);
    this.facts = gatewayAttributes(gateway);
    this.served = (this.facts.served?.() ?? []).map(known => (known.finds === 'requests' && this.onlyRedirects(known) ? { ...known, finds: 'redirected' } : known));
  }

  /** Whether all that comes to a host at a port is redirected by routes, but for the challenges of ACME. */
  private onlyRedirects({ gateway, host, port }: ServedHost): boolean {
    const routed = routesOfGateway(this.at, gateway).filter(known => covers(known.host, host) || covers(host, known.host));
    return routed.length > 0 && routed.every(({ routes }) => {
      const here = routes.filter(({ match }) => (match.toIstio().port ?? port) === port && !CHALLENGE.covers(match));
      return here.every(({ action }) => action.redirect) && here.some(({ match }) => match.isCatchAll);
    });
  }

  /** What policies have to know of them. */
  public get target(): TargetAttributes {
    const { pods, podLabels, hosts: known } = this.facts;
    if (!pods) {
      throw new MeshError('IM1803', this.at, { problem: `the pods of ${this.gateway.gatewayName} are not known`, next: 'name its `workload`' });
    }
    const unknown = this.hosts.find(host => host !== '*' && !(known ?? this.hosts).some(pattern => covers(pattern, host)));
    if (unknown !== undefined) {
      throw new MeshError('IM1809', this.at, { problem: `${this.gateway.gatewayName} does not serve ${unknown}`, got: unknown, allowed: known!.join(', '), next: 'name a host that it serves' });
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
    if (!this.said && (this.facts.listeners === undefined || own.some(({ listeners }) => !listeners))) {
      throw new MeshError('IM1803', this.at, { problem: `where the pods of ${gatewayName} listen is not known`, next: 'name the `ports`' });
    }
    const ports = [...new Set(this.said ?? own.flatMap(({ listeners }) => listeners!))].sort((a, b) => a - b);
    if (ports.length === 0) {
      throw new MeshError('IM1809', this.at, { problem: `${gatewayName} has no server that reads requests`, next: 'add a server of HTTP or HTTPS, or look into requests at the service' });
    }
    const opaque = this.of('connections').find(served => !served.tls && listenersOf(served).some(port => ports.includes(port)));
    if (opaque) {
      throw new MeshError('IM1804', this.at, {
        problem: `at port ${opaque.port} server ${opaque.server} of ${opaque.gateway} carries no requests that Envoy reads: a refusal by host would refuse all that comes there`,
        got: opaque.server,
        next: 'leave the port out, or look into requests at the service',
      });
    }
    return ports;
  }

  private of(finds: ServedHost['finds']): ServedHost[] {
    return this.served.filter(served => served.finds === finds);
  }

  /** The server names of TLS at the same ports of which Envoy reads no more. A client that names one of them comes to no server that reads requests. */
  private passed(ports: number[]): string[] {
    const shared = (served: ServedHost) => served.tls && listenersOf(served).some(port => ports.includes(port));
    const passed = this.of('connections').filter(shared);
    for (const { host, server, gateway } of passed) {
      const asked = this.of('requests').find(served => shared(served) && covers(host, served.host));
      if (asked) {
        throw new MeshError('IM1804', this.at, {
          problem: `server ${server} of ${gateway} takes connections for ${host}, of which Envoy reads no requests, and server ${asked.server} of ${asked.gateway} requests for ${asked.host}: a policy `
            + 'cannot tell them apart by the server name',
          got: [host, asked.host],
          next: 'give one of the servers a gateway with pods of its own, or look into requests at the service',
        });
      }
    }
    return [...new Set(passed.map(({ host }) => host))].sort();
  }

  /** Places for hosts by name: without the ports at which Envoy redirects all requests for them, which is no secret. */
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
    return [...byPorts].map(([left, hosts]) => ({ hosts: hosts.flatMap(spelled), ports: left.split(' ') }));
  }

  /** Places for all that comes to the ports, but for hosts whose requests Envoy redirects there. */
  private everything(ports: number[]): Place[] {
    const names = (list: ServedHost[]) => [...new Set(list.map(({ host }) => host))].sort().flatMap(spelled);
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
      problem: `all that comes for ${host} to these ports of ${this.gateway.gatewayName} is redirected: no request would be checked`,
      got: this.said ?? host,
      next: 'leave out hosts that are redirected, or name the port at which the pods listen for HTTPS',
    });
  }
}

/** Where the pods may listen for a server. Pods that nothing is known of listen where those of Istio's profiles or charts do. */
function listenersOf({ port, listeners: known }: ServedHost): number[] {
  return known ?? (port < 1024 ? [port, 8000 + port] : [port]);
}

/** A host as policies compare it: what a client sends may end with a port, which no pattern can say besides its own star. */
function spelled(host: string): string[] {
  return isPattern(host) ? [host] : [host, `${host}:*`];
}
