import { Duration } from 'cdk8s';
import { IstioPodOptions } from './istio-pod-options';
import { MeshServiceType } from '../services/service-type';
import { MeshPort } from '../values/mesh-port';

/** Options of `IstioInstall.addGateway`. */
export interface IstioGatewayOptions extends IstioPodOptions {
  /**
   * The namespace of the gateway's pods.
   *
   * @default - the root namespace of the mesh
   */
  readonly namespace?: string;

  /**
   * From where the gateway can be reached.
   *
   * @default - MeshServiceType.loadBalancer()
   */
  readonly service?: MeshServiceType;

  /**
   * The ports of the gateway's Service, besides 15021 for health checks.
   *
   * @default - 80 and 443
   */
  readonly ports?: MeshPort[];

  /**
   * Annotations of the gateway's Service, for example for the load balancer of a cloud.
   *
   * @default - none
   */
  readonly serviceAnnotations?: { [key: string]: string };

  /**
   * The labels of the pods, by which `GatewayWorkload.labels` and Gateways select them.
   *
   * @default - `istio` and `app`: the name, for `istio` without the prefix `istio-`
   */
  readonly labels?: { [key: string]: string };

  /**
   * How many pods may be evicted at once, when nodes are drained: fewer than there may be. A gateway of one pod can have no such limit (IM1603).
   *
   * @default - 1; not set for a gateway of one pod
   */
  readonly maxUnavailable?: number;

  /**
   * How long a pod may take to end, in whole seconds: longer than proxies take to drain.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * How long a new pod has to be ready before an old one may end, in whole seconds: load balancers take their time. From Istio 1.24 on (IM1605).
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * Further values of the chart, for which there is no option. One that an option says is refused (IM1604).
   *
   * @default - none
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- plain data: jsii has no other word for it
  readonly values?: { [field: string]: any };
}
