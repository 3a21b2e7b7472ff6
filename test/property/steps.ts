import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { PUBLIC } from './assembly';
import { Case } from './program';
import { Raised } from './raised';
import { RUNS, SEED } from './runs';
import { Counted, countedOf, Tally } from './tally';
import { transcript } from './transcript';
import { judge, Verdict } from './verdict';
import { OUTDIR } from './world';

/** The files `steps-<part>.test.ts`: jest runs them at the same time. */
const PARTS = 4;

const MOST_STEPS = 17;
/** Of 100 cases, how many have a mistake: more than the 20 that are asked for. */
const FAULTS = 25;

const number = fc.noBias(fc.integer({ min: 0, max: 2 ** 31 - 1 }));

/** Steps are numbers of their own: leaving one out changes no other, and what is left of a failure is what it takes. */
const cases: fc.Arbitrary<Case> = fc.record({
  theme: fc.noBias(fc.nat(999)),
  layout: number,
  steps: fc.array(fc.record({ what: number, seed: number }), { minLength: 3, maxLength: MOST_STEPS, size: 'max' }),
  fault: fc.oneof({ weight: 100 - FAULTS, arbitrary: fc.constant(undefined) }, { weight: FAULTS, arbitrary: number }),
});

function report({ world, message, defects }: Verdict): string {
  const wrong = world.wrong ? `\n\nwrong: ${world.wrong.slot}` : '';
  return `${defects.join('\n')}\n\n${transcript(world)}${wrong}\n\n${message}`;
}

/** Judges the programs of one part: of all programs of the seed, every fourth. */
function judgePart(part: number): Counted[] {
  const counted: Counted[] = [];
  let drawn = 0;
  let failed = false;
  const property = fc.property(cases, program => {
    // What fails is made smaller, and each smaller program is judged here.
    if (!failed && drawn++ % PARTS !== part - 1) return;
    const verdict = judge(program);
    counted.push(countedOf(verdict));
    failed = verdict.defects.length > 0;
    if (failed) throw new Error(report(verdict));
  });
  const result = fc.check(property, { numRuns: RUNS, seed: SEED, includeErrorInReport: true });
  expect(result.failed ? fc.defaultReportMessage(result) : undefined).toBeUndefined();
  return counted;
}

/** What all parts have counted, once all have ended. */
function total(part: number, counted: Counted[]): { readonly tally: Tally; readonly raised: Raised } | undefined {
  const folder = process.env.PROPERTY_TALLIES!;
  writeFileSync(join(folder, `${part}.part`), JSON.stringify(counted));
  renameSync(join(folder, `${part}.part`), join(folder, `${part}.json`));
  const files = readdirSync(folder).filter(file => file.endsWith('.json'));
  if (files.length < PARTS) return undefined;
  const all = { tally: new Tally(), raised: new Raised() };
  files.flatMap(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Counted[]).forEach(each => {
    all.tally.count(each);
    all.raised.count(each);
  });
  return all;
}

/** The test of one part. The part that ends last looks at what all parts have covered. */
export function testSteps(part: number): void {
  afterAll(() => rmSync(OUTDIR, { recursive: true, force: true }));

  test(`whatever the API takes synthesizes, and whatever it refuses has a code (part ${part} of ${PARTS})`, () => {
    const all = total(part, judgePart(part));
    if (all === undefined) return;
    const { tally, raised } = all;
    console.info(`seed ${SEED}, ${tally.summary()}`);
    expect(raised.missing()).toEqual([]);
    expect(tally.shortfall(PUBLIC, 0.01)).toEqual([]);
    expect(tally.faulty / tally.cases).toBeGreaterThanOrEqual(0.2);
    expect(tally.acceptedShare).toBeGreaterThanOrEqual(0.85);
  }, 900_000);
}
