import { Chart } from 'cdk8s';
import { app, messages, service, version } from '../helpers/build';
import {
  CanarySplit, ExternalAuthorization,
  GatewayRoutes, GatewayServer, GatewayWorkload, IstioInstall, LeastPrivilege, MeshGateway, MeshNamespace, MeshNamespaceProps,
  MeshPort, MeshSettings, MutualTls, RequestTarget, RouteTarget, SidecarInjection, SplitTarget, StatefulMeshService,
} from 'cdk8s-istio';

/** An App with two namespaces, of which one calls the other. */
function two(props: MeshNamespaceProps = {}) {
  const chart = new Chart(app(), 'chart');
  const [shop, team] = ['shop', 'team'].map(name => new MeshNamespace(chart, name, props));
  return { chart, shop, team, cart: service(shop, 'cart'), web: service(team, 'web') };
}
const heads = (chart: Chart) => messages(chart.node.root as Chart).map(text => text.split('\n')[0].replace(/^(IM\d+) at \S+: /, '$1 '));

describe('values of the chart of istiod, for all pods', () => {
  const tried = (values: object, props: MeshNamespaceProps = {}) => {
    const { chart } = two(props);
    new IstioInstall(chart, 'istio', { values });
    return heads(chart);
  };
  const past = 'for the pods of cart in namespace shop it makes connections bypass the sidecar, but chart/shop requires mutual TLS.';
  const plain = 'for the pods of cart in namespace shop it sends probes in plain text, but chart/shop requires mutual TLS.';

  test.each<[string, object, string]>([
    ['global.proxy.excludeInboundPorts', { global: { proxy: { excludeInboundPorts: '9090' } } }, past],
    ['global.proxy.includeInboundPorts', { global: { proxy: { includeInboundPorts: '' } } }, past],
    ['meshConfig.defaultConfig.interceptionMode', { meshConfig: { defaultConfig: { interceptionMode: 'NONE' } } }, past],
    ['meshConfig.defaultConfig.statusPort', { meshConfig: { defaultConfig: { statusPort: 0 } } }, plain],
    ['sidecarInjectorWebhook.rewriteAppHTTPProbe', { sidecarInjectorWebhook: { rewriteAppHTTPProbe: false } }, plain],
    ['sidecarInjectorWebhook.defaultTemplates', { sidecarInjectorWebhook: { defaultTemplates: ['mine'] } },
      'for the pods of cart in namespace shop it decides about the sidecar, which is for the namespace to say.'],
    ['sidecarInjectorWebhook.injectedAnnotations', { sidecarInjectorWebhook: { injectedAnnotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '9090' } } }, past],
    ['sidecarInjectorWebhook.neverInjectSelector', { sidecarInjectorWebhook: { neverInjectSelector: [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }] } },
      'the pods of cart in namespace shop would get no sidecars.'],
    ['global.proxy.autoInject', { global: { proxy: { autoInject: 'disabled' } } }, 'the pods of namespace shop would get no sidecars.'],
    ['meshConfig.rootNamespace', { meshConfig: { rootNamespace: 'istio-config' } }, 'the cluster says that the root namespace is istio-system.'],
  ])('%s', (path, values, problem) => {
    expect(tried(values)).toContain(`IM1619 values.${path} undoes what is declared: ${problem}`);
  });

  test.each(['privileged', 'enableCoreDump'])('global.proxy.%s where Pod Security takes no such pods', name => {
    const values = { global: { proxy: { [name]: true } } };
    expect(tried(values, { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }))
      .toEqual([`IM1619 values.global.proxy.${name} undoes what is declared: Pod Security of namespace shop refuses pods with such a sidecar.`]);
    expect(tried(values)).toEqual([]);
  });

  test('addresses, where a service is called', () => {
    const { chart, web, cart } = two({ mutualTls: MutualTls.PERMISSIVE });
    web.calls(cart);
    new IstioInstall(chart, 'istio', { values: { global: { proxy: { includeIPRanges: '203.0.113.0/24', excludeIPRanges: '169.254.169.254/32' } } } });
    expect(heads(chart)).toEqual(['IM1619 values.global.proxy.includeIPRanges undoes what is declared: for the pods of web in namespace team it makes connections bypass the sidecar, '
      + 'but web calls port 8080 (http) of cart: without the sidecar such calls have no identity and no routes.']);
  });

  test('those that undo nothing', () => {
    expect(tried({
      global: { proxy: { excludeInboundPorts: '', includeInboundPorts: '*', autoInject: 'enabled', privileged: false } },
      sidecarInjectorWebhook: {
        rewriteAppHTTPProbe: true,
        defaultTemplates: ['sidecar', 'mine'],
        injectedAnnotations: { 'example.com/a': 'b' },
        neverInjectSelector: [{ matchLabels: { app: 'other' } }, { matchExpressions: [{ key: 'version', operator: 'NotIn', values: ['v1', 'v2'] }] }],
      },
    })).toEqual([]);
    expect(tried({ global: { proxy: { excludeInboundPorts: '9090' } } }, { mutualTls: MutualTls.PERMISSIVE })).toEqual([]);
  });

  test('namespaces that istiod would not look at, but for those that a selector names', () => {
    const select = (...discoverySelectors: object[]) => tried({ meshConfig: { discoverySelectors } }, { labels: { mesh: 'on' } });
    const text = 'IM1619 values.meshConfig.discoverySelectors undoes what is declared: istiod would not look at namespace shop, which lacks the labels.';
    expect(select({ matchLabels: { mesh: 'off' } })).toEqual([text]);
    expect(select({ matchLabels: { mesh: 'off' } }, { matchLabels: { mesh: 'on' } })).toEqual([]);
    expect(select({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'team'] }] })).toEqual([]);
    expect(select()).toEqual([]);
    const { chart } = two();
    new MeshSettings(chart, 'settings', { meshConfig: { discoverySelectors: [{ matchLabels: { mesh: 'on' } }] } });
    expect(heads(chart)).toEqual([text.replace('values.', '')]);
  });

  test.each([true, false])('values of an install are known as settings are, made before them: %s', isFirst => {
    const tell = (meshConfig: object) => {
      const { chart, shop, web, cart } = two({ mutualTls: MutualTls.PERMISSIVE });
      web.calls(cart);
      const install = () => new IstioInstall(chart, 'istio', { values: { meshConfig } });
      const settings = () => new MeshSettings(chart, 'settings', {});
      (isFirst ? [install, settings] : [settings, install]).forEach(make => make());
      return { chart, shop, cart };
    };
    const hidden = tell({ defaultServiceExportTo: ['.'] });
    expect(heads(hidden.chart)).toEqual(['IM1861 meshConfig.defaultServiceExportTo hides cart of namespace shop from web of namespace team, which calls it.']);
    const clear = tell({ enableAutoMtls: false });
    new LeastPrivilege(clear.shop, 'least');
    expect(heads(clear.chart)).toEqual(['IM1804 automatic mutual TLS is off in the mesh, and cart does not require mutual TLS: no caller has an identity.']);
    const asked = tell({ extensionProviders: [{ name: 'opa', envoyExtAuthzHttp: { service: 'opa.shop.svc.cluster.local', port: 80 } }] });
    new ExternalAuthorization(asked.shop, 'ask', { target: RequestTarget.service(asked.cart), provider: 'opa' });
    expect(heads(asked.chart)).toEqual([]);
  });

  test('fields of the configuration of the mesh are no different where the settings say them', () => {
    const { chart } = two();
    new MeshSettings(chart, 'settings', { meshConfig: { defaultConfig: { interceptionMode: 'NONE' } } });
    expect(heads(chart)).toEqual([`IM1619 meshConfig.defaultConfig.interceptionMode undoes what is declared: ${past}`]);
  });
});

