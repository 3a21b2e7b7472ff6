import { HostIdentity } from './host-identity';
import { RouteToTarget } from './route-backend';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, isHttp2, isTls, MeshProtocol } from '../../values/protocol';

/** The port a route means: the one it names, or the only one that speaks what the route speaks. */
export function choosePort(identity: HostIdentity, route: RouteToTarget): MeshPort {
  const fitting = identity.ports.filter(({ protocol }) => carries(protocol, route.protocol));
  const list = (ports: MeshPort[]) => ports.map(({ port, name }) => `${port} (${name})`).join(', ') || 'none';
  if (route.port !== undefined) {
    const named = identity.ports.find(({ port }) => port === route.port);
    if (!named) {
      throw new MeshError('IM1111', route.source, { problem: `${identity.name} has no port ${route.port}`, got: route.port, allowed: list(fitting) });
    }
    if (!carries(named.protocol, route.protocol, true)) {
      throw new MeshError('IM1307', route.source, {
        problem: `port ${named.port} (${named.name}) of ${identity.name} cannot carry a route for ${route.protocol}`, got: named.name, allowed: list(fitting),
      });
    }
    return named;
  }
  if (fitting.length === 0) {
    throw new MeshError('IM1307', route.source, {
      problem: `${identity.name} has no port that can carry a route for ${route.protocol}`, found: list(identity.ports),
    });
  }
  if (fitting.length > 1) {
    throw new MeshError('IM1112', route.source, {
      problem: `${identity.name} has several ports that can carry a route for ${route.protocol}`, allowed: list(fitting), next: 'name one as `port`',
    });
  }
  return fitting[0];
}

/**
 * Whether a port can carry a route: of HTTP, gRPC, the application's own TLS, or any stream of bytes.
 *
 * @param named whether the route names the port: only such a route may use a TCP port for TLS
 */
export function carries(port: MeshProtocol, route: MeshProtocol, named = false): boolean {
  switch (route) {
    case MeshProtocol.GRPC: return isHttp2(port);
    case MeshProtocol.TLS: return isTls(port) || (named && port === MeshProtocol.TCP);
    case MeshProtocol.TCP: return !isHttp(port) && port !== MeshProtocol.UDP;
    default: return isHttp(port);
  }
}
