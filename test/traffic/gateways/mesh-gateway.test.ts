import { Chart } from 'cdk8s';
import { app, chart, find, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CanarySplit, GatewayServer, GatewayTls, GatewayWorkload, HttpServerOptions, HttpsServerOptions, MeshCluster, MeshGateway, MeshGatewayProps,
  MeshNamespace, RouteMatch, RouteTarget, SplitTarget,
} from 'cdk8s-istio';

const workload = GatewayWorkload.ingress();
const hosts = ['example.com'];
const tls = GatewayTls.simple('example-cert');

/** The Gateway of these properties. */
function spec(props: Partial<MeshGatewayProps>): unknown {
  const root = chart();
  new MeshGateway(root, 'edge', { workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts })], ...props });
  return find(valid(root), 'Gateway', 'edge').spec;
}

const server = (one: GatewayServer) => (spec({ servers: [one] }) as { servers: unknown[] }).servers;

option('MeshGateway.constructor', 'a full chart', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'bookinfo');
  const reviews = service(namespace, 'reviews');
  new CanarySplit(namespace, 'split', { service: reviews, traffic: SplitTarget.weights({ v1: 25, v2: 75 }) });
  const edge = new MeshGateway(namespace, 'edge', {
    name: 'bookinfo-gateway',
    workload: GatewayWorkload.labels({ 'istio': 'edge', 'example.com/zone': 'dmz' }, { namespace: 'edge-pods' }),
    servers: [
      GatewayServer.https({ routedElsewhere: true, hosts: ['bookinfo.example.com', '*.books.example.com'], tls, httpsRedirect: true }),
      GatewayServer.http({ routedElsewhere: true, hosts: ['plain.example.com'], port: 8080, name: 'plain' }),
    ],
  });
  edge.addHttpRoute('bookinfo.example.com', { matches: [RouteMatch.pathPrefix('/reviews')], to: reviews });
  edge.addHttpRoute('bookinfo.example.com', { to: RouteTarget.redirect({ path: '/reviews' }) });
  edge.addHttpRoute('*.books.example.com', { to: reviews.versionOf('v2') });
  edge.addHttpRoute('plain.example.com', { to: RouteTarget.directResponse(410, { body: 'moved' }) });
  expect(valid(root)).toMatchSnapshot();
});

option('MeshGatewayProps.name', 'is the name of the Gateway, in place of the id', () => {
  const root = chart();
  const edge = new MeshGateway(root, 'id', { name: 'edge', workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts })] });
  edge.addHttpRoute('example.com', { to: RouteTarget.directResponse(200) });
  expect([edge.gatewayName, edge.namespace]).toEqual(['edge', 'shop']);
  expect(valid(root).map(({ kind, metadata }) => [kind, metadata])).toEqual([
    ['Gateway', { name: 'edge', namespace: 'shop' }], ['VirtualService', { name: 'edge.example.com', namespace: 'shop' }],
  ]);
});

option('MeshGatewayProps.workload', 'is the selector', () => {
  expect(spec({ workload: GatewayWorkload.labels({ istio: 'mine' }) })).toMatchObject({ selector: { istio: 'mine' } });
});

const http80 = { port: { number: 80, name: 'http-80', protocol: 'HTTP' }, hosts };

option('MeshGatewayProps.servers', 'are the servers', () => {
  expect(spec({ servers: [GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.http({ routedElsewhere: true, hosts: ['*'], port: 8080 })] })).toEqual({
    selector: { istio: 'ingressgateway' },
    servers: [http80, { port: { number: 8080, name: 'http-8080', protocol: 'HTTP' }, hosts: ['*'] }],
  });
});

option('MeshGateway.addServer', 'adds a server, in the order added', () => {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload });
  expect(edge.servers).toEqual([]);
  const one = GatewayServer.http({ routedElsewhere: true, hosts });
  edge.addServer(one);
  edge.addServer(GatewayServer.https({ routedElsewhere: true, hosts, tls }));
  expect(edge.servers[0]).toBe(one);
  edge.addHttpRoute('example.com', { to: RouteTarget.directResponse(200) });
  expect(find(valid(root), 'Gateway', 'edge').spec.servers).toEqual([
    http80, { port: { number: 443, name: 'https-443', protocol: 'HTTPS' }, hosts, tls: { mode: 'SIMPLE', credentialName: 'example-cert' } },
  ]);
});

option('GatewayWorkload.ingress', 'selects the stock ingress gateway', () => {
  expect(spec({ workload: GatewayWorkload.ingress() })).toMatchObject({ selector: { istio: 'ingressgateway' } });
});

option('GatewayWorkload.egress', 'selects the stock egress gateway', () => {
  expect(spec({ workload: GatewayWorkload.egress() })).toMatchObject({ selector: { istio: 'egressgateway' } });
});

