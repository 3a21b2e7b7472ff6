import { Construct } from 'constructs';
import { app, chart, messages, refusal } from '../../helpers/build';
import { AcmeSolver, ClientAuthority, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, MeshCluster } from 'cdk8s-istio';

const workload = GatewayWorkload.ingress();
const tls = GatewayTls.simple('cert');
const hosts = ['a.example.com'];
const others = ['b.example.com'];

/** The code with which the second of two servers is refused: on a gateway of the same pods, and on the gateway of the first. */
function told(one: GatewayServer, other: GatewayServer, second = workload): { apart?: string; together?: string } {
  const said = (call: () => unknown) => {
    try {
      call();
      return undefined;
    } catch (e) {
      return (e as Error).message;
    }
  };
  const first = (root = app()) => new MeshGateway(chart({ scope: root }), 'one', { workload, servers: [one] });
  const apart = (at: Construct) => new MeshGateway(chart({ scope: at, id: 'other', namespace: 'other' }), 'two', { workload: second, servers: [other] });
  return { apart: said(() => apart(first().node.root as Construct)), together: said(() => first().addServer(other)) };
}

const codes = (one: GatewayServer, other: GatewayServer) => {
  const { apart, together } = told(one, other);
  return [apart?.slice(0, 6), together?.slice(0, 6)];
};

describe('clashes of two servers, on gateways of the same pods and on one gateway', () => {
  test.each<[string, GatewayServer, GatewayServer, string, string]>([
    ['one host in plain text', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.grpc({ routedElsewhere: true, hosts }), 'IM1302', 'IM1302'],
    ['one host in TLS', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.mutual('other'), name: 'b' }), 'IM1302', 'IM1302'],
    ['one host that ends and passes through', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.passthrough({ routedElsewhere: true, hosts }), 'IM1302', 'IM1302'],
    ['one host and a redirect', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.https({ routedElsewhere: true, hosts, tls, httpsRedirect: true }), 'IM1302', 'IM1302'],
    ['HTTP and HTTPS', GatewayServer.http({ routedElsewhere: true, hosts, port: 443 }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls }), 'IM1304', 'IM1304'],
    ['HTTP and TCP', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.tcp({ routedElsewhere: true, port: 80 }), 'IM1304', 'IM1304'],
    ['TCP and TLS', GatewayServer.tcp({ routedElsewhere: true, port: 443 }), GatewayServer.passthrough({ routedElsewhere: true, hosts }), 'IM1304', 'IM1304'],
    ['TCP and MongoDB', GatewayServer.tcp({ routedElsewhere: true, port: 27017 }), GatewayServer.mongo({ routedElsewhere: true, port: 27017 }), 'IM1304', 'IM1304'],
    ['TCP twice', GatewayServer.tcp({ routedElsewhere: true, port: 5432 }), GatewayServer.tcp({ routedElsewhere: true, port: 5432, name: 'b' }), 'IM1302', 'IM1302'],
    ['one certificate for two hosts', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls, name: 'b' }), 'IM1353', 'IM1353'],
  ])('%s', (_, one, other, apart, together) => {
    expect(codes(one, other)).toEqual([apart, together]);
  });

  test('one name of two ports is one of one gateway', () => {
    expect(codes(GatewayServer.http({ routedElsewhere: true, hosts, name: 'a' }), GatewayServer.http({ routedElsewhere: true, hosts: others, name: 'a' }))).toEqual([undefined, 'IM1305']);
  });
});

describe('no clash', () => {
  test.each<[string, GatewayServer, GatewayServer]>([
    ['HTTP of two versions for two hosts', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.http2({ routedElsewhere: true, hosts: others })],
    ['one host at two addresses', GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.http({ routedElsewhere: true, hosts, bind: '127.0.0.1', name: 'b' })],
    ['two protocols at two addresses', GatewayServer.tcp({ routedElsewhere: true, port: 443, bind: '10.0.0.1' }), GatewayServer.https({ routedElsewhere: true, hosts, tls })],
    ['TLS that ends in HTTP, that ends in anything, and that passes', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.tls({ routedElsewhere: true, hosts: others, tls: GatewayTls.simple('db'), port: 443 })],
    ['one certificate at two ports', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls, port: 8443 })],
    ['one certificate where no browser asks', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.tls({ routedElsewhere: true, hosts: others, tls, port: 443 })],
    ['two certificates', GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls: GatewayTls.simple('other'), name: 'b' })],
  ])('%s', (_, one, other) => {
    expect(codes(one, other)).toEqual([undefined, undefined]);
  });

  test('of other pods, and of another cluster', () => {
    expect(told(GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls, name: 'b' }), GatewayWorkload.egress()).apart).toBeUndefined();
    const root = app();
    for (const id of ['here', 'there']) {
      new MeshGateway(chart({ scope: new MeshCluster(root, id) }), 'edge', { workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: id === 'here' ? hosts : others, tls })] });
    }
    expect(messages(root)).toEqual([]);
  });
});

