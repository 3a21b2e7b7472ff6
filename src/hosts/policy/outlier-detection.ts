import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration } from '../../values/istio-duration';
import { LARGEST, wholeNumber } from '../../values/whole-number';

/**
 * When an endpoint that fails is left alone for a while: it is ejected.
 *
 * Every proxy counts by itself. As soon as there is a detection, callers prefer endpoints of their own locality, then of their own region.
 * The first endpoint is left alone at once; those that fail in the same second up to a second later.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 */
export interface OutlierDetection {
  /**
   * After how many failures in a row: answers of 500 to 599, and for TCP connections that fail. 0 for never.
   *
   * @default 5
   */
  readonly consecutive5xxErrors?: number;

  /**
   * After how many failures of a gateway in a row: 502, 503, 504, and for TCP connections that fail. They count as `consecutive5xxErrors`
   * as well, so this has to be less (IM1636).
   *
   * @default - never
   */
  readonly consecutiveGatewayErrors?: number;

  /**
   * After how many connections in a row that fail or take too long. They are then counted apart from what the endpoint answers.
   *
   * @default - they are counted with the answers
   */
  readonly consecutiveLocalOriginFailures?: number;

  /**
   * How often endpoints are looked at, to let them return.
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
   * The share of all endpoints, in whole per cent, that may be left alone at a time. An endpoint with which it would be more is not
   * left alone, be it the first: of three, one may at 34.
   *
   * @default - 50, since Istio's 10 is none of fewer than ten endpoints; where there is failover 100, since all endpoints of a locality may fail
   */
  readonly maxEjectionPercent?: number;

  /**
   * The share of endpoints, in whole per cent, below which requests go to all of them again, ejected or not.
   *
   * @default 0
   */
  readonly minHealthPercent?: number;
}

type Istio = networking.DestinationRuleSpecTrafficPolicyOutlierDetection;

/** Envoy's number of failures where none is said. */
export const USUAL_ERRORS = 5;

/** The detection as Istio spells it. */
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

/** Refuses what two constructs say together and neither by itself. */
export function checkOutliers({ consecutive5XxErrors: consecutive5xxErrors, ...others }: Istio, at: Located): void {
  checkReached({ consecutive5xxErrors, ...others }, at);
}

/** After how many failures of each sort. */
type Counts = Pick<OutlierDetection, 'consecutive5xxErrors' | 'consecutiveGatewayErrors' | 'consecutiveLocalOriginFailures'>;

function checkReached(detection: Counts, at: Located): void {
  const { consecutive5xxErrors = USUAL_ERRORS, consecutiveGatewayErrors, consecutiveLocalOriginFailures } = detection;
  if (consecutiveGatewayErrors !== undefined && consecutive5xxErrors !== 0 && consecutiveGatewayErrors >= consecutive5xxErrors) {
    throw new MeshError('IM1636', at, {
      problem: `an endpoint is ejected after ${consecutive5xxErrors} failures of any kind, before there are ${consecutiveGatewayErrors} of a gateway`,
      got: { consecutive5xxErrors, consecutiveGatewayErrors },
      allowed: `consecutiveGatewayErrors below ${consecutive5xxErrors}, or consecutive5xxErrors: 0`,
    });
  }
  if (consecutive5xxErrors === 0 && consecutiveGatewayErrors === undefined && consecutiveLocalOriginFailures === undefined) {
    throw new MeshError('IM1636', at, { problem: 'nothing ever ejects an endpoint', got: { consecutive5xxErrors }, next: 'say after how many failures' });
  }
}
