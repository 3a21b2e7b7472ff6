import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Deployment, Service, StatefulSet } from 'cdk8s-plus-28';
import { messages } from '../helpers/build';
import {
  CallerIdentity, CanarySplit, EgressPort, EgressRoute, GatewayServer, GatewayTls, GatewayWorkload, LeastPrivilege, MeshCluster, MeshGateway, MeshJob,
  MeshMutualTls, MeshNamespace,
  MeshPort, MeshService, MeshTelemetry, MeshVersion,
  MutualTls, networking, SplitTarget, StatefulMeshService,
} from 'cdk8s-istio';

type Spec = { readonly [field: string]: unknown };

const V1 = { v1: MeshVersion.of({ containers: [{ image: 'example.com/app:1' }] }) };

/** A shop with its own ground, and a chart for what no construct writes. */
function shop(wrapErrors = false): { readonly root: App; readonly raw: Chart } {
  const root = new App();
  const chart = new Chart(root, 'shop');
  const ns = new MeshNamespace(chart, 'shop');
  const cart = new MeshService(ns, 'cart', { ports: [MeshPort.http(80, { targetPort: 8080 })], versions: { ...V1, v2: V1.v1 } });
  new CanarySplit(ns, 'split', { service: cart, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
  const edge = new MeshGateway(ns, 'edge', {
    workload: GatewayWorkload.ingress(),
    servers: [
      GatewayServer.http({ hosts: ['*.example.com'] }),
      GatewayServer.https({ hosts: ['shop.example.com'], tls: GatewayTls.simple('shop') }),
    ],
  });
  edge.addHttpRoute('shop.example.com', { to: cart });
  new EgressRoute(ns, 'stripe', { host: 'api.stripe.com', ports: [EgressPort.https(443)] });
  MeshService.fromAttributes(MeshNamespace.fromExisting(chart, 'legacy'), 'ledger', { ports: [MeshPort.http(80)] });
  if (wrapErrors) {
    new LeastPrivilege(ns, 'least', { networkPolicies: true });
  }
  return { root, raw: new Chart(root, 'raw') };
}

function add(raw: Chart, apiVersion: string, kind: string, namespace: string, spec: Spec, more: Spec = {}): ApiObject {
  return new ApiObject(raw, kind, { apiVersion, kind, metadata: { name: 'mine', namespace, ...more }, ...apiVersion === 'v1' && kind !== 'Service' && kind !== 'Pod' ? spec : { spec } });
}

/** The first lines of what is refused of an object beside the shop. */
function refused(apiVersion: string, kind: string, namespace: string, spec: Spec, more: Spec = {}, wrapErrors = false): string[] {
  const { root, raw } = shop(wrapErrors);
  add(raw, apiVersion, kind, namespace, spec, more);
  return messages(root).map(message => message.split('\n')[0]);
}

const NETWORKING = 'networking.istio.io/v1';
const SECURITY = 'security.istio.io/v1';
const CART = 'cart.shop.svc.cluster.local';
const CART_PODS = { selector: { matchLabels: { app: 'cart' } } };

test('the shop itself is accepted, guarded or not', () => {
  expect([false, true].map(wrapErrors => messages(shop(wrapErrors).root))).toEqual([[], []]);
});

describe('a VirtualService', () => {
  const route = (hosts: string[], gateways?: string[]) => ({ hosts, gateways, http: [{ route: [{ destination: { host: 'elsewhere.other.svc.cluster.local' } }] }] });
  const takes = (host: string, by: string) => [`IM1018 at raw/VirtualService: VirtualService mine configures ${host}, which is the host of ${by}.`];

  test('of a host that a construct makes is refused, however it spells the host', () => {
    for (const [host, namespace] of [[CART, 'other'], ['cart', 'shop'], ['cart.shop', 'other'], ['cart.shop.svc', 'other'], ['*.shop.svc.cluster.local', 'other'], ['*', 'other']]) {
      expect(refused(NETWORKING, 'VirtualService', namespace, route([host]))).toEqual(takes(CART, 'shop/shop/cart'));
    }
    expect(refused(NETWORKING, 'VirtualService', 'shop', route(['x.org', CART], ['other/gw', 'mesh']))).toEqual(takes(CART, 'shop/shop/cart'));
    expect(refused(NETWORKING, 'VirtualService', 'other', route(['api.stripe.com']))).toEqual(takes('api.stripe.com', 'shop/shop/stripe'));
  });

  test('of a host that a construct routes at its gateway is refused', () => {
    for (const gateway of ['shop/edge', 'edge']) {
      expect(refused(NETWORKING, 'VirtualService', 'shop', route(['shop.example.com'], [gateway]))).toEqual(takes('shop.example.com', 'shop/shop/edge/shop.example.com/Routes'));
    }
  });

  test('of another host, gateway or namespace is accepted', () => {
    for (const [spec, namespace] of [
      [route(['cart']), 'other'], [route(['ledger.legacy.svc.cluster.local']), 'legacy'], [route(['other.example.com'], ['shop/edge']), 'shop'],
      [route(['shop.example.com'], ['other/edge']), 'other'], [route(['shop.example.com'], ['edge']), 'other'], [route(['*'], ['shop/edge']), 'shop'], [{ http: [] }, 'shop'],
    ] as [Spec, string][]) {
      expect(refused(NETWORKING, 'VirtualService', namespace, spec)).toEqual([]);
    }
  });

  test('of a service that is described is refused once a construct writes such an object for it', () => {
    const { root, raw } = shop();
    const bank = MeshService.fromAttributes(new MeshNamespace(raw, 'bank'), 'bank', { ports: [MeshPort.http(80)], versions: { v1: {}, v2: {} } });
    add(raw, NETWORKING, 'VirtualService', 'bank', route(['bank']));
    expect(messages(root)).toEqual([]);
    new CanarySplit(raw, 'split', { service: bank, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
    expect(messages(root).map(message => message.split('\n')[0])).toEqual([
      'IM1018 at raw/VirtualService: VirtualService mine configures bank.bank.svc.cluster.local, which is the host of raw/bank/bank/Policy.',
    ]);
  });

  test('says both paths, and the next step', () => {
    const { root, raw } = shop();
    new networking.VirtualService(raw, 'mine', { metadata: { name: 'mine', namespace: 'other' }, spec: { hosts: [CART], http: [{ route: [{ destination: { host: 'x' } }] }] } });
    expect(messages(root)).toEqual([`IM1018 at raw/mine: VirtualService mine configures ${CART}, which is the host of shop/shop/cart.
  next     use a CanarySplit, a ResiliencePolicy or a route of the gateway instead, or remove the construct for this host
  istio    IST0109`]);
    expect(() => root.synthYaml()).toThrow('IM1018 at raw/mine');
  });

  test('is compared with constructs of the same cluster alone', () => {
    const root = new App();
    const [a, b] = ['a', 'b'].map(id => new MeshCluster(root, id));
    new MeshService(new MeshNamespace(new Chart(a, 'shop'), 'shop'), 'cart', { ports: [MeshPort.http(80)], versions: V1 });
    add(new Chart(b, 'raw'), NETWORKING, 'VirtualService', 'other', route([CART]));
    expect(messages(root)).toEqual([]);
    add(new Chart(a, 'raw'), NETWORKING, 'VirtualService', 'other', route([CART]));
    expect(messages(root).map(message => message.split('\n')[0])).toEqual([
      `IM1018 at a/raw/VirtualService: VirtualService mine configures ${CART}, which is the host of a/shop/shop/cart.`,
    ]);
  });
});

describe('other objects of a host', () => {
  test('a DestinationRule in whatever namespace', () => {
    for (const [host, namespace] of [[CART, 'other'], ['cart', 'shop'], ['*.local', 'istio-system']]) {
      expect(refused(NETWORKING, 'DestinationRule', namespace, { host, trafficPolicy: { tls: { mode: 'DISABLE' } } })).toEqual([
        `IM1018 at raw/DestinationRule: DestinationRule mine configures ${CART}, which is the host of shop/shop/cart.`,
      ]);
    }
    expect(refused(NETWORKING, 'DestinationRule', 'legacy', { host: 'ledger.legacy.svc.cluster.local', subsets: [] })).toEqual([]);
  });

  test('a ServiceEntry', () => {
    for (const host of [CART, 'api.stripe.com', '*.stripe.com']) {
      expect(refused(NETWORKING, 'ServiceEntry', 'other', { hosts: ['x.org', host], ports: [] })[0]).toMatch(/^IM1018 at raw\/ServiceEntry: ServiceEntry mine configures /);
    }
    expect(refused(NETWORKING, 'ServiceEntry', 'other', { hosts: ['x.org'], ports: [] })).toEqual([]);
  });

  test.each(['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'])('a %s whose parent is the Service', kind => {
    const parent = { kind: 'Service', group: '', name: 'cart', namespace: 'shop' };
    expect(refused('gateway.networking.k8s.io/v1', kind, 'other', { parentRefs: [parent] })).toEqual([
      `IM1018 at raw/${kind}: ${kind} mine configures Service shop/cart, which is the host of shop/shop/cart.`,
    ]);
    expect(refused('gateway.networking.k8s.io/v1', kind, 'shop', { parentRefs: [{ ...parent, namespace: undefined }] })).toHaveLength(1);
    expect(refused('gateway.networking.k8s.io/v1', kind, 'other', { parentRefs: [{ ...parent, namespace: undefined }, { name: 'cart' }] })).toEqual([]);
  });

  test('a BackendTLSPolicy of the Service', () => {
    expect(refused('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', 'shop', { targetRefs: [{ group: '', kind: 'Service', name: 'cart' }] })).toHaveLength(1);
  });
});

describe('a listener', () => {
  const server = (hosts: string[], number = 443, protocol = 'HTTPS', selector: Spec = { istio: 'ingressgateway' }) =>
    ({ selector, servers: [{ hosts, port: { number, name: 'p', protocol } }] });

  test('of a Gateway: the same host, one that a wildcard has, another protocol', () => {
    expect(refused(NETWORKING, 'Gateway', 'other', server(['*/shop.example.com']))).toEqual([
      'IM1019 at raw/Gateway: Gateway mine serves shop.example.com at port 443 of pods where shop/shop/edge serves shop.example.com.',
    ]);
    expect(refused(NETWORKING, 'Gateway', 'other', server(['a.example.com'], 80, 'HTTP', { app: 'istio-ingressgateway', istio: 'ingressgateway' }))).toEqual([
      'IM1019 at raw/Gateway: Gateway mine serves a.example.com at port 80 of pods where shop/shop/edge serves *.example.com.',
    ]);
    expect(refused(NETWORKING, 'Gateway', 'other', server(['x.org'], 443, 'TCP'))).toEqual([
      'IM1019 at raw/Gateway: Gateway mine uses TCP at port 443 of pods where shop/shop/edge uses HTTPS.',
    ]);
  });

  test('of other hosts, ports or pods is accepted', () => {
    for (const spec of [server(['x.org']), server(['*']), server(['shop.example.com'], 8443), server(['shop.example.com'], 443, 'HTTPS', { istio: 'other' })]) {
      expect(refused(NETWORKING, 'Gateway', 'other', spec)).toEqual([]);
    }
  });

  test('of another Gateway by which a VirtualService takes a routed host', () => {
    const { root, raw } = shop();
    add(raw, NETWORKING, 'Gateway', 'other', server(['*']));
    add(raw, NETWORKING, 'VirtualService', 'other', { hosts: ['shop.example.com'], gateways: ['mine'] });
    expect(messages(root).map(message => message.split('\n')[0])).toEqual([
      'IM1018 at raw/VirtualService: VirtualService mine routes shop.example.com at pods and a port where shop/shop/edge/shop.example.com/Routes routes it already.',
    ]);
  });

  test('of a Gateway of the Gateway API at the pods, and of an Ingress', () => {
    const listeners = [{ name: 'web', port: 443, protocol: 'HTTPS', hostname: 'shop.example.com' }];
    const value = 'istio-ingressgateway.istio-system.svc.cluster.local';
    expect(refused('gateway.networking.k8s.io/v1', 'Gateway', 'other', { addresses: [{ type: 'Hostname', value }], listeners })).toHaveLength(1);
    expect(refused('gateway.networking.k8s.io/v1', 'Gateway', 'other', { listeners })).toEqual([]);
    expect(refused('networking.k8s.io/v1', 'Ingress', 'other', { ingressClassName: 'istio', rules: [{ host: 'a.example.com' }] })).toHaveLength(1);
    expect(refused('networking.k8s.io/v1', 'Ingress', 'other', { ingressClassName: 'nginx', rules: [{ host: 'a.example.com' }] })).toEqual([]);
  });
});

describe('policies and settings of pods', () => {
  const about = (kind: string, by: string) => [`IM1020 at raw/${kind}: ${kind} mine selects the pods of ${by}.`];

  test('a PeerAuthentication of the pods, of their namespace, of the mesh', () => {
    expect(refused(SECURITY, 'PeerAuthentication', 'shop', { ...CART_PODS, mtls: { mode: 'DISABLE' } })).toEqual(about('PeerAuthentication', 'shop/shop/cart/v1/Deployment'));
    expect(refused(SECURITY, 'PeerAuthentication', 'shop', { mtls: { mode: 'PERMISSIVE' } })).toEqual([
      'IM1021 at raw/PeerAuthentication: PeerAuthentication mine applies to the pods of namespace shop, and shop/shop/PeerAuthentication already sets the same.',
    ]);
    expect(refused(SECURITY, 'PeerAuthentication', 'other', { mtls: { mode: 'DISABLE' } })).toEqual([]);
    // Namespaces that say a mode themselves do not ask that of the mesh, and gateways ask none.
    expect(refused(SECURITY, 'PeerAuthentication', 'istio-system', { mtls: { mode: 'STRICT' } })).toEqual([]);
    expect(refused(SECURITY, 'PeerAuthentication', 'shop', { selector: { matchLabels: { app: 'other' } } })).toEqual([]);
    const { root, raw } = shop();
    new MeshMutualTls(MeshNamespace.fromExisting(raw, 'istio-system'), 'mesh', { mode: MutualTls.STRICT });
    add(raw, SECURITY, 'PeerAuthentication', 'istio-system', { mtls: { mode: 'PERMISSIVE' } });
    expect(messages(root)[0]).toContain('IM1021 at raw/PeerAuthentication: PeerAuthentication mine applies to the pods of namespace istio-system, and raw/istio-system/mesh already sets the same.');
  });

  test('a RequestAuthentication', () => {
    expect(refused(SECURITY, 'RequestAuthentication', 'shop', CART_PODS)).toEqual(about('RequestAuthentication', 'shop/shop/cart/v1/Deployment'));
    expect(refused(SECURITY, 'RequestAuthentication', 'istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } })).toEqual(about('RequestAuthentication', 'shop/shop/edge'));
    expect(refused(SECURITY, 'RequestAuthentication', 'other', {})).toEqual([]);
  });

  test('an AuthorizationPolicy, but none that only notes or adds nothing', () => {
    const open = { rules: [{}] };
    for (const action of [undefined, 'ALLOW', 'DENY', 'CUSTOM']) {
      expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', { ...CART_PODS, ...open, action })).toEqual(about('AuthorizationPolicy', 'shop/shop/cart/v1/Deployment'));
    }
    expect(refused(SECURITY, 'AuthorizationPolicy', 'istio-system', open)).toHaveLength(1);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', {})).toHaveLength(1);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', { ...open, action: 'AUDIT' })).toEqual([]);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', open, { annotations: { 'istio.io/dry-run': 'true' } })).toEqual([]);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', { selector: { matchLabels: { app: 'other' } }, ...open })).toEqual([]);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', {}, {}, true)).toEqual([]);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', open, {}, true)).toHaveLength(1);
    expect(refused(SECURITY, 'AuthorizationPolicy', 'shop', { ...open, targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'x' }] })).toEqual([]);
  });

  test('a Sidecar', () => {
    const egress = [{ hosts: ['./*'] }];
    const selected = { workloadSelector: { labels: { app: 'cart' } }, egress };
    expect(refused(NETWORKING, 'Sidecar', 'shop', selected, {}, true)).toEqual(about('Sidecar', 'shop/shop/cart/v1/Deployment'));
    expect(refused(NETWORKING, 'Sidecar', 'other', { egress })).toEqual([]);
    expect(refused(NETWORKING, 'Sidecar', 'shop', { egress }, {}, true)).toHaveLength(1);
    expect(refused(NETWORKING, 'Sidecar', 'istio-system', { egress }, {}, true)).toEqual([]);
  });

  test('a Sidecar where no construct writes one: it may hide what the pods call, and the ports of their service', () => {
    const egress = [{ hosts: ['./*'] }];
    expect(refused(NETWORKING, 'Sidecar', 'shop', { egress })).toEqual([]);
    expect(refused(NETWORKING, 'Sidecar', 'istio-system', { egress })).toEqual([]);
    expect(refused(NETWORKING, 'Sidecar', 'shop', { ingress: [{ port: { number: 8080, protocol: 'TCP', name: 'tcp' }, defaultEndpoint: '127.0.0.1:8080' }] })).toHaveLength(1);

    const calling = (namespace: string) => {
      const root = new App();
      const ns = new MeshNamespace(new Chart(root, 'shop'), 'shop');
      const [web, cart] = ['web', 'cart'].map(id => new MeshService(ns, id, { ports: [MeshPort.http(80)], versions: V1 }));
      web.calls(cart);
      add(new Chart(root, 'raw'), NETWORKING, 'Sidecar', namespace, { egress });
      return messages(root).map(message => message.split('\n')[0]);
    };
    expect(calling('shop')).toEqual(about('Sidecar', 'shop/shop/web/v1/Deployment'));
    expect(calling('istio-system')).toEqual(about('Sidecar', 'shop/shop/web/v1/Deployment'));
    expect(calling('other')).toEqual([]);
  });

  test('a Telemetry and a ProxyConfig of a namespace of which a construct says the same', () => {
    const telemetry = (namespace: string) => {
      const { root, raw } = shop();
      const ns = new MeshNamespace(raw, 'pay', { dnsCapture: true });
      new MeshTelemetry(ns, 'telemetry', { tracing: { sampling: 5 } } as never);
      add(raw, 'telemetry.istio.io/v1', 'Telemetry', namespace, { metrics: [] });
      add(raw, NETWORKING, 'ProxyConfig', namespace, { concurrency: 2 });
      return messages(root).filter(message => message.startsWith('IM1021')).length;
    };
    expect([telemetry('pay'), telemetry('shop')]).toEqual([2, 0]);
  });

  test('an EnvoyFilter that takes away or replaces, but none that adds', () => {
    const filter = (operation: string, name = 'envoy.filters.http.router') => ({
      workloadSelector: { labels: { app: 'cart' } },
      configPatches: [{ applyTo: 'HTTP_FILTER', match: { listener: { filterChain: { filter: { subFilter: { name } } } } }, patch: { operation } }],
    });
    const kind = 'EnvoyFilter';
    expect(refused('networking.istio.io/v1alpha3', kind, 'shop', filter('REMOVE'))).toEqual([
      'IM1020 at raw/EnvoyFilter: EnvoyFilter mine uses REMOVE on the configuration that istiod writes for the pods of shop/shop/cart/v1/Deployment.',
    ]);
    expect(refused('networking.istio.io/v1alpha3', kind, 'shop', filter('MERGE', 'envoy.filters.http.rbac'))).toHaveLength(1);
    for (const operation of ['INSERT_BEFORE', 'ADD', 'MERGE']) {
      expect(refused('networking.istio.io/v1alpha3', kind, 'shop', filter(operation))).toEqual([]);
    }
    expect(refused('networking.istio.io/v1alpha3', kind, 'other', filter('REMOVE'))).toEqual([]);
  });

  test('a NetworkPolicy that allows what least privilege does not', () => {
    const policy = (matchLabels: Spec | undefined, rules: Spec) => ({ podSelector: { matchLabels }, ...rules });
    expect(refused('networking.k8s.io/v1', 'NetworkPolicy', 'shop', policy({ app: 'cart' }, { ingress: [{}] }), {}, true)[0])
      .toMatch(/^IM1020 at raw\/NetworkPolicy: NetworkPolicy mine allows connections that shop\/shop\/(cart\/)?Security\/LeastPrivilege\/NetworkPolicy does not allow: network policies are additive\.$/);
    expect(refused('networking.k8s.io/v1', 'NetworkPolicy', 'shop', policy(undefined, { egress: [{}] }), {}, true)).toHaveLength(1);
    for (const spec of [policy({ app: 'cart' }, { ingress: [], policyTypes: ['Ingress'] }), policy({ app: 'other' }, { ingress: [{}] })]) {
      expect(refused('networking.k8s.io/v1', 'NetworkPolicy', 'shop', spec, {}, true)).toEqual([]);
    }
    expect(refused('networking.k8s.io/v1', 'NetworkPolicy', 'shop', policy({ app: 'cart' }, { ingress: [{}] }))).toEqual([]);
  });
});

