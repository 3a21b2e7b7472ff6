import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';

/** The statuses of failures that Istio knows; it takes other numbers for words, and refuses them. */
const FAILURES = /^(40\d|41[0-8]|42[1-689]|431|451|50[0-8]|51[01])$/;

/**
 * What happened to a request that is then sent once more.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
export class RetryOn {
  /** Any answer with a status of 500 to 599, or no answer: what `RESET` is, too. */
  public static readonly HTTP_5XX = new RetryOn('5xx');
  /** The status 502, 503 or 504, or no answer: what `RESET` is, too. */
  public static readonly GATEWAY_ERROR = new RetryOn('gateway-error');
  /** No answer: the connection was refused, reset or closed, or the try took longer than `perTryTimeout`. */
  public static readonly RESET = new RetryOn('reset');
  /** The connection was reset before anything of the request was sent. */
  public static readonly RESET_BEFORE_REQUEST = new RetryOn('reset-before-request');
  /** No connection could be made. */
  public static readonly CONNECT_FAILURE = new RetryOn('connect-failure');
  /** The status 409. */
  public static readonly RETRIABLE_4XX = new RetryOn('retriable-4xx');
  /** The service refused the stream before it looked at it: safe to send again. */
  public static readonly REFUSED_STREAM = new RetryOn('refused-stream');
  /** Envoy's own limit of requests, with the header `x-envoy-ratelimited`. */
  public static readonly ENVOY_RATELIMITED = new RetryOn('envoy-ratelimited');
  /** gRPC's status CANCELLED. */
  public static readonly CANCELLED = new RetryOn('cancelled');
  /** gRPC's status DEADLINE_EXCEEDED, which the service's sidecar answers, too, when a try took longer than `perTryTimeout`. */
  public static readonly DEADLINE_EXCEEDED = new RetryOn('deadline-exceeded');
  /** gRPC's status INTERNAL. */
  public static readonly INTERNAL = new RetryOn('internal');
  /** gRPC's status RESOURCE_EXHAUSTED. */
  public static readonly RESOURCE_EXHAUSTED = new RetryOn('resource-exhausted');
  /** gRPC's status UNAVAILABLE. */
  public static readonly UNAVAILABLE = new RetryOn('unavailable');

  /**
   * An answer with this status, given by the service itself.
   *
   * @param code the status of a failure, such as 429 or 503 (IM1334)
   */
  public static status(code: number): RetryOn {
    if (!FAILURES.test(String(code))) {
      throw new MeshError('IM1334', `RetryOn.status(${show(code)})`, { problem: 'not the status of a failure', got: code, allowed: 'a status of HTTP from 400 to 511' });
    }
    return new RetryOn(String(code));
  }

  private constructor(/** @internal */ public readonly _condition: string) {}
}
