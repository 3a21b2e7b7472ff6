import { RouteMatch } from './route-match';
import { HttpRouteSettings } from '../../hosts/http-route-settings';
import { IRouteTarget } from '../../hosts/route-target';

/** Options of `addHttpRoute`. */
export interface HttpRouteOptions extends HttpRouteSettings {
  /**
   * The target of matching requests: a service with its split, one of its versions, a redirect or a direct response.
   */
  readonly to: IRouteTarget;

  /**
   * The conditions of the route. A request must meet one of the matches.
   *
   * @default - every request for the host
   */
  readonly matches?: RouteMatch[];

  /**
   * The number of the service's port.
   *
   * @default - the only port that Envoy reads as HTTP
   */
  readonly port?: number;

  /**
   * The number of the gateway's port to which the route applies.
   *
   * @default - every port at which the gateway serves the host
   */
  readonly gatewayPort?: number;
}

/** Options of `addGrpcRoute`. */
export interface GrpcRouteOptions extends HttpRouteSettings {
  /**
   * The target of matching calls: a service with its split, or one of its versions.
   */
  readonly to: IRouteTarget;

  /**
   * The gRPC service, with its package: `namely.address_validator.AddressValidator`.
   *
   * @default - every service
   */
  readonly service?: string;

  /**
   * The method of the gRPC service. Needs `service`.
   *
   * @default - every method
   */
  readonly method?: string;

  /**
   * The number of the service's port.
   *
   * @default - the only port for HTTP/2 or gRPC
   */
  readonly port?: number;

  /**
   * The number of the gateway's port to which the route applies.
   *
   * @default - every port at which the gateway serves the host
   */
  readonly gatewayPort?: number;
}

/** The settings among the options of a route. */
export function routeSettings(options: HttpRouteOptions | GrpcRouteOptions): HttpRouteSettings {
  const { name, rewrite, headers, timeout, retries, corsPolicy, fault, mirrors } = options;
  return { name, rewrite, headers, timeout, retries, corsPolicy, fault, mirrors };
}
