import { Chart } from 'cdk8s';
import { app, chart, find, findAll, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  AcmeSolver, DelegatedRoutes, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, RouteMatch, RouteTarget,
  SplitTarget, CanarySplit,
} from 'cdk8s-istio';

const workload = GatewayWorkload.ingress();
const tls = GatewayTls.simple('edge-cert');
const redirected = (acmeSolver: AcmeSolver, ...hosts: string[]) =>
  GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true, acmeSolver });

const redirect = { match: [{ port: 80 }], redirect: { scheme: 'https', redirectCode: 301 } };

/** Of a host by name: with the host, since Envoy would keep the port that the client wrote behind it. */
const redirectOf = (authority: string) => ({ ...redirect, redirect: { authority, ...redirect.redirect } });
const answer = (status: number, match?: object[]) => ({ ...match ? { match } : {}, directResponse: { status } });
const challenge = { port: 80, uri: { prefix: '/.well-known/acme-challenge/' } };
const led = (port: number, subset?: string) => ({
  match: [challenge], route: [{ destination: { host: 'solver.shop.svc.cluster.local', port: { number: port }, ...subset ? { subset } : {} } }],
});

/** The HTTP routes of each host, by the name of the object. */
function routes(root: Chart): Record<string, unknown> {
  return Object.fromEntries(findAll(valid(root), 'VirtualService').map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec.http]));
}

option('AcmeSolver.service', 'a full chart: challenges of every host are led to the service, all else is redirected', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'shop');
  const edge = new MeshGateway(namespace, 'edge', { workload });
  edge.addServer(redirected(AcmeSolver.service(service(namespace, 'solver')), '*.example.com', 'example.org'));
  edge.addHttpRoute('kiali.example.com', { to: service(namespace, 'kiali') });
  edge.addHttpRoute('kiali.example.com', { to: RouteTarget.directResponse(200), matches: [RouteMatch.exactPath('/up')] });
  expect(valid(root)).toMatchSnapshot();
});

option('AcmeSolver.ingress', 'leaves challenges to the routes of another controller, which Istio matches before a redirect of everything', () => {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload, servers: [redirected(AcmeSolver.ingress(), 'a.example.com', '*.example.com')] });
  edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200) });
  expect(routes(root)).toEqual({ 'shop/edge.a.example.com': [redirectOf('a.example.com'), answer(200)], 'shop/edge.of--any.example.com': [redirect] });
});

option('AcmeSolverOptions.port', 'is the port of the service', () => {
  const root = chart();
  const solver = service(root, 'solver', { ports: [MeshPort.http(8080), MeshPort.http(8089, { suffix: 'acme' })] });
  new MeshGateway(root, 'edge', { workload, servers: [redirected(AcmeSolver.service(solver, { port: 8089 }), 'a.example.com')] });
  expect(routes(root)).toEqual({ 'shop/edge.a.example.com': [led(8089), redirectOf('a.example.com')] });
});

test('a solver may be a version, or a service with a split', () => {
  const root = chart();
  const solver = service(root, 'solver');
  new CanarySplit(root, 'split', { service: solver, traffic: SplitTarget.version('v2') });
  new MeshGateway(root, 'edge', { workload, servers: [redirected(AcmeSolver.service(solver), 'a.example.com')] });
  new MeshGateway(root, 'out', { workload: GatewayWorkload.egress(), servers: [redirected(AcmeSolver.service(solver.versionOf('v1')), 'a.example.com')] });
  expect(routes(root)).toMatchObject({ 'shop/edge.a.example.com': [led(8080, 'v2'), redirect], 'shop/out.a.example.com': [led(8080, 'v1'), redirect] });
});

test('routes come after the redirect, whether the server comes before or behind them', () => {
  const build = (serverFirst: boolean) => {
    const root = chart();
    const edge = new MeshGateway(root, 'edge', { workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'], port: 8080 })] });
    const steps = [
      () => edge.addServer(redirected(AcmeSolver.ingress(), 'a.example.com')),
      () => edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200), matches: [RouteMatch.pathPrefix('/a')] }),
    ];
    (serverFirst ? steps : steps.reverse()).forEach(step => step());
    return find(valid(root), 'VirtualService', 'edge.a.example.com').spec.http;
  };
  expect(build(true)).toEqual([redirectOf('a.example.com'), answer(200, [{ uri: { prefix: '/a' } }])]);
  expect(build(false)).toEqual(build(true));
});

test('routes of another namespace have the redirect as well: theirs would be answered in plain text', () => {
  const root = app();
  const edge = new MeshGateway(chart({ scope: root, id: 'edge' }), 'edge', { workload, servers: [redirected(AcmeSolver.ingress(), '*.example.com')] });
  const team = chart({ scope: root, id: 'team', namespace: 'team' });
  MeshGateway.fromAttributes(team, 'ref', { name: 'edge', namespace: 'shop' })
    .addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200), matches: [RouteMatch.pathPrefix('/team')] });
  edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(404) });
  expect(routes(team)).toEqual({ 'team/edge.in--shop.a.example.com': [redirectOf('a.example.com'), answer(200, [{ uri: { prefix: '/team' } }])] });
  expect(messages(root)).toEqual([]);
});