option('GatewayWorkload.labels', 'selects by labels', () => {
  expect(spec({ workload: GatewayWorkload.labels({ istio: 'edge', zone: 'dmz' }) })).toMatchObject({ selector: { istio: 'edge', zone: 'dmz' } });
});

option('GatewayWorkloadOptions.namespace', 'is where the Secrets of servers are looked up', () => {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress({ namespace: 'edge-pods' }), servers: [GatewayServer.https({ routedElsewhere: true, hosts, tls })] });
  new MeshGateway(root, 'out', { workload: GatewayWorkload.egress(), servers: [GatewayServer.https({ routedElsewhere: true, hosts, tls })] });
  expect(MeshCluster.of(root).references).toEqual([
    { kind: 'Namespace', name: 'shop', usedBy: 'chart' },
    { kind: 'Secret', namespace: 'edge-pods', name: 'example-cert', usedBy: 'chart/edge' },
    { kind: 'Secret', namespace: 'istio-system', name: 'example-cert', usedBy: 'chart/out' },
    { kind: 'Service', namespace: 'edge-pods', name: 'istio-ingressgateway', usedBy: 'chart/edge' },
    { kind: 'Service', namespace: 'istio-system', name: 'istio-egressgateway', usedBy: 'chart/out' },
  ]);
});

option('GatewayServer.http', 'is a server of protocol HTTP on port 80', () => {
  expect(server(GatewayServer.http({ routedElsewhere: true, hosts }))).toEqual([http80]);
});
option('HttpServerOptions.hosts', 'are the hosts', () => {
  expect(server(GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com', '*.example.com', '*'] })))
    .toEqual([{ ...http80, hosts: ['a.example.com', '*.example.com', '*'] }]);
});
option('HttpServerOptions.port', 'is the number of the port, and a part of its name', () => {
  expect(server(GatewayServer.http({ routedElsewhere: true, hosts, port: 8080 }))).toEqual([{ port: { number: 8080, name: 'http-8080', protocol: 'HTTP' }, hosts }]);
});
option('HttpServerOptions.name', 'is the name of the port', () => {
  expect(server(GatewayServer.http({ routedElsewhere: true, hosts, name: 'front' }))).toEqual([{ port: { number: 80, name: 'front', protocol: 'HTTP' }, hosts }]);
});

const https443 = { port: { number: 443, name: 'https-443', protocol: 'HTTPS' }, hosts, tls: { mode: 'SIMPLE', credentialName: 'example-cert' } };

option('GatewayServer.https', 'is a server of protocol HTTPS on port 443', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls }))).toEqual([https443]);
});
option('HttpsServerOptions.hosts', 'are the hosts', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls }))).toEqual([{ ...https443, hosts: ['*.example.com'] }]);
});
option('HttpsServerOptions.tls', 'is how TLS ends, and a Secret that has to be there', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('other-cert') })))
    .toEqual([{ ...https443, tls: { mode: 'SIMPLE', credentialName: 'other-cert' } }]);
});
option('GatewayTls.simple', 'is the mode SIMPLE with a Secret', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('other-cert') }))[0])
    .toMatchObject({ tls: { mode: 'SIMPLE', credentialName: 'other-cert' } });
});
option('HttpsServerOptions.port', 'is the number of the port, and a part of its name', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls, port: 8443 })))
    .toEqual([{ ...https443, port: { number: 8443, name: 'https-8443', protocol: 'HTTPS' } }]);
});
option('HttpsServerOptions.name', 'is the name of the port', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls, name: 'front' })))
    .toEqual([{ ...https443, port: { number: 443, name: 'front', protocol: 'HTTPS' } }]);
});
option('HttpsServerOptions.httpsRedirect', 'is a server on port 80 that redirects', () => {
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true }))).toEqual([
    https443, { port: { number: 80, name: 'https-443-redirect', protocol: 'HTTP' }, hosts, tls: { httpsRedirect: true } },
  ]);
  expect(server(GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: false }))).toEqual([https443]);
});

