import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, DnsPolicy, EnvValue, ImagePullPolicy, Node, NodeLabelQuery, NodeTaintQuery, Secret, ServiceAccount, TaintEffect, Volume } from 'cdk8s-plus-28';
import { app, chart, find, KubeObject, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { placements } from '../../services/pods/placement-proofs';
import {
  DedicatedGatewayOptions, ForwardClientCertDetails, GatewayServer, GatewayTopology, GatewayWorkload, MeshGateway, MeshNamespace, ProxyDrain,
  ProxyLogLevel, SidecarInjection,
} from 'cdk8s-istio';

const servers = [GatewayServer.http({ routedElsewhere: true, hosts: ['blog.example.com'] })];

function made(options: DedicatedGatewayOptions, root: Chart = chart()): KubeObject[] {
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated(options), servers });
  return valid(root);
}

/** The template of the gateway's pods. */
const template = (options: DedicatedGatewayOptions) => find(made(options), 'Deployment', 'edge').spec.template;

/** What is special about the pods. */
const pod = (options: DedicatedGatewayOptions) => template(options).spec;

const container = (options: DedicatedGatewayOptions) => pod(options).containers[0];

/** The settings of the proxy, besides those for draining. */
const config = (options: DedicatedGatewayOptions) => (template(options).metadata.annotations['proxy.istio.io/config'] as string)
  .replace(/proxyMetadata:\n  EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true"\n  MINIMUM_DRAIN_DURATION: 10s\n/, '');

test('the pods keep to Pod Security\'s restricted level', () => {
  expect(container({}).securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  });
  expect(pod({})).toMatchObject({ automountServiceAccountToken: false, hostNetwork: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } });
});

test('the pods are spread over zones and nodes, and never wait for it', () => {
  const constraint = (topologyKey: string) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { istio: 'edge.shop' } } });
  expect(pod({}).topologySpreadConstraints).toEqual([constraint('topology.kubernetes.io/zone'), constraint('kubernetes.io/hostname')]);
});

option('DedicatedGatewayOptions.resources', 'are the CPU and memory of the proxy', () => {
  expect(container({}).resources).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1024Mi' } });
  expect(container({ resources: { cpu: { request: Cpu.units(1) }, memory: { limit: Size.gibibytes(2) } } }).resources)
    .toEqual({ requests: { cpu: '1' }, limits: { memory: '2048Mi' } });
});

const nodePool = Node.labeled(NodeLabelQuery.is('example.com/pool', 'edge'));
const inPool = { matchExpressions: [{ key: 'example.com/pool', operator: 'In', values: ['edge'] }] };

option('DedicatedGatewayOptions.nodes', 'are the nodes that the pods may run on', () => {
  expect(pod({})).not.toHaveProperty('affinity');
  expect(pod({ nodes: nodePool }).affinity).toEqual({
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [inPool] } },
  });
});

option('DedicatedGatewayOptions.preferredNodes', 'are the nodes that the pods run on where there is room', () => {
  expect(pod({ preferredNodes: nodePool }).affinity)
    .toEqual({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: inPool }] } });
});

option('DedicatedGatewayOptions.tolerations', 'are the tainted nodes that the pods may run on', () => {
  const tainted = Node.tainted(NodeTaintQuery.is('dedicated', 'edge', { effect: TaintEffect.NO_SCHEDULE }));
  expect(pod({ tolerations: [tainted] }).tolerations).toEqual([{ key: 'dedicated', operator: 'Equal', value: 'edge', effect: 'NoSchedule' }]);
});

option('DedicatedGatewayOptions.schedulerName', 'is who finds nodes for the pods', () => placements.schedulerName(options => pod(options)));
option('DedicatedGatewayOptions.runtimeClassName', 'is what runs the containers', () => placements.runtimeClassName(options => pod(options)));

