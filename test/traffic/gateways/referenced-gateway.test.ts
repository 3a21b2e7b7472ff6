import { Chart } from 'cdk8s';
import { app, chart, find, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { MeshCluster, MeshGateway, MeshGatewayAttributes, MeshNamespace, MeshPort, RouteMatch, RouteTarget } from 'cdk8s-istio';

const to = RouteTarget.directResponse(200);

option('MeshGateway.fromAttributes', 'a full chart: routes in the namespace of the scope, and no Gateway', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'bookinfo');
  const edge = MeshGateway.fromAttributes(namespace, 'shared', { name: 'shared-gateway', namespace: 'istio-system', hosts: ['*.example.com'] });
  edge.addHttpRoute('bookinfo.example.com', { matches: [RouteMatch.pathPrefix('/reviews')], to: service(namespace) });
  expect(valid(root)).toMatchSnapshot();
});

option('MeshGatewayAttributes.name', 'is the name of the Gateway, in place of the id', () => {
  const root = chart();
  const edge = MeshGateway.fromAttributes(root, 'id', { name: 'edge' });
  edge.addHttpRoute('example.com', { to });
  expect([edge.gatewayName, edge.namespace]).toEqual(['edge', 'shop']);
  expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.gateways).toEqual(['shop/edge']);
});

option('MeshGatewayAttributes.namespace', 'is the namespace of the Gateway, and part of the name of its routes elsewhere', () => {
  const root = chart();
  const edge = MeshGateway.fromAttributes(root, 'edge', { namespace: 'istio-system' });
  edge.addHttpRoute('example.com', { to });
  const [{ metadata, spec }] = valid(root);
  expect(metadata).toEqual({ name: 'edge.in--istio-system.example.com', namespace: 'shop' });
  expect(spec.gateways).toEqual(['istio-system/edge']);
  expect(MeshCluster.of(root).references).toEqual([
    { kind: 'Gateway', namespace: 'istio-system', name: 'edge', usedBy: 'chart/edge' },
    { kind: 'Namespace', name: 'shop', usedBy: 'chart' },
  ]);
});

option('MeshGatewayAttributes.hosts', 'are the only hosts that can be routed; none said is any', () => {
  const edge = MeshGateway.fromAttributes(chart(), 'edge', { hosts: ['*.example.com'] });
  expect(refusal(() => edge.addHttpRoute('example.org', { to })).message).toBe([
    'IM1303 at chart/edge: edge does not serve example.org.',
    '  got      \'example.org\'',
    '  allowed  *.example.com',
    '  next     add the host to a server, or correct the route',
    '  istio    IST0132',
  ].join('\n'));
  const root = chart();
  MeshGateway.fromAttributes(root, 'edge', {}).addHttpRoute('example.org', { to });
  expect(find(valid(root), 'VirtualService', 'edge.example.org').spec.hosts).toEqual(['example.org']);
});

option('IMeshGateway.addHttpRoute', 'is a route, also of a gateway that another construct or team creates', () => {
  const root = chart();
  MeshGateway.fromAttributes(root, 'edge', {}).addHttpRoute('example.com', { to });
  expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.http).toEqual([{ directResponse: { status: 200 } }]);
});

option('IMeshGateway.addGrpcRoute', 'is a route to the HTTP/2 port, also of a gateway that another construct or team creates', () => {
  const root = chart();
  const reviews = service(root, 'reviews', { ports: [MeshPort.grpc(50051)] });
  MeshGateway.fromAttributes(root, 'edge', {}).addGrpcRoute('example.com', { service: 'shop.v1.Cart', to: reviews });
  expect(find(valid(root), 'VirtualService', 'edge.example.com').spec.http).toEqual([{
    match: [{ uri: { prefix: '/shop.v1.Cart/' } }],
    route: [{ destination: { host: 'reviews.shop.svc.cluster.local', port: { number: 50051 } } }],
  }]);
});

test('one gateway described in two namespaces: matches that could overlap would be decided by age', () => {
  const root = app();
  const [a, b] = ['a', 'b'].map(id => MeshGateway.fromAttributes(chart({ scope: root, id, namespace: id }), 'edge', { namespace: 'istio-system' }));
  a.addHttpRoute('example.com', { matches: [RouteMatch.pathPrefix('/a')], to });
  b.addHttpRoute('example.com', { matches: [RouteMatch.pathPrefix('/b')], to });
  expect(refusal(() => b.addHttpRoute('example.com', { matches: [RouteMatch.exactPath('/a/b')], to })).message).toBe([
    'IM1401 at b/edge: a/edge routes some of the same requests for example.com from another namespace: '
      + 'which of the two is asked first would be decided by age.',
    '  got      {"uri":{"exact":"/a/b"}}',
    '  allowed  a match that no request shares with {"uri":{"prefix":"/a"}}',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n'));
  expect(valid(root).map(({ metadata }) => metadata))
    .toEqual(['a', 'b'].map(namespace => ({ name: 'edge.in--istio-system.example.com', namespace })));
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'IM0001'],
  ['a namespace in the name', { name: 'istio-system/edge' }, 'IM0106'],
  ['a namespace in capitals', { namespace: 'Istio' }, 'IM0106'],
  ['an invalid host', { hosts: ['a_b'] }, 'IM0104'],
  ['a wildcard in the wrong place', { hosts: ['a.*'] }, 'IM0105'],
  ['hosts as text', { hosts: 'example.com' }, 'IM0001'],
  ['something unknown', { host: 'example.com' }, 'IM0001'],
])('%s is no description of a gateway', (_, attributes, code) => {
  expect(refusal(() => MeshGateway.fromAttributes(chart(), 'edge', attributes as MeshGatewayAttributes)).code).toBe(code);
});
