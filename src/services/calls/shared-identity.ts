import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshWorkload, workloadOf, WorkloadVersion, workloadsAround } from '../workloads/workloads';

/**
 * Refuses an identity that other pods have, too: a policy lets in all pods that have it, and each of them must be one that may call.
 *
 * @param edges all that lead to what is called
 */
export function checkIdentity(edge: Call, edges: Call[]): void {
  const { namespace, accounts = [], trustDomain } = edge.caller.facts();
  const { construct: caller } = edge.caller;
  const alike = edges.filter(other => same(edge, other));
  for (const account of trustDomain === undefined && caller ? accounts : []) {
    if (account === 'default') {
      throw new MeshError('IM1805', caller!, { problem: `the pods run as \`default\`, as every pod of ${namespace} does that names no ServiceAccount`, got: account });
    }
    for (const workload of workloadsAround(edge.callee.construct).filter(other => other.namespace === namespace)) {
      const unknown = workload.versions.find(version => version.account === account && !alike.some(other => speaksFor(other, workload, version)));
      if (unknown) {
        const which = [workload.name, ...unknown.name === undefined ? [] : [unknown.name]].join(' ');
        throw new MeshError('IM1805', caller!, {
          problem: `${which} has the same identity, ${account}, and was not declared to call ${edge.callee.name}${edge.callee.version === undefined ? '' : ` ${edge.callee.version}`} like it`,
          got: account,
          next: workloadOf(caller!) === workload
            ? 'give each version an identity of its own: { serviceAccountPerVersion: true }'
            : 'give each of the two a ServiceAccount of its own',
        });
      }
    }
  }
}

function same(one: Call, other: Call): boolean {
  return one.callee.version === other.callee.version && one.port.port === other.port.port && one.port.name === other.port.name
    && JSON.stringify(one.requests ?? {}) === JSON.stringify(other.requests ?? {});
}

function speaksFor({ caller }: Call, workload: MeshWorkload, { name }: WorkloadVersion): boolean {
  return caller.construct !== undefined && workloadOf(caller.construct) === workload && (caller.version === undefined || caller.version === name);
}