option('DedicatedGatewayOptions.priorityClassName', 'is the priority of the pods', () => {
  expect(pod({})).not.toHaveProperty('priorityClassName');
  expect(pod({ priorityClassName: 'system-cluster-critical' }).priorityClassName).toBe('system-cluster-critical');
  expect(refusal(() => made({ priorityClassName: 'very urgent' })).message).toBe([
    'IM0106 at chart/edge/Workload: the name of the priority class is no DNS name.',
    '  got      \'very urgent\'',
    '  allowed  labels of lower-case letters, digits and dashes, joined by dots',
    '  next     use at most 63 lower-case letters, digits and dashes, and no dash at either end',
  ].join('\n'));
});

const labels = { 'app': 'edge', 'istio': 'edge.shop', 'istio.io/dataplane-mode': 'none', 'sidecar.istio.io/inject': 'true' };

option('DedicatedGatewayOptions.podLabels', 'are further labels of the pods', () => {
  expect(template({}).metadata.labels).toEqual(labels);
  expect(template({ podLabels: { team: 'blog' } }).metadata.labels).toEqual({ ...labels, team: 'blog' });
  expect(refusal(() => made({ podLabels: { 'a b': 'c' } })).code).toBe('IM0107');
});

option('DedicatedGatewayOptions.podAnnotations', 'are annotations of the pods', () => {
  const { annotations } = template({ podAnnotations: { 'example.com/owner': 'blog' } }).metadata;
  expect(annotations).toEqual({
    'example.com/owner': 'blog',
    'inject.istio.io/templates': 'gateway',
    'proxy.istio.io/config': 'proxyMetadata:\n  EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true"\n  MINIMUM_DRAIN_DURATION: 10s\n',
  });
  expect(refusal(() => made({ podAnnotations: { 'a b': 'c' } })).code).toBe('IM0110');
});

test.each<[string, DedicatedGatewayOptions]>([
  ...['app', 'istio', 'istio.io/dataplane-mode', 'istio.io/rev', 'sidecar.istio.io/inject'].map((key): [string, DedicatedGatewayOptions] => [`label ${key}`, { podLabels: { [key]: 'x' } }]),
  ...['inject.istio.io/templates', 'istio.io/rev', 'sidecar.istio.io/inject', 'sidecar.istio.io/logLevel']
    .map((key): [string, DedicatedGatewayOptions] => [`annotation ${key}`, { podAnnotations: { [key]: 'x' } }]),
  ...['EXIT_ON_ZERO_ACTIVE_CONNECTIONS', 'MINIMUM_DRAIN_DURATION']
    .map((key): [string, DedicatedGatewayOptions] => [`variable ${key}`, { envVariables: { [key]: EnvValue.fromValue('x') } }]),
])('the %s is the library\'s', (what, options) => {
  expect(refusal(() => made(options)).message).toBe([
    `IM1372 at chart/edge/Workload: the library sets the ${what}.`,
    `  got      '${what.split(' ')[1]}'`,
    '  next     remove it; there may be an option with the same effect',
  ].join('\n'));
});

describe('settings of the proxy in podAnnotations', () => {
  const settings = (text: string, options: DedicatedGatewayOptions = {}) => template({ ...options, podAnnotations: { 'proxy.istio.io/config': text } }).metadata.annotations['proxy.istio.io/config'];

  test('are joined with those that the options say', () => {
    expect(settings('proxyMetadata: { ISTIO_META_X: "1" }\nholdApplicationUntilProxyStarts: true', { concurrency: 2 })).toBe(
      'concurrency: 2\nholdApplicationUntilProxyStarts: true\nproxyMetadata:\n  EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true"\n  ISTIO_META_X: "1"\n  MINIMUM_DRAIN_DURATION: 10s\n',
    );
  });

  test.each<[string, string, string]>([
    ['concurrency: 2', 'concurrency', 'concurrency'],
    ['gateway_topology: { numTrustedProxies: 1 }', 'gatewayTopology', 'gatewayTopology'],
    ['terminationDrainDuration: 5s', 'terminationDrainDuration', 'drain'],
    ['proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "false" }', 'proxyMetadata.EXIT_ON_ZERO_ACTIVE_CONNECTIONS', 'drain'],
    ['proxyMetadata: { MINIMUM_DRAIN_DURATION: 1s }', 'proxyMetadata.MINIMUM_DRAIN_DURATION', 'drain'],
  ])('%s has an option', (text, field, which) => {
    expect(refusal(() => settings(text)).message).toBe([
      `IM1372 at chart/edge/Workload: the library sets ${field} of the annotation proxy.istio.io/config.`,
      `  got      '${field}'`,
      `  next     use the option \`${which}\` instead`,
    ].join('\n'));
  });

  test('a text that is no map is refused', () => {
    expect(refusal(() => settings('x')).message).toMatch(/^IM1130 at chart\/edge\/Workload: the annotation proxy.istio.io\/config of the pods of the gateway holds no YAML map\./);
  });
});

