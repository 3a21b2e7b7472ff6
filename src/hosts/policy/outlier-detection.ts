import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration } from '../../values/istio-duration';
import { LARGEST, wholeNumber } from '../../values/whole-number';

/**
 * When a failing endpoint is ejected from load balancing, and for how long.
 *
 * Each proxy counts failures by itself. Outlier detection also turns on locality load balancing: callers prefer endpoints of their own locality,
 * then of their own region. The first endpoint is ejected at once; others that fail within the same second, up to a second later.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 */
export interface OutlierDetection {
  /**
   * The number of consecutive failures before an endpoint is ejected: responses with the status 500 to 599, or failed connections for TCP. 0 turns this off.
   *
   * @default 5
   */
  readonly consecutive5xxErrors?: number;

  /**
   * The number of consecutive gateway failures before an endpoint is ejected: the status 502, 503 or 504, or failed connections for TCP.
   * They also count for `consecutive5xxErrors`, so this number must be less (IM1636).
   *
   * @default - never
   */
  readonly consecutiveGatewayErrors?: number;

  /**
   * The number of consecutive connections that fail or time out before an endpoint is ejected. If it is set, they are counted separately from
   * error responses.
   *
   * @default - failed connections are counted together with error responses
   */
  readonly consecutiveLocalOriginFailures?: number;

  /**
   * The interval at which ejected endpoints are considered for return.
   *
   * @default - 10 seconds
   */
  readonly interval?: Duration;

  /**
   * How long an endpoint is ejected the first time. Each further ejection is longer by the same time.
   *
   * @default - 30 seconds
   */
  readonly baseEjectionTime?: Duration;

  /**
   * The maximum percentage of endpoints that are ejected at a time, a whole number. Envoy ejects another endpoint only if the percentage still
   * holds afterwards: with 34, one of three.
   *
   * @default - 50, because Istio's default of 10 ejects none of fewer than ten endpoints; 100 with failover, because all endpoints of a locality may fail
   */
  readonly maxEjectionPercent?: number;

  /**
   * The percentage of healthy endpoints, a whole number, below which requests go to all endpoints, ejected or not.
   *
   * @default 0
   */
  readonly minHealthPercent?: number;
}

type Istio = networking.DestinationRuleSpecTrafficPolicyOutlierDetection;

/** Envoy's default of `consecutive5xxErrors`. */
export const DEFAULT_5XX_ERRORS = 5;

/** Renders the detection as `outlierDetection` of a DestinationRule. */
export function renderOutliers(detection: OutlierDetection, at: Located): Istio {
  const { consecutive5xxErrors, consecutiveGatewayErrors, consecutiveLocalOriginFailures, interval, baseEjectionTime } = detection;
  const { maxEjectionPercent, minHealthPercent } = detection;
  checkReached(detection, at);
  const istio: Istio = {
    consecutive5XxErrors: wholeNumber(consecutive5xxErrors, [0, LARGEST], 'IM1519', at, 'consecutive5xxErrors'),
    consecutiveGatewayErrors: wholeNumber(consecutiveGatewayErrors, [1, LARGEST], 'IM1519', at, 'consecutiveGatewayErrors'),
    splitExternalLocalOriginErrors: consecutiveLocalOriginFailures === undefined ? undefined : true,
    consecutiveLocalOriginFailures: wholeNumber(consecutiveLocalOriginFailures, [1, LARGEST], 'IM1519', at, 'consecutiveLocalOriginFailures'),
    interval: interval && istioDuration(interval, at),
    baseEjectionTime: baseEjectionTime && istioDuration(baseEjectionTime, at),
    maxEjectionPercent: wholeNumber(maxEjectionPercent, [1, 100], 'IM1519', at, 'maxEjectionPercent'),
    minHealthPercent: wholeNumber(minHealthPercent, [0, 100], 'IM1519', at, 'minHealthPercent'),
  };
  return istio;
}

/** Checks the combined settings of several constructs. */
export function checkOutliers({ consecutive5XxErrors: consecutive5xxErrors, ...others }: Istio, at: Located): void {
  checkReached({ consecutive5xxErrors, ...others }, at);
}

/** The numbers of failures after which an endpoint is ejected. */
type Counts = Pick<OutlierDetection, 'consecutive5xxErrors' | 'consecutiveGatewayErrors' | 'consecutiveLocalOriginFailures'>;

function checkReached(detection: Counts, at: Located): void {
  const { consecutive5xxErrors = DEFAULT_5XX_ERRORS, consecutiveGatewayErrors, consecutiveLocalOriginFailures } = detection;
  if (consecutiveGatewayErrors !== undefined && consecutive5xxErrors !== 0 && consecutiveGatewayErrors >= consecutive5xxErrors) {
    throw new MeshError('IM1636', at, {
      problem: `an endpoint is ejected after ${consecutive5xxErrors} failures of any kind, so it never reaches ${consecutiveGatewayErrors} gateway failures`,
      got: { consecutive5xxErrors, consecutiveGatewayErrors },
      allowed: `consecutiveGatewayErrors below ${consecutive5xxErrors}, or consecutive5xxErrors: 0`,
    });
  }
  if (consecutive5xxErrors === 0 && consecutiveGatewayErrors === undefined && consecutiveLocalOriginFailures === undefined) {
    throw new MeshError('IM1636', at, { problem: 'the outlier detection never ejects an endpoint', got: { consecutive5xxErrors }, next: 'set a number of failures' });
  }
}
