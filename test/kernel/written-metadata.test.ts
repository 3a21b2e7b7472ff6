import { ApiObject, App, Chart, IResolver, Lazy } from 'cdk8s';
import { writtenMetadata } from '../../src/kernel/written-metadata';

const read = (labels: object, resolvers: IResolver[] = []) => {
  const chart = new Chart(new App({ resolvers }), 'chart');
  const { metadata } = new ApiObject(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { labels: labels as { [key: string]: string }, annotations: { b: 'c' } } });
  return writtenMetadata(chart, metadata);
};

test('texts as they are', () => {
  expect(read({ a: 'b' })).toEqual({ labels: { a: 'b' }, annotations: { b: 'c' } });
});

test('no labels', () => {
  expect(read({})).toEqual({ labels: {}, annotations: { b: 'c' } });
});

test.each<[string, unknown, object]>([
  ['a lazy value', Lazy.any({ produce: () => 'b' }), { a: 'b' }],
  ['a lazy value without a text', Lazy.any({ produce: () => undefined }), {}],
  ['nothing', undefined, {}],
  ['a number', 1, { a: 1 }],
])('%s is resolved', (_, value, labels) => {
  expect(read({ a: value })).toEqual({ labels, annotations: { b: 'c' } });
});

test('resolvers of the App replace texts', () => {
  const resolver: IResolver = { resolve: context => (context.value === 'b' ? context.replaceValue('replaced') : undefined) };
  expect(read({ a: 'b' }, [resolver])).toEqual({ labels: { a: 'replaced' }, annotations: { b: 'c' } });
});