option('DedicatedGatewayOptions.serviceAccount', 'is the identity of the pods, in place of one that is made', () => {
  expect(pod({}).serviceAccountName).toBe('edge');
  const root = chart();
  const serviceAccount = new ServiceAccount(root, 'account', { metadata: { name: 'front-door', namespace: 'shop' } });
  const objects = made({ serviceAccount, readSecrets: true }, root);
  expect(objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)).toEqual(['front-door']);
  expect(find(objects, 'Deployment', 'edge').spec.template.spec.serviceAccountName).toBe('front-door');
  expect(find(objects, 'RoleBinding', 'edge').subjects).toEqual([{ kind: 'ServiceAccount', name: 'front-door', namespace: 'shop' }]);
});

option('DedicatedGatewayOptions.injection', 'says whose proxy the pods run, where the namespace does not', () => {
  expect(template({ injection: SidecarInjection.enabled() }).metadata.labels).toEqual(labels);
  expect(template({ injection: SidecarInjection.revision('1-31') }).metadata.labels).toEqual({ ...labels, 'istio.io/rev': '1-31' });
  const inNamespace = (namespace: SidecarInjection, injection: SidecarInjection) => {
    const scope = new MeshNamespace(new Chart(app(), 'chart'), 'edges', { injection: namespace });
    return new MeshGateway(scope, 'edge', { workload: GatewayWorkload.dedicated({ injection }), servers });
  };
  expect(inNamespace(SidecarInjection.disabled(), SidecarInjection.revision('1-31')).namespace).toBe('edges');
  expect(inNamespace(SidecarInjection.revision('1-30'), SidecarInjection.enabled()).namespace).toBe('edges');
  expect(refusal(() => inNamespace(SidecarInjection.revision('1-30'), SidecarInjection.revision('1-31'))).message).toBe([
    'IM1371 at chart/edges/edge/Workload: the namespace edges already declares its injection.',
    '  got      \'1-31\'',
    '  next     set the revision on the namespace',
  ].join('\n'));
  expect(refusal(() => made({ injection: SidecarInjection.disabled() })).message).toBe([
    'IM1371 at chart/edge/Workload: the pods of the gateway would have no proxy.',
    '  got      SidecarInjection.disabled()',
    '  allowed  SidecarInjection.enabled(), SidecarInjection.revision(\'…\')',
    '  next     enable injection for the pods',
  ].join('\n'));
});

option('DedicatedGatewayOptions.envVariables', 'are variables of the proxy and its agent', () => {
  expect(container({})).not.toHaveProperty('env');
  expect(container({ envVariables: { ISTIO_META_DNS_CAPTURE: EnvValue.fromValue('true') } }).env).toEqual([{ name: 'ISTIO_META_DNS_CAPTURE', value: 'true' }]);
});

option('DedicatedGatewayOptions.volumeMounts', 'are volumes of the proxy', () => {
  const root = chart();
  const volume = Volume.fromSecret(root, 'certificates', Secret.fromSecretName(root, 'secret', 'edge-certs'));
  const { spec } = find(made({ volumeMounts: [{ path: '/etc/certs', volume, readOnly: true }] }, root), 'Deployment', 'edge').spec.template;
  expect(spec.containers[0].volumeMounts).toEqual([{ mountPath: '/etc/certs', name: 'secret-edge-certs', readOnly: true }]);
  expect(spec.volumes).toEqual([{ name: 'secret-edge-certs', secret: { secretName: 'edge-certs' } }]);
  expect(refusal(() => made({ volumeMounts: [{ path: '/etc/certs' } as never] })).message).toBe([
    'IM0001 at GatewayWorkload.dedicated(): volumeMounts[0].volume is missing.',
    '  got      undefined',
    '  allowed  a Volume',
    '  next     write Volume.fromEmptyDir(chart, \'cache\', \'cache\')',
  ].join('\n'));
});

