import { DeploymentStrategy, PercentOrAbsolute } from 'cdk8s-plus-28';
import { ExternalAuthorization, IstioInstall, IstioRelease, KubernetesRelease, MeshCluster, MeshNamespace, MeshSettings, type TracingProvider } from '../../../src';
import { namespaceOf } from '../../../src/kernel/namespace-scope';
import { homeOf } from '../homes';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { isService } from '../relations';
import { runs } from '../releases';
import { NothingSuits, World } from '../world';

const collector = (w: World) => w.given(/^(Zipkin|OpenTelemetry|Collector)Options$/)!.service;
const scaling = (w: World) => w.given(/^(ControlPlane|IstioGateway)Options$/) as { autoscaling?: { minReplicas?: number }; replicas?: number };

function others<T>(w: World, type: new (...args: never[]) => T): T[] {
  return w.neighbours.map(({ value }) => value as unknown).filter(value => value instanceof type) as T[];
}

/** Whether the cluster has an install of charts already: another one is of a revision. */
const isSecond = (w: World) => others(w, IstioInstall).length > 0;

/** The revisions and tags that are installed. */
const installed = (w: World) => w.neighbours.filter(({ value }) => value instanceof IstioInstall)
  .flatMap(({ given }) => [given.revision, ...(given.revisionTags ?? []) as string[]]).filter(name => name !== undefined);

/** Whether pods may ask a revision for their proxies: one that is installed, or that another team installs. */
export const mayAskRevision = (w: World) => others(w, IstioInstall).length === 0 || installed(w).length > 0;

const LABEL = { discovery: 'enabled' };
const isChosen = (w: World) => w.isTaken('chosen', w.cluster);
/** Whether istiod may be told to look at some namespaces alone: those that come later then have the label. */
const canChoose = (w: World) => others(w, MeshNamespace).length === 0;

/** The providers that the settings of the mesh have. */
function providers(w: World): TracingProvider[] {
  const said = w.neighbours.find(({ value }) => value instanceof MeshSettings)?.given;
  const { tracingProviders = [], tracing } = (said ?? {}) as { tracingProviders?: TracingProvider[]; tracing?: { provider: TracingProvider } };
  return [...tracingProviders, ...tracing ? [tracing.provider] : []];
}

/** The service whose proxies a `MeshTelemetry` is for, or nothing for those of its namespace. */
function measured(w: World): unknown {
  const namespace = namespaceOf(w.making!.given.scope as MeshNamespace);
  const space = `telemetry of ${w.cluster} ${namespace}`;
  const own = w.neighbours.map(({ value }) => value).filter(isService)
    .filter(service => service.namespace === namespace && !w.isTaken(space, service.serviceName));
  if (own.length > 0 && often(w)) {
    const service = w.choices.pick(own);
    w.take(space, service.serviceName);
    return service;
  }
  if (w.isTaken(space, '')) throw new NothingSuits('proxies without a telemetry');
  w.take(space, '');
  return ABSENT;
}

/** Each of them is one of several, or has more below it. */
const OFTEN = [
  'AccessLog.*.options', 'TextLogOptions.format', 'TextLogOptions.file', 'JsonLogOptions.fields', 'JsonLogOptions.file', 'IstioInstallProps.delivery', 'TelemetryTracing.provider',
  'IstioPodOptions.spread', 'IstioInstall.addGateway.options', 'FluxOptions.interval', 'MeshTelemetryProps.tracing', 'MeshTelemetryProps.metrics', 'OpenTelemetryOptions.httpPath',
  ...['accessLog', 'tracing', 'tracingProviders', 'ingressController', 'proxy', 'minProtocolVersion', 'outboundTrafficPolicy', 'pathNormalization'].map(name => `MeshSettingsProps.${name}`),
  ...['ports', 'serviceAnnotations', 'terminationGracePeriod'].map(name => `IstioGatewayOptions.${name}`),
];

/** Where a service is that can be measured apart from others. */
function nearService(w: World): unknown {
  const own = w.neighbours.map(({ value }) => value).filter(isService);
  return own.length > 0 && often(w) ? w.choices.pick(own).node.scope : undefined;
}

