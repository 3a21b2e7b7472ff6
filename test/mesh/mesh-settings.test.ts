import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { app, chart, refusal, service, synth } from '../helpers/build';
import { option } from '../helpers/option';
import {
  AccessLog, IMeshService, IngressController, IstioInstall, IstioRelease, KubernetesRelease, MeshCluster, MeshClusterProps, MeshNamespace, MeshPort,
  MeshService, MeshSettings, MeshSettingsProps, MeshTlsVersion, OutboundTrafficPolicy, PathNormalization, ProxyDefaults, ProxyDrain,
  ProxyLogLevel, Retries,
  RetryOn, TracingProvider,
} from 'cdk8s-istio';

/** The values of istiod's chart that settings become. */
function values(props: MeshSettingsProps, cluster: MeshClusterProps = {}) {
  const root = chart({ scope: new MeshCluster(app(), 'prod', cluster) });
  new MeshSettings(root, 'settings', props);
  return new IstioInstall(root, 'istio').istiod.values;
}
const meshConfig = (props: MeshSettingsProps, cluster?: MeshClusterProps) => values(props, cluster).meshConfig;
const bare = { trustDomain: 'cluster.local' };

/** A provider of traces, as the mesh knows it. */
function provider(make: (service: IMeshService) => TracingProvider, ports = [MeshPort.grpc(4317)]) {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports });
  new MeshSettings(root, 'settings', { tracingProviders: [make(collector)] });
  return new IstioInstall(root, 'istio').istiod.values.meshConfig.extensionProviders[0];
}
const host = 'collector.shop.svc.cluster.local';

option('MeshSettings.constructor', 'empty settings leave everything to Istio, except for the settings of the cluster', () => {
  expect(meshConfig({})).toEqual(bare);
  expect(meshConfig({}, { trustDomain: 'example.com' })).toEqual({ trustDomain: 'example.com' });
  const root = chart();
  new MeshSettings(root, 'settings', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
  expect(synth(root)).toEqual([]);
});

option('MeshSettings.of', 'are the settings of the cluster that a construct belongs to', () => {
  const root = app();
  const [one, other] = ['one', 'other'].map(id => new MeshCluster(root, id));
  const settings = new MeshSettings(one, 'settings', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, dnsCapture: true, accessLog: AccessLog.json() });
  expect(MeshSettings.of(chart({ scope: one }))).toBe(settings);
  expect(MeshSettings.of(chart({ scope: other }))).toBeUndefined();
  expect(settings).toMatchObject({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, dnsCapture: true });
});

