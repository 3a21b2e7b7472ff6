import { Chart } from 'cdk8s';
import { app, chart, find, findAll, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  GatewayServer, GatewayTls, GatewayWorkload, HttpRouteOptions, IMeshGateway, MeshCluster, MeshGateway, MeshNamespace, MeshPort, PodHosts,
  PodRouteOptions, PodTcpRouteOptions, RemotePods, RemoteTls, RouteTarget, StatefulMeshService,
} from 'cdk8s-istio';

const workload = GatewayWorkload.ingress();
const hosts = ['*.example.com'];
const ports = [MeshPort.http(9090), MeshPort.grpc(10901), MeshPort.tls(9443), MeshPort.tcp(5432)];

function db(scope = chart(), id = 'db'): StatefulMeshService {
  return new StatefulMeshService(scope, id, { replicas: 2, ports, containers: [{ image: 'example.com/db:1' }] });
}

function routed(servers: GatewayServer[], add: (edge: MeshGateway, pods: StatefulMeshService) => void) {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload, servers });
  add(edge, db(root));
  return valid(root);
}

/** The specifications of the VirtualServices, by name. */
function routes(options: Partial<PodRouteOptions>, servers = [GatewayServer.http({ routedElsewhere: true, hosts })]): { [name: string]: any } {
  const objects = routed(servers, (edge, pods) => edge.addPodRoutes({ pods, port: 9090, host: '{pod}.example.com', ...options }));
  return Object.fromEntries(findAll(objects, 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec]));
}

const to = (pod: string, port: number) => [{ destination: { host: 'db-headless.shop.svc.cluster.local', subset: pod, port: { number: port } } }];

