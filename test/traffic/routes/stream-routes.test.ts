import { Chart } from 'cdk8s';
import { app, chart, find, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  CanarySplit, GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, MeshPort, RouteTarget, SplitTarget, TcpRouteOptions, TlsRouteOptions,
} from 'cdk8s-istio';

const HOST = 'secure.example.com';
const { passthrough, tcp } = GatewayServer;

const SERVERS = [passthrough({ routedElsewhere: true, hosts: [HOST] }), tcp({ routedElsewhere: true, port: 5432 })];

function gateway(root: Chart, servers = SERVERS): MeshGateway {
  return new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers });
}

const at = (number: number, subset?: string) => ({ destination: { host: 'db.shop.svc.cluster.local', port: { number }, ...(subset ? { subset } : {}) } });
const PORTS = [MeshPort.https(8443), MeshPort.tcp(5432), MeshPort.tcp(6000, { suffix: 'admin' }), MeshPort.http(8080)];

function tls(options: Partial<TlsRouteOptions>, servers?: GatewayServer[], ports = PORTS): unknown {
  const root = chart();
  gateway(root, servers).addTlsRoute(HOST, { to: service(root, 'db', { ports }), ...options });
  return find(valid(root), 'VirtualService', `edge.${HOST}`).spec.tls;
}

function tcpRoute(options: Partial<TcpRouteOptions>, ports = [MeshPort.tcp(5432)]): unknown {
  const root = chart();
  gateway(root).addTcpRoute({ gatewayPort: 5432, to: service(root, 'db', { ports }), ...options });
  return find(valid(root), 'VirtualService', 'edge.of--any').spec.tcp;
}

option('MeshGateway.addTlsRoute', 'is a route by server name, and an edge', () => {
  const root = chart();
  const [edge, db] = [gateway(root), service(root, 'db', { ports: PORTS })];
  edge.addTlsRoute(HOST, { to: db });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec)
    .toEqual({ hosts: [HOST], gateways: ['shop/edge'], tls: [{ match: [{ port: 443, sniHosts: [HOST] }], route: [at(8443)] }] });
  expect(edgePaths(root)).toEqual(['chart/edge > chart/db:8443']);
});

option('MeshGateway.addTcpRoute', 'is a route by port, and an edge', () => {
  const root = chart();
  const [edge, db] = [gateway(root), service(root, 'db', { ports: [MeshPort.tcp(5432)] })];
  edge.addTcpRoute({ gatewayPort: 5432, to: db });
  expect(find(valid(root), 'VirtualService', 'edge.of--any').spec)
    .toEqual({ hosts: ['*'], gateways: ['shop/edge'], tcp: [{ match: [{ port: 5432 }], route: [at(5432)] }] });
  expect(edgePaths(root)).toEqual(['chart/edge > chart/db:5432']);
});

option('IMeshGateway.addTlsRoute', 'is a route at port 443, also of a gateway that another construct or team creates', () => {
  const root = chart();
  MeshGateway.fromAttributes(root, 'edge', { hosts: [HOST] }).addTlsRoute(HOST, { to: service(root, 'db', { ports: PORTS }) });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec.tls).toEqual([{ match: [{ port: 443, sniHosts: [HOST] }], route: [at(8443)] }]);
});

option('IMeshGateway.addTcpRoute', 'is a route by port, also of a gateway that another construct or team creates', () => {
  const root = chart();
  MeshGateway.fromAttributes(root, 'edge', { hosts: [HOST] }).addTcpRoute({ gatewayPort: 5432, to: service(root, 'db', { ports: [MeshPort.tcp(5432)] }) });
  expect(find(valid(root), 'VirtualService', 'edge.of--any').spec.tcp).toEqual([{ match: [{ port: 5432 }], route: [at(5432)] }]);
});

option('TlsRouteOptions.to', 'is the destination', () => {
  const root = chart();
  gateway(root).addTlsRoute(HOST, { to: service(root, 'db', { ports: PORTS }).versionOf('v1') });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec.tls[0].route).toEqual([at(8443, 'v1')]);
});

