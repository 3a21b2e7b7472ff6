import { Metric, ScalingRules } from 'cdk8s-plus-28';

/**
 * Settings of a HorizontalPodAutoscaler.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export interface Autoscaling {
  /** The maximum number of pods. */
  readonly maxReplicas: number;

  /**
   * The minimum number of pods.
   *
   * @default - 1 for a version, 2 for a gateway
   */
  readonly minReplicas?: number;

  /**
   * The metrics that control the number of pods.
   *
   * @default - CPU utilization of 80 % of the request
   */
  readonly metrics?: Metric[];

  /**
   * How fast pods are added.
   *
   * @default - the default of cdk8s-plus: at once, at most 4 pods or 200 % per minute
   */
  readonly scaleUp?: ScalingRules;

  /**
   * How fast pods are removed.
   *
   * @default - the default of cdk8s-plus: after 5 minutes, at most the minimum number of pods in 5 minutes
   */
  readonly scaleDown?: ScalingRules;
}
