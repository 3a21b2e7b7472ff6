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
  /** The called version of the service. Undefined for any version. */
  readonly version?: string;
  /** The name in messages. */
  readonly name: string;
  /** The hosts that clients dial, and their namespace. */
  readonly hosts: string[];
  readonly namespace: string;
  readonly ports: MeshPort[];
  /** Whether clients connect to pods directly, so that no Service maps a port to its target port. */
  readonly headless?: boolean;
  /** The pods of the callee, without labels if they are unknown. Undefined for a host outside of the mesh. */
  readonly pods?: PodSelection;
  /** The pods of the egress gateway for a host outside of the mesh, if there is one. */
  readonly via?: PodSelection;
  /** The addresses of a host outside of the mesh, as CIDRs. Undefined if they are unknown. */
  readonly addresses?: string[];
  /** The hosts in the form of traffic policies. */
  readonly policyHosts: PolicyHost[];
}

/** Something that can be called: a service, one version of it, a host outside of the mesh. */
export interface ICallee {
  /** The argument for `calls`. */
  toCallee(): Callee;
}

/** The argument of `calls`. Services and their versions are callees. */
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
    throw new MeshError('IM0001', at, { problem: 'the callee is missing or of the wrong type', got: callee, allowed: 'a service, a version of one, or a host outside of the mesh' });
  }
  return instanceOf('Callee', callee.toCallee(), at, 'what is called')._attributes;
}
