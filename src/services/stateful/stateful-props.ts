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
   * The name of the StatefulSet and of the Service for clients, at most 52 characters. Pods are called `<name>-<ordinal>`.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The name of the headless Service, by which every pod has a name.
   *
   * @default - `<name>-headless`
   */
  readonly headlessName?: string;

  /** The number of pods, at least one. */
  readonly replicas: number;

  /**
   * The ordinal of the first pod. Every release of Kubernetes that this library knows has it.
   *
   * @default 0
   */
  readonly firstOrdinal?: number;

  /**
   * The ports that clients dial, at any pod by the Service for clients, at one pod by its name.
   *
   * @default - none: there is no Service for clients, and the service is its headless one
   */
  readonly ports?: MeshPort[];

  /**
   * Further ports that pods dial among themselves: the headless Service alone has them.
   *
   * @default - none
   */
  readonly peerPorts?: MeshPort[];

  /**
   * From where the Service for clients can be reached.
   *
   * @default MeshServiceType.clusterIp()
   */
  readonly type?: MeshServiceType;

  /**
   * Whether pods find each other before they are ready, as those must that are ready only together.
   *
   * @default false - names lead to ready pods
   */
  readonly publishNotReadyAddresses?: boolean;

  /**
   * In which order pods start and end.
   *
   * @default PodManagementPolicy.ORDERED_READY
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-management-policies
   */
  readonly podManagementPolicy?: PodManagementPolicy;

  /**
   * How pods are replaced when the service changes. A partition is the lowest ordinal that is updated: pods below it keep what they run (IM1108).
   *
   * @default StatefulSetUpdateStrategy.rollingUpdate()
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
   */
  readonly strategy?: StatefulSetUpdateStrategy;

  /**
   * How long a new pod has to be ready to count as available, in whole seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * The volumes that every pod claims for itself, by name.
   *
   * @default - none
   */
  readonly volumeClaims?: { [name: string]: VolumeClaim };

  /**
   * What becomes of the claims of pods that go.
   *
   * @default - they stay
   */
  readonly claimRetention?: ClaimRetention;

  /**
   * Whether to prefer nodes with fewer pods, by a topologySpreadConstraint that never keeps a pod from starting.
   *
   * @default true
   */
  readonly spreadOverHosts?: boolean;

  /**
   * The label `version` of the pods, for telemetry. A partitioned update that changes it tells new pods from old.
   *
   * @default - no label: telemetry calls it `latest`
   */
  readonly version?: string;

  /**
   * How the mesh knows the hosts of single pods.
   *
   * @default PodRegistry.headless()
   */
  readonly registry?: PodRegistry;

  /**
   * Whether the pods take connections without mutual TLS. Refused where they get no sidecar (IM1812).
   *
   * @default - as the namespace says
   */
  readonly mutualTls?: MutualTls;

  /**
   * Further labels of the Service for clients.
   *
   * @default - `app` alone
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the Service for clients.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
