import { App, Chart } from 'cdk8s';
import { callees, image, Library, Program, range } from './program';

/** Many small services in one namespace: each has two versions, a split, calls and a gateway route; LeastPrivilege covers all. */
export const small: Program = {
  counts: 'services',
  build(library: Library, app: App, size: number): void {
    const { CanarySplit, GatewayServer, GatewayWorkload, LeastPrivilege, MeshGateway } = library;
    const { MeshNamespace, MeshPort, MeshService, MeshVersion, RouteMatch, SplitTarget } = library;
    const chart = new Chart(app, 'shop');
    const shop = new MeshNamespace(chart, 'shop');
    const edge = new MeshGateway(shop, 'edge', {
      workload: GatewayWorkload.ingress(),
      servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
    });
    const services = range(size).map(i => `service-${i}`).map(name => new MeshService(shop, name, {
      ports: [MeshPort.http(8080)],
      versions: {
        v1: MeshVersion.of({ containers: [{ image: image(name, 'v1') }] }),
        v2: MeshVersion.of({ containers: [{ image: image(name, 'v2') }] }),
      },
    }));
    services.forEach((service, i) => {
      callees(i, size).forEach(callee => service.calls(services[callee]));
      new CanarySplit(shop, `${service.serviceName}-canary`, { service, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
      edge.addHttpRoute('shop.example.com', { matches: [RouteMatch.pathPrefix(`/${service.serviceName}`)], to: service });
    });
    new LeastPrivilege(chart, 'least-privilege');
  },
};
