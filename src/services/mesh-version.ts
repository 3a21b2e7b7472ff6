import { Duration } from 'cdk8s';
import {
  ContainerProps, Deployment, DeploymentStrategy, HostAlias, IServiceAccount, ISecret, PodDnsProps, PodSecurityContextProps, Volume,
} from 'cdk8s-plus-28';
import { Autoscaling } from './autoscaling';
import { instanceOf, shaped } from '../diagnostics/shaped';

/** Options of `MeshVersion.of`. */
export interface MeshVersionOptions {
  /**
   * The containers of a pod, with cdk8s-plus' defaults: a read-only root file system, no root user, requests of
   * 1 CPU and 512 MiB, the image always pulled.
   */
  readonly containers: ContainerProps[];

  /**
   * Containers that run before the others, in this order.
   *
   * @default - none
   */
  readonly initContainers?: ContainerProps[];

  /**
   * Volumes that no container mounts. Those that one mounts are found there.
   *
   * @default - none
   */
  readonly volumes?: Volume[];

  /**
   * The number of pods. From the second on, a PodDisruptionBudget lets only one at a time be evicted.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Lets the number of pods follow their load, by a HorizontalPodAutoscaler. Not together with `replicas`.
   *
   * @default - the number of pods is fixed
   */
  readonly autoscaling?: Autoscaling;

  /**
   * Whether to prefer zones with fewer pods, by a topologySpreadConstraint that never keeps a pod from starting.
   *
   * @default true
   */
  readonly spreadOverZones?: boolean;

  /**
   * The identity of the pods.
   *
   * @default - the ServiceAccount of the service
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * Further labels of the pods. `app` and `version` are the library's.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods.
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * Users, groups and file system of all containers.
   *
   * @default - cdk8s-plus' own: no root user
   */
  readonly securityContext?: PodSecurityContextProps;

  /**
   * How long a pod may take to end, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGracePeriod?: Duration;

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

  /**
   * The Secret with the credentials of the images' registry.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: ISecret;

  /**
   * Whether the pods get a token for the API server.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * How the pods resolve names.
   *
   * @default - by the cluster's DNS first
   */
  readonly dns?: PodDnsProps;

  /**
   * Further entries of the pods' hosts file.
   *
   * @default - none
   */
  readonly hostAliases?: HostAlias[];
}

/**
 * What runs one version of a service: a Deployment that the library makes, or one that is there.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
export class MeshVersion {
  /**
   * A Deployment made from containers. What the options leave out has cdk8s-plus' defaults.
   */
  public static of(options: MeshVersionOptions): MeshVersion {
    return new MeshVersion(shaped('MeshVersionOptions', options, 'MeshVersion.of()'), undefined);
  }

  /**
   * A Deployment of cdk8s-plus that exists already, in the namespace of the service. Its pods get the labels
   * `app` and `version`; its selector, replicas, ServiceAccount and budget stay as they are.
   *
   * @param deployment the Deployment; one of another namespace or with other values of the two labels is refused (IM1110)
   */
  public static fromWorkload(deployment: Deployment): MeshVersion {
    return new MeshVersion(undefined, instanceOf('Deployment', deployment, 'MeshVersion.fromWorkload()', 'the workload'));
  }

  private constructor(
    /** @internal */ public readonly _options: MeshVersionOptions | undefined,
    /** @internal */ public readonly _deployment: Deployment | undefined,
  ) {}
}
