import { Chart } from 'cdk8s';
import { WIRE_PROTOCOLS } from '../../src/values/wire-protocols';
import { app, chart, find, messages, refusal, service, synth } from '../helpers/build';
import { option } from '../helpers/option';
import {
  EgressPort, EgressRoute, GatewayServer, GatewayTls, GatewayWorkload, JobSidecar, MeshGateway, MeshJob, MeshMutualTls, MeshNamespace,
  MeshNamespaceProps, MeshPort, MeshProtocol, MeshService, MutualTls, SidecarInjection, StatefulMeshService,
} from 'cdk8s-istio';

const containers = [{ image: 'example.com/a:1' }];
const tls = GatewayTls.simple('cert');
const hosts = ['db.example.com'];

describe('the table of protocols', () => {
  test('has each number and word once, and a source for each', () => {
    const [ports, words] = [WIRE_PROTOCOLS.flatMap(each => each.ports), WIRE_PROTOCOLS.flatMap(each => each.purposes)];
    expect([new Set(ports).size, new Set(words).size]).toEqual([ports.length, words.length]);
    expect(WIRE_PROTOCOLS.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  });

  test('knows which protocols are server-first, and which negotiate TLS in plain text', () => {
    const names = (select: (protocol: typeof WIRE_PROTOCOLS[number]) => boolean) => WIRE_PROTOCOLS.filter(select).map(({ name }) => name);
    expect(names(({ speaksFirst }) => speaksFirst === 'server'))
      .toEqual(['FTP', 'LMTP', 'SMTP', 'POP3', 'NNTP', 'IMAP', 'MySQL', 'Subversion', 'ManageSieve', 'NATS', 'VNC (RFB)']);
    expect(names(({ tls: begins, speaksFirst }) => begins === 'negotiated' && speaksFirst === 'client'))
      .toEqual(['LDAP', 'SQL Server (TDS)', 'MySQL X Protocol', 'RDP', 'XMPP', 'PostgreSQL']);
  });
});

describe('TLS that begins a connection, for a protocol that agrees to it later, is refused', () => {
  test('the message', () => {
    expect(refusal(() => EgressPort.tls(5432)).message).toBe([
      'IM0114 at EgressPort.tls(5432): clients of PostgreSQL begin in plain text, and agree to TLS later: no TLS begins the connection.',
      '  got      5432',
      '  next     use EgressPort.tcp(), in which client and server negotiate TLS; or say `implicitTls: true` where clients do begin with TLS',
    ].join('\n'));
    expect(refusal(() => EgressPort.originateTls({ port: 5000, targetPort: 3306, protocol: MeshProtocol.TCP })).message).toBe([
      'IM0114 at EgressPort.originateTls(5000): MySQL starts in plain text and negotiates TLS later, so its servers do not accept TLS at once.',
      '  got      3306',
      '  next     use EgressPort.tcp(), in which client and server negotiate TLS',
    ].join('\n'));
  });

  test.each<[string, () => unknown]>([
    ['a port of a service', () => MeshPort.tls(3306)],
    ['by its target port', () => MeshPort.tls(13306, { targetPort: 3306 })],
    ['by its suffix', () => MeshPort.tls(10025, { suffix: 'smtp' })],
    ['a port outside', () => EgressPort.tls(25)],
    ['by its target port outside', () => EgressPort.tls(10025, { targetPort: 587 })],
    ['originated by the mesh, by the protocol', () => EgressPort.originateTls({ port: 13306, targetPort: 13306, protocol: MeshProtocol.MYSQL })],
    ['originated by the mesh, by the port', () => EgressPort.originateTls({ port: 5432, targetPort: 5432, protocol: MeshProtocol.TCP })],
    ['passing a gateway', () => GatewayServer.passthrough({ hosts, port: 5432 })],
    ['ending at a gateway', () => GatewayServer.tls({ hosts, port: 4222, tls })],
  ])('%s', (_, call) => expect(refusal(call).code).toBe('IM0114'));

  test.each<[string, () => unknown]>([
    ['of protocols that begin so', () => [MeshPort.tls(465), EgressPort.tls(636), EgressPort.tls(27017), GatewayServer.tls({ hosts, port: 6379, tls })]],
    ['originated by the mesh for those', () => EgressPort.originateTls({ port: 6379, targetPort: 6380, protocol: MeshProtocol.REDIS })],
    ['of HTTP at such a number', () => [MeshPort.https(5432), EgressPort.https(5432), EgressPort.originateTls({ port: 5432 })]],
    ['none at all', () => [MeshPort.tcp(5432), EgressPort.tcp(3306), GatewayServer.tcp({ port: 25 }), GatewayServer.mysql({ port: 3306 })]],
    ['at a port number of no known protocol', () => [MeshPort.tls(5000), EgressPort.tls(443), GatewayServer.passthrough({ hosts })]],
  ])('right: TLS %s', (_, call) => expect(call()).toBeDefined());

  option('MeshPortOptions.implicitTls', 'says that clients begin with TLS', () => {
    expect(MeshPort.tls(5432, { implicitTls: true })).toMatchObject({ protocol: 'tls', port: 5432 });
    expect(refusal(() => MeshPort.tls(5432, { implicitTls: false })).code).toBe('IM0114');
    expect(refusal(() => MeshPort.tcp(5432, { implicitTls: true })).code).toBe('IM0114');
    const db = new StatefulMeshService(chart(), 'db', { replicas: 1, containers, ports: [MeshPort.tls(5000, { targetPort: 5432, implicitTls: true })] });
    expect(db.headless.ports.map(({ port }) => port)).toEqual([5432]);
  });
  option('EgressPortOptions.implicitTls', 'says that callers begin with TLS', () => {
    expect(EgressPort.tls(5432, { implicitTls: true })).toMatchObject({ protocol: 'tls', port: 5432 });
    expect(refusal(() => EgressPort.tcp(5432, { implicitTls: true })).code).toBe('IM0114');
  });

  /** A gateway at which TLS ends or passes, and a database behind it. */
  function led(server: GatewayServer, port: MeshPort, via: (edge: MeshGateway, to: MeshService) => void, order = ['server', 'route']) {
    const root = chart();
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: order[0] === 'server' ? [server] : [GatewayServer.http({ hosts: ['a.example.com'] })] });
    via(edge, service(root, 'db', { ports: [port] }));
    return messages(root);
  }
  const toTcp = (listener: number) => (edge: MeshGateway, to: MeshService) => edge.addTcpRoute({ gatewayPort: listener, to, host: 'db.example.com' });
  const toTls = (edge: MeshGateway, to: MeshService) => edge.addTlsRoute('db.example.com', { to, port: to.ports[0].port });

  test('a route from such a server to such a port', () => {
    expect(led(GatewayServer.tls({ hosts, port: 9000, tls }), MeshPort.mysql(3306), toTcp(9000))).toEqual([[
      'IM0114 at chart/edge: clients of MySQL begin in plain text, and agree to TLS later: no TLS begins the connection.',
      '  got      \'mysql\'',
      '  next     serve port 9000 as plain TCP: GatewayServer.tcp({ port: 9000 }); or say `implicitTls: true` where clients do begin with TLS',
    ].join('\n')]);
    expect(led(GatewayServer.passthrough({ hosts }), MeshPort.tcp(5432), toTls)).toEqual([expect.stringMatching(/^IM0114 at chart\/edge: clients of PostgreSQL/)]);
    expect(led(GatewayServer.tls({ hosts, port: 9000, tls }), MeshPort.tcp(6379), toTcp(9000))).toEqual([]);
  });

  option('TlsServerOptions.implicitTls', 'says that clients begin with TLS, whatever the target speaks', () => {
    expect(led(GatewayServer.tls({ hosts, port: 5432, tls, implicitTls: true }), MeshPort.tcp(5432), toTcp(5432))).toEqual([]);
  });
  option('PassthroughServerOptions.implicitTls', 'says that clients begin with TLS, whatever the target speaks', () => {
    expect(led(GatewayServer.passthrough({ hosts, implicitTls: true }), MeshPort.tls(5432, { implicitTls: true }), toTls)).toEqual([]);
    expect(GatewayServer.passthrough({ hosts, port: 5432, implicitTls: true }).port).toBe(5432);
  });
});

