import { Copies, ResolvedCopies } from './http/request-settings';
import { MeshError } from '../diagnostics/mesh-error';
import { percentage } from '../values/percentage';
import { Destination } from './model/route-action';
import { RouteBackend, RouteToTarget } from './model/route-backend';
import { IRouteTarget, RouteTarget } from './route-target';

/**
 * Sends copies of requests to another destination, and discards the responses.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMirrorPolicy
 */
export interface Mirror {
  /**
   * The destination of the copies: one version of a service, or a service whose traffic is not split (IM1336). Sidecars cannot mirror to a headless
   * Service or to a single pod (IM1362); gateways can. Copies keep the host of the request, also outside of the mesh.
   */
  readonly to: IRouteTarget;

  /**
   * The number of the service's port.
   *
   * @default - the only port that can carry the route
   */
  readonly port?: number;

  /**
   * The percentage of requests that are mirrored, from 0 to 100, with at most four decimals.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/** The mirrors of one route. */
export class Mirrors implements Copies {
  private readonly all: { readonly backend: RouteBackend; readonly route: RouteToTarget; readonly share?: number }[];

  /**
   * @param route the route whose requests are copied
   * @param bySidecars whether sidecars, and not a gateway, mirror the requests
   */
  public constructor(mirrors: Mirror[], route: RouteToTarget, bySidecars = false) {
    this.all = mirrors.map(({ to, port, percentage: share }) => {
      const { _backend: backend } = RouteTarget._resolve(to, route.source);
      if (backend.answers || backend.delegates) {
        const problem = backend.delegates ? 'delegated routes cannot receive copies' : 'a redirect or a direct response cannot receive copies';
        throw new MeshError('IM1336', route.source, { problem, next: 'mirror to a service, or drop the mirror' });
      }
      if (bySidecars && backend.byAddress) {
        throw new MeshError('IM1362', route.source, { problem: 'the mirror is a headless Service or a pod of one, and sidecars cannot mirror to it' });
      }
      // Copies go to this destination directly. The routes of that service do not apply to them.
      return { backend, route: { ...route, port, uncopied: true }, share: share === undefined ? undefined : percentage(share, route.source, 'the share of the mirror') };
    });
  }

  public bind(): void {
    this.all.forEach(({ backend, route }) => backend.bind(route));
  }

  public resolve(): ResolvedCopies {
    const each = this.all.map(({ backend, route, share }) => ({ ...onlyDestination(backend, route), share }));
    const problems = each.flatMap(one => one.problems);
    if (each.length === 0 || problems.length > 0) {
      return { problems };
    }
    const mirrors = each.map(({ destination, share }) => {
      const { host, subset, port } = destination!;
      return {
        destination: { host, subset, port: port === undefined ? undefined : { number: port } },
        percentage: share === undefined ? undefined : { value: share },
      };
    });
    return { mirrors, problems };
  }
}

/** The destination of a mirror. There is none if the backend has problems or several destinations. */
function onlyDestination(
  backend: RouteBackend, route: RouteToTarget,
): { readonly destination?: Destination; readonly problems: readonly MeshError[] } {
  const { routes, problems } = backend.resolve(route);
  const all = routes.flatMap(({ action: { destinations = [] } }) => destinations);
  if (problems.length > 0 || (routes.length === 1 && all.length === 1)) {
    return { destination: all[0], problems };
  }
  return {
    problems: [new MeshError('IM1336', route.source, {
      problem: 'the traffic of the mirror service is split, and a mirror has one destination',
      got: all.map(({ host, subset, weight }) => `${host}${subset === undefined ? '' : ` ${subset}`}${weight === undefined ? '' : ` ${weight}%`}`),
      next: 'mirror to one of its versions: `service.versionOf(name)`',
    })],
  };
}
