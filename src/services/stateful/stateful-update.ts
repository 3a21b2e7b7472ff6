import { k8s } from 'cdk8s-plus-28';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';

/** Options of `StatefulUpdate.rolling`. */
export interface RollingOptions {
  /**
   * The lowest ordinal that is updated: those below keep what they run.
   *
   * @default - every pod is updated
   */
  readonly partition?: number;
}

/**
 * How the pods of a stateful service are replaced when it changes.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
 */
export class StatefulUpdate {
  /** One after the other from the highest ordinal down, each when the one before is ready. */
  public static rolling(options: RollingOptions = {}): StatefulUpdate {
    const { partition } = validateProps('RollingOptions', options, 'StatefulUpdate.rolling()');
    if (partition !== undefined && (!Number.isInteger(partition) || partition < 0)) {
      throw new MeshError('IM1108', 'StatefulUpdate.rolling()', { problem: 'the partition is no ordinal', got: partition, allowed: 'a whole number, at least 0' });
    }
    return new StatefulUpdate({ type: 'RollingUpdate', rollingUpdate: partition === undefined ? undefined : { partition } }, partition);
  }

  /** None by itself: a pod changes when somebody deletes it. */
  public static onDelete(): StatefulUpdate {
    return new StatefulUpdate({ type: 'OnDelete' });
  }

  private constructor(
    /** @internal */ public readonly _strategy: k8s.StatefulSetUpdateStrategy,
    /** The lowest ordinal that is updated, where that was said. */ public readonly partition?: number,
  ) {}
}
