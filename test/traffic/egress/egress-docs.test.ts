import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '..', '..', '..');

/** The last column of every table of the page that says what is run. */
function shown(): string[] {
  const tables = readFileSync(join(ROOT, 'docs', 'egress.md'), 'utf8').split('\n\n').filter(block => /^\|.*\| request \|\n/.test(block));
  return tables.flatMap(table => table.trim().split('\n').slice(2).map(row => row.split('|').slice(-2)[0].trim()));
}

test('the conformance suite runs every mode of the egress page', () => {
  const run = ['legacy-egress', 'egress-modes']
    .flatMap(example => (parse(readFileSync(join(ROOT, 'examples', example, 'requests.yaml'), 'utf8')) as { requests: { name: string }[] }).requests)
    .map(({ name }) => name);
  expect(shown().length).toBeGreaterThan(20);
  expect(shown().filter(name => !run.includes(name))).toEqual([]);
});
