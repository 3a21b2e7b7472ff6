import { Duration } from 'cdk8s';
import {
  ContainerResources, DeploymentStrategy, EnvValue, ImagePullPolicy, IServiceAccount, ISecret, PodDnsProps, VolumeMount,
} from 'cdk8s-plus-28';
import { GatewayTopology } from './gateway-proxy';
import { Autoscaling } from '../../services/pods/autoscaling';
import { PodPlacement } from '../../services/pods/pod-placement';
import { MeshServiceType } from '../../services/service-type';
import { ProxyDrain } from '../../values/proxy-drain';
import { ProxyLogLevel } from '../../values/proxy-log-level';
import { SidecarInjection } from '../../values/sidecar-injection';

/** Options of the dedicated pods of a gateway. */
export interface GatewayPodOptions extends PodPlacement {
  /**
   * The requests and limits of CPU and memory of a pod.
   *
   * @default - requests of 100 millicores and 128 MiB, limits of 2 cores and 1 GiB
   */
  readonly resources?: ContainerResources;

  /**
   * Further labels of the pods. The library sets `app`, `istio` and the labels for injection (IM1372).
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods. The library sets those for injection and for the proxy's log level (IM1372). Settings in `proxy.istio.io/config` are
   * merged with those of the library, unless an option of the gateway sets them (IM1130, IM1131, IM1372).
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * The ServiceAccount of the pods.
   *
   * @default - a ServiceAccount with the name of the workload
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * The injection, which chooses the revision of istiod. A revision is refused if the namespace declares its injection (IM1371).
   *
   * @default SidecarInjection.enabled()
   */
  readonly injection?: SidecarInjection;

  /**
   * Environment variables of the proxy and its agent. Use `drain` for the variables about draining (IM1372).
   *
   * @default - none
   */
  readonly envVariables?: { [name: string]: EnvValue };

  /**
   * Volume mounts of the proxy, for example for certificate files.
   *
   * @default - only those of the injection
   */
  readonly volumeMounts?: VolumeMount[];

  /**
   * When the proxy's image is pulled.
   *
   * @default ImagePullPolicy.IF_NOT_PRESENT - so pods start even if the registry is down
   */
  readonly imagePullPolicy?: ImagePullPolicy;

  /**
   * The Secret with the credentials of the image registry.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: ISecret;

  /**
   * The DNS settings of the pods.
   *
   * @default - cluster DNS first
   */
  readonly dns?: PodDnsProps;

  /**
   * The termination grace period of a pod, in whole seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * How a pod drains its connections when it terminates, in less than the termination grace period (IM1375).
   *
   * @default ProxyDrain.untilIdle()
   */
  readonly drain?: ProxyDrain;

  /**
   * The network topology in front of the gateway: trusted proxies, PROXY protocol and client certificates.
   *
   * @default - none: clients connect directly
   */
  readonly gatewayTopology?: GatewayTopology;

  /**
   * The number of Envoy's worker threads; 0 for one for each core of the node (IM1377).
   *
   * @default - derived from the CPU limit
   */
  readonly concurrency?: number;

  /**
   * The log level of Envoy.
   *
   * @default - the level of the mesh
   */
  readonly logLevel?: ProxyLogLevel;
}

/** Options of a port of a dedicated gateway's Service. */
export interface GatewayPortOptions {
  /**
   * The port on which Envoy listens: 1024 or higher, because the pods have no privileges (IM1373).
   *
   * @default - the number of the port; plus 8000 for ports below 1024: 8080 for 80, 8443 for 443
   */
  readonly targetPort?: number;

  /**
   * The node port, for Services of type NodePort and LoadBalancer (IM1114).
   *
   * @default - Kubernetes chooses one
   */
  readonly nodePort?: number;
}

/** Options of `GatewayWorkload.dedicated` and `GatewayWorkload.dedicatedEgress`. */
export interface DedicatedGatewayOptions extends GatewayPodOptions {
  /**
   * The name of the Deployment, the Service and the objects that belong to them.
   *
   * @default - the name of the gateway
   */
  readonly name?: string;

  /**
   * The number of pods. With two or more, a PodDisruptionBudget allows one eviction at a time.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Scales the number of pods with their load, by a HorizontalPodAutoscaler. Excludes `replicas` (IM1109).
   *
   * @default - the number of pods is fixed
   */
  readonly autoscaling?: Autoscaling;

  /**
   * The type of the Service, which decides from where clients can reach the gateway.
   *
   * @default - MeshServiceType.loadBalancer(); MeshServiceType.clusterIp() for egress
   */
  readonly service?: MeshServiceType;

  /**
   * Annotations of the Service, for example for the load balancer of a cloud.
   *
   * @default - none
   */
  readonly serviceAnnotations?: { [key: string]: string };

  /**
   * Options of ports, by port number. A port that no server has is refused at synthesis (IM1374).
   *
   * @default - none: the servers define the ports
   */
  readonly ports?: { [port: string]: GatewayPortOptions };

  /**
   * Whether a Role lets the ServiceAccount of the pods read Secrets of their namespace.
   *
   * @default - true if a server takes its certificate from a Secret
   */
  readonly readSecrets?: boolean;

  /**
   * The update strategy of the Deployment.
   *
   * @default - rolling update with a surge of 25 %, and no unavailable pods
   */
  readonly strategy?: DeploymentStrategy;

  /**
   * How long a new pod must be ready before an old one is stopped, in whole seconds. It gives load balancers time to notice.
   *
   * @default Duration.seconds(10)
   */
  readonly minReady?: Duration;
}