describe('a connection that a browser uses again', () => {
  test('the message says both gateways', () => {
    const [one, other] = [hosts, others].map(served => GatewayServer.https({ routedElsewhere: true, hosts: served, tls }));
    expect(told(one, other).apart).toBe([
      'IM1353 at other/two: cert of server https-443 of other/two is valid for a.example.com of server https-443 of chart/one: '
        + 'a browser would send the requests for both over one connection, and receive 404.',
      '  got      ["b.example.com","a.example.com"]',
      '  next     list the hosts in one server, or give each server a certificate for only its own hosts',
      '  istio    IST0138',
    ].join('\n'));
  });

  const wide = GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.simple('wide', { dnsNames: ['*.example.com'] }) });

  test('a certificate that is known to be good for a host of another gateway', () => {
    expect(told(wide, GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('own'), name: 'b' })).apart).toBe([
      'IM1353 at other/two: the certificate of server https-443 of chart/one is valid for a.example.com of server b of other/two: '
        + 'a browser would send the requests for both over one connection, and receive 404.',
      '  got      ["*.example.com","a.example.com"]',
      '  next     list the hosts in one server, or give each server a certificate for only its own hosts',
      '  istio    IST0138',
    ].join('\n'));
  });

  test('on one gateway the server of the wildcard knows the routes of the host', () => {
    expect(told(wide, GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('own'), name: 'b' })).together).toBeUndefined();
  });

  test('a second certificate counts as well', () => {
    const both = GatewayTls.simple('rsa', { secondCredentialName: 'cert' });
    expect(refusal(() => new MeshGateway(chart(), 'edge', {
      workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts, tls }), GatewayServer.https({ routedElsewhere: true, hosts: others, tls: both, name: 'b' })],
    })).code).toBe('IM1353');
  });
});

describe('client certificates that another server does not ask for', () => {
  const wide = GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.simple('all'), name: 'all' });
  const strict = (asked = GatewayTls.mutual('partners')) => GatewayServer.https({ routedElsewhere: true, hosts: ['partners.example.com'], tls: asked, name: 'partners' });
  const same = { clientAuthority: ClientAuthority.secret('clients-cacert') };

  test('a server with a wildcard accepts clients without a certificate, in any order of construction', () => {
    const { apart, together } = told(wide, strict());
    expect(apart).toBeUndefined();
    expect(together).toBe([
      'IM1390 at chart/one: server partners verifies client certificates, but requests for partners.example.com can also reach server all, which does not verify them in the same way.',
      '  got      ["partners.example.com","*.example.com"]',
      '  next     give the server its own gateway, which may have the same pods, `workload: gateway.workload`; or demand the same of clients at both servers',
    ].join('\n'));
    expect(codes(strict(), wide)).toEqual([undefined, 'IM1390']);
  });

  test.each([
    ['of the mesh', wide, strict(GatewayTls.istioMutual())],
    ['of another authority', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.mutual('all'), name: 'all' }), strict()],
    ['of other names', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.mutual('all', same), name: 'all' }),
      strict(GatewayTls.mutual('partners', { ...same, subjectAltNames: ['partner.example.net'] }))],
  ])('%s', (_, one, other) => {
    expect(codes(one, other)).toEqual([undefined, 'IM1390']);
  });

  test.each([
    ['the narrow server takes clients without one', wide, strict(GatewayTls.optionalMutual('partners'))],
    ['both ask the same', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.mutual('all', same), name: 'all' }), strict(GatewayTls.mutual('partners', same))],
    ['the wide server is the one that asks', GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls: GatewayTls.mutual('all'), name: 'all' }), strict(GatewayTls.simple('partners'))],
    ['what is inside TLS has no host', GatewayServer.tls({ routedElsewhere: true, hosts: ['*.example.com'], port: 443, tls: GatewayTls.simple('all'), name: 'all' }), strict()],
  ])('none where %s', (_, one, other) => {
    expect(codes(one, other)).toEqual([undefined, undefined]);
  });
});

describe('plain text below a redirect', () => {
  const redirect = (acmeSolver?: AcmeSolver) => GatewayServer.https({ routedElsewhere: true, hosts: ['*.example.com'], tls, name: 'wide', httpsRedirect: true, acmeSolver });
  const solver = AcmeSolver.ingress();
  const narrow = GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('other'), name: 'narrow', httpsRedirect: true, acmeSolver: solver });

  test('Istio redirects the narrower host of one gateway as well', () => {
    expect(told(GatewayServer.http({ routedElsewhere: true, hosts }), redirect()).together).toBe([
      'IM1352 at chart/one: server http-80 would receive no plain HTTP requests for a.example.com: server wide redirects *.example.com.',
      '  got      \'a.example.com\'',
      '  next     move one of the servers to a separate gateway, which can have the same pods: `workload: gateway.workload`',
    ].join('\n'));
    expect(codes(GatewayServer.http({ routedElsewhere: true, hosts }), redirect(solver))).toEqual([undefined, 'IM1352']);
    expect(codes(narrow, redirect())).toEqual([undefined, 'IM1352']);
  });

  test('not what is redirected with challenges spared on both sides, nor a wildcard around a redirect', () => {
    expect(codes(narrow, redirect(solver))).toEqual([undefined, undefined]);
    expect(codes(GatewayServer.http({ routedElsewhere: true, hosts: ['*.example.com'] }), narrow)).toEqual([undefined, undefined]);
  });
});
