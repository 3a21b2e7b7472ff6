import { App, Chart } from 'cdk8s';
import { image, Library, Program, range } from './program';

/** The services behind one gateway. */
const BEHIND = 10;

/** Many gateways with hosts and routes, and a hub that every service calls and every gateway leads to. */
export const edge: Program = {
  counts: 'services behind gateways',
  build(library: Library, app: App, size: number): void {
    const { GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, RouteMatch } = library;
    const { LeastPrivilege, MeshNamespace, MeshPort, MeshService, MeshVersion } = library;
    const chart = new Chart(app, 'shop');
    const shop = new MeshNamespace(chart, 'shop');
    const service = (name: string) => new MeshService(shop, name, {
      ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: image(name) }] }) },
    });
    const hub = service('hub');
    const services = range(size).map(i => service(`service-${i}`));
    services.forEach(each => each.calls(hub));

    range(Math.ceil(size / BEHIND)).forEach(number => {
      const hosts = ['www', 'api'].map(name => `${name}.team-${number}.example.com`);
      const gateway = new MeshGateway(shop, `edge-${number}`, {
        workload: GatewayWorkload.ingress(), servers: [GatewayServer.https({ hosts, tls: GatewayTls.simple(`team-${number}`), httpsRedirect: true })],
      });
      for (const host of hosts) {
        gateway.addHttpRoute(host, { matches: [RouteMatch.exactPath('/hub')], to: hub });
        services.slice(number * BEHIND, (number + 1) * BEHIND).forEach(to => gateway.addHttpRoute(host, {
          matches: [RouteMatch.pathPrefix(`/${to.serviceName}`), RouteMatch.exactPath(`/of/${to.serviceName}`)], to,
        }));
      }
    });
    new LeastPrivilege(chart, 'least-privilege');
  },
};
