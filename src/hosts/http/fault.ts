import { Duration } from 'cdk8s';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { show } from '../../diagnostics/show';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { istioDuration } from '../../values/istio-duration';
import { percentage } from '../../values/percentage';

/** The status code of a failed gRPC call. */
export enum GrpcStatus {
  /** The caller cancelled the call: 1. */
  CANCELLED = 'CANCELLED',
  /** An unknown error: 2. */
  UNKNOWN = 'UNKNOWN',
  /** An argument is invalid in any state of the system: 3. */
  INVALID_ARGUMENT = 'INVALID_ARGUMENT',
  /** The deadline passed before the call completed: 4. */
  DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED',
  /** The requested entity does not exist: 5. */
  NOT_FOUND = 'NOT_FOUND',
  /** The entity exists already: 6. */
  ALREADY_EXISTS = 'ALREADY_EXISTS',
  /** The caller is not allowed to make the call: 7. */
  PERMISSION_DENIED = 'PERMISSION_DENIED',
  /** A resource is exhausted, such as a quota: 8. */
  RESOURCE_EXHAUSTED = 'RESOURCE_EXHAUSTED',
  /** The system is not in the state that the call requires: 9. */
  FAILED_PRECONDITION = 'FAILED_PRECONDITION',
  /** The call was aborted, for example because of a conflict: 10. */
  ABORTED = 'ABORTED',
  /** The call is past the valid range: 11. */
  OUT_OF_RANGE = 'OUT_OF_RANGE',
  /** The method is not implemented: 12. */
  UNIMPLEMENTED = 'UNIMPLEMENTED',
  /** An internal error: 13. */
  INTERNAL = 'INTERNAL',
  /** The service is currently unavailable: 14. */
  UNAVAILABLE = 'UNAVAILABLE',
  /** Data is lost or corrupt: 15. */
  DATA_LOSS = 'DATA_LOSS',
  /** The call has no valid credentials: 16. */
  UNAUTHENTICATED = 'UNAUTHENTICATED',
}

/** A delay before Envoy forwards a request. */
export interface FaultDelay {
  /**
   * The delay, in whole milliseconds. It does not count towards the timeout of the route.
   */
  readonly fixedDelay: Duration;

  /**
   * The percentage of requests that are delayed, from 0 to 100, with at most four decimals.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/** Options of the factories of `FaultAbort`. */
export interface FaultAbortOptions {
  /**
   * The percentage of requests that are aborted, from 0 to 100, with at most four decimals.
   *
   * @default 100
   */
  readonly percentage?: number;
}

/**
 * An error response that Envoy sends in place of the service. Envoy never retries it.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection-Abort
 */
export class FaultAbort {
  /**
   * Responds with an HTTP status.
   *
   * @param status the status, 200 to 599 (IM1339)
   */
  public static httpStatus(status: number, options: FaultAbortOptions = {}): FaultAbort {
    const at = `FaultAbort.httpStatus(${show(status)})`;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new MeshError('IM1339', at, { problem: 'the number is not a status of a response', got: status, allowed: 'a whole number from 200 to 599' });
    }
    return new FaultAbort({ httpStatus: status }, options, at);
  }

  /**
   * Responds with a gRPC status, for routes of gRPC. A client of plain HTTP would read the status 200 and no body.
   *
   * @param status the gRPC status
   */
  public static grpcStatus(status: GrpcStatus, options: FaultAbortOptions = {}): FaultAbort {
    const at = 'FaultAbort.grpcStatus()';
    return new FaultAbort({ grpcStatus: instanceOf('GrpcStatus', status, at, 'the status') }, options, at);
  }

  /** @internal */
  public readonly _abort: networking.VirtualServiceSpecHttpFaultAbort;

  /**
   * Whether the percentage is set.
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
 * A fault that Envoy injects, to test how callers handle it: a delay, an error response, or both.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection
 */
export interface Fault {
  /**
   * A delay before Envoy forwards a request.
   *
   * @default - none
   */
  readonly delay?: FaultDelay;

  /**
   * An error response in place of the service's response.
   *
   * @default - none
   */
  readonly abort?: FaultAbort;
}

/** Renders the fault as `fault` of a VirtualService. */
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
