import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkKeys } from './hashed-shares';
import { HostExportTo } from './host-export-to';
import { HttpMatch } from './http/http-match';
import { HostIdentity } from './model/host-identity';
import { destinations, renderDestinations, renderHttp, Resolution, resolution, RouteAction, RoutedMatch } from './model/route-action';
import { HostPolicy } from './policy/host-policy';
import { combined } from './routes/http-routes';
import { HostRequests, RequestPolicy, routeProtocol } from './routes/request-policy';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { placedBy } from '../kernel/chart-order';
import { checkAtSynthesis, collectErrors } from '../kernel/collect-errors';
import { routingName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { perSynthesis } from '../synthesis/per-synthesis';
import { MeshPort } from '../values/mesh-port';
import { isHttp, isTls, MeshProtocol } from '../values/protocol';
import { Weights } from '../values/weights';

/** The versions that receive requests, by weight, or the response that refuses them. */
export interface SplitAction {
  readonly shares?: Weights;
  readonly refusal?: RouteAction['directResponse'];
}

/** How the traffic of a host is divided over its versions: rules in the order of evaluation, then all other requests. */
export interface Split {
  readonly source: IConstruct;
  /** The numbers of the split ports. Undefined for all. */
  readonly ports?: number[];
  readonly rules: { readonly match: HttpMatch; readonly action: SplitAction }[];
  readonly rest: SplitAction;
}

/** The HTTP routes of a host for sidecars. */
interface HttpResolution {
  readonly http: readonly networking.VirtualServiceSpecHttp[];
  readonly problems: readonly MeshError[];
}

/**
 * The routing of a host inside the mesh: the one VirtualService that exists for it.
 *
 * Istio never merges two VirtualServices of a mesh host, so this is the only construct that writes one. Other constructs contribute a split and
 * request settings, and gateways that lead to the host read them.
 */
export class MeshRouting extends Construct {
  private static readonly resolved = perSynthesis((routing: MeshRouting) => routing.resolve());

  /** The request settings, for all versions. */
  public readonly requests: RequestPolicy;
  private contributed?: Split;
  private written = false;

  public constructor(
    scope: Construct, id: string, private readonly identity: HostIdentity, private readonly policy: HostPolicy,
    private readonly visibility: HostExportTo,
  ) {
    super(scope, id);
    this.requests = new RequestPolicy(identity);
    // Constructs that come later can split the service of a mirror, or hash by a key.
    checkAtSynthesis(this, () => [
      ...MeshRouting.resolved(this).problems.slice(0, 1).map(({ message }) => message), ...collectErrors(this, () => this.checkSplit()),
    ]);
  }

  /** Adds request settings for all HTTP ports, or for some. */
  public addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.requests.contribute(settings, source, ports);
    this.write();
  }

  /** Sets the split of the host's traffic. There is at most one, because each split has an action for all other requests. */
  public split(split: Split): void {
    if (this.contributed) {
      throw new MeshError('IM1401', split.source, {
        problem: `the traffic of ${this.identity.name} is already split by ${this.contributed.source.node.path}`,
        next: 'put the rules of both into one split',
      });
    }
    if (this.identity.headless) {
      throw new MeshError('IM1210', split.source, { problem: `${this.identity.name} is headless: a client's sidecar connects to the pod whose address the client resolved`, got: this.identity.host });
    }
    const actions = [...split.rules.map(rule => rule.action), split.rest];
    this.checkPorts(split, this.covered(split), actions);
    actions.forEach(({ shares = {} }) => Object.keys(shares).forEach(version => this.policy.leadTo(version, split.source)));
    this.contributed = split;
    this.write();
  }

  /** The split at a gateway, without the rules that only a caller's sidecar can evaluate. Undefined if the port is not split. */
  public atGateway(port: MeshPort): RoutedMatch[] | undefined {
    if (!this.contributed || !this.covered(this.contributed).includes(port)) {
      return undefined;
    }
    return this.routes(this.contributed, port.port).filter(route => route.match.caller === undefined);
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    const split = this.contributed;
    const { exportTo } = this.visibility;
    const { http } = MeshRouting.resolved(this);
    const tcp = split ? this.covered(split).filter(port => !isHttp(port.protocol)).flatMap(port => this.tcpRoutes(split, port.port)) : [];
    return {
      hosts: this.names,
      exportTo: exportTo && [...exportTo],
      http: http.length > 0 ? [...http] : undefined,
      tcp: tcp.length > 0 ? tcp : undefined,
    };
  }

  /** The names that clients dial. Clients of a headless Service also dial its pods. */
  private get names(): string[] {
    const { host, headless } = this.identity;
    return headless ? [host, `*.${host}`] : [host];
  }

  /** Creates the VirtualService on first use. */
  private write(): void {
    if (!this.written) {
      this.written = true;
      placedBy(new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: routingName(this.identity.name), namespace: this.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      }), { hosts: this.names });
    }
  }

  /** The HTTP routes at synthesis. Ports with equal routes share them. Routes name their ports only if other ports have other routes. */
  private resolve(): HttpResolution {
    if (!this.contributed && this.requests.isEmpty) {
      return { http: [], problems: [] };
    }
    const ports = this.identity.ports.filter(port => isHttp(port.protocol));
    const byPort = ports.map(port => ({ port: port.port, ...this.routesOf(port) }));
    const groups = new Map<string, { readonly routes: readonly RoutedMatch[]; readonly ports: number[] }>();
    for (const { port, routes } of byPort) {
      const key = ports.length === 1 ? '' : JSON.stringify(renderHttp(routes));
      const group = groups.get(key) ?? { routes, ports: [] as number[] };
      groups.set(key, group);
      group.ports.push(port);
    }
    const http = [...groups.values()].filter(({ routes }) => routes.length > 0)
      .flatMap(group => renderHttp(group.routes, group.ports.length < ports.length ? group.ports : undefined));
    return { http, problems: byPort.flatMap(({ problems }) => problems) };
  }

  /** The routes at one port. Empty if it has neither a split nor request settings. */
  private routesOf(port: MeshPort): Resolution {
    const rules = this.requests.rules(port);
    const split = this.contributed && this.covered(this.contributed).includes(port) ? this.contributed : undefined;
    // Istio uses the hash key of a port only for routes that name the port.
    const named = this.policy.hashesAt(port.port) ? port.port : undefined;
    if (rules.length === 0) {
      return resolution(split ? this.routes(split, named) : []);
    }
    const unsplit = { destinations: [{ host: this.identity.host, port: named }] };
    const targets = split ? this.routes(split, named) : [{ match: HttpMatch.EVERYTHING, action: unsplit }];
    return combined(HttpMatch.EVERYTHING, rules, targets, { source: this, protocol: routeProtocol(port) });
  }

  /** The ports that are split. UDP bypasses the sidecar. */
  private covered(split: Split): MeshPort[] {
    return this.identity.ports.filter(({ port, protocol }) => protocol !== MeshProtocol.UDP && (split.ports?.includes(port) ?? true));
  }

  private checkSplit(): void {
    const split = this.contributed;
    for (const { port } of split ? this.covered(split) : []) {
      [...split!.rules.map(rule => rule.action), split!.rest]
        .forEach(({ shares }) => checkKeys(shares && destinations(this.identity.host, shares, port), split!.source, () => this.policy));
    }
  }

  private checkPorts(split: Split, covered: MeshPort[], actions: SplitAction[]): void {
    const splittable = this.identity.ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP && !isTls(protocol)).map(({ port }) => port);
    const known = this.identity.ports.map(port => port.port);
    const unknown = split.ports?.find(port => !known.includes(port));
    if (unknown !== undefined || covered.length === 0) {
      throw new MeshError('IM1111', split.source, {
        problem: unknown === undefined
          ? `${this.identity.name} has no port to split: UDP bypasses the sidecar`
          : `${this.identity.name} has no port ${unknown}`,
        got: split.ports ?? known,
        allowed: splittable.join(', ') || 'none',
      });
    }
    for (const { port, name, protocol } of covered) {
      if (isTls(protocol)) {
        throw new MeshError('IM1208', split.source, { problem: `port ${port} (${name}) carries the application's own TLS and cannot be split` });
      }
      if (!isHttp(protocol) && (split.rules.some(rule => rule.match.readsHttp) || actions.some(action => action.refusal))) {
        throw new MeshError('IM1204', split.source, {
          problem: `port ${port} (${name}) is not HTTP: there are no headers to match and no answers to give`,
          got: name,
          allowed: 'on TCP: weights, versions, and rules by caller',
        });
      }
    }
  }

  private routes(split: Split, port?: number): RoutedMatch[] {
    return [...split.rules, { match: HttpMatch.EVERYTHING, action: split.rest }]
      .map(({ match, action }) => ({ match, action: this.httpAction(action, port) }));
  }

  private httpAction(action: SplitAction, port?: number): RouteAction {
    return action.shares ? { destinations: destinations(this.identity.host, action.shares, port) } : { directResponse: action.refusal };
  }

  private tcpRoutes(split: Split, port: number): networking.VirtualServiceSpecTcp[] {
    return [...split.rules, { match: HttpMatch.EVERYTHING, action: split.rest }].map(({ match, action }) => ({
      match: [{ port, sourceLabels: match.caller?.labels, sourceNamespace: match.caller?.namespace }],
      route: renderDestinations(destinations(this.identity.host, action.shares!, port)),
    }));
  }
}