option('MeshGateway.addPodRoutes', 'leads the host of each pod to that pod', () => {
  const objects = routed([GatewayServer.http({ routedElsewhere: true, hosts })], (edge, pods) => edge.addPodRoutes({ pods, port: 9090, host: 'a-{pod}.example.com' }));
  expect(find(objects, 'VirtualService', 'edge.a-db-1.example.com').spec).toEqual({
    hosts: ['a-db-1.example.com'], gateways: ['shop/edge'], http: [{ route: to('db-1', 9090) }],
  });
  expect(find(objects, 'DestinationRule', 'db-headless').spec.subsets).toEqual([
    { name: 'db-0', labels: { 'statefulset.kubernetes.io/pod-name': 'db-0' } }, { name: 'db-1', labels: { 'statefulset.kubernetes.io/pod-name': 'db-1' } },
  ]);
});
option('IMeshGateway.addPodRoutes', 'takes an existing gateway', () => {
  const root = chart();
  const edge: IMeshGateway = MeshGateway.fromAttributes(root, 'edge', { namespace: 'edges', hosts });
  edge.addPodRoutes({ pods: db(root), port: 9090, host: '{pod}.example.com' });
  edge.addPodRoutes({ pods: db(root, 'other'), port: 9443, host: '{pod}.example.com' });
  expect(findAll(valid(root), 'VirtualService').map(({ spec }) => spec.hosts[0])).toEqual([
    'db-0.example.com', 'db-1.example.com', 'other-0.example.com', 'other-1.example.com',
  ]);
});
option('PodRouteOptions.pods', 'are those of a service of the same cluster', () => {
  expect(Object.keys(routes({}))).toEqual(['edge.db-0.example.com', 'edge.db-1.example.com']);
  const other = new Chart(new MeshCluster(app(), 'other'), 'chart', { namespace: 'shop' });
  expect(refusal(() => routes({ pods: db(other) })).code).toBe('IM1008');
  expect(refusal(() => routes({ pods: {} as never })).code).toBe('IM0001');
});
option('PodRouteOptions.port', 'is one that the pods have, and speaks of hosts', () => {
  expect(routes({ port: 10901 })['edge.db-0.example.com'].http[0].route).toEqual(to('db-0', 10901));
  expect(refusal(() => routes({ port: 1 })).code).toBe('IM1111');
  expect(refusal(() => routes({ port: 5432 })).message).toBe(`IM1307 at chart/edge: port 5432 (tcp) has no hosts by which a gateway could distinguish pods.
  got      'tcp'
  allowed  a port for HTTP, gRPC or TLS
  next     use one port of the gateway for each pod: addPodTcpRoutes`);
});
option('PodRouteOptions.host', 'tells pods apart, and is served', () => {
  expect(Object.keys(routes({ host: 'x-{ordinal}.example.com' }))).toEqual(['edge.x-0.example.com', 'edge.x-1.example.com']);
  expect(refusal(() => routes({ host: 'db.example.com' })).message).toBe(`IM0113 at chart/edge: the template says the same for every pod.
  got      'db.example.com'
  allowed  a text with {pod} or {ordinal}
  next     use the allowed placeholders`);
  expect(refusal(() => routes({ host: '{name}-{pod}.example.com' })).code).toBe('IM0113');
  expect(refusal(() => routes({ host: '{pod}.example.org' })).code).toBe('IM1303');
  expect(refusal(() => routes({ host: '{pod}_.example.com' })).code).toBe('IM0104');
  const twice = () => routed([GatewayServer.http({ routedElsewhere: true, hosts })], (edge, pods) => {
    edge.addPodRoutes({ pods, port: 9090, host: 'x-{ordinal}.example.com' });
    edge.addPodRoutes({ pods: db(pods.node.scope as Chart, 'other'), port: 9090, host: 'x-{ordinal}.example.com' });
  });
  expect(refusal(twice).code).toBe('IM1306');
});
option('PodRouteOptions.path', 'tells pods apart at one host', () => {
  expect(routes({ host: 'db.example.com', path: '/{ordinal}/' })['edge.db.example.com'].http).toEqual([
    { match: [{ uri: { prefix: '/0/' } }], route: to('db-0', 9090) }, { match: [{ uri: { prefix: '/1/' } }], route: to('db-1', 9090) },
  ]);
  expect(refusal(() => routes({ host: 'db.example.com', path: '/' })).code).toBe('IM0113');
  expect(refusal(() => routes({ host: 'db.example.com', path: '/{pod}', port: 9443 })).code).toBe('IM1307');
});
option('PodRouteOptions.gatewayPort', 'is the port of the gateway', () => {
  const both = [GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('edge') })];
  const objects = routed(both, (edge, pods) => {
    edge.addPodRoutes({ pods, port: 10901, host: '{pod}.example.com', gatewayPort: 443 });
    edge.addPodRoutes({ pods, port: 9090, host: '{pod}.example.com', gatewayPort: 80 });
  });
  expect(find(objects, 'VirtualService', 'edge.db-0.example.com').spec.http).toEqual([
    { match: [{ port: 80 }], route: to('db-0', 9090) }, { match: [{ port: 443 }], route: to('db-0', 10901) },
  ]);
  expect(refusal(() => routes({ gatewayPort: 8080 })).code).toBe('IM1303');
});

const listener = (options: Partial<HttpRouteOptions>) => routed([GatewayServer.http({ routedElsewhere: true, hosts })], edge =>
  edge.addHttpRoute('a.example.com', { to: RouteTarget.directResponse(200), ...options }));
option('HttpRouteOptions.gatewayPort', 'is the port of the gateway', () => {
  expect(find(listener({ gatewayPort: 80 }), 'VirtualService', 'edge.a.example.com').spec.http[0].match).toEqual([{ port: 80 }]);
  expect(refusal(() => listener({ gatewayPort: 81 })).code).toBe('IM1303');
});
option('GrpcRouteOptions.gatewayPort', 'is the port of the gateway', () => {
  const objects = routed([GatewayServer.http({ routedElsewhere: true, hosts })], (edge, pods) =>
    edge.addGrpcRoute('a.example.com', { to: pods.pod(0), service: 'shop.Cart', gatewayPort: 80 }));
  expect(find(objects, 'VirtualService', 'edge.a.example.com').spec.http[0].match).toEqual([{ uri: { prefix: '/shop.Cart/' }, port: 80 }]);
});
option('PodHost.toRouteTarget', 'is one pod as the end of any route', () => {
  const objects = routed([GatewayServer.http({ routedElsewhere: true, hosts })], (edge, pods) => edge.addHttpRoute('a.example.com', { to: pods.pod(1), port: 9090 }));
  expect(find(objects, 'VirtualService', 'edge.a.example.com').spec.http).toEqual([{ route: to('db-1', 9090) }]);
});
option('StatefulMeshService.toRouteTarget', 'is any pod as the end of a route', () => {
  const objects = routed([GatewayServer.http({ routedElsewhere: true, hosts })], (edge, pods) => edge.addHttpRoute('a.example.com', { to: pods, port: 9090 }));
  expect(find(objects, 'VirtualService', 'edge.a.example.com').spec.http[0].route)
    .toEqual([{ destination: { host: 'db.shop.svc.cluster.local', port: { number: 9090 } } }]);
});

