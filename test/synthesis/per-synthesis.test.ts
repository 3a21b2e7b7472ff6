import { keepAnswers, perSynthesis } from '../../src/synthesis/per-synthesis';

/** A function that counts how often it derives an answer. */
function counting() {
  let derived = 0;
  return perSynthesis((text: string) => `${text} ${++derived}`);
}

test('answers are kept during a call', () => {
  const ask = counting();
  expect(keepAnswers(() => [ask('a'), ask('a'), ask('b')])).toEqual(['a 1', 'a 1', 'b 2']);
});

test('answers are derived each time outside of a call', () => {
  const ask = counting();
  expect([ask('a'), ask('a'), ask.last('a')]).toEqual(['a 1', 'a 2', 'a 3']);
});

test('the last reader gets the kept answer, and it is not kept any longer', () => {
  const ask = counting();
  expect(keepAnswers(() => [ask('a'), ask.last('a'), ask('a')])).toEqual(['a 1', 'a 1', 'a 2']);
});

test('an answer for the last reader is not kept', () => {
  const ask = counting();
  expect(keepAnswers(() => [ask.last('a'), ask.last('a')])).toEqual(['a 1', 'a 2']);
});
