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
 * What a server listens for, to be entered once nothing else of it is refused. The pods of a gateway have one listener per address and
 * port, whichever Gateway objects select them: two that claim the same host there, or speak different protocols, are refused, and two
 * whose clients would mistake one for the other.
 */
export function listenersOf(gateway: IConstruct, workload: GatewayWorkload, server: GatewayServer): Listener[] {
  const of = (port: number, protocol: string) => server.hosts.map(host => ({ workload, gateway, server, port, protocol, host }));
  const wanted = [...of(server.port, server.protocol), ...server.httpsRedirect ? of(80, 'HTTP') : []];
  wanted.forEach((listener, i) => check(listener, [...registryOf(gateway, ListenerRegistry).listeners, ...wanted.slice(0, i)]));
  return wanted;
}

/** Enters what a server listens for. */
export function listen(gateway: IConstruct, wanted: Listener[]): void {
  registryOf(gateway, ListenerRegistry).listeners.push(...wanted);
}

/** All that pods are known to serve, whichever Gateway objects select them. */
export function servedBy(at: IConstruct, workload: GatewayWorkload): Listener[] {
  return registryOf(at, ListenerRegistry).listeners.filter(listener => listener.workload._overlaps(workload));
}

/** The same, as those know it that do not route. */
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
  return of(one).some(mine => of(other).some(its => meet(mine, its)));
}

/** One listener of Envoy: a port at an address. */
function meet(one: Listener, other: Listener): boolean {
  return one.port === other.port && one.server.bind === other.server.bind && one.workload._overlaps(other.workload);
}

function check(mine: Listener, known: Listener[]): void {
  const { port, protocol, host, gateway } = mine;
  const neighbours = known.filter(other => meet(mine, other));
  const unknown = neighbours.find(other => transport(other.protocol) !== transport(protocol));
  if (unknown) {
    throw new MeshError('IM1304', gateway, {
      problem: `port ${port} of the gateway's pods speaks ${unknown.protocol} already, for ${unknown.gateway.node.path}`, got: protocol, allowed: unknown.protocol,
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
  for (const other of neighbours.filter(({ server }) => server !== mine.server)) {
    checkReuse(mine, other, gateway);
    checkReuse(other, mine, gateway);
    checkDemand(mine, other, gateway);
    checkDemand(other, mine, gateway);
    checkClear(mine, other, gateway);
    checkClear(other, mine, gateway);
  }
}

/**
 * The name in TLS chooses the server, and the host of the request the route: behind a server with a wildcard there are the routes of the
 * gateway for every host that it stands for, and nobody asks there what the narrower server asks.
 */
function checkDemand(strict: Listener, wide: Listener, at: IConstruct): void {
  const [demand, other] = [strict, wide].map(({ server, protocol }) => (protocol === 'HTTPS' ? server._tls?._demand : undefined));
  if (demand !== undefined && demand !== other && wide.protocol === 'HTTPS' && strict.gateway === wide.gateway && covers(wide.host, strict.host)) {
    throw new MeshError('IM1390', at, {
      problem: `server ${strict.server.name} asks clients for certificates, and requests for ${strict.host} can come by server ${wide.server.name} as well, which does not ask the same`,
      got: [strict.host, wide.host],
    });
  }
}

/** Istio's own redirect holds for every host of the gateway that the server's hosts cover, whatever other servers say of port 80. */
function checkClear(clear: Listener, redirect: Listener, at: IConstruct): void {
  const redirects = ({ server, port }: Listener) => server.httpsRedirect && port !== server.port;
  const spares = ({ server }: Listener) => server._acmeSolver !== undefined;
  const spared = redirects(clear) ? spares(clear) && !spares(redirect) : true;
  if (redirects(redirect) && spared && clear.gateway === redirect.gateway && covers(redirect.host, clear.host)) {
    throw new MeshError('IM1352', at, {
      problem: `server ${clear.server.name} would be asked nothing of ${clear.host} in clear text: server ${redirect.server.name} redirects ${redirect.host}`,
      got: clear.host,
      next: 'give one of the servers a gateway of its own, which may have the same pods: `workload: gateway.workload`',
    });
  }
}

/**
 * A browser that has a connection of HTTP/2 uses it for every name that the certificate it was shown is good for. Envoy chose the server
 * when the connection began, and that server knows no routes for another's hosts.
 */
function checkReuse(shown: Listener, asked: Listener, at: IConstruct): void {
  const [mine, its] = [shown.server._tls?._shown, asked.server._tls?._shown];
  if (!mine || !its || [shown, asked].some(({ protocol }) => protocol !== 'HTTPS')) {
    return;
  }
  const shared = mine.credentialNames.find(name => its.credentialNames.includes(name));
  const serves = shown.gateway === asked.gateway && shown.server.hosts.some(host => covers(host, asked.host));
  const good = shared !== undefined || (mine.dnsNames ?? []).some(name => certifies(name, asked.host));
  if (good && (shared !== undefined || !serves)) {
    const [one, other] = [shown, asked].map(({ server, gateway }) => `server ${server.name} of ${gateway.node.path}`);
    throw new MeshError('IM1353', at, {
      problem: `${shared ?? 'the certificate'} of ${one} is good for ${asked.host} of ${other}: a browser would ask the one for both, and be answered 404`,
      got: [shown.host, asked.host],
    });
  }
}

/** What a listener of Envoy has one of: behind TLS it chooses by server name whether TLS ends there. */
function transport(protocol: string): string {
  const families = { TLS: ['HTTPS', 'TLS'], HTTP: ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'] };
  return Object.entries(families).find(([, members]) => members.includes(protocol))?.[0] ?? protocol;
}