option('TlsRouteOptions.port', 'is the port of the destination; one of TCP has to be named', () => {
  expect(tls({ port: 6000 })).toEqual([{ match: [{ port: 443, sniHosts: [HOST] }], route: [at(6000)] }]);
  expect(refusal(() => tls({}, undefined, [MeshPort.tcp(5432)])).message).toBe([
    'IM1307 at chart/edge: db has no port that can carry a route for tls.',
    '  got      5432 (tcp)',
    '  next     declare the protocol of the port, or route to another port',
  ].join('\n'));
});

option('TlsRouteOptions.gatewayPort', 'is the port of the gateway; else the only one at which TLS of the host passes through', () => {
  const both = [passthrough({ routedElsewhere: true, hosts: [HOST] }), passthrough({ routedElsewhere: true, hosts: [HOST], port: 8443 })];
  expect(tls({ gatewayPort: 8443 }, both)).toEqual([{ match: [{ port: 8443, sniHosts: [HOST] }], route: [at(8443)] }]);
  expect(tls({}, both.slice(1))).toEqual([{ match: [{ port: 8443, sniHosts: [HOST] }], route: [at(8443)] }]);
  expect(refusal(() => tls({}, both)).message).toBe([
    `IM1112 at chart/edge: the gateway edge has several ports with TLS passthrough for ${HOST}.`,
    '  allowed  443, 8443',
    '  next     set `gatewayPort`',
  ].join('\n'));
});

option('TcpRouteOptions.gatewayPort', 'is the port of the gateway', () => {
  expect(tcpRoute({})).toEqual([{ match: [{ port: 5432 }], route: [at(5432)] }]);
});

