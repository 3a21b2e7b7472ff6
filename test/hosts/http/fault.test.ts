import { Duration } from 'cdk8s';
import { refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { called, routed } from '../../helpers/routed';
import { Fault, FaultAbort, FaultDelay, GrpcStatus } from 'cdk8s-istio';

const fault = (given: Fault) => (routed({ fault: given }) as { fault: unknown }[])[0].fault;
const grpcFault = (given: Fault) => (called({ fault: given }) as { fault: unknown }[])[0].fault;
const delay = (given: Partial<FaultDelay>) => fault({ delay: { fixedDelay: Duration.seconds(1), ...given } });
const all = { value: 100 };

option('Fault.delay', 'is the wait', () => expect(delay({})).toEqual({ delay: { fixedDelay: '1s', percentage: all } }));
option('Fault.abort', 'is the answer', () => {
  expect(fault({ abort: FaultAbort.httpStatus(503) })).toEqual({ abort: { httpStatus: 503, percentage: all } });
  expect(fault({ abort: FaultAbort.httpStatus(503), delay: { fixedDelay: Duration.seconds(1) } }))
    .toEqual({ abort: { httpStatus: 503, percentage: all }, delay: { fixedDelay: '1s', percentage: all } });
});
option('FaultDelay.fixedDelay', 'is how long', () =>
  expect(delay({ fixedDelay: Duration.millis(1500) })).toEqual({ delay: { fixedDelay: '1500ms', percentage: all } }));
option('FaultDelay.percentage', 'is the share', () => {
  expect(delay({ percentage: 0.0001 })).toEqual({ delay: { fixedDelay: '1s', percentage: { value: 0.0001 } } });
  expect(delay({ percentage: 0 })).toEqual({ delay: { fixedDelay: '1s', percentage: { value: 0 } } });
  expect(delay({ percentage: 12.3457 })).toEqual({ delay: { fixedDelay: '1s', percentage: { value: 12.3457 } } });
});
option('FaultAbort.httpStatus', 'is the status of HTTP', () =>
  expect(grpcFault({ abort: FaultAbort.httpStatus(404) })).toEqual({ abort: { httpStatus: 404, percentage: all } }));
option('FaultAbort.grpcStatus', 'is the status of gRPC', () =>
  expect(grpcFault({ abort: FaultAbort.grpcStatus(GrpcStatus.ABORTED) })).toEqual({ abort: { grpcStatus: 'ABORTED', percentage: all } }));
option('FaultAbortOptions.percentage', 'is the share', () =>
  expect(fault({ abort: FaultAbort.httpStatus(500, { percentage: 0.1 }) })).toEqual({ abort: { httpStatus: 500, percentage: { value: 0.1 } } }));

const status = (code: GrpcStatus) => (grpcFault({ abort: FaultAbort.grpcStatus(code) }) as { abort: { grpcStatus: string } }).abort.grpcStatus;
option('GrpcStatus.CANCELLED', 'is CANCELLED', () => expect(status(GrpcStatus.CANCELLED)).toBe('CANCELLED'));
option('GrpcStatus.UNKNOWN', 'is UNKNOWN', () => expect(status(GrpcStatus.UNKNOWN)).toBe('UNKNOWN'));
option('GrpcStatus.INVALID_ARGUMENT', 'is INVALID_ARGUMENT', () => expect(status(GrpcStatus.INVALID_ARGUMENT)).toBe('INVALID_ARGUMENT'));
option('GrpcStatus.DEADLINE_EXCEEDED', 'is DEADLINE_EXCEEDED', () => expect(status(GrpcStatus.DEADLINE_EXCEEDED)).toBe('DEADLINE_EXCEEDED'));
option('GrpcStatus.NOT_FOUND', 'is NOT_FOUND', () => expect(status(GrpcStatus.NOT_FOUND)).toBe('NOT_FOUND'));
option('GrpcStatus.ALREADY_EXISTS', 'is ALREADY_EXISTS', () => expect(status(GrpcStatus.ALREADY_EXISTS)).toBe('ALREADY_EXISTS'));
option('GrpcStatus.PERMISSION_DENIED', 'is PERMISSION_DENIED', () => expect(status(GrpcStatus.PERMISSION_DENIED)).toBe('PERMISSION_DENIED'));
option('GrpcStatus.RESOURCE_EXHAUSTED', 'is RESOURCE_EXHAUSTED', () => expect(status(GrpcStatus.RESOURCE_EXHAUSTED)).toBe('RESOURCE_EXHAUSTED'));
option('GrpcStatus.FAILED_PRECONDITION', 'is FAILED_PRECONDITION', () => expect(status(GrpcStatus.FAILED_PRECONDITION)).toBe('FAILED_PRECONDITION'));
option('GrpcStatus.ABORTED', 'is ABORTED', () => expect(status(GrpcStatus.ABORTED)).toBe('ABORTED'));
option('GrpcStatus.OUT_OF_RANGE', 'is OUT_OF_RANGE', () => expect(status(GrpcStatus.OUT_OF_RANGE)).toBe('OUT_OF_RANGE'));
option('GrpcStatus.UNIMPLEMENTED', 'is UNIMPLEMENTED', () => expect(status(GrpcStatus.UNIMPLEMENTED)).toBe('UNIMPLEMENTED'));
option('GrpcStatus.INTERNAL', 'is INTERNAL', () => expect(status(GrpcStatus.INTERNAL)).toBe('INTERNAL'));
option('GrpcStatus.UNAVAILABLE', 'is UNAVAILABLE', () => expect(status(GrpcStatus.UNAVAILABLE)).toBe('UNAVAILABLE'));
option('GrpcStatus.DATA_LOSS', 'is DATA_LOSS', () => expect(status(GrpcStatus.DATA_LOSS)).toBe('DATA_LOSS'));
option('GrpcStatus.UNAUTHENTICATED', 'is UNAUTHENTICATED', () => expect(status(GrpcStatus.UNAUTHENTICATED)).toBe('UNAUTHENTICATED'));

test.each<[string, () => unknown, string]>([
  ['neither delay nor abort', () => fault({}), [
    'IM1339 at cluster/chart/edge: the fault neither delays nor aborts.',
    '  got      {}',
    '  allowed  a delay, an abort, or both',
    '  next     correct the fault',
  ].join('\n')],
  ['more than all', () => delay({ percentage: 100.5 }), [
    'IM1339 at cluster/chart/edge: the share of the requests that wait is no percentage.',
    '  got      100.5',
    '  allowed  a number from 0 to 100 with at most four decimals',
    '  next     mend the percentage',
  ].join('\n')],
  ['a status of gRPC for clients of HTTP', () => fault({ abort: FaultAbort.grpcStatus(GrpcStatus.UNAVAILABLE) }), [
    'IM1339 at cluster/chart/edge: a client of plain HTTP would read the status 200.',
    '  got      \'UNAVAILABLE\'',
    '  next     use FaultAbort.httpStatus(), or a gRPC route',
  ].join('\n')],
  ['an invalid status', () => FaultAbort.httpStatus(600), [
    'IM1339 at FaultAbort.httpStatus(600): the number is not a status of a response.',
    '  got      600',
    '  allowed  a whole number from 200 to 599',
    '  next     correct the fault',
  ].join('\n')],
])('%s is refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, () => unknown, string]>([
  ['less than nothing', () => delay({ percentage: -1 }), 'IM1339'],
  ['less than a millionth', () => FaultAbort.httpStatus(500, { percentage: 0.00001 }), 'IM1339'],
  ['a part of a millionth', () => delay({ percentage: 33.333333 }), 'IM1339'],
  ['not a number', () => delay({ percentage: NaN }), 'IM1339'],
  ['no wait', () => delay({ fixedDelay: Duration.seconds(0) }), 'IM0108'],
  ['a wait without a time', () => fault({ delay: {} as never }), 'IM0001'],
  ['a number of gRPC', () => FaultAbort.grpcStatus(14 as never), 'IM0001'],
  ['an unknown option', () => FaultAbort.httpStatus(500, { percent: 5 } as never), 'IM0001'],
])('%s is refused', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});
