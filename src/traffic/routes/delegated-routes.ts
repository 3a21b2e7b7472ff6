import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { GrpcRouteOptions, HttpRouteOptions, settingsOf } from './http-route-options';
import { grpcMatches, httpMatches } from './request-matches';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { DelegateBackend, Delegation } from '../../hosts/delegation';
import { checkKeys } from '../../hosts/hashed-shares';
import { HttpMatch } from '../../hosts/http/http-match';
import { HttpRouteSettings, requestSettings } from '../../hosts/http-route-settings';
import { MeshHost } from '../../hosts/mesh-host';
import { renderHttp } from '../../hosts/model/route-action';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { checkScheme } from '../../hosts/routes/forwarded-scheme';
import { HttpRoutes } from '../../hosts/routes/http-routes';
import { checkDefaultPort, toDefaultPort } from '../../hosts/routes/redirect-port';
import { RouteSettings } from '../../hosts/routes/route-settings';
import { collectErrors } from '../../kernel/collect-errors';
import { knownMesh } from '../../kernel/known-mesh';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { owned } from '../../kernel/owned-objects';
import { uniqueId } from '../../kernel/unique-id';
import { exportTo } from '../../values/export-to';
import { portNumber } from '../../values/mesh-port';
import { dnsLabel } from '../../values/names';
import { MeshProtocol } from '../../values/protocol';

/** Routes that other routes hand requests on to, whoever makes them. */
export interface IDelegatedRoutes extends IConstruct, IRouteTarget {
  /** The name of their VirtualService. */
  readonly routesName: string;
  /** The namespace of their VirtualService. */
  readonly namespace: string;
}

/** Properties of `DelegatedRoutes`. */
export interface DelegatedRoutesProps {
  /**
   * The name of the VirtualService.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The namespaces from which routes may lead here: their names, `.` for that of these routes, `*` for all.
   *
   * @default - what the mesh has as `defaultVirtualServiceExportTo`: all, unless somebody changed it
   */
  readonly exportTo?: string[];
}

/** What there is to know of delegated routes that are made elsewhere. */
export interface DelegatedRoutesAttributes {
  /**
   * The name of the VirtualService.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The namespace of the VirtualService.
   *
   * @default - the namespace of the scope
   */
  readonly namespace?: string;
}

/**
 * Routes of a team's own that the route of a gateway hands requests on to: who owns the gateway says by a path, or by any other match,
 * which requests are the team's, and the team says what becomes of them.
 *
 * They become one VirtualService without hosts, the narrowest match first. Where a setting is not said here, that of the route that
 * leads here holds. Each match has to be within those of the route that leads here, as Istio compares them: by the text of exact paths and
 * prefixes; a pattern is within nothing and has nothing within it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export class DelegatedRoutes extends Construct implements IDelegatedRoutes {
  /** Delegated routes that are made elsewhere. */
  public static fromAttributes(scope: Construct, id: string, attributes: DelegatedRoutesAttributes): IDelegatedRoutes {
    return new ReferencedRoutes(scope, id, attributes);
  }

  public readonly routesName: string;
  public readonly namespace: string;

  private readonly delegation: Delegation;
  private readonly routes: HttpRoutes;

  constructor(scope: Construct, id: string, props: DelegatedRoutesProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('DelegatedRoutesProps', props, this);
    this.routesName = dnsLabel(props.name ?? id, this, 'the name of the routes');
    this.namespace = namespaceOf(this);
    this.delegation = Delegation.of(this, this.namespace, this.routesName);
    this.routes = new HttpRoutes(this.routesName);
    this.delegation.routes = () => this.routes.resolved();
    const exported = exportTo(props.exportTo, this);
    const seenBy = () => exported ?? knownMesh(this).exported?.defaultVirtualServiceExportTo;
    this.node.addValidation({ validate: () => collectErrors(this, () => this.check(seenBy())) });
    new networking.VirtualService(this, owned(this, 'Resource'), {
      metadata: { name: this.routesName, namespace: this.namespace },
      spec: Lazy.any({ produce: () => ({ exportTo: exported, ...this._render() }) }),
    });
  }

  /** Leads HTTP requests that are handed on here to a target. */
  public addHttpRoute(options: HttpRouteOptions): void {
    this.add(httpMatches(options, this), options, MeshProtocol.HTTP, settingsOf(options));
  }

  /** Leads gRPC calls that are handed on here to a target. */
  public addGrpcRoute(options: GrpcRouteOptions): void {
    this.add(grpcMatches(options, this), options, MeshProtocol.GRPC, settingsOf(options));
  }

  /** The routes as the end of a route. */
  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(new DelegateBackend(this, this.delegation));
  }

  /**
   * Istio drops a route whole where one of its matches does not fit: so each match has a route of its own.
   *
   * @internal
   */
  public _render(): networking.VirtualServiceSpec {
    return { http: this.routes.resolved().flatMap(route => renderHttp([toDefaultPort(route, this.delegation.hostListeners)])) };
  }

  private add(matches: HttpMatch[], { to, port, gatewayPort: listener }: HttpRouteOptions, speaks: MeshProtocol, given: HttpRouteSettings): void {
    if (listener !== undefined) {
      portNumber(listener, this, 'the port of the gateway');
    }
    const { _backend: end } = RouteTarget._resolve(to, this);
    this.routes.check(matches, this);
    const route = {
      source: this,
      speaks,
      port,
      matches,
      delegated: true,
      hostListeners: () => this.delegation.hostListeners,
      fromBrowsers: given.corsPolicy !== undefined,
      uncopied: given.mirrors !== undefined,
      calls: this.delegation.calls.bind(this.delegation),
    };
    const settings = new RouteSettings(requestSettings(given, route), route, end);
    end.bind(route);
    settings.bind();
    this.routes.push(matches, end, route, settings);
  }

  private check(exported?: string[]): void {
    if (this.routes.isEmpty) {
      throw new MeshError('IM1348', this, { problem: 'there is no route to hand requests on to' });
    }
    this.routes.resolved().forEach(route => {
      checkDefaultPort(route, this.delegation.hostListeners);
      checkScheme(route.match, this, this.delegation.hostListeners);
      checkKeys(route.action.destinations, this, host => MeshHost.of(this, host)?.policy);
    });
    this.delegation.check(this.routes.resolved(), exported, this);
  }
}

/** Delegated routes that somebody else makes. */
class ReferencedRoutes extends Construct implements IDelegatedRoutes {
  public readonly routesName: string;
  public readonly namespace: string;

  public constructor(scope: Construct, id: string, attributes: DelegatedRoutesAttributes) {
    super(scope, uniqueId(scope, id));
    validateProps('DelegatedRoutesAttributes', attributes, this);
    this.routesName = dnsLabel(attributes.name ?? id, this, 'the name of the routes');
    this.namespace = dnsLabel(attributes.namespace ?? namespaceOf(this), this, 'the namespace of the routes');
    MeshCluster.of(this)._refersTo('VirtualService', this.namespace, this.routesName, this);
  }

  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(new DelegateBackend(this, Delegation.of(this, this.namespace, this.routesName)));
  }
}