describe('what hides services', () => {
  const fields = ['defaultServiceExportTo', 'defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'];

  test.each(fields)('%s, where another namespace calls', field => {
    const { chart, web, cart } = two();
    web.calls(cart);
    new MeshSettings(chart, 'settings', { meshConfig: { [field]: ['.'] } });
    expect(messages(chart)).toEqual([[
      `IM1861 at chart/settings: meshConfig.${field} hides cart of namespace shop from web of namespace team, which calls it.`,
      '  got      ["."]',
      '  next     add that namespace, or use LeastPrivilege, which exports each service to its callers',
    ].join('\n')]);
  });

  test.each(fields)('%s, where every caller is included', field => {
    const { chart, shop, web, cart } = two();
    service(shop, 'near').calls(cart);
    web.calls(cart);
    new MeshSettings(chart, 'settings', { meshConfig: { [field]: ['.', 'team'] } });
    expect(heads(chart)).toEqual([]);
  });

  test('a gateway of another namespace is a caller, whatever is known of its pods', () => {
    const { chart, team, cart } = two();
    const edge = new MeshGateway(team, 'edge', { servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })], workload: GatewayWorkload.labels({ istio: 'edge' }) });
    edge.addHttpRoute('shop.example.com', { to: cart });
    new MeshSettings(chart, 'settings', { meshConfig: { defaultServiceExportTo: ['.'] } });
    expect(heads(chart)).toEqual(['IM1861 meshConfig.defaultServiceExportTo hides cart of namespace shop from edge of namespace team, which calls it.']);
  });

  test('routes of a team that the gateway would not see', () => {
    const { chart, shop, team } = two();
    const gateway = new MeshGateway(team, 'edge', { servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['shop.example.com'] })], workload: GatewayWorkload.dedicated() });
    new GatewayRoutes(shop, 'routes', { gateway }).addHttpRoute('shop.example.com', { to: RouteTarget.redirect({ host: 'www.example.com' }) });
    new MeshSettings(chart, 'settings', { meshConfig: { defaultVirtualServiceExportTo: ['.'] } });
    expect(heads(chart)).toEqual(['IM1346 the routes are not exported to namespace team, where the pods of edge are.']);
  });

  test('least privilege says it of each service', () => {
    const { chart, web, cart } = two();
    web.calls(cart);
    new LeastPrivilege(chart, 'least-privilege');
    new CanarySplit(chart, 'split', { service: cart, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
    new MeshSettings(chart, 'settings', { meshConfig: Object.fromEntries(fields.map(field => [field, ['.']])) });
    expect(heads(chart)).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['.', ['IM1861 the annotation networking.istio.io/exportTo of its Service hides cart of namespace shop from web of namespace team, which calls it.']],
    ['~', ['IM1861 the annotation networking.istio.io/exportTo of its Service hides cart of namespace shop from web of namespace team, which calls it.']],
    ['other', ['IM1861 the annotation networking.istio.io/exportTo of its Service hides cart of namespace shop from web of namespace team, which calls it.']],
    ['., team', []], ['*', []],
  ])('the annotation of the Service: %s', (value, expected) => {
    const { chart, web, cart } = two();
    cart.addServiceAnnotation('networking.istio.io/exportTo', value);
    web.calls(cart);
    expect(heads(chart)).toEqual(expected);
    const { chart: other, shop, web: caller } = two();
    const ledger = new StatefulMeshService(shop, 'ledger', {
      replicas: 1, ports: [MeshPort.tcp(5432)], containers: [{ image: 'example.com/a:1' }], annotations: { 'networking.istio.io/exportTo': value },
    });
    caller.calls(ledger);
    expect(heads(other)).toEqual(expected.map(text => text.replace('cart', 'ledger')));
  });
});

