import { hundredPercent } from '../../src/values/weights';
import { refusal } from '../helpers/build';
import { SplitTarget } from 'cdk8s-istio';

const sum = (given: { [name: string]: number }, rest?: string) => hundredPercent(given, rest, 'SplitTarget.weights()');

describe('weights', () => {
  test.each<[{ [name: string]: number }, string | undefined, { [name: string]: number }]>([
    [{ v1: 100 }, undefined, { v1: 100 }],
    [{ v1: 25, v2: 25, v3: 50 }, undefined, { v1: 25, v2: 25, v3: 50 }],
    [{ v1: 0, v2: 100 }, undefined, { v1: 0, v2: 100 }],
    [{ v1: 25, v2: 25 }, 'v3', { v1: 25, v2: 25, v3: 50 }],
    [{}, 'v1', { v1: 100 }],
    [{ v1: 100 }, 'v2', { v1: 100, v2: 0 }],
    [{ v1: 60 }, 'constructor', { v1: 60, constructor: 40 }],
  ])('%p, rest %p', (given, rest, expected) => {
    expect(sum(given, rest)).toEqual(expected);
  });

  test('the given object is not kept', () => {
    const given = { v1: 100 };
    expect(sum(given)).not.toBe(given);
  });
});

describe('weights that do not add up', () => {
  test('less than 100', () => {
    expect(refusal(() => SplitTarget.weights({ v1: 25, v2: 25, v3: 40 })).message).toBe([
      'IM1203 at SplitTarget.weights(): weights add up to 90, must be 100.',
      '  got      v1: 25, v2: 25, v3: 40',
      '  next     change one weight, or name the version that takes the rest: SplitTarget.weights({ v1: 25, v2: 25 }, { rest: \'v3\' })',
    ].join('\n'));
  });

  test('more than 100, which the last could mend', () => {
    expect(refusal(() => sum({ v1: 60, v2: 60 })).message).toBe([
      'IM1203 at SplitTarget.weights(): weights add up to 120, must be 100.',
      '  got      v1: 60, v2: 60',
      '  next     change one weight, or name the version that takes the rest: SplitTarget.weights({ v1: 60 }, { rest: \'v2\' })',
    ].join('\n'));
  });

  test('more than 100, which the last could not mend', () => {
    expect(refusal(() => sum({ v1: 60, v2: 60, v3: 10 })).message).toBe([
      'IM1203 at SplitTarget.weights(): weights add up to 130, must be 100.',
      '  got      v1: 60, v2: 60, v3: 10',
      '  next     change the weights',
    ].join('\n'));
  });

  test('the advice is followed by code that works', () => {
    const { message } = refusal(() => SplitTarget.weights({ v1: 25, v2: 25, v3: 40 }));
    const advice = /SplitTarget\.weights\(.*\)$/m.exec(message.split('\n')[2])![0];
    const target = new Function('SplitTarget', `return ${advice};`)(SplitTarget) as SplitTarget;
    expect(target._action).toEqual({ shares: { v1: 25, v2: 25, v3: 50 } });
  });

  test('advice for a name with a dash is code as well', () => {
    const { message } = refusal(() => SplitTarget.weights({ 'v1-a': 25, 'v2-b': 40 }));
    expect(message.split('\n')[2]).toBe(
      '  next     change one weight, or name the version that takes the rest: SplitTarget.weights({ \'v1-a\': 25 }, { rest: \'v2-b\' })');
  });

  test('a rest that has a weight', () => {
    expect(refusal(() => SplitTarget.weights({ v1: 50, v2: 50 }, { rest: 'v2' })).message).toBe([
      'IM1203 at SplitTarget.weights(): v2 has a weight and takes the rest as well.',
      '  got      v1: 50, v2: 50',
      '  next     drop the weight of v2',
    ].join('\n'));
  });

  test('a rest of less than nothing', () => {
    expect(refusal(() => SplitTarget.weights({ v1: 60, v2: 60 }, { rest: 'v3' })).message).toBe([
      'IM1203 at SplitTarget.weights(): weights add up to 120, which leaves v3 less than nothing.',
      '  got      v1: 60, v2: 60',
      '  next     lower a weight',
    ].join('\n'));
  });
});

describe('what is no weight', () => {
  test.each([-1, 0.5, 33.3, 101, NaN, Infinity, -Infinity])('%d', weight => {
    expect(refusal(() => SplitTarget.weights({ v1: 50, v2: weight })).message).toBe([
      'IM1202 at SplitTarget.weights(): the weight of v2 is no whole percentage.',
      `  got      ${weight}`,
      '  allowed  a whole number from 0 to 100',
      '  next     use whole numbers that add up to 100',
    ].join('\n'));
  });

  test('one that is no number, from JavaScript', () => {
    expect(refusal(() => SplitTarget.weights({ v1: '100' } as never)).message).toBe([
      'IM0001 at SplitTarget.weights(): weights.v1 is of the wrong type.',
      '  got      \'100\'',
      '  allowed  a number',
      '  next     write 100, without quotes',
    ].join('\n'));
  });

  test('none at all', () => {
    expect(refusal(() => SplitTarget.weights({})).message).toBe([
      'IM1201 at SplitTarget.weights(): no version has a weight.',
      '  got      {}',
      '  next     name at least one version with a weight',
    ].join('\n'));
  });
});
