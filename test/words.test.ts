import { join } from 'node:path';
import { PLACES, uses } from '../projenrc/words';

const ROOT = join(__dirname, '..');

test('the texts use no word of the list in projenrc/words.ts', () => {
  const found = PLACES.flatMap(place => uses(ROOT, place));
  expect(found.map(({ file, excerpt, instead }) => `${file}: ${excerpt} instead: ${instead}`)).toEqual([]);
});
