import { addTo, getOrAdd } from '../../values/get-or-add';
import { HostMap } from '../../values/host-map';

/** A host that has routes of a gateway. */
export interface RoutedHost<O> {
  /** The construct that has the routes. */
  readonly owner: O;
  /** The gateway, as a VirtualService names it. */
  readonly gateway: string;
  readonly host: string;
  /** The ports of the gateway that the routes are for; undefined for every port. */
  readonly ports: Set<number | undefined>;
}

/** The hosts of a cluster with routes, in order of addition. */
export class RoutedHosts<O> {
  private readonly places = new Map<RoutedHost<O>, number>();
  private readonly byHost = new Map<string, RoutedHost<O>[]>();
  private readonly byGateway = new Map<string, HostMap<RoutedHost<O>>>();

  public add(routed: RoutedHost<O>): void {
    this.places.set(routed, this.places.size);
    addTo(this.byHost, routed.host, routed);
    getOrAdd(this.byGateway, routed.gateway, () => new HostMap<RoutedHost<O>>()).add(routed.host, routed);
  }

  /** Those before one: of its gateway, with hosts that cover its host or that it covers, and of other gateways, with the same host. */
  public before(one: RoutedHost<O>): RoutedHost<O>[] {
    const here = this.byGateway.get(one.gateway)?.near(one.host) ?? [];
    const elsewhere = (this.byHost.get(one.host) ?? []).filter(({ gateway }) => gateway !== one.gateway);
    const place = (routed: RoutedHost<O>) => this.places.get(routed)!;
    return [...here, ...elsewhere].filter(other => place(other) < place(one)).sort((a, b) => place(a) - place(b));
  }

  /** Those of a gateway whose hosts cover a host. */
  public covering(gateway: string, host: string): RoutedHost<O>[] {
    return this.byGateway.get(gateway)?.covering(host) ?? [];
  }
}
