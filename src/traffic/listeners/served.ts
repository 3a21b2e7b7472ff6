import { ServedPort } from './known-gateways';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { byNarrowness, covers } from '../../values/host';
import { certifies } from '../servers/certificate-names';
import { RouteKind } from '../servers/route-kind';

/** What a route asks of a gateway. */
export interface Demand {
  readonly gatewayName: string;
  readonly host: string;
  readonly kind: RouteKind;
  /** The port of the gateway, where it was said. */
  readonly gatewayPort?: number;
  /** The namespace of the route. */
  readonly namespace: string;
}

/** The ports of a gateway at which it serves a host for a kind of route. */
export function portsFor(served: ServedPort[], { host, kind, gatewayPort }: Pick<Demand, 'host' | 'kind' | 'gatewayPort'>): ServedPort[] {
  return at(served, gatewayPort).filter(port => (port.kind ?? kind) === kind && serves(port, host, kind));
}

/** Refuses a route that nothing would ever ask: of a host, a kind or a namespace that no port of the gateway takes. */
export function checkServed(served: ServedPort[], demand: Demand, by: Located): void {
  const { gatewayName, host, kind, gatewayPort, namespace } = demand;
  const ports = portsFor(served, demand);
  if (ports.length === 0) {
    const place = gatewayPort === undefined ? '' : ` at port ${gatewayPort}`;
    // A port of plain TCP has every host, and says nothing of the one that is asked for.
    const other = at(served, gatewayPort).find(port => serves(port, host, kind) && (gatewayPort !== undefined || port.kind !== 'tcp'));
    const allowed = at(served, gatewayPort).filter(port => (port.kind ?? kind) === kind).flatMap(({ hosts }) => hosts);
    throw new MeshError('IM1303', by, {
      problem: other ? otherKind(gatewayName, host, kind, other) : `${gatewayName} does not serve ${host}${place}`,
      got: host,
      allowed: [...new Set(allowed)].join(', ') || `nothing yet: the gateway has no such server${gatewayPort === undefined ? '' : ' at this port'}`,
      ...other ? { next: REMEDY[kind] } : {},
    });
  }
  // A star in a certificate stands for one label, and one of a server for several.
  if (!(kind === 'tcp' && host === '*') && ports.every(({ dnsNames }) => dnsNames && !dnsNames.some(name => certifies(name, host)))) {
    throw new MeshError('IM1351', by, {
      problem: `the certificate that ${gatewayName} shows is not valid for ${host}`, got: host, allowed: [...new Set(ports.flatMap(({ dnsNames }) => dnsNames!))].join(', '),
    });
  }
  const admitted = ports.filter(port => isNearest(port, ports, host)).flatMap(port => port.namespaces ?? [namespace]);
  if (!admitted.includes(namespace)) {
    throw new MeshError('IM1345', by, {
      problem: `${gatewayName} takes no routes for ${host} from namespace ${namespace}`, got: namespace, allowed: [...new Set(admitted)].join(', '),
    });
  }
}

/** Of the servers at one port, clients come to the one with the narrowest pattern for the host. */
function isNearest(one: ServedPort, all: ServedPort[], host: string): boolean {
  const nearest = ({ hosts }: ServedPort) => hosts.filter(pattern => covers(pattern, host)).sort(byNarrowness)[0] ?? '*';
  return all.every(other => other.port !== one.port || byNarrowness(nearest(one), nearest(other)) <= 0);
}

const REMEDY = {
  http: 'lead there by addTlsRoute or addTcpRoute, or let the gateway end TLS: GatewayServer.https',
  tls: 'lead there by addHttpRoute or addTcpRoute, or let TLS pass: GatewayServer.passthrough',
  tcp: 'lead there by addHttpRoute or addTlsRoute, or serve the port by GatewayServer.tcp',
};

function otherKind(gatewayName: string, host: string, kind: RouteKind, { port, kind: its, protocol }: ServedPort): string {
  const reasons = {
    http: `reads HTTP for ${host} at port ${port} (${protocol}): a route for ${kind === 'tls' ? 'TLS that passes through' : 'whole connections'} has no place there`,
    tls: `passes TLS for ${host} through at port ${port}: it sees the name of the server and nothing else`,
    tcp: `leads on whole connections at port ${port} (${protocol}): it reads no ${kind === 'http' ? 'HTTP' : 'names of servers'} there`,
    none: `finds the services of ${host} at port ${port} by itself: it asks no routes`,
  };
  return `${gatewayName} ${reasons[its!]}`;
}

function at(served: ServedPort[], gatewayPort?: number): ServedPort[] {
  return served.filter(({ port }) => gatewayPort === undefined || port === undefined || port === gatewayPort);
}

/** A route for every connection to a port asks for no host; where no TLS ends there, no connection has one. */
function serves({ hosts, protocol = 'TLS' }: ServedPort, host: string, kind: RouteKind): boolean {
  return kind === 'tcp' && (host === '*' || protocol !== 'TLS') ? host === '*' : hosts.some(pattern => covers(pattern, host));
}
