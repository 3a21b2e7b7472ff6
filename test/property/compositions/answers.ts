import { Plan, ServicePlan, workloadsOf } from './plan';

/** A request of requests.yaml. */
export interface Question {
  readonly name: string;
  readonly from: string;
  readonly url: string;
  readonly expect: { readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** What of a request decides who answers it. */
interface Asked {
  readonly version?: string;
  readonly caller?: string;
  readonly header?: string;
}

/** The workload that answers a request, where there is but one that may. */
export function answering(plan: Plan, service: ServicePlan, asked: Asked = {}): string | undefined {
  const split = plan.splits.find(({ service: id }) => id === service.id);
  const rule = split?.rules.find(({ caller, header }) => (caller !== undefined ? caller === asked.caller : header === asked.header));
  const weighted = Object.entries(split?.weights ?? {}).filter(([, weight]) => weight > 0).map(([version]) => version);
  const possible = asked.version ? [asked.version] : rule ? [rule.version] : split ? weighted : service.versions;
  const found = workloadsOf(plan, service).filter(({ version }) => version === undefined || possible.length === 0 || possible.includes(version));
  return found.length === 1 ? `${found[0].namespace}/${found[0].name}` : undefined;
}

/** The token that a request needs, as requests.yaml says it. */
export const bearer = (issuer: string | undefined) => (issuer === undefined ? {} : { jwt: { issuer, subject: 'jason' } });

/** The other issuers of a plan: tokens of theirs are refused. */
export const otherTokens = (plan: Plan, own: string) => [...new Set(plan.tokens.map(({ issuer }) => issuer))].filter(issuer => issuer !== own);
