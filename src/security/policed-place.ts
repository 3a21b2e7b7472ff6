import * as security from '../../imports/security.istio.io';

export type Rule = security.AuthorizationPolicySpecRules;
export type Operation = security.AuthorizationPolicySpecRulesToOperation;

/** The ports and hosts by which policies select requests. */
export interface Place {
  readonly ports: string[];
  readonly hosts?: string[];
  readonly notHosts?: string[];
}

/** The methods and paths of requests. */
export interface RequestSelection {
  readonly methods?: string[];
  readonly paths?: string[];
  readonly notPaths?: string[];
}
