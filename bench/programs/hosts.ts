import { App, Chart } from 'cdk8s';
import { image, Library, Program, range } from './program';

/** Many hosts at one gateway, each with a server and a route. */
export const hosts: Program = {
  counts: 'hosts at one gateway',
  build(library: Library, app: App, size: number): void {
    const { GatewayServer, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, MeshService, MeshVersion } = library;
    const shop = new MeshNamespace(new Chart(app, 'shop'), 'shop');
    const web = new MeshService(shop, 'web', {
      ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: image('web') }] }) },
    });
    const names = range(size).map(i => `host-${i}.example.com`);
    const edge = new MeshGateway(shop, 'edge', {
      workload: GatewayWorkload.ingress(), servers: names.map((name, i) => GatewayServer.http({ name: `http-${i}`, hosts: [name] })),
    });
    names.forEach(name => edge.addHttpRoute(name, { to: web }));
  },
};
