import { ApiObject, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-28';
import { aShop, HOST, one, restricted } from './shop';
import { app, find, findAll, KubeObject, messages, refusal, version } from '../helpers/build';
import { edgePaths } from '../helpers/edges';
import { NEEDED_EGRESS } from '../helpers/network';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  CallerIdentity, EgressCallers, EgressPath, EgressPort, EgressRoute, Enforcement, GatewayServer, GatewayWorkload, HttpMethod, LeastPrivilege,
  MeshCluster, MeshGateway, MeshMutualTls, MeshNamespace, MeshPort, MeshService, MeshSettings, MeshVersion, MutualTls, PodHosts, RemotePods,
  RemoteTls, SidecarInjection, StatefulMeshService,
} from 'cdk8s-istio';

const rulesOf = (objects: KubeObject[], name: string) => find(objects, 'AuthorizationPolicy', name).spec.rules;
const principals = (...names: string[]) => ({ source: { principals: names.map(name => `cluster.local/ns/${name.replace('/', '/sa/')}`) } });
const elsewhere = (chart: Chart) => MeshNamespace.fromExisting(chart, 'office');
const hostsOf = (objects: KubeObject[], name: string) => find(objects, 'Sidecar', name).spec.egress[0].hosts;

option('LeastPrivilege.constructor', 'a full chart: a gateway, requests, TCP, peers, and undeclared calls', () => {
  const { chart, web, checkout, ledger, edge } = aShop();
  edge.addHttpRoute(HOST, { to: web });
  web.calls(checkout, { port: 80, methods: [HttpMethod.POST, HttpMethod.GET], paths: ['/checkout/*', '/checkout'] });
  checkout.calls(ledger);
  restricted(chart, { networkPolicies: true });
  expect(valid(chart)).toMatchSnapshot();
});

