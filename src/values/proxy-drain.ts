import { Duration } from 'cdk8s';
import { istioDuration } from './istio-duration';
import { validateProps } from '../diagnostics/validate-props';

/** Options of `ProxyDrain.untilIdle`. */
export interface UntilIdleOptions {
  /**
   * How long a pod goes on at least, for load balancers that still send connections to it.
   *
   * @default Duration.seconds(10)
   */
  readonly minDrainDuration?: Duration;
}

/**
 * What a proxy does with its connections when its pod ends. It asks HTTP clients at once to reconnect.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export class ProxyDrain {
  /**
   * It ends when its last connection has ended, at the latest when the time for its termination is over: the agent's
   * `EXIT_ON_ZERO_ACTIVE_CONNECTIONS` and `MINIMUM_DRAIN_DURATION`.
   *
   * A time that is not of whole milliseconds is refused (IM0108).
   */
  public static untilIdle(options: UntilIdleOptions = {}): ProxyDrain {
    const at = 'ProxyDrain.untilIdle()';
    const { minDrainDuration: atLeast = Duration.seconds(10) } = validateProps('UntilIdleOptions', options, at);
    return new ProxyDrain(atLeast, {
      proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true', MINIMUM_DRAIN_DURATION: istioDuration(atLeast, at) },
    });
  }

  /**
   * It ends after a time, whatever connections there are: `terminationDrainDuration`.
   *
   * @param time how long; one that is not of whole milliseconds is refused (IM0108)
   */
  public static after(time: Duration): ProxyDrain {
    return new ProxyDrain(time, { terminationDrainDuration: istioDuration(time, 'ProxyDrain.after()') });
  }

  private constructor(
    /** @internal */ public readonly _least: Duration,
    /** @internal */ public readonly _proxyConfig: { readonly [setting: string]: unknown },
  ) {}
}
