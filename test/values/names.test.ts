import { dnsLabel, isDnsLabel, isDnsName, serviceName } from '../../src/values/names';
import { refusal } from '../helpers/build';

const LONG = 'a'.repeat(63);

test.each<[unknown, boolean, boolean]>([
  ['a', true, true], ['1', true, true], ['a-b', true, true], ['a--b', true, true], [LONG, true, true],
  ['a.b', false, true], [`${LONG}.${LONG}`, false, true],
  ['', false, false], ['A', false, false], ['-a', false, false], ['a-', false, false], ['a_b', false, false], [`${LONG}a`, false, false],
  ['a.', false, false], ['.a', false, false], ['a..b', false, false], ['a\n', false, false], ['é', false, false],
  [1, false, false], [null, false, false], [undefined, false, false], [['a'], false, false],
])('%p is a label: %p, a name: %p', (text, label, name) => {
  expect([isDnsLabel(text), isDnsName(text)]).toEqual([label, name]);
});

test('a label of another form is refused, under the code of what it is for', () => {
  expect(refusal(() => dnsLabel('V_1', 'x', 'the version', 'IM1104')).message).toBe([
    'IM1104 at x: the version is no DNS label.',
    '  got      \'V_1\'',
    '  allowed  at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit',
    '  next     use lower-case letters, digits and dashes',
  ].join('\n'));
  expect(refusal(() => dnsLabel('V_1', 'x', 'the name'))).toMatchObject({ code: 'IM0106', at: 'x' });
});

test('the name of a Service begins with a letter', () => {
  expect(serviceName('reviews', 'x')).toBe('reviews');
  expect(refusal(() => serviceName('1reviews', 'shop/1reviews')).message).toBe([
    'IM0106 at shop/1reviews: the name of the service does not begin with a letter.',
    '  got      \'1reviews\'',
    '  allowed  a DNS label that begins with a letter',
    '  next     use at most 63 lower-case letters, digits and dashes, and no dash at either end',
  ].join('\n'));
});
