import { Values } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';

/** Options of `Replicas.autoscaled`. */
export interface ReplicaRange {
  /**
   * The lowest number of pods.
   *
   * @default 2
   */
  readonly min?: number;

  /**
   * The highest number of pods.
   *
   * @default - 5, or the lowest number where that is higher
   */
  readonly max?: number;

  /**
   * The use of CPU that the autoscaler holds, in percent of the request.
   *
   * @default 80
   */
  readonly targetCpu?: number;

  /**
   * The use of memory that the autoscaler holds, in percent of the request.
   *
   * @default - memory is not measured
   */
  readonly targetMemory?: number;
}

/**
 * How many pods of istiod or of a gateway there are.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export class Replicas {
  /**
   * As many as the load asks for. Needs the metrics server of the cluster.
   *
   * @throws IM1603 on counts and percentages that cannot be
   */
  public static autoscaled(range: ReplicaRange = {}): Replicas {
    const at = 'Replicas.autoscaled()';
    const { min = 2, max = Math.max(5, min), targetCpu = 80, targetMemory } = shaped('ReplicaRange', range, at);
    count(min, at, 'the lowest number of pods');
    count(max, at, 'the highest number of pods');
    if (max < min) {
      throw new MeshError('IM1603', at, { problem: 'the highest number of pods is below the lowest', got: `${min} to ${max}` });
    }
    percent(targetCpu, at, 'targetCpu');
    percent(targetMemory, at, 'targetMemory');
    return new Replicas(min, {
      istiod: {
        autoscaleEnabled: true,
        autoscaleMin: min,
        autoscaleMax: max,
        cpu: { targetAverageUtilization: targetCpu },
        memory: { targetAverageUtilization: targetMemory },
      },
      gateway: {
        autoscaling: {
          enabled: true,
          minReplicas: min,
          maxReplicas: max,
          targetCPUUtilizationPercentage: targetCpu,
          targetMemoryUtilizationPercentage: targetMemory,
        },
      },
    });
  }

  /**
   * Always the same number.
   *
   * @param replicas a whole number, at least 1 (IM1603)
   */
  public static fixed(replicas: number): Replicas {
    count(replicas, 'Replicas.fixed()', 'the number of pods');
    return new Replicas(replicas, {
      istiod: { autoscaleEnabled: false, replicaCount: replicas },
      gateway: { autoscaling: { enabled: false }, replicaCount: replicas },
    });
  }

  private constructor(
    /** @internal */ public readonly _least: number,
    /** @internal */ public readonly _values: { readonly istiod: Values; readonly gateway: Values },
  ) {}
}

function count(number: number, at: string, what: string): void {
  if (!Number.isInteger(number) || number < 1) {
    throw new MeshError('IM1603', at, { problem: `${what} is no count of pods`, got: number, allowed: 'a whole number, at least 1' });
  }
}

function percent(number: number | undefined, at: string, what: string): void {
  if (number !== undefined && (!Number.isInteger(number) || number < 1)) {
    throw new MeshError('IM1603', at, { problem: `${what} is no percentage of the request`, got: number, allowed: 'a whole number, at least 1' });
  }
}
