import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { instanceOf } from '../../diagnostics/validate-props';
import { PolicyHost } from '../../hosts/policy-host';
import { MeshPort } from '../../values/mesh-port';
import { PodSelection } from '../workloads/workload';

/** The hosts, ports and pods of a callee. */
export interface CalleeAttributes {
  /** The construct that is called. */
  readonly construct: IConstruct;
  /** The version of the service that is called; undefined for any of them. */
  readonly version?: string;
  /** The name in messages. */
  readonly name: string;
  /** The hosts that are dialled, and the namespace that they are declared in. */
  readonly hosts: string[];
  readonly namespace: string;
  readonly ports: MeshPort[];
  /** Whether clients connect to the pods themselves: no Service maps a port to its target port. */
  readonly headless?: boolean;
  /** The pods that answer; without labels if they are not known. Undefined for a host outside of the mesh. */
  readonly pods?: PodSelection;
  /** The pods of the egress gateway through which a host outside of the mesh is called, if there is one. */
  readonly via?: PodSelection;
  /** The addresses outside of the mesh that answer, as CIDRs. Undefined if they are not known. */
  readonly addresses?: string[];
  /** The hosts, as policies for connections and requests take them. */
  readonly policyHosts: PolicyHost[];
}

/** Something that can be called: a service, one version of it, a host outside of the mesh. */
export interface ICallee {
  /** It as `calls` takes it. */
  toCallee(): Callee;
}

/** A callee, as `calls` takes it. Services and their versions are callees. */
export class Callee {
  /** @internal */
  public static _create(attributes: CalleeAttributes): Callee {
    return new Callee(attributes);
  }

  private constructor(/** @internal */ public readonly _attributes: CalleeAttributes) {}
}

/** The hosts, ports and pods of a callee that a user passes. */
export function calleeOf(callee: ICallee, at: Located | string): CalleeAttributes {
  if (typeof callee !== 'object' || callee === null || typeof callee.toCallee !== 'function') {
    throw new MeshError('IM0001', at, { problem: 'what is called is missing or of the wrong type', got: callee, allowed: 'a service, a version of one, or a host outside of the mesh' });
  }
  return instanceOf('Callee', callee.toCallee(), at, 'what is called')._attributes;
}
