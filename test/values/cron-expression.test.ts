import { cronExpression, timeZone } from '../../src/values/cron-expression';
import { refusal } from '../helpers/build';

test.each(['* * * * *', '0 0 1 1 0', '*/5 0-23/2 1,15 jan-MAR sun', '59 23 31 12 6', '? * ? * 1-5', '5/10 * * * *'])('%s is taken', text => {
  expect(cronExpression(text, 'x')).toBe(text);
});

test.each([
  ['60 * * * *', 'the minute of the schedule cannot be read'],
  ['* * 0 * *', 'the day of the schedule cannot be read'],
  ['* * * 13 *', 'the month of the schedule cannot be read'],
  ['* * * * 7', 'the weekDay of the schedule cannot be read'],
  ['*/0 * * * *', 'the minute of the schedule cannot be read'],
  ['*/5/2 * * * *', 'the minute of the schedule cannot be read'],
  ['5-1 * * * *', 'the minute of the schedule cannot be read'],
  ['1-2-3 * * * *', 'the minute of the schedule cannot be read'],
  [', * * * *', 'the minute of the schedule cannot be read'],
  ['1.5 * * * *', 'the minute of the schedule cannot be read'],
  ['* * * mon *', 'the month of the schedule cannot be read'],
  ['* * * *', 'the schedule has not the five fields that Kubernetes reads'],
  ['0 * * * * *', 'the schedule has not the five fields that Kubernetes reads'],
  ['TZ=UTC * * * * *', 'the schedule has not the five fields that Kubernetes reads'],
  ['@daily', 'the schedule has not the five fields that Kubernetes reads'],
])('%s is refused', (text, problem) => {
  const { code, message } = refusal(() => cronExpression(text, 'shop/report'));
  expect(code).toBe('IM1704');
  expect(message).toContain(`IM1704 at shop/report: ${problem}.\n  got      '${text}'\n`);
});

test.each(['Etc/UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5'])('%s is a time zone', zone => {
  expect(timeZone(zone, 'x')).toBe(zone);
});

test.each(['', 'Local', 'local', 'Europe/', '../etc', 'Europe Berlin', '+02:00', 'Europe/-Berlin', 'Europe/BerlinAndPotsdam'])('%p is none', zone => {
  expect(refusal(() => timeZone(zone, 'x')).code).toBe('IM1704');
});
