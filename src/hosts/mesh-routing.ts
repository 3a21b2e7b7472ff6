import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkKeys } from './hashed-shares';
import { HostExportTo } from './host-export-to';
import { HttpMatch } from './http/http-match';
import { HostIdentity } from './model/host-identity';
import { destinations, renderDestinations, renderHttp, RouteAction, RoutedMatch } from './model/route-action';
import { HostPolicy } from './policy/host-policy';
import { combined } from './routes/http-routes';
import { HostRequests, RequestPolicy, routeProtocol } from './routes/request-policy';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { placedBy } from '../kernel/chart-order';
import { collectErrors } from '../kernel/collect-errors';
import { routingName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { MeshPort } from '../values/mesh-port';
import { isHttp, isTls, MeshProtocol } from '../values/protocol';
import { Weights } from '../values/weights';

/** Who takes a request: versions by weight, or nobody. */
export interface SplitAction {
  readonly shares?: Weights;
  readonly refusal?: RouteAction['directResponse'];
}

/** How the traffic of a host is divided over its versions: rules in the order to be asked, then everyone else. */
export interface Split {
  readonly source: IConstruct;
  /** The numbers of the ports that it is for; all of them where not said. */
  readonly ports?: number[];
  readonly rules: { readonly match: HttpMatch; readonly action: SplitAction }[];
  readonly rest: SplitAction;
}

/**
 * The routing of a host inside the mesh: the one VirtualService that exists for it.
 *
 * Istio never merges two VirtualServices of a mesh host, so nobody else writes one; a split and what is done with requests besides are
 * contributed here, and read from here by the gateways that lead to the host.
 */
export class MeshRouting extends Construct {
  /** What is done with the requests, whoever takes them. */
  public readonly requests: RequestPolicy;
  private contributed?: Split;

  public constructor(
    scope: Construct, id: string, private readonly identity: HostIdentity, private readonly policy: HostPolicy,
    private readonly visibility: HostExportTo,
  ) {
    super(scope, id);
    this.requests = new RequestPolicy(identity);
    // Who gets copies may still be split.
    this.node.addValidation({ validate: () => collectErrors(this, () => this.httpRoutes()) });
    // What tells requests apart may still be said.
    this.node.addValidation({ validate: () => collectErrors(this, () => this.checkSplit()) });
  }

  /** Takes what is done with requests for all ports of HTTP, or for some. */
  public addRequestSettings(settings: HostRequests, source: IConstruct, ports?: number[]): void {
    this.requests.contribute(settings, source, ports);
    this.write();
  }

  /** Takes the split of the host's traffic. There is one: two would contradict each other on everyone else. */
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
    const covered = this.covered(split);
    const actions = [...split.rules.map(rule => rule.action), split.rest];
    this.checkPorts(split, covered, actions);
    actions.flatMap(action => Object.keys(action.shares ?? {})).forEach(version => this.policy.leadTo(version, split.source));
    this.contributed = split;
    this.write();
  }

  /**
   * What a gateway does with requests for a port of the host: its split, but for the rules that only a caller's sidecar can decide.
   * Undefined where the port is not split.
   */
  public atGateway(port: MeshPort): RoutedMatch[] | undefined {
    if (!this.contributed || !this.covered(this.contributed).includes(port)) {
      return undefined;
    }
    return this.routes(this.contributed, port.port).filter(route => route.match.caller === undefined);
  }

  /** @internal */
  public _render(): networking.VirtualServiceSpec {
    const split = this.contributed;
    const http = this.httpRoutes();
    const tcp = split ? this.covered(split).filter(port => !isHttp(port.protocol)).flatMap(port => this.tcpRoutes(split, port.port)) : [];
    return {
      hosts: this.names,
      exportTo: this.visibility.exportTo,
      http: http.length > 0 ? http : undefined,
      tcp: tcp.length > 0 ? tcp : undefined,
    };
  }

  /** What clients dial: of a headless Service its pods as well. */
  private get names(): string[] {
    const { host, headless } = this.identity;
    return headless ? [host, `*.${host}`] : [host];
  }

  /** The object exists as soon as there is something to say. */
  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      placedBy(new networking.VirtualService(this, owned(this, 'Resource'), {
        metadata: { name: routingName(this.identity.name), namespace: this.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      }), { hosts: this.names });
    }
  }

  /** Ports of which the same is said share their routes; only where there are others do these say which ports they are for. */
  private httpRoutes(): networking.VirtualServiceSpecHttp[] {
    const http = this.identity.ports.filter(port => isHttp(port.protocol));
    const groups = new Map<string, { readonly routes: RoutedMatch[]; readonly ports: number[] }>();
    for (const port of http) {
      const routes = this.routesOf(port);
      const key = JSON.stringify(renderHttp(routes));
      const group = groups.get(key) ?? { routes, ports: [] };
      groups.set(key, group);
      group.ports.push(port.port);
    }
    return [...groups.values()].filter(({ routes }) => routes.length > 0)
      .flatMap(({ routes, ports }) => renderHttp(routes, ports.length < http.length ? ports : undefined));
  }

  /** What is done with requests at one port; nothing where nothing is said of it. */
  private routesOf(port: MeshPort): RoutedMatch[] {
    const rules = this.requests.rules(port);
    const split = this.contributed && this.covered(this.contributed).includes(port) ? this.contributed : undefined;
    // Istio hashes by the key of a port for routes that name the port.
    const named = this.policy.hashesAt(port.port) ? port.port : undefined;
    if (rules.length === 0) {
      return split ? this.routes(split, named) : [];
    }
    const whole = { destinations: [{ host: this.identity.host, port: named }] };
    const taken = split ? this.routes(split, named) : [{ match: HttpMatch.EVERYTHING, action: whole }];
    return combined(HttpMatch.EVERYTHING, rules, taken, { source: this, protocol: routeProtocol(port) });
  }

  /** UDP is never covered: it passes by the sidecar. */
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
