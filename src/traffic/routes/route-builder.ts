import { IConstruct } from 'constructs';
import { HttpRouteSettings, requestSettings } from '../../hosts/http-route-settings';
import { CalledService, RouteBackend, RouteToTarget } from '../../hosts/model/route-backend';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { RouteSettings } from '../../hosts/routes/route-settings';
import { ObservableList } from '../../kernel/observable-list';
import { MeshProtocol } from '../../values/protocol';

/** The target of a route, and its port. */
export interface RouteOptions {
  readonly to: IRouteTarget;
  /** The number of the target's port. */
  readonly port?: number;
}

/** What a route has besides its target: all of it optional. */
export type RouteDetails = Omit<Partial<RouteToTarget>, 'source' | 'protocol' | 'port' | 'uncopied' | 'fromBrowsers' | 'calls'>;

/** A route that can be added to the routes of a host, and the services that it calls. */
export interface BuiltRoute {
  readonly backend: RouteBackend;
  readonly route: RouteToTarget;
  readonly settings: RouteSettings;
  /** Empty until the route is added. Delegated routes extend it later. */
  readonly calls: ObservableList<CalledService>;
}

/**
 * Builds a route to a target. It adds nothing and records nothing: the caller adds the route, and then records its calls.
 *
 * @param source the construct that makes the route
 */
export function buildRoute(
  source: IConstruct, { to, port }: RouteOptions, protocol: MeshProtocol, settings: HttpRouteSettings = {}, details: RouteDetails = {},
): BuiltRoute {
  const { _backend: backend } = RouteTarget._resolve(to, source);
  const calls = new ObservableList<CalledService>();
  const route: RouteToTarget = {
    source,
    protocol,
    port,
    uncopied: settings.mirrors !== undefined,
    fromBrowsers: settings.corsPolicy !== undefined,
    calls: called => calls.add(called),
    ...details,
  };
  return { backend, route, calls, settings: RouteSettings.create(requestSettings(settings, route), route, backend) };
}
