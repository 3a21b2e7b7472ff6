import { ApiObject, App, Chart, Duration, Lazy } from 'cdk8s';
import { Deployment, Service } from 'cdk8s-plus-28';
import { service, version } from '../helpers/build';
import {
  CallMatch, CanarySplit, GatewayServer, GatewayWorkload, HashKey, LeastPrivilege, LoadBalancer, MeshApp, MeshCluster, MeshGateway, MeshNamespace,
  MeshPort, MeshService, MeshSettings, ResiliencePolicy, Retries, RouteMatch, SidecarInjection, SplitRule, SplitTarget, StringMatch,
  TracingProvider,
} from 'cdk8s-istio';

/** A mesh with services that call each other, a gateway, and a path for more. */
interface Mesh {
  readonly app: App;
  readonly chart: Chart;
  readonly shop: MeshNamespace;
  readonly web: MeshService;
  readonly cart: MeshService;
  readonly edge: MeshGateway;
}

const HOST = 'shop.example.com';

function meshIn(app: App): Mesh {
  const chart = new Chart(app, 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  const [web, cart] = ['web', 'cart'].map(name => service(shop, name));
  const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST, 'new.example.com'] })] });
  web.calls(cart);
  edge.addHttpRoute(HOST, { to: web });
  edge.addHttpRoute('new.example.com', { to: web });
  new LeastPrivilege(chart, 'least-privilege');
  return { app, chart, shop, web, cart, edge };
}

const deploymentOf = (of: MeshService) => of.node.findAll().find(construct => construct instanceof Deployment) as Deployment;

