import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { namespaceOf, namespaceScopeOf } from '../../src/kernel/namespace-scope';
import { app, chart, find, refusal, service, synth } from '../helpers/build';
import { MeshNamespace } from 'cdk8s-istio';

test('the nearest MeshNamespace, however far above', () => {
  const bookinfo = new MeshNamespace(chart({ namespace: 'other' }), 'bookinfo');
  const deep = new Construct(new Construct(bookinfo, 'a'), 'b');
  expect([namespaceOf(deep), namespaceOf(bookinfo), namespaceScopeOf(deep)]).toEqual(['bookinfo', 'bookinfo', bookinfo]);
});

test('two namespaces side by side in one chart', () => {
  const shared = new Chart(app(), 'chart');
  const reviews = service(new MeshNamespace(shared, 'a'));
  const other = service(new MeshNamespace(shared, 'b', { name: 'b-prod' }));
  expect([reviews.host, other.host]).toEqual(['reviews.a.svc.cluster.local', 'reviews.b-prod.svc.cluster.local']);
  const services = synth(shared).filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.namespace);
  expect(services).toEqual(['a', 'b-prod']);
});

test('the namespace of the chart, without a MeshNamespace', () => {
  const shop = chart({ namespace: 'shop' });
  const { host } = service(shop);
  expect([host, namespaceScopeOf(shop)]).toEqual(['reviews.shop.svc.cluster.local', undefined]);
  expect(find(synth(shop), 'Service', 'reviews').metadata.namespace).toBe('shop');
});

test('neither', () => {
  expect(refusal(() => service(new Chart(app(), 'bare'))).message).toBe([
    'IM1001 at bare/reviews: the construct has no namespace.',
    '  next     put the construct below a MeshNamespace, or set the namespace of its chart',
  ].join('\n'));
});

test('not even a chart', () => {
  expect(refusal(() => namespaceOf(app()))).toMatchObject({ code: 'IM1001', at: '' });
});

test('the chart\'s namespace is no DNS label', () => {
  expect(refusal(() => service(chart({ namespace: 'My_Shop' }))).message).toBe([
    'IM0106 at chart/reviews: the namespace of the chart is not a DNS label.',
    '  got      \'My_Shop\'',
    '  next     use at most 63 lower-case letters, digits and dashes, and no dash at either end',
  ].join('\n'));
});
