import { Duration } from 'cdk8s';
import { RetryOn } from './retry-on';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';

/** Options of `Retries.of`. */
export interface RetriesOptions {
  /**
   * How often a request that failed is sent again: it is sent once more often than this.
   */
  readonly attempts: number;

  /**
   * How long each try may take, the first one too, in whole milliseconds.
   *
   * @default - as long as the timeout of the route leaves
   */
  readonly perTryTimeout?: Duration;

  /**
   * What has to have happened.
   *
   * @default - `GATEWAY_ERROR`, `CONNECT_FAILURE`, `REFUSED_STREAM`, `UNAVAILABLE`, `CANCELLED` and `DEADLINE_EXCEEDED`: the statuses 502, 503 and
   * 504 also where the service itself answers them, and tries that took longer than `perTryTimeout`, for HTTP and for gRPC. A service may
   * get such a request twice
   */
  readonly retryOn?: RetryOn[];

  /**
   * Whether later tries may go to other localities than Envoy prefers.
   *
   * @default false
   */
  readonly retryRemoteLocalities?: boolean;

  /**
   * Whether later tries go to other pods than earlier ones, as long as there are any. Needs Istio 1.26 (IM1338).
   *
   * @default - true; false where a hash chooses the pod
   */
  readonly retryIgnorePreviousHosts?: boolean;

  /**
   * How long Envoy waits before it tries again, in whole milliseconds; longer each time, and by chance. Needs Istio 1.26 (IM1338).
   *
   * @default - 25 milliseconds
   */
  readonly backoff?: Duration;
}

/** Those of Istio, and what makes `attempts` and `perTryTimeout` true for services that answer and for services that are slow. */
const DEFAULT = [
  RetryOn.GATEWAY_ERROR, RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM, RetryOn.UNAVAILABLE, RetryOn.CANCELLED, RetryOn.DEADLINE_EXCEEDED,
];

/** What Envoy does when its own clock ends a try. */
const SLOW = [RetryOn.HTTP_5XX, RetryOn.GATEWAY_ERROR, RetryOn.RESET];

/**
 * Whether and how requests that failed are sent once more.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
 */
export class Retries {
  /** Some more tries. */
  public static of(options: RetriesOptions): Retries {
    return new Retries(validateProps('RetriesOptions', options, 'Retries.of()'));
  }

  /**
   * None: not even the two that Istio makes by itself.
   */
  public static none(): Retries {
    return new Retries();
  }

  /** @internal */
  public readonly _toIstio: networking.VirtualServiceSpecHttpRetries;

  private readonly conditions: string[];

  private constructor(private readonly options?: RetriesOptions) {
    const { attempts = 0, perTryTimeout, retryOn: on = DEFAULT, retryRemoteLocalities, retryIgnorePreviousHosts, backoff } = options ?? {};
    const at = 'Retries.of()';
    this.conditions = on.map(condition => condition._condition);
    if (options) {
      this.check(options, at);
    }
    this._toIstio = {
      attempts,
      perTryTimeout: perTryTimeout && istioDuration(perTryTimeout, at),
      retryOn: options && this.conditions.join(','),
      retryRemoteLocalities: retryRemoteLocalities,
      retryIgnorePreviousHosts: retryIgnorePreviousHosts,
      backoff: backoff && istioDuration(backoff, at),
    };
  }

  /**
   * The milliseconds that all tries can take with the waits between them, where there is a limit.
   *
   * @internal
   */
  public get _longest(): number | undefined {
    const { attempts = 0, perTryTimeout, backoff } = this.options ?? {};
    return perTryTimeout && (attempts + 1) * perTryTimeout.toMilliseconds() + (backoff ? waits(attempts) * backoff.toMilliseconds() : 0);
  }

  /**
   * Whether the sidecar of a gRPC service would end slow tries with a status that none of the conditions is for.
   *
   * @internal
   */
  public get _missesSlowCalls(): boolean {
    return this.options?.perTryTimeout !== undefined && !this.conditions.includes(RetryOn.DEADLINE_EXCEEDED._condition);
  }

  /**
   * Whether only Istio 1.26 and later know what is set.
   *
   * @internal
   */
  public get _isNew(): boolean {
    return this.options?.backoff !== undefined || this.options?.retryIgnorePreviousHosts !== undefined;
  }

  private check({ attempts, perTryTimeout, retryOn: on = DEFAULT }: RetriesOptions, at: string): void {
    if (!Number.isInteger(attempts) || attempts < 1 || attempts > 2 ** 31 - 1) {
      throw new MeshError('IM1334', at, { problem: 'not a number of retries', got: attempts, allowed: 'a whole number from 1', next: 'to retry nothing use Retries.none()' });
    }
    const twice = this.conditions.find((condition, i) => this.conditions.indexOf(condition) !== i);
    if (this.conditions.length === 0 || twice !== undefined) {
      throw new MeshError('IM1334', at, { problem: twice === undefined ? 'nothing is retried' : `${twice} is named twice`, got: this.conditions, allowed: 'one condition or more, each once' });
    }
    if (perTryTimeout && !SLOW.some(condition => this.conditions.includes(condition._condition))) {
      throw new MeshError('IM1334', at, {
        problem: 'a try that takes longer than `perTryTimeout` would be the last one: no condition is for it',
        got: on.map(condition => condition._condition),
        allowed: SLOW.map(condition => condition._condition).join(', '),
        next: 'add RetryOn.RESET, or limit the whole request by `timeout`',
      });
    }
  }
}

/** The longest that Envoy waits between so many tries, in first waits: twice as long each time, up to ten times. */
function waits(retries: number): number {
  const growing = [1, 2, 4, 8].slice(0, retries);
  return growing.reduce((sum, wait) => sum + wait, 0) + 10 * (retries - growing.length);
}
