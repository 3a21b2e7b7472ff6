import { IConstruct } from 'constructs';
import { OverlapIndex } from './overlap-index';
import { MeshError } from '../../diagnostics/mesh-error';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { getOrAdd } from '../../values/get-or-add';
import { HostMap } from '../../values/host-map';
import { HttpMatch } from '../http/http-match';
import { HostListeners } from '../model/host-listeners';
import { OwnedMatch, RoutedMatch } from '../model/route-action';
import { RouteTable } from '../model/route-table';

/** A host at a gateway, and the namespace that owns these routes for it. */
export interface GatewayHost {
  /** The gateway, as a VirtualService names it: `<namespace>/<name>`. */
  readonly gateway: string;
  /** A host or pattern that the gateway serves. */
  readonly host: string;
  /** The namespace that owns these routes. */
  readonly namespace: string;
  /** The listeners of the gateway, if they are known at synthesis. */
  readonly listeners?: () => Omit<HostListeners, 'host'>;
}

/** The routes of a host at a gateway, at synthesis. */
export interface HostRoutes {
  readonly host: string;
  /** In the order of evaluation. Delegated routes are inserted where routes delegate to them. */
  readonly routes: RoutedMatch[];
  /** The conditions of delegated routes that Istio cannot combine with those of the route that delegates. */
  readonly problems: MeshError[];
}

/** The HTTP routes of one namespace for a host. */
interface Routing extends IConstruct {
  readonly matches: readonly OwnedMatch[];
  /** The routes at synthesis, with the splits of targets. Delegated routes are not inserted. */
  readonly resolvedRoutes: readonly (RoutedMatch & OwnedMatch)[];
  /** The routes at synthesis, with delegated routes. */
  readonly hostRoutes: HostRoutes;
}

/** The routes of a routing at synthesis, to search in. */
export const routeTable = perSynthesis(({ resolvedRoutes }: Routing) => new RouteTable(resolvedRoutes));

const hostRoutesOf = perSynthesis(({ hostRoutes }: Routing) => hostRoutes);

/** The routes for one host at one gateway, of all namespaces. */
export class HostSiblings<R extends Routing> {
  private readonly byNamespace = new Map<string, R>();
  private readonly places = new Map<R, number>();
  private readonly streams = new Map<string, IConstruct>();
  /** The matches of all, if there are several. */
  private matches?: OverlapIndex;

  /** All routings, in order of construction. */
  public get routings(): R[] {
    return [...this.places.keys()];
  }

  public of(namespace: string): R | undefined {
    return this.byNamespace.get(namespace);
  }

  public add(namespace: string, routing: R): void {
    this.byNamespace.set(namespace, routing);
    this.places.set(routing, this.places.size);
  }

  /** A match of another routing that shares requests with a match. */
  public overlapping(match: HttpMatch, own: R): OwnedMatch | undefined {
    if (this.places.size < 2) {
      return undefined;
    }
    this.matches ??= indexed(this.routings.map(({ matches }) => matches));
    const place = this.places.get(own);
    return this.matches.first(match, group => group !== place);
  }

  /** Records a match that a routing has from now on. */
  public addMatch(owned: OwnedMatch, own: R): void {
    this.matches?.add(owned, this.places.get(own)!);
  }

  /** Finds a match of an earlier routing that shares requests with a match, at synthesis. */
  public overlappingBefore(own: R): (match: HttpMatch) => OwnedMatch | undefined {
    const place = this.places.get(own)!;
    const earlier = place === 0 ? undefined : resolved(this);
    return match => earlier?.first(match, group => group < place);
  }

  /** The construct that routes the connections of a kind and port. */
  public streamBy(kind: 'tls' | 'tcp', port: number): IConstruct | undefined {
    return this.streams.get(`${kind} ${port}`);
  }

  public addStream(kind: 'tls' | 'tcp', port: number, by: IConstruct): void {
    this.streams.set(`${kind} ${port}`, by);
  }
}

const resolved = perSynthesis(({ routings }: HostSiblings<Routing>) => indexed(routings.map(({ resolvedRoutes }) => resolvedRoutes)));

function indexed(groups: (readonly OwnedMatch[])[]): OverlapIndex {
  const index = new OverlapIndex();
  groups.forEach((matches, group) => matches.forEach(owned => index.add(owned, group)));
  return index;
}

/** The routes of all gateways. */
export class GatewayHosts<R extends Routing> {
  private readonly byGateway = new Map<string, HostMap<HostSiblings<R>>>();

  /** The routes for a host. */
  public of(gateway: string, host: string): HostSiblings<R> {
    const hosts = getOrAdd(this.byGateway, gateway, () => new HostMap<HostSiblings<R>>());
    const [known] = hosts.of(host);
    if (known) {
      return known;
    }
    const added = new HostSiblings<R>();
    hosts.add(host, added);
    return added;
  }

  /** The routes for hosts that cover a host or that it covers. */
  public near(gateway: string, host: string): HostRoutes[] {
    return (this.byGateway.get(gateway)?.near(host) ?? []).flatMap(({ routings }) => routings.map(hostRoutesOf));
  }
}