option('TcpRouteOptions.to', 'is the destination, with its split', () => {
  const root = chart();
  const db = service(root, 'db', { ports: [MeshPort.tcp(5432)] });
  new CanarySplit(root, 'split', { service: db, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
  gateway(root).addTcpRoute({ gatewayPort: 5432, to: db });
  expect(find(valid(root), 'VirtualService', 'edge.of--any').spec.tcp[0].route).toEqual([{ ...at(5432, 'v1'), weight: 90 }, { ...at(5432, 'v2'), weight: 10 }]);
});

option('TcpRouteOptions.port', 'is the port of the destination', () => {
  expect(tcpRoute({ port: 6000 }, PORTS)).toEqual([{ match: [{ port: 5432 }], route: [at(6000)] }]);
});

option('TcpRouteOptions.host', 'is the host of the VirtualService', () => {
  const root = chart();
  const edge = MeshGateway.fromAttributes(root, 'edge', {});
  edge.addTcpRoute({ gatewayPort: 5432, host: HOST, to: service(root, 'db', { ports: [MeshPort.tcp(5432)] }) });
  expect(find(valid(root), 'VirtualService', `edge.${HOST}`).spec).toMatchObject({ hosts: [HOST], tcp: [{ match: [{ port: 5432 }] }] });
});

describe('refused', () => {
  const to = RouteTarget.externalHost('bank.example.net', { port: MeshPort.https(443) });
  const https = GatewayServer.https({ routedElsewhere: true, hosts: ['www.example.com'], tls: GatewayTls.simple('cert') });

  test.each<[string, (edge: MeshGateway) => unknown, string[]]>([
    ['a server name that no server names', edge => edge.addTlsRoute('other.example.com', { to }), [
      'IM1303 at chart/edge: edge does not serve other.example.com at port 443.',
      '  got      \'other.example.com\'',
      `  allowed  ${HOST}`,
      '  next     add the host to a server, or correct the route',
      '  istio    IST0132',
    ]],
    ['HTTP where TLS passes through', edge => edge.addHttpRoute(HOST, { to: RouteTarget.directResponse(200) }), [
      `IM1303 at chart/edge: edge passes TLS for ${HOST} through at port 443, where it reads only the SNI.`,
      `  got      '${HOST}'`,
      '  allowed  www.example.com',
      '  next     use addTlsRoute or addTcpRoute, or terminate TLS at the gateway: GatewayServer.https',
      '  istio    IST0132',
    ]],
    ['TLS by name where the gateway ends it', edge => edge.addTlsRoute('www.example.com', { to }), [
      'IM1303 at chart/edge: edge routes HTTP requests for www.example.com at port 443 (HTTPS), not TLS passthrough.',
      '  got      \'www.example.com\'',
      `  allowed  ${HOST}`,
      '  next     use addHttpRoute or addTcpRoute, or pass TLS through: GatewayServer.passthrough',
      '  istio    IST0132',
    ]],
    ['connections to a port that is not TCP', edge => edge.addTcpRoute({ gatewayPort: 443, to }), [
      'IM1303 at chart/edge: edge passes TLS for * through at port 443, where it reads only the SNI.',
      '  got      \'*\'',
      '  allowed  none yet: the gateway has no such server at this port',
      '  next     use addHttpRoute or addTlsRoute, or serve the port with GatewayServer.tcp',
      '  istio    IST0132',
    ]],
    ['connections to a port without a server', edge => edge.addTcpRoute({ gatewayPort: 9000, to }), [
      'IM1303 at chart/edge: edge does not serve * at port 9000.',
      '  got      \'*\'',
      '  allowed  none yet: the gateway has no such server at this port',
      '  next     add the host to a server, or correct the route',
      '  istio    IST0132',
    ]],
    ['an answer to TLS', edge => edge.addTlsRoute(HOST, { to: RouteTarget.directResponse(200) }), [
      'IM1340 at chart/edge: a connection for tls can only be led on: nothing in it could be answered.',
      '  allowed  a service, a version of one, another host, or shares of these',
      '  next     route to a service, or serve the host with HTTP',
    ]],
    ['retries on TCP', edge => edge.addTcpRoute({ gatewayPort: 5432, to, retries: { attempts: 3 } } as TcpRouteOptions), [
      'IM0001 at chart/edge: there is no property retries.',
      '  got      \'retries\'',
      '  allowed  gatewayPort, to, host, port',
      '  next     drop it, or correct its name',
    ]],
    ['an invalid port', edge => edge.addTlsRoute(HOST, { to, gatewayPort: 2 ** 53 }), [
      'IM0101 at chart/edge: the port of the gateway is no port number.',
      '  got      9007199254740992',
      '  allowed  a whole number from 1 to 65535',
      '  next     use the number the container listens on',
    ]],
    ['subnets, which gateways do not read', edge => edge.addTlsRoute(HOST, { to, destinationSubnets: ['10.0.0.0/8'] } as TlsRouteOptions), [
      'IM0001 at chart/edge: there is no property destinationSubnets.',
      '  got      \'destinationSubnets\'',
      '  allowed  to, gatewayPort, port',
      '  next     drop it, or correct its name',
    ]],
    ['a name twice', edge => { [1, 2].forEach(() => edge.addTlsRoute(HOST, { to })); }, [
      `IM1306 at chart/edge: connections for ${HOST} at port 443 are led somewhere already, by chart/edge.`,
      '  got      443',
      '  next     remove one, or make one of the matches narrower',
      '  istio    IST0130',
    ]],
  ])('%s', (_, call, lines) => {
    const edge = gateway(chart(), [passthrough({ routedElsewhere: true, hosts: [HOST] }), tcp({ routedElsewhere: true, port: 5432 }), https]);
    expect(refusal(() => call(edge)).message).toBe(lines.join('\n'));
  });

  test('a port of the gateway twice, for one host and for all', () => {
    const edge = MeshGateway.fromAttributes(chart({ scope: app() }), 'edge', {});
    edge.addTcpRoute({ gatewayPort: 5432, host: HOST, to });
    expect(refusal(() => edge.addTcpRoute({ gatewayPort: 5432, to })).message.split('\n')[0])
      .toBe(`IM1306 at chart/edge: connections for * at port 5432 already have a route: that for ${HOST} of chart/edge.`);
  });

  test('HTTP to a port of TCP', () => {
    expect(refusal(() => tcpRoute({}, [MeshPort.http(80)])).code).toBe('IM1307');
  });
});

test('a host on a port of plain TCP, where no connection has one', () => {
  const root = chart();
  const to = service(root, 'db', { ports: [MeshPort.tcp(5432)] });
  expect(refusal(() => gateway(root).addTcpRoute({ gatewayPort: 5432, host: 'db.example.com', to })).message).toBe([
    'IM1303 at chart/edge: edge does not serve db.example.com at port 5432.',
    '  got      \'db.example.com\'',
    '  allowed  *',
    '  next     add the host to a server, or correct the route',
    '  istio    IST0132',
  ].join('\n'));
});
