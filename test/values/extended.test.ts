import { extended } from '../../src/values/extended';

test('the second object overrides the first, in the order of a spread', () => {
  const one = { a: 1, b: 2 };
  expect(Object.entries(extended(one, { b: 3, c: 4 }))).toEqual(Object.entries({ ...one, b: 3, c: 4 }));
  expect(one).toEqual({ a: 1, b: 2 });
});
