import { chart, find, findAll, refusal, synth } from '../../helpers/build';
import { egressWorld, routed } from '../../helpers/egress';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  EgressCallers, EgressPath, EgressPort, EgressRoute, EgressRouteProps, GatewayServer, GatewayWorkload, MeshGateway, MeshPort,
  MeshProtocol, PodHosts, RemotePods, RemoteTls, WildcardResolution,
} from 'cdk8s-istio';

const entry = (props: Partial<EgressRouteProps>, name = 'example.org') => routed(props).spec('ServiceEntry', name);
const policy = (props: Partial<EgressRouteProps>) => routed(props).spec('DestinationRule', 'example.org').trafficPolicy;
const ports = (port: EgressPort) => entry({ ports: [port] }).ports;
const simple = { mode: 'SIMPLE', sni: 'example.org', subjectAltNames: ['example.org'], caCertificates: '/etc/ssl/certs/ca-certificates.crt' };

option('EgressRoute.constructor', 'full charts: a host by the gateway with ports of every kind, one direct, and who calls them', () => {
  const world = egressWorld();
  const legacy = world.route({
    host: 'legacy.local',
    endpoints: ['192.168.0.163'],
    via: EgressPath.gateway(world.egress),
    addresses: ['192.168.0.163'],
    ports: [EgressPort.http(80, { targetPort: 4154 }), EgressPort.grpc(50051), EgressPort.https(443), EgressPort.tcp(5432),
      EgressPort.originateTls({ port: 8080 })],
  }, 'legacy');
  const bank = world.route({ host: 'bank.example.net', ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank-client') })] }, 'bank');
  const checkout = world.caller('checkout');
  checkout.calls(legacy, { port: 80 });
  checkout.calls(bank);
  world.caller('audit', world.other).calls(legacy);
  expect(world.objects().filter(({ kind }) => !['Namespace', 'Service', 'ServiceAccount', 'PeerAuthentication'].includes(kind))).toMatchSnapshot();
});

option('EgressRouteProps.host', 'is the host of the entry, under whose name the objects go', () => {
  expect(routed().made.host).toBe('example.org');
  expect(entry({})).toEqual({
    hosts: ['example.org'], exportTo: ['.'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ name: 'http-80', number: 80, protocol: 'HTTP' }],
  });
  expect(entry({ host: '*.example.org', ports: [EgressPort.https(443)] }, 'of--any.example.org')).toMatchObject({ hosts: ['*.example.org'], resolution: 'NONE' });
});

option('EgressRouteProps.ports', 'are the ports of the entry, in the order written', () => {
  const { made } = routed({ ports: [EgressPort.https(443), EgressPort.http(80)] });
  expect(made.ports.map(({ port }) => port)).toEqual([443, 80]);
  expect(entry({ ports: [EgressPort.https(443), EgressPort.http(80)] }).ports.map(({ number }: { number: number }) => number)).toEqual([443, 80]);
});

option('EgressPort.http', 'is a port of HTTP', () => expect(ports(EgressPort.http(8080))).toEqual([{ name: 'http-8080', number: 8080, protocol: 'HTTP' }]));
option('EgressPort.http2', 'is a port of HTTP/2', () => expect(ports(EgressPort.http2(80))).toEqual([{ name: 'http2-80', number: 80, protocol: 'HTTP2' }]));
option('EgressPort.grpc', 'is a port of gRPC', () => expect(ports(EgressPort.grpc(80))).toEqual([{ name: 'grpc-80', number: 80, protocol: 'GRPC' }]));
option('EgressPort.https', 'is a port of HTTPS', () => expect(ports(EgressPort.https(443))).toEqual([{ name: 'https-443', number: 443, protocol: 'HTTPS' }]));
option('EgressPort.tls', 'is a port of TLS', () => expect(ports(EgressPort.tls(636))).toEqual([{ name: 'tls-636', number: 636, protocol: 'TLS' }]));
option('EgressPort.tcp', 'is a port of TCP', () => {
  const spec = entry({ ports: [EgressPort.tcp(5432)], addresses: ['203.0.113.4'] });
  expect(spec.ports).toEqual([{ name: 'tcp-5432', number: 5432, protocol: 'TCP' }]);
});
option('EgressPortOptions.targetPort', 'is the port of the outside machine', () => {
  expect(ports(EgressPort.http(80, { targetPort: 4154 }))).toEqual([{ name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 4154 }]);
});

option('EgressPort.originateTls', 'is a port of HTTP to which TLS begins at the sidecar', () => {
  const world = routed({ ports: [EgressPort.originateTls({ port: 80 }), EgressPort.https(443)] });
  expect(world.spec('ServiceEntry', 'example.org').ports).toEqual([
    { name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 443 }, { name: 'https-443', number: 443, protocol: 'HTTPS' },
  ]);
  expect(world.spec('DestinationRule', 'example.org')).toEqual({
    host: 'example.org', exportTo: ['.'], trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: simple }] },
  });
});
option('OriginateTlsOptions.port', 'is the number that callers dial', () => {
  expect(policy({ ports: [EgressPort.originateTls({ port: 8080 })] }).portLevelSettings[0].port).toEqual({ number: 8080 });
});
option('OriginateTlsOptions.targetPort', 'is the port that speaks TLS', () => {
  expect(ports(EgressPort.originateTls({ port: 80, targetPort: 8443 }))[0].targetPort).toBe(8443);
});
option('OriginateTlsOptions.protocol', 'is the protocol inside', () => {
  const of = (speaks: MeshProtocol) => entry({ ports: [EgressPort.originateTls({ port: 80, protocol: speaks })], addresses: ['203.0.113.4'] }).ports[0].protocol;
  const { GRPC, GRPC_WEB, HTTP2, TCP, MONGO, REDIS } = MeshProtocol;
  expect([GRPC, GRPC_WEB, HTTP2, TCP, MONGO, REDIS].map(of)).toEqual(['GRPC', 'GRPC-WEB', 'HTTP2', 'TCP', 'MONGO', 'REDIS']);
});
option('OriginateTlsOptions.tls', 'is the TLS that begins', () => {
  const tls = RemoteTls.simple({ caCertificates: '/etc/ca.pem' });
  expect(policy({ ports: [EgressPort.originateTls({ port: 80, tls })] }).portLevelSettings[0].tls).toEqual({ ...simple, caCertificates: '/etc/ca.pem' });
});

