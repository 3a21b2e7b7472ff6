import * as security from '../../imports/security.istio.io';
import { WorkloadIdentity } from '../services/workloads/workload';
import { MeshPort } from '../values/mesh-port';
import { MeshProtocol } from '../values/protocol';
import { Requests } from '../values/requests';

type Rule = security.AuthorizationPolicySpecRules;
type Source = security.AuthorizationPolicySpecRulesFromSource;
type Operation = security.AuthorizationPolicySpecRulesToOperation;

/** The permission of a caller to send these requests to a port. */
export interface Grant {
  readonly caller: WorkloadIdentity;
  readonly port: MeshPort;
  readonly requests?: Requests;
}

/**
 * The rules that allow only these calls, in a fixed order. Each caller has one rule for calls with conditions on requests, and another for calls
 * without: Istio drops a whole rule on a port of plain TCP if any of its operations has a method or path. Ports are target ports, as Istio expects.
 *
 * @see https://istio.io/latest/docs/ops/configuration/security/security-policy-examples/
 */
export function accessRules(grants: Grant[], trustDomain: string, meshwide: number[] = []): Rule[] | undefined {
  const known = grants.filter(({ port }) => port.protocol !== MeshProtocol.UDP)
    .map(grant => ({ ...grant, source: sourceOf(grant.caller, trustDomain) }));
  const callers = grouped(known, ({ source, requests }) => JSON.stringify([source, requests !== undefined]));
  const rules = callers.map(granted => ({
    from: [{ source: granted[0].source }],
    to: grouped(granted, ({ requests = {} }) => JSON.stringify(requests)).map(alike => ({ operation: operationOf(alike) })),
  }));
  const meshCallers = { from: [{ source: { principals: ['*'] } }], to: [{ operation: { ports: [...new Set(meshwide)].sort((a, b) => a - b).map(String) } }] };
  const all = [...rules, ...meshwide.length > 0 ? [meshCallers] : []];
  return all.length > 0 ? all : undefined;
}

/** The principal of a ServiceAccount in policies. */
function principal(trustDomain: string, namespace: string, account: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${account}`;
}

function sourceOf({ namespace, accounts, trustDomain }: WorkloadIdentity, own: string): Source {
  if (!accounts && trustDomain === undefined) {
    return { namespaces: [namespace] };
  }
  return { principals: (accounts ?? ['*']).map(account => principal(trustDomain ?? own, namespace, account)).sort() };
}

function operationOf(grants: Grant[]): Operation {
  const { methods, paths } = grants[0].requests ?? {};
  const ports = [...new Set(grants.map(({ port }) => port.targetPort))].sort((a, b) => a - b).map(String);
  return { ports, methods, paths };
}

/** The members grouped and sorted by key. */
function grouped<T>(members: T[], key: (member: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const member of members) {
    const of = key(member);
    const known = groups.get(of);
    if (known) {
      known.push(member);
    } else {
      groups.set(of, [member]);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
