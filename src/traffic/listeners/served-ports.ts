import { addTo } from '../../values/get-or-add';
import { coveringPatterns, HostMap } from '../../values/host-map';
import { isCertified } from '../servers/certificate-names';
import { RouteKind } from '../servers/route-kind';

/** A known port of a gateway. */
export interface ServedPort {
  readonly hosts: string[];
  readonly port?: number;
  readonly protocol?: string;
  /** The kind of its routes; `none` for automatic passthrough, which needs no routes. */
  readonly kind?: RouteKind | 'none';
  /** Whether clients start with TLS at once, although the target's protocol usually starts in plain text. Undefined if unknown. */
  readonly implicitTls?: boolean;
  /** The names for which its certificate is valid, if they are known. */
  readonly dnsNames?: string[];
  /** The namespaces whose routes the port accepts. Undefined for all namespaces. */
  readonly namespaces?: string[];
}

/** What a route needs of a port of a gateway. */
export interface PortDemand {
  readonly host: string;
  readonly kind: RouteKind;
  /** The port of the gateway, if it is set. */
  readonly gatewayPort?: number;
}

/** A known port. It finds its hosts and names without a search. */
export class KnownPort {
  private readonly patterns: ReadonlySet<string>;
  private readonly names?: ReadonlySet<string>;

  public constructor(public readonly served: ServedPort) {
    this.patterns = new Set(served.hosts);
    this.names = served.dnsNames && new Set(served.dnsNames);
  }

  /** The narrowest of its hosts and patterns that covers a host. */
  public nearest(host: string): string | undefined {
    return coveringPatterns(host).find(pattern => this.patterns.has(pattern));
  }

  /** Whether its certificate is known not to be valid for a host. */
  public isInvalidFor(host: string): boolean {
    return this.names !== undefined && !isCertified(this.names, host);
  }

  /** Whether routes of a kind are for the port. */
  public takes(kind: RouteKind): boolean {
    return (this.served.kind ?? kind) === kind;
  }
}

/** The known ports of a gateway, by their hosts: a gateway may serve thousands. */
export class ServedPorts {
  /** All ports, in order of addition. */
  public readonly all: KnownPort[] = [];
  private readonly byHost = new HostMap<KnownPort>();
  private readonly byNumber = new Map<number | undefined, KnownPort[]>();

  public add(served: ServedPort): this {
    const port = new KnownPort(served);
    this.all.push(port);
    addTo(this.byNumber, served.port, port);
    served.hosts.forEach(host => this.byHost.add(host, port));
    return this;
  }

  /** The ports at which the gateway serves a host for a kind of route. */
  public for({ host, kind, gatewayPort }: PortDemand): KnownPort[] {
    return this.serving(host, kind, gatewayPort).filter(port => port.takes(kind));
  }

  /** The ports with a number or, if it is undefined, all. */
  public at(gatewayPort?: number): KnownPort[] {
    return gatewayPort === undefined ? this.all : [...this.byNumber.get(undefined) ?? [], ...this.byNumber.get(gatewayPort) ?? []];
  }

  /** The ports that list exactly a host or pattern. */
  public listing(host: string): KnownPort[] {
    return this.byHost.of(host);
  }

  /** The ports that serve a host. A route for every connection to a port has no host, and connections without TLS have none either. */
  public serving(host: string, kind: RouteKind, gatewayPort?: number): KnownPort[] {
    if (kind === 'tcp' && host === '*') {
      return this.at(gatewayPort);
    }
    const covering = [...new Set(this.byHost.covering(host))]
      .filter(({ served: { port } }) => gatewayPort === undefined || port === undefined || port === gatewayPort);
    return kind === 'tcp' ? covering.filter(({ served: { protocol = 'TLS' } }) => protocol === 'TLS') : covering;
  }
}
