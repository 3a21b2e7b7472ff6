import { Duration } from 'cdk8s';
import { ContainerProps, HostAlias, IServiceAccount, ISecret, PodDnsProps, PodSecurityContextProps, Volume } from 'cdk8s-plus-28';
import { PodMetrics } from './pod-metrics';
import { PodPlacement } from './pod-placement';

/** Options of pods, for every kind of workload. */
export interface PodOptions extends PodPlacement {
  /**
   * The containers of a pod, with the defaults of cdk8s-plus: a read-only root file system, no root user, requests of
   * 1 CPU and 512 MiB, the image always pulled. With a sidecar, the names of injected containers are reserved (IM1106).
   * They conform to the Pod Security Standard `restricted`: capabilities are dropped, and the seccomp profile is `RuntimeDefault`, unless
   * the `securityContext` of a container sets something else, such as `capabilities: { drop: [] }`.
   * A probe or hook without a port uses the only port of its container, or the only port that the service has there. It is refused if several
   * ports are possible, or if no container listens on its port (IM1712).
   * ConfigMaps, Secrets and claims must be in the namespace of the pods (IM1715).
   *
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
   */
  readonly containers: ContainerProps[];

  /**
   * The init containers, in order. With a sidecar, they have a network only if it is a native sidecar: pods of services request one,
   * and are refused if the releases of the cluster do not support it (IM1714).
   *
   * @default - none
   */
  readonly initContainers?: ContainerProps[];

  /**
   * Volumes that no container mounts. Mounted volumes are added automatically.
   *
   * @default - none
   */
  readonly volumes?: Volume[];

  /**
   * Whether pods prefer zones with fewer pods, by a topologySpreadConstraint with `ScheduleAnyway`.
   *
   * @default true
   */
  readonly spreadOverZones?: boolean;

  /**
   * The ServiceAccount of the pods.
   *
   * @default - the ServiceAccount of the service
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * Further labels of the pods. The library sets `app` and `version`, and no label may disable the sidecar of the namespace (IM1115).
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods. No annotation may disable the sidecar of the namespace (IM1115). Settings in `proxy.istio.io/config`, and volumes of the
   * sidecar, are merged with those that constructs add (IM1130, IM1131).
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * Where Prometheus scrapes the application: adds the usual `prometheus.io` annotations. Prometheus scrapes the sidecar, which merges both
   * metrics and answers in plain text, so mutual TLS does not block it. Without a sidecar, Prometheus scrapes the application; in an ambient
   * namespace with strict mutual TLS, Prometheus must be part of the mesh.
   *
   * @default - Prometheus finds the metrics of the proxies only
   */
  readonly metrics?: PodMetrics;

  /**
   * The security context of the pods: users, groups and file system. With a sidecar, its user and group 1337 are reserved (IM1115).
   *
   * @default - the default of cdk8s-plus: no root user
   */
  readonly securityContext?: PodSecurityContextProps;

  /**
   * The termination grace period of a pod, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * The Secret with the credentials of the image registry.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: ISecret;

  /**
   * Whether the token of the ServiceAccount is mounted.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * The DNS settings of the pods.
   *
   * @default - cluster DNS first
   */
  readonly dns?: PodDnsProps;

  /**
   * Further entries of the pods' hosts file.
   *
   * @default - none
   */
  readonly hostAliases?: HostAlias[];
}
