import { Chart } from 'cdk8s';
import { app, chart, find, messages, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { egressWorld } from '../../helpers/egress';
import { valid } from '../../helpers/valid';
import { aShop, HOST, one, restricted } from '../../security/shop';
import {
  CallerIdentity, DelegatedRoutes, EgressCallers, EgressPath, GatewayServer, GatewayWorkload, HttpMethod, MeshGateway, MeshPort,
  MeshNamespace, MeshService, ResiliencePolicy, RouteMatch, SidecarInjection,
} from 'cdk8s-istio';

/** A mirror is an undeclared call: the callers of the service send copies. */
function mirrored() {
  const root = chart();
  const [web, reviews, shadow] = ['web', 'reviews', 'shadow'].map(id => service(root, id));
  const gateway = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST] })] });
  return { root, web, reviews, shadow, gateway, mirror: () => new ResiliencePolicy(root, 'policy', { target: reviews, mirrors: [{ to: shadow }] }) };
}

const copies = (scope: ReturnType<typeof mirrored>) => edgePaths(scope.root).filter(edge => edge.endsWith('> chart/shadow:8080'));

test.each([true, false])('callers of a service call its mirror, in any order of construction (the policy first: %s)', policyFirst => {
  const scope = mirrored();
  const { root, web, reviews, gateway, mirror } = scope;
  if (policyFirst) {
    mirror();
  }
  web.calls(reviews);
  CallerIdentity.fromAttributes({ namespace: 'other' }).calls(reviews.versionOf('v1'));
  gateway.addHttpRoute(HOST, { to: reviews });
  if (!policyFirst) {
    mirror();
  }
  const callers = edgePaths(root).filter(edge => edge.includes('> chart/reviews')).map(edge => edge.split(' > ')[0]);
  expect(callers).toHaveLength(3);
  expect(copies(scope).map(edge => edge.split(' > ')[0]).sort()).toEqual([...callers].sort());
});

test('a route that says who gets copies has no copies of the service\'s, and those whom it names are called', () => {
  const scope = mirrored();
  const other = service(scope.root, 'other');
  scope.mirror();
  scope.gateway.addHttpRoute(HOST, { to: scope.reviews, mirrors: [{ to: other }] });
  expect(copies(scope)).toEqual([]);
  expect(edgePaths(scope.root).map(edge => edge.split(' > ')[1])).toEqual(['chart/other:8080', 'chart/reviews:8080']);
});

test('so does a delegated route', () => {
  const { root, reviews, shadow, gateway } = mirrored();
  const routes = new DelegatedRoutes(root, 'routes');
  routes.addHttpRoute({ matches: [RouteMatch.pathPrefix('/a')], to: reviews, mirrors: [{ to: shadow }] });
  gateway.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/a')], to: routes });
  expect(edgePaths(root).map(edge => edge.split(' > ')[1])).toEqual(['chart/reviews:8080', 'chart/shadow:8080']);
});

test('who has no sidecar sends no copies', () => {
  const world = egressWorld();
  const plain = service(new MeshNamespace(new Chart(world.root, 'plain'), 'plain', { injection: SidecarInjection.disabled() }), 'cron');
  const reviews = world.caller('reviews');
  new ResiliencePolicy(world.team, 'policy', { target: reviews, mirrors: [{ to: world.route() }] });
  plain.calls(reviews);
  expect(edgePaths(world.team)).toEqual(['plain/plain/cron > team/team/reviews:8080']);
});

test('copies are not copied again', () => {
  const scope = mirrored();
  const { root, web, reviews, shadow, mirror } = scope;
  const third = service(root, 'third');
  new ResiliencePolicy(root, 'shadows', { target: shadow, mirrors: [{ to: third }, { to: reviews }] });
  mirror();
  web.calls(reviews);
  expect(edgePaths(root)).toEqual(['chart/web > chart/reviews:8080', 'chart/web > chart/shadow:8080']);
  web.calls(shadow);
  expect(new Set(edgePaths(root))).toEqual(new Set([
    'chart/web > chart/reviews:8080', 'chart/web > chart/shadow:8080', 'chart/web > chart/third:8080',
  ]));
});

