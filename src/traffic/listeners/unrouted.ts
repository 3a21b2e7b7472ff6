import { IConstruct } from 'constructs';
import { Demand } from './served';
import { MeshError } from '../../diagnostics/mesh-error';
import { perCluster } from '../../kernel/mesh-cluster';
import { gatewayKey, IGatewayPods } from '../../services/workloads/gateway-pods';
import { covers } from '../../values/host';
import { GatewayServer } from '../servers/gateway-server';

/** What the routes of each gateway are for, by `<namespace>/<name>`. */
const routed = perCluster(() => new Map<string, Demand[]>());

/** Enters what a route of a gateway is for. */
export function enterRoute(route: IConstruct, gateway: string, demand: Demand): void {
  const known = routed(route);
  known.set(gateway, [...known.get(gateway) ?? [], demand]);
}

/** Refuses hosts of a server to which no route of the App leads, unless it is said that their routes come from elsewhere. */
export function checkRouted(gateway: IGatewayPods, server: GatewayServer): void {
  const { hosts, port, name, routedElsewhere, routesFrom = [], _routes: kind } = server;
  const opens = routesFrom.some(namespace => namespace !== '.' && namespace !== gateway.namespace);
  if (routedElsewhere || opens || kind === undefined) {
    return;
  }
  const routes = (routed(gateway).get(gatewayKey(gateway)) ?? []).filter(route => route.kind === kind && (route.gatewayPort ?? port) === port);
  const unrouted = hosts.filter(host => !routes.some(route => covers(host, route.host) || covers(route.host, host)));
  if (unrouted.length > 0) {
    throw new MeshError('IM1393', gateway, { problem: `server ${name} serves ${unrouted.join(', ')} at port ${port}, and no route leads from there`, got: unrouted });
  }
}
