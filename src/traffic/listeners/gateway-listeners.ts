import { IConstruct } from 'constructs';
import { Listener, ListenerIndex, transport } from './listener-index';
import { MeshError } from '../../diagnostics/mesh-error';
import { registryOf } from '../../kernel/registry';
import { gatewayKey, IGatewayPods, ServedHost } from '../../services/workloads/gateway-pods';
import { covers } from '../../values/host';
import { certifies } from '../servers/certificate-names';
import { GatewayServer } from '../servers/gateway-server';
import { GatewayWorkload } from '../workloads/gateway-workload';

class ListenerRegistry {
  /** Hosts that servers serve, with port and pods. Written by servers of gateways. Complete at synthesis. */
  public readonly listeners = new ListenerIndex();
}

/**
 * Computes and checks the listeners of a server. The caller registers them after all other checks. The pods of a gateway have one listener for
 * each address and port, whichever Gateway objects select them. Two servers there must not have the same host or different protocols, and a
 * client must not reuse the connection of one for the other.
 */
export function listenersOf(gateway: IConstruct, workload: GatewayWorkload, server: GatewayServer): Listener[] {
  const of = (port: number, protocol: string) => server.hosts.map(host => ({ workload, gateway, server, port, protocol, host }));
  const wanted = [...of(server.port, server.protocol), ...server.httpsRedirect ? of(80, 'HTTP') : []];
  const { listeners } = registryOf(gateway, ListenerRegistry);
  const own = new ListenerIndex();
  wanted.forEach((listener, i) => {
    checkSlot(listener, [listeners, own]);
    checkServers(listener, listeners.competitors(listener, i === 0));
    own.add(listener);
  });
  return wanted;
}

/** Registers the listeners of a server. */
export function listen(gateway: IConstruct, wanted: Listener[]): void {
  const { listeners } = registryOf(gateway, ListenerRegistry);
  wanted.forEach(listener => listeners.add(listener));
}

/** All known listeners of pods, whichever Gateway objects select them. */
export function servedBy(at: IConstruct, workload: GatewayWorkload): Listener[] {
  return registryOf(at, ListenerRegistry).listeners.servedBy(workload);
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
  return registryOf(one, ListenerRegistry).listeners.areShared(one, other);
}

/** Refuses another transport at the port and address of a listener, and another server of its host there. */
function checkSlot(listener: Listener, known: ListenerIndex[]): void {
  const { port, protocol, host, gateway } = listener;
  const [unknown] = known.flatMap(index => index.ofOtherTransport(listener));
  if (unknown) {
    throw new MeshError('IM1304', gateway, {
      problem: `port ${port} of the gateway's pods already uses ${unknown.protocol}, for ${unknown.gateway.node.path}`, got: protocol, allowed: unknown.protocol,
    });
  }
  const [duplicate] = known.flatMap(index => index.ofHost(listener));
  if (duplicate) {
    throw new MeshError('IM1302', gateway, {
      problem: `${host} on port ${port} of the gateway's pods is served already, by ${duplicate.gateway === gateway ? 'another server or a redirect of this gateway' : duplicate.gateway.node.path}`,
      got: host,
      ...duplicate.gateway === gateway ? { next: 'list the host once; port 80 of a server with `httpsRedirect` is taken' } : {},
    });
  }
}

/** Refuses servers between which requests would go wrong. */
function checkServers(listener: Listener, competitors: Listener[]): void {
  const { gateway } = listener;
  for (const other of competitors.filter(({ server }) => server !== listener.server)) {
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
