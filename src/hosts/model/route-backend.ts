import { IConstruct } from 'constructs';
import { HostListeners } from './host-listeners';
import { Resolution } from './route-action';
import { RouteTable } from './route-table';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshProtocol } from '../../values/protocol';
import { HttpMatch } from '../http/http-match';
import { RequestRule, RequestSettings } from '../http/request-settings';

/** The service that a route calls. */
export interface CalledService {
  readonly service: IConstruct;
  /** The version of the service, if the route leads to one version. */
  readonly version?: string;
  readonly port: number;
  /** Whether the policies of the service do not mirror the requests. */
  readonly uncopied?: boolean;
}

/** The attributes of a route that its backend depends on. */
export interface RouteToTarget {
  /** The construct that made the route. */
  readonly source: IConstruct;
  /** The port of the target, if the route names one. */
  readonly port?: number;
  /** The protocol of the route. */
  readonly protocol: MeshProtocol;
  /** The matches of the route. Undefined for connections. */
  readonly matches?: HttpMatch[];
  /** All routes of its host, in the order of evaluation, if the host is known. Called at synthesis. */
  readonly routesOfHost?: () => RouteTable;
  /** The listeners at which gateways serve its host. Called at synthesis. */
  readonly hostListeners?: () => HostListeners[];
  /** Whether the route has a `corsPolicy`, so that browsers call it from pages of other origins. */
  readonly fromBrowsers?: boolean;
  /** Whether other routes delegate to this one. Delegated routes cannot delegate again. */
  readonly delegated?: boolean;
  /** Whether the policies of the target do not mirror the requests: the route carries copies, or has mirrors of its own. */
  readonly uncopied?: boolean;
  /** Records a call of the route. Delegated routes record theirs later. */
  readonly calls?: (called: CalledService) => void;
}

/** Rules for requests at synthesis, and the errors that prevent them. */
export interface ResolvedRules {
  /** In the order of evaluation; the last one is for all remaining requests. */
  readonly rules: RequestRule[];
  readonly problems: MeshError[];
}

/**
 * The implementation of a `RouteTarget`.
 */
export interface RouteBackend {
  /** Whether Envoy itself answers the requests. */
  readonly answers?: boolean;

  /** Whether the route delegates to further routes, for which its settings are defaults. */
  readonly delegates?: boolean;

  /** Whether it cannot be one of several weighted targets. */
  readonly whole?: boolean;

  /** Whether sidecars forward requests to the address that the client dials. */
  readonly byAddress?: boolean;

  /** The redirect, if it is one. */
  readonly redirect?: networking.VirtualServiceSpecHttpRedirect;

  /** Refuses a route that cannot lead here, creates the subsets that it needs, and records its calls. */
  bind(route: RouteToTarget): void;

  /** The actions for requests of the route, with conditions of the backend. Called at synthesis. */
  resolve(route: RouteToTarget): Resolution;

  /**
   * The settings for requests of the route. A backend without this method leaves the settings of the route as they are. Called at synthesis.
   *
   * @param own the settings of the route, which override those of the backend
   */
  rules?(route: RouteToTarget, own: RequestSettings): ResolvedRules;
}

/** Whether routes of a protocol have requests, with paths and headers, rather than connections alone. */
export function readsRequests(protocol: MeshProtocol): boolean {
  return protocol === MeshProtocol.HTTP || protocol === MeshProtocol.GRPC;
}
