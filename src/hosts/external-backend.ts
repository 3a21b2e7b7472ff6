import { HttpMatch } from './http/http-match';
import { MeshHost } from './mesh-host';
import { Resolution, resolution } from './model/route-action';
import { RouteBackend, RouteToTarget } from './model/route-backend';
import { carries } from './model/target-port';
import { MeshError } from '../diagnostics/mesh-error';
import { MeshCluster } from '../kernel/mesh-cluster';
import { MeshPort } from '../values/mesh-port';

/** The authority of requests for a host: with the port, unless it is 80 or 443. */
export function authorityOf(host: string, port: number): string {
  return [80, 443].includes(port) ? host : `${host}:${port}`;
}

/** A host outside of the cluster. Its ServiceEntry exists already. */
export class ExternalBackend implements RouteBackend {
  public constructor(private readonly host: string, private readonly port: MeshPort) {}

  public bind({ source, port, protocol }: RouteToTarget): void {
    const cluster = MeshCluster.of(source);
    if (this.host.endsWith(`.${cluster.clusterDomain}`)) {
      throw new MeshError('IM1341', source, { problem: `${this.host} is a Service of the cluster`, got: this.host });
    }
    if (port !== undefined) {
      throw new MeshError('IM1111', source, { problem: `the port of ${this.host} is set with the host`, got: port, next: 'drop the port of the route' });
    }
    if (!carries(this.port.protocol, protocol, true)) {
      throw new MeshError('IM1307', source, { problem: `port ${this.port.port} of ${this.host} cannot carry a route for ${protocol}`, got: this.port.protocol });
    }
    cluster._refersTo('ServiceEntry', undefined, this.host, source, () => MeshHost.of(source, this.host) !== undefined);
  }

  public resolve(): Resolution {
    const { host, port: { port } } = this;
    return resolution([{ match: HttpMatch.EVERYTHING, action: { destinations: [{ host, port, authority: authorityOf(host, port) }] } }]);
  }
}
