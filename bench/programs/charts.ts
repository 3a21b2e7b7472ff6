import { App, Chart } from 'cdk8s';
import { callees, image, Library, Program, range } from './program';

/** The services of one chart. */
const TEAM = 10;

/** Many charts: each has a namespace with ten services, which call each other. */
export const charts: Program = {
  counts: 'services in charts of ten',
  build({ LeastPrivilege, MeshNamespace, MeshPort, MeshService, MeshVersion }: Library, app: App, size: number): void {
    range(Math.ceil(size / TEAM)).map(number => `team-${number}`).forEach((team, number) => {
      const namespace = new MeshNamespace(new Chart(app, team), team);
      const members = Math.min(TEAM, size - number * TEAM);
      const services = range(members).map(i => `service-${i}`).map(name => new MeshService(namespace, name, {
        ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: image(name) }] }) },
      }));
      services.forEach((service, i) => callees(i, members).forEach(callee => service.calls(services[callee])));
      new LeastPrivilege(namespace, 'least-privilege');
    });
  },
};
