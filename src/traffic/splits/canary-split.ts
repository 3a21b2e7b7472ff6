import { Construct } from 'constructs';
import { checkCallRules } from './call-rules';
import { SplitRule } from './split-rule';
import { SplitTarget } from './split-target';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { sameCluster } from '../../kernel/mesh-cluster';
import { uniqueId } from '../../kernel/unique-id';
import { IMeshService } from '../../services/mesh-service-base';

/** Properties of a `CanarySplit`. */
export interface CanarySplitProps {
  /** The service whose traffic is divided. */
  readonly service: IMeshService;

  /** Who takes the traffic of everyone that no rule is for. */
  readonly traffic: SplitTarget;

  /**
   * Rules for some of the calls, asked in this order: the first that matches is taken.
   *
   * @default - none
   */
  readonly rules?: SplitRule[];

  /**
   * The numbers of the ports whose traffic is divided.
   *
   * @default - every port but those for UDP; a service with ports for TLS of its own has to say which (IM1208)
   */
  readonly ports?: number[];
}

/**
 * How the traffic of a service is divided over its versions: by weight, by caller, by header.
 *
 * It contributes to the one VirtualService of the service, in the service's namespace, wherever it stands itself; and every route
 * of a gateway that leads to the service divides its traffic alike, but for the rules by caller, which only a caller's
 * sidecar can decide.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/
 */
export class CanarySplit extends Construct implements IRouteTarget {
  /** The service whose traffic is divided. */
  public readonly service: IMeshService;

  constructor(scope: Construct, id: string, props: CanarySplitProps) {
    super(scope, uniqueId(scope, id));
    validateProps('CanarySplitProps', props, this);
    instanceOf('MeshServiceBase', props.service, this, 'service');
    this.service = props.service;
    sameCluster(this, props.service);
    const rules = props.rules ?? [];
    checkCallRules(rules.map(rule => rule._match), this, 'rule');
    MeshHost.of(this.service, this.service.host)!.routing.split({
      source: this,
      ports: props.ports,
      rules: rules.map(rule => ({ match: rule._match._match, action: rule._target._action })),
      rest: props.traffic._action,
    });
  }

  /** The service, with this split. */
  public toRouteTarget(): RouteTarget {
    return this.service.toRouteTarget();
  }
}
