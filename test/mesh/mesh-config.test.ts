import { MESH_CONFIG, ONE_OF } from '../../src/mesh/mesh-config-fields';
import { NEW_IN } from '../../src/mesh/mesh-config-releases';
import { app, chart, refusal } from '../helpers/build';
import { IstioInstall, IstioRelease, MeshCluster, MeshNamespace, MeshPort, MeshService, MeshSettings, TracingProvider } from 'cdk8s-istio';

const settings = (meshConfig: { [field: string]: unknown }, istio = IstioRelease.V1_31) =>
  new MeshSettings(chart({ scope: new MeshCluster(app(), 'prod', { istio }) }), 'settings', { meshConfig });
const says = (meshConfig: { [field: string]: unknown }, istio?: IstioRelease) => refusal(() => settings(meshConfig, istio)).message;

test('a field that Istio does not have is refused, wherever it stands', () => {
  expect(says({ defaultConfig: { tracing: { samplng: 5 } } })).toBe([
    'IM1616 at prod/chart/settings: meshConfig.defaultConfig.tracing has no field samplng.',
    '  got      \'samplng\'',
    '  allowed  customTags, datadog, enableIstioTags, lightstep, maxPathTagLength, openCensusAgent, sampling, stackdriver, tlsSettings, zipkin',
    '  next     drop it, or correct its name',
  ].join('\n'));
  expect(says({ nonsense: true })).toMatch(/^IM1616 at prod\/chart\/settings: meshConfig has no field nonsense\./);
  expect(says({ constructor: {} })).toMatch(/^IM1616 .*: meshConfig has no field constructor\./);
  expect(says({ extensionProviders: [{ name: 'x', envoyExtAuthzGrpc: { services: 'x' } }] })).toMatch(/meshConfig\.extensionProviders\[0\]\.envoyExtAuthzGrpc has no field services\./);
});

test('names with underscores are those of the same field: Istio would see it twice', () => {
  expect(says({ access_log_file: '/dev/stdout' })).toMatch(/ {2}next {5}write accessLogFile$/);
  expect(says({ meshMtls: {} })).toMatch(/ {2}next {5}write meshMTLS$/);
});

test.each([
  [{ enableTracing: 'true' }, 'meshConfig.enableTracing', 'true or false'],
  [{ trustDomainAliases: 'old' }, 'meshConfig.trustDomainAliases', 'a list'],
  [{ ingressClass: 5 }, 'meshConfig.ingressClass', 'a text'],
  [{ proxyListenPort: 1.5 }, 'meshConfig.proxyListenPort', 'a whole number'],
  [{ defaultConfig: { concurrency: '2' } }, 'meshConfig.defaultConfig.concurrency', 'a whole number'],
  [{ connectTimeout: 5 }, 'meshConfig.connectTimeout', 'a time with its units, such as 500ms, 10s or 1h30m'],
  [{ connectTimeout: 'soon' }, 'meshConfig.connectTimeout', 'a time with its units, such as 500ms, 10s or 1h30m'],
  [{ h2UpgradePolicy: 'upgrade' }, 'meshConfig.h2UpgradePolicy', 'DO_NOT_UPGRADE, UPGRADE'],
  [{ defaultConfig: 'x' }, 'meshConfig.defaultConfig', expect.stringContaining('an object of ProxyConfig: ')],
  [{ defaultConfig: { gatewayTopology: [] } }, 'meshConfig.defaultConfig.gatewayTopology', expect.stringContaining('an object of Topology: ')],
  [{ defaultConfig: { runtimeValues: { a: 1 } } }, 'meshConfig.defaultConfig.runtimeValues.a', 'a text'],
  [{ defaultConfig: { runtimeValues: 'a' } }, 'meshConfig.defaultConfig.runtimeValues', 'an object of names and values'],
  [{ extensionProviders: [{ name: 'x', envoyExtAuthzHttp: { statusOnError: 403 } }] }, 'meshConfig.extensionProviders[0].envoyExtAuthzHttp.statusOnError', 'a text'],
  [{ localityLbSetting: { distribute: [{ from: 'a', to: { b: -1 } }] } }, 'meshConfig.localityLbSetting.distribute[0].to.b', 'a whole number, from 0 on'],
  [{ defaultConfig: { tracing: { sampling: '5' } } }, 'meshConfig.defaultConfig.tracing.sampling', 'a number'],
])('an invalid value is refused: %j', (given, where, allowed) => {
  const message = says(given);
  expect(message).toMatch(/^IM1616 /);
  expect(message).toContain(`: ${where} is not what Istio takes there.`);
  expect(/ {2}allowed {2}(.*)/.exec(message)![1]).toEqual(allowed);
});

