import { Duration } from 'cdk8s';
import { istioDuration } from '../../src/values/istio-duration';
import { refusal } from '../helpers/build';

test.each<[Duration, string]>([
  [Duration.millis(1), '1ms'],
  [Duration.millis(500), '500ms'],
  [Duration.millis(1000), '1s'],
  [Duration.millis(1500), '1500ms'],
  [Duration.seconds(0.5), '500ms'],
  [Duration.seconds(1.5), '1500ms'],
  [Duration.seconds(2), '2s'],
  [Duration.minutes(5), '300s'],
  [Duration.minutes(0.1), '6s'],
  [Duration.hours(2), '7200s'],
  [Duration.days(1), '86400s'],
  [Duration.parse('PT1M30S'), '90s'],
])('%s', (duration, expected) => {
  expect(istioDuration(duration, 'x')).toBe(expected);
});

test('zero is refused', () => {
  expect(refusal(() => istioDuration(Duration.seconds(0), 'shop/resilience')).message).toBe([
    'IM0108 at shop/resilience: the duration is not a whole number of milliseconds, of at least one.',
    '  got      0ms',
    '  allowed  1ms or more',
    '  next     use cdk8s\' Duration with whole milliseconds',
  ].join('\n'));
});

test.each<[Duration, string]>([
  [Duration.millis(0.5), '0.5ms'],
  [Duration.millis(1.5), '1.5ms'],
  [Duration.seconds(0.0015), '1.5ms'],
  [Duration.seconds(Infinity), 'Infinityms'],
  [Duration.seconds(NaN), 'NaNms'],
])('%s is refused: %s', (duration, got) => {
  const { code, message } = refusal(() => istioDuration(duration, 'x'));
  expect([code, message.split('\n')[1]]).toEqual(['IM0108', `  got      ${got}`]);
});

test('cdk8s makes no negative duration', () => {
  expect(() => Duration.seconds(-1)).toThrow('Duration amounts cannot be negative');
});

test.each([5, '5s', undefined, null, {}])('%p, from JavaScript, is refused', given => {
  const { code, message } = refusal(() => istioDuration(given as never, 'x'));
  expect([code, message.split('\n')[0]]).toEqual(['IM0108', 'IM0108 at x: not a duration.']);
});
