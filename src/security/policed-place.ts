import * as security from '../../imports/security.istio.io';

export type Rule = security.AuthorizationPolicySpecRules;
export type Operation = security.AuthorizationPolicySpecRulesToOperation;

/** Requests as policies tell them apart by where they come to: a port of the pods, and the host that they name. */
export interface Place {
  readonly ports: string[];
  readonly hosts?: string[];
  readonly notHosts?: string[];
}

/** Which requests of a place are meant. */
export interface Asked {
  readonly methods?: string[];
  readonly paths?: string[];
  readonly notPaths?: string[];
}
