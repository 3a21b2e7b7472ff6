import { isBare, isClosed, refusesPlainText } from './coverage';
import { drawGateways, drawRoutes, drawTokens } from './draw-gateways';
import { drawServices } from './draw-services';
import {
  AliasPlan, CallPlan, CLUSTER, Draft, EndPlan, ExitPlan, IdentityPlan, isDescribed, isHttp, isStateful, JobPlan, NamespacePlan, Plan, PolicyPlan,
  portsOf, PrivilegePlan, scopeOf, serviceOf, ServicePlan, SplitPlan,
} from './plan';
import { Choices } from '../choices';

// A plan from a number: at least three constructs on one namespace, often two charts over it.

/** The number of a program of a run, so that each can be drawn again by itself. */
export const compositionSeed = (seed: number, number: number) => (seed * 7919 + number * 104729) % (2 ** 31 - 1);

export function draw(seed: number): Plan {
  const choices = new Choices(seed);
  const draft: Draft = {
    seed,
    charts: choices.chance(80) ? ['one', 'two'] : ['one'],
    cluster: choices.chance(30) ? 'prod' : undefined,
    namespaces: [],
    services: [],
    jobs: [],
    calls: [],
    splits: [],
    policies: [],
    gateways: [],
    routes: [],
    tokens: [],
    exits: [],
    privileges: [],
    aliases: [],
    identities: [],
    early: choices.chance(35) ? true : undefined,
  };
  draft.namespaces.push(...drawNamespaces(choices, draft));
  draft.privileges.push(...drawPrivileges(choices, draft));
  draft.services.push(...drawServices(choices, draft));
  draft.privileges = draft.privileges.filter(privilege => hasWorkload(draft, privilege));
  draft.calls.push(...drawCalls(choices, draft));
  draft.jobs.push(...drawJobs(choices, draft));
  draft.splits.push(...drawSplits(choices, draft));
  draft.calls = draft.calls.map(call => (choices.chance(50) ? { ...call, toVersion: chosenFor(draft, call) } : call));
  draft.policies.push(...drawPolicies(choices, draft));
  draft.gateways.push(...drawGateways(choices, draft));
  draft.routes.push(...drawRoutes(choices, draft));
  draft.tokens.push(...drawTokens(choices, draft));
  draft.exits.push(...drawExits(choices, draft));
  draft.aliases.push(...drawAliases(choices, draft));
  draft.identities.push(...drawIdentities(choices, draft));
  return draft;
}

function drawNamespaces(choices: Choices, { charts }: Plan): NamespacePlan[] {
  const outbound = () => (choices.chance(20) ? 'REGISTRY_ONLY' as const : undefined);
  const list: NamespacePlan[] = [{ id: 'shop', chart: 'one', name: 'shop', made: true, mutualTls: choices.pick([undefined, undefined, 'STRICT', 'PERMISSIVE']), outbound: outbound() }];
  if (charts.includes('two')) {
    if (choices.chance(75)) list.push({ id: 'shopOfTwo', chart: 'two', name: 'shop', made: false });
    if (choices.chance(50) || list.length === 1) {
      list.push({ id: 'depot', chart: 'two', name: 'depot', made: true, mutualTls: choices.pick([undefined, 'STRICT', 'PERMISSIVE']), outbound: outbound() });
    }
  }
  if (choices.chance(20)) list.push({ id: 'bare', chart: choices.pick(charts), name: 'bare', made: true, bare: true });
  if (choices.chance(65)) list.push({ id: 'legacy', chart: choices.pick(charts), name: 'legacy', made: false, mutualTls: choices.pick([undefined, undefined, 'STRICT']) });
  return list;
}

/** None, over one chart, over all, over the cluster, or over one namespace. */
function drawPrivileges(choices: Choices, { charts, cluster, namespaces }: Plan): PrivilegePlan[] {
  const over = choices.pick<readonly string[]>([
    [], [charts[0]], [charts[charts.length - 1]], charts, charts, cluster === undefined ? charts : [CLUSTER],
    [choices.pick(namespaces.filter(({ bare }) => !bare)).id],
  ]);
  const audit = choices.chance(7) || undefined;
  const networkPolicies = !audit && choices.chance(20) ? true : undefined;
  return over.map(name => ({ over: name, audit, networkPolicies }));
}

/** The version that a split gives a caller: the only one that has to accept it. */
function chosenFor({ splits, calls }: Plan, { from, to, headless }: CallPlan): string | undefined {
  const rule = splits.find(({ service }) => service === to)?.rules.find(({ caller }) => caller === from);
  return headless || calls.filter(call => call.from === from && call.to === to).length > 1 ? undefined : rule?.version;
}

function hasWorkload({ services, namespaces }: Plan, { over }: PrivilegePlan): boolean {
  return services.some(service => {
    const scope = namespaces.find(({ id }) => id === service.scope)!;
    return !isDescribed(service) && [CLUSTER, scope.chart, scope.id].includes(over);
  });
}

const known = ({ form }: ServicePlan) => form !== 'described' && form !== 'describedStateful';

/** Most services call one or two others, and say of some calls which requests they are. */
function drawCalls(choices: Choices, draft: Draft): CallPlan[] {
  const calls: CallPlan[] = [];
  for (const from of draft.services) {
    if (!choices.chance(75)) continue;
    // A pod without a sidecar has no identity.
    const others = draft.services.filter(to => to.id !== from.id && !(isBare(draft, from) && refusesPlainText(draft, to)));
    if (others.length === 0) continue;
    const version = from.accountPerVersion && choices.chance(60) ? choices.pick(from.versions) : undefined;
    for (const to of choices.some(others, 2)) {
      calls.push(...drawCall(choices, from, to, version));
    }
  }
  return calls;
}

