import { IConstruct } from 'constructs';
import { GuardedWorkload } from './guarded-workload';
import { MeshError } from '../diagnostics/mesh-error';
import { namespaceScopeOf } from '../kernel/namespace-scope';
import { Edge } from '../services/edges';
import { MeshNamespace } from '../services/mesh-namespace';
import { MeshWorkload, standsFor, WorkloadVersion, workloadsAround } from '../services/workloads';
import { MutualTls } from '../values/mutual-tls';
import { MeshProtocol } from '../values/protocol';

/** Refuses a workload whose calls no policy could tell apart. */
export function checkWorkload({ workload: { name, home } }: GuardedWorkload): void {
  const namespace = namespaceScopeOf(home);
  if (namespace instanceof MeshNamespace && !namespace.injects) {
    throw new MeshError('IM1804', placeOf(home), {
      problem: `the pods of ${name} get no sidecar: nobody would enforce a policy, and their own calls have no identity`,
      next: 'give least privilege the scope of namespaces whose pods get one',
    });
  }
  if (namespace instanceof MeshNamespace && namespace.mutualTls === MutualTls.DISABLE) {
    throw new MeshError('IM1804', placeOf(home), {
      problem: `the pods of ${name} take plain text alone: no caller has an identity`,
      got: namespace.mutualTls,
      next: 'let the namespace take mutual TLS',
    });
  }
}

/** Refuses an edge to or from a workload that policies cannot say. */
export function checkEdges(guarded: GuardedWorkload, networkPolicies: boolean): void {
  for (const edge of guarded.allEdgesTo) {
    checkPort(edge, networkPolicies);
    checkIdentity(edge, guarded);
    if (networkPolicies && edge.caller.facts().podLabels === undefined) {
      throw new MeshError('IM1807', placeOf(guarded.workload.home), {
        problem: `${edge.caller.name} calls ${edge.callee.name}, and the labels of its pods are not known`, next: 'name its `podLabels`',
      });
    }
  }
  for (const { callee } of guarded.allEdgesFrom) {
    if (networkPolicies && callee.pods && Object.keys(callee.pods.labels).length === 0) {
      throw new MeshError('IM1807', callee.construct, { problem: `${guarded.workload.name} calls ${callee.name}, and the labels of its pods are not known`, next: 'name its `podLabels`' });
    }
  }
}

function checkPort({ port, callee }: Edge, networkPolicies: boolean): void {
  if (port.protocol === MeshProtocol.UDP && !networkPolicies) {
    throw new MeshError('IM1804', callee.construct, {
      problem: `port ${port.port} (${port.name}) of ${callee.name} is UDP, which passes by the sidecar: only the network could refuse it`,
      got: port.name,
      next: 'ask for `networkPolicies`, or name the port that is called',
    });
  }
}

/** A policy lets in whoever has the identity: every pod that has it must be one that may call. */
function checkIdentity(edge: Edge, guarded: GuardedWorkload): void {
  const { namespace, accounts = [], trustDomain } = edge.caller.facts();
  const { construct: caller } = edge.caller;
  const alike = guarded.allEdgesTo.filter(other => same(edge, other));
  for (const account of trustDomain === undefined && caller ? accounts : []) {
    if (account === 'default') {
      throw new MeshError('IM1805', caller!, { problem: `the pods run as \`default\`, as every pod of ${namespace} does that names no ServiceAccount`, got: account });
    }
    for (const workload of workloadsAround(guarded.workload.home).filter(other => other.namespace === namespace)) {
      const stranger = workload.versions.find(version => version.account === account && !alike.some(other => speaksFor(other, workload, version)));
      if (stranger) {
        const which = [workload.name, ...stranger.name === undefined ? [] : [stranger.name]].join(' ');
        throw new MeshError('IM1805', caller!, {
          problem: `${which} has the same identity, ${account}, and was not declared to call ${edge.callee.name}${edge.callee.version === undefined ? '' : ` ${edge.callee.version}`} like it`,
          got: account,
          next: standsFor(caller, workload)
            ? 'give each version an identity of its own: { serviceAccountPerVersion: true }'
            : 'give each of the two a ServiceAccount of its own',
        });
      }
    }
  }
}

function same(one: Edge, other: Edge): boolean {
  return one.callee.version === other.callee.version && one.port.port === other.port.port && one.port.name === other.port.name
    && JSON.stringify(one.requests ?? {}) === JSON.stringify(other.requests ?? {});
}

function speaksFor({ caller }: Edge, workload: MeshWorkload, { name }: WorkloadVersion): boolean {
  return standsFor(caller.construct, workload) && (caller.version === undefined || caller.version === name);
}

function placeOf(home: IConstruct): IConstruct {
  return home.node.scope!;
}