option('DedicatedGatewayOptions.imagePullPolicy', 'is when the image is pulled', () => {
  expect(container({}).imagePullPolicy).toBe('IfNotPresent');
  expect(container({ imagePullPolicy: ImagePullPolicy.ALWAYS }).imagePullPolicy).toBe('Always');
});

option('DedicatedGatewayOptions.dockerRegistryAuth', 'is the Secret for the image', () => {
  const root = chart();
  const dockerRegistryAuth = Secret.fromSecretName(root, 'secret', 'registry');
  expect(find(made({ dockerRegistryAuth }, root), 'Deployment', 'edge').spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
});

option('DedicatedGatewayOptions.dns', 'is how the pods resolve names', () => {
  expect(pod({ dns: { policy: DnsPolicy.DEFAULT } }).dnsPolicy).toBe('Default');
});

option('DedicatedGatewayOptions.terminationGracePeriod', 'is how long a pod may take to end', () => {
  expect(pod({}).terminationGracePeriodSeconds).toBe(60);
  expect(pod({ terminationGracePeriod: Duration.minutes(5) }).terminationGracePeriodSeconds).toBe(300);
  expect(refusal(() => made({ terminationGracePeriod: Duration.seconds(10) })).message).toBe([
    'IM1375 at chart/edge/Workload: the pods would be killed before they are drained.',
    '  got      10s of 10s',
    '  allowed  a drain that is shorter than the termination grace period',
    '  next     shorten the drain, or increase `terminationGracePeriod`',
  ].join('\n'));
});

const drained = (drain: ProxyDrain) => template({ drain }).metadata.annotations['proxy.istio.io/config'];

option('DedicatedGatewayOptions.drain', 'is what a pod does with its connections when it ends', () => {
  expect(drained(ProxyDrain.after(Duration.seconds(20)))).toBe('terminationDrainDuration: 20s\n');
});

option('ProxyDrain.untilIdle', 'is the agent that waits for the last connection, and the default', () => {
  const text = 'proxyMetadata:\n  EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true"\n  MINIMUM_DRAIN_DURATION: 10s\n';
  expect(drained(ProxyDrain.untilIdle())).toBe(text);
  expect(template({}).metadata.annotations['proxy.istio.io/config']).toBe(text);
});

option('UntilIdleOptions.minDrainDuration', 'is how long it goes on at least', () => {
  expect(drained(ProxyDrain.untilIdle({ minDrainDuration: Duration.millis(500) }))).toContain('MINIMUM_DRAIN_DURATION: 500ms\n');
  expect(refusal(() => ProxyDrain.untilIdle({ minDrainDuration: Duration.millis(0) }))).toMatchObject({ code: 'IM0108', at: 'ProxyDrain.untilIdle()' });
});

option('ProxyDrain.after', 'is the time after which the proxy ends', () => {
  expect(drained(ProxyDrain.after(Duration.millis(59999)))).toBe('terminationDrainDuration: 59999ms\n');
  expect(refusal(() => drained(ProxyDrain.after(Duration.seconds(60)))).code).toBe('IM1375');
  expect(refusal(() => ProxyDrain.after(Duration.millis(0)))).toMatchObject({ code: 'IM0108', at: 'ProxyDrain.after()' });
});

const topology = (gatewayTopology: GatewayTopology) => config({ gatewayTopology });

option('DedicatedGatewayOptions.gatewayTopology', 'is what stands before the gateway', () => {
  expect(topology({})).toBe('');
  expect(topology({ numTrustedProxies: 1, proxyProtocol: true, forwardClientCertDetails: ForwardClientCertDetails.SANITIZE }))
    .toBe('gatewayTopology:\n  numTrustedProxies: 1\n  proxyProtocol: {}\n  forwardClientCertDetails: SANITIZE\n');
});

option('GatewayTopology.numTrustedProxies', 'is the number of proxies before the gateway', () => {
  expect(topology({ numTrustedProxies: 0 })).toBe('gatewayTopology:\n  numTrustedProxies: 0\n');
  expect(refusal(() => topology({ numTrustedProxies: -1 })).message).toBe([
    'IM1377 at chart/edge/Workload: gatewayTopology.numTrustedProxies is not a count.',
    '  got      -1',
    '  allowed  a whole number from 0',
    '  next     correct the number',
  ].join('\n'));
});

option('GatewayTopology.proxyProtocol', 'is the PROXY protocol', () => {
  expect(topology({ proxyProtocol: true })).toBe('gatewayTopology:\n  proxyProtocol: {}\n');
  expect(topology({ proxyProtocol: false })).toBe('');
});

option('GatewayTopology.forwardClientCertDetails', 'is what becomes of a client\'s certificate', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.APPEND_FORWARD })).toBe('gatewayTopology:\n  forwardClientCertDetails: APPEND_FORWARD\n');
});

