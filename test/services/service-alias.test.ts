import { Chart } from 'cdk8s';
import { app, chart, find, findAll, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { MeshCluster, MeshNamespace, ServiceAlias } from 'cdk8s-istio';

option('ServiceAlias.constructor', 'a full chart', () => {
  const root = new Chart(app(), 'chart');
  const target = service(new MeshNamespace(root, 'bookinfo'), 'reviews');
  const elsewhere = new MeshNamespace(root, 'elsewhere');
  expect(new ServiceAlias(elsewhere, 'id', { name: 'critics', target }).aliasName).toBe('critics');
  expect(valid(root)).toMatchSnapshot();
});

option('ServiceAliasProps.name', 'is the name of the Service, in place of the id', () => {
  const root = chart();
  new ServiceAlias(root, 'id', { name: 'critics', target: service(root) });
  expect(findAll(valid(root), 'Service').map(({ metadata }) => metadata.name)).toEqual(['reviews', 'critics']);
});

option('ServiceAliasProps.target', 'is the external name', () => {
  const root = chart();
  new ServiceAlias(root, 'critics', { target: service(root) });
  expect(find(valid(root), 'Service', 'critics')).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'critics', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'reviews.shop.svc.cluster.local' },
  });
});

test('a name that no Service can have is refused', () => {
  const root = chart();
  const target = service(root);
  expect(refusal(() => new ServiceAlias(root, '1st', { target })).message).toBe([
    'IM0106 at chart/1st: the name of the service does not begin with a letter.',
    '  got      \'1st\'',
    '  allowed  a DNS label that begins with a letter',
    '  next     use at most 63 lower-case letters, digits and dashes, and no dash at either end',
  ].join('\n'));
});

test('an alias of its own name is written twice', () => {
  const root = chart();
  new ServiceAlias(root, 'alias', { name: 'reviews', target: service(root) });
  expect(() => valid(root)).toThrow('IM1003 at chart/alias/Resource: chart/reviews/Resource also creates Service shop/reviews.');
});

test('a service of another cluster has no name here', () => {
  const root = app();
  const [a, b] = ['a', 'b'].map(id => new Chart(new MeshCluster(root, id), 'chart', { namespace: 'shop' }));
  expect(refusal(() => new ServiceAlias(a, 'alias', { target: service(b) })).message).toBe([
    'IM1008 at a/chart/alias: b/chart/reviews is in another cluster.',
    '  got      \'b\'',
    '  allowed  a',
    '  next     use a service of the same cluster; call services of other clusters through a gateway',
  ].join('\n'));
});
