import { Duration } from 'cdk8s';
import { refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { called, routed } from '../../helpers/routed';
import { IstioRelease, Retries, RetriesOptions, RetryOn } from 'cdk8s-istio';

const DEFAULT = 'gateway-error,connect-failure,refused-stream,unavailable,cancelled,deadline-exceeded';
const retries = (options: RetriesOptions) => (routed({ retries: Retries.of(options) }) as { retries: unknown }[])[0].retries;

option('Retries.of', 'are further attempts, after gateway errors, attempts that took too long, and the same failures in gRPC', () => {
  expect(retries({ attempts: 3 })).toEqual({ attempts: 3, retryOn: DEFAULT });
  expect(called({ retries: Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2) }) }))
    .toEqual([{ retries: { attempts: 3, perTryTimeout: '2s', retryOn: DEFAULT } }]);
});
option('Retries.none', 'are no retries, not even Istio\'s default ones', () => expect(routed({ retries: Retries.none() })).toEqual([{ retries: { attempts: 0 } }]));
option('RetriesOptions.attempts', 'is the number of attempts after the first', () => expect(retries({ attempts: 1 })).toEqual({ attempts: 1, retryOn: DEFAULT }));
option('RetriesOptions.perTryTimeout', 'is the time for each try', () =>
  expect(retries({ attempts: 1, perTryTimeout: Duration.millis(500) })).toEqual({ attempts: 1, perTryTimeout: '500ms', retryOn: DEFAULT }));
option('RetriesOptions.retryOn', 'are the conditions, in their order', () =>
  expect(retries({ attempts: 1, retryOn: [RetryOn.RESET, RetryOn.CONNECT_FAILURE] })).toEqual({ attempts: 1, retryOn: 'reset,connect-failure' }));
option('RetriesOptions.retryRemoteLocalities', 'is whether other localities are tried', () =>
  expect(retries({ attempts: 1, retryRemoteLocalities: true })).toEqual({ attempts: 1, retryOn: DEFAULT, retryRemoteLocalities: true }));
option('RetriesOptions.retryIgnorePreviousHosts', 'is whether other pods are tried', () =>
  expect(retries({ attempts: 1, retryIgnorePreviousHosts: false })).toEqual({ attempts: 1, retryOn: DEFAULT, retryIgnorePreviousHosts: false }));
option('RetriesOptions.backoff', 'is the wait between attempts', () =>
  expect(retries({ attempts: 1, backoff: Duration.seconds(1) })).toEqual({ attempts: 1, retryOn: DEFAULT, backoff: '1s' }));

const on = (condition: RetryOn) => (retries({ attempts: 1, retryOn: [condition] }) as { retryOn: string }).retryOn;
option('RetryOn.HTTP_5XX', 'is 5xx', () => expect(on(RetryOn.HTTP_5XX)).toBe('5xx'));
option('RetryOn.GATEWAY_ERROR', 'is gateway-error', () => expect(on(RetryOn.GATEWAY_ERROR)).toBe('gateway-error'));
option('RetryOn.RESET', 'is reset', () => expect(on(RetryOn.RESET)).toBe('reset'));
option('RetryOn.RESET_BEFORE_REQUEST', 'is reset-before-request', () => expect(on(RetryOn.RESET_BEFORE_REQUEST)).toBe('reset-before-request'));
option('RetryOn.CONNECT_FAILURE', 'is connect-failure', () => expect(on(RetryOn.CONNECT_FAILURE)).toBe('connect-failure'));
option('RetryOn.RETRIABLE_4XX', 'is retriable-4xx', () => expect(on(RetryOn.RETRIABLE_4XX)).toBe('retriable-4xx'));
option('RetryOn.REFUSED_STREAM', 'is refused-stream', () => expect(on(RetryOn.REFUSED_STREAM)).toBe('refused-stream'));
option('RetryOn.ENVOY_RATELIMITED', 'is envoy-ratelimited', () => expect(on(RetryOn.ENVOY_RATELIMITED)).toBe('envoy-ratelimited'));
option('RetryOn.CANCELLED', 'is cancelled', () => expect(on(RetryOn.CANCELLED)).toBe('cancelled'));
option('RetryOn.DEADLINE_EXCEEDED', 'is deadline-exceeded', () => expect(on(RetryOn.DEADLINE_EXCEEDED)).toBe('deadline-exceeded'));
option('RetryOn.INTERNAL', 'is internal', () => expect(on(RetryOn.INTERNAL)).toBe('internal'));
option('RetryOn.RESOURCE_EXHAUSTED', 'is resource-exhausted', () => expect(on(RetryOn.RESOURCE_EXHAUSTED)).toBe('resource-exhausted'));
option('RetryOn.UNAVAILABLE', 'is unavailable', () => expect(on(RetryOn.UNAVAILABLE)).toBe('unavailable'));
option('RetryOn.status', 'is the number of the status', () => expect(on(RetryOn.status(429))).toBe('429'));

