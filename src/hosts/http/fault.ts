import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { show } from '../../diagnostics/show';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';
import { percentage } from '../../values/percentage';

/** The status of a gRPC call that failed. */
export enum GrpcStatus {
  /** The caller gave up: 1. */
  CANCELLED = 'CANCELLED',
  /** An error that says no more: 2. */
  UNKNOWN = 'UNKNOWN',
  /** An argument that is wrong whatever the state: 3. */
  INVALID_ARGUMENT = 'INVALID_ARGUMENT',
  /** Too late: 4. */
  DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED',
  /** Not there: 5. */
  NOT_FOUND = 'NOT_FOUND',
  /** There already: 6. */
  ALREADY_EXISTS = 'ALREADY_EXISTS',
  /** Not allowed: 7. */
  PERMISSION_DENIED = 'PERMISSION_DENIED',
  /** Out of something, such as a quota: 8. */
  RESOURCE_EXHAUSTED = 'RESOURCE_EXHAUSTED',
  /** Not in a state for it: 9. */
  FAILED_PRECONDITION = 'FAILED_PRECONDITION',
  /** Given up, for want of a lock for instance: 10. */
  ABORTED = 'ABORTED',
  /** Beyond the end: 11. */
  OUT_OF_RANGE = 'OUT_OF_RANGE',
  /** No such method: 12. */
  UNIMPLEMENTED = 'UNIMPLEMENTED',
  /** Something is broken: 13. */
  INTERNAL = 'INTERNAL',
  /** Not reachable now: 14. */
  UNAVAILABLE = 'UNAVAILABLE',
  /** Data is lost: 15. */
  DATA_LOSS = 'DATA_LOSS',
  /** Nobody knows who calls: 16. */
  UNAUTHENTICATED = 'UNAUTHENTICATED',
}

/** A wait before a request is sent on. */
export interface FaultDelay {
  /**
   * How long, in whole milliseconds. It does not count towards the timeout of the route.
   */
  readonly fixedDelay: Duration;

  /**
   * The share of the requests that wait, from 0 to 100, with at most four decimals.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/** Options of the factories of `FaultAbort`. */
export interface FaultAbortOptions {
  /**
   * The share of the requests that are answered so, from 0 to 100, with at most four decimals.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/**
 * An answer that Envoy gives in place of the service. It is never retried.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection-Abort
 */
export class FaultAbort {
  /**
   * An HTTP status.
   *
   * @param status 200 to 599 (IM1339)
   */
  public static httpStatus(status: number, options: FaultAbortOptions = {}): FaultAbort {
    const at = `FaultAbort.httpStatus(${show(status)})`;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new MeshError('IM1339', at, { problem: 'no status that an answer can have', got: status, allowed: 'a whole number from 200 to 599' });
    }
    return new FaultAbort({ httpStatus: status }, options, at);
  }

  /**
   * A status of gRPC, for routes of gRPC: a client that speaks plain HTTP would read 200 and no body.
   *
   * @param status the status
   */
  public static grpcStatus(status: GrpcStatus, options: FaultAbortOptions = {}): FaultAbort {
    const at = 'FaultAbort.grpcStatus()';
    return new FaultAbort({ grpcStatus: instanceOf('GrpcStatus', status, at, 'the status') }, options, at);
  }

  /** @internal */
  public readonly _abort: networking.VirtualServiceSpecHttpFaultAbort;

  /**
   * Whether it was said for which share it is.
   *
   * @internal
   */
  public readonly _hasShare: boolean;

  private constructor(error: networking.VirtualServiceSpecHttpFaultAbort, options: FaultAbortOptions, at: string) {
    const { percentage: share = 100 } = validateProps('FaultAbortOptions', options, at);
    this._hasShare = options.percentage !== undefined;
    this._abort = { ...error, percentage: { value: percentage(share, at, 'the share of the requests') } };
  }
}

/**
 * A failure that is injected to see what callers make of it: a wait, an answer, or both.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection
 */
export interface Fault {
  /**
   * A wait before a request is sent on.
   *
   * @default - none
   */
  readonly delay?: FaultDelay;

  /**
   * An answer in place of the service's.
   *
   * @default - none
   */
  readonly abort?: FaultAbort;
}

/** The fault as Istio spells it. */
export function renderFault({ delay, abort }: Fault, at: Located | string): networking.VirtualServiceSpecHttpFault {
  if (!delay && !abort) {
    throw new MeshError('IM1339', at, { problem: 'the fault neither delays nor aborts', got: {}, allowed: 'a delay, an abort, or both' });
  }
  return {
    delay: delay && {
      fixedDelay: istioDuration(delay.fixedDelay, at),
      percentage: { value: percentage(delay.percentage ?? 100, at, 'the share of the requests that wait') },
    },
    abort: abort?._abort,
  };
}
