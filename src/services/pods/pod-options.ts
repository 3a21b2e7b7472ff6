import { Duration } from 'cdk8s';
import { ContainerProps, HostAlias, IServiceAccount, ISecret, PodDnsProps, PodSecurityContextProps, Volume } from 'cdk8s-plus-28';
import { PodMetrics } from './pod-metrics';
import { PodPlacement } from './pod-placement';

/** What pods are made from, whatever runs them. */
export interface PodOptions extends PodPlacement {
  /**
   * The containers of a pod, with cdk8s-plus' defaults: a read-only root file system, no root user, requests of
   * 1 CPU and 512 MiB, the image always pulled. Beside a sidecar none is called like those that the injection adds (IM1106).
   * They keep to Pod Security's `restricted`: capabilities are dropped, and the seccomp
   * profile is the runtime's, where the `securityContext` of a container does not say otherwise, as `capabilities: { drop: [] }` does.
   * A probe or hook that names no port asks the only port of its container, or the only one that the service has there. One that could mean several
   * ports is refused, and so is one that asks a port on which no container listens (IM1712).
   * ConfigMaps, Secrets and claims are those of the pods' own namespace (IM1715).
   *
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
   */
  readonly containers: ContainerProps[];

  /**
   * Containers that run before the others, in this order. Beside a sidecar they have a network where it is native: pods of services ask for such a
   * sidecar, and are refused where the releases of the cluster have none (IM1714).
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
   * Further labels of the pods. `app` and `version` are the library's, and none may refuse the sidecar of the namespace (IM1115).
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods. None may refuse the sidecar of the namespace (IM1115). Settings in `proxy.istio.io/config`, and volumes of the sidecar, are
   * joined with those that constructs add (IM1130, IM1131).
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * Where the application tells Prometheus what it measures: annotations that a Prometheus with the usual rules finds the pods by. It asks the sidecar, which
   * answers for both in plain text, so mutual TLS is no hindrance. Where pods have none, it asks the application: one in an ambient
   * namespace that takes mutual TLS alone answers a Prometheus of the mesh.
   *
   * @default - Prometheus finds what the proxies measure, and nothing else
   */
  readonly metrics?: PodMetrics;

  /**
   * Users, groups and file system of all containers. Beside a sidecar not its own user or group, 1337 (IM1115).
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