option('MeshSettingsProps.outboundTrafficPolicy', 'is the policy for undeclared hosts', () => {
  expect(meshConfig({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY })).toEqual({ ...bare, outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
});
option('OutboundTrafficPolicy.ALLOW_ANY', 'is ALLOW_ANY', () => expect(meshConfig({ outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }).outboundTrafficPolicy).toEqual({ mode: 'ALLOW_ANY' }));
option('OutboundTrafficPolicy.REGISTRY_ONLY', 'is REGISTRY_ONLY', () =>
  expect(meshConfig({ outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY }).outboundTrafficPolicy).toEqual({ mode: 'REGISTRY_ONLY' }));

option('MeshSettingsProps.dnsCapture', 'is set for the agents; before 1.25, so are addresses for hosts without one', () => {
  expect(meshConfig({ dnsCapture: true })).toEqual({ ...bare, defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } });
  expect(meshConfig({ dnsCapture: true }, { istio: IstioRelease.V1_25 }).defaultConfig.proxyMetadata).toEqual({ ISTIO_META_DNS_CAPTURE: 'true' });
  expect(meshConfig({ dnsCapture: true }, { istio: IstioRelease.V1_24 }).defaultConfig.proxyMetadata)
    .toEqual({ ISTIO_META_DNS_AUTO_ALLOCATE: 'true', ISTIO_META_DNS_CAPTURE: 'true' });
  expect(meshConfig({ dnsCapture: false }).defaultConfig.proxyMetadata).toEqual({ ISTIO_META_DNS_CAPTURE: 'false' });
});

option('MeshSettingsProps.accessLog', 'is the log of every proxy', () => {
  expect(meshConfig({ accessLog: AccessLog.json() })).toEqual({ ...bare, accessLogEncoding: 'JSON', accessLogFile: '/dev/stdout' });
});
option('AccessLog.text', 'is a line a request', () => {
  expect(meshConfig({ accessLog: AccessLog.text() })).toEqual({ ...bare, accessLogEncoding: 'TEXT', accessLogFile: '/dev/stdout' });
});
option('TextLogOptions.format', 'is the form of a line', () => {
  expect(meshConfig({ accessLog: AccessLog.text({ format: '%RESPONSE_CODE%' }) }).accessLogFormat).toBe('%RESPONSE_CODE%');
  expect(refusal(() => AccessLog.text({ format: ' ' })).message).toBe(
    'IM1602 at AccessLog.text(): the format is empty.\n  got      \' \'\n  next     remove it to use Istio\'s default, or correct it');
});
option('TextLogOptions.file', 'is the file of the log', () => {
  expect(meshConfig({ accessLog: AccessLog.text({ file: '/var/log/access' }) }).accessLogFile).toBe('/var/log/access');
  expect(refusal(() => AccessLog.text({ file: 'access.log' }))).toMatchObject({ code: 'IM1602', at: 'AccessLog.text()' });
});
option('AccessLog.json', 'is an object a request', () => {
  expect(meshConfig({ accessLog: AccessLog.json() }).accessLogEncoding).toBe('JSON');
});
option('JsonLogOptions.fields', 'are the fields of an entry, sorted', () => {
  expect(meshConfig({ accessLog: AccessLog.json({ fields: { status: '%RESPONSE_CODE%', at: '%START_TIME%' } }) }).accessLogFormat)
    .toBe('{"at":"%START_TIME%","status":"%RESPONSE_CODE%"}');
  expect(refusal(() => AccessLog.json({ fields: {} })).code).toBe('IM1602');
  expect(refusal(() => AccessLog.json({ fields: { '': 'x' } })).code).toBe('IM1602');
});
option('JsonLogOptions.file', 'is the file of the log', () => {
  expect(meshConfig({ accessLog: AccessLog.json({ file: '/var/log/access' }) }).accessLogFile).toBe('/var/log/access');
});
option('AccessLog.none', 'is a log without a file', () => expect(meshConfig({ accessLog: AccessLog.none() })).toEqual({ ...bare, accessLogFile: '' }));

option('MeshSettingsProps.tracing', 'is a provider and the default of the mesh, beside that of metrics, which the chart would leave out', () => {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
  new MeshSettings(root, 'settings', { tracing: { provider: TracingProvider.openTelemetry('otel', { service: collector }) } });
  expect(new IstioInstall(root, 'istio').istiod.values.meshConfig).toEqual({
    ...bare,
    defaultProviders: { metrics: ['prometheus'], tracing: ['otel'] },
    extensionProviders: [{ name: 'otel', opentelemetry: { service: host, port: 4317 } }],
  });
});
const traced = (sampling: number) => {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
  new MeshSettings(root, 'settings', { tracing: { provider: TracingProvider.datadog('dd', { service: collector }), sampling } });
  return new IstioInstall(root, 'istio').istiod.values.meshConfig;
};
option('TracingDefaults.provider', 'is the default by its name', () => expect(traced(1).defaultProviders.tracing).toEqual(['dd']));
option('TracingDefaults.sampling', 'is the percentage that is traced', () => {
  expect(traced(0.5).defaultConfig).toEqual({ tracing: { sampling: 0.5 } });
  expect(refusal(() => traced(0)).message).toBe([
    'IM1609 at chart/settings: the share of requests that are traced is no percentage.',
    '  got      0',
    '  allowed  more than 0, at most 100',
    '  next     leave out `tracing`: Istio treats 0 as not set, and traces 1 %',
  ].join('\n'));
  expect([100.5, -1, NaN].map(percent => refusal(() => traced(percent)).code)).toEqual(['IM1609', 'IM1609', 'IM1609']);
});
option('MeshSettingsProps.tracingProviders', 'are known, sorted by name, and no default', () => {
  const root = chart();
  const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
  const [b, a] = ['b', 'a'].map(name => TracingProvider.datadog(name, { service: collector }));
  new MeshSettings(root, 'settings', { tracingProviders: [b, a], tracing: { provider: b } });
  expect(new IstioInstall(root, 'istio').istiod.values.meshConfig.extensionProviders.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
});

option('TracingProvider.zipkin', 'is a collector of Zipkin', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector }))).toEqual({ name: 'z', zipkin: { service: host, port: 4317 } });
});
option('ZipkinOptions.service', 'is the host of the service, which may be described', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector })).zipkin.service).toBe(host);
  const there = service(chart({ scope: new MeshCluster(app(), 'elsewhere') }));
  const here = chart({ scope: new MeshCluster(app(), 'here') });
  expect(refusal(() => new MeshSettings(here, 'settings', { tracingProviders: [TracingProvider.zipkin('z', { service: there })] })).code).toBe('IM1008');
});
const two = [MeshPort.grpc(4317), MeshPort.http(9411)];
option('ZipkinOptions.port', 'is one of several ports of the service', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector, port: 9411 }), two).zipkin.port).toBe(9411);
  expect(refusal(() => provider(collector => TracingProvider.zipkin('z', { service: collector, port: 1 }), two)).code).toBe('IM1111');
  expect(refusal(() => provider(collector => TracingProvider.zipkin('z', { service: collector }), two)).message).toBe([
    'IM1112 at chart/settings: collector has several ports that could take spans.',
    '  allowed  4317 (grpc), 9411 (http)',
    '  next     name one as `port`',
  ].join('\n'));
});
option('ZipkinOptions.maxTagLength', 'is the longest path', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector, maxTagLength: 64 })).zipkin.maxTagLength).toBe(64);
  expect(refusal(() => provider(collector => TracingProvider.zipkin('z', { service: collector, maxTagLength: 0 }))).code).toBe('IM1608');
});
option('ZipkinOptions.path', 'is where spans go', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector, path: '/spans' })).zipkin.path).toBe('/spans');
  expect(refusal(() => provider(collector => TracingProvider.zipkin('z', { service: collector, path: 'spans' }))).code).toBe('IM1608');
});
option('ZipkinOptions.shortTraceIds', 'are ids of 64 bits', () => {
  expect(provider(collector => TracingProvider.zipkin('z', { service: collector, shortTraceIds: true })).zipkin.enable64bitTraceId).toBe(true);
});
option('TracingProvider.openTelemetry', 'is a collector of OpenTelemetry', () => {
  expect(provider(collector => TracingProvider.openTelemetry('o', { service: collector }))).toEqual({ name: 'o', opentelemetry: { service: host, port: 4317 } });
  expect(refusal(() => provider(collector => TracingProvider.openTelemetry('O', { service: collector }))).code).toBe('IM0106');
});
const otel = (options: object, ports?: MeshPort[]) => provider(collector => TracingProvider.openTelemetry('o', { service: collector, ...options }), ports).opentelemetry;
option('OpenTelemetryOptions.service', 'is the host of the service', () => expect(otel({}).service).toBe(host));
option('OpenTelemetryOptions.port', 'is one of several ports of the service', () => expect(otel({ port: 9411 }, two).port).toBe(9411));
option('OpenTelemetryOptions.maxTagLength', 'is the longest path', () => expect(otel({ maxTagLength: 64 }).maxTagLength).toBe(64));
option('OpenTelemetryOptions.httpPath', 'is the protocol by HTTP, with a timeout that Envoy cannot do without', () => {
  expect(otel({ httpPath: '/v1/traces' }).http).toEqual({ path: '/v1/traces', timeout: '10s' });
  expect(refusal(() => otel({ httpPath: 'v1/traces' })).message).toBe([
    'IM1608 at TracingProvider.openTelemetry(): the path does not begin with a slash.', '  got      \'v1/traces\'', '  next     correct the provider',
  ].join('\n'));
});
option('OpenTelemetryOptions.timeout', 'is the time of a batch', () => {
  expect(otel({ timeout: Duration.millis(1500) }).grpc).toEqual({ timeout: '1500ms' });
  expect(otel({ timeout: Duration.seconds(2), httpPath: '/' }).http).toEqual({ path: '/', timeout: '2s' });
});
option('OpenTelemetryOptions.headers', 'are headers by HTTP and metadata by gRPC, sorted', () => {
  const list = [{ name: 'a', value: '1' }, { name: 'b', value: '2' }];
  expect(otel({ headers: { b: '2', a: '1' } }).grpc).toEqual({ initialMetadata: list });
  expect(otel({ headers: { b: '2', a: '1' }, httpPath: '/' }).http.headers).toEqual(list);
});
option('OpenTelemetryOptions.environmentResource', 'is a detector without settings', () => {
  expect(otel({ environmentResource: true }).resourceDetectors).toEqual({ environment: {} });
});
option('TracingProvider.datadog', 'is an agent of Datadog', () => {
  expect(provider(collector => TracingProvider.datadog('d', { service: collector, maxTagLength: 9 })))
    .toEqual({ name: 'd', datadog: { service: host, port: 4317, maxTagLength: 9 } });
});

