import { answering, bearer, otherTokens, Question } from './answers';
import { isBare } from './coverage';
import { tokenFor } from './edges';
import { EndPlan, GatewayPlan, namespaceOf, Plan, podsOf, portsOf, RoutePlan, ServerPlan, serviceOf, TokenPlan } from './plan';

const ORIGIN = 'https://app.example.com';

/** For each gateway: a request that meets each route, one that meets none, tokens, preflights. */
export function gatewayQuestions(plan: Plan): Question[] {
  return plan.gateways.flatMap(gateway => gateway.servers.flatMap(server => {
    const { namespace, name } = podsOf(plan, gateway);
    const via = `${namespace}/${name}`;
    if (server.kind === 'tcp') return streams(plan, gateway, server, via);
    return server.hosts.flatMap(host => [
      ...plan.routes.filter(route => route.gateway === gateway.id && route.host === host).flatMap(route => routed(plan, gateway, server, route, via)),
      ...beside(plan, gateway, server, host, via),
    ]);
  }));
}

function streams(plan: Plan, { id }: GatewayPlan, { port }: ServerPlan, via: string): Question[] {
  return plan.routes.filter(({ gateway, listener }) => gateway === id && listener === port).map(({ to }) => {
    const target = answering(plan, serviceOf(plan, to.service!), to);
    return { name: `${id} passes port ${port} on`, from: 'outside', via, url: `tcp://${id}.example.com:${port}`, expect: { ...target ? { to: target } : { unanswered: 0 } } };
  });
}

/** The RequestAuthentication for a host of a gateway. */
function tokenAt(plan: Plan, gateway: GatewayPlan, host: string): TokenPlan | undefined {
  const edge = `${podsOf(plan, gateway).namespace}/${podsOf(plan, gateway).name}`;
  return plan.tokens.find(({ gateway: other, hosts }) => {
    const of = plan.gateways.find(({ id }) => id === other);
    return of && `${podsOf(plan, of).namespace}/${podsOf(plan, of).name}` === edge && hosts!.includes(host);
  });
}

function routed(plan: Plan, gateway: GatewayPlan, { kind }: ServerPlan, route: RoutePlan, via: string): Question[] {
  const { to, header, cors, pods, grpc } = route;
  if (pods) return podRoutes(plan, pods, `${kind}://${route.host}`, via, tokenAt(plan, gateway, route.host!)?.issuer);
  const path = route.exact ?? (route.prefix === undefined ? '/anything' : `${route.prefix}/x`);
  const url = grpc ? `grpc${kind === 'https' ? 's' : ''}://${route.host}/${grpc.join('/')}` : `${kind}://${route.host}${path}`;
  const title = `${gateway.id} takes ${url}`;
  const base = { from: 'outside', via, url, ...header === undefined ? {} : { headers: { [header]: 'yes' } } };
  const atHost = tokenAt(plan, gateway, route.host!);
  const callee = to.service === undefined ? undefined : serviceOf(plan, to.service);
  const port = callee && portsOf(callee).find(each => each.port === to.port);
  const atService = callee && port && tokenFor(plan, callee.id, port);
  const needed = atHost ?? atService;
  const right = to.answer !== undefined ? { status: to.answer } : to.redirect !== undefined ? { status: 301 }
    : {
      status: 200,
      to: answering(plan, callee!, { version: to.version }),
      via,
      ...isBare(plan, callee!) ? {} : { mtls: true },
      ...grpc ? {} : { arrives: { path } },
    };
  return [
    { name: title, ...base, ...bearer(needed?.issuer), expect: right },
    ...needed ? [{ name: `${title} without a token`, ...base, expect: grpc ? { denied: true } : { status: 403 } }] : [],
    ...needed ? otherTokens(plan, needed.issuer).map(issuer => ({ name: `${title} with a token of ${issuer}`, ...base, ...bearer(issuer), expect: { denied: true } })) : [],
    ...cors && to.service !== undefined ? [{
      name: `${title}, asked before by a browser`,
      ...base,
      method: 'OPTIONS',
      headers: { ...base.headers, 'origin': ORIGIN, 'access-control-request-method': 'GET' },
      expect: { status: 200, response: { 'access-control-allow-origin': ORIGIN } },
    }] : [],
  ];
}

/** Each pod by its own path. */
function podRoutes(plan: Plan, { service, port: number }: EndPlan, origin: string, via: string, issuer?: string): Question[] {
  const callee = serviceOf(plan, service!);
  const token = issuer ?? tokenFor(plan, callee.id, portsOf(callee).find(({ port }) => port === number)!)?.issuer;
  return [0, 1].map(ordinal => ({
    name: `${origin}/pods/${ordinal}/x leads to a pod`,
    from: 'outside',
    via,
    url: `${origin}/pods/${ordinal}/x`,
    ...bearer(token),
    expect: { status: 200, to: `${namespaceOf(plan, callee)}/${callee.id}-${ordinal}`, via },
  }));
}

/** What no route is for: a path where not all are served, another host, HTTP where HTTPS is asked for. */
function beside(plan: Plan, gateway: GatewayPlan, { kind, httpsRedirect }: ServerPlan, host: string, via: string): Question[] {
  const routes = plan.routes.filter(route => route.gateway === gateway.id && route.host === host);
  const token = tokenAt(plan, gateway, host);
  const all = routes.some(isForAll);
  const from = { from: 'outside', via };
  return [
    ...all ? [] : [{ name: `${gateway.id} serves no other path of ${host}`, ...from, url: `${kind}://${host}/nowhere`, ...bearer(token?.issuer), expect: { status: 404 } }],
    ...all && token?.openPath !== undefined ? [{ name: `${host} needs no token for ${token.openPath}`, ...from, url: `${kind}://${host}${token.openPath}`, expect: healthy(plan, routes) }] : [],
    ...kind === 'http' ? [{ name: `${gateway.id} serves no other host than ${host}`, ...from, url: 'http://unserved.example.org/', expect: { status: 404 } }] : [],
    ...httpsRedirect ? [{ name: `${host} is sent to HTTPS`, ...from, url: `http://${host}/cart`, expect: { status: 301, response: { location: `https://${host}/cart` } } }] : [],
  ];
}

/** Whether a route takes every request. */
const isForAll = ({ exact, prefix, header, grpc, pods }: RoutePlan) => [exact, prefix, header, grpc, pods].every(part => part === undefined);

/** The answer of the route for every path. */
function healthy(plan: Plan, routes: readonly RoutePlan[]): { readonly [field: string]: unknown } {
  const { to } = routes.find(isForAll)!;
  return to.answer !== undefined ? { status: to.answer } : { status: 200, to: answering(plan, serviceOf(plan, to.service!), to) };
}
