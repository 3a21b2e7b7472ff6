import { authorityOf } from './external-backend';
import { HttpMatch } from './http/http-match';
import { overlaid, RequestSettings } from './http/request-settings';
import { MeshHost } from './mesh-host';
import { destinations, Resolution, resolution } from './model/route-action';
import { ResolvedRules, RouteBackend, RouteToTarget } from './model/route-backend';
import { choosePort } from './model/target-port';
import { MeshError } from '../diagnostics/mesh-error';
import { sameCluster } from '../kernel/same-cluster';
import { MeshPort } from '../values/mesh-port';
import { MeshProtocol } from '../values/protocol';

/** A host of the mesh with its split, one version of it, or a host outside. */
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

  public resolve(route: RouteToTarget): Resolution {
    const { host } = this.host.identity;
    const port = choosePort(this.host.identity, route);
    const problems = translationProblems(port, route);
    if (this.version !== undefined) {
      const action = { destinations: destinations(host, { [this.version]: 100 }, port.port) };
      return resolution([{ match: HttpMatch.EVERYTHING, action }], problems);
    }
    const split = this.host.routing.atGateway(port);
    if (split?.every(({ action }) => action.directResponse)) {
      return resolution([], [...problems, new MeshError('IM1206', route.source, {
        problem: `the split of ${this.host.identity.name} knows only callers inside the mesh: through a gateway every request would be refused`,
      })]);
    }
    const authority = this.isOutside ? { authority: authorityOf(host, port.port) } : {};
    return resolution(split ?? [{ match: HttpMatch.EVERYTHING, action: { destinations: [{ host, port: port.port, ...authority }] } }], problems);
  }

  /** Gateways do not know the labels of callers, so rules for callers do not apply. */
  public rules(route: RouteToTarget, own: RequestSettings): ResolvedRules {
    const rules = this.host.routing.requests.rules(choosePort(this.host.identity, route));
    return { rules: overlaid(rules.filter(({ match }) => match.caller === undefined), own), problems: [] };
  }
}

/** Browsers send gRPC-Web. A gateway does not translate it behind TLS. A sidecar translates it at ports that are declared as gRPC-Web. */
function translationProblems({ port, name, protocol }: MeshPort, { source, fromBrowsers, hostListeners }: RouteToTarget): MeshError[] {
  const gatewayListeners = hostListeners?.().flatMap(({ listeners }) => listeners);
  const listener = fromBrowsers && protocol === MeshProtocol.GRPC && gatewayListeners?.find(({ translates }) => !translates);
  return listener ? [
    new MeshError('IM1364', source, {
      problem: `the route has a \`corsPolicy\`, for browsers, and leads from port ${listener.port} to port ${port} (${name}), and neither of the two translates their gRPC-Web`, got: protocol,
    }),
  ] : [];
}