option('MeshSettingsProps.trustDomainAliases', 'are other roots of identities', () => {
  expect(meshConfig({ trustDomainAliases: ['old.example.com'] }).trustDomainAliases).toEqual(['old.example.com']);
  expect(refusal(() => values({ trustDomainAliases: ['old_one'] })).code).toBe('IM1006');
});

option('MeshSettingsProps.defaultHttpRetryPolicy', 'are those of every route without retries of its own', () => {
  const defaultHttpRetryPolicy = Retries.of({
    attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: [RetryOn.CONNECT_FAILURE, RetryOn.GATEWAY_ERROR],
  });
  expect(meshConfig({ defaultHttpRetryPolicy })).toEqual({
    ...bare, defaultHttpRetryPolicy: { attempts: 3, perTryTimeout: '2s', retryOn: 'connect-failure,gateway-error' },
  });
  expect(meshConfig({ defaultHttpRetryPolicy: Retries.none() })).toEqual({ ...bare, defaultHttpRetryPolicy: { attempts: 0 } });
  const fresh = Retries.of({ attempts: 1, backoff: Duration.millis(50) });
  expect(refusal(() => meshConfig({ defaultHttpRetryPolicy: fresh }, { istio: IstioRelease.V1_25 })).message).toBe([
    'IM1605 at prod/chart/settings: Istio 1.25 does not have meshConfig.defaultHttpRetryPolicy.backoff, and would ignore it.',
    '  allowed  Istio 1.26 or later',
    '  next     remove it, or declare the release that the cluster runs',
  ].join('\n'));
});

