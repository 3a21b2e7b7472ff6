import { App, Chart, Duration } from 'cdk8s';
import { Cpu, EnvValue, Probe } from 'cdk8s-plus-28';
import { callees, image, Library, Program, range } from './program';
import { IMeshService, MeshNamespace, MeshVersion } from 'cdk8s-istio';

const VERSIONS = ['v1', 'v2', 'v3', 'v4', 'v5'];
const PORTS = [8080, 8081, 8082, 8083];
const ROUTES = 20;
const HOST = 'shop.example.com';

/** Few large services: each has five versions, four ports, a split with rules, policies, and twenty routes with settings of their own. */
export const large: Program = {
  counts: 'large services',
  build(library: Library, app: App, size: number): void {
    const { GatewayServer, GatewayWorkload, LeastPrivilege, MeshGateway, PathRewrite, RouteMatch, StringMatch } = library;
    const chart = new Chart(app, 'shop');
    const shop = new library.MeshNamespace(chart, 'shop');
    const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: [HOST] })] });
    const services = range(size).map(i => serviceOf(library, shop, `service-${i}`));
    services.forEach((service, i) => {
      callees(i, size).forEach(callee => PORTS.forEach(port => service.calls(services[callee], { port })));
      range(ROUTES).forEach(route => edge.addHttpRoute(HOST, {
        matches: [RouteMatch.pathPrefix(`/service-${i}/${route}`, { headers: { 'x-tenant': StringMatch.prefix(`tenant-${route}`) } })],
        to: service,
        port: PORTS[route % PORTS.length],
        timeout: Duration.seconds(route + 5),
        rewrite: { path: PathRewrite.to(`/${route}`) },
        headers: { request: { set: { 'x-route': `${route}` } } },
      }));
    });
    new LeastPrivilege(chart, 'least-privilege');
  },
};

function serviceOf(library: Library, shop: MeshNamespace, name: string): IMeshService {
  const { CallMatch, CanarySplit, LoadBalancer, MeshPort, MeshService, ResiliencePolicy, Retries, SplitRule, SplitTarget, StringMatch } = library;
  const service = new MeshService(shop, name, {
    ports: PORTS.map(port => MeshPort.http(port, { suffix: `p${port}` })),
    labels: { 'team': 'shop', 'cost-center': '4711' },
    versions: Object.fromEntries(VERSIONS.map(version => [version, versionOf(library, name, version)])),
  });
  new CanarySplit(shop, `${name}-split`, {
    service,
    rules: VERSIONS.map(version => SplitRule.when(CallMatch.header('x-version', StringMatch.exact(version))).to(version)),
    traffic: SplitTarget.weights({ v1: 60, v2: 10, v3: 10, v4: 10, v5: 10 }),
  });
  new ResiliencePolicy(shop, `${name}-policy`, {
    target: service,
    connectionPool: { connectTimeout: Duration.seconds(1), maxConnections: 100 },
    outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: Duration.minutes(1) },
  });
  PORTS.forEach(port => new ResiliencePolicy(shop, `${name}-${port}`, {
    target: service,
    ports: [port],
    loadBalancer: LoadBalancer.leastRequest(),
    timeout: Duration.seconds(5),
    retries: Retries.of({ attempts: 2, perTryTimeout: Duration.seconds(1) }),
  }));
  return service;
}

function versionOf({ MeshVersion: Version }: Library, name: string, version: string): MeshVersion {
  return Version.of({
    replicas: 3,
    podLabels: { tier: 'backend' },
    podAnnotations: { 'example.com/owner': 'shop' },
    containers: [{
      name,
      image: image(name, version),
      args: ['--config', '/etc/shop/config.yaml', '--verbose'],
      envVariables: Object.fromEntries(range(20).map(i => [`SETTING_${i}`, EnvValue.fromValue(`value ${i} of ${name}`)])),
      resources: { cpu: { request: Cpu.millis(100), limit: Cpu.millis(500) } },
      liveness: Probe.fromHttpGet('/live', { port: 8080 }),
      readiness: Probe.fromHttpGet('/ready', { port: 8080 }),
    }],
  });
}
