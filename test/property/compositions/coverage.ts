import { CLUSTER, isDescribed, NamespacePlan, Plan, scopeOf, ServicePlan } from './plan';

// Which calls of a plan are refused: from what the plan says alone.

/** Whether a LeastPrivilege that enforces stands above a scope. */
function isUnder(plan: Plan, scope: NamespacePlan, evenAudit = false): boolean {
  return plan.privileges.some(({ over, audit }) => (!audit || evenAudit) && (over === CLUSTER || over === scope.chart || over === scope.id));
}

/** Whether a LeastPrivilege would have to guard pods without a sidecar, which is refused. */
export const isGuardedBare = (plan: Plan, id: string) => scopeOf(plan, id).bare === true && isUnder(plan, scopeOf(plan, id), true);

/** Whether a LeastPrivilege covers a namespace with whatever runs in it; with `evenAudit`, also one that only audits. */
export function isClosed(plan: Plan, namespace: string, evenAudit = false): boolean {
  return plan.namespaces.some(scope => scope.name === namespace && scope.made && isUnder(plan, scope, evenAudit));
}

/** Whether undeclared calls of a service, or to it, are refused. */
export function isCovered(plan: Plan, service: ServicePlan): boolean {
  const scope = scopeOf(plan, service.scope);
  if (scope.bare) return false;
  return isClosed(plan, scope.name) || (!isDescribed(service) && isUnder(plan, scope));
}

/** Whether the pods of a service have no sidecar. */
export const isBare = (plan: Plan, { scope }: { readonly scope: string }) => scopeOf(plan, scope).bare === true;

/** Whether a caller without a sidecar is refused: by mutual TLS, or since it has no identity. */
export function refusesPlainText(plan: Plan, service: ServicePlan): boolean {
  if (isBare(plan, service)) return false;
  if (isCovered(plan, service)) return true;
  if (isDescribed(service) || service.mutualTls !== undefined) return service.mutualTls === 'STRICT';
  const scopes = plan.namespaces.filter(({ name }) => name === scopeOf(plan, service.scope).name);
  const said = scopes.find(({ mutualTls }) => mutualTls !== undefined)?.mutualTls;
  return said === undefined ? scopes.some(({ made }) => made) : said === 'STRICT';
}