option('ForwardClientCertDetails.SANITIZE', 'is SANITIZE', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.SANITIZE })).toContain(' SANITIZE\n');
});
option('ForwardClientCertDetails.FORWARD_ONLY', 'is FORWARD_ONLY', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.FORWARD_ONLY })).toContain(' FORWARD_ONLY\n');
});
option('ForwardClientCertDetails.APPEND_FORWARD', 'is APPEND_FORWARD', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.APPEND_FORWARD })).toContain(' APPEND_FORWARD\n');
});
option('ForwardClientCertDetails.SANITIZE_SET', 'is SANITIZE_SET', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.SANITIZE_SET })).toContain(' SANITIZE_SET\n');
});
option('ForwardClientCertDetails.ALWAYS_FORWARD_ONLY', 'is ALWAYS_FORWARD_ONLY', () => {
  expect(topology({ forwardClientCertDetails: ForwardClientCertDetails.ALWAYS_FORWARD_ONLY })).toContain(' ALWAYS_FORWARD_ONLY\n');
});

option('DedicatedGatewayOptions.concurrency', 'is the number of threads', () => {
  expect(config({ concurrency: 2 })).toBe('concurrency: 2\n');
  expect(config({ concurrency: 0 })).toBe('concurrency: 0\n');
  expect(refusal(() => made({ concurrency: 0.5 }))).toMatchObject({ code: 'IM1377', at: 'chart/edge/Workload' });
});

const level = (logLevel: ProxyLogLevel) => template({ logLevel }).metadata.annotations['sidecar.istio.io/logLevel'];

option('DedicatedGatewayOptions.logLevel', 'is an annotation for the injection', () => {
  expect(template({}).metadata.annotations).not.toHaveProperty(['sidecar.istio.io/logLevel']);
  expect(level(ProxyLogLevel.DEBUG)).toBe('debug');
});

option('ProxyLogLevel.TRACE', 'is trace', () => expect(level(ProxyLogLevel.TRACE)).toBe('trace'));
option('ProxyLogLevel.DEBUG', 'is debug', () => expect(level(ProxyLogLevel.DEBUG)).toBe('debug'));
option('ProxyLogLevel.INFO', 'is info', () => expect(level(ProxyLogLevel.INFO)).toBe('info'));
option('ProxyLogLevel.WARNING', 'is warning', () => expect(level(ProxyLogLevel.WARNING)).toBe('warning'));
option('ProxyLogLevel.ERROR', 'is error', () => expect(level(ProxyLogLevel.ERROR)).toBe('error'));
option('ProxyLogLevel.CRITICAL', 'is critical', () => expect(level(ProxyLogLevel.CRITICAL)).toBe('critical'));
option('ProxyLogLevel.OFF', 'is off', () => expect(level(ProxyLogLevel.OFF)).toBe('off'));
