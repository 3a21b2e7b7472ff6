import { isBare } from './coverage';
import { Draft, EndPlan, GatewayPlan, isDescribed, isHttp, isStateful, podsOf, RoutePlan, scopeOf, ServerPlan, serviceOf, ServicePlan, TokenPlan } from './plan';
import { Choices } from '../choices';

const HOSTS = ['shop.example.com', 'api.example.com', 'admin.example.com'];

/** None, one, or two: the second by pods of its own or by those of the first, with other hosts. */
export function drawGateways(choices: Choices, draft: Draft): GatewayPlan[] {
  const made = draft.namespaces.filter(({ made: here, bare }) => here && !bare);
  const count = choices.pick([0, 1, 1, 1, 2]);
  const hosts = [...HOSTS];
  return ['edge', 'side'].slice(0, count).map((id, i): GatewayPlan => {
    const pods = i === 1 && choices.chance(60) ? 'edge' : choices.pick(['ingress', 'dedicated']);
    const own = hosts.splice(0, i === 0 ? choices.int(1, 2) : 1);
    const servers: ServerPlan[] = [{ kind: 'http', hosts: own }];
    // One port of the pods is opened once; a second gateway on them may serve it for its own hosts.
    if (i === 0 && choices.chance(30)) servers.push({ kind: 'https', hosts: ['secure.example.com'], certificate: 'secure-cert', httpsRedirect: choices.chance(50) ? true : undefined });
    if (i === 0 && pods === 'dedicated' && choices.chance(30)) servers.push({ kind: 'tcp', hosts: [], port: 9400 });
    return { id, scope: choices.pick(made).id, pods, servers };
  });
}

/** Routes for every host: some paths of services, and perhaps all others. */
export function drawRoutes(choices: Choices, draft: Draft): RoutePlan[] {
  return draft.gateways.flatMap(({ id: gateway, scope: home, servers }) => servers.flatMap(({ kind, hosts, port }) => {
    if (kind === 'tcp') {
      const targets = draft.services.flatMap(service => service.ports.filter(({ protocol }) => protocol === 'tcp').map(({ port: number }): EndPlan => ({ service: service.id, port: number })));
      return targets.length === 0 ? [] : [{ gateway, listener: port, to: choices.pick(targets) }];
    }
    return hosts.flatMap(host => {
      const others = draft.namespaces.filter(({ name, bare }) => !bare && name !== scopeOf(draft, home).name);
      const scope = others.length > 0 && choices.chance(25) ? choices.pick(others).id : undefined;
      const common = { gateway, host, scope, described: scope !== undefined && choices.chance(40) ? true : undefined };
      const list: RoutePlan[] = [];
      if (choices.chance(70)) {
        const to = drawEnd(choices, draft);
        // Browsers speak gRPC-Web, which none of these ports translates.
        const browsers = to.service !== undefined && serviceOf(draft, to.service).ports.some(({ port: number, protocol }) => number === to.port && protocol !== 'grpc');
        list.push({ ...common, prefix: '/api', to, cors: browsers && choices.chance(25) ? true : undefined });
      }
      if (choices.chance(50)) list.push({ ...common, exact: '/cart', to: drawEnd(choices, draft), timeout: choices.chance(30) ? 9 : undefined });
      if (choices.chance(30)) list.push({ ...common, exact: '/next', header: 'x-beta', to: drawEnd(choices, draft) });
      const grpc = draft.services.flatMap(({ id, ports }) => ports.filter(({ protocol }) => protocol === 'grpc')
        .map(({ port: number }): EndPlan => ({ service: id, port: number })));
      if (grpc.length > 0 && choices.chance(30)) list.push({ ...common, grpc: ['shop.Cart', 'Get'], to: choices.pick(grpc) });
      const stateful = draft.services.filter(service => isStateful(service) && service.ports.some(isHttp));
      if (stateful.length > 0 && choices.chance(30)) {
        const pods = choices.pick(stateful);
        list.push({ ...common, pods: { service: pods.id, port: pods.ports.find(isHttp)!.port }, to: {} });
      }
      if (choices.chance(20)) list.push({ ...common, prefix: '/old', to: choices.pick([{ answer: 410 }, { redirect: 'www.example.org' }]) });
      if (choices.chance(50) || list.length === 0) list.push({ ...common, to: drawEnd(choices, draft) });
      return list;
    });
  }));
}

/** A service with HTTP, or a version of one. */
function drawEnd(choices: Choices, draft: Draft): EndPlan {
  const targets = draft.services.filter(({ ports }) => ports.some(isHttp));
  if (targets.length === 0) return { answer: 204 };
  const service = choices.pick(targets);
  const port = choices.pick(service.ports.filter(each => isHttp(each))).port;
  const version = service.versions.length > 1 && choices.chance(30) ? choices.pick(service.versions) : undefined;
  return { service: service.id, version, port };
}

/** Tokens for hosts of a gateway or for a service, by one issuer or two. */
export function drawTokens(choices: Choices, draft: Draft): TokenPlan[] {
  if (!choices.chance(35)) return [];
  const issuers = ['https://one.example.com', 'https://two.example.com'];
  const edges = draft.gateways.filter(({ servers }) => servers.length > 0 && servers.every(({ kind }) => kind !== 'tcp'));
  if (edges.length > 0 && choices.chance(50)) {
    const edge = choices.pick(edges);
    const hosts = edge.servers.flatMap(({ hosts: served }) => served);
    const pods = podsOf(draft, edge);
    const scope = draft.namespaces.find(({ name }) => name === pods.namespace)?.id ?? systemScope(draft);
    return choices.some(hosts, 2).map((host, i) => ({ id: `tokens-${i}`, scope, gateway: edge.id, hosts: [host], issuer: issuers[i], openPath: choices.chance(30) ? '/healthz' : undefined }));
  }
  const targets = draft.services.filter(service => !isDescribed(service) && !isBare(draft, service) && service.ports.some(isHttp));
  if (targets.length === 0) return [];
  const { id, scope, ports } = choices.pick<ServicePlan>(targets);
  const http = ports.filter(isHttp);
  if (http.length > 1 && choices.chance(60)) {
    return http.slice(0, choices.int(1, 2)).map(({ port }, i) => ({ id: `tokens-${i}`, scope, service: id, port, issuer: issuers[i] }));
  }
  return [{ id: 'tokens-0', scope, service: id, issuer: issuers[0], openPath: choices.chance(30) ? '/healthz' : undefined }];
}

/** The namespace of Istio's own gateway pods, as a scope. */
function systemScope(draft: Draft): string {
  draft.namespaces.push({ id: 'system', chart: draft.charts[0], name: 'istio-system', made: false });
  return 'system';
}
