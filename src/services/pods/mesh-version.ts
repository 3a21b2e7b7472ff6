import { Duration } from 'cdk8s';
import { Deployment, DeploymentStrategy } from 'cdk8s-plus-28';
import { Autoscaling } from './autoscaling';
import { PodOptions } from './pod-options';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';

/** Options of `MeshVersion.of`. */
export interface MeshVersionOptions extends PodOptions {
  /**
   * The number of pods. With two or more, a PodDisruptionBudget allows only one eviction at a time.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Scales the pods by load, with a HorizontalPodAutoscaler. Excludes `replicas`.
   *
   * @default - the number of pods is fixed
   */
  readonly autoscaling?: Autoscaling;

  /**
   * How pods are replaced when the version changes.
   *
   * @default - rolling update, with 25 % more and 25 % fewer pods at most
   */
  readonly strategy?: DeploymentStrategy;

  /**
   * How long a new pod has to be ready to count as available, in whole seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * How long a rollout may take before it counts as failed, in whole seconds.
   *
   * @default Duration.seconds(600)
   */
  readonly progressDeadline?: Duration;
}

/**
 * The workload of one version of a service: a Deployment that the library creates, or an existing one.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
export class MeshVersion {
  /**
   * A Deployment with these containers. Other options have cdk8s-plus' defaults.
   */
  public static of(options: MeshVersionOptions): MeshVersion {
    return new MeshVersion(validateProps('MeshVersionOptions', options, 'MeshVersion.of()'), undefined);
  }

  /**
   * An existing Deployment of cdk8s-plus, in the namespace of the service. Its pods get the labels
   * `app` and `version`; its selector, replicas, ServiceAccount and budget stay as they are.
   *
   * @param deployment the Deployment. Refused are Deployments of another namespace or with other values of the two labels (IM1110),
   * containers that declare ports but not those of the service (IM1107), and pods that disable the sidecar (IM1115)
   */
  public static fromWorkload(deployment: Deployment): MeshVersion {
    return new MeshVersion(undefined, instanceOf('Deployment', deployment, 'MeshVersion.fromWorkload()', 'the workload'));
  }

  private constructor(
    /** @internal */ public readonly _options: MeshVersionOptions | undefined,
    /** @internal */ public readonly _deployment: Deployment | undefined,
  ) {}
}