describe('what is written', () => {
  test('is the same whenever it is asked for, and in whatever order calls are declared', () => {
    const texts = [0, 1].map(late => {
      const { chart, web, checkout, ledger, edge } = aShop();
      const declare = [() => edge.addHttpRoute(HOST, { to: web }), () => web.calls(checkout.versionOf('v2')), () => checkout.calls(ledger)];
      const ask = () => restricted(chart, { networkPolicies: true });
      (late ? [...declare.reverse(), ask] : [ask, ...declare]).forEach(each => each());
      return valid(chart);
    });
    expect(texts[1]).toEqual(texts[0]);
  });

  test('of other services does not change when a service without calls is added', () => {
    const policies = (extra: boolean) => {
      const { chart, shop, web, checkout } = aShop();
      web.calls(checkout);
      restricted(chart, { networkPolicies: true });
      if (extra) {
        one(shop, 'extra');
      }
      return valid(chart).filter(({ metadata }) => !metadata.name.startsWith('extra'));
    };
    expect(policies(true)).toEqual(policies(false));
  });

  test('refuses in a namespace of this App, and leaves an existing one alone', () => {
    const chart = new Chart(app(), 'chart');
    const there = MeshNamespace.fromExisting(chart, 'there');
    one(there, 'web');
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(findAll(objects, 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(find(objects, 'NetworkPolicy', 'web').spec.egress.map(({ ports }: KubeObject) => ports[0].port)).toEqual([53, 15012]);
  });

  test('lets a gateway in to the version that its route leads to, and to no other', () => {
    const { chart, checkout, edge } = aShop();
    edge.addHttpRoute(HOST, { to: checkout.versionOf('v2'), port: 80 });
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(edgePaths(chart)).toEqual(['chart/shop/edge > chart/shop/checkout v2:80']);
    expect(rulesOf(objects, 'checkout')).toBeUndefined();
    expect(find(objects, 'AuthorizationPolicy', 'checkout.v2').spec).toMatchObject({
      selector: { matchLabels: { app: 'checkout', version: 'v2' } },
      rules: [{ from: [{ source: { principals: [expect.stringMatching(/ingressgateway/)] } }], to: [{ operation: { ports: ['8080'] } }] }],
    });
    expect(find(objects, 'NetworkPolicy', 'checkout.v2').spec.podSelector).toEqual({ matchLabels: { app: 'checkout', version: 'v2' } });
  });

  test('lets a gateway in to all pods of a stateful service by a route to one, which no policy could tell from the others', () => {
    const { chart, shop, ledger } = aShop();
    const db = new MeshGateway(shop, 'db', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.tcp({ routedElsewhere: true, port: 5432 })] });
    db.addTcpRoute({ gatewayPort: 5432, to: ledger.pod(0), port: 5432 });
    expect(edgePaths(chart)).toEqual(['chart/shop/db > chart/shop/ledger/Headless:5432']);
  });

  test('lets a service call pods of another cluster, and others not', () => {
    const { chart, shop, web } = aShop();
    const remote = new RemotePods(shop, 'remote', {
      hosts: PodHosts.template('pod-{ordinal}.example.com', 2), port: MeshPort.grpc(10901, { targetPort: 443 }), tls: RemoteTls.simple(),
    });
    web.calls(remote);
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(hostsOf(objects, 'web.v1')).toEqual(['shop/pod-0.example.com', 'shop/pod-1.example.com']);
    expect(hostsOf(objects, 'checkout.v1')).not.toContain('shop/pod-0.example.com');
    expect(find(objects, 'NetworkPolicy', 'web').spec.egress).toEqual([
      ...['0.0.0.0/0', '::/0'].map(cidr => ({ to: [{ ipBlock: { cidr } }], ports: [{ port: 443, protocol: 'TCP' }] })), ...NEEDED_EGRESS,
    ]);
  });

  test('lets a service call pods of another cluster through a gateway', () => {
    const { chart, shop, web } = aShop();
    const way = new MeshGateway(shop, 'way', { workload: GatewayWorkload.dedicatedEgress() });
    const remote = new RemotePods(shop, 'remote', {
      hosts: PodHosts.template('pod-{ordinal}.example.com', 1), port: MeshPort.grpc(10901, { targetPort: 443 }), tls: RemoteTls.simple(), via: EgressPath.gateway(way),
    });
    web.calls(remote);
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(hostsOf(objects, 'web.v1')).toContain('shop/pod-0.example.com');
    expect(find(objects, 'NetworkPolicy', 'web').spec.egress[0].to[0].podSelector).toEqual({ matchLabels: { istio: 'way.shop' } });
  });

  test('admits clients at a gateway with pods in the namespace', () => {
    const { chart, shop, web } = aShop();
    const own = new MeshGateway(shop, 'own', { workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['own.example.com'] })] });
    own.addHttpRoute('own.example.com', { to: web });
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(find(objects, 'AuthorizationPolicy', 'own').spec).toEqual({
      selector: { matchLabels: { istio: 'own.shop' } }, action: 'ALLOW', rules: [{ to: [{ operation: { ports: ['8080'] } }] }],
    });
    expect(rulesOf(objects, 'web')[0].from).toEqual([principals('shop/own')]);
    const { ingress, egress } = find(objects, 'NetworkPolicy', 'own').spec;
    expect(ingress[0]).toEqual({ ports: [{ port: 8080, protocol: 'TCP' }, { port: 15021, protocol: 'TCP' }] });
    expect(egress[0].to[0].podSelector).toEqual({ matchLabels: { app: 'web' } });
  });

  test('knows callers of other teams: an identity, a namespace, an identity of another mesh', () => {
    const { chart, web } = aShop();
    CallerIdentity.fromAttributes({ namespace: 'billing', serviceAccount: 'invoicer', podLabels: { app: 'invoicer' } }).calls(web);
    CallerIdentity.fromAttributes({ namespace: 'audit' }).calls(web);
    CallerIdentity.fromAttributes({ namespace: 'far', trustDomain: 'partner.example.com' }).calls(web);
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(rulesOf(objects, 'web').map(({ from }: KubeObject) => from[0].source)).toEqual([
      { namespaces: ['audit'] },
      { principals: ['cluster.local/ns/billing/sa/invoicer'] },
      { principals: ['partner.example.com/ns/far/sa/*'] },
    ]);
    expect(find(objects, 'Service', 'web').metadata.annotations).toEqual({ 'networking.istio.io/exportTo': '.,audit,billing,far' });
    expect(find(objects, 'DestinationRule', 'web').spec.exportTo).toEqual(['.', 'audit', 'billing', 'far']);
    expect(find(objects, 'NetworkPolicy', 'web').spec.ingress[0].from).toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'audit' } } }]);
  });

  test('tells versions apart, where each has an identity of its own', () => {
    const { chart, shop, checkout } = aShop();
    const reviews = one(shop, 'reviews', { versions: { v1: version(), v2: version() }, serviceAccountPerVersion: true });
    reviews.versionOf('v2').calls(checkout.versionOf('v1'), { port: 80 });
    restricted(chart, { networkPolicies: true });
    const objects = valid(chart);
    expect(find(objects, 'AuthorizationPolicy', 'checkout').spec.rules).toBeUndefined();
    expect(find(objects, 'AuthorizationPolicy', 'checkout.v1').spec).toEqual({
      selector: { matchLabels: { app: 'checkout', version: 'v1' } },
      action: 'ALLOW',
      rules: [{ from: [principals('shop/reviews-v2')], to: [{ operation: { ports: ['8080'] } }] }],
    });
    expect([hostsOf(objects, 'reviews.v1'), hostsOf(objects, 'reviews.v2')]).toEqual([['~/*'], ['shop/checkout.shop.svc.cluster.local']]);
    expect(find(objects, 'NetworkPolicy', 'reviews.v2').spec.egress[0].to[0].podSelector).toEqual({ matchLabels: { app: 'checkout', version: 'v1' } });
  });

  test('lets peers be peers, and shows them each other', () => {
    const { chart } = aShop();
    restricted(chart);
    const objects = valid(chart);
    expect(rulesOf(objects, 'ledger')).toEqual([{ from: [principals('shop/ledger')], to: [{ operation: { ports: ['5432', '7000'] } }] }]);
    expect(hostsOf(objects, 'ledger')).toEqual(['shop/ledger-headless.shop.svc.cluster.local', 'shop/ledger.shop.svc.cluster.local']);
  });

  test('is for the workloads of its scope alone: a namespace, a cluster', () => {
    const root = app();
    const cluster = new MeshCluster(root, 'one', { trustDomain: 'mesh.example.com', rootNamespace: 'mesh' });
    const chart = new Chart(cluster, 'chart');
    const [shop, office] = ['shop', 'office'].map(name => new MeshNamespace(chart, name));
    one(shop, 'web').calls(one(office, 'desk'));
    new LeastPrivilege(office, 'least-privilege', { networkPolicies: true });
    const objects = valid(chart);
    expect(findAll(objects, 'AuthorizationPolicy').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['office/desk', 'office/default']);
    expect(rulesOf(objects, 'desk')[0].from).toEqual([{ source: { principals: ['mesh.example.com/ns/shop/sa/web'] } }]);
    expect(find(objects, 'NetworkPolicy', 'default').spec.egress[1].to[0].namespaceSelector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'mesh' });
    new LeastPrivilege(root, 'elsewhere');
    expect(refusal(() => new LeastPrivilege(cluster, 'twice'))).toMatchObject({ code: 'IM1806', at: 'one/twice' });
  });
});

