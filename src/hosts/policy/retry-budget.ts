import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { istioDuration } from '../../values/istio-duration';
import { LARGEST, wholeNumber } from '../../values/whole-number';

/**
 * The retry budget: a limit on a proxy's concurrent retries to a host, relative to its active requests. Needs Istio 1.27 (IM1338).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget
 */
export interface RetryBudget {
  /**
   * The percentage of active requests that may be retries, from 0 to 100.
   *
   * @default 20
   */
  readonly percent?: number;

  /**
   * The number of concurrent retries that are always allowed.
   *
   * @default 3
   */
  readonly minRetryConcurrency?: number;

  /**
   * The time window in which requests are counted. Needs Istio 1.31 (IM1338).
   *
   * @default - only active requests are counted
   */
  readonly budgetInterval?: Duration;
}

/** Renders the budget as `retryBudget` of a DestinationRule. */
export function renderBudget(budget: RetryBudget, at: Located): networking.DestinationRuleSpecTrafficPolicyRetryBudget {
  const { percent, minRetryConcurrency, budgetInterval } = budget;
  if (percent !== undefined && !(percent >= 0 && percent <= 100)) {
    throw new MeshError('IM1633', at, { problem: '`percent` of the retry budget is not a percentage', got: percent, allowed: 'a number from 0 to 100' });
  }
  return {
    percent: percent ?? 20,
    minRetryConcurrency: wholeNumber(minRetryConcurrency, [1, LARGEST], 'IM1519', at, 'minRetryConcurrency'),
    budgetInterval: budgetInterval && istioDuration(budgetInterval, at),
  };
}
