import { Duration } from 'cdk8s';
import { CorsPolicy } from './cors-policy';
import { Fault } from './fault';
import { HttpHeaders } from './header-operations';
import { HttpRewrite } from './http-rewrite';
import { Mirror, Mirrors } from './mirror';
import { RequestSettings } from './request-settings';
import { Retries } from './retries';
import { RouteToTarget } from '../route-backend';

/**
 * What is done with the requests of a route on their way.
 *
 * A redirect and an answer take a name and headers of the response, and refuse the rest (IM1337).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export interface HttpRouteSettings {
  /**
   * The name of the route in access logs, where that of a match follows behind a dot.
   *
   * @default - none
   */
  readonly name?: string;

  /**
   * What is written anew in a request before it is sent on.
   *
   * @default - nothing
   */
  readonly rewrite?: HttpRewrite;

  /**
   * What is done to the headers of requests and of their answers.
   *
   * @default - nothing
   */
  readonly headers?: HttpHeaders;

  /**
   * How long a request may take with all its tries, in whole milliseconds. When it is over the client gets 504, or
   * gRPC's UNAVAILABLE or DEADLINE_EXCEEDED.
   *
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * Whether and how requests that failed are sent once more. All tries have to fit into the timeout (IM1333).
   *
   * @default - Istio's: two more tries where no connection could be made, or the service was gRPC's UNAVAILABLE or CANCELLED
   */
  readonly retries?: Retries;

  /**
   * Which pages of other origins may call.
   *
   * @default - Envoy has no say in it
   */
  readonly corsPolicy?: CorsPolicy;

  /**
   * A failure that is injected to see what callers make of it.
   *
   * @default - none
   */
  readonly fault?: Fault;

  /**
   * Who else gets copies of the requests.
   *
   * @default - nobody
   */
  readonly mirrors?: Mirror[];
}

/** The settings of a route, with the copies that are made of its requests. */
export function requestSettings({ mirrors, ...settings }: HttpRouteSettings, route: RouteToTarget): RequestSettings {
  return { ...settings, mirrors: mirrors && new Mirrors(mirrors, route) };
}
