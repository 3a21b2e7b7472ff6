import { ApiObjectMetadata } from 'cdk8s';
import { Deployment, HorizontalPodAutoscaler, k8s, Metric, MetricTarget } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Autoscaling } from './autoscaling';
import { checkCount } from './pod-parts';
import { MeshError } from '../../diagnostics/mesh-error';
import { wrapErrors } from '../../kernel/collect-errors';
import { markPure } from '../../synthesis/pure-validation';
import { Labels } from '../../values/labels';

/** The number of pods: fixed, or autoscaled. */
export interface Scaling {
  readonly replicas?: number;
  readonly autoscaling?: Autoscaling;
}

/**
 * Refuses invalid numbers of pods.
 *
 * @param least the minimum of `replicas`, and the default of `minReplicas` of an autoscaler
 */
export function checkScaling(scope: Construct, { replicas, autoscaling }: Scaling, least: { replicas: number; minReplicas: number }): void {
  if (replicas !== undefined && autoscaling) {
    throw new MeshError('IM1109', scope, { problem: 'replicas and autoscaling are both set', got: { replicas, autoscaling } });
  }
  checkCount(scope, 'replicas', replicas, least.replicas);
  if (autoscaling) {
    checkCount(scope, 'autoscaling.minReplicas', autoscaling.minReplicas, 1);
    checkCount(scope, 'autoscaling.maxReplicas', autoscaling.maxReplicas, autoscaling.minReplicas ?? least.minReplicas, true);
  }
}

/** Creates the HorizontalPodAutoscaler of a Deployment and, if it can have several pods, a PodDisruptionBudget that allows one eviction at a time. */
export function keepUp(
  scope: Construct, deployment: Deployment, metadata: ApiObjectMetadata, selector: Labels, { replicas, autoscaling }: Scaling, usual: number,
): void {
  if (autoscaling) {
    const { metrics = [Metric.resourceCpu(MetricTarget.averageUtilization(80))], ...rest } = autoscaling;
    const autoscaler = wrapErrors(scope, () => new HorizontalPodAutoscaler(scope, 'Autoscaler', {
      ...rest, minReplicas: rest.minReplicas ?? usual, metrics, target: deployment, metadata,
    }));
    markPure(autoscaler);
  }
  if (autoscaling || (replicas ?? usual) > 1) {
    new k8s.KubePodDisruptionBudget(scope, 'DisruptionBudget', {
      metadata,
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: { ...selector } } },
    });
  }
}