const tag = (w: World) => w.fresh(w.here('tags'), ['team', 'request_host', 'tier']).replace('-', '_');
const rolling = DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.percent(50), maxUnavailable: PercentOrAbsolute.absolute(0) });
/** Whether the release can be told of what is sent by gRPC more than where to. */
const canTune = (w: World) => runs(w, IstioRelease.V1_24) || w.given('OpenTelemetryOptions')!.httpPath !== undefined;
const ifMeasured = (w: World) => (w.given('TelemetryMetrics')!.enabled === false ? ABSENT : undefined);
const AUTHORIZER = { name: 'opa', envoyExtAuthzGrpc: { service: 'opa.auth.svc.cluster.local', port: 9191 } };
const isAuthorized = (w: World) => others(w, ExternalAuthorization).length > 0;
const traces = (w: World) => { const { tracing, tracingProviders } = w.given('MeshSettingsProps')!; return (tracing ?? tracingProviders) !== undefined; };
const plain = (value: object) => () => value;

/** The mesh as a whole: settings, the charts that install it, what its proxies tell. */
export const mesh: Knowledge = {
  facts: {
    'MeshSettingsProps.discoverySelectors': w => (canChoose(w) ? LABEL : ABSENT),
    'MeshNamespaceProps.labels': w => (isChosen(w) ? LABEL : undefined),
    // Providers are set by properties, or by the field itself.
    'MeshSettingsProps.meshConfig': w => ({ dnsRefreshRate: '10s', ...traces(w) ? {} : { extensionProviders: [AUTHORIZER] } }),
    ...each(['tracing', 'tracingProviders'].map(name => `MeshSettingsProps.${name}`), w => (isAuthorized(w) ? ABSENT : undefined)),
    'IstioInstallProps.values': plain({ experimental: { stableValidationPolicy: true } }),
    'IstioGatewayOptions.values': plain({ networkGateway: 'network-1' }),
    'SidecarInjection.revision.revision': w => (installed(w).length > 0 ? w.choices.pick(installed(w)) : w.choices.pick(['stable', 'canary'])),
    'ProxyDefaults.nativeSidecars': w => (MeshCluster.of(w.chart).kubernetes.atLeast(KubernetesRelease.V1_29) ? undefined : false),
    'ProxyDefaults.proxyMetadata{}': w => w.fresh(w.here('variables'), ['ISTIO_META_X', 'LOG_AS_JSON']).replace('-', '_'),
    '*.file': () => '/dev/stderr',
    '*.sampling': w => w.choices.pick([0.1, 1, 100]),
    'CollectorOptions.port': w => { const service = collector(w); return isService(service) ? w.choices.pick(service.ports).port : ABSENT; },
    'ZipkinOptions.path': w => (runs(w, IstioRelease.V1_24) ? '/api/v2/spans' : ABSENT),
    'OpenTelemetryOptions.httpPath': () => '/v1/traces',

    'IstioInstallProps.base': w => (isSecond(w) ? false : undefined),
    'IstioInstallProps.cni': w => (w.isTaken('cni', w.cluster) ? ABSENT : undefined),
    'IstioCniOptions.cniBinDir': () => '/home/kubernetes/bin',
    'IstioCniOptions.cniConfDir': () => '/etc/cni/multus',
    'IstioCniOptions.values': plain({ cni: { provider: 'multus' } }),
    // Namespaces that name no revision get their proxies of an install without one.
    'IstioInstallProps.revision': w => (isSecond(w) ? w.fresh('revisions', ['stable', 'canary']) : ABSENT),
    'IstioInstallProps.revisionTags[]': w => w.fresh('revisions', ['prod', 'next']),
    'IstioInstallProps.revisionTags': w => (w.given('IstioInstallProps')!.revision === undefined ? ABSENT : undefined),
    'HelmDeliveryOptions.version': w => `${MeshCluster.of(w.chart).istio.version}.${w.choices.int(0, 5)}`,
    'HelmDeliveryOptions.repository': w => w.choices.pick(['https://charts.example.com/istio', 'oci://registry.example.com/charts']),
    'ArgoCdOptions.server': () => 'https://cluster-b.example.com:6443',
    'IstioPodOptions.strategy': w => (w.given('IstioGatewayOptions') && !runs(w, IstioRelease.V1_24) ? ABSENT : rolling),
    'IstioGatewayOptions.minReady': w => (runs(w, IstioRelease.V1_24) ? undefined : ABSENT),
    'IstioPodOptions.replicas': w => (scaling(w).autoscaling ? ABSENT : w.choices.int(1, 5)),
    'IstioAutoscaling.maxReplicas': w => w.choices.int(5, 20),
    'IstioGatewayOptions.maxUnavailable': w => {
      const { replicas, autoscaling } = scaling(w);
      return (replicas ?? autoscaling?.minReplicas ?? 2) < 2 ? ABSENT : 1;
    },

    'new MeshTelemetry.scope': w => nearService(w) ?? homeOf(w),
    'MeshTelemetryProps.service': measured,
    'TelemetryTracing.provider': w => (others(w, MeshSettings).length === 0 && often(w) && w.say('new MeshSettings'), providers(w).length > 0 ? w.choices.pick(providers(w)) : ABSENT),
    'TelemetryTracing.tags{}': tag,
    'TelemetryTracing.tagsFromHeaders{}': tag,
    'OpenTelemetryOptions.timeout': w => (canTune(w) ? undefined : ABSENT),
    'OpenTelemetryOptions.headers': w => (canTune(w) ? undefined : ABSENT),
    'TelemetryMetrics.tags': ifMeasured,
    'TelemetryMetrics.withoutTags': ifMeasured,
    'TelemetryMetrics.tags{}': tag,
    'TelemetryMetrics.withoutTags[]': tag,
    'TelemetryLogging.filter': w => (w.given('TelemetryLogging')!.enabled === false ? ABSENT : 'response.code >= 400'),
  },
  order: {
    MeshSettingsProps: ['discoverySelectors', 'tracing', 'tracingProviders', 'meshConfig'],
    ZipkinOptions: ['service'],
    OpenTelemetryOptions: ['service', 'httpPath'],
    TelemetryMetrics: ['enabled'],
    CollectorOptions: ['service'],
    IstioInstallProps: ['revision'],
    ControlPlaneOptions: ['autoscaling', 'replicas'],
    IstioGatewayOptions: ['autoscaling', 'replicas', 'ports', 'service'],
    MeshTelemetryProps: ['service', 'tracing', 'metrics', 'accessLog'],
    TelemetryLogging: ['enabled'],
  },
  forced: {
    'MeshSettingsProps.discoverySelectors': w => canChoose(w) && often(w),
    // Who is asked about requests is a provider of the settings.
    'MeshSettingsProps.meshConfig': w => isAuthorized(w) || often(w),
    'MeshNamespaceProps.labels': isChosen,
    'new MeshNamespace.props': w => isChosen(w) || w.frame('new MeshMutualTls') !== undefined,
    'CollectorOptions.port': w => { const service = collector(w); return isService(service) && service.ports.length !== 1; },
    'IstioInstallProps.base': isSecond,
    'IstioInstallProps.revision': isSecond,
    'new IstioInstall.props': () => true,
    'new MeshSettings.props': () => true,
    'MeshTelemetryProps.service': () => true,
    'MeshTelemetryProps.accessLog': w => { const { tracing, metrics } = w.given('MeshTelemetryProps')!; return tracing === undefined && metrics === undefined; },
    ...each(OFTEN, often),
  },
  guards: {
    'AccessLog.none': w => w.choices.chance(75),
    'HelmDelivery.values': w => w.choices.chance(40),
    'new MeshSettings': w => others(w, MeshSettings).length === 0,
    'new IstioInstall': w => isSecond(w) || !w.isTaken('asked for revisions', w.cluster),
    'new ExternalAuthorization': w => w.neighbours.every(({ value, given }) => !(value instanceof MeshSettings) || (given.meshConfig as { extensionProviders?: unknown } | undefined)?.extensionProviders !== undefined),
  },
  notes: {
    'SidecarInjection.revision.revision': w => w.take('asked for revisions', w.cluster),
    'MeshSettingsProps.discoverySelectors': w => w.take('chosen', w.cluster),
    'IstioInstallProps.cni': w => w.take('cni', w.cluster),
  },
};