option('RemoteTls.mutualSecret', 'is mounted into the sidecars of callers, which alone show the certificate', () => {
  const world = egressWorld();
  const route = world.route({ ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank.client') })] });
  const second = world.route({ host: 'b.example.org', ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('a-client') })] }, 'second');
  const caller = world.caller('caller');
  caller.calls(route);
  caller.calls(second);
  world.route({ host: 'gateway.example.org', via: EgressPath.gateway(world.egress) }, 'third');
  expect(world.spec('DestinationRule', 'example.org').trafficPolicy.portLevelSettings).toEqual([{ port: { number: 80 }, tls: simple }]);
  expect(world.spec('DestinationRule', 'of--callers.example.org')).toEqual({
    host: 'example.org',
    exportTo: ['.'],
    workloadSelector: { matchLabels: { 'cdk8s-istio/calls.example.org': 'true' } },
    trafficPolicy: {
      portLevelSettings: [{
        port: { number: 80 },
        tls: {
          ...simple,
          mode: 'MUTUAL',
          clientCertificate: '/etc/istio/secrets/bank.client/tls.crt',
          privateKey: '/etc/istio/secrets/bank.client/tls.key',
          caCertificates: '/etc/istio/secrets/bank.client/ca.crt',
        },
      }],
    },
  });
  const { metadata } = world.spec('Deployment', 'caller-v2').template;
  expect(metadata.labels).toMatchObject({ 'cdk8s-istio/calls.example.org': 'true', 'cdk8s-istio/calls.b.example.org': 'true' });
  expect(JSON.parse(metadata.annotations['sidecar.istio.io/userVolume'])).toEqual({
    'a--client': { secret: { secretName: 'a-client' } }, 'bank-client': { secret: { secretName: 'bank.client' } },
  });
  expect(JSON.parse(metadata.annotations['sidecar.istio.io/userVolumeMount'])).toEqual({
    'a--client': { mountPath: '/etc/istio/secrets/a-client', readOnly: true }, 'bank-client': { mountPath: '/etc/istio/secrets/bank.client', readOnly: true },
  });
});

