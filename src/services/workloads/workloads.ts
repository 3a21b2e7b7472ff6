import { IConstruct } from 'constructs';
import { podsKey } from './gateway-pods';
import { MadeWorkload, PodSelection, Workload, WorkloadVersion } from './workload';
import { ObservableList } from '../../kernel/observable-list';
import { registryOf } from '../../kernel/registry';
import { addTo, getOrAdd } from '../../values/get-or-add';

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

  /** Workloads whose pods the App makes or wraps, by namespace. Written by services, jobs and gateways. Complete at synthesis. */
  public readonly byNamespace = new Map<string, MadeWorkload[]>();

  /** The same, by `<namespace>/<name>`, except gateways. Written by services and jobs. Complete at synthesis. */
  public readonly byName = new Map<string, MadeWorkload[]>();

  /** The first workload below a construct, except gateways, and its place among all. Written by services and jobs. Complete at synthesis. */
  public readonly byPlace = new Map<IConstruct, { readonly workload: MadeWorkload; readonly place: number }>();

  /** Namespace and labels of gateway pods that the App makes. Written by gateways. Complete at synthesis. */
  public readonly gatewayPods = new Set<string>();
}

/** Records a workload. Only `registerWorkload` calls this. */
export function enterWorkload(workload: Workload): void {
  const [construct] = workload.constructs;
  const { made, byConstruct } = registryOf(construct, WorkloadRegistry);
  workload.constructs.forEach(each => byConstruct.set(each, workload));
  if (isMade(workload)) {
    enterPods(workload);
    made.add(workload);
  }
}

function enterPods(workload: MadeWorkload): void {
  const { byAccount, byName, byNamespace, byPlace, gatewayPods } = registryOf(workload.scope, WorkloadRegistry);
  addTo(byNamespace, workload.namespace, workload);
  if (workload.gateway) {
    gatewayPods.add(podsKey(workload));
    return;
  }
  addTo(byName, `${workload.namespace}/${workload.name}`, workload);
  getOrAdd(byPlace, workload.scope.node.scope!, () => ({ workload, place: byPlace.size }));
  for (const version of workload.versions) {
    if (version.account !== undefined) {
      addTo(byAccount, `${workload.namespace}/${version.account}`, { workload, version });
    }
  }
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

/** Those in one namespace. */
export function workloadsIn(scope: IConstruct, namespace: string): MadeWorkload[] {
  return (registryOf(scope, WorkloadRegistry).byNamespace.get(namespace) ?? []).filter(({ gateway }) => !gateway);
}

/** Every gateway workload that the App has created in the cluster so far, in one namespace. */
export function gatewayWorkloadsIn(scope: IConstruct, namespace: string): MadeWorkload[] {
  return (registryOf(scope, WorkloadRegistry).byNamespace.get(namespace) ?? []).filter(({ gateway }) => gateway);
}

/** Whether the App has created gateway pods in the cluster with this namespace and these labels. */
export function makesGatewayPods(scope: IConstruct, pods: PodSelection): boolean {
  return registryOf(scope, WorkloadRegistry).gatewayPods.has(podsKey(pods));
}

/** The workloads of a namespace with a name, in order of construction, except gateways. */
export function workloadsNamed(scope: IConstruct, namespace: string, name: string): MadeWorkload[] {
  return [...registryOf(scope, WorkloadRegistry).byName.get(`${namespace}/${name}`) ?? []];
}

/** The first workload, except gateways, whose construct is the given one or is above it. */
export function workloadAbove(construct: IConstruct): MadeWorkload | undefined {
  const { byPlace } = registryOf(construct, WorkloadRegistry);
  const [first] = construct.node.scopes.flatMap(scope => byPlace.get(scope) ?? []).sort((a, b) => a.place - b.place);
  return first?.workload;
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
