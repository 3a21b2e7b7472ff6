import { refusal } from '../helpers/build';
import { StringMatch } from 'cdk8s-istio';

test.each<[string, StringMatch, object]>([
  ['exact', StringMatch.exact('canary'), { exact: 'canary' }],
  ['prefix', StringMatch.prefix('can'), { prefix: 'can' }],
  ['regex', StringMatch.regex('^(en|de)-.*$'), { regex: '^(en|de)-.*$' }],
  ['present', StringMatch.present(), {}],
])('%s, as Istio spells it', (_, match, expected) => {
  expect(match._toIstio()).toEqual(expected);
});

describe('nothing to compare with', () => {
  test.each<[string, () => StringMatch]>([
    ['exact', () => StringMatch.exact('')],
    ['prefix', () => StringMatch.prefix('')],
    ['regex', () => StringMatch.regex('')],
  ])('%s', (name, make) => {
    expect(refusal(make).message).toBe([
      `IM0109 at StringMatch.${name}(): nothing to compare with.`,
      '  got      \'\'',
      '  allowed  a text that is not empty',
      '  next     match on presence with StringMatch.present()',
    ].join('\n'));
  });

  test.each([undefined, null, 1, {}])('%p, from JavaScript', value => {
    expect(refusal(() => StringMatch.exact(value as never))).toMatchObject({ code: 'IM0109', at: 'StringMatch.exact()' });
    expect(refusal(() => StringMatch.regex(value as never))).toMatchObject({ code: 'IM0109', at: 'StringMatch.regex()' });
  });
});

describe('a pattern has the syntax of RE2', () => {
  test.each(['a+', '[[:alpha:]]*', '(?i)canary', '(?P<name>x)', '\\d{1,3}', '\\pL', '^$'])('%s is taken', pattern => {
    expect(StringMatch.regex(pattern)._toIstio()).toEqual({ regex: pattern });
  });

  test('look-ahead is refused', () => {
    const { code, at, message } = refusal(() => StringMatch.regex('(?!internal).*'));
    expect([code, at]).toEqual(['IM0109', 'StringMatch.regex("(?!internal).*")']);
    expect(message.split('\n')[0]).toMatch(/: RE2 cannot compile the pattern \(.*\)\.$/);
    expect(message.split('\n').slice(1)).toEqual([
      '  got      \'(?!internal).*\'',
      '  allowed  a regular expression in the syntax of RE2: no look-around and no back-references',
      '  next     match on presence, or correct the pattern',
    ]);
  });

  test.each(['(?=a)b', '(?<=a)b', '(?<!a)b', '(a)\\1', '[', '(', 'a**', '\\', 'a{1001}'])('%s is refused', pattern => {
    expect(refusal(() => StringMatch.regex(pattern))).toMatchObject({ code: 'IM0109', at: `StringMatch.regex(${JSON.stringify(pattern)})` });
  });
});

describe('what takes whatever another one takes', () => {
  const all = {
    present: StringMatch.present(),
    exact: StringMatch.exact('abc'),
    exactOther: StringMatch.exact('xyz'),
    prefix: StringMatch.prefix('ab'),
    longerPrefix: StringMatch.prefix('abcd'),
    regex: StringMatch.regex('ab.*'),
    regexOther: StringMatch.regex('x'),
  };

  test('one by one', () => {
    const covered = Object.entries(all).map(([name, match]) =>
      [name, Object.entries(all).filter(([, other]) => match._covers(other)).map(([other]) => other)]);
    expect(Object.fromEntries(covered)).toEqual({
      present: Object.keys(all),
      exact: ['exact'],
      exactOther: ['exactOther'],
      prefix: ['exact', 'prefix', 'longerPrefix'],
      longerPrefix: ['longerPrefix'],
      regex: ['regex'],
      regexOther: ['regexOther'],
    });
  });
});
