import { CLUSTER, isDescribed, NamespacePlan, Plan, scopeOf, ServicePlan } from './plan';

// Which calls of a plan are refused: from what the plan says alone.

/** Whether a LeastPrivilege that enforces stands above a scope. */
function isUnder(plan: Plan, scope: NamespacePlan): boolean {
  return plan.privileges.some(({ over, audit }) => !audit && (over === CLUSTER || over === scope.chart || over === scope.id));
}

/** Whether a LeastPrivilege covers a namespace with whatever runs in it, whoever says more of it. */
export function isClosed(plan: Plan, namespace: string): boolean {
  return plan.namespaces.some(scope => scope.name === namespace && scope.made && isUnder(plan, scope));
}

/** Whether calls of a service, or to it, that nobody declared are refused. */
export function isCovered(plan: Plan, service: ServicePlan): boolean {
  const scope = scopeOf(plan, service.scope);
  return isClosed(plan, scope.name) || (!isDescribed(service) && isUnder(plan, scope));
}

/** Whether a caller without a sidecar is refused: by mutual TLS, or since it has no identity. */
export function refusesPlainText(plan: Plan, service: ServicePlan): boolean {
  if (isCovered(plan, service)) return true;
  if (isDescribed(service) || service.mutualTls !== undefined) return service.mutualTls === 'STRICT';
  const scopes = plan.namespaces.filter(({ name }) => name === scopeOf(plan, service.scope).name);
  const said = scopes.find(({ mutualTls }) => mutualTls !== undefined)?.mutualTls;
  return said === undefined ? scopes.some(({ made }) => made) : said === 'STRICT';
}
