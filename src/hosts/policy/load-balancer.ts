import { Duration } from 'cdk8s';
import { HashAlgorithm, HashKey } from './hash-key';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';

/**
 * How a new pod is spared until it is warm. Needs Istio 1.24 (IM1338).
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#WarmupConfiguration
 */
export interface Warmup {
  /** How long it takes to its full share. */
  readonly duration: Duration;

  /**
   * What it gets of its share in the beginning, from 0 to 100 per cent.
   *
   * @default 10
   */
  readonly minimumPercent?: number;

  /**
   * How the share grows: evenly by 1, later and faster by more; sooner by less, which needs Istio 1.31 (IM1338).
   *
   * @default 1
   */
  readonly aggression?: number;
}

/** Options of `LoadBalancer.leastRequest` and `LoadBalancer.roundRobin`. */
export interface LoadBalancingOptions {
  /**
   * How a new pod is spared until it is warm.
   *
   * @default - it gets its share at once
   */
  readonly warmup?: Warmup;
}

/** Options of `LoadBalancer.consistentHash`. */
export interface ConsistentHashOptions {
  /**
   * How pods are found by a key.
   *
   * @default HashAlgorithm.ringHash()
   */
  readonly algorithm?: HashAlgorithm;
}

type Istio = networking.DestinationRuleSpecTrafficPolicyLoadBalancer;
const Simple = networking.DestinationRuleSpecTrafficPolicyLoadBalancerSimple;

/**
 * How a proxy chooses among the pods of a host.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings
 */
export class LoadBalancer {
  /** Of two pods by chance, that with fewer requests in flight. */
  public static leastRequest(options: LoadBalancingOptions = {}): LoadBalancer {
    return LoadBalancer.simple(Simple.LEAST_UNDERSCORE_REQUEST, options, 'LoadBalancer.leastRequest()');
  }

  /** One pod after the other. */
  public static roundRobin(options: LoadBalancingOptions = {}): LoadBalancer {
    return LoadBalancer.simple(Simple.ROUND_UNDERSCORE_ROBIN, options, 'LoadBalancer.roundRobin()');
  }

  /** Any pod, by chance. */
  public static random(): LoadBalancer {
    return new LoadBalancer({ simple: Simple.RANDOM });
  }

  /**
   * The same pod for the same key, as long as the pods stay the same. Every proxy decides by itself: callers of two localities that prefer
   * what is near come to different pods.
   *
   * @param key by what requests are told apart
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
    throw new MeshError('IM1644', at, { problem: 'minimumPercent is no percentage', got: minimumPercent, allowed: 'a number from 0 to 100' });
  }
  if (aggression !== undefined && !(aggression > 0 && Number.isFinite(aggression))) {
    throw new MeshError('IM1644', at, { problem: 'the aggression is none', got: aggression, allowed: 'a number above 0' });
  }
  return { duration: istioDuration(duration, at), minimumPercent, aggression };
}
