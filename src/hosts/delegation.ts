import { IConstruct } from 'constructs';
import { suchAs } from './http/example-request';
import { HttpMatch } from './http/http-match';
import { HostListeners } from './model/host-listeners';
import { OwnedMatch, Resolution, resolution } from './model/route-action';
import { CalledService, readsRequests, RouteBackend, RouteToTarget } from './model/route-backend';
import { showMatch } from './routes/http-routes';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { namespaceOf } from '../kernel/namespace-scope';
import { registryOf } from '../kernel/registry';
import { sameCluster } from '../kernel/same-cluster';
import { isExported } from '../values/export-to';

type IstioMatch = networking.VirtualServiceSpecHttpMatch;

interface TextCondition {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

class DelegationRegistry {
  /** Delegated routes by `<namespace>/<name>`. Written by `DelegatedRoutes` and the routes that delegate. Complete at synthesis. */
  public readonly delegations = new Map<string, Delegation>();
}

/** Delegated routes by the name of their VirtualService, the routes that delegate to them, and the services that they call. */
export class Delegation {
  public static of(scope: IConstruct, namespace: string, name: string): Delegation {
    const known = registryOf(scope, DelegationRegistry).delegations;
    const key = `${namespace}/${name}`;
    return known.get(key) ?? known.set(key, new Delegation(namespace, name)).get(key)!;
  }

  private readonly roots: RouteToTarget[] = [];
  private readonly called: CalledService[] = [];

  /** Resolves the delegated routes, if the App makes them. */
  public resolve?: () => Resolution;

  private constructor(public readonly namespace: string, public readonly name: string) {}

  public get isUsed(): boolean {
    return this.roots.length > 0;
  }

  public delegateFrom(root: RouteToTarget): void {
    this.roots.push(root);
    this.called.forEach(called => root.calls?.(called));
  }

  public calls(called: CalledService): void {
    this.called.push(called);
    this.roots.forEach(root => root.calls?.(called));
  }

  /** The listeners at which gateways serve the hosts of the routes that delegate here. */
  public get hostListeners(): HostListeners[] {
    return this.roots.flatMap(({ hostListeners }) => hostListeners?.() ?? []);
  }

  /** Refuses routes that Istio would drop silently: routes outside of the matches that delegate here, and routes that are not exported to them. */
  public check(routes: readonly OwnedMatch[], exported: string[] | undefined, at: IConstruct): void {
    for (const { source, matches = [] } of this.roots) {
      const namespace = namespaceOf(source);
      if (!isExported(exported, this.namespace, namespace)) {
        throw new MeshError('IM1346', at, { problem: `${source.node.path} leads here from namespace ${namespace}, which the routes are not exported to`, got: exported });
      }
      for (const { match } of routes) {
        const misfits = matches.map(root => misfit(root.toIstio(), match.toIstio()));
        if (misfits.every(part => part !== undefined)) {
          throw new MeshError('IM1343', at, {
            problem: `${source.node.path} leads here with matches that this one is not within, as Istio compares ${misfits[0]}: it would be dropped silently`,
            found: showMatch(match),
            allowed: `within ${matches.map(showMatch).join(' or ')}`,
          });
        }
      }
    }
    routes.forEach(({ match }) => this.checkReached(match, at));
  }

  /** Refuses a route that is never reached, because earlier routes of the same host match all of its requests. */
  private checkReached(match: HttpMatch, at: IConstruct): void {
    const hidden = this.roots.flatMap(({ source, routesOfHost }) => {
      const table = routesOfHost?.();
      const leading = table?.delegatingTo(this.namespace, this.name).filter(({ by }) => by === source) ?? [];
      return leading.filter(root => misfit(root.match.toIstio(), match.toIstio()) === undefined).map(root => {
        const both = match.and(root.match, at);
        const first = both && table!.covering(both).find(other => table!.isBefore(other, root) && other.match.covers(both));
        return first && { first, both };
      });
    });
    const [one] = hidden;
    if (one && hidden.every(other => other !== undefined)) {
      const { first, both } = one;
      throw new MeshError('IM1306', at, {
        problem: `${first.by.node.path} routes the same requests${suchAs(first.match, both) || ','} before they are led here: this route would never be reached`,
        found: showMatch(match),
        allowed: `a match that is not covered by ${showMatch(first.match)}`,
      });
    }
  }
}

/** Delegated routes as the target of a route. */
export class DelegateBackend implements RouteBackend {
  public readonly delegates = true;
  public readonly whole = true;

  public constructor(private readonly scope: IConstruct, private readonly delegation: Delegation) {}

  public bind(route: RouteToTarget): void {
    const { source, port, protocol, delegated } = route;
    sameCluster(source, this.scope);
    if (!readsRequests(protocol)) {
      throw new MeshError('IM1340', source, { problem: `a connection for ${protocol} cannot be forwarded to HTTP routes`, allowed: 'a service, a version of one, another host, or shares of these' });
    }
    if (port !== undefined) {
      throw new MeshError('IM1111', source, { problem: 'delegated routes have no port: each says its own', got: port, next: 'drop the port' });
    }
    if (delegated) {
      throw new MeshError('IM1344', source, { problem: `${this.scope.node.path} cannot be led to from routes that are led to themselves`, found: `${this.delegation.namespace}/${this.delegation.name}` });
    }
    this.delegation.delegateFrom(route);
  }

  public resolve(): Resolution {
    const { name, namespace } = this.delegation;
    return resolution([{ match: HttpMatch.EVERYTHING, action: { delegate: { name, namespace } } }]);
  }
}

/** The first field, if any, by which Istio decides that one match is not within another. Istio compares texts and not their meaning. */
function misfit(root: IstioMatch, leaf: IstioMatch): string | undefined {
  const parts = ['uri', 'method', 'scheme', 'authority'] as const;
  const maps = ['headers', 'queryParams'] as const;
  return parts.find(part => !within(root[part], leaf[part]))
    ?? (root.ignoreUriCase === leaf.ignoreUriCase ? undefined : 'ignoreUriCase')
    ?? (root.port === undefined || leaf.port === undefined || root.port === leaf.port ? undefined : 'port')
    ?? maps.find(map => Object.entries(leaf[map] ?? {}).some(([name, condition]) => !within(root[map]?.[name], condition)))
    ?? (excludesOtherwise(root.withoutHeaders, leaf.withoutHeaders) ? 'withoutHeaders' : undefined);
}

function within(root: TextCondition | undefined, leaf: TextCondition | undefined): boolean {
  if (root === undefined || leaf === undefined) {
    return true;
  }
  const text = leaf.exact ?? leaf.prefix;
  return root.exact !== undefined ? leaf.exact === root.exact : root.prefix !== undefined && text !== undefined && text.startsWith(root.prefix);
}

/** Of two exclusions by one header Istio keeps the narrower one, and so admits requests that the delegating route excludes. */
function excludesOtherwise(root: { [name: string]: TextCondition } = {}, leaf: { [name: string]: TextCondition } = {}): boolean {
  const same = (one: TextCondition, other: TextCondition) => JSON.stringify(one) === JSON.stringify(other) && within(one, other);
  return Object.entries(leaf).some(([name, condition]) => root[name] && !same(root[name], condition));
}
