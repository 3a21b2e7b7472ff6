import { IRouteTarget } from '../../hosts/route-target';

/**
 * Options of `addTlsRoute`.
 *
 * There is no `destinationSubnets`: gateways of Istio ignore it, so such a route would match every connection.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TLSRoute
 */
export interface TlsRouteOptions {
  /**
   * The target of the connections: a service, one of its versions, an external host, or several of these by weight.
   */
  readonly to: IRouteTarget;

  /**
   * The number of the service's port. Required for a port that is declared as plain TCP.
   *
   * @default - the only port at which the application itself terminates TLS
   */
  readonly port?: number;

  /**
   * The number of the gateway's port to which the route applies.
   *
   * @default - the only port with TLS passthrough for the host; 443 if the ports of the gateway are unknown
   */
  readonly gatewayPort?: number;
}

/**
 * Options of `addTcpRoute`.
 *
 * There is no `destinationSubnets`: gateways of Istio ignore it, so such a route would match every connection.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#TCPRoute
 */
export interface TcpRouteOptions {
  /** The number of the gateway's port to which the route applies. */
  readonly gatewayPort: number;

  /**
   * The target of the connections: a service with its split, one of its versions, an external host, or several of these by weight.
   */
  readonly to: IRouteTarget;

  /**
   * The number of the service's port.
   *
   * @default - the only port that is not HTTP
   */
  readonly port?: number;

  /**
   * The host of the connections (SNI), if the gateway terminates TLS for several hosts at the port.
   *
   * @default - every connection to the port
   */
  readonly host?: string;
}
