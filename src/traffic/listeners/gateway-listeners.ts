import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { registryOf } from '../../kernel/registry';
import { gatewayKey, IGatewayPods, ServedHost } from '../../services/workloads/gateway-pods';
import { covers } from '../../values/host';
import { certifies } from '../servers/certificate-names';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

/** A host at a port of a gateway's pods. */
export interface Listener {
  readonly workload: GatewayWorkload;
  readonly gateway: IConstruct;
  readonly server: GatewayServer;
  readonly port: number;
  readonly protocol: string;
  readonly host: string;
}

class ListenerRegistry {
  /** Hosts that servers serve, with port and pods. Written by servers of gateways. Complete at synthesis. */
  public readonly listeners: Listener[] = [];
}

/**
 * Computes and checks the listeners of a server. The caller registers them after all other checks. The pods of a gateway have one listener for
 * each address and port, whichever Gateway objects select them. Two servers there must not have the same host or different protocols, and a
 * client must not reuse the connection of one for the other.
 */
export function listenersOf(gateway: IConstruct, workload: GatewayWorkload, server: GatewayServer): Listener[] {
  const of = (port: number, protocol: string) => server.hosts.map(host => ({ workload, gateway, server, port, protocol, host }));
  const wanted = [...of(server.port, server.protocol), ...server.httpsRedirect ? of(80, 'HTTP') : []];
  wanted.forEach((listener, i) => check(listener, [...registryOf(gateway, ListenerRegistry).listeners, ...wanted.slice(0, i)]));
  return wanted;
}

/** Registers the listeners of a server. */
export function listen(gateway: IConstruct, wanted: Listener[]): void {
  registryOf(gateway, ListenerRegistry).listeners.push(...wanted);
}

/** All known listeners of pods, whichever Gateway objects select them. */
export function servedBy(at: IConstruct, workload: GatewayWorkload): Listener[] {
  return registryOf(at, ListenerRegistry).listeners.filter(listener => listener.workload._overlaps(workload));
}

/** The listeners in the form for modules that do not route. */
export function servedHosts(at: IConstruct, workload: GatewayWorkload): ServedHost[] {
  return servedBy(at, workload).map(({ gateway, server, host, port, protocol }) => ({
    gateway: gatewayKey(gateway as IGatewayPods),
    server: server.name,
    host,
    port,
    listeners: workload._listeners([port]),
    tls: transport(protocol) === 'TLS',
    finds: port !== server.port ? 'redirected' : server._routes === 'http' ? 'requests' : 'connections',
  }));
}

/** Whether two gateways configure one listener of some pods. */
export function shareListener(one: IConstruct, other: IConstruct): boolean {
  const of = (gateway: IConstruct) => registryOf(gateway, ListenerRegistry).listeners.filter(listener => listener.gateway === gateway);
  return of(one).some(first => of(other).some(second => meet(first, second)));
}

/** Whether two servers share one listener of Envoy: a port at an address. */
function meet(one: Listener, other: Listener): boolean {
  return one.port === other.port && one.server.bind === other.server.bind && one.workload._overlaps(other.workload);
}

function check(listener: Listener, known: Listener[]): void {
  const { port, protocol, host, gateway } = listener;
  const neighbours = known.filter(other => meet(listener, other));
  const unknown = neighbours.find(other => transport(other.protocol) !== transport(protocol));
  if (unknown) {
    throw new MeshError('IM1304', gateway, {
      problem: `port ${port} of the gateway's pods already uses ${unknown.protocol}, for ${unknown.gateway.node.path}`, got: protocol, allowed: unknown.protocol,
    });
  }
  const duplicate = neighbours.find(other => other.host === host);
  if (duplicate) {
    throw new MeshError('IM1302', gateway, {
      problem: `${host} on port ${port} of the gateway's pods is served already, by ${duplicate.gateway === gateway ? 'another server or a redirect of this gateway' : duplicate.gateway.node.path}`,
      got: host,
      ...duplicate.gateway === gateway ? { next: 'list the host once; port 80 of a server with `httpsRedirect` is taken' } : {},
    });
  }
  for (const other of neighbours.filter(({ server }) => server !== listener.server)) {
    checkReuse(listener, other, gateway);
    checkReuse(other, listener, gateway);
    checkDemand(listener, other, gateway);
    checkDemand(other, listener, gateway);
    checkRedirect(listener, other, gateway);
    checkRedirect(other, listener, gateway);
  }
}

