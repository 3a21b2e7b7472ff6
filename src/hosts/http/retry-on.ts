import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';

/** The error statuses that Istio accepts in `retryOn`. */
const FAILURES = /^(40\d|41[0-8]|42[1-689]|431|451|50[0-8]|51[01])$/;

/**
 * A condition under which a request is retried.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
export class RetryOn {
  /** A response with a status from 500 to 599, or no response. Includes `RESET`. */
  public static readonly HTTP_5XX = new RetryOn('5xx');
  /** A response with the status 502, 503 or 504, or no response. Includes `RESET`. */
  public static readonly GATEWAY_ERROR = new RetryOn('gateway-error');
  /** No response: the connection was refused, reset or closed, or the attempt took longer than `perTryTimeout`. */
  public static readonly RESET = new RetryOn('reset');
  /** The connection was reset before any part of the request was sent. */
  public static readonly RESET_BEFORE_REQUEST = new RetryOn('reset-before-request');
  /** No connection could be made. */
  public static readonly CONNECT_FAILURE = new RetryOn('connect-failure');
  /** A response with the status 409. */
  public static readonly RETRIABLE_4XX = new RetryOn('retriable-4xx');
  /** The service refused the stream before it processed the request, so a retry is safe. */
  public static readonly REFUSED_STREAM = new RetryOn('refused-stream');
  /** A response with the header `x-envoy-ratelimited`, by which Envoy limits the rate of requests. */
  public static readonly ENVOY_RATELIMITED = new RetryOn('envoy-ratelimited');
  /** The gRPC status CANCELLED. */
  public static readonly CANCELLED = new RetryOn('cancelled');
  /** The gRPC status DEADLINE_EXCEEDED. The sidecar of the service also returns it when an attempt takes longer than `perTryTimeout`. */
  public static readonly DEADLINE_EXCEEDED = new RetryOn('deadline-exceeded');
  /** The gRPC status INTERNAL. */
  public static readonly INTERNAL = new RetryOn('internal');
  /** The gRPC status RESOURCE_EXHAUSTED. */
  public static readonly RESOURCE_EXHAUSTED = new RetryOn('resource-exhausted');
  /** The gRPC status UNAVAILABLE. */
  public static readonly UNAVAILABLE = new RetryOn('unavailable');

  /**
   * A response of the service with this status.
   *
   * @param code an error status, such as 429 or 503 (IM1334)
   */
  public static status(code: number): RetryOn {
    if (!FAILURES.test(String(code))) {
      throw new MeshError('IM1334', `RetryOn.status(${show(code)})`, { problem: 'the number is not an error status', got: code, allowed: 'an HTTP status from 400 to 511' });
    }
    return new RetryOn(String(code));
  }

  private constructor(/** @internal */ public readonly _condition: string) {}
}