test('at a gateway it is the credential, which the pods of a gateway of its own may read', () => {
  const world = egressWorld();
  const own = new MeshGateway(world.other, 'own', { workload: GatewayWorkload.dedicatedEgress() });
  world.route({ ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank-client') })], via: EgressPath.gateway(own) });
  world.route({ host: 'gateway.example.org', via: EgressPath.gateway(world.egress) }, 'third');
  expect(world.spec('DestinationRule', 'example.org').trafficPolicy.portLevelSettings[0].tls).toEqual({
    mode: 'MUTUAL', credentialName: 'bank-client', sni: 'example.org', subjectAltNames: ['example.org'],
  });
  expect(world.spec('DestinationRule', 'own', 'other')).toMatchObject({
    host: 'own.other.svc.cluster.local', subsets: [{ name: 'example-org', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'example.org' } } }],
  });
  expect(world.spec('Service', 'own', 'other').ports).toMatchObject([{ port: 443, targetPort: 8443 }]);
  expect(findAll(world.objects(), 'Role')).toHaveLength(1);
});

option('EgressRouteProps.via', 'is a hop to the gateway and one from there, each port by a server name of its own', () => {
  const world = routed({ ports: [EgressPort.http(80), EgressPort.http(8080), EgressPort.https(443), EgressPort.tcp(5432)], addresses: ['203.0.113.4'] }, true);
  const way = (subset: string) => [{ destination: { host: 'istio-egressgateway.istio-system.svc.cluster.local', port: { number: 443 }, subset } }];
  const retries = { attempts: 2, retryOn: 'connect-failure,refused-stream' };
  expect(world.spec('ServiceEntry', 'example.org').exportTo).toEqual(['.', 'istio-system']);
  expect(world.spec('VirtualService', 'example.org.to--outside')).toEqual({
    hosts: ['example.org'],
    exportTo: ['.'],
    http: [
      { match: [{ port: 80 }], route: way('example-org'), retries },
      { match: [{ port: 8080 }], rewrite: { authority: 'at--8080.example.org' }, route: way('at----8080-example-org'), retries },
    ],
    tls: [{ match: [{ port: 443, sniHosts: ['example.org'] }], route: way('at----443-example-org') }],
    tcp: [{ match: [{ port: 5432 }], route: way('at----5432-example-org') }],
  });
  const far = (name: string) => world.spec('VirtualService', `egress.in--istio-system.${name}`);
  const hop = (host: string) => ({ hosts: [host], gateways: ['istio-system/egress'], exportTo: ['istio-system'] });
  const to = (number: number) => [{ destination: { host: 'example.org', port: { number } } }];
  expect(far('example.org')).toEqual({ ...hop('example.org'), http: [{ route: to(80) }] });
  expect(far('at--8080.example.org')).toEqual({
    ...hop('at--8080.example.org'), http: [{ rewrite: { authority: 'example.org:8080' }, route: to(8080) }],
  });
  expect(far('at--443.example.org')).toEqual({ ...hop('at--443.example.org'), tcp: [{ route: to(443) }] });
  expect(far('at--5432.example.org')).toEqual({ ...hop('at--5432.example.org'), tcp: [{ route: to(5432) }] });
});

