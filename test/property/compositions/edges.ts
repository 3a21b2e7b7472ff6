import { isBare, isCovered, refusesPlainText } from './coverage';
import { CallPlan, isHttp, isStateful, namespaceOf, Plan, PortPlan, portsOf, serviceOf, ServicePlan, TokenPlan, workloadsOf } from './plan';

/** A caller, as the mesh knows it. */
export interface CallerPlan {
  /** `namespace/workload`. */
  readonly ref: string;
  /** `namespace/serviceAccount`. */
  readonly identity: string;
  readonly service?: string;
  /** Set for a pod that declares no calls: no service or job of the plan. */
  readonly undeclared?: 'sidecar' | 'plain';
  readonly bare?: boolean;
}

/** One declared way to a port: a caller, and the requests that it may send. */
export interface EdgePlan {
  readonly from: CallerPlan;
  readonly to: ServicePlan;
  readonly headless: boolean;
  readonly port: PortPlan;
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly toVersion?: string;
}

/** A question of the kind that `pairs` of requests.yaml asks. */
export interface PairPlan {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  /** Whether every pod of the callee is meant. */
  readonly whole: boolean;
}

export const UNDECLARED_CALLERS: readonly CallerPlan[] = [
  { ref: 'default/outsider', identity: 'default/outsider', undeclared: 'sidecar' },
  { ref: 'default/plain', identity: 'default/plain', undeclared: 'plain' },
  { ref: 'shop/undeclared', identity: 'shop/undeclared', undeclared: 'sidecar' },
];

/** The workloads of a service that call, or of one version of it. */
function callersOf(plan: Plan, service: ServicePlan, version?: string): CallerPlan[] {
  return workloadsOf(plan, service).filter(each => version === undefined || each.version === version)
    .map(({ name, namespace, account }) => ({ ref: `${namespace}/${name}`, identity: `${namespace}/${account}`, service: service.id, bare: isBare(plan, service) || undefined }));
}

function callersIn(plan: Plan): CallerPlan[] {
  return [
    ...plan.services.flatMap(service => callersOf(plan, service)),
    ...plan.jobs.map(job => ({ ref: `${namespaceOf(plan, job)}/${job.id}`, identity: `${namespaceOf(plan, job)}/${job.id}` })),
    ...UNDECLARED_CALLERS,
  ];
}

/** Every declared call, by caller and port. */
export function callsOf(plan: Plan): EdgePlan[] {
  const edges = (from: CallerPlan, { to, headless = false, toVersion, port, methods, paths }: Omit<CallPlan, 'from'>) => {
    const callee = serviceOf(plan, to);
    return portsOf(callee, headless).filter(each => port === undefined || each.port === port)
      .map(each => ({ from, to: callee, headless, toVersion, port: each, methods, paths }));
  };
  return [
    ...plan.calls.flatMap(call => callersOf(plan, serviceOf(plan, call.from), call.version).flatMap(from => edges(from, call))),
    ...plan.identities.flatMap(({ to, port }) => edges(UNDECLARED_CALLERS[0], { to, port })),
    ...plan.jobs.flatMap(job => job.calls.flatMap(to => edges(callersIn(plan).find(({ ref }) => ref === `${namespaceOf(plan, job)}/${job.id}`)!, { to }))),
  ];
}

/** The RequestAuthentication that a port of a service has, where there is one. */
export function tokenFor(plan: Plan, service: string, port: PortPlan): TokenPlan | undefined {
  return isHttp(port) ? plan.tokens.find(token => token.service === service && (token.port === undefined || token.port === port.port)) : undefined;
}

/** A path that a pattern of `calls` means. */
export const pathOf = (pattern: string) => pattern.replace(/\*$/, '7');

const nameOf = (plan: Plan, service: ServicePlan, headless: boolean) => `${namespaceOf(plan, service)}/${service.id}${headless ? '-headless' : ''}`;

/** The declared calls as questions; those that need a token are asked one by one. */
export function declared(plan: Plan): PairPlan[] {
  return callsOf(plan).filter(({ to, port }) => !tokenFor(plan, to.id, port)).map(({ from, to, headless, toVersion, port, methods, paths }) => ({
    whole: toVersion === undefined,
    from: from.ref,
    to: nameOf(plan, to, headless),
    port: port.port,
    method: methods?.[0],
    path: paths && pathOf(paths[0]),
  }));
}

/** Whether callers send copies of what they ask a service for. */
export const isCopied = (plan: Plan, id: string) => plan.policies.some(({ service, mirror }) => service === id && mirror);

/** Whether a caller sends copies of another call to a service: copies are calls. */
const getsCopies = (plan: Plan, { ref }: CallerPlan, id: string) =>
  plan.policies.some(({ service, mirror }) => mirror?.service === id && callsOf(plan).some(({ from, to }) => from.ref === ref && to.id === service));

/** Undeclared calls, and declared ones with undeclared requests: where they are to be refused. */
export function refused(plan: Plan): PairPlan[] {
  const edges = callsOf(plan);
  return plan.services.flatMap(to => [false, ...isStateful(to) ? [true] : []].flatMap(headless => portsOf(to, headless).flatMap(port => {
    const target = { to: nameOf(plan, to, headless), port: port.port };
    return callersIn(plan).filter(({ service }) => service !== to.id).flatMap((from): PairPlan[] => {
      const pair = { from: from.ref, ...target, whole: isCovered(plan, to) };
      if (from.undeclared === 'plain' || from.bare) return refusesPlainText(plan, to) ? [pair] : [];
      if (!isCovered(plan, to)) return [];
      // By either name of a stateful service its pods are reached: a server cannot tell.
      if (isCopied(plan, to.id) || getsCopies(plan, from, to.id)) return [];
      const own = edges.filter(edge => edge.from.ref === from.ref && edge.to === to && edge.port.port === port.port);
      if (own.length === 0) return [pair];
      const [{ methods, paths, headless: side }] = own;
      if (own.length > 1 || side !== headless || tokenFor(plan, to.id, port)) return [];
      return [
        ...methods ? [{ ...pair, method: methods.includes('DELETE') ? 'PUT' : 'DELETE', path: paths && pathOf(paths[0]) }] : [],
        ...paths ? [{ ...pair, method: methods?.[0], path: '/elsewhere' }] : [],
      ];
    });
  })));
}
