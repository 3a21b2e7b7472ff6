import { Duration } from 'cdk8s';
import { RetryOn } from './retry-on';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';

/** Options of `Retries.of`. */
export interface RetriesOptions {
  /**
   * The number of retries. Together with the first attempt, a request is sent up to `attempts` + 1 times.
   */
  readonly attempts: number;

  /**
   * The timeout of each attempt, including the first, in whole milliseconds.
   *
   * @default - the timeout of the route
   */
  readonly perTryTimeout?: Duration;

  /**
   * The conditions under which a request is retried.
   *
   * @default - `GATEWAY_ERROR`, `CONNECT_FAILURE`, `REFUSED_STREAM`, `UNAVAILABLE`, `CANCELLED` and `DEADLINE_EXCEEDED`: this includes the statuses 502, 503
   * and 504 of the service itself, and attempts that take longer than `perTryTimeout`, for HTTP and gRPC. A service may
   * receive such a request twice
   */
  readonly retryOn?: RetryOn[];

  /**
   * Whether retries may go to localities that Envoy does not prefer.
   *
   * @default false
   */
  readonly retryRemoteLocalities?: boolean;

  /**
   * Whether retries go to other pods than earlier attempts, as long as there are any. Needs Istio 1.26 (IM1338).
   *
   * @default - true; false with a consistent hash
   */
  readonly retryIgnorePreviousHosts?: boolean;

  /**
   * The base interval between attempts, in whole milliseconds. It grows exponentially, with jitter. Needs Istio 1.26 (IM1338).
   *
   * @default - 25 milliseconds
   */
  readonly backoff?: Duration;
}

/** Istio's default, and what makes `attempts` and `perTryTimeout` effective both for error responses and for slow services. */
const DEFAULT = [
  RetryOn.GATEWAY_ERROR, RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM, RetryOn.UNAVAILABLE, RetryOn.CANCELLED, RetryOn.DEADLINE_EXCEEDED,
];

/** The conditions that include an attempt that Envoy's timeout ended. */
const SLOW = [RetryOn.HTTP_5XX, RetryOn.GATEWAY_ERROR, RetryOn.RESET];

/**
 * How failed requests are retried.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
 */
export class Retries {
  /** Retries failed requests. */
  public static of(options: RetriesOptions): Retries {
    return new Retries(validateProps('RetriesOptions', options, 'Retries.of()'));
  }

  /**
   * Retries nothing. This turns off the two retries that Istio makes by default.
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
   * The milliseconds that all attempts and the intervals between them can take, if that is limited.
   *
   * @internal
   */
  public get _longest(): number | undefined {
    const { attempts = 0, perTryTimeout, backoff } = this.options ?? {};
    return perTryTimeout && (attempts + 1) * perTryTimeout.toMilliseconds() + (backoff ? waits(attempts) * backoff.toMilliseconds() : 0);
  }

  /**
   * Whether the sidecar of a gRPC service would end slow attempts with a status that no condition covers.
   *
   * @internal
   */
  public get _missesSlowCalls(): boolean {
    return this.options?.perTryTimeout !== undefined && !this.conditions.includes(RetryOn.DEADLINE_EXCEEDED._condition);
  }

  /**
   * Whether a field is set that needs Istio 1.26.
   *
   * @internal
   */
  public get _isNew(): boolean {
    return this.options?.backoff !== undefined || this.options?.retryIgnorePreviousHosts !== undefined;
  }

  private check({ attempts, perTryTimeout, retryOn: on = DEFAULT }: RetriesOptions, at: string): void {
    if (!Number.isInteger(attempts) || attempts < 1 || attempts > 2 ** 31 - 1) {
      throw new MeshError('IM1334', at, { problem: '`attempts` is not a number of retries', got: attempts, allowed: 'a whole number from 1', next: 'use Retries.none() to turn retries off' });
    }
    const duplicate = this.conditions.find((condition, i) => this.conditions.indexOf(condition) !== i);
    if (this.conditions.length === 0 || duplicate !== undefined) {
      throw new MeshError('IM1334', at, { problem: duplicate === undefined ? 'no condition is listed' : `${duplicate} is listed twice`, got: this.conditions, allowed: 'at least one condition, each at most once' });
    }
    if (perTryTimeout && !SLOW.some(condition => this.conditions.includes(condition._condition))) {
      throw new MeshError('IM1334', at, {
        problem: 'no condition covers an attempt that takes longer than `perTryTimeout`, so it would not be retried',
        got: on.map(condition => condition._condition),
        allowed: SLOW.map(condition => condition._condition).join(', '),
        next: 'add RetryOn.RESET, or limit the whole request with `timeout`',
      });
    }
  }
}

/** The longest total of intervals between attempts, as a multiple of the base interval. Each interval doubles, up to ten times the base. */
function waits(retries: number): number {
  const growing = [1, 2, 4, 8].slice(0, retries);
  return growing.reduce((sum, wait) => sum + wait, 0) + 10 * (retries - growing.length);
}
