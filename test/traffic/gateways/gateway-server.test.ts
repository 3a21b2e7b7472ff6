import { chart, find, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { AcmeSolver, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, RouteTarget } from 'cdk8s-istio';

const hosts = ['a.example.com'];
const tls = GatewayTls.simple('a-cert');
const shown = { mode: 'SIMPLE', credentialName: 'a-cert' };

/** The servers of a Gateway as they are written. */
function servers(...list: GatewayServer[]): unknown[] {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: list });
  return find(valid(root), 'Gateway', 'edge').spec.servers;
}

const port = (number: number, name: string, protocol: string) => ({ number, name, protocol });

option('GatewayServer.http2', 'is a server of protocol HTTP2 on port 80', () => {
  expect(servers(GatewayServer.http2({ routedElsewhere: true, hosts }))).toEqual([{ port: port(80, 'http2-80', 'HTTP2'), hosts }]);
});
option('GatewayServer.grpc', 'is a server of protocol GRPC on port 80', () => {
  expect(servers(GatewayServer.grpc({ routedElsewhere: true, hosts, port: 8080 }))).toEqual([{ port: port(8080, 'grpc-8080', 'GRPC'), hosts }]);
});
option('GatewayServer.grpcWeb', 'is a server of protocol GRPC-WEB on port 80', () => {
  expect(servers(GatewayServer.grpcWeb({ routedElsewhere: true, hosts }))).toEqual([{ port: port(80, 'grpc-web-80', 'GRPC-WEB'), hosts }]);
});
option('HttpServerOptions.bind', 'is the address that the port is opened at', () => {
  expect(servers(GatewayServer.http({ routedElsewhere: true, hosts, bind: '127.0.0.1' }))).toEqual([{ port: port(80, 'http-80', 'HTTP'), hosts, bind: '127.0.0.1' }]);
});
option('HttpServerOptions.statPrefix', 'is the name of the server, apart from that of its port', () => {
  expect(servers(GatewayServer.http({ routedElsewhere: true, hosts, statPrefix: 'front' }))).toEqual([{ name: 'front', port: port(80, 'http-80', 'HTTP'), hosts }]);
});

option('HttpsServerOptions.bind', 'is the address that both ports are opened at, that of the redirect too', () => {
  expect(servers(GatewayServer.https({ routedElsewhere: true, hosts, tls, bind: '::1', httpsRedirect: true }))).toEqual([
    { port: port(443, 'https-443', 'HTTPS'), hosts, bind: '::1', tls: shown },
    { port: port(80, 'https-443-redirect', 'HTTP'), hosts, bind: '::1', tls: { httpsRedirect: true } },
  ]);
});
option('HttpsServerOptions.statPrefix', 'is the name of the server, and not of its redirect', () => {
  expect(servers(GatewayServer.https({ routedElsewhere: true, hosts, tls, statPrefix: 'front', httpsRedirect: true }))).toEqual([
    { name: 'front', port: port(443, 'https-443', 'HTTPS'), hosts, tls: shown },
    { port: port(80, 'https-443-redirect', 'HTTP'), hosts, tls: { httpsRedirect: true } },
  ]);
});
option('HttpsServerOptions.acmeSolver', 'leaves the redirect to routes', () => {
  expect(servers(GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true, acmeSolver: AcmeSolver.ingress() }))).toEqual([
    { port: port(443, 'https-443', 'HTTPS'), hosts, tls: shown },
    { port: port(80, 'https-443-redirect', 'HTTP'), hosts },
  ]);
});

const ended = { port: port(5433, 'tls-5433', 'TLS'), hosts, tls: shown };

