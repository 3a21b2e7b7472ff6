import { App, Chart } from 'cdk8s';
import { image, Library, Program, range } from './program';

/** Many routes of one host of a gateway. */
export const routes: Program = {
  counts: 'routes of one host',
  build(library: Library, app: App, size: number): void {
    const { GatewayServer, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion, RouteMatch } = library;
    const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop');
    const web = new MeshService(shop, 'web', {
      ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: image('web') }] }) },
    });
    const edge = new MeshGateway(shop, 'edge', {
      workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
    });
    range(size).forEach(i => edge.addHttpRoute('shop.example.com', { matches: [RouteMatch.pathPrefix(`/page-${i}`)], to: web }));
  },
};
