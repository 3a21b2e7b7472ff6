import { guarded, refusals } from '../../src/kernel/guarded';
import { chart, refusal } from '../helpers/build';
import { MeshError } from 'cdk8s-istio';

const at = chart({ id: 'shop' });
const fails = (error: Error) => () => { throw error; };

test('what the call returns is given back', () => {
  expect(guarded(at, () => 42)).toBe(42);
  expect(refusals(at, () => 42)).toEqual([]);
});

test('an error of a library underneath gets a code and a place', () => {
  const expected = 'IM0002 at shop: replicas and HPA cannot be both.\n  next     follow the message, which is theirs';
  expect(refusal(() => guarded(at, fails(new Error('replicas and HPA cannot be both.')))).message).toBe(expected);
  expect(refusals(at, fails(new Error('replicas and HPA cannot be both')))).toEqual([expected]);
});

test('a refusal of our own stays as it is', () => {
  const own = new MeshError('IM1101', 'elsewhere', { problem: 'x' });
  expect(refusal(() => guarded(at, fails(own)))).toBe(own);
  expect(refusals(at, fails(own))).toEqual([own.message]);
});
