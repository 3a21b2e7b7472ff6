import { compositionSeed } from './compositions/draw';
import { density, judge, traits } from './compositions/verdict';
import { RUNS, SEED } from './runs';

test('compositions on one namespace or gateway: at least three constructs, every form of a service, two charts', () => {
  const verdicts = Array.from({ length: Math.ceil(RUNS / 10) }, (_, i) => judge(compositionSeed(SEED, i + 1)));
  expect(verdicts.flatMap(({ defects }) => defects)).toEqual([]);

  const accepted = verdicts.filter(({ codes }) => codes.length === 0).map(({ plan }) => plan);
  expect(accepted.length / verdicts.length).toBeGreaterThanOrEqual(0.85);
  expect(accepted.filter(plan => Math.max(density(plan).namespace, density(plan).gateway) < 3)).toEqual([]);
  const seen = accepted.map(plan => new Set(traits(plan)));
  const wanted = [
    ...['made', 'described', 'wrapped', 'stateful', 'describedStateful', 'wrappedStateful'].map(form => `a service that is ${form}`),
    'two charts over one namespace', 'a headless side that is called', 'a job', 'a split', 'a policy for resilience', 'an alias', 'an egress route', 'tokens at a gateway',
    'tokens at a service', 'two gateways on the same pods', 'routes of another namespace', 'least privilege',
  ];
  expect(wanted.filter(trait => seen.filter(traitsOf => traitsOf.has(trait)).length < accepted.length * 0.03)).toEqual([]);
}, 300_000);
