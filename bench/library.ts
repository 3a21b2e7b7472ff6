import { Chart } from 'cdk8s';

/** The library as its users load it. The benchmark uses the compiled library, and its test the sources. */
export type Library = typeof import('cdk8s-istio');

/** The image of a version. */
export function image(name: string, version: string): string {
  return `shop/${name}:${version}`;
}

/** The callees of each service, by index: a tree, so that every service has a caller and there is no cycle. */
export function callees(place: number, size: number): number[] {
  return [2 * place + 1, 2 * place + 2].filter(callee => callee < size);
}

/** A mesh written with the library: each service has two versions, a split, calls and a gateway route; LeastPrivilege covers all. */
export function byLibrary(library: Library, chart: Chart, size: number): void {
  const { CanarySplit, GatewayServer, GatewayWorkload, LeastPrivilege, MeshGateway } = library;
  const { MeshNamespace, MeshPort, MeshService, MeshVersion, RouteMatch, SplitTarget } = library;
  const shop = new MeshNamespace(chart, 'shop');
  const edge = new MeshGateway(shop, 'edge', {
    workload: GatewayWorkload.ingress(),
    servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
  });
  const services = Array.from({ length: size }, (_, i) => `service-${i}`).map(name => new MeshService(shop, name, {
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
}
