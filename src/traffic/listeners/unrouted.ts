import { IConstruct } from 'constructs';
import { PortDemand } from './served-ports';
import { MeshError } from '../../diagnostics/mesh-error';
import { registryOf } from '../../kernel/registry';
import { gatewayKey, IGatewayPods } from '../../services/workloads/gateway-pods';
import { getOrAdd } from '../../values/get-or-add';
import { HostMap } from '../../values/host-map';
import { GatewayServer } from '../servers/gateway-server';
import { RouteKind } from '../servers/route-kind';

class DemandRegistry {
  /** Hosts of routes, by gateway, kind and port. Written by routes of gateways. Complete at synthesis. */
  public readonly routes = new Map<string, HostMap<undefined>>();
}

/** Registers the host and port of a route. */
export function enterRoute(route: IConstruct, gateway: string, { host, kind, gatewayPort }: PortDemand): void {
  getOrAdd(registryOf(route, DemandRegistry).routes, key(gateway, kind, gatewayPort), () => new HostMap<undefined>()).add(host, undefined);
}

/** Refuses hosts of a server without a route in the App, unless the server sets `routedElsewhere` or another namespace routes them. */
export function checkRouted(gateway: IGatewayPods, server: GatewayServer): void {
  const { hosts, port, name, routedElsewhere, routesFrom = [], _routes: kind } = server;
  const opens = routesFrom.some(namespace => namespace !== '.' && namespace !== gateway.namespace);
  if (routedElsewhere || opens || kind === undefined) {
    return;
  }
  const { routes } = registryOf(gateway, DemandRegistry);
  const known = [port, undefined].map(number => routes.get(key(gatewayKey(gateway), kind, number)));
  const unrouted = hosts.filter(host => !known.some(map => map?.meets(host)));
  if (unrouted.length > 0) {
    throw new MeshError('IM1393', gateway, { problem: `server ${name} serves ${unrouted.join(', ')} at port ${port}, and no route is for them`, got: unrouted });
  }
}

/** A gateway, a kind of route, and the port that its routes name, if they do. */
function key(gateway: string, kind: RouteKind, port?: number): string {
  return `${gateway} ${kind} ${port ?? ''}`;
}
