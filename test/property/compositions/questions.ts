import { answering, bearer, otherTokens, Question } from './answers';
import { isBare, isCovered } from './coverage';
import { CallerPlan, declared, EdgePlan, callsOf, isCopied, PairPlan, pathOf, refused, UNDECLARED_CALLERS, tokenFor } from './edges';
import { gatewayQuestions } from './gateway-questions';
import { ExitPlan, isDescribed, isHttp, namespaceOf, Plan, podsOf, serviceOf, ServicePlan, workloadsOf } from './plan';

// What has to happen, as requests.yaml: from what the program declares, and from nothing that the library makes of it.

function urlOf(plan: Plan, { to, headless, port, paths }: EdgePlan): string {
  const host = `${headless ? `${to.id}-1.${to.id}-headless` : to.id}.${namespaceOf(plan, to)}`;
  const scheme = isHttp(port) ? { http: 'http', http2: 'http2', grpc: 'grpc' }[port.protocol as 'http'] : 'tcp';
  return `${scheme}://${host}:${port.port}${isHttp(port) ? paths ? pathOf(paths[0]) : '/' : ''}`;
}

/** The first declared call of each caller to each service, and each that needs a token: who answers, and as whom the caller is known. */
function calls(plan: Plan): Question[] {
  const edges = callsOf(plan);
  const isFirst = (edge: EdgePlan, i: number) => i === edges.findIndex(({ from, to, headless }) =>
    from.ref === edge.from.ref && to === edge.to && headless === edge.headless);
  const chosen = edges.filter((edge, i) => tokenFor(plan, edge.to.id, edge.port) || isFirst(edge, i));
  return chosen.flatMap((edge): Question[] => {
    const { from, to, headless, port, methods } = edge;
    const token = tokenFor(plan, to.id, port);
    const title = `${from.ref} calls ${to.id}${headless ? ' by the name of a pod' : ''}:${port.port}`;
    const base = { from: from.ref, url: urlOf(plan, edge), method: methods?.[0] };
    const name = headless ? `${namespaceOf(plan, to)}/${to.id}-1` : answering(plan, to, { version: edge.toVersion, caller: from.service });
    const known = isBare(plan, to) || from.bare ? {} : { mtls: true, caller: from.identity };
    const right = { ...isHttp(port) ? { status: 200 } : {}, to: name, ...known };
    // The caller's own sidecar sends the copies of a request that is refused.
    const denied = isCopied(plan, to.id) ? { status: [401, 403] } : { denied: true };
    return [
      { name: title, ...base, ...bearer(token?.issuer), expect: isHttp(port) || name ? right : { ...right, unanswered: 0 } },
      ...token ? [{ name: `${title} without a token`, ...base, expect: denied }] : [],
      ...token ? otherTokens(plan, token.issuer).map(issuer => ({ name: `${title} with a token of ${issuer}`, ...base, ...bearer(issuer), expect: denied })) : [],
    ];
  });
}

/** An HTTP port with a caller that may send any request, and that caller. */
function freely(plan: Plan, service: string): EdgePlan | undefined {
  return callsOf(plan).find(({ to, headless, toVersion, port, methods, paths }) =>
    to.id === service && !headless && !toVersion && isHttp(port) && port.protocol !== 'grpc' && !methods && !paths && !tokenFor(plan, service, port));
}

/** Rules of splits by header, and retries. */
function settings(plan: Plan): Question[] {
  const rules = plan.splits.flatMap(({ service, rules: list }) => list.flatMap(({ header }): Question[] => {
    const edge = freely(plan, service);
    if (header === undefined || !edge) return [];
    return [{
      name: `${header} chooses the version of ${service}`,
      from: edge.from.ref,
      url: urlOf(plan, edge),
      headers: { [header]: 'yes' },
      expect: { status: 200, to: answering(plan, edge.to, { header }) },
    }];
  }));
  const retries = plan.policies.flatMap(({ service, attempts, mirror }): Question[] => {
    const edge = freely(plan, service);
    if (attempts === undefined || mirror || !edge) return [];
    return [{ name: `a failure of ${service} is retried`, from: edge.from.ref, url: urlOf(plan, edge), backend: { status: 500, firstHits: 1 }, expect: { status: 200, attempts: 2 } }];
  });
  const copies = plan.policies.flatMap(({ service, mirror }): Question[] => {
    const edge = freely(plan, service);
    const target = mirror && answering(plan, serviceOf(plan, mirror.service!), mirror);
    if (!target || !edge) return [];
    return [{ name: `${mirror.service} gets copies of ${service}`, from: edge.from.ref, url: urlOf(plan, edge), expect: { status: 200, hits: { [target]: 1 } } }];
  });
  return [...rules, ...retries, ...copies];
}

