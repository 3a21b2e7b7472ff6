import { freeHosts, receiver, Served, serves, takeHost } from './gateways';
import { carries } from './relations';
import { NothingSuits, World } from './world';
import { type IStatefulMeshService, MeshPort, MeshProtocol } from '../../src';

// Which routes to the pods of a service a gateway can have.

/** What the gateway of the pods' routes can tell pods by: by path or host for HTTP, by host for TLS. */
function telling(w: World): Served[] {
  const to = receiver(w);
  const free = [...freeHosts(w, to, 'http'), ...freeHosts(w, to, 'tls')];
  return serves(w, to)
    .map(server => ({ ...server, hosts: server.hosts.filter(host => free.includes(host) && (server.kind === 'http' || host.startsWith('*'))) }))
    .filter(({ kind, hosts }) => kind !== 'tcp' && hosts.length > 0);
}

const speaks = (port: MeshPort) => (carries(port, 'HTTP') ? 'http' : port.protocol !== MeshProtocol.TCP && carries(port, 'TLS') ? 'tls' : undefined);

/** The ports of the pods for which the gateway has a server. */
export function podPorts(w: World, pods = w.given('PodRouteOptions')!.pods as IStatefulMeshService): MeshPort[] {
  const kinds = telling(w).map(({ kind }) => kind);
  return pods.headless.ports.filter(port => kinds.some(kind => kind === speaks(port)));
}

/** The servers for the routes to pods that are being said, as far as that is known. */
export function podServers(w: World): Served[] {
  const { pods, port, gatewayPort } = w.given('PodRouteOptions') as { pods: IStatefulMeshService; port: number; gatewayPort?: number };
  const kind = speaks(pods.headless.portOf(port));
  return telling(w).filter(server => server.kind === kind && (gatewayPort === undefined || server.port === gatewayPort));
}

/** The host of pods that paths distinguish, or one for each of them. */
export function podHost(w: World): string {
  const [{ kind }] = podServers(w);
  const hosts = podServers(w).flatMap(server => server.hosts);
  if (w.given('PodRouteOptions')!.path !== undefined) {
    const host = w.choices.pick(hosts).replace(/^\*\./, 'pods.').replace(/^\*$/, 'pods.example.com');
    return takeHost(w, receiver(w), 'http', host);
  }
  const wide = hosts.filter(host => host.startsWith('*'));
  if (wide.length === 0) throw new NothingSuits(`hosts for pods by ${kind}`);
  const below = w.choices.pick(wide).replace(/^\*\.?/, '') || 'example.com';
  return `${w.fresh(`pod hosts of ${w.cluster}`, ['x'])}-${w.choices.pick(['{pod}', '{ordinal}'])}.${below}`;
}

/** The ports of pods that a gateway can give a port of its own for each pod. */
export function streams(pods: IStatefulMeshService): MeshPort[] {
  return pods.headless.ports.filter(port => carries(port, 'TCP'));
}