describe('what refuses requests', () => {
  const patch = (value: Spec, match: Spec = {}) => ({ configPatches: [{ applyTo: 'VIRTUAL_HOST', match, patch: { operation: 'MERGE', value } }] });

  test.each<[string, Spec]>([
    ['a filter of a route', { typed_per_filter_config: { 'envoy.filters.http.rbac': { disabled: true } } }],
    ['the form of paths', { typed_config: { normalize_path: false } }],
  ])('is not changed by what an EnvoyFilter merges: %s', (_, value) => {
    expect(refused('networking.istio.io/v1alpha3', 'EnvoyFilter', 'shop', patch(value)))
      .toEqual([expect.stringMatching(/^IM1020 at raw\/EnvoyFilter: EnvoyFilter mine uses MERGE on the configuration that istiod writes for the pods of shop\/shop\/cart/)]);
    expect(refused('networking.istio.io/v1alpha3', 'EnvoyFilter', 'other', patch(value))).toEqual([]);
    expect(refused('networking.istio.io/v1alpha3', 'EnvoyFilter', 'shop', patch({ include_request_attempt_count: true }))).toEqual([]);
  });

  test('addresses of clients may be refused at a gateway, and nowhere else', () => {
    const deny = (namespace: string, labels: Spec, ...rules: Spec[]) => refused(SECURITY, 'AuthorizationPolicy', namespace, { selector: { matchLabels: labels }, action: 'DENY', rules }).length;
    const office = { from: [{ source: { notRemoteIpBlocks: ['203.0.113.0/24'] } }], to: [{ operation: { paths: ['/admin/*'] } }] };
    const edge = { istio: 'ingressgateway' };
    expect(deny('istio-system', edge, office)).toBe(0);
    expect(deny('istio-system', edge, { from: [{ source: { ipBlocks: ['198.51.100.0/24'] } }] })).toBe(0);
    expect(deny('istio-system', edge, office, { to: office.to })).toBe(1);
    expect(deny('istio-system', edge, { from: [...office.from, { source: { principals: ['*'] } }] })).toBe(1);
    expect(deny('istio-system', edge, {})).toBe(1);
    expect(deny('shop', { app: 'cart' }, office)).toBe(1);
  });

  test('pods of a construct are no endpoints of an entry of others', () => {
    const entry = (labels: Spec) => refused(NETWORKING, 'ServiceEntry', 'shop', { hosts: ['other.example.com'], ports: [], workloadSelector: { labels } });
    expect(entry({ app: 'cart' })).toEqual([expect.stringMatching(/^IM1020 at raw\/ServiceEntry: ServiceEntry mine selects the pods of shop\/shop\/cart/)]);
    expect(entry({ app: 'vm' })).toEqual([]);
  });
});

