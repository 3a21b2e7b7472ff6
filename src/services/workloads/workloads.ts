import { IConstruct } from 'constructs';
import { MadeWorkload, Workload } from './workload';
import { perCluster } from '../../kernel/mesh-cluster';
import { ObservableList } from '../../kernel/observable-list';

interface Register {
  readonly made: ObservableList<MadeWorkload>;
  readonly byConstruct: Map<IConstruct, Workload>;
}

const register = perCluster((): Register => ({ made: new ObservableList(), byConstruct: new Map() }));

/** Enters a workload. `registerWorkload` is what calls this, once for each. */
export function enterWorkload(workload: Workload): void {
  const [construct] = workload.constructs;
  const { made, byConstruct } = register(construct);
  workload.constructs.forEach(each => byConstruct.set(each, workload));
  if (isMade(workload)) {
    made.add(workload);
  }
}

/** Calls the listener for every workload that is made in the cluster, before or after this call. */
export function eachWorkload(scope: IConstruct, listener: (workload: MadeWorkload) => void): void {
  register(scope).made.each(listener);
}

/** Every workload that is made in the cluster so far, gateways excepted. */
export function workloadsAround(scope: IConstruct): MadeWorkload[] {
  return register(scope).made.all.filter(({ gateway }) => !gateway);
}

/** Every workload of a gateway that is made in the cluster so far. */
export function gatewayWorkloadsAround(scope: IConstruct): MadeWorkload[] {
  return register(scope).made.all.filter(({ gateway }) => gateway);
}

/** The workload that a construct stands for, whether it is made here or only described. */
export function workloadOf(construct: IConstruct): Workload | undefined {
  return register(construct).byConstruct.get(construct);
}

/** The workload that a construct stands for, if it is made here. */
export function madeWorkloadOf(construct: IConstruct): MadeWorkload | undefined {
  const workload = workloadOf(construct);
  return workload && isMade(workload) ? workload : undefined;
}

function isMade(workload: Workload): workload is MadeWorkload {
  return workload.scope !== undefined;
}
