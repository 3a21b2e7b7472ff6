import { IConstruct } from 'constructs';
import { Demand } from './served';
import { MeshError } from '../../diagnostics/mesh-error';
import { registryOf } from '../../kernel/registry';
import { gatewayKey, IGatewayPods } from '../../services/workloads/gateway-pods';
import { covers } from '../../values/host';
import { GatewayServer } from '../servers/gateway-server';

class DemandRegistry {
  /** Hosts and ports of routes, by gateway. Written by routes of gateways. Complete at synthesis. */
  public readonly routes = new Map<string, Demand[]>();
}

/** Registers the host and port of a route. */
export function enterRoute(route: IConstruct, gateway: string, demand: Demand): void {
  const known = registryOf(route, DemandRegistry).routes;
  const routes = known.get(gateway);
  if (routes) {
    routes.push(demand);
  } else {
    known.set(gateway, [demand]);
  }
}

/** Refuses hosts of a server without a route in the App, unless the server sets `routedElsewhere` or another namespace routes them. */
export function checkRouted(gateway: IGatewayPods, server: GatewayServer): void {
  const { hosts, port, name, routedElsewhere, routesFrom = [], _routes: kind } = server;
  const opens = routesFrom.some(namespace => namespace !== '.' && namespace !== gateway.namespace);
  if (routedElsewhere || opens || kind === undefined) {
    return;
  }
  const routes = (registryOf(gateway, DemandRegistry).routes.get(gatewayKey(gateway)) ?? [])
    .filter(route => route.kind === kind && (route.gatewayPort ?? port) === port);
  const unrouted = hosts.filter(host => !routes.some(route => covers(host, route.host) || covers(route.host, host)));
  if (unrouted.length > 0) {
    throw new MeshError('IM1393', gateway, { problem: `server ${name} serves ${unrouted.join(', ')} at port ${port}, and no route is for them`, got: unrouted });
  }
}
