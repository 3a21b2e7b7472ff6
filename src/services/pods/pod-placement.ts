import { LabeledNode, TaintedNode, Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { dnsName } from '../../values/names';

/**
 * The scheduling of pods: nodes, tolerations, priority and scheduler.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/
 */
export interface PodPlacement {
  /**
   * The nodes that the pods may run on.
   *
   * @default - all
   */
  readonly nodes?: LabeledNode;

  /**
   * The nodes that the pods prefer.
   *
   * @default - none
   */
  readonly preferredNodes?: LabeledNode;

  /**
   * The taints of nodes that the pods tolerate.
   *
   * @default - none
   */
  readonly tolerations?: TaintedNode[];

  /**
   * The name of the PriorityClass of the pods: a DNS name (IM0106).
   *
   * @default - the default of the cluster
   */
  readonly priorityClassName?: string;

  /**
   * The name of the scheduler: a DNS name (IM0106).
   *
   * @default - the default scheduler of Kubernetes
   */
  readonly schedulerName?: string;

  /**
   * The name of the RuntimeClass that runs the containers, for example a sandbox: a DNS name (IM0106).
   *
   * @default - the default of the node
   */
  readonly runtimeClassName?: string;
}

/** The options that are fields of the pod spec. */
export type PlacementFields = Pick<PodPlacement, 'priorityClassName' | 'schedulerName' | 'runtimeClassName'>;

/** The fields of the pod spec that name classes and schedulers. */
export function placementFields({ priorityClassName, schedulerName, runtimeClassName }: PodPlacement): PlacementFields {
  return { priorityClassName, schedulerName, runtimeClassName };
}

/** Refuses invalid names. */
export function checkPlacement(at: Construct, placement: PodPlacement): void {
  const { priorityClassName, schedulerName, runtimeClassName } = placement;
  const check = (what: string, name?: string) => name !== undefined && dnsName(name, at, `the name of the ${what}`);
  check('priority class', priorityClassName);
  check('scheduler', schedulerName);
  check('runtime class', runtimeClassName);
}

/** Adds node affinities and tolerations to a workload. */
export function place(workload: Workload, { nodes, preferredNodes, tolerations = [] }: PodPlacement): void {
  if (nodes) {
    workload.scheduling.attract(nodes);
  }
  if (preferredNodes) {
    workload.scheduling.attract(preferredNodes, { weight: 100 });
  }
  tolerations.forEach(node => workload.scheduling.tolerate(node));
}