option('EgressPath.gateway', 'serves on one port of the gateway: requests by one server, connections by one each', () => {
  const world = routed({ ports: [EgressPort.http(80), EgressPort.grpc(81), EgressPort.https(443), EgressPort.tcp(5432)], addresses: ['203.0.113.4'] }, true);
  const tls = { mode: 'ISTIO_MUTUAL' };
  expect(world.spec('Gateway', 'egress')).toEqual({
    selector: { istio: 'egressgateway' },
    servers: [
      { port: { number: 443, name: 'https-egress', protocol: 'HTTPS' }, hosts: ['at--81.example.org', 'example.org'], tls },
      { port: { number: 443, name: 'tls-at----443-example-org', protocol: 'TLS' }, hosts: ['at--443.example.org'], tls },
      { port: { number: 443, name: 'tls-at----5432-example-org', protocol: 'TLS' }, hosts: ['at--5432.example.org'], tls },
    ],
  });
  const { subsets } = world.spec('DestinationRule', 'istio-egressgateway');
  expect(subsets.map(({ name }: { name: string }) => name)).toEqual(['at----443-example-org', 'at----5432-example-org', 'at----81-example-org', 'example-org']);
  expect(subsets[2]).toEqual({
    name: 'at----81-example-org', trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } }, tls: { ...tls, sni: 'at--81.example.org' } },
  });
});

option('EgressPath.direct', 'is the default: there is no gateway', () => {
  const world = routed({ via: EgressPath.direct() });
  expect(world.objects()).toEqual(routed().objects());
  expect(world.made.gateway).toBeUndefined();
  expect(findAll(world.objects(), 'VirtualService').map(({ metadata }) => metadata.name)).not.toContain('example.org');
});

option('LabelledWorkloadOptions.namespace', 'is where the pods are, and the policy of who may come in', () => {
  const workload = GatewayWorkload.labels({ app: 'out' }, { namespace: 'other' });
  expect(workload.namespace).toBe('other');
  expect(GatewayWorkload.labels({ app: 'out' }).namespace).toBe('istio-system');
});

option('LabelledWorkloadOptions.service', 'makes an egress gateway of pods', () => {
  const world = egressWorld();
  const workload = GatewayWorkload.labels({ app: 'out' }, { namespace: 'other', service: 'out' });
  world.route({ via: EgressPath.gateway(new MeshGateway(world.other, 'own', { workload })) });
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(world.spec('DestinationRule', 'out', 'other').host).toBe('out.other.svc.cluster.local');
  expect(world.spec('AuthorizationPolicy', 'own.callers', 'other').selector).toEqual({ matchLabels: { app: 'out' } });
});

option('EgressRouteProps.endpoints', 'are the places behind the host, with a resolution that fits', () => {
  expect(entry({ endpoints: ['203.0.113.1', '2001:db8::1'], inDns: true }))
    .toMatchObject({ resolution: 'STATIC', endpoints: [{ address: '203.0.113.1' }, { address: '2001:db8::1' }] });
  expect(entry({ endpoints: ['203.0.113.1', 'a.example.com'], inDns: true }))
    .toMatchObject({ resolution: 'DNS', endpoints: [{ address: '203.0.113.1' }, { address: 'a.example.com' }] });
});

option('EgressRouteProps.localities', 'are the places behind the host, by where they are', () => {
  expect(entry({ localities: { 'eu/eu-1': ['203.0.113.1'], 'us': ['203.0.113.2'] }, inDns: true }).endpoints)
    .toEqual([{ address: '203.0.113.1', locality: 'eu/eu-1' }, { address: '203.0.113.2', locality: 'us' }]);
});

option('EgressRouteProps.addresses', 'are what callers dial; a block keeps the address that was dialled', () => {
  expect(entry({ ports: [EgressPort.tcp(1)], addresses: ['203.0.113.1'], inDns: true })).toMatchObject({ resolution: 'DNS', addresses: ['203.0.113.1'] });
  expect(entry({ ports: [EgressPort.tcp(1)], addresses: ['203.0.113.1'] })).toMatchObject({ resolution: 'STATIC', endpoints: [{ address: '203.0.113.1' }] });
  expect(entry({ ports: [EgressPort.tcp(1)], addresses: ['203.0.113.0/24'] })).toMatchObject({ resolution: 'NONE', addresses: ['203.0.113.0/24'] });
});

