import { Construct, IConstruct } from 'constructs';
import { validateProps } from '../../diagnostics/validate-props';
import { DelegateBackend, Delegation } from '../../hosts/delegation';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { dnsLabel } from '../../values/names';

/** Delegated routes, created by this App or existing. */
export interface IDelegatedRoutes extends IConstruct, IRouteTarget {
  /** The name of their VirtualService. */
  readonly routesName: string;
  /** The namespace of their VirtualService. */
  readonly namespace: string;
}

/** Attributes of existing delegated routes. */
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

/** Existing delegated routes, which the App does not create. */
export class ReferencedRoutes extends Construct implements IDelegatedRoutes {
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
