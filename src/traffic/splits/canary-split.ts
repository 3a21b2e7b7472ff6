import { Construct } from 'constructs';
import { checkCallRules } from './call-rules';
import { SplitRule } from './split-rule';
import { SplitTarget } from './split-target';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { MeshHost } from '../../hosts/mesh-host';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { sameCluster } from '../../kernel/same-cluster';
import { uniqueId } from '../../kernel/unique-id';
import { IMeshService } from '../../services/mesh-service-base';

/** Properties of a `CanarySplit`. */
export interface CanarySplitProps {
  /** The service whose traffic is split. */
  readonly service: IMeshService;

  /** The target of all traffic that no rule matches. */
  readonly traffic: SplitTarget;

  /**
   * Rules for some of the calls, in order of evaluation: the first match applies.
   *
   * @default - none
   */
  readonly rules?: SplitRule[];

  /**
   * The numbers of the ports whose traffic is split.
   *
   * @default - all ports except UDP; required for a service with TLS ports of its own (IM1208)
   */
  readonly ports?: number[];
}

/**
 * Splits the traffic of a service over its versions: by weight, by caller or by header.
 *
 * It contributes to the single VirtualService of the service, in the service's namespace, regardless of its own scope. Every gateway route
 * that leads to the service splits its traffic in the same way, except for rules by caller, which only a caller's
 * sidecar can evaluate.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/
 */
export class CanarySplit extends Construct implements IRouteTarget {
  /** The service whose traffic is split. */
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
