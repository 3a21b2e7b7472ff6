import { HostIdentity } from './host-identity';
import { HttpMatch } from './http-match';
import { MeshHost } from './mesh-host';
import { destinations, RoutedMatch } from './route-action';
import { Called, RouteTarget, RouteToTarget } from './route-target';
import { MeshError } from '../diagnostics/mesh-error';
import { sameCluster } from '../kernel/mesh-cluster';
import { MeshPort } from '../values/mesh-port';
import { isHttp, isHttp2, isTls, MeshProtocol } from '../values/protocol';

/** A host of the mesh as the end of a route: with its split, or one version of it. */
export class HostTarget extends RouteTarget {
  public constructor(private readonly host: MeshHost, private readonly version?: string) {
    super();
  }

  /** @internal */
  public _attach(route: RouteToTarget): Called {
    sameCluster(route.source, this.host.home);
    const { port } = choosePort(this.host.identity, route);
    if (this.version !== undefined) {
      this.host.policy.addSubset(this.version, route.source);
    }
    return { service: this.host.home, port };
  }

  /** @internal */
  public _resolve(route: RouteToTarget): RoutedMatch[] {
    const { host } = this.host.identity;
    const port = choosePort(this.host.identity, route);
    if (this.version !== undefined) {
      return [{ match: HttpMatch.EVERYTHING, action: { destinations: destinations(host, { [this.version]: 100 }, port.port) } }];
    }
    const split = this.host.routing.atGateway(port);
    if (split?.every(({ action }) => action.directResponse)) {
      throw new MeshError('IM1206', route.source, {
        problem: `the split of ${this.host.identity.name} knows only callers inside the mesh: through a gateway every request would be refused`,
      });
    }
    return split ?? [{ match: HttpMatch.EVERYTHING, action: { destinations: [{ host, port: port.port }] } }];
  }
}

/** The port a route means: the one it names, or the only one that speaks what the route speaks. */
function choosePort(identity: HostIdentity, route: RouteToTarget): MeshPort {
  const fits = ({ protocol }: MeshPort) => carries(protocol, route.speaks);
  const fitting = identity.ports.filter(fits);
  const list = (ports: MeshPort[]) => ports.map(({ port, name }) => `${port} (${name})`).join(', ') || 'none';
  if (route.port !== undefined) {
    const named = identity.ports.find(({ port }) => port === route.port);
    if (!named) {
      throw new MeshError('IM1111', route.source, { problem: `${identity.name} has no port ${route.port}`, got: route.port, allowed: list(fitting) });
    }
    if (!fits(named)) {
      throw new MeshError('IM1307', route.source, {
        problem: `port ${named.port} (${named.name}) of ${identity.name} cannot carry a route for ${route.speaks}`, got: named.name, allowed: list(fitting),
      });
    }
    return named;
  }
  if (fitting.length === 0) {
    throw new MeshError('IM1307', route.source, {
      problem: `${identity.name} has no port that can carry a route for ${route.speaks}`, got: list(identity.ports),
    });
  }
  if (fitting.length > 1) {
    throw new MeshError('IM1112', route.source, {
      problem: `${identity.name} has several ports that can carry a route for ${route.speaks}`, allowed: list(fitting), next: 'name one as `port`',
    });
  }
  return fitting[0];
}

/** Whether a port of a protocol can take what a route speaks: HTTP, gRPC, the application's own TLS, or any stream of bytes. */
function carries(protocol: MeshProtocol, speaks: MeshProtocol): boolean {
  switch (speaks) {
    case MeshProtocol.GRPC: return isHttp2(protocol);
    case MeshProtocol.TLS: return isTls(protocol);
    case MeshProtocol.TCP: return !isHttp(protocol) && protocol !== MeshProtocol.UDP;
    default: return isHttp(protocol);
  }
}