test.each<[string, number, RetriesOptions]>([
  ['all attempts', 8000, { attempts: 3, perTryTimeout: Duration.seconds(2) }],
  ['all attempts, and the waits between them, each twice as long', 9000, { attempts: 2, perTryTimeout: Duration.seconds(2), backoff: Duration.seconds(1) }],
  ['all attempts, and the waits between them, up to ten times as long', 42000, { attempts: 6, perTryTimeout: Duration.seconds(1), backoff: Duration.seconds(1) }],
])('%s have to fit into the timeout', (_, longest, options) => {
  const retried = (timeout: number) => routed({ timeout: Duration.millis(timeout), retries: Retries.of(options) });
  expect(retried(longest)).toHaveLength(1);
  expect(refusal(() => retried(longest - 1)).code).toBe('IM1333');
});

test.each<[string, () => unknown, string]>([
  ['attempts that do not fit into the timeout', () => routed({ timeout: Duration.seconds(5), retries: Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: [RetryOn.RESET] }) }), [
    'IM1333 at cluster/chart/edge: the request and its 3 retries can take 8000ms, but the timeout is 5s.',
    '  got      {"timeout":"5s","attempts":3,"perTryTimeout":"2s","retryOn":"reset"}',
    '  allowed  a timeout of 8000ms or more',
    '  next     increase the timeout, or use fewer or shorter attempts',
  ].join('\n')],
  ['a limit for each try, and no condition for those that take longer', () => Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: [RetryOn.status(503)] }), [
    'IM1334 at Retries.of(): no condition covers an attempt that takes longer than `perTryTimeout`, so it would not be retried.',
    '  got      ["503"]',
    '  allowed  5xx, gateway-error, reset',
    '  next     add RetryOn.RESET, or limit the whole request with `timeout`',
  ].join('\n')],
  ['such a limit on gRPC, whose sidecar ends the call by itself', () => called({ retries: Retries.of({ attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: [RetryOn.GATEWAY_ERROR] }) }), [
    'IM1334 at cluster/chart/edge: the sidecar of the service also applies `perTryTimeout` and can end a slow call with DEADLINE_EXCEEDED, which no condition covers.',
    '  got      \'gateway-error\'',
    '  next     add RetryOn.DEADLINE_EXCEEDED',
  ].join('\n')],
  ['no retries at all', () => Retries.of({ attempts: 0 }), [
    'IM1334 at Retries.of(): `attempts` is not a number of retries.',
    '  got      0',
    '  allowed  a whole number from 1',
    '  next     use Retries.none() to turn retries off',
  ].join('\n')],
  ['a status that is no failure', () => RetryOn.status(200), [
    'IM1334 at RetryOn.status(200): the number is not an error status.',
    '  got      200',
    '  allowed  an HTTP status from 400 to 511',
    '  next     correct the conditions',
  ].join('\n')],
  ['a wait that came with a later release', () => routed({ retries: Retries.of({ attempts: 1, backoff: Duration.seconds(1) }) }, IstioRelease.V1_25), [
    'IM1338 at cluster/chart/edge: `backoff` and `retryIgnorePreviousHosts` of retries came with Istio 1.26.',
    '  got      \'1.25\'',
    '  allowed  Istio 1.26 and later',
    '  next     remove the setting, or declare the release that runs: `new MeshCluster(app, id, { istio })`',
  ].join('\n')],
])('%s is refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, () => unknown, string]>([
  ['a negative number', () => Retries.of({ attempts: -1 }), 'IM1334'],
  ['half a try', () => Retries.of({ attempts: 1.5 }), 'IM1334'],
  ['no condition', () => Retries.of({ attempts: 1, retryOn: [] }), 'IM1334'],
  ['one condition twice', () => Retries.of({ attempts: 1, retryOn: [RetryOn.RESET, RetryOn.RESET] }), 'IM1334'],
  ['a condition as text', () => Retries.of({ attempts: 1, retryOn: ['5xx' as never] }), 'IM0001'],
  ['a status that Istio takes for a word', () => RetryOn.status(520), 'IM1334'],
  ['a status that is no number', () => RetryOn.status('5xx' as never), 'IM1334'],
  ['no time for a try', () => Retries.of({ attempts: 1, perTryTimeout: Duration.millis(0) }), 'IM0108'],
  ['no wait', () => Retries.of({ attempts: 1, backoff: Duration.millis(0) }), 'IM0108'],
  ['a choice of pods that came with a later release', () => routed({ retries: Retries.of({ attempts: 1, retryIgnorePreviousHosts: true }) }, IstioRelease.V1_22), 'IM1338'],
])('%s is refused', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});
