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

/** What the pods of a gateway are made from. */
export interface GatewayPodOptions extends PodPlacement {
  /**
   * The CPU and memory of a pod.
   *
   * @default - requests of 100 millicores and 128 MiB, limits of 2 cores and 1 GiB
   */
  readonly resources?: ContainerResources;

  /**
   * Further labels of the pods. `app`, `istio` and those for injection are the library's (IM1372).
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods. Those for injection and the proxy's log level are the library's (IM1372). Settings in `proxy.istio.io/config` are joined
   * with those of the library, if no other option of the gateway says them (IM1130, IM1131, IM1372).
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * The identity of the pods.
   *
   * @default - a ServiceAccount of the workload's name
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * The istiod whose proxy the pods run. Where the namespace says it, the gateway cannot say it (IM1371).
   *
   * @default SidecarInjection.enabled()
   */
  readonly injection?: SidecarInjection;

  /**
   * Environment variables of the proxy and its agent. Those by which the pods drain are for `drain` to say (IM1372).
   *
   * @default - none
   */
  readonly envVariables?: { [name: string]: EnvValue };

  /**
   * Volumes that the proxy finds in its file system, for example with the files of certificates.
   *
   * @default - those of the injection alone
   */
  readonly volumeMounts?: VolumeMount[];

  /**
   * When the proxy's image is pulled.
   *
   * @default ImagePullPolicy.IF_NOT_PRESENT - a registry that is down keeps no pod from starting
   */
  readonly imagePullPolicy?: ImagePullPolicy;

  /**
   * The Secret with the credentials of the image's registry.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: ISecret;

  /**
   * How the pods resolve names.
   *
   * @default - by the cluster's DNS first
   */
  readonly dns?: PodDnsProps;

  /**
   * How long a pod may take to end, in whole seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * What a pod does with its connections when it has to end, in less than the termination grace period (IM1375).
   *
   * @default ProxyDrain.untilIdle()
   */
  readonly drain?: ProxyDrain;

  /**
   * What stands between clients and the gateway.
   *
   * @default - nothing: clients connect directly
   */
  readonly gatewayTopology?: GatewayTopology;

  /**
   * The number of Envoy's threads; 0 for one on each core of the node (IM1377).
   *
   * @default - by the limit of CPU
   */
  readonly concurrency?: number;

  /**
   * How much Envoy writes to its log.
   *
   * @default - the mesh's own
   */
  readonly logLevel?: ProxyLogLevel;
}

/** What may be said of a port of a gateway's own Service. */
export interface GatewayPortOptions {
  /**
   * The port that Envoy listens on: from 1024 on, since the pods have no privileges (IM1373).
   *
   * @default - the number of the port; 8000 more below 1024: 8080 for 80, 8443 for 443
   */
  readonly targetPort?: number;

  /**
   * The port on every node, for Services of type NodePort and LoadBalancer (IM1114).
   *
   * @default - Kubernetes chooses one
   */
  readonly nodePort?: number;
}

/** Options of `GatewayWorkload.dedicated` and `GatewayWorkload.dedicatedEgress`. */
export interface DedicatedGatewayOptions extends GatewayPodOptions {
  /**
   * The name of the Deployment, the Service and all that belongs to them.
   *
   * @default - the name of the gateway
   */
  readonly name?: string;

  /**
   * The number of pods. From the second on, a PodDisruptionBudget lets only one at a time be evicted.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Lets the number of pods follow their load, by a HorizontalPodAutoscaler. Not together with `replicas` (IM1109).
   *
   * @default - the number of pods is fixed
   */
  readonly autoscaling?: Autoscaling;

  /**
   * From where the gateway can be reached.
   *
   * @default - MeshServiceType.loadBalancer(); MeshServiceType.clusterIp() for egress
   */
  readonly service?: MeshServiceType;

  /**
   * Annotations of the Service, for example those that a cloud's load balancer reads.
   *
   * @default - none
   */
  readonly serviceAnnotations?: { [key: string]: string };

  /**
   * What is to be said of ports, by their numbers. One that no server has is refused at synthesis (IM1374).
   *
   * @default - nothing: the servers say it all
   */
  readonly ports?: { [port: string]: GatewayPortOptions };

  /**
   * Whether the pods' identity may have Secrets of their namespace, by a Role.
   *
   * @default - whether a server takes its certificate from a Secret
   */
  readonly readSecrets?: boolean;

  /**
   * How pods are replaced when the workload changes.
   *
   * @default - rolling update, with 25 % more pods and none fewer
   */
  readonly strategy?: DeploymentStrategy;

  /**
   * How long a new pod has to be ready before an old one may end, in whole seconds: load balancers take their time.
   *
   * @default Duration.seconds(10)
   */
  readonly minReady?: Duration;
}
