import { IConstruct } from 'constructs';
import { MadeWorkload } from './workload';
import { workloadsIn } from './workloads';
import { knownNamespace } from '../../kernel/known-namespaces';
import { registryOf } from '../../kernel/registry';

/** A construct whose policies the sidecars of workloads enforce. */
export interface Guard {
  readonly source: IConstruct;
  /** Whether its policies also limit outbound traffic. */
  readonly outbound: boolean;
  /** The external authorizer of the mesh config, if there is one. */
  readonly provider?: string;
  /** Whether NetworkPolicies enforce the same in the network. */
  readonly network?: boolean;
  /** Whether its policies apply to a workload. Complete at synthesis. */
  covers(workload: MadeWorkload): boolean;
}

class GuardRegistry {
  /** Constructs that refuse undeclared calls. Written by `LeastPrivilege`. Complete at synthesis. */
  public readonly guards: Guard[] = [];
}

/** Declares policies that sidecars enforce. */
export function declareGuard(guard: Guard): void {
  registryOf(guard.source, GuardRegistry).guards.push(guard);
}

/** The guards of a workload. Complete at synthesis. */
export function guardsOf(workload: MadeWorkload): Guard[] {
  return registryOf(workload.scope, GuardRegistry).guards.filter(guard => guard.covers(workload));
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
