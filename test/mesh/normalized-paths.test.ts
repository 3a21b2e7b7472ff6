import { Chart } from 'cdk8s';
import { app, messages, service } from '../helpers/build';
import { GatewayServer, GatewayWorkload, LeastPrivilege, MeshGateway, MeshNamespace, MeshSettings, PathNormalization, RouteMatch } from 'cdk8s-istio';

/** A route and a policy on a path, in a mesh whose settings another chart has. */
function tried(pathNormalization: PathNormalization, { route = '/a', call = '/a' }) {
  const root = app();
  const chart = new Chart(root, 'chart');
  const shop = new MeshNamespace(chart, 'shop');
  const cart = service(shop, 'cart');
  service(shop, 'web').calls(cart, { paths: [call] });
  new LeastPrivilege(shop, 'least-privilege');
  const edge = new MeshGateway(shop, 'edge', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })] });
  edge.addHttpRoute('shop.example.com', { to: cart, matches: [RouteMatch.exactPath(route)] });
  new MeshSettings(new Chart(root, 'mesh'), 'settings', { pathNormalization });
  return messages(root);
}

test('a route for a path that proxies merge', () => {
  expect(tried(PathNormalization.MERGE_SLASHES, { route: '/a//b' })).toEqual([[
    'IM1880 at chart/shop/edge/shop.example.com/Routes/Resource: mesh/settings has proxies rewrite paths, MERGE_SLASHES: no request has this one.',
    '  got      \'/a//b\'',
    '  allowed  /a/b',
    '  next     write the path in its normalized form, or choose another `pathNormalization`',
  ].join('\n')]);
});

test.each(['/a%2fb', '/a%5Cb', '/a//b'])('a policy on %s, where proxies decode slashes as well', call => {
  expect(tried(PathNormalization.DECODE_AND_MERGE_SLASHES, { call })).toEqual([expect.stringMatching(/^IM1880 at chart\/shop\/cart\/[^]*allowed {2}\/a\/b\n/)]);
});

test.each([[PathNormalization.BASE, '/a//b'], [PathNormalization.MERGE_SLASHES, '/a%2Fb'], [PathNormalization.DECODE_AND_MERGE_SLASHES, '/a/b']])('%s leaves %s', (normalization, path) => {
  expect(tried(normalization, { route: path, call: path })).toEqual([]);
});
