import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { PodRouteOptions, PodTcpRouteOptions } from './pod-routes';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { IGatewayPods } from '../../services/workloads/gateway-pods';

/** A gateway, created by this App or existing, to which routes are added. */
export interface IMeshGateway extends IGatewayPods {
  /**
   * Routes HTTP requests for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addHttpRoute(host: string, options: HttpRouteOptions): void;

  /**
   * Routes gRPC calls for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addGrpcRoute(host: string, options: GrpcRouteOptions): void;

  /**
   * Routes connections with the application's own TLS to a target, by server name (SNI).
   *
   * @param host a host whose TLS the gateway passes through
   */
  addTlsRoute(host: string, options: TlsRouteOptions): void;

  /**
   * Routes the connections to a port of the gateway to a target.
   */
  addTcpRoute(options: TcpRouteOptions): void;

  /**
   * Routes the host or path of each pod of a stateful service to that pod alone: HTTP, gRPC, or the application's own TLS by server name (SNI).
   */
  addPodRoutes(options: PodRouteOptions): void;

  /**
   * Routes one port of the gateway for each pod of a stateful service to that pod alone.
   */
  addPodTcpRoutes(options: PodTcpRouteOptions): void;
}
