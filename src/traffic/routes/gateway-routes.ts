import { Construct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions } from './http-route-options';
import { PodRouteOptions, PodTcpRouteOptions } from './pod-routes';
import { RouteWriter } from './route-writer';
import { TcpRouteOptions, TlsRouteOptions } from './stream-route-options';
import { validateProps } from '../../diagnostics/validate-props';
import { sameCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { exportTo } from '../../values/export-to';
import { IMeshGateway } from '../gateways/gateway-interface';
import { ReferencedGateway } from '../gateways/referenced-gateway';

/** Properties of `GatewayRoutes`. */
export interface GatewayRoutesProps {
  /** The gateway that the routes are for, made here or elsewhere. */
  readonly gateway: IMeshGateway;

  /**
   * The namespaces whose proxies see the routes: their names, `.` for that of these routes, `*` for all. That of the gateway's pods has to
   * be among them.
   *
   * @default - what the mesh has as `defaultVirtualServiceExportTo`: all, unless somebody changed it
   */
  readonly exportTo?: string[];
}

/**
 * Routes of a gateway that live in another namespace than the gateway: that of their own scope, whose team they belong to. They may lead
 * to services of any namespace.
 *
 * The VirtualServices are called `<gateway>.in--<namespace of the gateway>.<host>`. A server of the gateway may take routes of some
 * namespaces alone.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export class GatewayRoutes extends Construct {
  /** The gateway that the routes are for. */
  public readonly gateway: IMeshGateway;
  /** The namespace of the routes. */
  public readonly namespace: string;

  private readonly routes: RouteWriter;

  constructor(scope: Construct, id: string, props: GatewayRoutesProps) {
    super(scope, uniqueId(scope, id));
    validateProps('GatewayRoutesProps', props, this);
    this.gateway = props.gateway;
    this.namespace = namespaceOf(this);
    sameCluster(this, this.gateway);
    const described = this.gateway instanceof ReferencedGateway ? this.gateway._served : undefined;
    this.routes = new RouteWriter(this, this.gateway, { described, exportTo: exportTo(props.exportTo, this) });
  }

  /**
   * Leads HTTP requests for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  public addHttpRoute(host: string, options: HttpRouteOptions): void {
    this.routes.addHttp(host, options);
  }

  /**
   * Leads gRPC calls for a host to a target.
   *
   * @param host a host that the gateway serves
   */
  public addGrpcRoute(host: string, options: GrpcRouteOptions): void {
    this.routes.addGrpc(host, options);
  }

  /**
   * Leads connections with the application's own TLS to a target, by the name of the server that the client asks for.
   *
   * @param host a host whose TLS the gateway passes through
   */
  public addTlsRoute(host: string, options: TlsRouteOptions): void {
    this.routes.addTls(host, options);
  }

  /** Leads the connections to a port of the gateway to a target. */
  public addTcpRoute(options: TcpRouteOptions): void {
    this.routes.addTcp(options);
  }

  /** Leads each pod of a stateful service's own host, or path, to that pod and no other. */
  public addPodRoutes(options: PodRouteOptions): void {
    this.routes.addPods(options);
  }

  /** Leads a port of the gateway for each pod of a stateful service to that pod and no other. The gateway has to serve the ports. */
  public addPodTcpRoutes(options: PodTcpRouteOptions): void {
    this.routes.addPodsTcp(options);
  }
}
