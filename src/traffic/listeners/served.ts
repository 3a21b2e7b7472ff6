import { KnownPort, PortDemand, ServedPorts } from './served-ports';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { byNarrowness } from '../../values/host';
import { RouteKind } from '../servers/route-kind';

/** The host, kind and port that a route needs at a gateway. */
export interface Demand extends PortDemand {
  readonly gatewayName: string;
  /** The namespace of the route. */
  readonly namespace: string;
}

/** Refuses a route that no request can reach, because no port of the gateway accepts its host, kind or namespace. */
export function checkServed(served: ServedPorts, demand: Demand, by: Located): void {
  const { gatewayName, host, kind, gatewayPort, namespace } = demand;
  const ports = served.for(demand);
  if (ports.length === 0) {
    const place = gatewayPort === undefined ? '' : ` at port ${gatewayPort}`;
    // A port for plain TCP serves every host, so it does not indicate the kind for this one.
    const other = served.serving(host, kind, gatewayPort).find(port => gatewayPort !== undefined || port.served.kind !== 'tcp');
    const allowed = served.at(gatewayPort).filter(port => port.takes(kind)).flatMap(port => port.served.hosts);
    throw new MeshError('IM1303', by, {
      problem: other ? otherKind(gatewayName, host, kind, other) : `${gatewayName} does not serve ${host}${place}`,
      got: host,
      allowed: [...new Set(allowed)].join(', ') || `none yet: the gateway has no such server${gatewayPort === undefined ? '' : ' at this port'}`,
      ...other ? { next: REMEDY[kind] } : {},
    });
  }
  // A star in a certificate matches one label, and a star in the hosts of a server matches several.
  if (!(kind === 'tcp' && host === '*') && ports.every(port => port.isInvalidFor(host))) {
    throw new MeshError('IM1351', by, {
      problem: `the certificate of ${gatewayName} is not valid for ${host}`, got: host, allowed: [...new Set(ports.flatMap(port => port.served.dnsNames!))].join(', '),
    });
  }
  const admitted = ports.filter(port => isNearest(port, ports, host)).flatMap(port => port.served.namespaces ?? [namespace]);
  if (!admitted.includes(namespace)) {
    throw new MeshError('IM1345', by, {
      problem: `${gatewayName} accepts no routes for ${host} from namespace ${namespace}`, got: namespace, allowed: [...new Set(admitted)].join(', '),
    });
  }
}

/** Of several servers at one port, Envoy selects the one with the narrowest pattern for the host. */
function isNearest(one: KnownPort, all: KnownPort[], host: string): boolean {
  const nearest = (port: KnownPort) => port.nearest(host) ?? '*';
  return all.every(other => other.served.port !== one.served.port || byNarrowness(nearest(one), nearest(other)) <= 0);
}

const REMEDY = {
  http: 'use addTlsRoute or addTcpRoute, or terminate TLS at the gateway: GatewayServer.https',
  tls: 'use addHttpRoute or addTcpRoute, or pass TLS through: GatewayServer.passthrough',
  tcp: 'use addHttpRoute or addTlsRoute, or serve the port with GatewayServer.tcp',
};

function otherKind(gatewayName: string, host: string, kind: RouteKind, { served: { port, kind: servedKind, protocol } }: KnownPort): string {
  const reasons = {
    http: `routes HTTP requests for ${host} at port ${port} (${protocol}), not ${kind === 'tls' ? 'TLS passthrough' : 'whole connections'}`,
    tls: `passes TLS for ${host} through at port ${port}, where it reads only the SNI`,
    tcp: `routes whole connections at port ${port} (${protocol}), where it reads no ${kind === 'http' ? 'HTTP' : 'SNI'}`,
    none: `selects services for ${host} at port ${port} by SNI (automatic passthrough), and uses no routes`,
  };
  return `${gatewayName} ${reasons[servedKind!]}`;
}