const proxy = (defaults: ProxyDefaults, cluster?: MeshClusterProps) => values({ proxy: defaults }, cluster);
option('MeshSettingsProps.proxy', 'is the configuration of every proxy', () => {
  expect(proxy({ concurrency: 2 }).meshConfig).toEqual({ ...bare, defaultConfig: { concurrency: 2 } });
});
option('ProxyDefaults.concurrency', 'is the number of threads', () => {
  expect(proxy({ concurrency: 0 }).meshConfig.defaultConfig).toEqual({ concurrency: 0 });
  expect(refusal(() => proxy({ concurrency: 1.5 })).code).toBe('IM1609');
});
option('ProxyDefaults.holdApplicationUntilProxyStarts', 'holds applications', () => {
  expect(proxy({ holdApplicationUntilProxyStarts: true }).meshConfig.defaultConfig).toEqual({ holdApplicationUntilProxyStarts: true });
});
option('ProxyDefaults.nativeSidecars', 'is a variable of istiod, from Kubernetes 1.29 on', () => {
  expect(proxy({ nativeSidecars: true }).pilot.env).toEqual({ ENABLE_NATIVE_SIDECARS: 'true' });
  expect(proxy({ nativeSidecars: false }, { kubernetes: KubernetesRelease.V1_28 }).pilot.env).toEqual({ ENABLE_NATIVE_SIDECARS: 'false' });
  expect(refusal(() => proxy({ nativeSidecars: true }, { kubernetes: KubernetesRelease.V1_28 })).message).toBe([
    'IM1605 at prod/chart/settings: Kubernetes 1.28 has no native sidecars.',
    '  got      nativeSidecars: true',
    '  allowed  Kubernetes 1.29 or later',
    '  next     remove it, or declare the release that the cluster runs: new MeshCluster(app, …, { kubernetes: … })',
  ].join('\n'));
});
option('ProxyDefaults.drain', 'is a time, or variables of the agent', () => {
  expect(proxy({ drain: ProxyDrain.after(Duration.seconds(20)) }).meshConfig.defaultConfig).toEqual({ terminationDrainDuration: '20s' });
  expect(proxy({ drain: ProxyDrain.untilIdle() }).meshConfig.defaultConfig)
    .toEqual({ proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true', MINIMUM_DRAIN_DURATION: '10s' } });
});
option('ProxyDefaults.resources', 'are those of sidecars', () => {
  expect(proxy({ resources: { cpu: { request: Cpu.millis(50) }, memory: { limit: Size.gibibytes(1) } } }).global.proxy.resources)
    .toEqual({ requests: { cpu: '50m' }, limits: { memory: '1024Mi' } });
  expect(proxy({ resources: { ephemeralStorage: { limit: Size.gibibytes(1) } } }).global.proxy.resources).toEqual({ limits: { 'ephemeral-storage': '1024Mi' } });
});
option('ProxyDefaults.logLevel', 'is the level of every proxy', () => expect(proxy({ logLevel: ProxyLogLevel.INFO }).global.proxy.logLevel).toBe('info'));
option('ProxyDefaults.proxyMetadata', 'are further entries', () => {
  expect(proxy({ proxyMetadata: { ISTIO_META_IDLE_TIMEOUT: '1s' } }).meshConfig.defaultConfig).toEqual({ proxyMetadata: { ISTIO_META_IDLE_TIMEOUT: '1s' } });
  expect(refusal(() => proxy({ proxyMetadata: { idle: '1s' } })).code).toBe('IM1609');
  expect(refusal(() => values({ dnsCapture: true, proxy: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'false' } } })).message).toBe([
    'IM1604 at prod/chart/settings: proxy.metadata.ISTIO_META_DNS_CAPTURE is written already, from a property of its own.',
    '  got      false, and before true',
    '  next     set only the property',
  ].join('\n'));
});