const passthrough = [GatewayServer.passthrough({ routedElsewhere: true, hosts })];
option('GatewayServer.passthrough', 'leads TLS that the application ends to its pod, by server name', () => {
  const objects = routed(passthrough, (edge, pods) => edge.addPodRoutes({ pods, port: 9443, host: '{pod}.example.com' }));
  expect(find(objects, 'Gateway', 'edge').spec.servers).toEqual([{ port: { number: 443, name: 'tls-443', protocol: 'TLS' }, hosts, tls: { mode: 'PASSTHROUGH' } }]);
  expect(find(objects, 'VirtualService', 'edge.db-1.example.com').spec).toEqual({
    hosts: ['db-1.example.com'],
    gateways: ['shop/edge'],
    tls: [{ match: [{ port: 443, sniHosts: ['db-1.example.com'] }], route: to('db-1', 9443) }],
  });
  expect(refusal(() => routes({ port: 9443 })).code).toBe('IM1303');
  expect(refusal(() => routes({ port: 9090 }, passthrough)).code).toBe('IM1303');
});
const servers = (server: GatewayServer) => find(routed([server], () => undefined), 'Gateway', 'edge').spec.servers[0];
option('PassthroughServerOptions.hosts', 'are those that clients name', () => expect(servers(GatewayServer.passthrough({ routedElsewhere: true, hosts })).hosts).toEqual(hosts));
option('PassthroughServerOptions.port', 'is 443 by default', () => {
  expect(servers(GatewayServer.passthrough({ routedElsewhere: true, hosts, port: 8443 })).port.number).toBe(8443);
});
option('PassthroughServerOptions.name', 'names the server', () => expect(servers(GatewayServer.passthrough({ routedElsewhere: true, hosts, name: 'raw' })).port.name).toBe('raw'));
option('GatewayServer.tcp', 'serves connections for any host', () => {
  expect(servers(GatewayServer.tcp({ routedElsewhere: true, port: 5432 }))).toEqual({ port: { number: 5432, name: 'tcp-5432', protocol: 'TCP' }, hosts: ['*'] });
});
option('TcpServerOptions.port', 'is the number of the port', () => expect(servers(GatewayServer.tcp({ routedElsewhere: true, port: 5433 })).port.number).toBe(5433));
option('TcpServerOptions.name', 'names the server', () => expect(servers(GatewayServer.tcp({ routedElsewhere: true, port: 5432, name: 'raw' })).port.name).toBe('raw'));
option('GatewayTls.mutual', 'asks clients for a certificate', () => {
  expect(servers(GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.mutual('edge') })).tls).toEqual({ mode: 'MUTUAL', credentialName: 'edge' });
  expect(refusal(() => GatewayTls.mutual('a/b')).code).toBe('IM1312');
});
test('one port ends TLS for some hosts and hands it on for others', () => {
  const both = [GatewayServer.https({ routedElsewhere: true, hosts: ['a.example.com'], tls: GatewayTls.simple('edge') }), GatewayServer.passthrough({ routedElsewhere: true, hosts: ['b.example.com'] })];
  expect(find(routed(both, () => undefined), 'Gateway', 'edge').spec.servers).toHaveLength(2);
  expect(refusal(() => routed([...both, GatewayServer.tcp({ routedElsewhere: true, port: 443 })], () => undefined)).code).toBe('IM1304');
});