/**
 * The SNI selects the server, and the host of the request selects the route. A server with a wildcard has the routes for every host that the
 * wildcard covers, but it does not verify client certificates as the server with the narrower host does.
 */
function checkDemand(strict: Listener, wide: Listener, at: IConstruct): void {
  const [demand, other] = [strict, wide].map(({ server, protocol }) => (protocol === 'HTTPS' ? server._tls?._demand : undefined));
  if (demand !== undefined && demand !== other && wide.protocol === 'HTTPS' && strict.gateway === wide.gateway && covers(wide.host, strict.host)) {
    throw new MeshError('IM1390', at, {
      problem: `server ${strict.server.name} verifies client certificates, but requests for ${strict.host} can also reach server ${wide.server.name}, which does not verify them in the same way`,
      got: [strict.host, wide.host],
    });
  }
}

/** Istio's redirect applies to every host of the gateway that the server's hosts cover, also to hosts of other servers at port 80. */
function checkRedirect(plain: Listener, redirect: Listener, at: IConstruct): void {
  const redirects = ({ server, port }: Listener) => server.httpsRedirect && port !== server.port;
  const hasSolver = ({ server }: Listener) => server._acmeSolver !== undefined;
  const excluded = redirects(plain) ? hasSolver(plain) && !hasSolver(redirect) : true;
  if (redirects(redirect) && excluded && plain.gateway === redirect.gateway && covers(redirect.host, plain.host)) {
    throw new MeshError('IM1352', at, {
      problem: `server ${plain.server.name} would receive no plain HTTP requests for ${plain.host}: server ${redirect.server.name} redirects ${redirect.host}`,
      got: plain.host,
      next: 'move one of the servers to a separate gateway, which can have the same pods: `workload: gateway.workload`',
    });
  }
}

/**
 * A browser reuses an HTTP/2 connection for every name for which the server's certificate is valid. Envoy selects the server when the
 * connection starts, and that server has no routes for the hosts of another one.
 */
function checkReuse(shown: Listener, requested: Listener, at: IConstruct): void {
  const [certificate, other] = [shown.server._tls?._shown, requested.server._tls?._shown];
  if (!certificate || !other || [shown, requested].some(({ protocol }) => protocol !== 'HTTPS')) {
    return;
  }
  const shared = certificate.credentialNames.find(name => other.credentialNames.includes(name));
  const serves = shown.gateway === requested.gateway && shown.server.hosts.some(host => covers(host, requested.host));
  const valid = shared !== undefined || (certificate.dnsNames ?? []).some(name => certifies(name, requested.host));
  if (valid && (shared !== undefined || !serves)) {
    const [first, second] = [shown, requested].map(({ server, gateway }) => `server ${server.name} of ${gateway.node.path}`);
    throw new MeshError('IM1353', at, {
      problem: `${shared ?? 'the certificate'} of ${first} is valid for ${requested.host} of ${second}: a browser would send the requests for both over one connection, and receive 404`,
      got: [shown.host, requested.host],
    });
  }
}

/** The transport of a listener of Envoy, which has only one. A listener with TLS decides by SNI whether the gateway terminates TLS. */
function transport(protocol: string): string {
  const families = { TLS: ['HTTPS', 'TLS'], HTTP: ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'] };
  return Object.entries(families).find(([, members]) => members.includes(protocol))?.[0] ?? protocol;
}