test('only requests at the ports of the policy are copied', () => {
  const root = chart();
  const [web, shadow] = ['web', 'shadow'].map(id => service(root, id));
  const reviews = service(root, 'reviews', { ports: [MeshPort.http(8080), MeshPort.grpc(9090), MeshPort.tcp(7000)] });
  new ResiliencePolicy(root, 'policy', { target: reviews, ports: [8080], mirrors: [{ to: shadow }] });
  web.calls(reviews, { port: 9090 });
  web.calls(reviews, { port: 7000 });
  expect(edgePaths(root).filter(edge => edge.includes('shadow'))).toEqual([]);
});

test('two descriptions of a service are one service', () => {
  const root = app();
  const [here, there] = ['here', 'there'].map(id => chart({ scope: root, id, namespace: 'shop' }));
  const [mine, theirs] = [here, there].map(scope => MeshService.fromAttributes(scope, 'reviews', { ports: [MeshPort.http(8080)] }));
  new ResiliencePolicy(here, 'policy', { target: mine, mirrors: [{ to: service(here, 'shadow') }] });
  service(there, 'web').calls(theirs);
  expect(edgePaths(root)).toContain('there/web > here/shadow:8080');
});

test('callers of a host outside send its copies to a service', () => {
  const world = egressWorld();
  const [checkout, shadow] = ['checkout', 'shadow'].map(name => world.caller(name));
  const route = world.route();
  new ResiliencePolicy(world.team, 'policy', { target: route, mirrors: [{ to: shadow.versionOf('v1') }] });
  checkout.calls(route);
  expect(edgePaths(world.team)).toEqual(['team/team/checkout > team/team/route:80', 'team/team/checkout > team/team/shadow v1:8080']);
});

test('copies for a host outside are let out: the namespaces of callers see it', () => {
  const world = egressWorld();
  const [checkout, reviews] = [world.caller('checkout', world.other), world.caller('reviews', world.other)];
  const route = world.route({ callers: EgressCallers.declared() });
  new ResiliencePolicy(world.team, 'policy', { target: reviews, mirrors: [{ to: route }] });
  checkout.calls(reviews);
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(edgePaths(world.team)).toContain('other/other/checkout > team/team/route:80');
  expect(find(valid(world.team.node.scope as never), 'ServiceEntry', 'example.org').spec.exportTo).toEqual(['other']);
});

describe('with least privilege', () => {
  const restrict = () => {
    const world = aShop();
    const { chart: root, shop, web, checkout, edge } = world;
    const shadow = one(shop, 'shadow');
    web.calls(checkout, { port: 80, methods: [HttpMethod.GET], paths: ['/orders'] });
    edge.addHttpRoute(HOST, { to: web });
    new ResiliencePolicy(shop, 'policy', { target: checkout, ports: [80], mirrors: [{ to: shadow }] });
    restricted(root, { networkPolicies: true });
    expect(messages(root)).toEqual([]);
    return valid(root);
  };

  test('the mirror accepts the callers of the service, with the requests that they declared', () => {
    expect(find(restrict(), 'AuthorizationPolicy', 'shadow').spec.rules).toEqual([{
      from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { ports: ['8080'], methods: ['GET'], paths: ['/orders'] } }],
    }]);
  });

  test('the callers know the mirror, and so does the network', () => {
    const objects = restrict();
    expect(find(objects, 'Sidecar', 'web.v1').spec.egress).toEqual([{
      hosts: ['shop/checkout.shop.svc.cluster.local', 'shop/shadow.shop.svc.cluster.local'],
    }]);
    const web = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app: 'web' } } }];
    expect(find(objects, 'NetworkPolicy', 'shadow').spec.ingress).toContainEqual({ from: web, ports: [{ port: 8080, protocol: 'TCP' }] });
  });
});
