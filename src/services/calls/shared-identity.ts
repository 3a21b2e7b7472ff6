import { Call } from './recorded-calls';
import { MeshError } from '../../diagnostics/mesh-error';
import { getOrAdd } from '../../values/get-or-add';
import { Workload } from '../workloads/workload';
import { AccountPods, podsOfAccount, workloadOf } from '../workloads/workloads';

/** The callers with the same calls. */
class Callers {
  /** The versions that declare the calls, by workload; undefined for all of its versions. */
  private readonly versions = new Map<Workload, Set<string | undefined>>();
  private readonly undeclared = new Map<string, AccountPods | undefined>();

  public add({ caller: { construct, version } }: Call): void {
    const workload = construct && workloadOf(construct);
    if (workload) {
      getOrAdd(this.versions, workload, () => new Set<string | undefined>()).add(version);
    }
  }

  /** The first pods with the account that do not declare the calls. They are the same for all callers with the account. */
  public without({ callee: { construct } }: Call, namespace: string, account: string): AccountPods | undefined {
    const key = `${namespace}/${account}`;
    if (!this.undeclared.has(key)) {
      this.undeclared.set(key, podsOfAccount(construct, namespace, account).find(pods => !this.have(pods)));
    }
    return this.undeclared.get(key);
  }

  private have({ workload, version: { name } }: AccountPods): boolean {
    const versions = this.versions.get(workload);
    return versions !== undefined && (versions.has(undefined) || versions.has(name));
  }
}

/** All calls of a callee, to find identities that callers share with other pods. */
export class SharedIdentities {
  private readonly alike = new Map<string, Callers>();

  public constructor(calls: readonly Call[]) {
    calls.forEach(call => getOrAdd(this.alike, what(call), () => new Callers()).add(call));
  }

  /**
   * Refuses an identity that other pods share. A policy allows all pods with an identity, so each of them must be declared as a caller.
   *
   * @param call one of the calls
   */
  public check(call: Call): void {
    const { namespace, accounts = [], trustDomain } = call.caller.identity();
    const { construct: caller } = call.caller;
    for (const account of trustDomain === undefined && caller ? accounts : []) {
      if (account === 'default') {
        throw new MeshError('IM1805', caller!, { problem: `the pods run as \`default\`, like every pod of ${namespace} without a ServiceAccount`, got: account });
      }
      const unknown = this.alike.get(what(call))!.without(call, namespace, account);
      if (unknown) {
        const { workload, version } = unknown;
        const which = [workload.name, ...version.name === undefined ? [] : [version.name]].join(' ');
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

/** What is called: calls of one callee that are equal in it allow the same. */
function what({ callee: { version }, port: { port, name }, requests = {} }: Call): string {
  return JSON.stringify([version, port, name, requests]);
}