option('GatewayServer.tls', 'is a server of protocol TLS that ends it', () => expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 5433 }))).toEqual([ended]));
option('TlsServerOptions.hosts', 'are the hosts', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts: ['*.db.example.com'], tls, port: 5433 }))).toEqual([{ ...ended, hosts: ['*.db.example.com'] }]);
});
option('TlsServerOptions.tls', 'is how TLS ends', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls: GatewayTls.mutual('b-cert'), port: 5433 }))).toEqual([{ ...ended, tls: { mode: 'MUTUAL', credentialName: 'b-cert' } }]);
});
option('TlsServerOptions.port', 'is the number of the port', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 443 }))).toEqual([{ ...ended, port: port(443, 'tls-443', 'TLS') }]);
});
option('TlsServerOptions.name', 'is the name of the port', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 443, name: 'db' }))).toEqual([{ ...ended, port: port(443, 'db', 'TLS') }]);
});
option('TlsServerOptions.bind', 'is the address that the port is opened at', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 5433, bind: '127.0.0.1' }))).toEqual([{ ...ended, bind: '127.0.0.1' }]);
});
option('TlsServerOptions.statPrefix', 'is the name of the server', () => {
  expect(servers(GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 5433, statPrefix: 'db' }))).toEqual([{ ...ended, name: 'db' }]);
});

option('PassthroughServerOptions.bind', 'is the address that the port is opened at', () => {
  expect(servers(GatewayServer.passthrough({ routedElsewhere: true, hosts, bind: '127.0.0.1' })))
    .toEqual([{ port: port(443, 'tls-443', 'TLS'), bind: '127.0.0.1', hosts, tls: { mode: 'PASSTHROUGH' } }]);
});
option('PassthroughServerOptions.statPrefix', 'is the name of the server', () => {
  expect(servers(GatewayServer.passthrough({ routedElsewhere: true, hosts, statPrefix: 'vault' })))
    .toEqual([{ name: 'vault', port: port(443, 'tls-443', 'TLS'), hosts, tls: { mode: 'PASSTHROUGH' } }]);
});

const auto = { port: port(15443, 'tls-15443', 'TLS'), hosts: ['*.local'], tls: { mode: 'AUTO_PASSTHROUGH' } };

option('GatewayServer.autoPassthrough', 'is a server of mode AUTO_PASSTHROUGH on port 15443', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.local'] }))).toEqual([auto]);
});
option('AutoPassthroughServerOptions.hosts', 'are the services that can be called', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.shop.svc.cluster.local', 'db.back.svc.cluster.local'] })))
    .toEqual([{ ...auto, hosts: ['*.shop.svc.cluster.local', 'db.back.svc.cluster.local'] }]);
});
option('AutoPassthroughServerOptions.port', 'is the number of the port', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.local'], port: 443 }))).toEqual([{ ...auto, port: port(443, 'tls-443', 'TLS') }]);
});
option('AutoPassthroughServerOptions.name', 'is the name of the port', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.local'], name: 'mesh' }))).toEqual([{ ...auto, port: port(15443, 'mesh', 'TLS') }]);
});
option('AutoPassthroughServerOptions.bind', 'is the address that the port is opened at', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.local'], bind: '127.0.0.1' }))).toEqual([{ ...auto, bind: '127.0.0.1' }]);
});
option('AutoPassthroughServerOptions.statPrefix', 'is the name of the server', () => {
  expect(servers(GatewayServer.autoPassthrough({ hosts: ['*.local'], statPrefix: 'mesh' }))).toEqual([{ ...auto, name: 'mesh' }]);
});

option('GatewayServer.mongo', 'is a server of protocol MONGO', () => {
  expect(servers(GatewayServer.mongo({ routedElsewhere: true, port: 27017 }))).toEqual([{ port: port(27017, 'mongo-27017', 'MONGO'), hosts: ['*'] }]);
});
option('GatewayServer.mysql', 'is a server of protocol MYSQL', () => {
  expect(servers(GatewayServer.mysql({ routedElsewhere: true, port: 3306 }))).toEqual([{ port: port(3306, 'mysql-3306', 'MYSQL'), hosts: ['*'] }]);
});
option('GatewayServer.redis', 'is a server of protocol REDIS', () => {
  expect(servers(GatewayServer.redis({ routedElsewhere: true, port: 6379 }))).toEqual([{ port: port(6379, 'redis-6379', 'REDIS'), hosts: ['*'] }]);
});
option('TcpServerOptions.bind', 'is the address that the port is opened at', () => {
  expect(servers(GatewayServer.tcp({ routedElsewhere: true, port: 5432, bind: '10.0.0.7' }))).toEqual([{ port: port(5432, 'tcp-5432', 'TCP'), bind: '10.0.0.7', hosts: ['*'] }]);
});
option('TcpServerOptions.statPrefix', 'is the name of the server', () => {
  expect(servers(GatewayServer.tcp({ routedElsewhere: true, port: 5432, statPrefix: 'db' }))).toEqual([{ name: 'db', port: port(5432, 'tcp-5432', 'TCP'), hosts: ['*'] }]);
});

