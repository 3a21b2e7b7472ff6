import { Duration } from 'cdk8s';
import { Values } from './values';
import { istioDuration } from '../values/istio-duration';

/**
 * How proxies end, when their pod does: what is under way may finish.
 *
 * A pod that takes longer than its grace period is killed all the same.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export class ProxyDrain {
  /**
   * After a time, whatever is still under way.
   *
   * @param duration whole milliseconds (IM0108); less than the grace period of the pods
   */
  public static after(duration: Duration): ProxyDrain {
    return new ProxyDrain({ terminationDrainDuration: istioDuration(duration, 'ProxyDrain.after()') }, {});
  }

  /**
   * As soon as no connection is open, and not before a time has passed in which clients learn that the pod is going.
   *
   * @param atLeast whole milliseconds (IM0108); less than the grace period of the pods
   */
  public static whenIdle(atLeast: Duration): ProxyDrain {
    return new ProxyDrain({}, { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true', MINIMUM_DRAIN_DURATION: istioDuration(atLeast, 'ProxyDrain.whenIdle()') });
  }

  private constructor(
    /** @internal */ public readonly _config: Values,
    /** @internal */ public readonly _metadata: { readonly [name: string]: string },
  ) {}
}
