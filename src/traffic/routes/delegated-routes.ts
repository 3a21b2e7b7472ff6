import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions, routeSettings } from './http-route-options';
import { DelegatedRoutesAttributes, IDelegatedRoutes, ReferencedRoutes } from './referenced-routes';
import { grpcMatches, httpMatches } from './request-matches';
import { buildRoute } from './route-builder';
import * as networking from '../../../imports/networking.istio.io';
import { validateProps } from '../../diagnostics/validate-props';
import { DelegatedRouting } from '../../hosts/delegated-routing';
import { HttpMatch } from '../../hosts/http/http-match';
import { RouteTarget } from '../../hosts/route-target';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { exportTo } from '../../values/export-to';
import { portNumber } from '../../values/mesh-port';
import { dnsLabel } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';

/** Properties of `DelegatedRoutes`. */
export interface DelegatedRoutesProps {
  /**
   * The name of the VirtualService.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The namespaces whose routes may delegate here: their names, `.` for the namespace of these routes, `*` for all.
   *
   * @default - what the mesh has as `defaultVirtualServiceExportTo`: all, unless the mesh sets another
   */
  readonly exportTo?: string[];
}

/**
 * Routes that a route of a gateway delegates to. The owner of the gateway selects the requests of a team by a path or another match, and the
 * team routes them.
 *
 * The routes become one VirtualService without hosts, the narrowest match first. A setting that is not set here is that of the delegating
 * route. Each match has to be within a match of the delegating route. Istio compares the text of exact paths and prefixes; a pattern is within
 * no other match, and no other match is within it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export class DelegatedRoutes extends Construct implements IDelegatedRoutes {
  /** Existing delegated routes, which the App does not create. */
  public static fromAttributes(scope: Construct, id: string, attributes: DelegatedRoutesAttributes): IDelegatedRoutes {
    return new ReferencedRoutes(scope, id, attributes);
  }

  public readonly routesName: string;
  public readonly namespace: string;

  private readonly routing: DelegatedRouting;

  constructor(scope: Construct, id: string, props: DelegatedRoutesProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('DelegatedRoutesProps', props, this);
    this.routesName = dnsLabel(props.name ?? id, this, 'the name of the routes');
    this.namespace = namespaceOf(this);
    this.routing = new DelegatedRouting(this, this.namespace, this.routesName);
    const exported = exportTo(props.exportTo, this);
    const seenBy = () => exported ?? knownMesh(this).exported?.defaultVirtualServiceExportTo;
    refuseAtSynthesis(this, () => this.routing.check(seenBy()));
    new networking.VirtualService(this, owned(this, 'Resource'), {
      metadata: { name: this.routesName, namespace: this.namespace },
      spec: Lazy.any({ produce: () => ({ exportTo: exported, http: this.routing.render() }) }),
    });
  }

  /** Routes HTTP requests that are delegated here to a target. */
  public addHttpRoute(options: HttpRouteOptions): void {
    this.add(httpMatches(options, this), options, MeshProtocol.HTTP);
  }

  /** Routes gRPC calls that are delegated here to a target. */
  public addGrpcRoute(options: GrpcRouteOptions): void {
    this.add(grpcMatches(options, this), options, MeshProtocol.GRPC);
  }

  /** The routes as the target of a route. */
  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(this.routing.backend);
  }

  private add(matches: HttpMatch[], options: HttpRouteOptions | GrpcRouteOptions, protocol: MeshProtocol): void {
    if (options.gatewayPort !== undefined) {
      portNumber(options.gatewayPort, this, 'the port of the gateway');
    }
    const details = { matches, delegated: true, hostListeners: () => this.routing.hostListeners };
    const { backend, route, settings, calls } = buildRoute(this, options, protocol, routeSettings(options), details);
    this.routing.add(matches, backend, route, settings, calls);
  }
}
