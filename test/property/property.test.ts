import { rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { PUBLIC } from './assembly';
import { compositionSeed } from './compositions/draw';
import { density, judge as judgeComposition, traits } from './compositions/verdict';
import { Case } from './program';
import { Tally } from './tally';
import { transcript } from './transcript';
import { judge, Verdict } from './verdict';
import { OUTDIR } from './world';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 2000);
const SEED = Number(process.env.PROPERTY_SEED ?? 20250131);

const MOST_STEPS = 17;
/** Of 100 cases, how many have a mistake: more than the 20 that are asked for. */
const FAULTS = 25;

const number = fc.noBias(fc.integer({ min: 0, max: 2 ** 31 - 1 }));

/** Steps are numbers of their own: leaving one out changes no other, and what is left of a failure is what it takes. */
export const cases: fc.Arbitrary<Case> = fc.record({
  theme: fc.noBias(fc.nat(999)),
  layout: number,
  steps: fc.array(fc.record({ what: number, seed: number }), { minLength: 3, maxLength: MOST_STEPS, size: 'max' }),
  fault: fc.oneof({ weight: 100 - FAULTS, arbitrary: fc.constant(undefined) }, { weight: FAULTS, arbitrary: number }),
});

function report({ world, message, defects }: Verdict): string {
  const wrong = world.wrong ? `\n\nwrong: ${world.wrong.slot}` : '';
  return `${defects.join('\n')}\n\n${transcript(world)}${wrong}\n\n${message}`;
}

afterAll(() => rmSync(OUTDIR, { recursive: true, force: true }));

test('whatever the API takes synthesizes, and whatever it refuses has a code', () => {
  const tally = new Tally();
  const property = fc.property(cases, program => {
    const verdict = judge(program);
    tally.count(verdict);
    if (verdict.defects.length > 0) {
      throw new Error(report(verdict));
    }
  });
  const result = fc.check(property, { numRuns: RUNS, seed: SEED, includeErrorInReport: true });
  console.info(`seed ${SEED}, ${tally.summary()}`);
  expect(result.failed ? fc.defaultReportMessage(result) : undefined).toBeUndefined();

  expect(tally.shortfall(PUBLIC, 0.01)).toEqual([]);
  expect(tally.faulty / tally.cases).toBeGreaterThanOrEqual(0.2);
  expect(tally.acceptedShare).toBeGreaterThanOrEqual(0.85);
}, 900_000);

test('compositions on one namespace or gateway: at least three constructs, every form of a service, two charts', () => {
  const verdicts = Array.from({ length: Math.ceil(RUNS / 10) }, (_, i) => judgeComposition(compositionSeed(SEED, i + 1)));
  expect(verdicts.flatMap(({ defects }) => defects)).toEqual([]);

  const accepted = verdicts.filter(({ codes }) => codes.length === 0).map(({ plan }) => plan);
  expect(accepted.length / verdicts.length).toBeGreaterThanOrEqual(0.85);
  expect(accepted.filter(plan => Math.max(density(plan).namespace, density(plan).gateway) < 3)).toEqual([]);
  const seen = accepted.map(plan => new Set(traits(plan)));
  const wanted = [
    ...['made', 'described', 'wrapped', 'stateful', 'describedStateful', 'wrappedStateful'].map(form => `a service that is ${form}`),
    'two charts over one namespace', 'a headless side that is called', 'a job', 'a split', 'a policy for resilience', 'an alias', 'a way out', 'tokens at a gateway',
    'tokens at a service', 'two gateways on the same pods', 'routes of another namespace', 'least privilege',
  ];
  expect(wanted.filter(trait => seen.filter(traitsOf => traitsOf.has(trait)).length < accepted.length * 0.03)).toEqual([]);
}, 300_000);
