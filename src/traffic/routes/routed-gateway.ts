import { Construct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { PodRouteOptions, PodTcpRouteOptions } from './pod-routes';
import { RouteWriter } from './route-writer';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { ServedPorts } from '../listeners/served-ports';

/**
 * A construct that adds routes to a gateway: the gateway itself, a reference to it, or the routes of another namespace.
 *
 * @internal
 */
export abstract class RoutedGateway extends Construct {
  /**
   * The known ports of an existing gateway.
   *
   * @internal
   */
  public readonly _described?: ServedPorts;

  /** @internal */
  protected abstract readonly _routes: RouteWriter;

  /**
   * Routes HTTP requests for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  public addHttpRoute(host: string, options: HttpRouteOptions): void {
    this._routes.addHttp(host, options);
  }

  /**
   * Routes gRPC calls for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  public addGrpcRoute(host: string, options: GrpcRouteOptions): void {
    this._routes.addGrpc(host, options);
  }

  /**
   * Routes connections with the application's own TLS to a target, by server name (SNI).
   *
   * @param host a host whose TLS the gateway passes through
   */
  public addTlsRoute(host: string, options: TlsRouteOptions): void {
    this._routes.addTls(host, options);
  }

  /** Routes the connections to a port of the gateway to a target. */
  public addTcpRoute(options: TcpRouteOptions): void {
    this._routes.addTcp(options);
  }

  /**
   * Routes the host or path of each pod of a stateful service to that pod alone: HTTP, gRPC, or the application's own TLS by server name (SNI).
   * The gateway has to serve the hosts.
   */
  public addPodRoutes(options: PodRouteOptions): void {
    this._routes.addPods(options);
  }

  /**
   * Routes one port of the gateway for each pod of a stateful service to that pod alone. A `MeshGateway` serves these ports by itself; any
   * other gateway has to serve them already.
   */
  public addPodTcpRoutes(options: PodTcpRouteOptions): void {
    this._routes.addPodsTcp(options);
  }
}
