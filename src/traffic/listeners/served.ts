import { ServedPort } from './known-gateways';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { byNarrowness, covers } from '../../values/host';
import { certifies } from '../servers/certificate-names';
import { RouteKind } from '../servers/route-kind';

/** The host, kind and port that a route needs at a gateway. */
export interface Demand {
  readonly gatewayName: string;
  readonly host: string;
  readonly kind: RouteKind;
  /** The port of the gateway, if it is set. */
  readonly gatewayPort?: number;
  /** The namespace of the route. */
  readonly namespace: string;
}

/** The ports of a gateway at which it serves a host for a kind of route. */
export function portsFor(served: ServedPort[], { host, kind, gatewayPort }: Pick<Demand, 'host' | 'kind' | 'gatewayPort'>): ServedPort[] {
  return at(served, gatewayPort).filter(port => (port.kind ?? kind) === kind && serves(port, host, kind));
}

/** Refuses a route that no request can reach, because no port of the gateway accepts its host, kind or namespace. */
export function checkServed(served: ServedPort[], demand: Demand, by: Located): void {
  const { gatewayName, host, kind, gatewayPort, namespace } = demand;
  const ports = portsFor(served, demand);
  if (ports.length === 0) {
    const place = gatewayPort === undefined ? '' : ` at port ${gatewayPort}`;
    // A port for plain TCP serves every host, so it does not indicate the kind for this one.
    const other = at(served, gatewayPort).find(port => serves(port, host, kind) && (gatewayPort !== undefined || port.kind !== 'tcp'));
    const allowed = at(served, gatewayPort).filter(port => (port.kind ?? kind) === kind).flatMap(({ hosts }) => hosts);
    throw new MeshError('IM1303', by, {
      problem: other ? otherKind(gatewayName, host, kind, other) : `${gatewayName} does not serve ${host}${place}`,
      got: host,
      allowed: [...new Set(allowed)].join(', ') || `none yet: the gateway has no such server${gatewayPort === undefined ? '' : ' at this port'}`,
      ...other ? { next: REMEDY[kind] } : {},
    });
  }
  // A star in a certificate matches one label, and a star in the hosts of a server matches several.
  if (!(kind === 'tcp' && host === '*') && ports.every(({ dnsNames }) => dnsNames && !dnsNames.some(name => certifies(name, host)))) {
    throw new MeshError('IM1351', by, {
      problem: `the certificate of ${gatewayName} is not valid for ${host}`, got: host, allowed: [...new Set(ports.flatMap(({ dnsNames }) => dnsNames!))].join(', '),
    });
  }
  const admitted = ports.filter(port => isNearest(port, ports, host)).flatMap(port => port.namespaces ?? [namespace]);
  if (!admitted.includes(namespace)) {
    throw new MeshError('IM1345', by, {
      problem: `${gatewayName} accepts no routes for ${host} from namespace ${namespace}`, got: namespace, allowed: [...new Set(admitted)].join(', '),
    });
  }
}

/** Of several servers at one port, Envoy selects the one with the narrowest pattern for the host. */
function isNearest(one: ServedPort, all: ServedPort[], host: string): boolean {
  const nearest = ({ hosts }: ServedPort) => hosts.filter(pattern => covers(pattern, host)).sort(byNarrowness)[0] ?? '*';
  return all.every(other => other.port !== one.port || byNarrowness(nearest(one), nearest(other)) <= 0);
}

const REMEDY = {
  http: 'use addTlsRoute or addTcpRoute, or terminate TLS at the gateway: GatewayServer.https',
  tls: 'use addHttpRoute or addTcpRoute, or pass TLS through: GatewayServer.passthrough',
  tcp: 'use addHttpRoute or addTlsRoute, or serve the port with GatewayServer.tcp',
};

function otherKind(gatewayName: string, host: string, kind: RouteKind, { port, kind: servedKind, protocol }: ServedPort): string {
  const reasons = {
    http: `routes HTTP requests for ${host} at port ${port} (${protocol}), not ${kind === 'tls' ? 'TLS passthrough' : 'whole connections'}`,
    tls: `passes TLS for ${host} through at port ${port}, where it reads only the SNI`,
    tcp: `routes whole connections at port ${port} (${protocol}), where it reads no ${kind === 'http' ? 'HTTP' : 'SNI'}`,
    none: `selects services for ${host} at port ${port} by SNI (automatic passthrough), and uses no routes`,
  };
  return `${gatewayName} ${reasons[servedKind!]}`;
}

function at(served: ServedPort[], gatewayPort?: number): ServedPort[] {
  return served.filter(({ port }) => gatewayPort === undefined || port === undefined || port === gatewayPort);
}

/** Whether a port serves a host. A route for every connection to a port has no host, and connections without TLS have none either. */
function serves({ hosts, protocol = 'TLS' }: ServedPort, host: string, kind: RouteKind): boolean {
  return kind === 'tcp' && (host === '*' || protocol !== 'TLS') ? host === '*' : hosts.some(pattern => covers(pattern, host));
}
