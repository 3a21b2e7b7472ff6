import { Duration } from 'cdk8s';
import { FaultRule } from './fault-rule';
import { Retries } from '../../hosts/http/retries';
import { Mirror } from '../../hosts/mirror';
import { ConnectionPool } from '../../hosts/policy/connection-pool';
import { LoadBalancer } from '../../hosts/policy/load-balancer';
import { LocalityDistribution, LocalityFailover, ZoneAware } from '../../hosts/policy/locality';
import { OutlierDetection } from '../../hosts/policy/outlier-detection';
import { RetryBudget } from '../../hosts/policy/retry-budget';
import { ICallee } from '../../services/calls/callee';

/** Properties of a `ResiliencePolicy`. */
export interface ResiliencePolicyProps {
  /**
   * The target of the policy: a service, one version of it, an external host, or pods of another cluster.
   *
   * A version needs a split or a route that leads to it (IM1637), and accepts only settings of the DestinationRule: connection pool, outlier
   * detection and load balancing (IM1642).
   */
  readonly target: ICallee;

  /**
   * The numbers of the ports to which the policy applies.
   *
   * @default - all ports except UDP
   */
  readonly ports?: number[];

  /**
   * How long a request may take including all attempts, in whole milliseconds. After it, the caller receives the status 504, or
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
   * The limit on concurrent retries. For the whole service; excludes settings of single ports (IM1639).
   *
   * @default - no limit
   */
  readonly retryBudget?: RetryBudget;

  /**
   * The limits on the connections and requests of one proxy.
   *
   * @default - no limits
   */
  readonly connectionPool?: ConnectionPool;

  /**
   * When a failing pod is ejected from load balancing.
   *
   * @default - no outlier detection
   */
  readonly outlierDetection?: OutlierDetection;

  /**
   * The load balancing algorithm.
   *
   * @default - least request: of two random pods, the one with fewer active requests
   */
  readonly loadBalancer?: LoadBalancer;

  /**
   * To which region callers (or the egress gateway) fail over from their own. Needs an outlier detection (IM1635), in this policy or in another one of the service.
   *
   * @default - any other region, if there is an outlier detection
   */
  readonly failover?: LocalityFailover[];

  /**
   * The labels by which pods are preferred, in order of priority: `key` if the pod's value must equal the caller's, or `key=value` for a fixed
   * value. A label counts only if all labels before it match. Needs an outlier detection (IM1635).
   *
   * @default - region, zone and subzone
   */
  readonly failoverPriority?: string[];

  /**
   * How the requests of callers in one locality are distributed over localities. Requests from other localities are spread over all pods. Excludes
   * `failover` (IM1641).
   *
   * @default - to the nearest locality, if there is an outlier detection
   */
  readonly distribute?: LocalityDistribution[];

  /**
   * Whether locality load balancing is on. `false` spreads requests over all pods, even with an outlier detection.
   *
   * @default - the setting of the mesh: true
   */
  readonly localityLb?: boolean;

  /**
   * Envoy's zone aware load balancing within a region.
   *
   * @default - the setting of the mesh: off
   */
  readonly zoneAware?: ZoneAware;

  /**
   * The faults to inject, in order of evaluation: the first match applies.
   *
   * @default - none
   */
  readonly faults?: FaultRule[];

  /**
   * Further destinations that receive copies of the requests.
   *
   * @default - none
   */
  readonly mirrors?: Mirror[];
}

/** The settings of requests, which belong to the VirtualService. */
export const REQUEST_SETTINGS = ['timeout', 'retries', 'faults', 'mirrors'] as const;

/** The settings of load balancing. */
export const LOAD_BALANCING_SETTINGS = ['loadBalancer', 'failover', 'failoverPriority', 'distribute', 'localityLb', 'zoneAware'] as const;
