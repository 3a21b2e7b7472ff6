import { IConstruct } from 'constructs';
import { MadeWorkload } from './workload';
import { workloadsIn } from './workloads';
import { knownNamespace } from '../../kernel/known-namespaces';
import { registryOf } from '../../kernel/registry';
import { getOrAdd } from '../../values/get-or-add';

/** A construct whose policies the sidecars of workloads enforce. */
export interface Guard {
  readonly source: IConstruct;
  /** Whether its policies also limit outbound traffic. */
  readonly outbound: boolean;
  /** The external authorizer of the mesh config, if there is one. */
  readonly provider?: string;
  /** Whether NetworkPolicies enforce the same in the network. */
  readonly network?: boolean;
}

/** A guard of workloads. */
export interface WideGuard extends Guard {
  /** Whether its policies apply to a workload. Complete at synthesis. */
  covers(workload: MadeWorkload): boolean;
}

class GuardRegistry {
  /** Constructs that refuse undeclared calls of workloads. Written by `LeastPrivilege`. Complete at synthesis. */
  public readonly guards: WideGuard[] = [];

  /** Constructs that refuse requests to one service or gateway, by that. Written by policies for requests. Complete at synthesis. */
  public readonly byConstruct = new Map<IConstruct, Guard[]>();

  /** The places of all among each other. Written by policies. Complete at synthesis. */
  public readonly places = new Map<Guard, number>();
}

/** Declares policies that sidecars of workloads enforce. */
export function declareGuard(guard: WideGuard): void {
  const { guards, places } = registryOf(guard.source, GuardRegistry);
  places.set(guard, places.size);
  guards.push(guard);
}

/** Declares policies for the requests to a service or gateway. */
export function declareGuardOf(construct: IConstruct, guard: Guard): void {
  const { byConstruct, places } = registryOf(guard.source, GuardRegistry);
  places.set(guard, places.size);
  getOrAdd(byConstruct, construct, (): Guard[] => []).push(guard);
}

/** The guards of a workload, in order of declaration. Complete at synthesis. */
export function guardsOf(workload: MadeWorkload): Guard[] {
  const { guards, byConstruct, places } = registryOf(workload.scope, GuardRegistry);
  const own = workload.constructs.flatMap(construct => byConstruct.get(construct) ?? []);
  return [...guards.filter(guard => guard.covers(workload)), ...own].sort((a, b) => places.get(a)! - places.get(b)!);
}

/** The external authorizers of a workload's sidecars. Complete at synthesis. */
export function providersAsked(workload: MadeWorkload): string[] {
  return guardsOf(workload).flatMap(({ provider }) => provider ?? []);
}

/** The construct whose NetworkPolicies apply to pods of a namespace, if there is one. Complete at synthesis. */
export function networkGuard(scope: IConstruct, namespace: string): IConstruct | undefined {
  const whole = knownNamespace(scope, namespace).guardedBy;
  const here = workloadsIn(scope, namespace);
  const { guards } = registryOf(scope, GuardRegistry);
  return guards.find(guard => guard.network && (guard.source === whole || here.some(workload => guard.covers(workload))))?.source;
}
