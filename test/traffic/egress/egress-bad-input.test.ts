import { App, Chart } from 'cdk8s';
import { refusal, messages, chart } from '../../helpers/build';
import { egressWorld, routed, Told } from '../../helpers/egress';
import {
  EgressCallers, EgressPath, EgressPort, EgressRoute, GatewayServer, GatewayWorkload, IstioRelease, MeshCluster, MeshGateway, MeshNamespace,
  MeshProtocol,
  PodHosts, MeshPort, RemotePods, RemoteTls, WildcardResolution,
} from 'cdk8s-istio';

const tried = (told: Told, byGateway = false) => refusal(() => routed(told, byGateway));
const https = [EgressPort.https(443)];

test.each<[string, Told, string]>([
  ['a host without a dot', { host: 'bank' }, [
    'IM1503 at team/team/route: bank is a name inside the cluster.',
    '  got      \'bank\'',
    '  allowed  a DNS name with a dot, outside of the cluster\'s domain',
    '  next     call the service',
  ].join('\n')],
  ['every host', { host: '*', ports: https }, [
    'IM1504 at team/team/route: a route cannot be for every host.',
    '  got      \'*\'',
    '  next     name a domain, such as *.example.com; to allow all hosts, set `outboundTrafficPolicy` of the namespace to ALLOW_ANY',
  ].join('\n')],
  ['an invalid address', { addresses: ['203.0.113.256'] }, [
    'IM1505 at team/team/route: the text is not an IP address or a CIDR block.',
    '  got      \'203.0.113.256\'',
    '  allowed  such as 203.0.113.7 or 203.0.113.0/24',
    '  next     write the address in decimals, and a CIDR with its prefix length',
  ].join('\n')],
  ['a block for requests', { addresses: ['203.0.113.0/24'] }, [
    'IM1507 at team/team/route: port 80 uses http: Istio identifies its host by the request and not by the address.',
    '  got      \'203.0.113.0/24\'',
    '  next     drop the block, or declare the port as TCP',
  ].join('\n')],
  ['no port', { ports: [] }, 'IM1515 at team/team/route: the route has no port.\n  got      []\n  next     correct the list of ports'],
  ['two ports of one number', { ports: [EgressPort.http(80), EgressPort.grpc(80)] }, 'IM1515 at team/team/route: two ports have the number 80.\n  got      80\n  next     change one number'],
])('a route with %s', (_, told, message) => {
  expect(tried(told).message).toBe(message);
});

