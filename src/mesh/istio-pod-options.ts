import { ContainerResources, DeploymentStrategy, LabeledNode, TaintedNode } from 'cdk8s-plus-28';

/** Whether pods are spread over zones and nodes. */
export enum PodSpread {
  /** Zones and nodes with fewer pods come first; no pod stays pending for it. */
  PREFERRED = 'PREFERRED',
  /** No zone and no node has two pods more than another: pods stay pending rather than crowd. */
  REQUIRED = 'REQUIRED',
  /** The scheduler does as it likes. */
  NONE = 'NONE',
}

/**
 * How the number of pods follows their load, as far as Istio's charts know it. Needs the metrics server of the cluster.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export interface IstioAutoscaling {
  /** The highest number of pods. */
  readonly maxReplicas: number;

  /**
   * The lowest number of pods.
   *
   * @default 2
   */
  readonly minReplicas?: number;

  /**
   * The use of CPU that is held, in percent of the request (IM1603).
   *
   * @default 80
   */
  readonly targetCpu?: number;

  /**
   * The use of memory that is held, in percent of the request (IM1603).
   *
   * @default - memory is not measured
   */
  readonly targetMemory?: number;
}

/** How many pods of istiod or of a gateway there are, and where they run. */
export interface IstioPodOptions {
  /**
   * The number of pods. Not together with `autoscaling` (IM1109).
   *
   * @default - as many as the load asks for
   */
  readonly replicas?: number;

  /**
   * Lets the number of pods follow their load.
   *
   * @default - from 2 to 5 pods, by the use of CPU; none where `replicas` is set
   */
  readonly autoscaling?: IstioAutoscaling;

  /**
   * Whether the pods are spread over zones and nodes.
   *
   * @default PodSpread.PREFERRED
   */
  readonly spread?: PodSpread;

  /**
   * The nodes that the pods may run on.
   *
   * @default - all
   */
  readonly nodes?: LabeledNode;

  /**
   * The nodes that the pods run on where there is room.
   *
   * @default - none are preferred
   */
  readonly preferredNodes?: LabeledNode;

  /**
   * The tainted nodes that the pods may run on.
   *
   * @default - none; istiod's may run where the CNI is not ready
   */
  readonly tolerations?: TaintedNode[];

  /**
   * The CPU and memory of a pod. What is left out is the chart's.
   *
   * @default - requests of 500 millicores and 2 GiB for istiod; of 100 millicores and 128 MiB for gateways, with limits of 2 cores and 1 GiB
   */
  readonly resources?: ContainerResources;

  /**
   * The priority of the pods: a DNS name (IM0106).
   *
   * @default - the cluster's own
   */
  readonly priorityClassName?: string;

  /**
   * How pods are replaced: a rolling update (IM1610). Charts of gateways have it from Istio 1.24 on (IM1605).
   *
   * @default - the chart's own: 25 % fewer pods at most, and 100 % more of istiod, 25 % more of gateways
   */
  readonly strategy?: DeploymentStrategy;

  /**
   * Annotations of the pods, besides those of the chart (IM1604).
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };
}
