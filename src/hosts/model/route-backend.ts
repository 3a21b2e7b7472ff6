import { IConstruct } from 'constructs';
import { HostListeners } from './host-listeners';
import { OwnedMatch, RoutedMatch } from './route-action';
import * as networking from '../../../imports/networking.istio.io';
import { MeshProtocol } from '../../values/protocol';
import { HttpMatch } from '../http/http-match';
import { RequestRule, RequestSettings } from '../http/request-settings';

/** Who answers at the end of a route. */
export interface CalledService {
  readonly service: IConstruct;
  /** The version of the service that answers, where it is one alone. */
  readonly version?: string;
  readonly port: number;
  /** Whether what arrives is copied no further by the policies of the service. */
  readonly uncopied?: boolean;
}

/** What the end of a route needs to know of the route that leads to it. */
export interface RouteToTarget {
  /** The construct that made the route. */
  readonly source: IConstruct;
  /** The port of the target, where it was said. */
  readonly port?: number;
  /** What the route speaks. */
  readonly protocol: MeshProtocol;
  /** Which requests it is for, where it reads requests. */
  readonly matches?: HttpMatch[];
  /** All that is asked of requests for its host, in that order: asked when all have spoken, where the host is known. */
  readonly asked?: () => (RoutedMatch & OwnedMatch)[];
  /** Where it is asked, as far as that is known when all have spoken. */
  readonly hostListeners?: () => HostListeners[];
  /** Whether pages of other origins may call by it. */
  readonly fromBrowsers?: boolean;
  /** Whether other routes lead to this one: it cannot hand on what was handed to it. */
  readonly delegated?: boolean;
  /** Whether what it leads to makes no copies: it carries copies itself, or says who gets them. */
  readonly uncopied?: boolean;
  /** Is told who is called by the route: at once, or when that is known. */
  readonly calls?: (called: CalledService) => void;
}

/**
 * The end of a route: what a `RouteTarget` stands for. A construct that routes can lead to has one of its own.
 */
export interface RouteBackend {
  /** Whether requests end here, answered by Envoy itself. */
  readonly answers?: boolean;

  /** Whether requests are handed on to further routes, for which the settings of this one are defaults. */
  readonly delegates?: boolean;

  /** Whether it takes all of a route, and no share of one. */
  readonly whole?: boolean;

  /** Whether a sidecar sends requests on to the address that was dialled. */
  readonly byAddress?: boolean;

  /** Where clients are sent to, if that is all that happens here. */
  readonly redirect?: networking.VirtualServiceSpecHttpRedirect;

  /** Refuses at once a route that cannot lead here, makes what it needs, and tells the route who is called. */
  bind(route: RouteToTarget): void;

  /**
   * What becomes of requests that a route leads here: in the order to be asked, with conditions of the end's own.
   * Only asked when all constructs have spoken.
   */
  resolve(route: RouteToTarget): RoutedMatch[];

  /**
   * What is done with the requests of a route that leads here: in the order to be asked, with everyone else at the end. Where it is left
   * out, what the route says. Only asked when all constructs have spoken.
   *
   * @param own what the route says, which goes before what the end says
   */
  rules?(route: RouteToTarget, own: RequestSettings): RequestRule[];
}

/** Whether routes of a protocol have requests, with paths and headers, rather than connections alone. */
export function readsRequests(protocol: MeshProtocol): boolean {
  return protocol === MeshProtocol.HTTP || protocol === MeshProtocol.GRPC;
}
