import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { instanceOf } from '../../diagnostics/validate-props';
import { PolicyHost } from '../../hosts/policy-host';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';

/** Pods, by the namespace and the labels that they have. */
export interface PodSelection {
  readonly namespace: string;
  readonly labels: Labels;
}

/** What is to know of somebody who is called. */
export interface CalleeAttributes {
  /** The construct that is called. */
  readonly construct: IConstruct;
  /** The version of the service that is called; any of them where not said. */
  readonly version?: string;
  /** The name in messages. */
  readonly name: string;
  /** The hosts that are dialled, and the namespace that they are declared in. */
  readonly hosts: string[];
  readonly namespace: string;
  readonly ports: MeshPort[];
  /** Whether clients connect to the pods themselves, so that nothing maps a port to its target port. */
  readonly headless?: boolean;
  /** The pods that answer; without labels where these are not known. Undefined for a host outside of the mesh. */
  readonly pods?: PodSelection;
  /** The pods of the gateway through which a host outside of the mesh is called, where there is one. */
  readonly via?: PodSelection;
  /** The addresses outside of the mesh that answer, as CIDRs. Undefined where they are not known. */
  readonly addresses?: string[];
  /** The hosts, as policies of what callers do take them. */
  readonly policyHosts: PolicyHost[];
}

/** Something that can be called: a service, one version of it, a host outside of the mesh. */
export interface ICallee {
  /** It as `calls` takes it. */
  toCallee(): Callee;
}

/** Somebody who is called, as `calls` takes it. Services and their versions are such by themselves. */
export class Callee {
  /** @internal */
  public static _create(facts: CalleeAttributes): Callee {
    return new Callee(facts);
  }

  private constructor(/** @internal */ public readonly _facts: CalleeAttributes) {}
}

/** What is to know of what anybody handed in as called. */
export function calleeOf(callee: ICallee, at: Located | string): CalleeAttributes {
  if (typeof callee !== 'object' || callee === null || typeof callee.toCallee !== 'function') {
    throw new MeshError('IM0001', at, { problem: 'what is called is missing or of the wrong type', got: callee, allowed: 'a service, a version of one, or a host outside of the mesh' });
  }
  return instanceOf('Callee', callee.toCallee(), at, 'what is called')._facts;
}