describe('plain objects of Kubernetes', () => {
  const pods = (labels: Spec, serviceAccountName?: string) => ({ template: { metadata: { labels }, spec: { serviceAccountName, containers: [] } } });

  test.each([['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['apps/v1', 'DaemonSet'], ['apps/v1', 'ReplicaSet'], ['batch/v1', 'Job'], ['argoproj.io/v1alpha1', 'Rollout']])('pods of %s %s with the labels of a service', (apiVersion, kind) => {
    expect(refused(apiVersion, kind, 'shop', pods({ app: 'cart', x: 'y' }))).toEqual([
      `IM1022 at raw/${kind}: the pods of ${kind} mine have the labels that shop/shop/cart selects, so they would receive its requests.`,
    ]);
    expect(refused(apiVersion, kind, 'shop', pods({ app: 'other' }))).toEqual([]);
    expect(refused(apiVersion, kind, 'other', pods({ app: 'cart' }))).toEqual([]);
  });

  test('a Pod, a CronJob, a WorkloadEntry and a WorkloadGroup likewise', () => {
    expect(refused('v1', 'Pod', 'shop', {}, { labels: { app: 'cart' } })).toHaveLength(1);
    expect(refused('batch/v1', 'CronJob', 'shop', { jobTemplate: { spec: pods({ app: 'cart' }) } })).toHaveLength(1);
    expect(refused(NETWORKING, 'WorkloadEntry', 'shop', { address: '10.0.0.1', labels: { app: 'cart' } })).toHaveLength(1);
    expect(refused(NETWORKING, 'WorkloadGroup', 'shop', { metadata: { labels: { app: 'cart' } } })).toHaveLength(1);
    expect(refused(NETWORKING, 'WorkloadEntry', 'shop', { address: '10.0.0.1', labels: { app: 'vm' } })).toEqual([]);
  });

  test('pods that run as a caller that policies allow', () => {
    const { root, raw } = shop();
    const ns = new MeshNamespace(raw, 'pay');
    const [web, api] = ['web', 'api'].map(id => new MeshService(ns, id, { ports: [MeshPort.http(8080)], versions: V1 }));
    web.calls(api);
    new LeastPrivilege(ns, 'least');
    add(raw, 'apps/v1', 'Deployment', 'pay', pods({ app: 'other' }, 'web'));
    expect(messages(root).map(message => message.split('\n')[0])).toEqual([
      'IM1022 at raw/Deployment: the pods of Deployment mine run as web, which raw/pay/api/Security/LeastPrivilege/AuthorizationPolicy allows as a declared caller.',
    ]);
  });

  test('workloads outside of the cluster that have the identity of such a caller', () => {
    const tried = (kind: string, spec: Spec) => {
      const { root, raw } = shop();
      const ns = new MeshNamespace(raw, 'pay');
      const [web, api] = ['web', 'api'].map(id => new MeshService(ns, id, { ports: [MeshPort.http(8080)], versions: V1 }));
      web.calls(api);
      new LeastPrivilege(ns, 'least');
      add(raw, NETWORKING, kind, 'pay', spec);
      return messages(root).map(message => message.split('\n')[0]);
    };
    const text = (kind: string) => `IM1022 at raw/${kind}: the pods of ${kind} mine run as web, which raw/pay/api/Security/LeastPrivilege/AuthorizationPolicy allows as a declared caller.`;
    expect(tried('WorkloadEntry', { address: '10.0.0.1', serviceAccount: 'web' })).toEqual([text('WorkloadEntry')]);
    expect(tried('WorkloadGroup', { template: { serviceAccount: 'web' } })).toEqual([text('WorkloadGroup')]);
    expect(tried('WorkloadGroup', { template: { serviceAccount: 'vm' } })).toEqual([]);
  });

  test('pods of a caller that is described are that caller, unless they lack the labels that it names', () => {
    const tried = (labels: Spec | undefined, account: string | undefined, podLabels?: { [key: string]: string }) => {
      const { root, raw } = shop();
      const api = new MeshService(new MeshNamespace(raw, 'pay'), 'api', { ports: [MeshPort.http(8080)], versions: V1 });
      CallerIdentity.fromAttributes({ namespace: 'old', serviceAccount: account ?? 'default', podLabels }).calls(api);
      new LeastPrivilege(raw, 'least');
      add(raw, 'apps/v1', 'Deployment', 'old', pods(labels ?? {}, account));
      return messages(root).map(message => message.split('\n')[0]);
    };
    const strange = (account: string) => [
      `IM1022 at raw/Deployment: the pods of Deployment mine run as ${account}, which raw/pay/api/Security/LeastPrivilege/AuthorizationPolicy allows as a declared caller.`,
    ];
    expect(tried({ app: 'job' }, 'legacy')).toEqual([]);
    expect(tried({ app: 'legacy', x: 'y' }, 'legacy', { app: 'legacy' })).toEqual([]);
    expect(tried({ app: 'other' }, 'legacy', { app: 'legacy' })).toEqual(strange('legacy'));
    expect(tried({ app: 'other' }, undefined, { app: 'legacy' })).toEqual(strange('default'));
  });

  test('a service that is described, and whose objects are in the App, is accepted', () => {
    const { root, raw } = shop();
    const api = new MeshService(new MeshNamespace(raw, 'pay'), 'api', { ports: [MeshPort.http(8080)], versions: V1 });
    const old = MeshService.fromAttributes(MeshNamespace.fromExisting(raw, 'old'), 'old', { ports: [MeshPort.http(80, { targetPort: 8080 })], serviceAccount: 'old' });
    old.calls(api);
    new LeastPrivilege(raw, 'least');
    add(raw, 'apps/v1', 'Deployment', 'old', pods({ app: 'old' }, 'old'));
    add(raw, 'v1', 'Service', 'old', { selector: { app: 'old' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] });
    expect(messages(root)).toEqual([]);
  });

  test('endpoints of a Service', () => {
    expect(refused('discovery.k8s.io/v1', 'EndpointSlice', 'shop', {}, { labels: { 'kubernetes.io/service-name': 'cart' } })).toHaveLength(1);
    expect(refused('discovery.k8s.io/v1', 'EndpointSlice', 'shop', {}, { labels: { 'kubernetes.io/service-name': 'other' } })).toEqual([]);
  });

  test('a Service of another name is accepted where it says of the ports what the construct says', () => {
    const service = (port: Spec) => refused('v1', 'Service', 'shop', { selector: { app: 'cart' }, ports: [port] });
    expect(service({ name: 'http-public', port: 80, targetPort: 8080 })).toEqual([]);
    expect(service({ name: 'tcp', port: 9090 })).toEqual([]);
    expect(service({ name: 'grpc', port: 9000, targetPort: 8080 })[0]).toContain('IM1126 at shop/shop/cart: ');
  });

  test('a Namespace whose label contradicts what a construct takes for granted', () => {
    const namespace = (labels: Spec) => {
      const { root, raw } = shop();
      new ApiObject(raw, 'ns', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy', labels: labels as { [key: string]: string } } });
      return messages(root).map(message => message.split('\n')[0]);
    };
    const text = 'IM1021 at raw/ns: Namespace legacy injects no sidecars, and its MeshNamespace declares the opposite.';
    expect([namespace({}), namespace({ 'istio-injection': 'disabled' }), namespace({ 'istio-injection': 'enabled' }), namespace({ 'istio.io/rev': 'stable' })])
      .toEqual([[text], [text], [], []]);
  });
});

test('what a user makes and gives to a construct is none of this', () => {
  const root = new App();
  const ns = new MeshNamespace(new Chart(root, 'shop'), 'shop');
  const container = { image: 'example.com/app:1', portNumber: 8080 };
  const deployment = new Deployment(ns, 'deployment', { metadata: ns.metadata('cart'), containers: [container] });
  new MeshService(ns, 'cart', { ports: [MeshPort.http(80, { targetPort: 8080 })], versions: { v1: MeshVersion.fromWorkload(deployment) } });
  const workload = new StatefulSet(ns, 'set', {
    metadata: ns.metadata('db'), containers: [{ ...container, portNumber: 3306 }], service: new Service(ns, 'svc', { metadata: ns.metadata('db'), clusterIP: 'None', ports: [{ port: 3306 }] }),
  });
  StatefulMeshService.fromWorkload(ns, 'database', { workload, ports: [MeshPort.tcp(3306)] });
  new MeshJob(ns, 'job', { containers: [{ image: 'example.com/job:1' }] } as never);
  expect(messages(root)).toEqual([]);
});

describe('a patch', () => {
  const patched = (...ops: JsonPatch[]) => {
    const { root, raw } = shop();
    const gateway = new networking.Gateway(raw, 'gw', { metadata: { name: 'gw', namespace: 'other' }, spec: { selector: { istio: 'x' }, servers: [] } });
    gateway.addJsonPatch(...ops);
    return messages(root);
  };

  test('of a field that the imported class drops is refused', () => {
    expect(patched(JsonPatch.add('/spec/serverz', [{ a: 1 }]))).toEqual([`IM1017 at raw/gw: spec.serverz of Gateway gw is set, but the imported class does not write it unchanged.
  next     use the property names of the class, or create the object as a plain ApiObject of cdk8s, which writes every field`]);
    expect(patched(JsonPatch.add('/spec/servers/0', { hosts: ['a.com'], port: { number: 80, name: 'x', protocol: 'HTTP', extra: 1 } }))[0]).toContain('spec.servers.0.port.extra of Gateway gw');
    expect(patched(JsonPatch.add('/status', {}))[0]).toContain('IM1017 at raw/gw: status of Gateway gw');
    expect(patched(JsonPatch.replace('/kind', 'Other'))[0]).toContain('IM1017 at raw/gw: kind of Gateway gw');
  });

  test('of a field that it knows is accepted, and what it removes is gone', () => {
    expect(patched(JsonPatch.replace('/spec/selector/istio', 'y'), JsonPatch.remove('/spec/servers'))).toEqual([]);
  });

  test('of an object that a construct makes is looked at, too', () => {
    const { root, raw } = shop();
    const cart = new MeshService(new MeshNamespace(raw, 'pay'), 'cart', { ports: [MeshPort.http(80)], versions: V1 });
    ApiObject.of(cart).addJsonPatch(JsonPatch.add('/spec/internalTrafficPolicy', 'Local'));
    expect(messages(root)).toEqual([]);
    ApiObject.of(cart).addJsonPatch(JsonPatch.add('/spec/clusterIp', 'None'));
    expect(messages(root)).toEqual([]);
    ApiObject.of(cart).addJsonPatch(JsonPatch.add('/spec/trafficPolicy', 'Local'));
    expect(messages(root)[0]).toContain('IM1017 at raw/pay/cart/Resource: spec.trafficPolicy of Service cart');
  });

  test('that a plain object of an imported class has from JavaScript is the same', () => {
    const { root, raw } = shop();
    new networking.Sidecar(raw, 'sidecar', { metadata: { name: 'x', namespace: 'other' }, spec: { egres: [] } as never });
    expect(messages(root)[0]).toContain('IM1017 at raw/sidecar: spec.egres of Sidecar x');
  });
});