test('a server that ends TLS for what is not HTTP has no routes for HTTP', () => {
  const edge = new MeshGateway(chart(), 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.tls({ routedElsewhere: true, hosts, tls, port: 5433 })] });
  expect(refusal(() => edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200) })).code).toBe('IM1303');
});

describe('refused', () => {
  test('an invalid address', () => {
    expect(refusal(() => GatewayServer.http({ routedElsewhere: true, hosts, bind: 'localhost' })).message).toBe([
      'IM1354 at GatewayServer.http(): the address to bind to is none.',
      '  got      \'localhost\'',
      '  allowed  an address of the pod, such as 127.0.0.1',
      '  next     write the address, or remove `bind` to listen on all addresses',
    ].join('\n'));
  });

  test('short names of services', () => {
    expect(refusal(() => GatewayServer.autoPassthrough({ hosts: ['*.local', 'reviews'] })).message).toBe([
      'IM1356 at GatewayServer.autoPassthrough(): the host is not the full name of a service.',
      '  got      \'reviews\'',
      '  allowed  full names, such as *.local or reviews.bookinfo.svc.cluster.local',
      '  next     write the name with namespace and domain, or a wildcard before them',
    ].join('\n'));
  });

  test('one prefix for the statistics of two servers', () => {
    expect(refusal(() => servers(GatewayServer.http({ routedElsewhere: true, hosts, statPrefix: 'a' }), GatewayServer.tcp({ routedElsewhere: true, port: 5432, statPrefix: 'a' }))).message).toBe([
      'IM1305 at chart/edge: http-80 and tcp-5432 have the same prefix for their statistics.',
      '  got      \'a\'',
      '  next     give each another `statPrefix`',
    ].join('\n'));
  });

  test.each<[string, () => unknown, string]>([
    ['an address with its port', () => GatewayServer.tcp({ routedElsewhere: true, port: 5432, bind: '127.0.0.1:5432' }), 'IM1354'],
    ['a socket', () => GatewayServer.tcp({ routedElsewhere: true, port: 5432, bind: 'unix:///run/db.sock' }), 'IM1354'],
    ['an octal address', () => GatewayServer.tcp({ routedElsewhere: true, port: 5432, bind: '010.0.0.1' }), 'IM1354'],
    ['a prefix with dots', () => GatewayServer.http({ routedElsewhere: true, hosts, statPrefix: 'a.b' }), 'IM0106'],
    ['HTTPS without a credential', () => GatewayServer.https({ routedElsewhere: true, hosts } as never), 'IM0001'],
    ['TLS that ends nowhere', () => GatewayServer.tls({ routedElsewhere: true, hosts, port: 443 } as never), 'IM0001'],
    ['TLS on no port', () => GatewayServer.tls({ routedElsewhere: true, hosts, tls } as never), 'IM0001'],
    ['hosts of TCP', () => GatewayServer.mongo({ routedElsewhere: true, port: 27017, hosts } as never), 'IM0001'],
    ['a certificate of what passes through', () => GatewayServer.passthrough({ routedElsewhere: true, hosts, tls } as never), 'IM0001'],
    ['a certificate of what passes by itself', () => GatewayServer.autoPassthrough({ hosts, tls } as never), 'IM0001'],
    ['no service', () => GatewayServer.autoPassthrough({ hosts: [] }), 'IM0104'],
    ['a solver without HTTPS', () => GatewayServer.http({ routedElsewhere: true, hosts, acmeSolver: AcmeSolver.ingress() } as never), 'IM0001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });
});
