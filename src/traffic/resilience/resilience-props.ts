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
   * Who is called: a service, one version of it, a host outside of the mesh, or pods of another cluster.
   *
   * Of a version it is for the pods, wherever a split or a route leads to them (IM1637): only what is said of connections can be said of
   * one (IM1642).
   */
  readonly target: ICallee;

  /**
   * The numbers of the ports that the policy is for.
   *
   * @default - every port but those for UDP
   */
  readonly ports?: number[];

  /**
   * How long a request may take with all its tries, in whole milliseconds. When it is over the caller gets 504, or
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
   * How many of the requests may be retries at a time. For the whole service, none of whose ports has settings of its own (IM1639).
   *
   * @default - no limit
   */
  readonly retryBudget?: RetryBudget;

  /**
   * How much one proxy asks of the service at a time.
   *
   * @default - no limits
   */
  readonly connectionPool?: ConnectionPool;

  /**
   * When a pod that fails is left alone for a while.
   *
   * @default - never
   */
  readonly outlierDetection?: OutlierDetection;

  /**
   * How a proxy chooses among the pods.
   *
   * @default - of two pods by chance, that with fewer requests in flight
   */
  readonly loadBalancer?: LoadBalancer;

  /**
   * Which region stands in for that of the callers, or of the egress gateway. Needs an outlier detection (IM1635), by this policy or by another one of the service.
   *
   * @default - where there is an outlier detection, any other region
   */
  readonly failover?: LocalityFailover[];

  /**
   * Which labels of a pod have to be as those of the caller for it to be preferred, the weightiest first: `key`, or `key=value` to say what it has
   * to be. A label counts where all before it are as they have to be. Needs an outlier detection (IM1635).
   *
   * @default - region, zone and subzone
   */
  readonly failoverPriority?: string[];

  /**
   * How the requests of callers in one locality are divided over localities. Callers elsewhere are spread over all pods. Not together with
   * failover (IM1641).
   *
   * @default - where there is an outlier detection, to the nearest
   */
  readonly distribute?: LocalityDistribution[];

  /**
   * Whether localities make a difference at all. `false` spreads requests over all pods, also where there is an outlier detection.
   *
   * @default - as the mesh says: true
   */
  readonly localityLb?: boolean;

  /**
   * Envoy's own balancing between the zones of a region.
   *
   * @default - as the mesh says: none
   */
  readonly zoneAware?: ZoneAware;

  /**
   * Failures that are injected, asked in this order: the first that matches is taken.
   *
   * @default - none
   */
  readonly faults?: FaultRule[];

  /**
   * Who else gets copies of the requests.
   *
   * @default - nobody
   */
  readonly mirrors?: Mirror[];
}

/** What is said of requests, and not of the pods that take them. */
export const OF_ROUTES = ['timeout', 'retries', 'faults', 'mirrors'] as const;

/** What is said of the choice among pods. */
export const OF_CHOICE = ['loadBalancer', 'failover', 'failoverPriority', 'distribute', 'localityLb', 'zoneAware'] as const;
