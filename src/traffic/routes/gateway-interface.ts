import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { PodRouteOptions, PodTcpRouteOptions } from './pod-routes';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { IGatewayPods } from '../../services/workloads/gateway-pods';

/** A gateway, whoever makes it: what routes are added to. */
export interface IMeshGateway extends IGatewayPods {
  /**
   * Leads HTTP requests for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addHttpRoute(host: string, options: HttpRouteOptions): void;

  /**
   * Leads gRPC calls for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  addGrpcRoute(host: string, options: GrpcRouteOptions): void;

  /**
   * Leads connections with the application's own TLS to a target, by the name of the server that the client asks for.
   *
   * @param host a host whose TLS the gateway passes through
   */
  addTlsRoute(host: string, options: TlsRouteOptions): void;

  /**
   * Leads the connections to a port of the gateway to a target.
   */
  addTcpRoute(options: TcpRouteOptions): void;

  /**
   * Leads each pod of a stateful service's own host, or path, to that pod and no other: HTTP, gRPC, or by the server name the
   * application's own TLS.
   */
  addPodRoutes(options: PodRouteOptions): void;

  /**
   * Leads a port of the gateway for each pod of a stateful service to that pod and no other.
   */
  addPodTcpRoutes(options: PodTcpRouteOptions): void;
}
