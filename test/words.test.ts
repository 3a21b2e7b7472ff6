import { join } from 'node:path';
import { PLACES, uses } from '../projenrc/words';

const ROOT = join(__dirname, '..');

/** Places that still use words of the list. */
const LATER = ['src', 'test'];

const found = PLACES.flatMap(place => uses(ROOT, place)).filter(({ file }) => !LATER.some(place => file === place || file.startsWith(`${place}/`)));

test('the texts use no word of the list in projenrc/words.ts', () => {
  expect(found.map(({ file, excerpt, instead }) => `${file}: ${excerpt} instead: ${instead}`)).toEqual([]);
});
