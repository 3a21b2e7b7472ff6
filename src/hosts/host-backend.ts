import { authorityOf } from './external-backend';
import { HttpMatch } from './http/http-match';
import { overlaid, RequestRule, RequestSettings } from './http/request-settings';
import { MeshHost } from './mesh-host';
import { destinations, RoutedMatch } from './model/route-action';
import { RouteBackend, RouteToTarget } from './model/route-backend';
import { choosePort } from './model/target-port';
import { MeshError } from '../diagnostics/mesh-error';
import { sameCluster } from '../kernel/same-cluster';
import { MeshPort } from '../values/mesh-port';
import { MeshProtocol } from '../values/protocol';

/** A host as the end of a route: of the mesh with its split, or one version of it, or outside. */
export class HostBackend implements RouteBackend {
  public constructor(private readonly host: MeshHost, private readonly version?: string, private readonly isOutside = false) {}

  public get byAddress(): boolean {
    return this.host.identity.headless ?? false;
  }

  public bind(route: RouteToTarget): void {
    sameCluster(route.source, this.host.scope);
    const { port } = choosePort(this.host.identity, route);
    if (this.version !== undefined) {
      this.host.policy.leadTo(this.version, route.source);
    }
    route.calls?.({ service: this.host.scope, version: this.version, port, uncopied: route.uncopied });
  }

  public resolve(route: RouteToTarget): RoutedMatch[] {
    const { host } = this.host.identity;
    const port = choosePort(this.host.identity, route);
    checkTranslated(port, route);
    if (this.version !== undefined) {
      return [{ match: HttpMatch.EVERYTHING, action: { destinations: destinations(host, { [this.version]: 100 }, port.port) } }];
    }
    const split = this.host.routing.atGateway(port);
    if (split?.every(({ action }) => action.directResponse)) {
      throw new MeshError('IM1206', route.source, {
        problem: `the split of ${this.host.identity.name} knows only callers inside the mesh: through a gateway every request would be refused`,
      });
    }
    const authority = this.isOutside ? { authority: authorityOf(host, port.port) } : {};
    return split ?? [{ match: HttpMatch.EVERYTHING, action: { destinations: [{ host, port: port.port, ...authority }] } }];
  }

  /** A gateway knows no caller by its labels. */
  public rules(route: RouteToTarget, own: RequestSettings): RequestRule[] {
    return overlaid(this.host.routing.requests.rules(choosePort(this.host.identity, route)).filter(({ match }) => match.caller === undefined), own);
  }
}

/** Browsers speak gRPC-Web. Behind TLS a gateway does not translate it, and a sidecar does so at ports that are declared as gRPC-Web. */
function checkTranslated({ port, name, protocol }: MeshPort, { source, fromBrowsers, hostListeners }: RouteToTarget): void {
  const gatewayListeners = hostListeners?.().flatMap(({ listeners }) => listeners);
  const listener = fromBrowsers && protocol === MeshProtocol.GRPC && gatewayListeners?.find(({ translates }) => !translates);
  if (listener) {
    throw new MeshError('IM1364', source, {
      problem: `the route has a \`corsPolicy\`, for browsers, and leads from port ${listener.port} to port ${port} (${name}), and neither of the two translates their gRPC-Web`, got: protocol,
    });
  }
}