option('EgressRouteProps.inDns', 'decides whether the sidecars of callers answer DNS', () => {
  const annotation = (props: Partial<EgressRouteProps>) => {
    const world = egressWorld();
    world.caller('caller').calls(world.route({ ...props, via: EgressPath.gateway(world.egress) }));
    return world.spec('Deployment', 'caller-v1').template.metadata.annotations?.['proxy.istio.io/config'];
  };
  const captured = 'proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\n';
  expect(annotation({})).toBeUndefined();
  expect(annotation({ inDns: false, endpoints: ['203.0.113.1'] })).toBe(captured);
  expect(annotation({ endpoints: ['203.0.113.1'] })).toBe(captured);
  expect(annotation({ endpoints: ['203.0.113.1'], inDns: true })).toBeUndefined();
  expect(annotation({ ports: [EgressPort.tcp(1)], addresses: ['203.0.113.1'] })).toBeUndefined();
});

const wild = { host: '*.example.org', ports: [EgressPort.https(443), EgressPort.originateTls({ port: 80 })] };
option('EgressRouteProps.wildcardResolution', 'sets how addresses are resolved; originated TLS has no fixed name', () => {
  const world = routed({ ...wild, wildcardResolution: WildcardResolution.DYNAMIC_DNS });
  expect(world.spec('DestinationRule', 'of--any.example.org').trafficPolicy.portLevelSettings[0].tls)
    .toEqual({ mode: 'SIMPLE', caCertificates: '/etc/ssl/certs/ca-certificates.crt' });
});
option('WildcardResolution.DYNAMIC_DNS', 'is DYNAMIC_DNS', () => {
  expect(entry({ ...wild, wildcardResolution: WildcardResolution.DYNAMIC_DNS }, 'of--any.example.org')).toMatchObject({
    resolution: 'DYNAMIC_DNS', ports: [{ name: 'https-443', number: 443, protocol: 'TLS' }, { name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 443 }],
  });
});
option('WildcardResolution.NONE', 'is NONE', () => {
  expect(entry({ host: '*.example.org', ports: [EgressPort.https(443)], wildcardResolution: WildcardResolution.NONE }, 'of--any.example.org'))
    .toMatchObject({ resolution: 'NONE', ports: [{ protocol: 'HTTPS' }] });
});

option('EgressRoute.portOf', 'is the port of a number', () => {
  const { made } = routed({ ports: [EgressPort.http(80), EgressPort.https(443)] });
  expect(made.portOf(443)).toBe(made.ports[1]);
  expect(refusal(() => made.portOf(81)).message).toBe([
    'IM1111 at team/team/route: example.org has no port 81.', '  got      81', '  allowed  80 (http-80), 443 (https-443)', '  next     use a port of the service', '  istio    IST0101',
  ].join('\n'));
});

option('EgressRoute.toCallee', 'is what services call', () => {
  const { made } = routed();
  expect(made.toCallee()).toMatchObject({ _attributes: { construct: made, hosts: [made.host], ports: made.ports } });
});

option('EgressRoute.toRouteTarget', 'is the host as the end of a route of a gateway, which sees it by that', () => {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['www.example.com'] })] });
  const route = new EgressRoute(root, 'route', { host: 'example.org', ports: [EgressPort.http(80)], callers: EgressCallers.namespaces(['shop']) });
  edge.addHttpRoute('www.example.com', { to: route });
  const objects = valid(root);
  expect(find(objects, 'VirtualService', 'edge.www.example.com').spec.http).toEqual([
    { rewrite: { authority: 'example.org' }, route: [{ destination: { host: 'example.org', port: { number: 80 } } }] },
  ]);
  expect(find(objects, 'ServiceEntry', 'example.org').spec.exportTo).toEqual(['.', 'istio-system']);
});