test('a redirect without a solver is Istio\'s own, and takes no route', () => {
  const root = chart();
  new MeshGateway(root, 'edge', { workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls, httpsRedirect: true })] });
  expect(routes(root)).toEqual({});
});

describe('refused', () => {
  test('a solver without a redirect', () => {
    expect(refusal(() => GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls, acmeSolver: AcmeSolver.ingress() })).message).toBe([
      'IM1352 at GatewayServer.https(): `acmeSolver` has no effect without a redirect.',
      '  got      undefined',
      '  allowed  acmeSolver with httpsRedirect: true',
      '  next     set `httpsRedirect`, or route the challenges to the solver with `gatewayPort: 80`',
    ].join('\n'));
  });

  test('a route at port 80 of a host that is redirected, at synthesis', () => {
    const root = chart();
    const edge = new MeshGateway(root, 'edge', { workload });
    edge.addServer(GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }));
    edge.addServer(redirected(AcmeSolver.ingress(), 'a.example.com'));
    edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200), matches: [RouteMatch.exactPath('/up')], gatewayPort: 80 });
    expect(messages(root)).toEqual([[
      'IM1352 at chart/edge: requests for a.example.com at port 80 are redirected to HTTPS: the route for them is never used.',
      '  got      {"uri":{"exact":"/up"},"port":80}',
      '  next     keep only the redirect of the host, or serve it in plain text without a redirect',
    ].join('\n')]);
  });

  test('a solver that speaks no HTTP', () => {
    const root = chart();
    const solver = service(root, 'solver', { ports: [MeshPort.tcp(8089)] });
    expect(refusal(() => new MeshGateway(root, 'edge', { workload, servers: [redirected(AcmeSolver.service(solver), 'a.example.com')] })).code).toBe('IM1307');
  });

  test('a solver of another type than a target', () => {
    expect(refusal(() => AcmeSolver.service({} as never)).message).toBe([
      'IM0001 at AcmeSolver.service(): the solver has no target.',
      '  got      {}',
      '  allowed  a service, a version of one, or a RouteTarget',
      '  next     write an allowed value',
    ].join('\n'));
  });
});

test('delegated routes may answer the challenges', () => {
  const root = chart();
  const solver = new DelegatedRoutes(root, 'solver');
  solver.addHttpRoute({ to: RouteTarget.directResponse(200), matches: [RouteMatch.pathPrefix('/.well-known/acme-challenge/token')] });
  new MeshGateway(root, 'edge', { workload, servers: [redirected(AcmeSolver.service(solver), 'a.example.com')] });
  expect(routes(root)).toMatchObject({ 'shop/edge.a.example.com': [{ match: [challenge], delegate: { name: 'solver', namespace: 'shop' } }, redirect] });
});

describe('a wildcard around a redirected host', () => {
  const around = (wide: GatewayServer, narrow: GatewayServer, routed: boolean) => {
    const root = chart();
    const edge = new MeshGateway(root, 'edge', { workload, servers: [wide, narrow] });
    if (routed) {
      edge.addHttpRoute('*.example.com', { to: RouteTarget.directResponse(200) });
    }
    return messages(root);
  };
  const solver = AcmeSolver.service(RouteTarget.directResponse(200));
  const server = (name: string, host: string, by: AcmeSolver) => GatewayServer.https({
    routedElsewhere: true,
    hosts: [host],
    name,
    tls: GatewayTls.simple(name),
    httpsRedirect: true,
    acmeSolver: by,
  });

  test('would be asked for it by age, with the routes that it has', () => {
    expect(around(GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }), server('a', 'a.example.com', solver), true)).toEqual([[
      'IM1313 at chart/edge: a server redirects a.example.com, and there are other routes for *.example.com at port 80: '
      + 'Istio would match requests for a.example.com with the routes of both, by age.',
      '  got      ["a.example.com","*.example.com"]',
      '  next     remove the narrower host from the server, which serves it by the wildcard, or give the host its own gateway',
    ].join('\n')]);
  });

  test('with another solver', () => {
    expect(around(server('wide', '*.example.com', AcmeSolver.ingress()), server('a', 'a.example.com', solver), false)).toEqual([expect.stringMatching(/^IM1313/)]);
  });

  test('not where both say the same, or nothing is routed', () => {
    expect(around(server('wide', '*.example.com', solver), server('a', 'a.example.com', solver), true)).toEqual([]);
    expect(around(GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }), server('a', 'a.example.com', solver), false)).toEqual([]);
  });
});
