import { App, Chart } from 'cdk8s';
import { image, Library, Program, range } from './program';

/** Many services that call one, below LeastPrivilege. */
export const hub: Program = {
  counts: 'services that call a hub',
  build({ LeastPrivilege, MeshNamespace, MeshPort, MeshService, MeshVersion }: Library, app: App, size: number): void {
    const chart = new Chart(app, 'shop');
    const shop = new MeshNamespace(chart, 'shop');
    const service = (name: string) => new MeshService(shop, name, {
      ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: image(name) }] }) },
    });
    const called = service('hub');
    range(size).forEach(i => service(`service-${i}`).calls(called));
    new LeastPrivilege(chart, 'least-privilege');
  },
};
