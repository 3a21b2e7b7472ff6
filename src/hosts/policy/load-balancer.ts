import { Duration } from 'cdk8s';
import { HashAlgorithm, HashKey } from './hash-key';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';

/**
 * Slow start: a new pod receives increasing traffic until it is warm. Needs Istio 1.24 (IM1338).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#WarmupConfiguration
 */
export interface Warmup {
  /** The time after which a new pod receives its full share of traffic. */
  readonly duration: Duration;

  /**
   * The percentage of its full share that a new pod receives at first, from 0 to 100.
   *
   * @default 10
   */
  readonly minimumPercent?: number;

  /**
   * How the share grows: linearly with 1; later and faster with more; sooner with less, which needs Istio 1.31 (IM1338).
   *
   * @default 1
   */
  readonly aggression?: number;
}

/** Options of `LoadBalancer.leastRequest` and `LoadBalancer.roundRobin`. */
export interface LoadBalancingOptions {
  /**
   * Slow start of new pods.
   *
   * @default - a new pod receives its full share at once
   */
  readonly warmup?: Warmup;
}

/** Options of `LoadBalancer.consistentHash`. */
export interface ConsistentHashOptions {
  /**
   * The consistent hash algorithm.
   *
   * @default HashAlgorithm.ringHash()
   */
  readonly algorithm?: HashAlgorithm;
}

type Istio = networking.DestinationRuleSpecTrafficPolicyLoadBalancer;
const Simple = networking.DestinationRuleSpecTrafficPolicyLoadBalancerSimple;

/**
 * How a proxy balances load over the pods of a host.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
 */
export class LoadBalancer {
  /** Least request: of two random pods, the one with fewer active requests. */
  public static leastRequest(options: LoadBalancingOptions = {}): LoadBalancer {
    return LoadBalancer.simple(Simple.LEAST_UNDERSCORE_REQUEST, options, 'LoadBalancer.leastRequest()');
  }

  /** Round robin: one pod after the other. */
  public static roundRobin(options: LoadBalancingOptions = {}): LoadBalancer {
    return LoadBalancer.simple(Simple.ROUND_UNDERSCORE_ROBIN, options, 'LoadBalancer.roundRobin()');
  }

  /** Random: any pod. */
  public static random(): LoadBalancer {
    return new LoadBalancer({ simple: Simple.RANDOM });
  }

  /**
   * Consistent hash: requests with the same key go to the same pod, as long as the pods stay the same. Each proxy decides by itself: with
   * locality load balancing, callers in two localities can reach different pods for one key.
   *
   * @param key the attribute of a request that is hashed
   */
  public static consistentHash(key: HashKey, options: ConsistentHashOptions = {}): LoadBalancer {
    const at = 'LoadBalancer.consistentHash()';
    const { algorithm = HashAlgorithm.ringHash() } = validateProps('ConsistentHashOptions', options, at);
    return new LoadBalancer({ consistentHash: { ...instanceOf('HashKey', key, at, 'the key')._toIstio, ...algorithm._toIstio } }, key);
  }

  private static simple(simple: Istio['simple'], options: LoadBalancingOptions, at: string): LoadBalancer {
    const { warmup } = validateProps('LoadBalancingOptions', options, at);
    return new LoadBalancer({ simple, warmup: warmup && renderWarmup(warmup, at) });
  }

  private constructor(
    /** @internal */ public readonly _toIstio: Istio,
    /** @internal */ public readonly _key?: HashKey,
  ) {}
}

function renderWarmup({ duration, minimumPercent, aggression }: Warmup, at: string): Istio['warmup'] {
  if (minimumPercent !== undefined && !(minimumPercent >= 0 && minimumPercent <= 100)) {
    throw new MeshError('IM1644', at, { problem: '`minimumPercent` is not a percentage', got: minimumPercent, allowed: 'a number from 0 to 100' });
  }
  if (aggression !== undefined && !(aggression > 0 && Number.isFinite(aggression))) {
    throw new MeshError('IM1644', at, { problem: '`aggression` is invalid', got: aggression, allowed: 'a number above 0' });
  }
  return { duration: istioDuration(duration, at), minimumPercent, aggression };
}
