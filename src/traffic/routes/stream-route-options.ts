import { IRouteTarget } from '../../hosts/route-target';

/**
 * Options of `addTlsRoute`.
 *
 * Istio's gateways read no `destinationSubnets`: a route with them would take every connection.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TLSRoute
 */
export interface TlsRouteOptions {
  /**
   * Where the connections go: a service, one of its versions, a host outside, or several of these by weight.
   */
  readonly to: IRouteTarget;

  /**
   * The number of the service's port. One that is declared as plain TCP has to be named.
   *
   * @default - the only port that carries the application's own TLS
   */
  readonly port?: number;

  /**
   * The number of the gateway's port that the route is for.
   *
   * @default - the only port at which the gateway passes TLS for the host through; 443 where its ports are not known
   */
  readonly gatewayPort?: number;
}

/**
 * Options of `addTcpRoute`.
 *
 * Istio's gateways read no `destinationSubnets`: a route with them would take every connection.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TCPRoute
 */
export interface TcpRouteOptions {
  /** The number of the gateway's port that the route is for. */
  readonly gatewayPort: number;

  /**
   * Where the connections go: a service with its split, one of its versions, a host outside, or several of these by weight.
   */
  readonly to: IRouteTarget;

  /**
   * The number of the service's port.
   *
   * @default - the only port that is not HTTP
   */
  readonly port?: number;

  /**
   * The host of the connections, where the port of the gateway ends TLS for several.
   *
   * @default - every connection to the port
   */
  readonly host?: string;
}
