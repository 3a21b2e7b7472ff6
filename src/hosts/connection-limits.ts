import { Duration } from 'cdk8s';
import * as networking from '../../imports/networking.istio.io';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';
import { istioDuration } from '../values/istio-duration';

/**
 * How much one proxy asks of a host at a time. What is more is refused at once: 503 for requests.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export interface ConnectionLimits {
  /**
   * The most connections.
   *
   * @default - no limit that is ever met
   */
  readonly maxTcp?: number;

  /**
   * How long to wait for a connection.
   *
   * @default - 10 seconds
   */
  readonly connectTimeout?: Duration;

  /**
   * The most requests that wait for a connection.
   *
   * @default - no limit that is ever met
   */
  readonly maxPendingHttp?: number;

  /**
   * The most requests in flight.
   *
   * @default - no limit that is ever met
   */
  readonly maxRequests?: number;

  /**
   * The most requests on one connection, which is closed then.
   *
   * @default - no limit
   */
  readonly maxRequestsPerConnection?: number;
}

/**
 * When an endpoint that fails is left alone for a while.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 */
export interface OutlierDetection {
  /**
   * After how many failures in a row: answers of 500 to 599, and for TCP connections that fail.
   *
   * @default - 5
   */
  readonly consecutive5xxErrors?: number;

  /**
   * How often endpoints are looked at.
   *
   * @default - 10 seconds
   */
  readonly interval?: Duration;

  /**
   * How long an endpoint is left alone for the first time. Each further time is longer by as much.
   *
   * @default - 30 seconds
   */
  readonly baseEjectionTime?: Duration;

  /**
   * The share of endpoints, in per cent, that may be left alone at a time. One always may.
   *
   * @default - 10
   */
  readonly maxEjectionPercent?: number;
}

/** The limits as Istio spells them. */
export function renderLimits(limits: ConnectionLimits, at: Located): networking.DestinationRuleSpecTrafficPolicyConnectionPool {
  const { maxTcp, connectTimeout, maxPendingHttp, maxRequests, maxRequestsPerConnection } = limits;
  Object.entries({ maxTcp, maxPendingHttp, maxRequests, maxRequestsPerConnection }).forEach(([name, value]) => count(name, value, at));
  if (Object.values(limits).every(value => value === undefined)) {
    throw new MeshError('IM1519', at, { problem: 'the limits limit nothing', got: limits, allowed: 'one limit at least', next: 'leave `connections` out' });
  }
  const http = { http1MaxPendingRequests: maxPendingHttp, http2MaxRequests: maxRequests, maxRequestsPerConnection };
  return {
    tcp: maxTcp === undefined && !connectTimeout ? undefined
      : { maxConnections: maxTcp, connectTimeout: connectTimeout && istioDuration(connectTimeout, at) },
    http: Object.values(http).every(value => value === undefined) ? undefined : http,
  };
}

/** The detection as Istio spells it. */
export function renderOutliers(detection: OutlierDetection, at: Located): networking.DestinationRuleSpecTrafficPolicyOutlierDetection {
  const { consecutive5xxErrors, interval, baseEjectionTime, maxEjectionPercent } = detection;
  count('consecutive5xxErrors', consecutive5xxErrors, at);
  count('maxEjectionPercent', maxEjectionPercent, at, 100);
  return {
    consecutive5XxErrors: consecutive5xxErrors,
    interval: interval && istioDuration(interval, at),
    baseEjectionTime: baseEjectionTime && istioDuration(baseEjectionTime, at),
    maxEjectionPercent,
  };
}

function count(what: string, value: number | undefined, at: Located, most = 4294967295): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > most)) {
    throw new MeshError('IM1519', at, { problem: `${what} is no number that can be`, got: value, allowed: `a whole number from 1 to ${most}` });
  }
}
