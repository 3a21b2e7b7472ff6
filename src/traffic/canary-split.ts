import { Construct } from 'constructs';
import { SplitRule } from './split-rule';
import { SplitTarget } from './split-target';
import { MeshError } from '../diagnostics/mesh-error';
import { instanceOf, shaped } from '../diagnostics/shaped';
import { MeshHost } from '../hosts/mesh-host';
import { IRouteTarget, RouteTarget } from '../hosts/route-target';
import { sameCluster } from '../kernel/mesh-cluster';
import { namespaceScopeOf } from '../kernel/namespace-scope';
import { uniqueId } from '../kernel/unique-id';
import { MeshNamespace } from '../services/mesh-namespace';
import { IMeshService } from '../services/mesh-service-base';

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

  /**
   * @throws IM1105 on a version that the service does not have, IM1111 on a port that it does not have, IM1204 and IM1208 on
   * ports that cannot be divided like this, IM1205 on a rule that no call can reach, IM1207 on a caller without a sidecar,
   * IM1401 where the service is divided already, IM1008 on services of another cluster
   */
  constructor(scope: Construct, id: string, props: CanarySplitProps) {
    super(scope, uniqueId(scope, id));
    shaped('CanarySplitProps', props, this);
    instanceOf('MeshServiceBase', props.service, this, 'service');
    this.service = props.service;
    sameCluster(this, props.service);
    const rules = props.rules ?? [];
    this.checkRules(rules);
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

  private checkRules(rules: SplitRule[]): void {
    rules.forEach((rule, i) => {
      const covering = rules.slice(0, i).findIndex(earlier => earlier._match._match.covers(rule._match._match));
      if (covering >= 0) {
        throw new MeshError('IM1205', this, {
          problem: `rule ${i + 1} is never reached: whatever it matches is taken by rule ${covering + 1}`,
          got: JSON.stringify(rule._match._match.toIstio()),
        });
      }
      rule._match._callers.forEach(caller => sameCluster(this, caller));
      const unseen = rule._match._callers.find(caller => {
        const namespace = namespaceScopeOf(caller);
        return namespace instanceof MeshNamespace && !namespace.injects;
      });
      if (unseen) {
        throw new MeshError('IM1207', this, {
          problem: `rule ${i + 1} is for calls of ${unseen.serviceName}, whose pods have no sidecar to decide it`, got: unseen.host,
        });
      }
    });
  }
}
