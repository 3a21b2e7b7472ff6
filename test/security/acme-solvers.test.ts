import { Chart } from 'cdk8s';
import { HOST, one, restricted } from './shop';
import { app, find, findAll } from '../helpers/build';
import { valid } from '../helpers/valid';
import {
  AcmeSolver, GatewayServer, GatewayTls, GatewayWorkload, LeastPrivilegeProps, MeshGateway, MeshNamespace,
} from 'cdk8s-istio';

const SOLVERS = { 'acme.cert-manager.io/http01-solver': 'true' };
const inShop = (matchLabels: { [key: string]: string }) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels },
});
const ports = [{ port: 8089, protocol: 'TCP' }];

const redirected = (host: string, acmeSolver?: AcmeSolver) =>
  GatewayServer.https({ hosts: [host], tls: GatewayTls.simple(`${host}-cert`), httpsRedirect: true, acmeSolver });

/** Gateways with pods of their own in one namespace, the first with the solver, under least privilege that comes before or after. */
function scene(acmeSolver: AcmeSolver | undefined, props: LeastPrivilegeProps = { networkPolicies: true }, restrictedFirst = false) {
  const chart = new Chart(app(), 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  const web = one(shop, 'web');
  const gateway = (id: string, host: string, solver?: AcmeSolver) => {
    const edge = new MeshGateway(shop, id, { workload: GatewayWorkload.dedicated(), servers: [redirected(host, solver)] });
    edge.addHttpRoute(host, { to: web });
  };
  const steps = [() => restricted(chart, props), () => [gateway('edge', HOST, acmeSolver), gateway('office', 'office.example.com')]];
  (restrictedFirst ? steps : steps.reverse()).forEach(step => step());
  return valid(chart);
}

test.each([false, true])('only the gateway with the route reaches the pods that cert-manager makes for challenges', restrictedFirst => {
  const objects = scene(AcmeSolver.ingress(), undefined, restrictedFirst);
  expect(find(objects, 'NetworkPolicy', 'acme.cert-manager.io')).toEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'acme.cert-manager.io', namespace: 'shop' },
    spec: { podSelector: { matchLabels: SOLVERS }, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [inShop({ istio: 'edge.shop' })], ports }] },
  });
  expect(find(objects, 'NetworkPolicy', 'edge').spec.egress).toContainEqual({ to: [inShop(SOLVERS)], ports });
  expect(JSON.stringify(find(objects, 'NetworkPolicy', 'office').spec.egress)).not.toContain('acme');
});

test.each<[string, () => unknown[]]>([
  ['without NetworkPolicies', () => scene(AcmeSolver.ingress(), {})],
  ['without a solver', () => scene(undefined)],
  ['for a service of this App', () => {
    const { chart, edge, web } = withService({ networkPolicies: true });
    edge.addServer(redirected(HOST, AcmeSolver.service(web)));
    edge.addHttpRoute(HOST, { to: web });
    return valid(chart);
  }],
])('nothing is written %s', (_, objects) => {
  expect(JSON.stringify(objects())).not.toContain('acme.cert-manager.io');
});

function withService(props: LeastPrivilegeProps) {
  const chart = new Chart(app(), 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  restricted(chart, props);
  return { chart, shop, web: one(shop, 'web'), edge: new MeshGateway(shop, 'edge', { workload: GatewayWorkload.dedicated() }) };
}

test('two gateways that lead challenges to solver pods of one namespace are both allowed; one in another namespace is not', () => {
  const { chart, shop, web, edge } = withService({ networkPolicies: true });
  const far = new MeshNamespace(chart, 'far');
  const other = new MeshGateway(shop, 'other', { workload: GatewayWorkload.dedicated() });
  const away = new MeshGateway(far, 'away', { workload: GatewayWorkload.dedicated() });
  for (const [gateway, host] of [[edge, HOST], [other, 'b.example.com'], [away, 'c.example.com']] as const) {
    gateway.addServer(redirected(host, AcmeSolver.ingress()));
    gateway.addHttpRoute(host, { to: web });
  }
  const objects = valid(chart);
  const from = (namespace: string) => find(objects, 'NetworkPolicy', 'acme.cert-manager.io', namespace).spec.ingress
    .flatMap((rule: { from: { podSelector: object }[] }) => rule.from.map(peer => peer.podSelector));
  expect(from('shop')).toEqual([{ matchLabels: { istio: 'edge.shop' } }, { matchLabels: { istio: 'other.shop' } }]);
  expect(from('far')).toEqual([{ matchLabels: { istio: 'away.far' } }]);
});

test('a namespace that is not covered keeps its solver pods open', () => {
  const chart = new Chart(app(), 'chart');
  const home = MeshNamespace.fromExisting(chart, 'shop');
  const web = one(home, 'web');
  const edge = new MeshGateway(home, 'edge', { workload: GatewayWorkload.dedicated(), servers: [redirected(HOST, AcmeSolver.ingress())] });
  edge.addHttpRoute(HOST, { to: web });
  restricted(chart, { networkPolicies: true });
  const objects = valid(chart);
  expect(findAll(objects, 'NetworkPolicy').map(({ metadata }) => metadata.name).sort()).toEqual(['edge', 'web']);
  expect(find(objects, 'NetworkPolicy', 'edge').spec.egress).toContainEqual({ to: [inShop(SOLVERS)], ports });
});
