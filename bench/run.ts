/**
 * Measures the compiled library and its alternatives, and compares with the baseline. Times depend on the machine, so they are only printed.
 * The baseline has ratios.
 *
 *   npm run bench                 measures, and compares with bench/baseline.json
 *   npm run bench -- --update     also writes the baseline and docs/speed.md
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measure, ratio, Spread, spread } from './measure';
import { withFigures } from './page';
import { COMPILED, QUESTIONS, works } from './questions';

const ROUNDS = 11;
const BASELINE = join(__dirname, 'baseline.json');
const PAGE = join(__dirname, '..', 'docs', 'speed.md');
const load = createRequire(__filename);

/** The measured ratios, and the versions of the run. */
export interface Baseline {
  readonly versions: Record<string, string>;
  readonly ratios: Record<string, Spread>;
}

async function main(): Promise<void> {
  if (!existsSync(`${COMPILED}/index.js`)) {
    throw new Error('npm run compile first');
  }
  const taken = await measure(works(load(COMPILED)), ROUNDS);
  const before: Baseline = JSON.parse(readFileSync(BASELINE, 'utf8'));
  const now: Baseline = {
    versions: {
      node: process.version,
      ...Object.fromEntries(['cdk8s', 'cdk8s-plus-28', 'constructs'].map(name => [name, load(`${name}/package.json`).version])),
    },
    ratios: Object.fromEntries(QUESTIONS.map(({ name, of, to, share }) => [name, rounded(ratio(taken.get(of)!, taken.get(to)!, share))])),
  };

  console.log(`\nMilliseconds on this machine, in ${ROUNDS} rounds: they promise nothing.`);
  console.table(Object.fromEntries([...taken].map(([name, figures]) => [name, rounded(spread(figures), 1)])));
  console.log(`Ratios, between quartiles; before: ${JSON.stringify(before.versions)}, now: ${JSON.stringify(now.versions)}`);
  console.table(Object.fromEntries(Object.entries(now.ratios).map(([name, its]) => [name, compared(its, before.ratios[name])])));
  if (process.argv.includes('--update')) {
    writeFileSync(BASELINE, `${JSON.stringify(now, undefined, 2)}\n`);
    writeFileSync(PAGE, withFigures(readFileSync(PAGE, 'utf8'), now.ratios));
  }
}

/** A ratio and that of the baseline. If the quartiles overlap, the difference may be noise. */
function compared(now: Spread, before?: Spread): Record<string, string | number | undefined> {
  const verdict = !before ? 'new' : now.low > before.high ? 'slower' : now.high < before.low ? 'faster' : 'as before';
  return { ...now, before: before?.median, verdict };
}

function rounded({ low, median, high }: Spread, digits = 2): Spread {
  return { low: Number(low.toFixed(digits)), median: Number(median.toFixed(digits)), high: Number(high.toFixed(digits)) };
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