option('LeastPrivilegeProps.enforcement', 'AUDIT notes what would be refused, and refuses nothing', () => {
  const { chart, web, checkout } = aShop();
  web.calls(checkout, { port: 80 });
  restricted(chart, { enforcement: Enforcement.AUDIT });
  const objects = valid(chart);
  expect(findAll(objects, 'AuthorizationPolicy').map(({ metadata }) => metadata.annotations)).toEqual(Array(4).fill({ 'istio.io/dry-run': 'true' }));
  expect([...findAll(objects, 'Sidecar'), ...findAll(objects, 'NetworkPolicy')]).toEqual([]);
  expect(find(objects, 'Service', 'checkout').metadata.annotations).toBeUndefined();
});

option('Enforcement.AUDIT', 'annotates policies as dry runs', () => {
  const { chart } = aShop();
  restricted(chart, { enforcement: Enforcement.AUDIT });
  expect(find(valid(chart), 'AuthorizationPolicy', 'web').metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
});

option('Enforcement.ENFORCE', 'is the default: policies hold, and Sidecars refuse', () => {
  const { chart } = aShop();
  restricted(chart, { enforcement: Enforcement.ENFORCE });
  const objects = valid(chart);
  expect(find(objects, 'AuthorizationPolicy', 'web').metadata.annotations).toBeUndefined();
  expect(find(objects, 'Sidecar', 'web.v1').spec.outboundTrafficPolicy).toEqual({ mode: 'REGISTRY_ONLY' });
});

option('LeastPrivilegeProps.networkPolicies', 'makes a NetworkPolicy for every service, and one for the namespace', () => {
  const { chart } = aShop();
  restricted(chart, { networkPolicies: true });
  expect(findAll(valid(chart), 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['web', 'checkout', 'ledger', 'default']);
});

test('an egress gateway reaches the hosts of its routes, whichever callers may use them', () => {
  const { chart, shop, web } = aShop();
  const exit = new MeshGateway(new MeshNamespace(chart, 'exits'), 'exit', { workload: GatewayWorkload.dedicatedEgress() });
  const via = EgressPath.gateway(exit);
  web.calls(new EgressRoute(shop, 'bank', { host: 'bank.example.net', ports: [EgressPort.https(8443)], addresses: ['203.0.113.7'], via }));
  new EgressRoute(shop, 'open', { host: 'open.example.net', ports: [EgressPort.http(80)], callers: EgressCallers.anyNamespace(), via });
  restricted(chart, { networkPolicies: true });
  expect(find(valid(chart), 'NetworkPolicy', 'exit').spec.egress).toEqual([
    { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 80, protocol: 'TCP' }] },
    { to: [{ ipBlock: { cidr: '203.0.113.7/32' } }], ports: [{ port: 8443, protocol: 'TCP' }] },
    { to: [{ ipBlock: { cidr: '::/0' } }], ports: [{ port: 80, protocol: 'TCP' }] },
    ...NEEDED_EGRESS,
  ]);
});

