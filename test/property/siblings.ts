import { covers } from './gateways';
import { World } from './world';
import { GatewayServer, MeshGateway } from '../../src';

// What servers of one gateway have to agree on.

/** The servers of the gateway that gets the server at hand. */
function siblings(w: World): GatewayServer[] {
  const gateway = w.given('MeshGateway.addServer')?.this;
  return gateway instanceof MeshGateway ? gateway.servers : (w.given('MeshGatewayProps.servers[]')?.made as GatewayServer[] | undefined) ?? [];
}

/** Remembers a server of a gateway that is being made. */
export function takeServer(w: World, server: unknown): void {
  const list = w.frame('MeshGatewayProps.servers[]')?.given;
  if (list) list.made = [...siblings(w), server as GatewayServer];
}

const overlap = (one: string, other: string) => covers(one, other) || covers(other, one);

const servesRequests = ({ _routes }: GatewayServer) => _routes === 'http';

/** Whether a server asks more of clients than others of its gateway: then none of them has hosts that are some of its own. */
const asksMore = ({ httpsRedirect, _tls }: GatewayServer) => httpsRedirect || _tls?._demand !== undefined;

/** Whether a server of the gateway may have the host, beside those that there are. */
export function mayServe(w: World, host: string): boolean {
  return !siblings(w).some(server => servesRequests(server) && asksMore(server) && server.hosts.some(other => overlap(host, other)));
}

/** Whether the server at hand may ask more of clients than others: it has its hosts for itself, and leaves some to those that follow. */
export function mayAskMore(w: World): boolean {
  const hosts = (w.given('HttpsServerOptions')?.hosts ?? []) as string[];
  const isLast = w.index + 1 >= ((w.given('MeshGatewayProps.servers[]')?.count ?? 1) as number);
  return (isLast || !hosts.includes('*'))
    && !siblings(w).some(server => servesRequests(server) && server.hosts.some(other => hosts.some(host => overlap(host, other))));
}
