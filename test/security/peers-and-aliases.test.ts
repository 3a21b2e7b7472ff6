import { aShop, restricted } from './shop';
import { find, messages } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { EgressPort, EgressRoute, MeshNamespace, MeshPort, MeshService, ServiceAlias, StatefulMeshService } from 'cdk8s-istio';

option('ServiceAlias.toCallee', 'is the service; its callers know the alias by the namespace of the service, where Istio looks for it', () => {
  const { chart, web, checkout } = aShop();
  web.calls(new ServiceAlias(new MeshNamespace(chart, 'sales'), 'till', { target: checkout }), { port: 80 });
  restricted(chart);
  expect(find(valid(chart), 'Sidecar', 'web.v1').spec.egress).toEqual([
    { hosts: ['shop/checkout.shop.svc.cluster.local', 'shop/till.sales.svc.cluster.local'] },
  ]);
});

test('an account that another workload has as well makes it a peer, and is refused', () => {
  const { chart, shop, web } = aShop();
  new StatefulMeshService(shop, 'db', {
    replicas: 2, ports: [MeshPort.tcp(5432)], containers: [{ image: 'example.com/db:1' }], serviceAccount: web.deploymentOf('v1').serviceAccount!,
  });
  restricted(chart);
  expect(messages(chart).map(text => text.split('\n')[0]))
    .toEqual(['IM1805 at chart/shop/db: web v1 has the same identity, web, but does not declare that it calls db.']);
});

test('a described caller without labels of its pods is refused by a direct route', () => {
  const { chart, shop } = aShop();
  const route = new EgressRoute(shop, 'news', { host: 'news.example.com', ports: [EgressPort.http(80)] });
  MeshService.fromAttributes(shop, 'old', { ports: [MeshPort.http(80)], podLabels: {} }).calls(route);
  expect(messages(chart)[0].split('\n')[0])
    .toBe('IM1840 at chart/shop/news: the labels of the pods of old are not known: the route would be open to every pod of shop.');
});