/** A second name of a service, by a caller of the service. */
function aliases(plan: Plan): Question[] {
  return plan.aliases.flatMap(({ id, scope, target }): Question[] => {
    const edge = freely(plan, target);
    if (!edge) return [];
    const host = `${id}.${namespaceOf(plan, { scope })}`;
    return [{
      name: `${target} by its alias`,
      from: edge.from.ref,
      url: urlOf(plan, edge).replace(/\/\/[^:/]*/, `//${host}`),
      expect: { status: 200, to: answering(plan, edge.to, { version: edge.toVersion, caller: edge.from.service }) },
    }];
  });
}

/** Egress routes: callers that declare one reach its host, and others do not. */
function exits(plan: Plan): Question[] {
  return plan.exits.flatMap((exit): Question[] => {
    const scheme = { http: 'http', https: 'https', tcp: 'tcp', originateTls: 'http' }[exit.protocol];
    const url = `${scheme}://${exit.host}:${exit.port}`;
    const home = namespaceOf(plan, exit);
    const workloads = plan.services.flatMap(service => workloadsOf(plan, service).map(({ namespace, name }) => ({ service, namespace, ref: `${namespace}/${name}` })));
    const declares = ({ id }: ServicePlan) => exit.callers.includes(id);
    const may = workloads.filter(({ service, namespace }) =>
      declares(service) || (exit.callers.length === 0 && namespace === home && !isCovered(plan, service)));
    const told = (namespace: string) => namespace === home && exit.callers.length > 0 && ['http', 'originateTls'].includes(exit.protocol);
    const mayNot = workloads.filter(({ service, namespace }) =>
      !declares(service) && !isDescribed(service) && (isCovered(plan, service) || told(namespace)));
    return [
      ...may.map(({ ref }) => ({ name: `${ref} calls ${exit.host}`, from: ref, url, expect: { ...exit.protocol === 'tcp' ? {} : { status: 200 }, to: 'outside/bank', machine: machine(plan, exit) } })),
      ...mayNot.map(({ ref }) => ({ name: `${ref} does not call ${exit.host}`, from: ref, url, expect: { denied: true } })),
    ];
  });
}

function machine(plan: Plan, { gateway, protocol }: ExitPlan): object {
  const seen = { name: 'bank', tls: ['https', 'originateTls'].includes(protocol) };
  if (gateway === undefined) return seen;
  const { namespace, name } = podsOf(plan, plan.gateways.find(({ id }) => id === gateway)!);
  return { ...seen, from: `${namespace}/${name}` };
}

/** A pair as requests.yaml takes it. */
const asked = ({ whole: _, ...pair }: PairPlan) => pair;

/** What NetworkPolicies allow: they know no requests, and guard what LeastPrivilege covers. */
const toNetwork = (plan: Plan) => ({
  name: 'on the network',
  only: true,
  networkPolicies: true,
  declared: declared(plan).filter(({ whole }) => whole).map(asked),
  refused: refused(plan).filter(({ whole, method, path }) => whole && !method && !path).map(asked),
});

/** requests.yaml for a plan. */
export function questions(plan: Plan): object {
  const stock = plan.gateways.some(gateway => podsOf(plan, gateway).stock);
  const secrets = plan.gateways.flatMap(gateway => gateway.servers.flatMap(({ certificate, hosts }) =>
    (certificate === undefined ? [] : [{ namespace: podsOf(plan, gateway).namespace, name: certificate, hosts }])));
  const list = [...calls(plan), ...settings(plan), ...aliases(plan), ...gatewayQuestions(plan), ...exits(plan)];
  const names = new Map<string, number>();
  return {
    version: 1,
    world: {
      clients: UNDECLARED_CALLERS.map(({ ref, undeclared }: CallerPlan) => ({ namespace: ref.split('/')[0], name: ref.split('/')[1], sidecar: undeclared === 'sidecar', serviceAccount: ref.split('/')[1], labels: { app: ref.split('/')[1] } })),
      ...stock ? { gateways: [STOCK] } : {},
      ...plan.exits.length > 0 ? { outside: [{ name: 'bank', address: '203.0.113.10', hosts: plan.exits.map(({ host }) => host), ports: [{ port: 80 }, { port: 443, speaks: 'tls' }, { port: 5432 }] }] } : {},
      ...secrets.length > 0 ? { certificates: secrets } : {},
      ...plan.tokens.length > 0 ? { issuers: [...new Set(plan.tokens.map(({ issuer }) => issuer))] } : {},
    },
    requests: list.map(question => {
      const again = names.get(question.name) ?? 0;
      names.set(question.name, again + 1);
      return again === 0 ? question : { ...question, name: `${question.name} (${again + 1})` };
    }),
    pairs: [
      { name: 'what was declared and what was not', only: true, declared: declared(plan).map(asked), refused: refused(plan).map(asked) },
      ...plan.privileges.some(({ networkPolicies }) => networkPolicies) ? [toNetwork(plan)] : [],
    ].filter(({ declared: some, refused: others }) => some.length + others.length > 0),
  };
}

/** Istio's own ingress gateway. */
const STOCK = {
  namespace: 'istio-system',
  name: 'istio-ingressgateway',
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
  ports: [{ name: 'http2', port: 80, targetPort: 8080 }, { name: 'https', port: 443, targetPort: 8443 }],
};