test.each<[string, Told, string, string]>([
  ['a Service by its full name', { host: 'a.b.svc.cluster.local' }, 'IM1503', 'is a name inside the cluster'],
  ['a Service by its short name', { host: 'a.b.svc' }, 'IM1503', 'is a name inside the cluster'],
  ['a host that is an address', { host: '203.0.113.1' }, 'IM0104', 'the host is an IP address'],
  ['a star in the middle', { host: 'a.*.example.org' }, 'IM0105', 'wildcard'],
  ['a wildcard of TCP', { host: '*.example.org', ports: [EgressPort.tcp(1)] }, 'IM1504', 'port 1 uses tcp, which carries no host'],
  ['a wildcard with TLS that begins', { host: '*.example.org', ports: [EgressPort.originateTls({ port: 80 })] }, 'IM1504', 'port 80 originates TLS'],
  ['a wildcard that the proxy resolves, with endpoints', { host: '*.example.org', ports: https, endpoints: ['a.example.org'], wildcardResolution: WildcardResolution.DYNAMIC_DNS },
    'IM1504', 'the proxy resolves the addresses, so `endpoints` and `addresses` are excluded'],
  ['a wildcard of gRPC-Web that the proxy resolves',
    { host: '*.example.org', ports: [EgressPort.originateTls({ port: 80, protocol: MeshProtocol.GRPC_WEB })], wildcardResolution: WildcardResolution.DYNAMIC_DNS },
    'IM1504', 'port 80 uses grpc-web, which Istio does not support if the proxy resolves the addresses'],
  ['a block in front of a name', { ports: [EgressPort.tcp(1)], addresses: ['203.0.113.0/24'], endpoints: ['203.0.113.1', 'a.example.org'] },
    'IM1507', 'a.example.org is resolved by DNS, and Istio accepts no block for a host that DNS resolves'],
  ['an empty list of endpoints', { endpoints: [] }, 'IM1505', 'the text is not an endpoint'],
  ['an endpoint that is a block', { endpoints: ['203.0.113.0/24'] }, 'IM1505', 'the text is not an endpoint'],
  ['an endpoint of five numbers', { endpoints: ['1.2.3.4.5'] }, 'IM1505', 'the text is not an endpoint'],
  ['an address with a zone', { addresses: ['fe80::1%eth0'] }, 'IM1505', 'not an IP address'],
  ['a block without a length', { addresses: ['203.0.113.0/'] }, 'IM1505', 'not an IP address'],
  ['a locality of four parts', { localities: { 'a/b/c/d': ['203.0.113.1'] } }, 'IM1516', 'the text is not a locality'],
  ['localities without one', { localities: {} }, 'IM1516', 'there is no locality'],
  ['a list of ports with a hole', { ports: Object.assign(new Array(2), { 1: EgressPort.http(80) }) }, 'IM0001', 'ports[0] is missing'],
  ['one host that the proxy resolves like a domain', { ports: https, wildcardResolution: WildcardResolution.DYNAMIC_DNS }, 'IM1504', 'example.org is not a wildcard'],
  ['a host that is nowhere', { inDns: false }, 'IM1508', 'example.org is not in DNS and has no endpoint'],
  ['a domain that is in no DNS', { host: '*.example.org', ports: https, endpoints: ['203.0.113.1'] }, 'IM1508', 'sidecars have no addresses for the hosts of *.example.org'],
  ['endpoints twice', { endpoints: ['203.0.113.1'], localities: { a: ['203.0.113.1'] } }, 'IM1516', 'with and without localities'],
  ['an option that there is not', { hots: 'x' } as object, 'IM0001', 'there is no property hots'],
])('a route with %s, by code', (_, told, code, problem) => {
  const { code: got, message } = tried(told);
  expect(got).toBe(code);
  expect(message).toContain(problem);
});

test.each<[string, Told, string, string]>([
  ['a wildcard of HTTP', { host: '*.example.org', endpoints: ['a.example.org'] }, 'IM1504', 'a gateway supports it for a wildcard only if the gateway resolves the addresses and TLS is not originated'],
  ['a wildcard without an endpoint', { host: '*.example.org', ports: https }, 'IM1504', 'a gateway cannot resolve the addresses of a wildcard for TLS: it would connect to itself'],
  ['a block without an endpoint', { ports: [EgressPort.tcp(1)], addresses: ['203.0.113.0/24'] }, 'IM1507', 'a gateway does not know which address'],
  ['a host of 244 characters', { host: `${['x', 'y', 'z'].map(letter => letter.repeat(62)).join('.')}.${'w'.repeat(55)}` }, 'IM0104', 'too long for a route through a gateway'],
])('a route by a gateway with %s', (_, told, code, problem) => {
  const { code: got, message } = tried(told, true);
  expect(got).toBe(code);
  expect(message).toContain(problem);
});

test('a wildcard that the proxy resolves, before its release', () => {
  const cluster = new MeshCluster(new App(), 'old', { istio: IstioRelease.V1_29 });
  const team = new MeshNamespace(new Chart(cluster, 'team'), 'team');
  expect(refusal(() => new EgressRoute(team, 'route', { host: '*.example.org', ports: https, wildcardResolution: WildcardResolution.DYNAMIC_DNS })).message).toBe([
    'IM1504 at old/team/team/route: sidecars of Istio 1.29 cannot resolve the hosts of a wildcard.',
    '  got      \'*.example.org\'',
    '  next     use WildcardResolution.NONE; DYNAMIC_DNS needs Istio 1.30',
  ].join('\n'));
});

test('TLS inside TLS', () => {
  expect(refusal(() => EgressPort.originateTls({ port: 443, protocol: MeshProtocol.HTTPS })).message).toBe([
    'IM1501 at EgressPort.originateTls(443): callers already use TLS, so the external host would receive TLS inside TLS.',
    '  got      \'https\'',
    '  allowed  a protocol without TLS, such as http, grpc or tcp',
    '  next     use EgressPort.https() or EgressPort.tls(), which forward the TLS of the caller',
  ].join('\n'));
  expect(refusal(() => EgressPort.originateTls({ port: 53, protocol: MeshProtocol.UDP })).message).toContain('UDP bypasses the sidecar');
});