option('MeshSettingsProps.autoMtls', 'is mutual TLS by itself', () => expect(meshConfig({ autoMtls: false })).toEqual({ ...bare, enableAutoMtls: false }));
option('MeshSettingsProps.minProtocolVersion', 'is the lowest version between sidecars', () => {
  expect(meshConfig({ minProtocolVersion: MeshTlsVersion.TLS_1_3 })).toEqual({ ...bare, meshMTLS: { minProtocolVersion: 'TLSV1_3' } });
});
option('MeshSettingsProps.pathNormalization', 'is what proxies make of paths', () => {
  expect(meshConfig({ pathNormalization: PathNormalization.MERGE_SLASHES })).toEqual({ ...bare, pathNormalization: { normalization: 'MERGE_SLASHES' } });
});
const pathsBy = (pathNormalization: PathNormalization) => meshConfig({ pathNormalization }).pathNormalization;
option('PathNormalization.BASE', 'is BASE', () => expect(pathsBy(PathNormalization.BASE)).toEqual({ normalization: 'BASE' }));
option('PathNormalization.MERGE_SLASHES', 'is MERGE_SLASHES', () =>
  expect(pathsBy(PathNormalization.MERGE_SLASHES)).toEqual({ normalization: 'MERGE_SLASHES' }));
option('PathNormalization.DECODE_AND_MERGE_SLASHES', 'is DECODE_AND_MERGE_SLASHES', () =>
  expect(pathsBy(PathNormalization.DECODE_AND_MERGE_SLASHES)).toEqual({ normalization: 'DECODE_AND_MERGE_SLASHES' }));
option('MeshTlsVersion.TLS_1_2', 'is TLSV1_2', () => expect(meshConfig({ minProtocolVersion: MeshTlsVersion.TLS_1_2 }).meshMTLS).toEqual({ minProtocolVersion: 'TLSV1_2' }));
option('MeshTlsVersion.TLS_1_3', 'is TLSV1_3', () => expect(meshConfig({ minProtocolVersion: MeshTlsVersion.TLS_1_3 }).meshMTLS).toEqual({ minProtocolVersion: 'TLSV1_3' }));

option('MeshSettingsProps.ingressController', 'is the mode of istiod as a controller of Ingresses', () => {
  expect(meshConfig({ ingressController: IngressController.off() })).toEqual({ ...bare, ingressControllerMode: 'OFF' });
});
option('IngressController.off', 'is OFF', () => expect(meshConfig({ ingressController: IngressController.off() }).ingressControllerMode).toBe('OFF'));
option('IngressController.ofClass', 'is STRICT', () => {
  expect(meshConfig({ ingressController: IngressController.ofClass('mesh') })).toEqual({ ...bare, ingressControllerMode: 'STRICT', ingressClass: 'mesh' });
  expect(refusal(() => IngressController.ofClass('')).code).toBe('IM0106');
});
option('IngressController.ofClassOrNone', 'is DEFAULT', () => {
  expect(meshConfig({ ingressController: IngressController.ofClassOrNone('mesh') })).toEqual({ ...bare, ingressControllerMode: 'DEFAULT', ingressClass: 'mesh' });
});

