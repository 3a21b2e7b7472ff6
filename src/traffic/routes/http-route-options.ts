import { RouteMatch } from './route-match';
import { HttpRouteSettings } from '../../hosts/http-route-settings';
import { IRouteTarget } from '../../hosts/route-target';

/** Options of `addHttpRoute`. */
export interface HttpRouteOptions extends HttpRouteSettings {
  /**
   * Where matching requests go: a service with its split, one of its versions, a redirect, an answer.
   */
  readonly to: IRouteTarget;

  /**
   * Which requests the route is for; one match is enough.
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
   * The number of the gateway's port that the route is for.
   *
   * @default - every port at which the gateway serves the host
   */
  readonly gatewayPort?: number;
}

/** Options of `addGrpcRoute`. */
export interface GrpcRouteOptions extends HttpRouteSettings {
  /**
   * Where matching calls go: a service with its split, or one of its versions.
   */
  readonly to: IRouteTarget;

  /**
   * The gRPC service that is called, with its package: `namely.address_validator.AddressValidator`.
   *
   * @default - every service
   */
  readonly service?: string;

  /**
   * The method of the gRPC service that is called. Needs `service`.
   *
   * @default - every method
   */
  readonly method?: string;

  /**
   * The number of the service's port.
   *
   * @default - the only port that speaks HTTP/2
   */
  readonly port?: number;

  /**
   * The number of the gateway's port that the route is for.
   *
   * @default - every port at which the gateway serves the host
   */
  readonly gatewayPort?: number;
}

/** What the options say besides where the route leads, and for which requests. */
export function settingsOf(options: HttpRouteOptions | GrpcRouteOptions): HttpRouteSettings {
  const { name, rewrite, headers, timeout, retries, corsPolicy, fault, mirrors } = options;
  return { name, rewrite, headers, timeout, retries, corsPolicy, fault, mirrors };
}
