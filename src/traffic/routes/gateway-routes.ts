import { Construct } from 'constructs';
import { IMeshGateway } from './gateway-interface';
import { RouteWriter } from './route-writer';
import { RoutedGateway } from './routed-gateway';
import { validateProps } from '../../diagnostics/validate-props';
import { namespaceOf } from '../../kernel/namespace-scope';
import { sameCluster } from '../../kernel/same-cluster';
import { uniqueId } from '../../kernel/unique-id';
import { exportTo } from '../../values/export-to';

/** Properties of `GatewayRoutes`. */
export interface GatewayRoutesProps {
  /** The gateway of the routes, created by this App or existing. */
  readonly gateway: IMeshGateway;

  /**
   * The namespaces whose proxies see the routes: their names, `.` for the namespace of these routes, `*` for all. The namespace of the gateway's
   * pods must be among them.
   *
   * @default - what the mesh has as `defaultVirtualServiceExportTo`: all, unless the mesh sets another
   */
  readonly exportTo?: string[];
}

/**
 * Routes of a gateway in the namespace of their own scope, for a team that does not own the gateway. Their targets can be services of any
 * namespace.
 *
 * The VirtualServices are called `<gateway>.in--<namespace of the gateway>.<host>`. A server of the gateway can limit the
 * namespaces of its routes (`routesFrom`).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export class GatewayRoutes extends RoutedGateway {
  /** The gateway of the routes. */
  public readonly gateway: IMeshGateway;
  /** The namespace of the routes. */
  public readonly namespace: string;

  /** @internal */
  protected readonly _routes: RouteWriter;

  constructor(scope: Construct, id: string, props: GatewayRoutesProps) {
    super(scope, uniqueId(scope, id));
    validateProps('GatewayRoutesProps', props, this);
    this.gateway = props.gateway;
    this.namespace = namespaceOf(this);
    sameCluster(this, this.gateway);
    const described = this.gateway instanceof RoutedGateway ? this.gateway._described : undefined;
    this._routes = new RouteWriter(this, this.gateway, { described, exportTo: exportTo(props.exportTo, this) });
  }
}
