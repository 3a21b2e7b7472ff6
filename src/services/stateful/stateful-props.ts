import { Duration } from 'cdk8s';
import { PodManagementPolicy, StatefulSetUpdateStrategy } from 'cdk8s-plus-28';
import { PodRegistry } from './pod-registry';
import { ClaimRetention, VolumeClaim } from './volume-claim';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';
import { PodOptions } from '../pods/pod-options';
import { MeshServiceType } from '../service-type';

/** Properties of a `StatefulMeshService`. */
export interface StatefulMeshServiceProps extends PodOptions {
  /**
   * The name of the StatefulSet and of the Service for clients, at most 52 characters. Pods have the names `<name>-<ordinal>`.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The name of the headless Service, which gives every pod a name.
   *
   * @default - `<name>-headless`
   */
  readonly headlessName?: string;

  /** The number of pods, at least one. */
  readonly replicas: number;

  /**
   * The ordinal of the first pod. All supported releases of Kubernetes have this field.
   *
   * @default 0
   */
  readonly firstOrdinal?: number;

  /**
   * The ports that clients dial: any pod through the Service for clients, one pod by its name.
   *
   * @default - none: there is no Service for clients, only the headless Service
   */
  readonly ports?: MeshPort[];

  /**
   * Further ports for calls between the pods. Only the headless Service has them.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * From where clients can reach the Service.
   *
   * @default MeshServiceType.clusterIp()
   */
  readonly type?: MeshServiceType;

  /**
   * Whether pods find each other before they are ready, for clusters whose pods become ready only together.
   *
   * @default false - names lead to ready pods
   */
  readonly publishNotReadyAddresses?: boolean;

  /**
   * The order in which pods start and terminate.
   *
   * @default PodManagementPolicy.ORDERED_READY
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-management-policies
   */
  readonly podManagementPolicy?: PodManagementPolicy;

  /**
   * How pods are replaced when the service changes. A partition is the lowest ordinal that is updated: pods below it do not change (IM1108).
   *
   * @default StatefulSetUpdateStrategy.rollingUpdate()
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
   */
  readonly strategy?: StatefulSetUpdateStrategy;

  /**
   * How long a new pod must be ready before it is available, in whole seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * The volume claims of every pod, by name.
   *
   * @default - none
   */
  readonly volumeClaims?: { [name: string]: VolumeClaim };

  /**
   * What happens to the claims of deleted pods.
   *
   * @default - they stay
   */
  readonly claimRetention?: ClaimRetention;

  /**
   * Whether pods prefer nodes with fewer pods, by a topologySpreadConstraint with `ScheduleAnyway`.
   *
   * @default true
   */
  readonly spreadOverHosts?: boolean;

  /**
   * The label `version` of the pods, for telemetry. A partitioned update that changes it distinguishes new and old pods.
   *
   * @default - no label: telemetry reports `latest`
   */
  readonly version?: string;

  /**
   * How the hosts of single pods are registered in the mesh.
   *
   * @default PodRegistry.headless()
   */
  readonly registry?: PodRegistry;

  /**
   * The mutual TLS mode of the pods. Refused without a sidecar (IM1812).
   *
   * @default - the mode of the namespace
   */
  readonly mutualTls?: MutualTls;

  /**
   * Further labels of the Service for clients.
   *
   * @default - only `app`
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the Service for clients.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