/** What a user does between two syntheses, and whether the second one refuses it. */
const CHANGES: { readonly [change: string]: (mesh: Mesh) => void } = {
  'a route': ({ edge, cart }) => edge.addHttpRoute(HOST, { matches: [RouteMatch.pathPrefix('/cart')], to: cart }),
  'a split': ({ shop, web }) => new CanarySplit(shop, 'split', {
    service: web, rules: [SplitRule.when(CallMatch.header('x', StringMatch.exact('1'))).to('v1')], traffic: SplitTarget.weights({ v1: 90, v2: 10 }),
  }),
  'a policy of requests': ({ shop, web }) => new ResiliencePolicy(shop, 'policy', { target: web, timeout: Duration.seconds(3), retries: Retries.of({ attempts: 2 }) }),
  'a policy of connections': ({ shop, cart }) => new ResiliencePolicy(shop, 'policy', { target: cart, connectionPool: { maxConnections: 3 } }),
  'a caller in another namespace': ({ chart, cart }) => service(new MeshNamespace(chart, 'late'), 'late').calls(cart),
  'a caller and a port': ({ shop, cart }) => {
    service(shop, 'late', { ports: [MeshPort.http(8080), MeshPort.tcp(9090)] }).calls(cart);
  },
  'a server': ({ edge, cart }) => {
    edge.addServer(GatewayServer.http({ port: 8080, hosts: ['other.example.com'] }));
    edge.addHttpRoute('other.example.com', { to: cart });
  },
  'a collector of traces': ({ chart, shop }) => {
    const collector = new MeshService(shop, 'traces', { ports: [MeshPort.grpc(4317)], versions: { v1: version() } });
    new MeshSettings(chart, 'settings', { tracing: { provider: TracingProvider.openTelemetry('otel', { service: collector }) } });
  },
  'a label of pods': ({ web }) => deploymentOf(web).podMetadata.addLabel('late', 'yes'),
  'an annotation of an object': ({ web }) => deploymentOf(web).metadata.addAnnotation('late', 'yes'),
  'a container': ({ web }) => deploymentOf(web).addContainer({ name: 'late', image: 'late' }),
  'refused: a hash beside weights': ({ shop, web }) => {
    new CanarySplit(shop, 'split', { service: web, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
    new ResiliencePolicy(shop, 'policy', { target: web, loadBalancer: LoadBalancer.consistentHash(HashKey.sourceIp()) });
  },
  'refused: a Service of another library for the same pods': ({ chart }) => {
    const other = new Service(chart, 'other', { metadata: { name: 'other', namespace: 'shop' }, ports: [{ name: 'tcp', port: 1, targetPort: 8080 }] });
    other.selectLabel('app', 'web');
  },
  'refused: two objects of one name': ({ chart }) => new ApiObject(chart, 'twice', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } }),
  'refused: a stray object': ({ shop }) => new ApiObject(shop, 'stray', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stray', namespace: 'other' } }),
  'refused: a label that disables the sidecar': ({ web }) => deploymentOf(web).podMetadata.addLabel('sidecar.istio.io/inject', 'false'),
  'refused: a probe of an unknown port': ({ web }) => {
    Object.assign(deploymentOf(web).containers[0], { _readiness: { _toKube: () => ({ httpGet: { port: { value: 1 } } }) } });
  },
  'refused: callers whose namespace gets no sidecars': ({ chart, cart }) => service(MeshNamespace.fromExisting(chart, 'bare', { injection: SidecarInjection.disabled() }), 'bare').calls(cart),
};

/** The text of an App, or its error. */
function text(app: App): string {
  try {
    return app.synthYaml();
  } catch (e) {
    return String(e);
  }
}

describe.each([['MeshApp', () => new MeshApp()], ['App', () => new App()]])('%s', (_, make) => {
  test.each(Object.entries(CHANGES))('writes after a synthesis: %s', (name, change) => {
    const mesh = meshIn(make());
    const first = text(mesh.app);
    change(mesh);
    const fresh = meshIn(new App());
    change(fresh);
    const expected = text(fresh.app);
    expect([text(mesh.app), text(mesh.app)]).toEqual([expected, expected]);
    expect(first).not.toContain('Validation failed');
    expect(expected).not.toBe(first);
    expect(expected.includes('Validation failed')).toBe(name.startsWith('refused'));
  });

  test('answers the questions of users at every time', () => {
    const mesh = meshIn(make());
    const asked: number[] = [];
    const count = () => MeshCluster.of(mesh.chart).references.length;
    mesh.chart.node.addValidation({ validate: () => (asked.push(count()), []) });
    new ApiObject(mesh.chart, 'asking', { apiVersion: 'v1', kind: 'Thing', spec: Lazy.any({ produce: () => ({ count: count() }) }) });
    expect(text(mesh.app)).toContain(`count: ${count()}`);
    const before = count();
    MeshNamespace.fromExisting(mesh.chart, 'existing');
    expect(count()).toBe(before + 1);
    expect(text(mesh.app)).toContain(`count: ${before + 1}`);
    expect([...new Set(asked)]).toEqual([before, before + 1]);
  });

  test('checks what the validation of a user changes', () => {
    const { app, chart, shop } = meshIn(make());
    expect(text(app)).not.toContain('Validation failed');
    chart.node.addValidation({
      validate: () => {
        if (!shop.node.tryFindChild('stray')) {
          new ApiObject(shop, 'stray', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stray', namespace: 'other' } });
        }
        return [];
      },
    });
    expect(text(app)).toContain('IM1002');
  });

  test('checks again after a validation that throws', () => {
    const { app, chart, shop, web } = meshIn(make());
    let isBroken = true;
    web.node.addValidation({
      validate: () => {
        if (isBroken) {
          throw new Error('broken');
        }
        return [];
      },
    });
    expect(text(app)).toContain('broken');
    new ApiObject(shop, 'stray', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stray', namespace: 'other' } });
    const late = new MeshNamespace(chart, 'late');
    new ApiObject(late, 'stray', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stray', namespace: 'other' } });
    expect(shop.node.validate().join()).toContain('IM1002');
    expect(late.node.validate().join()).toContain('IM1002');
    isBroken = false;
    expect(text(app).match(/IM1002/g)).toHaveLength(2);
  });
});