describe('refused', () => {
  const root = () => chart();
  const edge = (at: Chart, id: string, ...servers: GatewayServer[]) => new MeshGateway(at, id, { workload, servers });

  test('a gateway without servers, at synthesis', () => {
    const at = root();
    edge(at, 'edge');
    expect(messages(at)).toEqual(['IM1301 at chart/edge: the gateway has no server.\n  next     add a server']);
  });

  test('the same host on two gateways of one workload and port', () => {
    const at = root();
    edge(at, 'one', GatewayServer.http({ routedElsewhere: true, hosts }));
    expect(refusal(() => edge(at, 'two', GatewayServer.http({ routedElsewhere: true, hosts, name: 'other' }))).message).toBe([
      'IM1302 at chart/two: example.com on port 80 of the gateway\'s pods is served already, by chart/one.',
      '  got      \'example.com\'',
      '  next     keep the host on one gateway, or give them different ports or workloads',
      '  istio    IST0145',
    ].join('\n'));
  });

  test.each<[string, GatewayWorkload, GatewayServer]>([
    ['another port', workload, GatewayServer.http({ routedElsewhere: true, hosts, port: 8080 })],
    ['another workload', GatewayWorkload.egress(), GatewayServer.http({ routedElsewhere: true, hosts })],
    ['another host', workload, GatewayServer.http({ routedElsewhere: true, hosts: ['other.example.com'] })],
    ['a wider host', workload, GatewayServer.http({ routedElsewhere: true, hosts: ['*.com'] })],
  ])('but not on %s', (_, other, one) => {
    const at = root();
    edge(at, 'one', GatewayServer.http({ routedElsewhere: true, hosts }));
    new MeshGateway(at, 'two', { workload: other, servers: [one] });
    expect(valid(at).map(({ kind }) => kind)).toEqual(['Gateway', 'Gateway']);
  });

  test('two selectors of the same pods are one workload', () => {
    const at = root();
    edge(at, 'one', GatewayServer.http({ routedElsewhere: true, hosts }));
    const narrower = GatewayWorkload.labels({ istio: 'ingressgateway', app: 'istio-ingressgateway' });
    expect(refusal(() => new MeshGateway(at, 'two', { workload: narrower, servers: [GatewayServer.http({ routedElsewhere: true, hosts })] })).code).toBe('IM1302');
  });

  test('a host that is redirected already', () => {
    const at = root();
    edge(at, 'one', GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true }));
    expect(refusal(() => edge(at, 'two', GatewayServer.http({ routedElsewhere: true, hosts }))).code).toBe('IM1302');
  });

  test('two protocols on one port', () => {
    const at = root();
    edge(at, 'one', GatewayServer.http({ routedElsewhere: true, hosts, port: 8443 }));
    expect(refusal(() => edge(at, 'two', GatewayServer.https({ routedElsewhere: true, hosts: ['other.example.com'], tls, port: 8443 }))).message).toBe([
      'IM1304 at chart/two: port 8443 of the gateway\'s pods already uses HTTP, for chart/one.',
      '  got      \'HTTPS\'',
      '  allowed  HTTP',
      '  next     use another port',
      '  istio    IST0145',
    ].join('\n'));
  });

  test('two servers with one name, also where one is a redirect', () => {
    expect(refusal(() => edge(root(), 'edge', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.http({ routedElsewhere: true, hosts: ['other.example.com'] }))).message).toBe([
      'IM1305 at chart/edge: two servers are called http-80.',
      '  got      \'http-80\'',
      '  next     give one of them a `name`',
    ].join('\n'));
    const redirecting = GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true });
    expect(refusal(() => edge(root(), 'edge', redirecting, GatewayServer.http({ routedElsewhere: true, hosts: ['other.example.com'], name: 'https-443-redirect' }))).code)
      .toBe('IM1305');
  });

  test.each<[string, () => unknown, string]>([
    ['no selector', () => GatewayWorkload.labels({}),
      'IM1311 at GatewayWorkload.labels(): the selector of the gateway has no label.\n  got      {}'
        + '\n  next     set the labels of the gateway\'s pods'],
    ['a Secret with its namespace', () => GatewayTls.simple('istio-system/cert'), [
      'IM1312 at GatewayTls.simple(): the credential is not a valid name of a Secret.',
      '  got      \'istio-system/cert\'',
      '  allowed  a DNS name, without a namespace',
      '  next     name the Secret',
    ].join('\n')],
    ['a wildcard in the wrong place', () => GatewayServer.http({ routedElsewhere: true, hosts: ['www.*.com'] }), [
      'IM0105 at GatewayServer.http(): the wildcard is in the wrong place.',
      '  got      \'www.*.com\'',
      '  allowed  *, or *. before a DNS name such as *.example.com',
      '  next     move the star to the front, or list the hosts',
    ].join('\n')],
    ['a host that is no DNS name', () => GatewayServer.http({ routedElsewhere: true, hosts: ['http://example.com'] }), [
      'IM0104 at GatewayServer.http(): the host is no DNS name.',
      '  got      \'http://example.com\'',
      '  allowed  a DNS name such as www.example.com',
      '  next     write the host as clients call it',
    ].join('\n')],
    ['a redirect to another port than the server\'s', () => GatewayServer.https({ routedElsewhere: true, hosts, tls, port: 8443, httpsRedirect: true }), [
      'IM1304 at GatewayServer.https(): `httpsRedirect` redirects to port 443, but the server is on another port.',
      '  got      8443',
      '  allowed  443',
      '  next     use a route: RouteTarget.redirect({ scheme: \'https\', port })',
      '  istio    IST0145',
    ].join('\n')],
  ])('%s', (_, call, message) => {
    expect(refusal(call).message).toBe(message);
  });

  test.each<[string, () => unknown, string]>([
    ['no hosts', () => GatewayServer.http({ routedElsewhere: true, hosts: [] }), 'IM0104'],
    ['an empty host', () => GatewayServer.http({ routedElsewhere: true, hosts: [''] }), 'IM0104'],
    ['an address', () => GatewayServer.http({ routedElsewhere: true, hosts: ['192.0.2.1'] }), 'IM0104'],
    ['a host in capitals', () => GatewayServer.http({ routedElsewhere: true, hosts: ['Example.com'] }), 'IM0104'],
    ['a host of more than 63 characters a label', () => GatewayServer.http({ routedElsewhere: true, hosts: [`${'a'.repeat(64)}.com`] }), 'IM0104'],
    ['a host with its port', () => GatewayServer.http({ routedElsewhere: true, hosts: ['example.com:80'] }), 'IM0104'],
    ['a host that objects inherit', () => GatewayServer.http({ routedElsewhere: true, hosts: ['constructor'] }), 'IM0104'],
    ['two stars', () => GatewayServer.http({ routedElsewhere: true, hosts: ['*.*.com'] }), 'IM0105'],
    ['a star inside a label', () => GatewayServer.http({ routedElsewhere: true, hosts: ['a*.com'] }), 'IM0105'],
    ['a star that is followed by nothing', () => GatewayServer.http({ routedElsewhere: true, hosts: ['*.'] }), 'IM0105'],
    ['one host twice', () => edge(root(), 'edge', GatewayServer.http({ routedElsewhere: true, hosts: ['example.com', 'example.com'] })), 'IM1302'],
    ['port 0', () => GatewayServer.http({ routedElsewhere: true, hosts, port: 0 }), 'IM0101'],
    ['a port of Envoy\'s', () => GatewayServer.http({ routedElsewhere: true, hosts, port: 15001 }), 'IM0102'],
    ['a port of NaN', () => GatewayServer.http({ routedElsewhere: true, hosts, port: NaN }), 'IM0101'],
    ['a port as text', () => GatewayServer.http({ routedElsewhere: true, hosts, port: '80' } as never), 'IM0001'],
    ['a name with dots', () => GatewayServer.http({ routedElsewhere: true, hosts, name: 'a.b' }), 'IM0106'],
    ['hosts as text', () => GatewayServer.http({ routedElsewhere: true, hosts: 'example.com' } as never), 'IM0001'],
    ['nothing', () => GatewayServer.http(undefined as unknown as HttpServerOptions), 'IM0001'],
    ['no TLS', () => GatewayServer.https({ routedElsewhere: true, hosts } as unknown as HttpsServerOptions), 'IM0001'],
    ['a Secret in place of TLS', () => GatewayServer.https({ routedElsewhere: true, hosts, tls: 'cert' } as never), 'IM0001'],
    ['TLS without TLS', () => GatewayServer.http({ routedElsewhere: true, hosts, tls } as never), 'IM0001'],
    ['no Secret', () => GatewayTls.simple(undefined as never), 'IM1312'],
    ['a Secret without a name', () => GatewayTls.simple(''), 'IM1312'],
    ['labels that are nothing', () => GatewayWorkload.labels(null as never), 'IM1311'],
    ['labels that are a list', () => GatewayWorkload.labels(['istio'] as never), 'IM1311'],
    ['a label that is a number', () => GatewayWorkload.labels({ istio: 5 } as never), 'IM0107'],
    ['a namespace with dots', () => GatewayWorkload.ingress({ namespace: 'a.b' }), 'IM0106'],
    ['a misspelled option', () => GatewayWorkload.ingress({ ns: 'a' } as never), 'IM0001'],
    ['an invalid server', () => edge(root(), 'edge', { hosts } as never), 'IM0001'],
    ['nothing to add', () => edge(root(), 'edge').addServer(undefined as never), 'IM0001'],
    ['a gateway without workload', () => new MeshGateway(root(), 'edge', {} as never), 'IM0001'],
    ['a gateway named with dots', () => new MeshGateway(root(), 'edge', { name: 'a.b', workload }), 'IM0106'],
    ['a gateway without a namespace', () => new MeshGateway(new Chart(app(), 'chart'), 'edge', { workload }), 'IM1001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });
});