option('RemotePodsProps.via', 'is a route out for each host, open to the mesh', () => {
  const world = egressWorld();
  const pods = (hosts: string[], via?: EgressPath) => new RemotePods(world.team, hosts.join(' '), {
    hosts: PodHosts.list(hosts), port: MeshPort.grpc(10901, { targetPort: 443 }), tls: RemoteTls.simple(), via,
  });
  pods(['p-0.example.com', 'p-1.example.com'], EgressPath.gateway(world.egress));
  expect(findAll(world.objects(), 'ServiceEntry').map(({ metadata, spec }) => [metadata.name, spec.exportTo, spec.ports])).toEqual(['p-0', 'p-1'].map(pod => [
    `${pod}.example.com`, ['*'], [{ name: 'grpc-10901', number: 10901, protocol: 'GRPC', targetPort: 443 }],
  ]));
  expect(world.spec('DestinationRule', 'p-1.example.com').exportTo).toEqual(['*']);
  expect(world.spec('AuthorizationPolicy', 'egress.callers').rules[0].from).toEqual([{ source: { principals: ['*'] } }]);
});

test('a route that goes away takes its own with it, and no order changes what is written', () => {
  const write = (ids: string[]) => {
    const world = egressWorld();
    ids.forEach(id => world.route({ host: `${id}.example.org`, ports: [EgressPort.http(80), EgressPort.https(443)], via: EgressPath.gateway(world.egress) }, id));
    return world;
  };
  const shared = (ids: string[]) => write(ids).objects().filter(({ metadata }) => metadata.namespace === 'istio-system');
  expect(shared(['a', 'b'])).toEqual(shared(['b', 'a']));
  const own = (ids: string[]) => write(ids).objects().filter(({ metadata }) => /\ba\.example\.org(\.to--outside)?$/.test(metadata.name));
  expect(own(['a'])).toEqual(own(['a', 'b']));
  expect(own(['a'])).toHaveLength(4);
  const without = shared(['a']).map(({ spec }) => JSON.stringify(spec));
  expect(without.some(text => text.includes('b.example.org'))).toBe(false);
});

test('two namespaces may each know one host for themselves', () => {
  const world = egressWorld();
  world.route();
  world.route({}, 'route', world.other);
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(findAll(world.objects(), 'ServiceEntry').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))
    .toEqual(['team/example.org', 'team/b.example.org', 'other/example.org']);
});

test('HTTP of a whole domain goes by an egress gateway that finds the address of each host', () => {
  const root = chart();
  const gateway = new MeshGateway(chart({ scope: root.node.scope as never, id: 'out', namespace: 'out' }), 'exit', { workload: GatewayWorkload.dedicatedEgress() });
  const route = (id: string, open: EgressPort[]) => new EgressRoute(root, id, {
    host: '*.example.org', ports: open, wildcardResolution: WildcardResolution.DYNAMIC_DNS, via: EgressPath.gateway(gateway), callers: EgressCallers.namespaces(['shop']),
  });
  expect(() => route('two', [EgressPort.http(80), EgressPort.http(8080)])).toThrow('IM1504 at chart/two: ports 80 and 8080 are HTTP');
  expect(() => route('tls', [EgressPort.originateTls({ port: 80 })])).toThrow('IM1504 at chart/tls: port 80 uses http');
  route('one', [EgressPort.http(8080)]);
  const objects = synth(root.node.root as never);
  expect(find(objects, 'ServiceEntry', 'of--any.example.org').spec).toMatchObject({ hosts: ['*.example.org'], resolution: 'DYNAMIC_DNS' });
  expect(find(objects, 'AuthorizationPolicy', 'exit.callers').spec.rules[0].to).toEqual([{ operation: { hosts: ['*.example.org', '*.example.org:8080'] } }]);
  expect(find(objects, 'DestinationRule', 'exit').spec.subsets[0].trafficPolicy.tls).toEqual({ mode: 'ISTIO_MUTUAL', sni: 'of--any.example.org' });
});
