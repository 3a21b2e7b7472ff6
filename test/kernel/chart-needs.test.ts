import { safeOrder } from '../../src/kernel/chart-needs';
import { Manifest } from '../../src/synthesis/rendered-object';

const object = (kind: string, name: string, namespace?: string, spec?: object): Manifest => ({
  apiVersion: ['Namespace', 'Service'].includes(kind) ? 'v1' : `${['AuthorizationPolicy', 'PeerAuthentication'].includes(kind) ? 'security' : 'networking'}.istio.io/v1`,
  kind,
  metadata: { name, namespace },
  spec,
});
const order = (files: { [name: string]: Manifest[] }) =>
  safeOrder(Object.entries(files).map(([name, objects]) => ({ name, objects })), 'cluster.local');
const routes = (spec: object) => object('VirtualService', 'routes', 'edge', { hosts: ['a'], ...spec });
const to = (host: string) => ({ http: [{ route: [{ destination: { host } }] }] });

describe('files come in an order that is safe to apply', () => {
  test('by name where nothing is needed', () => {
    expect(order({ b: [object('Service', 'x', 'n')], a: [object('Service', 'y', 'n')], A: [] })).toEqual(['A', 'a', 'b']);
  });

  test.each<[string, Manifest, Manifest]>([
    ['a route behind the Service that it leads to', routes(to('cart.shop.svc.cluster.local')), object('Service', 'cart', 'shop')],
    ['by the short name', routes(to('cart')), object('Service', 'cart', 'edge')],
    ['behind the subsets of a host', routes(to('x.example.com')), object('DestinationRule', 'x', 'shop', { host: 'x.example.com' })],
    ['behind an outside host', routes(to('x.example.com')), object('ServiceEntry', 'x', 'shop', { hosts: ['x.example.com'] })],
    ['TLS', routes({ tls: [{ route: [{ destination: { host: 'x.example.com' } }] }] }), object('ServiceEntry', 'x', 'shop', { hosts: ['x.example.com'] })],
    ['TCP', routes({ tcp: [{ route: [{ destination: { host: 'x.example.com' } }] }] }), object('ServiceEntry', 'x', 'shop', { hosts: ['x.example.com'] })],
    ['copies', routes({ http: [{ mirrors: [{ destination: { host: 'x.example.com' } }] }] }), object('ServiceEntry', 'x', 'shop', { hosts: ['x.example.com'] })],
    ['one copy', routes({ http: [{ mirror: { host: 'x.example.com' } }] }), object('ServiceEntry', 'x', 'shop', { hosts: ['x.example.com'] })],
    ['behind its gateway', routes({ gateways: ['mesh', 'way/out'] }), object('Gateway', 'out', 'way')],
    ['behind its gateway beside it', routes({ gateways: ['out'] }), object('Gateway', 'out', 'edge')],
    ['behind delegated routes', routes({ http: [{ delegate: { name: 'd', namespace: 'team' } }] }), object('VirtualService', 'd', 'team', { http: [] })],
    ['behind delegated routes beside it', routes({ http: [{ delegate: { name: 'd' } }] }), object('VirtualService', 'd', 'edge', { http: [] })],
    ['what is in a namespace behind it', object('Service', 'cart', 'shop'), object('Namespace', 'shop')],
    [
      'what a namespace denies behind what some pods allow',
      object('AuthorizationPolicy', 'default', 'shop', {}), object('AuthorizationPolicy', 'cart', 'shop', { selector: { matchLabels: { app: 'cart' } } }),
    ],
    ['mutual TLS of a namespace behind that of some pods', object('PeerAuthentication', 'default', 'shop', {}), object('PeerAuthentication', 'a', 'shop', { selector: {} })],
  ])('%s', (_, needing, needed) => expect(order({ a: [needing], b: [needed], c: [] })).toEqual(['b', 'a', 'c']));

  test('what else has the name is not needed', () => {
    expect(order({ a: [routes(to('cart.shop.svc.cluster.local'))], b: [object('Service', 'cart', 'other')] })).toEqual(['a', 'b']);
    expect(order({ a: [object('AuthorizationPolicy', 'default', 'shop', {})], b: [object('AuthorizationPolicy', 'x', 'other', { selector: {} })] })).toEqual(['a', 'b']);
  });

  test('where two need each other, the namespace comes first', () => {
    const selector = { matchLabels: { app: 'cart' } };
    expect(order({
      a: [object('AuthorizationPolicy', 'cart', 'shop', { selector })], b: [object('Namespace', 'shop'), object('AuthorizationPolicy', 'default', 'shop', {})],
    })).toEqual(['b', 'a']);
  });

  test('where two need each other, who lacks less comes first, and by name else', () => {
    const host = (name: string) => object('ServiceEntry', name, 'n', { hosts: [name] });
    expect(order({ b: [host('b.x'), routes(to('a.x'))], a: [host('a.x'), routes(to('b.x'))] })).toEqual(['a', 'b']);
    expect(order({ a: [host('a.x'), routes(to('b.x')), routes(to('c.x'))], b: [host('b.x'), routes(to('a.x'))], c: [host('c.x'), routes(to('a.x'))] }))
      .toEqual(['b', 'a', 'c']);
  });
});