test('the NetworkPolicy of a workload allows what every pod needs: it comes before that of the namespace, and closes the rest', () => {
  const { chart } = aShop();
  restricted(chart, { networkPolicies: true });
  const policies = findAll(valid(chart), 'NetworkPolicy');
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['web', 'checkout', 'ledger', 'default']);
  policies.forEach(({ spec }) => expect(spec.egress).toEqual(expect.arrayContaining(NEEDED_EGRESS)));
});

option('CallOptions.methods', 'are the methods of the rule', () => {
  const { chart, web, checkout } = aShop();
  web.calls(checkout, { port: 80, methods: [HttpMethod.POST, HttpMethod.GET, HttpMethod.POST] });
  restricted(chart);
  expect(rulesOf(valid(chart), 'checkout')[0].to).toEqual([{ operation: { methods: ['GET', 'POST'], ports: ['8080'] } }]);
});

option('CallOptions.paths', 'are the paths of the rule', () => {
  const { chart, web, checkout } = aShop();
  web.calls(checkout, { port: 80, paths: ['/orders/{*}/items', '/a', '/a/*'] });
  web.calls(checkout, { port: 9000 });
  restricted(chart);
  // Istio drops a whole rule on a port of plain TCP where one of its operations has a path.
  expect(rulesOf(valid(chart), 'checkout').map((rule: { to: object[] }) => rule.to)).toEqual([
    [{ operation: { ports: ['9000'] } }], [{ operation: { paths: ['/a', '/a/*', '/orders/{*}/items'], ports: ['8080'] } }],
  ]);
});

option('ServiceVersion.calls', 'declares the calls of one version', () => {
  const { chart, shop, checkout } = aShop();
  one(shop, 'reviews', { serviceAccountPerVersion: true }).versionOf('v1').calls(checkout, { port: 80 });
  restricted(chart);
  expect(rulesOf(valid(chart), 'checkout')[0].from).toEqual([principals('shop/reviews-v1')]);
});

option('ICallee.toCallee', 'is what `calls` takes: a service, and one version of it', () => {
  const { web, checkout } = aShop();
  web.calls(checkout);
  web.calls(checkout.versionOf('v1'), { port: 80 });
  expect(edgePaths(web)).toEqual([
    'chart/shop/web > chart/shop/checkout:80', 'chart/shop/web > chart/shop/checkout:9000', 'chart/shop/web > chart/shop/checkout v1:80',
  ]);
});
option('MeshService.toCallee', 'is the service', () => {
  const { web, checkout } = aShop();
  web.calls({ toCallee: () => checkout.toCallee() }, { port: 80 });
  expect(edgePaths(web)).toEqual(['chart/shop/web > chart/shop/checkout:80']);
});
option('StatefulMeshService.toCallee', 'is the Service for clients', () => {
  const { web, ledger } = aShop();
  web.calls({ toCallee: () => ledger.toCallee() });
  expect(edgePaths(web)).toEqual(['chart/shop/web > chart/shop/ledger:5432']);
});
option('ServiceVersion.toCallee', 'is the version', () => {
  const { web, checkout } = aShop();
  web.calls({ toCallee: () => checkout.versionOf('v2').toCallee() }, { port: 80 });
  expect(edgePaths(web)).toEqual(['chart/shop/web > chart/shop/checkout v2:80']);
});
option('IMeshService.calls', 'exists for every form of a service', () => {
  const { shop, checkout } = aShop();
  MeshService.fromAttributes(shop, 'kiali', { ports: [MeshPort.http(20001)] }).calls(checkout, { port: 80 });
  expect(edgePaths(shop)).toEqual(['chart/shop/kiali > chart/shop/checkout:80']);
});