describe('a server-first protocol, where plain text is accepted beside mutual TLS', () => {
  const port = MeshPort.mysql(3306);
  function said(build: (namespace: MeshNamespace, root: Chart) => unknown, props: MeshNamespaceProps = { mutualTls: MutualTls.PERMISSIVE }) {
    const root = chart({ scope: app() });
    build(new MeshNamespace(root, 'moving', props), root);
    return messages(root.node.root as never);
  }

  test('the message', () => {
    expect(said(namespace => service(namespace, 'db', { ports: [port] }))).toEqual([[
      'IM1127 at chart/moving/db: port 3306 (mysql) is PERMISSIVE and has the server-first protocol MySQL: clients without a sidecar wait forever.',
      '  got      \'PERMISSIVE\'',
      '  next     let the port accept one of the two: { mutualTls: MutualTls.STRICT } or { mutualTls: MutualTls.DISABLE }',
    ].join('\n')]);
  });

  test.each<[string, MeshNamespaceProps | undefined, (namespace: MeshNamespace, root: Chart) => unknown]>([
    ['the namespace sets the mode', undefined, namespace => service(namespace, 'db', { ports: [MeshPort.tcp(25)] })],
    ['the service sets the mode', {}, namespace => service(namespace, 'db', { ports: [port], mutualTls: MutualTls.PERMISSIVE })],
    ['the port sets the mode', {}, namespace => service(namespace, 'db', { ports: [MeshPort.tcp(2500, { suffix: 'smtp', mutualTls: MutualTls.PERMISSIVE })] })],
    ['of pods with names', undefined, namespace => new StatefulMeshService(namespace, 'db', { replicas: 1, containers, ports: [MeshPort.tcp(13306, { targetPort: 3306 })] })],
    ['of peers', undefined, namespace => new StatefulMeshService(namespace, 'db', { replicas: 1, containers, peerPorts: [MeshPort.tcp(4222)] })],
  ])('refused: %s', (_, props, build) => {
    expect(said(build, props)).toEqual([expect.stringMatching(/^IM1127 at chart\/moving\/db: /)]);
  });

  test('refused: the mesh sets the mode', () => {
    const root = app();
    const system = MeshNamespace.fromExisting(new Chart(root, 'system'), 'istio-system');
    new MeshMutualTls(system, 'mode', { mode: MutualTls.PERMISSIVE });
    service(MeshNamespace.fromExisting(new Chart(root, 'shop'), 'shop'), 'db', { ports: [port] });
    expect(messages(root)).toEqual([expect.stringMatching(/^IM1127 at shop\/shop\/db: /)]);
  });

  test.each<[string, (namespace: MeshNamespace, root: Chart) => unknown]>([
    ['the port takes plain text alone', namespace => service(namespace, 'db', { ports: [MeshPort.mysql(3306, { mutualTls: MutualTls.DISABLE })] })],
    ['the port takes mutual TLS alone', namespace => service(namespace, 'db', { ports: [MeshPort.mysql(3306, { mutualTls: MutualTls.STRICT })] })],
    ['client-first protocols', namespace => service(namespace, 'db', { ports: [MeshPort.mongo(27017), MeshPort.tcp(5432), MeshPort.tls(993), MeshPort.http(3306)] })],
  ])('right: %s', (_, build) => expect(said(build)).toEqual([]));

  test('right: no mode is set, and no caller without a sidecar is known', () => {
    const root = app();
    const shop = MeshNamespace.fromExisting(new Chart(root, 'shop'), 'shop');
    const db = service(shop, 'db', { ports: [port] });
    service(shop, 'web').calls(db);
    expect(messages(root)).toEqual([]);
  });

  test.each<[string, (bare: MeshNamespace) => { calls(db: MeshService): void }]>([
    ['a service', bare => service(bare, 'web')],
    ['a job', bare => new MeshJob(bare, 'web', { containers })],
    ['a job beside it', bare => new MeshJob(MeshNamespace.fromExisting(new Chart(bare.node.root, 'again'), 'shop'), 'web', { containers, sidecar: JobSidecar.none() })],
  ])('refused: no mode is set, and %s without a sidecar calls', (_, caller) => {
    const root = app();
    const db = service(MeshNamespace.fromExisting(new Chart(root, 'shop'), 'shop'), 'db', { ports: [port] });
    caller(new MeshNamespace(new Chart(root, 'bare'), 'bare', { injection: SidecarInjection.disabled() })).calls(db);
    expect(messages(root)).toEqual([expect.stringMatching(/^IM1127 at .*web: web has no sidecar, and port 3306 \(mysql\) of db is PERMISSIVE and has the server-first protocol MySQL: the client waits forever\./)]);
  });
});