const tcp = (options: Partial<PodTcpRouteOptions> = {}, first: GatewayServer[] = []) => routed(first, (edge, pods) =>
  edge.addPodTcpRoutes({ pods, port: 5432, firstGatewayPort: 31000, ...options }));
option('MeshGateway.addPodTcpRoutes', 'gives each pod a port of the gateway', () => {
  const objects = tcp();
  expect(find(objects, 'Gateway', 'edge').spec.servers.map((server: any) => server.port.number)).toEqual([31000, 31001]);
  expect(findAll(objects, 'VirtualService').map(({ spec }) => spec)).toEqual([{
    hosts: ['*'],
    gateways: ['shop/edge'],
    tcp: [{ match: [{ port: 31000 }], route: to('db-0', 5432) }, { match: [{ port: 31001 }], route: to('db-1', 5432) }],
  }]);
});
option('IMeshGateway.addPodTcpRoutes', 'leaves the ports to the creator of the gateway', () => {
  const root = chart();
  const edge: IMeshGateway = MeshGateway.fromAttributes(root, 'edge', { namespace: 'edges', hosts });
  edge.addPodTcpRoutes({ pods: db(root), port: 5432, firstGatewayPort: 31000 });
  expect(findAll(valid(root), 'Gateway')).toEqual([]);
  expect(findAll(valid(root), 'VirtualService')[0].spec.tcp).toHaveLength(2);
});
option('PodTcpRouteOptions.pods', 'are those of a stateful service', () => expect(refusal(() => tcp({ pods: {} as never })).code).toBe('IM0001'));
option('PodTcpRouteOptions.port', 'is one that the pods have, and not HTTP', () => {
  expect([1, 9090].map(port => refusal(() => tcp({ port })).code)).toEqual(['IM1111', 'IM1307']);
});
option('PodTcpRouteOptions.firstGatewayPort', 'is free', () => {
  expect(refusal(() => tcp({}, [GatewayServer.http({ routedElsewhere: true, hosts, port: 31001 })])).code).toBe('IM1304');
  expect(refusal(() => tcp({ firstGatewayPort: 15089 })).code).toBe('IM0102');
});

option('PodHosts.of', 'are the hosts of the pods of a service', () => {
  expect(PodHosts.of(db(), 'a-{pod}-{ordinal}.example.com').hosts).toEqual(['a-db-0-0.example.com', 'a-db-1-1.example.com']);
  expect(refusal(() => PodHosts.of(db(), 'a.example.com')).code).toBe('IM0113');
});
option('PodHosts.template', 'are the hosts of a number of pods', () => {
  expect(PodHosts.template('a-{ordinal}.example.com', 2).hosts).toEqual(['a-0.example.com', 'a-1.example.com']);
  expect(refusal(() => PodHosts.template('a-{ordinal}.example.com', 0)).code).toBe('IM1108');
  expect(refusal(() => PodHosts.template('a-{pod}.example.com', 1)).code).toBe('IM0113');
});
option('PodHostsOptions.firstOrdinal', 'is where the ordinals begin', () => {
  expect(PodHosts.template('a-{ordinal}.example.com', 2, { firstOrdinal: 9 }).hosts).toEqual(['a-9.example.com', 'a-10.example.com']);
});
option('PodHosts.list', 'are any hosts, each for one pod', () => {
  expect(PodHosts.list(['a.example.com', 'b.example.org']).hosts).toEqual(['a.example.com', 'b.example.org']);
  expect([['a.example.com', 'a.example.com'], []].map(list => refusal(() => PodHosts.list(list)).code)).toEqual(['IM1321', 'IM1321']);
  expect(refusal(() => PodHosts.list(['a_b'])).code).toBe('IM0104');
});

