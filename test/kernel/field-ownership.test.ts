import { FieldOwnership } from '../../src/kernel/field-ownership';
import { chart, refusal } from '../helpers/build';

const one = chart({ id: 'one' });
const two = chart({ id: 'two' });

test('nothing is set at first', () => {
  const claims = new FieldOwnership<string>('the labels of reviews', 'IM1110');
  expect([claims.render(), claims.get('a')]).toEqual([undefined, undefined]);
});

test('fields are read sorted by name, in whatever order they are set', () => {
  const claims = new FieldOwnership<unknown>('the policy of reviews', 'IM1401');
  claims.set('tls', { mode: 'ISTIO_MUTUAL' }, two);
  claims.set('connectionPool', 1, one);
  expect(Object.entries(claims.render()!)).toEqual([['connectionPool', 1], ['tls', { mode: 'ISTIO_MUTUAL' }]]);
  expect(claims.get('connectionPool')).toBe(1);
});

test('one field may be set twice, to the same value', () => {
  const claims = new FieldOwnership<unknown>('the policy of reviews', 'IM1401');
  claims.set('tls', { mode: 'ISTIO_MUTUAL' }, one);
  claims.set('tls', { mode: 'ISTIO_MUTUAL' }, two);
  expect(claims.render()).toEqual({ tls: { mode: 'ISTIO_MUTUAL' } });
});

test('two that contradict become one error that names both', () => {
  const claims = new FieldOwnership<unknown>('the policy of reviews', 'IM1401');
  claims.set('tls', { mode: 'ISTIO_MUTUAL' }, one);
  expect(refusal(() => claims.set('tls', { mode: 'DISABLE' }, two)).message).toBe([
    'IM1401 at two: one sets tls of the policy of reviews to another value.',
    '  got      {"mode":"DISABLE"}, and before {"mode":"ISTIO_MUTUAL"}',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n'));
  expect(claims.render()).toEqual({ tls: { mode: 'ISTIO_MUTUAL' } });
});

test('the code is that of the subject', () => {
  const claims = new FieldOwnership<string>('the labels of the pods', 'IM1110');
  claims.set('a', 'x', one);
  expect(refusal(() => claims.set('a', 'y', one))).toMatchObject({ code: 'IM1110', at: 'one' });
});
