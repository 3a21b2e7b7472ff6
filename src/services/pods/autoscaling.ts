import { Metric, ScalingRules } from 'cdk8s-plus-28';

/**
 * How the number of pods follows their load.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export interface Autoscaling {
  /** The highest number of pods. */
  readonly maxReplicas: number;

  /**
   * The lowest number of pods.
   *
   * @default - 1 of a version, 2 of a gateway
   */
  readonly minReplicas?: number;

  /**
   * What to measure.
   *
   * @default - the use of CPU, held at 80 % of the request
   */
  readonly metrics?: Metric[];

  /**
   * How fast to add pods.
   *
   * @default - cdk8s-plus' own: at once, at most 4 pods or 200 % a minute
   */
  readonly scaleUp?: ScalingRules;

  /**
   * How fast to remove pods.
   *
   * @default - cdk8s-plus' own: after 5 minutes, at most the lowest number of pods in 5 minutes
   */
  readonly scaleDown?: ScalingRules;
}
