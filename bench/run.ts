/**
 * Measures the compiled library beside its alternatives, and compares with the baseline. Times depend on the machine, so they are only printed.
 * The baseline has ratios.
 *
 *   npm run bench                                  measures all rows, and compares with bench/baseline.json
 *   npm run bench -- --only hub                    measures the rows whose name or group contains a text
 *   npm run bench -- --update                      also writes the baseline and docs/speed.md
 *   npm run bench -- --beside COMMIT               takes another commit, or the folder of a compiled checkout, as the earlier build
 *   npm run bench -- --rounds 3                    other rounds than those of the groups
 *   npm run bench -- --profile hub 300 construct   prints where a program spends its time: construct, validate, render or all
 */
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { baseline, update } from './baseline';
import { Answer, Order } from './child';
import { built, EARLIER_COMMIT, forget, hashOf } from './earlier';
import { EARLIER, Group, needed, Row } from './groups/group';
import { GROUPS } from './groups/groups';
import { Spread } from './measure';
import { profile } from './profile';
import { verdict } from './targets';

const ROOT = join(__dirname, '..');
const load = createRequire(__filename);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      update: { type: 'boolean' },
      beside: { type: 'string', default: EARLIER_COMMIT },
      rounds: { type: 'string' },
      profile: { type: 'boolean' },
    },
  });
  if (!existsSync(join(ROOT, 'lib'))) {
    throw new Error('npm run compile first');
  }
  if (values.profile) return profile(load(ROOT), positionals);

  const only = [values.only, ...positionals].filter(word => word).join(' '); // npm run passes the words of a text one by one
  const chosen = GROUPS.map(group => ({ group, rows: group.rows.filter(row => isChosen(group, row, only)) })).filter(({ rows }) => rows.length > 0);
  if (chosen.length === 0) {
    throw new Error(`no row and no group contains ${only}: ${GROUPS.map(({ name }) => name).join(', ')}`);
  }
  // Written after each group, so that a run that ends early keeps what it has measured.
  const write = (ratios: Record<string, Spread>) => {
    if (values.update) update({ versions: versions(values.beside), ratios });
  };
  await measureAll(chosen, values.beside, values.rounds === undefined ? undefined : Number(values.rounds), write);
}

/** Measures groups in turn, beside the build of a commit if a row needs it. */
async function measureAll(
  chosen: { group: Group; rows: Row[] }[], commit: string, roundsOfAll: number | undefined, write: (ratios: Record<string, Spread>) => void,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const comparing = chosen.some(({ rows }) => [...needed(rows)].some(task => task.includes(EARLIER)));
    const places = { library: ROOT, earlier: comparing ? built(commit, scratch) : '', scratch };
    for (const { group, rows } of chosen) {
      const rounds = roundsOfAll ?? group.rounds;
      const start = performance.now();
      const answer = await measured({ group: group.name, rows: rows.map(({ name }) => name), rounds, places });
      const seconds = Math.round((performance.now() - start) / 1000);
      console.log(`\n${group.name}: milliseconds and bytes of this machine, in ${rounds} rounds of ${seconds} s in all. They promise nothing.`);
      write(print(answer));
    }
  } finally {
    rmSync(scratch, { recursive: true });
    forget();
  }
}

function isChosen(group: Group, row: Row, only: string): boolean {
  return `${group.name}\n${row.name}`.includes(only);
}

/** The answer of a process that measures one group. */
async function measured(order: Order): Promise<Answer> {
  const child = fork(join(__dirname, 'child.ts'));
  return new Promise((resolve, reject) => {
    child.once('message', resolve).once('error', reject).once('exit', () => reject(new Error(`${order.group} failed`)));
    child.send(order);
  });
}

/** Prints the answers of a group, and returns its ratios as the baseline has them. */
function print(answer: Answer): Record<string, Spread> {
  const before = baseline();
  const ratios = Object.fromEntries(Object.entries(answer.ratios).map(([row, its]) => [row, rounded(its)]));
  console.table(Object.fromEntries(Object.entries(answer.figures).map(([task, its]) => [task, rounded(its)])));
  console.table(Object.fromEntries(Object.entries(ratios).map(([row, its]) => [row, compared(row, its, before.ratios[row])])));
  return ratios;
}

/** A ratio and that of the baseline. If the quartiles overlap, the difference may be noise. */
function compared(row: string, now: Spread, before?: Spread): Record<string, string | number | undefined> {
  const change = !before ? 'new' : now.low > before.high ? 'slower' : now.high < before.low ? 'faster' : 'as before';
  return { ...now, before: before?.median, change, target: verdict(row, now.median) };
}

function versions(commit: string): Record<string, string> {
  return {
    'node': process.version,
    ...Object.fromEntries(['cdk8s', 'cdk8s-plus-28', 'constructs'].map(name => [name, load(`${name}/package.json`).version])),
    'the earlier build': hashOf(commit),
  };
}

function rounded({ low, median, high }: Spread): Spread {
  const round = (value: number) => Number(value < 10 ? value.toPrecision(value < 1 ? 2 : 3) : value.toFixed(1));
  return { low: round(low), median: round(median), high: round(high) };
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
