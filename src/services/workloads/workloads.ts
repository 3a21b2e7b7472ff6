import { IConstruct } from 'constructs';
import { MadeWorkload, Workload, WorkloadVersion } from './workload';
import { getOrAdd } from '../../values/get-or-add';
import { ObservableList } from '../../kernel/observable-list';
import { registryOf } from '../../kernel/registry';

/** The pods of a workload that run as one ServiceAccount. */
export interface AccountPods {
  readonly workload: MadeWorkload;
  readonly version: WorkloadVersion;
}

class WorkloadRegistry {
  /** Workloads whose pods the App makes or wraps, in order of construction. Written by services, jobs and gateways. Complete at synthesis. */
  public readonly made = new ObservableList<MadeWorkload>();

  /** Workloads by construct. Written by services, jobs, gateways and identities. Complete at synthesis. */
  public readonly byConstruct = new Map<IConstruct, Workload>();

  /** Pods by `<namespace>/<ServiceAccount>`, except those of gateways. Written by services and jobs. Complete at synthesis. */
  public readonly byAccount = new Map<string, AccountPods[]>();
}

/** Records a workload. Only `registerWorkload` calls this. */
export function enterWorkload(workload: Workload): void {
  const [construct] = workload.constructs;
  const { made, byConstruct, byAccount } = registryOf(construct, WorkloadRegistry);
  workload.constructs.forEach(each => byConstruct.set(each, workload));
  if (!isMade(workload)) {
    return;
  }
  for (const version of workload.gateway ? [] : workload.versions) {
    if (version.account !== undefined) {
      getOrAdd(byAccount, `${workload.namespace}/${version.account}`, (): AccountPods[] => []).push({ workload, version });
    }
  }
  made.add(workload);
}

/** The pods of a namespace that run as a ServiceAccount, in order of construction, except those of gateways. */
export function podsOfAccount(scope: IConstruct, namespace: string, account: string): AccountPods[] {
  return registryOf(scope, WorkloadRegistry).byAccount.get(`${namespace}/${account}`) ?? [];
}

/** Calls the listener for every workload that the App creates in the cluster, before or after this call. */
export function eachWorkload(scope: IConstruct, listener: (workload: MadeWorkload) => void): void {
  registryOf(scope, WorkloadRegistry).made.each(listener);
}

/** Every workload that the App has created in the cluster so far, except gateways. */
export function workloadsAround(scope: IConstruct): MadeWorkload[] {
  return registryOf(scope, WorkloadRegistry).made.all.filter(({ gateway }) => !gateway);
}

/** Every gateway workload that the App has created in the cluster so far. */
export function gatewayWorkloadsAround(scope: IConstruct): MadeWorkload[] {
  return registryOf(scope, WorkloadRegistry).made.all.filter(({ gateway }) => gateway);
}

/** The workload of a construct, created or only described. */
export function workloadOf(construct: IConstruct): Workload | undefined {
  return registryOf(construct, WorkloadRegistry).byConstruct.get(construct);
}

/** The workload of a construct, if the App creates it. */
export function madeWorkloadOf(construct: IConstruct): MadeWorkload | undefined {
  const workload = workloadOf(construct);
  return workload && isMade(workload) ? workload : undefined;
}

function isMade(workload: Workload): workload is MadeWorkload {
  return workload.scope !== undefined;
}
