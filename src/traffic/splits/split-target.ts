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
   * The version that takes what the others leave of 100.
   *
   * @default - none: the weights add up to 100
   */
  readonly rest?: string;
}

/** Options of `SplitTarget.refuse`. */
export interface RefuseOptions {
  /**
   * The HTTP status of the answer, 200 to 599.
   *
   * @default 403
   */
  readonly status?: number;

  /**
   * The text of the answer.
   *
   * @default - none
   */
  readonly body?: string;
}

/** Options of `SplitTarget.partition`. */
export interface PartitionOptions {
  /**
   * The lowest ordinal of the pods that get the share.
   *
   * @default - the partition of the service's update
   */
  readonly from?: number;

  /**
   * The share of the pods from that ordinal on, as a whole percentage.
   *
   * @default 100
   */
  readonly weight?: number;
}

/**
 * Who takes the traffic of a service.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
export class SplitTarget {
  /**
   * Several versions, by weight. A version of weight 0 is kept, and gets nothing.
   *
   * @param weights whole percentages by version, which add up to 100 unless `rest` names who takes what is left; refused
   * otherwise (IM1201, IM1202, IM1203)
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
   * The pods of a stateful service: those from an ordinal on with a share, those before it with the rest, each evenly in whole
   * percentages. A pod of a group takes one more than another where the share does not divide.
   *
   * A further pod gets its part with the same change that makes it. Where pods take long to become ready, raise `replicas` first and change the split when
   * they are (docs/changes.md).
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
        problem: 'no pod is on one side of the partition', got: from, allowed: `${pods.pods[0].ordinal + 1} to ${pods.pods[pods.pods.length - 1].ordinal}`,
      });
    }
    const { after: share } = hundredPercent({ after: weight }, 'before', at);
    return new SplitTarget({ shares: { ...evenly(100 - share, before), ...evenly(share, after) } });
  }

  /**
   * Nobody: the caller's sidecar answers by itself.
   *
   * This is an answer, not access control: a caller without a sidecar is not stopped by it.
   */
  public static refuse(options: RefuseOptions = {}): SplitTarget {
    const at = 'SplitTarget.refuse()';
    const { status = 403, body } = validateProps('RefuseOptions', options, at);
    return new SplitTarget({ refusal: directResponse(status, body, at) });
  }

  private constructor(/** @internal */ public readonly _action: SplitAction) {}
}
