import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { SplitAction } from '../../hosts/mesh-routing';
import { directResponse } from '../../hosts/route-target';
import { PodHost } from '../../services/stateful/pod-host';
import { IStatefulMeshService } from '../../services/stateful/stateful-base';
import { dnsLabel } from '../../values/names';
import { evenly, hundredPercent } from '../../values/weights';

/** Options of `SplitTarget.weights`. */
export interface WeightsOptions {
  /**
   * The version that receives the remaining percentage.
   *
   * @default - none: the weights add up to 100
   */
  readonly rest?: string;
}

/** Options of `SplitTarget.refuse`. */
export interface RefuseOptions {
  /**
   * The HTTP status of the response, 200 to 599.
   *
   * @default 403
   */
  readonly status?: number;

  /**
   * The body of the response.
   *
   * @default - empty
   */
  readonly body?: string;
}

/** Options of `SplitTarget.partition`. */
export interface PartitionOptions {
  /**
   * The lowest ordinal of the pods that receive `weight`.
   *
   * @default - the partition of the service's update
   */
  readonly from?: number;

  /**
   * The whole percentage of traffic for the pods from that ordinal on.
   *
   * @default 100
   */
  readonly weight?: number;
}

/**
 * The target of a service's traffic: versions by weight, pods of a stateful service, or a direct response.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
export class SplitTarget {
  /**
   * Several versions by weight. A version with weight 0 stays in the route and receives nothing.
   *
   * @param weights whole percentages by version, with a sum of 100 unless `rest` names the version for the remainder
   * (IM1201, IM1202, IM1203)
   */
  public static weights(weights: { [version: string]: number }, options: WeightsOptions = {}): SplitTarget {
    const at = 'SplitTarget.weights()';
    instanceOf('{number}', weights, at, 'weights');
    return new SplitTarget({ shares: hundredPercent(weights, validateProps('WeightsOptions', options, at).rest, at) });
  }

  /**
   * One version.
   *
   * @param name the name of the version
   */
  public static version(name: string): SplitTarget {
    return new SplitTarget({ shares: { [dnsLabel(name, 'SplitTarget.version()', 'the version', 'IM1104')]: 100 } });
  }

  /**
   * The pods of a stateful service: pods from an ordinal on receive `weight`, pods before it the rest, divided evenly in whole
   * percentages. Some pods of a group receive one percent more if the percentage does not divide evenly.
   *
   * A new pod receives traffic with the same change that creates it. If pods take long to become ready, raise `replicas` first and change the split when
   * they are ready (docs/changes.md).
   *
   * @param pods the service
   */
  public static partition(pods: IStatefulMeshService, options: PartitionOptions = {}): SplitTarget {
    const at = 'SplitTarget.partition()';
    instanceOf('StatefulServiceBase', pods, at, 'pods');
    const { from = pods.partition, weight = 100 } = validateProps('PartitionOptions', options, at);
    const names = (list: PodHost[]) => list.map(pod => pod.podName);
    const before = names(pods.pods.filter(pod => from !== undefined && pod.ordinal < from));
    const after = names(pods.pods.filter(pod => from !== undefined && pod.ordinal >= from));
    if (before.length === 0 || after.length === 0) {
      throw new MeshError('IM1211', at, {
        problem: 'one side of the partition has no pod', got: from, allowed: `${pods.pods[0].ordinal + 1} to ${pods.pods[pods.pods.length - 1].ordinal}`,
      });
    }
    const { after: share } = hundredPercent({ after: weight }, 'before', at);
    return new SplitTarget({ shares: { ...evenly(100 - share, before), ...evenly(share, after) } });
  }

  /**
   * A direct response of the caller's sidecar.
   *
   * This is not access control: a caller without a sidecar can still call the service.
   */
  public static refuse(options: RefuseOptions = {}): SplitTarget {
    const at = 'SplitTarget.refuse()';
    const { status = 403, body } = validateProps('RefuseOptions', options, at);
    return new SplitTarget({ refusal: directResponse(status, body, at) });
  }

  private constructor(/** @internal */ public readonly _action: SplitAction) {}
}
