import { hostPart, namespaceLabel, objectName } from '../../src/kernel/naming';
import { isDnsName } from '../../src/values/names';
import { app, chart, findAll, messages, synth } from '../helpers/build';
import { GatewayServer, GatewayWorkload, MeshGateway, MeshNamespace, RouteTarget } from 'cdk8s-istio';

const answer = { to: RouteTarget.directResponse(204) };

test('parts are joined by dots', () => {
  expect(objectName('edge', 'a.b.com')).toBe('edge.a.b.com');
});

test('what only the last part may have cannot be confused', () => {
  const names = [['edge', 'a-b.com'], ['edge', 'a.b.com'], ['edge-a', 'b.com'], ['edge', namespaceLabel('a'), 'b.com'], ['edge', namespaceLabel('any'), 'b.com'],
    ['edge', hostPart('*.b.com')]]
    .map(parts => objectName(...parts));
  expect(new Set(names).size).toBe(names.length);
});

describe('a name that is too long', () => {
  const host = (first: string) => [first, 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(60)].join('.');

  test('is kept up to 253 characters', () => {
    const name = host('a'.repeat(63));
    expect([name.length, objectName(name)]).toEqual([252, name]);
  });

  test('is cut, and stays one of its kind', () => {
    const [x, y] = ['x', 'y'].map(end => objectName('edge', `${host('a'.repeat(63)).slice(0, -1)}${end}`));
    expect(x).toBe(`${`edge.${host('a'.repeat(63))}`.slice(0, 242)}-${x.slice(-10)}`);
    expect([x.length, isDnsName(x), /^[0-9a-f]{10}$/.test(x.slice(-10))]).toEqual([253, true, true]);
    expect(y).not.toBe(x);
  });

  test('is the same every time', () => {
    const parts = ['edge', host('a'.repeat(63))];
    expect(objectName(...parts)).toBe(objectName(...parts));
  });

  test.each([240, 241, 242, 243])('is never cut into a name that ends a label with a dash (%i)', cut => {
    const dashes = `${'a.'.repeat(100)}${'a'.repeat(cut - 200 - 1)}`.slice(0, cut - 1);
    const name = objectName(`${dashes}-.`.slice(0, cut) + '-'.repeat(3) + 'b'.repeat(40));
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).not.toMatch(/[-.]{2}[0-9a-f]{10}$/);
  });
});

describe('VirtualServices of gateways', () => {
  test('of hosts that differ by a dash', () => {
    const shop = chart();
    const edge = new MeshGateway(shop, 'edge', {
      workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['*'] })],
    });
    ['a-b.com', 'a.b.com', '*.b.com', '*'].forEach(host => edge.addHttpRoute(host, answer));
    expect(findAll(synth(shop), 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec.hosts])).toEqual([
      ['edge.of--any', ['*']],
      ['edge.a-b.com', ['a-b.com']],
      ['edge.a.b.com', ['a.b.com']],
      ['edge.of--any.b.com', ['*.b.com']],
    ]);
  });

  test('of gateways of one name in several namespaces, routed from one namespace', () => {
    const root = app();
    const team = new MeshNamespace(chart({ scope: root, namespace: undefined }), 'team');
    const [a, b] = ['a', 'b'].map(namespace => MeshGateway.fromAttributes(team, `edge-${namespace}`, { name: 'edge', namespace }));
    const own = new MeshGateway(team, 'edge', { workload: GatewayWorkload.labels({ gateway: 'team' }), servers: [GatewayServer.http({ hosts: ['www.example.com'] })] });
    [a, b, own].forEach(gateway => gateway.addHttpRoute('www.example.com', answer));
    expect(messages(root)).toEqual([]);
    expect(findAll(synth(root), 'VirtualService').map(({ metadata, spec }) => [metadata.namespace, metadata.name, spec.gateways])).toEqual([
      ['team', 'edge.in--a.www.example.com', ['a/edge']],
      ['team', 'edge.in--b.www.example.com', ['b/edge']],
      ['team', 'edge.www.example.com', ['team/edge']],
    ]);
  });

  test('of a wildcard, and of a gateway in a namespace called any', () => {
    const root = app();
    const team = new MeshNamespace(chart({ scope: root }), 'team');
    const foreign = MeshGateway.fromAttributes(team, 'foreign', { name: 'edge', namespace: 'any' });
    const own = new MeshGateway(team, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['*.b.com'] })] });
    foreign.addHttpRoute('b.com', answer);
    own.addHttpRoute('*.b.com', answer);
    expect(messages(root)).toEqual([]);
    expect(findAll(synth(root), 'VirtualService').map(({ metadata }) => metadata.name)).toEqual(['edge.in--any.b.com', 'edge.of--any.b.com']);
  });
});