test('what holds one of several is not given two', () => {
  expect(says({ extensionProviders: [{ name: 'x', prometheus: {}, zipkin: { service: 'z', port: 9411 } }] })).toBe([
    'IM1616 at prod/chart/settings: meshConfig.extensionProviders[0] holds one of prometheus and zipkin, and not both.',
    '  got      ["prometheus","zipkin"]',
    '  next     drop all but one',
  ].join('\n'));
});

test('fields, and names of enumerations, that the release does not have are refused', () => {
  expect(says({ serviceScopeConfigs: [] }, IstioRelease.V1_26)).toBe([
    'IM1605 at prod/chart/settings: Istio 1.26 does not have meshConfig.serviceScopeConfigs, and would ignore it.',
    '  allowed  Istio 1.27 or later',
    '  next     remove it, or declare the release that the cluster runs',
  ].join('\n'));
  expect(() => settings({ serviceScopeConfigs: [] }, IstioRelease.V1_27)).not.toThrow();
  expect(says({ h2UpgradePolicy: 'UPGRADE', inboundTrafficPolicy: { mode: 'LOCALHOST' }, outboundTrafficPolicy: { mode: 'ALLOW_ANY_DYNAMIC_DNS' } }, IstioRelease.V1_29))
    .toContain('Istio 1.29 does not have meshConfig.outboundTrafficPolicy.mode: ALLOW_ANY_DYNAMIC_DNS');
});

test('what the properties become is held to the release as well', () => {
  const collector = (istio: IstioRelease) => {
    const root = chart({ scope: new MeshCluster(app(), 'prod', { istio }) });
    const service = MeshService.fromAttributes(new MeshNamespace(root, 'traces'), 'zipkin', { ports: [MeshPort.http(9411)] });
    return () => new MeshSettings(root, 'settings', { tracingProviders: [TracingProvider.zipkin('zipkin', { service, path: '/spans' })] });
  };
  expect(refusal(collector(IstioRelease.V1_23)).message).toContain('Istio 1.23 does not have meshConfig.extensionProviders[0].zipkin.path, and would ignore it');
  expect(collector(IstioRelease.V1_24)).not.toThrow();
});

test('fields of all kinds are taken, as Istio takes them', () => {
  expect(() => settings({
    connectTimeout: '1500ms',
    accessLogFormat: '%RESPONSE_CODE%',
    enablePrometheusMerge: false,
    defaultConfig: { statNameLength: 200, runtimeValues: { 'a.b': 'true' }, tracing: { customTags: { a: { literal: { value: 'b' } } } }, privateKeyProvider: { qat: { pollDelay: '2ms' } } },
    extensionProviders: [{ name: 'json', envoyFileAccessLog: { path: '/dev/stdout', logFormat: { labels: { status: '%RESPONSE_CODE%', nested: { a: 1 } } } } }],
    serviceSettings: [{ settings: { clusterLocal: true }, hosts: ['*.shop.svc.cluster.local'] }],
  })).not.toThrow();
});

test('values of the chart do not bypass the check', () => {
  const root = chart();
  expect(refusal(() => new IstioInstall(root, 'istio', { values: { meshConfig: { nonsense: 1 } } })).message).toMatch(/^IM1616 at chart\/istio: values\.meshConfig has no field nonsense\./);
});

test('the tables of releases and of exclusive fields name fields that exist', () => {
  const known = Object.entries(MESH_CONFIG).flatMap(([message, fields]) => Object.entries(fields).flatMap(([name, type]) =>
    [`${message}.${name}`, ...(type.startsWith('=') ? type.slice(1).split('|').map(value => `${message}.${name}.${value}`) : [])]));
  NEW_IN.forEach(([, fields]) => fields.forEach(field => expect(known).toContain(field)));
  Object.entries(ONE_OF).forEach(([message, groups]) => groups.flat().forEach(name => expect(known).toContain(`${message}.${name}`)));
  const plain = ['boolean', 'string', 'number', 'int', 'uint', 'duration', 'any'];
  Object.values(MESH_CONFIG).flatMap(Object.values).map((type: string) => type.replace(/\[\]$/, '').replace(/^\{(.*)\}$/, '$1'))
    .forEach(type => expect(type.startsWith('=') || plain.includes(type) || MESH_CONFIG[type] !== undefined).toBe(true));
});