option('CallerIdentity.fromAttributes', 'is a caller of another team', () => {
  expect(refusal(() => CallerIdentity.fromAttributes({ namespace: 'Shop' }))).toMatchObject({ code: 'IM0106', at: 'CallerIdentity.fromAttributes()' });
});

option('CallerIdentity.calls', 'declares what it calls', () => {
  const { chart, web } = aShop();
  CallerIdentity.fromAttributes({ namespace: 'billing', serviceAccount: 'invoicer' }).calls(web);
  restricted(chart);
  expect(rulesOf(valid(chart), 'web')).toEqual([{ from: [principals('billing/invoicer')], to: [{ operation: { ports: ['8080'] } }] }]);
});

function sourceOf(attributes: Parameters<typeof CallerIdentity.fromAttributes>[0]): unknown {
  const { chart, web } = aShop();
  CallerIdentity.fromAttributes(attributes).calls(web);
  restricted(chart);
  return rulesOf(valid(chart), 'web')[0].from[0].source;
}

option('CallerIdentityAttributes.namespace', 'alone is every identity of the namespace', () => {
  expect(sourceOf({ namespace: 'audit' })).toEqual({ namespaces: ['audit'] });
});
option('CallerIdentityAttributes.serviceAccount', 'is one identity of it', () => {
  expect(sourceOf({ namespace: 'audit', serviceAccount: 'reader' })).toEqual({ principals: ['cluster.local/ns/audit/sa/reader'] });
});
option('CallerIdentityAttributes.trustDomain', 'is that of another mesh', () => {
  expect(sourceOf({ namespace: 'audit', serviceAccount: 'reader', trustDomain: 'far.example.com' })).toEqual({ principals: ['far.example.com/ns/audit/sa/reader'] });
  expect(refusal(() => sourceOf({ namespace: 'audit', trustDomain: '-' })).code).toBe('IM1006');
});
option('CallerIdentityAttributes.podLabels', 'let its pods through the network', () => {
  const { chart, web } = aShop();
  CallerIdentity.fromAttributes({ namespace: 'audit', serviceAccount: 'reader', podLabels: { app: 'reader' } }).calls(web);
  restricted(chart, { networkPolicies: true });
  expect(find(valid(chart), 'NetworkPolicy', 'web').spec.ingress[0].from[0].podSelector).toEqual({ matchLabels: { app: 'reader' } });
});

option('MeshServiceAttributes.serviceAccount', 'is by what those that it calls know it', () => {
  const { chart, checkout } = aShop();
  MeshService.fromAttributes(MeshNamespace.fromExisting(chart, 'office'), 'kiali', { ports: [MeshPort.http(20001)], serviceAccount: 'kiali' }).calls(checkout, { port: 80 });
  restricted(chart);
  expect(rulesOf(valid(chart), 'checkout')[0].from).toEqual([principals('office/kiali')]);
});

option('StatefulServiceAttributes.serviceAccount', 'is by what those that it calls know it', () => {
  const { chart, checkout } = aShop();
  StatefulMeshService.fromAttributes(MeshNamespace.fromExisting(chart, 'office'), 'db', { replicas: 1, ports: [MeshPort.tcp(1)], serviceAccount: 'db' }).calls(checkout, { port: 80 });
  restricted(chart);
  expect(rulesOf(valid(chart), 'checkout')[0].from).toEqual([principals('office/db')]);
});

option('GatewayWorkloadOptions.serviceAccount', 'is by what services know what comes through the gateway', () => {
  const accounts = [GatewayWorkload.ingress(), GatewayWorkload.ingress({ serviceAccount: 'istio-ingress' }), GatewayWorkload.labels({ istio: 'edge' }, { serviceAccount: 'edge' })]
    .map(workload => {
      const { chart, shop, web } = aShop();
      new MeshGateway(shop, 'second', { workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })] }).addHttpRoute('a.example.com', { to: web });
      restricted(chart);
      return rulesOf(valid(chart), 'web')[0].from[0];
    });
  expect(accounts).toEqual(['istio-ingressgateway-service-account', 'istio-ingress', 'edge'].map(name => principals(`istio-system/${name}`)));
});

