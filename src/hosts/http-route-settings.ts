import { Duration } from 'cdk8s';
import { CorsPolicy } from './http/cors-policy';
import { Fault } from './http/fault';
import { HttpHeaders } from './http/header-operations';
import { HttpRewrite } from './http/http-rewrite';
import { RequestSettings } from './http/request-settings';
import { Retries } from './http/retries';
import { Mirror, Mirrors } from './mirror';
import { RouteToTarget } from './model/route-backend';

/**
 * Settings of an HTTP route: rewrite, headers, timeout, retries, CORS, faults and mirrors.
 *
 * Redirects and direct responses accept `name` and `headers.response` only (IM1337).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export interface HttpRouteSettings {
  /**
   * The name of the route in access logs. The name of a match is appended after a dot.
   *
   * @default - none
   */
  readonly name?: string;

  /**
   * Rewrites the path or the authority of a request before it is forwarded.
   *
   * @default - no rewrite
   */
  readonly rewrite?: HttpRewrite;

  /**
   * Changes to the headers of requests and responses.
   *
   * @default - none
   */
  readonly headers?: HttpHeaders;

  /**
   * How long a request may take including all attempts, in whole milliseconds. After it, the client receives the status 504, or
   * UNAVAILABLE or DEADLINE_EXCEEDED with gRPC.
   *
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * How failed requests are retried. All attempts must fit into the timeout (IM1333).
   *
   * @default - Istio's default: two retries if no connection was made, or if the gRPC status is UNAVAILABLE or CANCELLED
   */
  readonly retries?: Retries;

  /**
   * Which pages of other origins may call the service from a browser.
   *
   * @default - Envoy does not handle CORS; the service decides
   */
  readonly corsPolicy?: CorsPolicy;

  /**
   * A fault that Envoy injects, to test how callers handle it.
   *
   * @default - none
   */
  readonly fault?: Fault;

  /**
   * Further destinations that receive copies of the requests.
   *
   * @default - none
   */
  readonly mirrors?: Mirror[];
}

/** The settings of a route, with its mirrors bound to the route. */
export function requestSettings({ mirrors, ...settings }: HttpRouteSettings, route: RouteToTarget): RequestSettings {
  return { mirrors: mirrors && new Mirrors(mirrors, route), ...settings };
}
