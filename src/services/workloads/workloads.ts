import { Construct, IConstruct } from 'constructs';
import { perCluster } from '../../kernel/mesh-cluster';
import { ObservableList } from '../../kernel/observable-list';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** The pods of a workload that are alike: one version of a service. */
export interface WorkloadVersion {
  /** The name of the version, where there are several to be told apart. */
  readonly name?: string;
  /** The labels by which its pods are selected. */
  readonly labels: Labels;
  /** The ServiceAccount that its pods run as. */
  readonly account: string;
}

/** A service that pods answer for. */
export interface AnsweredService extends IConstruct {
  readonly host: string;
}

/** What runs in the mesh and is made here: pods of one name, whoever calls them and whomever they call. */
export interface MeshWorkload {
  /** The annotations of all objects that are about the workload. */
  readonly annotations?: Labels;
  /** The construct that calls from its pods, where it is none of the services: a job. */
  readonly caller?: IConstruct;
  /** The services that its pods answer for; the first one gives it its name. A job answers for none. */
  readonly services: AnsweredService[];
  /** The scope for objects that are about the workload: made with it, so that their order does not depend on who asks for them. */
  readonly scope: Construct;
  readonly name: string;
  readonly namespace: string;
  /** The labels that all its pods have, and no others. */
  readonly labels: Labels;
  readonly versions: WorkloadVersion[];
  /** The ports on which it is called. */
  readonly ports: MeshPort[];
  /** Those on which its pods call each other. Nobody has to declare it. */
  readonly peerPorts: MeshPort[];
}

interface Register {
  readonly workloads: ObservableList<MeshWorkload>;
  readonly byConstruct: Map<IConstruct, MeshWorkload>;
}

const register = perCluster((): Register => ({ workloads: new ObservableList(), byConstruct: new Map() }));

/** Announces a workload. */
export function declareWorkload(workload: MeshWorkload): void {
  const { workloads, byConstruct } = register(workload.scope);
  constructsOf(workload).forEach(construct => byConstruct.set(construct, workload));
  workloads.add(workload);
}

/** Calls the listener for every workload of the cluster, made already or still to come. */
export function eachWorkload(scope: IConstruct, listener: (workload: MeshWorkload) => void): void {
  register(scope).workloads.each(listener);
}

/** Every workload of the cluster so far. */
export function workloadsAround(scope: IConstruct): MeshWorkload[] {
  return register(scope).workloads.all;
}

/** The constructs that stand for a workload, called or calling. */
export function constructsOf({ services, caller }: MeshWorkload): IConstruct[] {
  return caller ? [caller, ...services] : services;
}

/** The workload that a construct stands for, if it is made here. */
export function workloadOf(construct: IConstruct): MeshWorkload | undefined {
  return register(construct).byConstruct.get(construct);
}
