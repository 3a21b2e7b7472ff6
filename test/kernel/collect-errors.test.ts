import { wrapErrors, collectErrors } from '../../src/kernel/collect-errors';
import { chart, refusal } from '../helpers/build';
import { MeshError } from 'cdk8s-istio';

const at = chart({ id: 'shop' });
const fails = (error: Error) => () => { throw error; };

test('what the call returns is given back', () => {
  expect(wrapErrors(at, () => 42)).toBe(42);
  expect(collectErrors(at, () => 42)).toEqual([]);
});

test('an error of a library underneath gets a code and a place', () => {
  const expected = 'IM0002 at shop: replicas and HPA cannot be both.\n  next     follow the message of cdk8s-plus';
  expect(refusal(() => wrapErrors(at, fails(new Error('replicas and HPA cannot be both.')))).message).toBe(expected);
  expect(collectErrors(at, fails(new Error('replicas and HPA cannot be both')))).toEqual([expected]);
});

test('a refusal of our own stays as it is', () => {
  const own = new MeshError('IM1101', 'elsewhere', { problem: 'x' });
  expect(refusal(() => wrapErrors(at, fails(own)))).toBe(own);
  expect(collectErrors(at, fails(own))).toEqual([own.message]);
});