describe('a control plane with a revision', () => {
  const tried = (injection: SidecarInjection | undefined, ...installs: object[]) => {
    const { chart } = two({ injection });
    installs.forEach((props, i) => new IstioInstall(chart, `istio-${i}`, props));
    return messages(chart.node.root as Chart);
  };

  test('gives no sidecars to a namespace that does not name it', () => {
    expect(tried(SidecarInjection.enabled(), { revision: '1-31' })).toEqual([[
      'IM1618 at chart/shop: the pods of namespace shop get no proxy: they ask the control plane without a revision, and chart/istio-0 installs others.',
      '  got      SidecarInjection.enabled()',
      '  allowed  SidecarInjection.revision(\'1-31\')',
      '  next     choose the revision, or give it the tag of the default: { revisionTags: [\'default\'] }',
      '  istio    IST0102',
    ].join('\n')]);
    expect(tried(undefined, { revision: '1-31' })[0]).toMatch(/^IM1618/);
    expect(tried(SidecarInjection.revision('1-30'), { revision: '1-31', revisionTags: ['stable'] })[0]).toMatch(/^IM1618 at chart\/shop: .* they ask revision 1-30/);
    expect(tried(SidecarInjection.revision('1-30'), {})[0]).toMatch(/^IM1618/);
  });

  test('gives them to those that name it, a tag of it, or the default', () => {
    expect(tried(SidecarInjection.revision('1-31'), { revision: '1-31' })).toEqual([]);
    expect(tried(SidecarInjection.revision('stable'), { revision: '1-31', revisionTags: ['stable'] })).toEqual([]);
    expect(tried(SidecarInjection.enabled(), { revision: '1-31', revisionTags: ['default'] })).toEqual([]);
    expect(tried(SidecarInjection.enabled(), { revision: 'default' })).toEqual([]);
    expect(tried(SidecarInjection.enabled(), {}, { revision: 'next', base: false })).toEqual([]);
    expect(tried(SidecarInjection.enabled())).toEqual([]);
  });

  test('may stand beside others that the App does not install', () => {
    expect(tried(SidecarInjection.revision('1-30'), { revision: '1-31', base: false })).toEqual([]);
  });

  test('existing namespaces, and pods of gateways', () => {
    const chart = new Chart(app(), 'chart');
    const known = MeshNamespace.fromExisting(chart, 'shop', { injection: SidecarInjection.enabled() });
    service(known, 'a', { versions: { v1: version() } });
    const edge = new MeshNamespace(chart, 'edge', { injection: SidecarInjection.disabled() });
    new MeshGateway(edge, 'edge', { servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })], workload: GatewayWorkload.dedicated() });
    new IstioInstall(chart, 'istio', { revision: '1-31', revisionTags: ['next'] });
    expect(heads(chart)).toEqual(['IM1618 the pods of namespace shop get no proxy: they ask the control plane without a revision, and chart/istio installs others.']);
    const alone = new Chart(app(), 'chart');
    const none = new MeshNamespace(alone, 'edge', { injection: SidecarInjection.disabled() });
    new MeshGateway(none, 'edge', { servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['a.example.com'] })], workload: GatewayWorkload.dedicated() });
    new IstioInstall(alone, 'istio', { revision: '1-31' });
    expect(heads(alone)).toEqual(['IM1618 the pods of chart/edge/edge/Workload get no proxy: they ask the control plane without a revision, and chart/istio installs others.']);
  });
});