function drawCall(choices: Choices, from: ServicePlan, to: ServicePlan, version?: string): CallPlan[] {
  const headless = isStateful(to) && choices.chance(40) ? true : undefined;
  const base = { from: from.id, version, to: to.id, headless };
  const ports = portsOf(to, headless);
  const http = ports.find(isHttp);
  const limits = () => choices.pick([{ methods: ['GET'] }, { methods: ['GET', 'POST'] }, { paths: ['/orders'] }, { paths: ['/orders/*'] }, { methods: ['POST'], paths: ['/orders', '/orders/*'] }]);
  const other = ports.find(port => port !== http);
  if (http && http.protocol !== 'grpc' && choices.chance(40)) {
    const first = { ...base, port: http.port, ...limits() };
    return other && choices.chance(60) ? [first, { ...base, port: other.port }] : [first];
  }
  return [choices.chance(40) ? { ...base, port: choices.pick(ports).port } : base];
}

function drawJobs(choices: Choices, draft: Draft): JobPlan[] {
  if (!choices.chance(25)) return [];
  return [{ id: 'report', scope: choices.pick(draft.namespaces).id, calls: choices.some(draft.services, 2).map(({ id }) => id) }].filter(({ scope }) => !scopeOf(draft, scope).bare);
}

/** Services of two versions that are divided: by weight, for a header, for a caller. */
function drawSplits(choices: Choices, draft: Draft): SplitPlan[] {
  return draft.services.filter(({ versions }) => versions.length > 1).filter(() => choices.chance(60)).map(({ id, scope, ports }) => {
    const callers = [...new Set(draft.calls.filter(({ to }) => to === id).map(({ from }) => from))]
      .filter(from => known(serviceOf(draft, from)) && !isBare(draft, serviceOf(draft, from)));
    const rules = ports.every(isHttp) && choices.chance(60)
      ? [callers.length > 0 && choices.chance(50) ? { caller: choices.pick(callers), version: 'v2' } : { header: 'x-next', version: 'v2' }] : [];
    return { scope, service: id, weights: choices.pick([{ v1: 100, v2: 0 }, { v1: 50, v2: 50 }, { v1: 90, v2: 10 }]), rules };
  });
}

function drawPolicies(choices: Choices, draft: Draft): PolicyPlan[] {
  return draft.services.filter(({ ports }) => ports.length > 0 && choices.chance(35)).map(({ id, scope, ports }) => {
    const http = ports.every(isHttp);
    return {
      scope,
      service: id,
      timeout: http && choices.chance(50) ? 8 : undefined,
      attempts: http && choices.chance(60) ? 2 : undefined,
      maxConnections: choices.pick([undefined, 200]),
      ejects: choices.chance(50),
      mirror: ports.every(({ protocol }) => protocol === 'http') && choices.chance(40) ? mirrorOf(choices, draft, id) : undefined,
    };
  }).filter(({ timeout, attempts, maxConnections, ejects, mirror }) => timeout ?? attempts ?? maxConnections ?? mirror ?? (ejects || undefined));
}

/** Another service that takes copies of HTTP. */
function mirrorOf(choices: Choices, { services, splits, tokens }: Plan, id: string): EndPlan | undefined {
  const others = services.filter(other => other.id !== id && !isStateful(other) && other.ports.some(({ protocol }) => protocol === 'http')
    && !splits.some(({ service }) => service === other.id) && !tokens.some(({ service }) => service === other.id));
  if (others.length === 0) return undefined;
  const { id: service, ports } = choices.pick(others);
  return { service, port: ports.find(({ protocol }) => protocol === 'http')!.port };
}

function drawIdentities(choices: Choices, draft: Draft): IdentityPlan[] {
  const targets = draft.services.filter(service => service.ports.length > 0 && !isBare(draft, service));
  if (targets.length === 0 || !choices.chance(25)) return [];
  const { id, ports } = choices.pick(targets);
  return [{ to: id, port: choices.chance(50) ? choices.pick(ports).port : undefined }];
}

/** Not the namespace of Istio's own pods. */
const inMesh = ({ namespaces }: Plan) => namespaces.filter(({ id, bare }) => id !== 'system' && !bare);

/** Egress routes, direct or by a gateway, of the namespaces with services that may call them. */
function drawExits(choices: Choices, draft: Draft): ExitPlan[] {
  if (!choices.chance(45)) return [];
  const scope = choices.pick(inMesh(draft));
  const [protocol, port] = choices.pick([['http', 80], ['https', 443], ['tcp', 5432], ['originateTls', 80]] as const);
  const byGateway = choices.chance(40);
  // Without requests to read or a gateway, only their Sidecars distinguish pods of one namespace.
  const told = byGateway || ['http', 'originateTls'].includes(protocol) || isClosed(draft, scope.name);
  const neighbours = draft.services.filter(service => told && known(service) && scopeOf(draft, service.scope).name === scope.name);
  const callers = neighbours.filter(() => choices.chance(60)).map(({ id }) => id);
  if (byGateway) {
    draft.gateways.push({ id: 'exit', scope: choices.pick(draft.namespaces.filter(({ made, bare }) => made && !bare)).id, pods: 'dedicatedEgress', servers: [] });
  }
  return [{ id: 'bank', scope: scope.id, host: 'bank.example.net', protocol, port, gateway: byGateway ? 'exit' : undefined, callers, declaredOnly: callers.length > 0 && choices.chance(30) ? true : undefined }];
}

function drawAliases(choices: Choices, draft: Draft): AliasPlan[] {
  const targets = draft.services.filter(service => !isDescribed(service) && service.ports.length > 0);
  if (targets.length === 0 || !choices.chance(15)) return [];
  return [{ id: 'nickname', scope: choices.pick(inMesh(draft)).id, target: choices.pick(targets).id }];
}