function remote(tls = RemoteTls.simple(), port = MeshPort.grpc(10901, { targetPort: 443 }), list = ['a.example.com']) {
  const root = new Chart(app(), 'chart');
  new RemotePods(new MeshNamespace(root, 'query'), 'far', { hosts: PodHosts.list(list), port, tls });
  return valid(root);
}
const tlsOf = (tls: RemoteTls) => find(remote(tls), 'DestinationRule', 'a.example.com').spec.trafficPolicy.tls;
option('RemotePods.constructor', 'writes two objects for each host', () => {
  expect(remote(undefined, undefined, ['a.example.com', 'b.example.com'])).toMatchSnapshot();
});
option('RemotePodsProps.hosts', 'are the mesh\'s once', () => {
  const root = chart();
  const far = (id: string) => new RemotePods(root, id, { hosts: PodHosts.list(['a.example.com']), port: MeshPort.grpc(10901), tls: RemoteTls.simple() });
  expect(far('far').hosts).toEqual(['a.example.com']);
  expect(refusal(() => far('again')).code).toBe('IM1003');
});
option('RemotePodsProps.port', 'is what callers dial, and its target that of the far gateway', () => {
  expect(find(remote(), 'ServiceEntry', 'a.example.com').spec.ports).toEqual([{ number: 10901, name: 'grpc', protocol: 'GRPC', targetPort: 443 }]);
  expect(refusal(() => remote(undefined, MeshPort.tcp(5432))).code).toBe('IM1307');
});
option('RemotePodsProps.tls', 'is the TLS to the far gateway', () => expect(tlsOf(RemoteTls.simple()).mode).toBe('SIMPLE'));
const authorities = '/etc/ssl/certs/ca-certificates.crt';
option('RemoteTls.simple', 'checks the far certificate', () => {
  expect(tlsOf(RemoteTls.simple())).toEqual({ mode: 'SIMPLE', caCertificates: authorities, sni: 'a.example.com', subjectAltNames: ['a.example.com'] });
});
option('RemoteTlsOptions.caCertificates', 'is the file of the authorities', () => {
  expect(tlsOf(RemoteTls.simple({ caCertificates: '/etc/far/ca.pem' })).caCertificates).toBe('/etc/far/ca.pem');
  expect(refusal(() => RemoteTls.simple({ caCertificates: 'ca.pem' })).code).toBe('IM1322');
});
const files = { certificate: '/etc/far/cert.pem', privateKey: '/etc/far/key.pem' };
option('RemoteTls.mutual', 'shows a certificate, too', () => {
  expect(tlsOf(RemoteTls.mutual(files))).toEqual({
    mode: 'MUTUAL',
    clientCertificate: '/etc/far/cert.pem',
    privateKey: '/etc/far/key.pem',
    caCertificates: authorities,
    sni: 'a.example.com',
    subjectAltNames: ['a.example.com'],
  });
});
option('MutualTlsFiles.certificate', 'is a file', () => expect(refusal(() => RemoteTls.mutual({ ...files, certificate: 'a' })).code).toBe('IM1322'));
option('MutualTlsFiles.privateKey', 'is a file', () => expect(refusal(() => RemoteTls.mutual({ ...files, privateKey: 'a' })).code).toBe('IM1322'));
option('MutualTlsFiles.caCertificates', 'is the file of the authorities', () => {
  expect(tlsOf(RemoteTls.mutual({ ...files, caCertificates: '/etc/far/ca.pem' })).caCertificates).toBe('/etc/far/ca.pem');
});

test('a full chart of routes to pods', () => {
  const objects = routed(
    [GatewayServer.http({ routedElsewhere: true, hosts }), GatewayServer.passthrough({ routedElsewhere: true, hosts })],
    (edge, pods) => {
      edge.addPodRoutes({ pods, port: 9090, host: '{pod}.example.com', gatewayPort: 80 });
      edge.addPodRoutes({ pods, port: 9443, host: '{pod}.example.com' });
      edge.addPodTcpRoutes({ pods, port: 5432, firstGatewayPort: 31000 });
    },
  );
  expect(objects.filter(({ kind }) => ['Gateway', 'VirtualService', 'DestinationRule'].includes(kind))).toMatchSnapshot();
});
