import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '..', '..', '..');

interface Run {
  readonly requests: { readonly name: string }[];
  readonly steps?: { readonly name: string }[];
}

const run = ['resilient-call', 'resilience-modes', 'egress-modes']
  .map(example => parse(readFileSync(join(ROOT, 'examples', example, 'requests.yaml'), 'utf8')) as Run)
  .flatMap(({ requests, steps = [] }) => [...requests, ...steps])
  .map(({ name }) => name);

const cells = (row: string) => row.split('|').slice(1, -1).map(cell => cell.trim());

/** The tables of the page that name requests, in the last column or in all but the first. */
const tables = readFileSync(join(ROOT, 'docs', 'resilience.md'), 'utf8').split('\n\n').filter(block => block.startsWith('|'))
  .map(table => table.trim().split('\n')).map(([head, , ...rows]) => ({ head: cells(head), rows: rows.map(cells) }))
  .map(({ head, rows }) => ({ from: head[0] === 'of the policy' ? 1 : head.indexOf('request'), rows }))
  .filter(({ from }) => from > 0);

test('every row of the page on resilience names a request that the conformance suite runs', () => {
  const named = tables.flatMap(({ from, rows }) => rows.flatMap(row => row.slice(from))).filter(cell => cell !== '-');
  expect(tables.length).toBeGreaterThan(6);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(name => !run.includes(name))).toEqual([]);
});
