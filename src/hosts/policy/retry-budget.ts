import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration } from '../../values/istio-duration';
import { LARGEST, wholeNumber } from '../../values/whole-number';

/**
 * How many of a proxy's requests to a host may be retries at a time. Needs Istio 1.27 (IM1338).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget
 */
export interface RetryBudget {
  /**
   * The share of the requests in flight that may be retries, from 0 to 100.
   *
   * @default 20
   */
  readonly percent?: number;

  /**
   * How many retries there may be, however few requests are in flight.
   *
   * @default 3
   */
  readonly minRetryConcurrency?: number;

  /**
   * Over how long requests are counted. Needs Istio 1.31 (IM1338).
   *
   * @default - those in flight are counted
   */
  readonly budgetInterval?: Duration;
}

/** The budget as Istio spells it. */
export function renderBudget(budget: RetryBudget, at: Located): networking.DestinationRuleSpecTrafficPolicyRetryBudget {
  const { percent, minRetryConcurrency, budgetInterval } = budget;
  if (percent !== undefined && !(percent >= 0 && percent <= 100)) {
    throw new MeshError('IM1633', at, { problem: 'percent of the retry budget is no percentage', got: percent, allowed: 'a number from 0 to 100' });
  }
  return {
    percent: percent ?? 20,
    minRetryConcurrency: wholeNumber(minRetryConcurrency, [1, LARGEST], 'IM1519', at, 'minRetryConcurrency'),
    budgetInterval: budgetInterval && istioDuration(budgetInterval, at),
  };
}
