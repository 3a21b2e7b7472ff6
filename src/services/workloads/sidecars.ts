import { Construct, IConstruct } from 'constructs';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { knownNamespace } from '../../kernel/known-namespaces';
import { namespaceOf } from '../../kernel/namespace-scope';
import { registryOf } from '../../kernel/registry';

/** Whether the pods of a namespace get sidecars, as far as is known. Complete at synthesis. */
export function hasSidecars(scope: IConstruct, namespace: string): boolean {
  return knownNamespace(scope, namespace).hasSidecars;
}

/** Whether pods of the namespace around a construct get sidecars, if the pods do not override it. Complete at synthesis. */
export function getSidecars(construct: IConstruct): boolean {
  return hasSidecars(construct, namespaceOf(construct));
}

/** Whether pods of the namespace around a construct get sidecars, and no other chart can disable the injection. */
export function surelyGetSidecars(construct: IConstruct): boolean {
  const namespace = knownNamespace(construct, namespaceOf(construct));
  return namespace.hasSidecars && !namespace.isOpen;
}

/** Refuses settings that conflict with sidecars: at once, and at synthesis if another chart may still disable injection. */
export function checkWithSidecars(construct: Construct, check: () => void): void {
  if (surelyGetSidecars(construct)) {
    check();
  }
  checkAtSynthesis(construct, () => problemsWithSidecars(construct, check));
}

/** The errors of settings that conflict with sidecars, at synthesis. */
export function problemsWithSidecars(construct: Construct, check: () => void): string[] {
  return getSidecars(construct) ? collectErrors(construct, check) : [];
}

/** Pods that request a proxy themselves. */
export interface AskingPods {
  readonly source: IConstruct;
  readonly namespace: string;
  /** The revision of their proxy. By default that of the control plane without a revision. */
  readonly revision?: string;
}

class AskingPodsRegistry {
  /** Pods that ask for a sidecar themselves. Written by jobs and gateway pods. Complete at synthesis. */
  public readonly pods: AskingPods[] = [];
}

/** Declares pods that request a proxy themselves. */
export function declareAskingPods(pods: AskingPods): void {
  registryOf(pods.source, AskingPodsRegistry).pods.push(pods);
}

/** All pods of the cluster that request a proxy themselves, so far. */
export function askingPodsAround(scope: IConstruct): AskingPods[] {
  return [...registryOf(scope, AskingPodsRegistry).pods];
}