test('the host of a Service, whichever comes first', () => {
  const world = egressWorld();
  world.route({ host: 'reviews.team' });
  world.caller('reviews');
  expect(messages(world.team)).toEqual([[
    'IM1503 at team/team/route: reviews.team is the Service of team/team/reviews.', '  got      \'reviews.team\'', '  next     call the service itself',
  ].join('\n')]);
});

test('a gateway that is not an egress gateway', () => {
  const root = chart({ namespace: 'istio-system' });
  const made = (workload: GatewayWorkload, scope = root) => refusal(() => EgressPath.gateway(new MeshGateway(scope, 'edge', { workload })));
  expect(made(GatewayWorkload.ingress()).message).toBe([
    'IM1506 at EgressPath.gateway(): the pods of chart/edge have no known Service by which sidecars can reach them.',
    '  got      {"istio":"ingressgateway"}',
    '  allowed  GatewayWorkload.egress(), or GatewayWorkload.labels() with the `service` of the pods',
    '  next     create a gateway with GatewayWorkload.egress() in the namespace of its pods',
  ].join('\n'));
  expect(made(GatewayWorkload.labels({ app: 'x' }), chart({ namespace: 'istio-system' })).code).toBe('IM1506');
  expect(made(GatewayWorkload.dedicated(), chart({ namespace: 'istio-system' })).code).toBe('IM1506');
  expect(made(GatewayWorkload.egress(), chart()).message).toContain('IM1506 at EgressPath.gateway(): chart/edge is not in the namespace of its pods');
  expect(refusal(() => EgressPath.gateway(MeshGateway.fromAttributes(chart(), 'x', { name: 'x' }) as never)).code).toBe('IM0001');
});

test('pods of an egress gateway that serve something else, which no caller could reach', () => {
  const world = routed({}, true);
  const beside = new MeshGateway(Chart.of(world.egress), 'beside', { workload: GatewayWorkload.egress() });
  expect(messages(world.egress)).toEqual([]);
  beside.addServer(GatewayServer.http({ hosts: ['other.example.com'] }));
  expect(messages(world.egress)).toEqual([[
    'IM1506 at istio-system/root/egress: its pods serve other.example.com for istio-system/beside, but accept only connections of egress routes.',
    '  got      \'other.example.com\'',
    '  next     use an egress gateway whose pods serve nothing else, such as GatewayWorkload.dedicatedEgress()',
  ].join('\n')]);
});

test('a name that the gateway serves already', () => {
  const world = egressWorld();
  world.egress.addServer(GatewayServer.passthrough({ hosts: ['example.org'] }));
  expect(refusal(() => world.route({ via: EgressPath.gateway(world.egress) })).code).toBe('IM1302');
});

test('a gateway of another cluster', () => {
  const [one, two] = ['one', 'two'].map(id => new Chart(new MeshCluster(new App(), id), 'chart', { namespace: 'istio-system' }));
  const via = EgressPath.gateway(new MeshGateway(one, 'egress', { workload: GatewayWorkload.egress() }));
  expect(refusal(() => new EgressRoute(two, 'route', { host: 'example.org', ports: https, via })).code).toBe('IM1008');
});

test('invalid callers and Secrets', () => {
  expect(refusal(() => EgressCallers.namespaces([])).message).toBe(
    'IM1511 at EgressCallers.namespaces(): there is no namespace.\n  got      []\n  allowed  at least one name\n  next     name the callers');
  expect(refusal(() => EgressCallers.namespaces(['A'])).code).toBe('IM0106');
  expect(refusal(() => RemoteTls.mutualSecret('team/secret')).code).toBe('IM1312');
  expect(refusal(() => new RemotePods(chart(), 'pods', {
    hosts: PodHosts.list(['p-0.example.com']), port: MeshPort.grpc(1), tls: RemoteTls.mutualSecret('secret'),
  })).message).toContain('IM1513 at chart/pods: all sidecars of the mesh originate TLS with the Secret secret, which they do not have.');
});