option('LabelledWorkloadOptions.serviceAccount', 'is by what services know what comes through the gateway', () => {
  const { chart, shop, web } = aShop();
  const workload = GatewayWorkload.labels({ istio: 'edge' }, { serviceAccount: 'edge' });
  new MeshGateway(shop, 'second', { workload, servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })] }).addHttpRoute('a.example.com', { to: web });
  restricted(chart);
  expect(rulesOf(valid(chart), 'web')[0].from).toEqual([principals('istio-system/edge')]);
});

option('MeshGatewayAttributes.workload', 'is by what services know what comes through an existing gateway', () => {
  const { chart, shop, web } = aShop();
  MeshGateway.fromAttributes(shop, 'theirs', { namespace: 'infra', workload: GatewayWorkload.ingress() }).addHttpRoute(HOST, { to: web });
  restricted(chart);
  expect(rulesOf(valid(chart), 'web')[0].from).toEqual([principals('istio-system/istio-ingressgateway-service-account')]);
});

describe('what is refused', () => {
  test('methods on a port that is not HTTP', () => {
    const { web, checkout } = aShop();
    expect(refusal(() => web.calls(checkout, { methods: [HttpMethod.GET] })).message).toBe([
      'IM1801 at chart/shop/web: port 9000 (tcp) of checkout is not HTTP, so it has no methods and paths.',
      '  got      {"methods":["GET"]}',
      '  next     set the HTTP port: { port: … }',
    ].join('\n'));
  });

  test.each(['orders', '/a?b', '/a b', '/a/../b', '/a/./*', '/%61', '/a\\b', '/a*', '/*/b', '/a/**', '/{*}/*', ''])('the path %j', path => {
    const { web, checkout } = aShop();
    expect(refusal(() => web.calls(checkout, { port: 80, paths: [path] }))).toMatchObject({ code: 'IM1802', at: 'chart/shop/web' });
  });

  test('a list of no paths', () => {
    const { web, checkout } = aShop();
    expect(refusal(() => web.calls(checkout, { port: 80, paths: [] })).code).toBe('IM1802');
  });

  test('a raw prefix, with what to write instead', () => {
    const { web, checkout } = aShop();
    expect(refusal(() => web.calls(checkout, { port: 80, paths: ['/orders*'] })).message).toContain('next     write /orders and /orders/*');
  });

  test('a port that the callee does not have, and a value that is not a callee', () => {
    const { web, checkout } = aShop();
    expect(refusal(() => web.calls(checkout, { port: 1 })).code).toBe('IM1111');
    expect(refusal(() => web.calls({} as never)).code).toBe('IM0001');
  });

  const said = (build: (shop: ReturnType<typeof aShop>) => unknown, networkPolicies = false) => {
    const shop = aShop();
    build(shop);
    restricted(shop.chart, { networkPolicies });
    return messages(shop.chart).map(text => text.split('\n')[0]);
  };

  test('callers whose identity is not known', () => {
    expect(said(({ shop, web }) => MeshGateway.fromAttributes(shop, 'theirs', {}).addHttpRoute(HOST, { to: web })))
      .toEqual(['IM1803 at chart/shop/theirs: the identity of theirs is not known.']);
    expect(said(({ chart, checkout }) => MeshService.fromAttributes(elsewhere(chart), 'kiali', { ports: [MeshPort.http(1)] }).calls(checkout, { port: 80 })))
      .toEqual(['IM1803 at chart/office/kiali: the identity of kiali is not known.']);
    expect(said(({ ledger, checkout }) => ledger.versionOf('ledger-0').calls(checkout, { port: 80 })))
      .toContain('IM1803 at chart/shop/ledger: version ledger-0 of ledger has no separate identity.');
  });

  test('a pod as if it were a version', () => {
    const pod = 'is a pod of ledger with the same identity and ports as the others';
    expect(said(({ ledger, web }) => web.calls(ledger.versionOf('ledger-0'))))
      .toEqual([`IM1804 at chart/shop/ledger: ledger-0 ${pod}: web calls ledger.`]);
    expect(said(({ chart, ledger }) => ledger.versionOf('ledger-1').calls(MeshService.fromAttributes(elsewhere(chart), 'far', { ports: [MeshPort.http(1)] }))))
      .toEqual([`IM1804 at chart/shop/ledger: ledger-1 ${pod}: ledger calls far.`]);
  });

  test('an existing workload in a namespace that refuses it: callers, callees, gateways, identities', () => {
    const alone = (name: string) => `the App does not create ${name}, and shop refuses all calls from and to pods that the App does not create.`;
    const attributes = { ports: [MeshPort.http(1)], serviceAccount: 'theirs' };
    expect(said(({ shop, web }) => web.calls(MeshService.fromAttributes(shop, 'theirs', attributes)))).toEqual([`IM1804 at chart/shop/theirs: ${alone('theirs')}`]);
    expect(said(({ shop, web }) => MeshService.fromAttributes(shop, 'theirs', attributes).calls(web))).toEqual([`IM1804 at chart/shop/theirs: ${alone('theirs')}`]);
    expect(said(({ web }) => CallerIdentity.fromAttributes({ namespace: 'shop', serviceAccount: 'job' }).calls(web)))
      .toEqual([`IM1804 at chart/least-privilege: ${alone('shop/job')}`]);
    expect(said(({ shop, web }) => new MeshGateway(shop, 'own', {
      workload: GatewayWorkload.labels({ a: 'b' }, { namespace: 'shop', serviceAccount: 'own' }), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })],
    }).addHttpRoute('a.example.com', { to: web }))).toEqual([`IM1804 at chart/shop/own: ${alone('own')}`]);
  });

  test('a caller without a sidecar', () => {
    const { chart, shop, web } = aShop();
    one(new MeshNamespace(chart, 'plain', { injection: SidecarInjection.disabled() }), 'old').calls(web);
    restricted(shop);
    expect(messages(chart).map(text => text.split('\n')[0]))
      .toEqual([
        'IM1804 at chart/plain/old: the pods of old get no sidecar: they have no identity, and web would refuse their calls.',
        'IM1117 at chart/plain/old: web accepts only mutual TLS on port 80, but the pods of old have no sidecar.',
      ]);
  });

  test('workloads in the root namespace, whose policies hold everywhere', () => {
    const build = ({ chart }: ReturnType<typeof aShop>) => one(new MeshNamespace(chart, 'istio-system', { injection: SidecarInjection.enabled() }), 'tool');
    expect(said(build))
      .toEqual(['IM1804 at chart/istio-system/tool: istio-system is the root namespace: a policy for the pods of tool would select pods with the same labels in every namespace.']);
    const shop = aShop();
    build(shop);
    restricted(shop.chart);
    const names = shop.chart.node.findAll().filter(ApiObject.isApiObject).filter(({ metadata: { namespace } }) => namespace === 'istio-system').map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toContain('AuthorizationPolicy tool');
    expect(names.filter(name => name.endsWith(' default'))).toEqual([]);
  });

  test('a UDP call, unless NetworkPolicies refuse it', () => {
    const call = ({ shop, web }: ReturnType<typeof aShop>) => web.calls(one(shop, 'dns', { ports: [MeshPort.udp(53)] }));
    expect(said(call)).toEqual(['IM1804 at chart/shop/dns: port 53 (udp) of dns is UDP, which bypasses the sidecar: only a NetworkPolicy can refuse it.']);
    expect(said(call, true)).toEqual([]);
  });

  test('workloads without sidecars, or with plain text alone', () => {
    expect(said(({ chart }) => one(new MeshNamespace(chart, 'plain', { injection: SidecarInjection.disabled() }), 'old')))
      .toEqual(['IM1804 at chart/plain/old: the pods of old get no sidecar: no proxy enforces policies, and their own calls have no identity.']);
    expect(said(({ chart }) => one(new MeshNamespace(chart, 'open', { mutualTls: MutualTls.DISABLE }), 'old')))
      .toEqual(['IM1804 at chart/open/old: the pods of old accept plain text only: no caller has an identity.']);
    expect(said(({ shop }) => one(shop, 'old', { mutualTls: MutualTls.DISABLE })))
      .toEqual(['IM1804 at chart/shop/old: the pods of old accept plain text only: no caller has an identity.']);
    expect(said(({ chart }) => one(new MeshNamespace(chart, 'open', { mutualTls: MutualTls.DISABLE }), 'new', { mutualTls: MutualTls.STRICT }))).toEqual([]);
    const plain = [MeshPort.http(80), MeshPort.tcp(99, { mutualTls: MutualTls.DISABLE })];
    expect(said(({ shop, web }) => web.calls(one(shop, 'old', { ports: plain }), { port: 80 }))).toEqual([]);
    expect(said(({ shop, web }) => web.calls(one(shop, 'old', { ports: plain }))))
      .toEqual(['IM1804 at chart/shop/old: port 99 (tcp) of old accepts plain text only: no caller has an identity.']);
  });

  test('workloads of a mesh that takes plain text alone, or whose sidecars use no mutual TLS by themselves', () => {
    const mode = (mutualTls: MutualTls) => ({ chart }: ReturnType<typeof aShop>) => {
      new MeshMutualTls(MeshNamespace.fromExisting(chart, 'istio-system'), 'mesh', { mode: mutualTls });
      one(MeshNamespace.fromExisting(chart, 'there'), 'old');
      one(MeshNamespace.fromExisting(chart, 'here', { mutualTls: MutualTls.STRICT }), 'new');
    };
    expect(said(mode(MutualTls.DISABLE))).toEqual(['IM1804 at chart/there/old: the pods of old accept plain text only: no caller has an identity.']);
    expect(said(mode(MutualTls.PERMISSIVE))).toEqual([]);
    const manual = (mutualTls: MutualTls) => ({ chart }: ReturnType<typeof aShop>) => {
      new MeshSettings(chart, 'settings', { autoMtls: false });
      one(new MeshNamespace(chart, 'there', { mutualTls }), 'old');
    };
    expect(said(manual(MutualTls.PERMISSIVE))).toEqual([
      'IM1804 at chart/there/old: automatic mutual TLS is off in the mesh, and old does not require mutual TLS: no caller has an identity.',
    ]);
    expect(said(manual(MutualTls.STRICT))).toEqual([]);
  });

  test('the edge of a version without an identity of its own', () => {
    const { chart, web, checkout } = aShop();
    checkout.versionOf('v2').calls(web);
    restricted(chart);
    expect(messages(chart)).toEqual([[
      'IM1805 at chart/shop/checkout: checkout v1 has the same identity, checkout, but does not declare that it calls web.',
      '  got      \'checkout\'',
      '  next     give each version its own identity: { serviceAccountPerVersion: true }',
    ].join('\n')]);
  });

  test('the identity of pods without a ServiceAccount', () => {
    expect(said(({ chart, shop, web }) => {
      const deployment = new Deployment(chart, 'old', { metadata: shop.metadata('old'), containers: [{ image: 'example.com/old:1', portNumber: 8080 }] });
      one(shop, 'old', { versions: { v1: MeshVersion.fromWorkload(deployment) } }).calls(web);
    })).toEqual(['IM1805 at chart/shop/old: the pods run as `default`, like every pod of shop without a ServiceAccount.']);
  });

  test('two that restrict the same', () => {
    const { chart, shop } = aShop();
    restricted(chart);
    expect(refusal(() => restricted(shop)).message).toContain('IM1806 at chart/shop/least-privilege: chart/least-privilege covers the same workloads.');
  });

  test('NetworkPolicies for pods whose labels are not known', () => {
    expect(said(({ web }) => CallerIdentity.fromAttributes({ namespace: 'audit', serviceAccount: 'reader' }).calls(web), true))
      .toEqual(['IM1807 at chart/shop/web: audit/reader calls web, but the labels of its pods are not known.']);
    expect(said(({ chart, web }) => web.calls(MeshService.fromAttributes(elsewhere(chart), 'far', { ports: [MeshPort.http(1)], podLabels: {} })), true))
      .toEqual(['IM1807 at chart/office/far: web calls far, but the labels of its pods are not known.']);
  });

  test('NetworkPolicies beside AUDIT', () => {
    expect(refusal(() => restricted(aShop().chart, { enforcement: Enforcement.AUDIT, networkPolicies: true })).code).toBe('IM1808');
  });

  test('a scope without workloads', () => {
    const chart = new Chart(app(), 'chart');
    restricted(chart);
    expect(messages(chart)).toEqual([expect.stringContaining('IM1809 at chart/least-privilege: its scope has no workload.')]);
  });

  test('a Service with its own `exportTo`', () => {
    const { chart, shop } = aShop();
    one(shop, 'own', { annotations: { 'networking.istio.io/exportTo': '*' } });
    expect(refusal(() => restricted(chart))).toMatchObject({ code: 'IM1810', at: 'chart/shop/own' });
  });
});