describe('a host outside by its address', () => {
  const entry = (props: object) => {
    const root = chart();
    new EgressRoute(root, 'relay', { host: 'relay.example.com', ports: [EgressPort.tcp(587)], ...props });
    return find(synth(root), 'ServiceEntry', 'relay.example.com').spec;
  };

  test('is reached by its addresses by default', () => {
    expect(entry({ addresses: ['203.0.113.25', '203.0.113.26'] })).toMatchObject({
      addresses: ['203.0.113.25', '203.0.113.26'], resolution: 'STATIC', endpoints: [{ address: '203.0.113.25' }, { address: '203.0.113.26' }],
    });
    expect(entry({ addresses: ['203.0.113.25'], inDns: true })).toMatchObject({ resolution: 'DNS' });
    expect(entry({ addresses: ['203.0.113.0/24'] })).toMatchObject({ resolution: 'NONE' });
  });

  test('as the host itself is refused, and led to endpoints', () => {
    expect(refusal(() => entry({ host: '203.0.113.25' })).message).toBe([
      'IM0104 at chart/relay: the host is an IP address instead of a DNS name.',
      '  got      \'203.0.113.25\'',
      '  allowed  a DNS name such as relay.example.com',
      '  next     choose a name for callers, and set the address separately: { host: \'relay.example.com\', addresses: [\'203.0.113.25\'], endpoints: [\'203.0.113.25\'] }',
    ].join('\n'));
    expect(refusal(() => entry({ host: '2001:db8::1' })).message).toContain('endpoints: [\'2001:db8::1\']');
  });

  test.each<[string, object]>([
    ['a block of addresses', { ports: [EgressPort.tcp(5432, { targetPort: 15432 })], addresses: ['203.0.113.0/24'] }],
    ['a block, and TLS that begins', { ports: [EgressPort.originateTls({ port: 6379, targetPort: 6380, protocol: MeshProtocol.REDIS })], addresses: ['203.0.113.0/24'] }],
    ['a domain that callers resolve', { host: '*.example.com', ports: [EgressPort.http(80, { targetPort: 8080 })] }],
  ])('a target port is refused where nothing leads there: %s', (_, props) => {
    expect(refusal(() => entry(props)).message).toMatch(/^IM1530 at chart\/relay: connections for .* go to the address and port that callers dial, so port \d+ cannot become \d+\./);
  });
});
