import { LabeledNode, TaintedNode, Workload } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { dnsName } from '../../values/names';

/**
 * Which nodes pods run on, and who goes first where there is no room.
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
   * The nodes that the pods run on where there is room.
   *
   * @default - none are preferred
   */
  readonly preferredNodes?: LabeledNode;

  /**
   * The tainted nodes that the pods may run on.
   *
   * @default - none
   */
  readonly tolerations?: TaintedNode[];

  /**
   * The priority of the pods: a DNS name (IM0106).
   *
   * @default - the cluster's own
   */
  readonly priorityClassName?: string;

  /**
   * Who finds nodes for the pods: a DNS name (IM0106).
   *
   * @default - Kubernetes' own scheduler
   */
  readonly schedulerName?: string;

  /**
   * What runs the containers, for example a sandbox: the DNS name of a RuntimeClass (IM0106).
   *
   * @default - the node's own
   */
  readonly runtimeClassName?: string;
}

/** What of a placement is a field of the pods as it stands. */
export type PlacementFields = Pick<PodPlacement, 'priorityClassName' | 'schedulerName' | 'runtimeClassName'>;

/** The fields of the pods that name classes and schedulers. */
export function placementFields({ priorityClassName, schedulerName, runtimeClassName }: PodPlacement): PlacementFields {
  return { priorityClassName, schedulerName, runtimeClassName };
}

/** Refuses names that nothing can have. */
export function checkPlacement(at: Construct, placement: PodPlacement): void {
  const { priorityClassName, schedulerName, runtimeClassName } = placement;
  const names = { 'the priority class': priorityClassName, 'the scheduler': schedulerName, 'the runtime class': runtimeClassName };
  Object.entries(names).filter(([, name]) => name !== undefined).forEach(([what, name]) => dnsName(name, at, `the name of ${what}`));
}

/** Tells the scheduler which nodes the pods of a workload want and bear. */
export function place(workload: Workload, { nodes, preferredNodes, tolerations = [] }: PodPlacement): void {
  if (nodes) {
    workload.scheduling.attract(nodes);
  }
  if (preferredNodes) {
    workload.scheduling.attract(preferredNodes, { weight: 100 });
  }
  tolerations.forEach(node => workload.scheduling.tolerate(node));
}
