import { Construct } from 'constructs';
import { RequestTarget } from './request-target';
import { MeshError } from '../diagnostics/mesh-error';
import { isGateway } from '../services/workloads/gateway-pods';
import { hasSidecars } from '../services/workloads/sidecars';

/** Refuses a policy for pods of another namespace, which its selector does not select, and for pods without a proxy to enforce it. */
export function checkPlace(target: RequestTarget, at: Construct, here: string): void {
  const { namespace } = target._attributes(at);
  if (namespace !== here) {
    throw new MeshError('IM1823', at, { problem: `the pods of ${target._of.node.path} run in another namespace, ${namespace}`, got: here, allowed: namespace });
  }
  if (!isGateway(target._of) && !hasSidecars(at, namespace)) {
    throw new MeshError('IM1829', at, { problem: `pods of namespace ${namespace} get no sidecars: no proxy enforces the policy for ${target._of.node.path}`, got: namespace });
  }
}