option('MeshSettingsProps.discoverySelectors', 'are labels of namespaces, and the namespaces of the App have them', () => {
  expect(meshConfig({ discoverySelectors: { mesh: 'on' } })).toEqual({ ...bare, discoverySelectors: [{ matchLabels: { mesh: 'on' } }] });
  expect(refusal(() => values({ discoverySelectors: { 'a b': 'c' } })).code).toBe('IM0107');
  const cluster = new MeshCluster(app(), 'prod');
  const root = chart({ scope: cluster });
  const settings = new MeshSettings(root, 'settings', { discoverySelectors: { mesh: 'on' } });
  new MeshNamespace(root, 'seen', { labels: { mesh: 'on' } });
  MeshNamespace.fromExisting(root, 'elsewhere');
  expect(settings.node.validate()).toEqual([]);
  new MeshNamespace(root, 'unseen', { labels: { mesh: 'off' } });
  expect(settings.node.validate()).toEqual([[
    'IM1612 at prod/chart/unseen: prod/chart/settings has istiod look at other namespaces only: this one lacks a label.',
    '  allowed  mesh: on',
    '  next     give the namespace the labels of `discoverySelectors`',
  ].join('\n')]);
});
option('MeshSettingsProps.meshId', 'is the name of the mesh', () => {
  expect(values({ meshId: 'one' }).global.meshID).toBe('one');
  expect([refusal(() => values({ meshId: '' })).code, refusal(() => values({ meshId: 'a b' })).code]).toEqual(['IM0107', 'IM0107']);
});
option('MeshSettingsProps.network', 'is the network of the pods', () => {
  expect(values({ network: 'one' }).global.network).toBe('one');
  expect(refusal(() => values({ network: 'a b' })).code).toBe('IM0107');
});

option('MeshSettingsProps.meshConfig', 'are further fields, and none that another option sets', () => {
  expect(meshConfig({ dnsCapture: true, meshConfig: { h2UpgradePolicy: 'UPGRADE', defaultConfig: { statNameLength: 200 } } })).toEqual({
    ...bare, h2UpgradePolicy: 'UPGRADE', defaultConfig: { statNameLength: 200, proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } },
  });
  expect(refusal(() => values({ autoMtls: true, meshConfig: { enableAutoMtls: false } })).message).toBe([
    'IM1604 at prod/chart/settings: meshConfig.enableAutoMtls is written already, from a property or a fact of its own.',
    '  got      false, and before true',
    '  next     set only the property',
  ].join('\n'));
  expect(refusal(() => values({ meshConfig: { trustDomain: 'example.com' } })).code).toBe('IM1604');
  expect(refusal(() => values({ meshConfig: { connectTimeout: Duration.seconds(1) } })).message).toBe([
    'IM1604 at prod/chart/settings: meshConfig.connectTimeout is nothing that YAML holds.',
    '  got      Duration.seconds(1)',
    '  allowed  texts, numbers, true and false, lists and objects of them',
    '  next     write the value as plain data',
  ].join('\n'));
});

describe('refused', () => {
  test('settings of a mesh that has some', () => {
    const root = chart();
    new MeshSettings(root, 'one');
    expect(refusal(() => new MeshSettings(root, 'other')).message).toBe([
      'IM1601 at chart/other: the cluster has settings already: chart/one.', '  next     set everything in one MeshSettings',
    ].join('\n'));
  });

  test('two providers of one name', () => {
    const root = chart();
    const collector = MeshService.fromAttributes(root, 'collector', { ports: [MeshPort.grpc(4317)] });
    const duplicates = [TracingProvider.zipkin('z', { service: collector }), TracingProvider.datadog('z', { service: collector })];
    expect(refusal(() => new MeshSettings(root, 'settings', { tracingProviders: duplicates })).message).toBe([
      'IM1608 at chart/settings: two providers are called z.', '  got      ["z","z"]', '  next     correct the provider',
    ].join('\n'));
  });

  test.each<[string, object]>([
    ['a policy by name', { outbound: 'REGISTRY_ONLY' }],
    ['a log by name', { accessLog: '/dev/stdout' }],
    ['a misspelled property', { outBound: OutboundTrafficPolicy.ALLOW_ANY }],
    ['fields as a list', { meshConfig: [] }],
    ['a provider without a name', { tracingProviders: [{ zipkin: {} }] }],
  ])('%s', (_, props) => expect(refusal(() => values(props as MeshSettingsProps)).code).toBe('IM0001'));
});
