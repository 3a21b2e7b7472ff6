import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { Workload, WorkloadVersion } from '../workloads/workload';
import { workloadOf, workloadsAround } from '../workloads/workloads';

/**
 * Refuses an identity that other pods share. A policy allows all pods with an identity, so each of them must be declared as a caller.
 *
 * @param calls all calls of the callee
 */
export function checkIdentity(call: Call, calls: Call[]): void {
  const { namespace, accounts = [], trustDomain } = call.caller.identity();
  const { construct: caller } = call.caller;
  const alike = calls.filter(other => same(call, other));
  for (const account of trustDomain === undefined && caller ? accounts : []) {
    if (account === 'default') {
      throw new MeshError('IM1805', caller!, { problem: `the pods run as \`default\`, like every pod of ${namespace} without a ServiceAccount`, got: account });
    }
    for (const workload of workloadsAround(call.callee.construct).filter(other => other.namespace === namespace)) {
      const unknown = workload.versions.find(version => version.account === account && !alike.some(other => isOf(other, workload, version)));
      if (unknown) {
        const which = [workload.name, ...unknown.name === undefined ? [] : [unknown.name]].join(' ');
        throw new MeshError('IM1805', caller!, {
          problem: `${which} has the same identity, ${account}, but does not declare that it calls ${call.callee.name}${call.callee.version === undefined ? '' : ` ${call.callee.version}`}`,
          got: account,
          next: workloadOf(caller!) === workload
            ? 'give each version its own identity: { serviceAccountPerVersion: true }'
            : 'give each of them its own ServiceAccount',
        });
      }
    }
  }
}

function same(one: Call, other: Call): boolean {
  return one.callee.version === other.callee.version && one.port.port === other.port.port && one.port.name === other.port.name
    && JSON.stringify(one.requests ?? {}) === JSON.stringify(other.requests ?? {});
}

function isOf({ caller }: Call, workload: Workload, { name }: WorkloadVersion): boolean {
  return caller.construct !== undefined && workloadOf(caller.construct) === workload && (caller.version === undefined || caller.version === name);
}
