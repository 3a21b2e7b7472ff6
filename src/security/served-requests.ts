import { MeshError } from '../diagnostics/mesh-error';
import { routesNear, routesOfGateway } from '../hosts/gateway-routing';
import { RoutedMatch } from '../hosts/model/route-action';
import { HostRoutes } from '../hosts/routes/host-siblings';
import { CHALLENGE } from '../hosts/routes/http-redirect';
import { gatewayAttributes, gatewayKey, IGatewayPods, ServedHost } from '../services/workloads/gateway-pods';
import { perSynthesis } from '../synthesis/per-synthesis';
import { getOrAdd } from '../values/get-or-add';
import { coveringPatterns, HostMap } from '../values/host-map';

/** The routes of some gateways, by their hosts. */
export class RequestRoutes {
  /** The hosts with routes, sorted. */
  public readonly hosts: string[];
  public readonly problems: readonly MeshError[];
  /** Whether Envoy answers preflights for a route. */
  public readonly answersPreflights: boolean;
  private readonly byHost = new Map<string, RoutedMatch[]>();

  public constructor(routed: HostRoutes[]) {
    this.problems = routed.flatMap(({ problems }) => problems);
    this.answersPreflights = routed.some(({ routes }) => routes.some(({ action }) => action.settings?.corsPolicy));
    routed.forEach(({ host, routes }) => getOrAdd(this.byHost, host, (): RoutedMatch[] => []).push(...routes));
    this.hosts = [...this.byHost.keys()].sort();
  }

  /** The routes of the narrowest host or pattern that covers a host. */
  public nearest(host: string): RoutedMatch[] {
    const pattern = coveringPatterns(host).find(each => this.byHost.has(each));
    return pattern === undefined ? [] : this.byHost.get(pattern)!;
  }
}

/** A server for connections with the SNI of a server for requests. */
export interface PassedConflict {
  readonly passed: ServedHost;
  readonly http: ServedHost;
}

/** What the pods of a gateway serve, for all policies about requests to it: it may have thousands of hosts. Complete at synthesis. */
export class ServedRequests {
  public readonly attributes;
  /** The hosts that the pods serve for all their Gateways. */
  public readonly all: readonly ServedHost[];
  /** The gateways of the pods, in the form of VirtualServices. */
  public readonly gateways: readonly string[];
  private readonly key: string;
  private readonly known?: HostMap<undefined>;
  private readonly requests = new HostMap<ServedHost>();
  private readonly connections: ServedHost[] = [];
  private readonly own = { requests: new HostMap<ServedHost>(), redirected: new HostMap<ServedHost>() };
  private readonly passedAt = new Map<string, { readonly hosts: string[]; readonly conflict?: PassedConflict }>();
  private readonly routes = new Map<boolean, RequestRoutes>();
  private readonly redirecting = new Map<HostRoutes, Map<number, boolean>>();
  private ownPorts?: { readonly numbers?: number[] };

  public constructor(private readonly gateway: IGatewayPods) {
    this.key = gatewayKey(gateway);
    this.attributes = gatewayAttributes(gateway);
    const { hosts, served } = this.attributes;
    this.all = (served?.() ?? []).map(each => (each.finds === 'requests' && this.onlyRedirects(each) ? { ...each, finds: 'redirected' } : each));
    this.gateways = [...new Set(this.all.map(each => each.gateway))];
    if (hosts) {
      this.known = new HostMap();
      hosts.forEach(host => this.known!.add(host, undefined));
    }
    for (const each of this.all) {
      const { host, finds } = each;
      if (finds === 'requests') {
        this.requests.add(host, each);
      }
      if (finds === 'connections') {
        this.connections.push(each);
      } else if (each.gateway === this.key) {
        this.own[finds].add(host, each);
      }
    }
  }

  /** Whether the gateway serves a host, as far as is known. */
  public serves(host: string): boolean {
    return this.known === undefined || coveringPatterns(host).some(pattern => this.known!.of(pattern).length > 0);
  }

  /** The ports at which the pods read requests for this gateway. Undefined if they are not known. */
  public get listeners(): number[] | undefined {
    this.ownPorts ??= { numbers: this.knownListeners() };
    return this.ownPorts.numbers;
  }

  /** The first server at some ports that has no hosts and is not HTTP. */
  public opaqueAt(ports: readonly number[]): ServedHost | undefined {
    return this.connections.find(served => !served.tls && listensAt(served, ports));
  }

  /** The SNI hosts of TLS servers at the same ports that are not HTTPS, or one with the SNI of a server that is. */
  public passed(ports: readonly number[]): { readonly hosts: string[]; readonly conflict?: PassedConflict } {
    return getOrAdd(this.passedAt, ports.join(' '), () => {
      const shared = (served: ServedHost) => served.tls && listensAt(served, ports);
      const all = this.connections.filter(shared);
      for (const passed of all) {
        const http = this.requests.coveredBy(passed.host).find(shared);
        if (http) {
          return { hosts: [], conflict: { passed, http } };
        }
      }
      return { hosts: [...new Set(all.map(({ host }) => host))].sort() };
    });
  }

  /** What this gateway serves for a host. */
  public here(finds: 'requests' | 'redirected', host: string): ServedHost[] {
    return this.own[finds].covering(host);
  }

  /** The ports at which requests for a host are read, for any gateway of the pods. */
  public requestPorts(host: string): ReadonlySet<number> {
    return new Set(this.requests.covering(host).map(({ port }) => port));
  }

  /** What the pods serve for requests. */
  public of(finds: 'requests' | 'redirected'): ServedHost[] {
    return this.all.filter(served => served.finds === finds);
  }

  /** The routes that requests take: those of this gateway, or of all gateways of the pods. */
  public routed(ofAll: boolean): RequestRoutes {
    return getOrAdd(this.routes, ofAll, () => {
      const gateways = [...new Set([this.key, ...ofAll ? this.gateways : []])].sort();
      return new RequestRoutes(gateways.flatMap(gateway => routesOfGateway(this.gateway, gateway)));
    });
  }

  private knownListeners(): number[] | undefined {
    const own = this.all.filter(({ gateway, finds }) => gateway === this.key && finds !== 'connections');
    const isKnown = this.attributes.listeners !== undefined && own.every(({ listeners }) => listeners);
    return isKnown ? [...new Set(own.flatMap(({ listeners }) => listeners!))].sort((a, b) => a - b) : undefined;
  }

  /** Whether routes redirect all requests for a host at a port, except ACME challenges. */
  private onlyRedirects({ gateway, host, port }: ServedHost): boolean {
    const routed = routesNear(this.gateway, gateway, host);
    return routed.length > 0 && routed.every(each => this.redirects(each, port));
  }

  private redirects(routed: HostRoutes, port: number): boolean {
    return getOrAdd(getOrAdd(this.redirecting, routed, () => new Map<number, boolean>()), port, () => {
      const here = routed.routes.filter(({ match }) => (match.gatewayPort ?? port) === port && !CHALLENGE.covers(match));
      return here.every(({ action }) => action.redirect) && here.some(({ match }) => match.isCatchAll);
    });
  }
}

export const servedRequests = perSynthesis((gateway: IGatewayPods) => new ServedRequests(gateway));

function listensAt(served: ServedHost, ports: readonly number[]): boolean {
  return listenersOf(served).some(port => ports.includes(port));
}

/** The target ports that a server may have. If they are unknown, those of Istio's profiles and charts apply. */
export function listenersOf({ port, listeners: known }: ServedHost): number[] {
  return known ?? (port < 1024 ? [port, 8000 + port] : [port]);
}
