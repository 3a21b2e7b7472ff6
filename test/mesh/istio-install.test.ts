import { Duration, Size } from 'cdk8s';
import { Cpu, DeploymentStrategy, Node, NodeLabelQuery, NodeTaintQuery, PercentOrAbsolute, TaintEffect } from 'cdk8s-plus-28';
import { app, chart, messages, refusal, synth } from '../helpers/build';
import { option } from '../helpers/option';
import {
  ControlPlaneOptions, HelmDelivery, IstioCniOptions, IstioGatewayOptions, IstioInstall, IstioInstallProps, IstioRelease, MeshCluster, MeshPort,
  MeshServiceType, MeshSettings, OutboundTrafficPolicy, PodSpread,
} from 'cdk8s-istio';

const install = (props: IstioInstallProps = {}) => new IstioInstall(chart(), 'istio', props);
const istiod = (controlPlane: ControlPlaneOptions) => install({ controlPlane }).istiod.values;
const gateway = (options: IstioGatewayOptions, props?: IstioInstallProps) => install(props).addGateway('istio-ingressgateway', options).values;

const spread = (matchLabels: object, whenUnsatisfiable = 'ScheduleAnyway') => ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']
  .map(topologyKey => ({ maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels }, matchLabelKeys: ['pod-template-hash'] }));

option('IstioInstall.constructor', 'a full chart: every component stays up by default', () => {
  const root = chart({ scope: new MeshCluster(app(), 'prod', { trustDomain: 'example.com', rootNamespace: 'istio', clusterDomain: 'example.internal' }) });
  new IstioInstall(root, 'istio', { delivery: HelmDelivery.flux({ version: '1.31.0' }) }).addGateway('istio-ingressgateway');
  expect(synth(root)).toMatchSnapshot();
});

test('settings are read, in whatever order they are declared', () => {
  const [before, after] = [true, false].map(first => {
    const root = chart();
    const say = () => new MeshSettings(root, 'settings', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY, proxy: { nativeSidecars: true } });
    if (first) say();
    const { istiod: made } = new IstioInstall(root, 'istio');
    if (!first) say();
    return made.toYaml();
  });
  expect(after).toBe(before);
  expect(before).toContain('mode: REGISTRY_ONLY');
});

option('IstioInstall.addGateway', 'is a release of the chart gateway, after istiod', () => {
  const made = install();
  expect(made.addGateway('istio-ingressgateway')).toMatchObject({ chart: 'gateway', release: 'istio-ingressgateway', namespace: 'istio-system' });
  expect(made.charts.map(each => each.release)).toEqual(['istio-base', 'istiod', 'istio-ingressgateway']);
  expect(refusal(() => made.addGateway('Ingress')).code).toBe('IM0106');
  expect(refusal(() => made.addGateway('istio-ingressgateway')).message).toBe([
    'IM1606 at chart/istio: chart/istio installs istio-ingressgateway in istio-system already.',
    '  got      \'istio-system/istio-ingressgateway\'',
    '  next     give one of them another name, revision or namespace; install base and the CNI plugin only once',
  ].join('\n'));
});

option('IstioChart.toYaml', 'is the text of a file of values', () => {
  expect(install({ base: false }).addGateway('edge', { spread: PodSpread.NONE }).toYaml()).toBe([
    'autoscaling:', '  enabled: true', '  maxReplicas: 5', '  minReplicas: 2', '  targetCPUUtilizationPercentage: 80',
    'podDisruptionBudget:', '  maxUnavailable: 1', 'service:', '  type: LoadBalancer', '',
  ].join('\n'));
});

option('IstioInstallProps.delivery', 'writes nothing unless it is asked to', () => {
  const root = chart();
  new IstioInstall(root, 'istio');
  expect(synth(root)).toEqual([]);
});
option('IstioInstallProps.revision', 'is a control plane beside others, and that of its gateways', () => {
  const root = chart();
  const next = new IstioInstall(root, 'next', { revision: '1-31' });
  expect(next.istiod).toMatchObject({ release: 'istiod-1-31', values: { revision: '1-31' } });
  expect(next.istiod.values.pilot.topologySpreadConstraints).toEqual(spread({ 'app': 'istiod', 'istio.io/rev': '1-31' }));
  expect(next.base!.values).toEqual({ defaultRevision: '1-31', global: { istioNamespace: 'istio-system' } });
  expect(next.addGateway('edge').values.revision).toBe('1-31');
  new IstioInstall(root, 'last', { revision: '1-30', base: false });
  expect(refusal(() => install({ revision: '1.31' })).code).toBe('IM0106');
});
test('two gateways of one name are two releases in two namespaces, and one object of what delivers them', () => {
  const root = chart();
  const made = new IstioInstall(root, 'istio', { delivery: HelmDelivery.argoCd({ version: '1.31.0' }) });
  ['a', 'b'].forEach(namespace => made.addGateway('edge', { namespace }));
  expect(messages(root.node.root)[0]).toMatch(/^IM1003 at chart\/istio\/Application-b-edge: chart\/istio\/Application-a-edge also creates Application argocd\/edge/);
});

option('IstioInstallProps.revisionTags', 'are names of the revision', () => {
  expect(install({ revision: '1-31', revisionTags: ['prod'] }).istiod.values.revisionTags).toEqual(['prod']);
  expect(refusal(() => install({ revision: '1-31', revisionTags: ['Prod'] })).code).toBe('IM0106');
  expect(refusal(() => install({ revisionTags: ['prod'] })).message).toBe([
    'IM1611 at chart/istio: there are tags, and no revision that they could be for.', '  got      ["prod"]', '  next     set the revision',
  ].join('\n'));
});
option('IstioInstallProps.base', 'is the chart of CRDs', () => {
  expect(install({ base: false }).base).toBeUndefined();
  expect(install().base).toMatchObject({ chart: 'base', release: 'istio-base', namespace: 'istio-system' });
  const root = chart();
  new IstioInstall(root, 'one');
  expect(refusal(() => new IstioInstall(root, 'other', { revision: 'other' }))).toMatchObject({ code: 'IM1606', at: 'chart/other' });
});
option('IstioInstallProps.cni', 'is a chart before istiod, of which all control planes of the cluster know', () => {
  const root = chart();
  const now = new IstioInstall(root, 'now', { cni: {}, controlPlane: { imageHub: 'example.com/istio', distroless: true, imagePullSecrets: ['a'], jsonLogs: true } });
  const next = new IstioInstall(root, 'next', { revision: 'b', base: false });
  expect(now.charts.map(each => each.release)).toEqual(['istio-base', 'istio-cni', 'istiod']);
  expect(now.cni).toMatchObject({ chart: 'cni', release: 'istio-cni', namespace: 'istio-system' });
  expect(now.cni!.values).toEqual({ global: { hub: 'example.com/istio', imagePullSecrets: ['a'], logAsJson: true, variant: 'distroless' } });
  [now, next].forEach(each => expect(each.istiod.values.pilot.cni).toEqual({ enabled: true }));
  expect(next.cni).toBeUndefined();
  expect(install().istiod.values.pilot.cni).toBeUndefined();
  expect(refusal(() => new IstioInstall(root, 'last', { revision: 'c', base: false, cni: {} })).message).toBe([
    'IM1606 at chart/last: chart/now installs the CNI plugin already.',
    '  next     leave it out: every control plane of the cluster knows of it',
  ].join('\n'));
});
test('istiod comes when the CNI plugin is there', () => {
  const waits = (delivery: HelmDelivery) => {
    const root = chart();
    new IstioInstall(root, 'istio', { cni: {}, delivery });
    return synth(root).filter(({ kind }) => kind !== 'HelmRepository')
      .map(({ metadata, spec }) => [metadata.name, spec.dependsOn ?? (metadata.annotations as { [key: string]: string })?.['argocd.argoproj.io/sync-wave']]);
  };
  expect(waits(HelmDelivery.flux({ version: '1.31.0' }))).toEqual([
    ['istio-base', undefined], ['istio-cni', undefined], ['istiod', [{ name: 'istio-base' }, { name: 'istio-cni' }]],
  ]);
  expect(waits(HelmDelivery.argoCd({ version: '1.31.0' }))).toEqual([['istio-base', '0'], ['istio-cni', '0'], ['istiod', '1']]);
});
const cni = (options: IstioCniOptions) => install({ cni: options }).cni!;
option('IstioCniOptions.namespace', 'is that of its pods', () => {
  expect(cni({ namespace: 'kube-system' }).namespace).toBe('kube-system');
  expect(refusal(() => cni({ namespace: 'Kube' })).code).toBe('IM0106');
});
option('IstioCniOptions.cniBinDir', 'is a folder of the nodes', () => {
  expect(cni({ cniBinDir: '/home/kubernetes/bin' }).values.cni).toEqual({ cniBinDir: '/home/kubernetes/bin' });
  expect(refusal(() => cni({ cniBinDir: 'bin' })).message).toBe([
    'IM1609 at chart/istio: cni.cniBinDir is no full path.',
    '  got      \'bin\'',
    '  allowed  a path from the root of the node\'s file system',
    '  next     use an allowed value',
  ].join('\n'));
});
option('IstioCniOptions.cniConfDir', 'is a folder of the nodes', () => {
  expect(cni({ cniConfDir: '/etc/cni/multus' }).values.cni).toEqual({ cniConfDir: '/etc/cni/multus' });
  expect(refusal(() => cni({ cniConfDir: '/' })).code).toBe('IM1609');
});
option('IstioCniOptions.excludeNamespaces', 'are left alone', () => {
  expect(cni({ excludeNamespaces: ['kube-system', 'legacy'] }).values.cni).toEqual({ excludeNamespaces: ['kube-system', 'legacy'] });
  expect(refusal(() => cni({ excludeNamespaces: ['Legacy'] })).code).toBe('IM0106');
});
option('IstioCniOptions.resources', 'are those of its pods', () =>
  expect(cni({ resources: { cpu: { request: Cpu.millis(50) } } }).values.cni).toEqual({ resources: { requests: { cpu: '50m' } } }));
option('IstioCniOptions.values', 'are further values, and none that another option sets', () => {
  expect(cni({ values: { cni: { provider: 'multus' } } }).values.cni).toEqual({ provider: 'multus' });
  expect(refusal(() => cni({ cniBinDir: '/a', values: { cni: { cniBinDir: '/b' } } })).code).toBe('IM1604');
});
option('IstioInstallProps.controlPlane', 'is how istiod runs', () => {
  expect(install({ controlPlane: { replicas: 3 } }).istiod.values.pilot).toMatchObject({ replicaCount: 3 });
});
option('IstioInstallProps.values', 'are further values, and none that another option sets', () => {
  const root = chart();
  const made = new IstioInstall(root, 'istio', { values: { pilot: { cni: { enabled: true } }, meshConfig: { enableTracing: true } } });
  expect(made.istiod.values).toMatchObject({ pilot: { cni: { enabled: true }, autoscaleMin: 2 }, meshConfig: { enableTracing: true, trustDomain: 'cluster.local' } });
  expect(refusal(() => install({ values: { pilot: { autoscaleMin: 1 } } })).message).toBe([
    'IM1604 at chart/istio: values.pilot.autoscaleMin is written already, from a property or a fact of its own.',
    '  got      1, and before 2',
    '  next     set only the property',
  ].join('\n'));
  new MeshSettings(root, 'settings', { meshConfig: { enableTracing: false } });
  expect(messages(root)).toEqual([expect.stringMatching(/^IM1604 at chart\/istio: values.meshConfig.enableTracing is written already/)]);
});

option('ControlPlaneOptions.replicas', 'is a number of pods without an autoscaler', () => {
  const { autoscaleMin, autoscaleEnabled, replicaCount } = istiod({ replicas: 3 }).pilot;
  expect({ autoscaleMin, autoscaleEnabled, replicaCount }).toEqual({ autoscaleEnabled: false, replicaCount: 3 });
  expect(refusal(() => istiod({ replicas: 0 })).code).toBe('IM1108');
  expect(refusal(() => istiod({ replicas: 2, autoscaling: { maxReplicas: 3 } })).code).toBe('IM1109');
});
test('charts before 1.28 keep the only istiod from being evicted, and with it nodes from being drained', () => {
  const budget = (istio: IstioRelease, options: ControlPlaneOptions) => new IstioInstall(chart({ scope: new MeshCluster(app(), 'prod', { istio }) }), 'istio', {
    controlPlane: options,
  }).istiod.values.global.defaultPodDisruptionBudget;
  expect(budget(IstioRelease.V1_27, { replicas: 1 })).toEqual({ enabled: false });
  expect(budget(IstioRelease.V1_27, { autoscaling: { minReplicas: 1, maxReplicas: 3 } })).toEqual({ enabled: false });
  expect(budget(IstioRelease.V1_27, { replicas: 2 })).toBeUndefined();
  expect(budget(IstioRelease.V1_28, { replicas: 1 })).toBeUndefined();
});
test('charts of gateways before 1.24 know nothing of rollouts', () => {
  const made = (istio: IstioRelease, options: IstioGatewayOptions) => new IstioInstall(chart({ scope: new MeshCluster(app(), 'prod', { istio }) }), 'istio').addGateway('edge', options);
  expect(refusal(() => made(IstioRelease.V1_23, { minReady: Duration.seconds(5) })).message).toBe([
    'IM1605 at prod/chart/istio: the chart of gateways of Istio 1.23 ignores minReady.',
    '  allowed  Istio 1.24 or later',
    '  next     remove it, or declare the release that the cluster runs',
  ].join('\n'));
  expect(refusal(() => made(IstioRelease.V1_22, { strategy: DeploymentStrategy.rollingUpdate() })).message).toContain('ignores strategy');
  expect(made(IstioRelease.V1_24, { minReady: Duration.seconds(5) }).values.minReadySeconds).toBe(5);
});
test('Helm never replaces CRDs, which base had as such before 1.24: Flux is set to', () => {
  const upgrade = (istio: IstioRelease) => {
    const root = chart({ scope: new MeshCluster(app(), 'prod', { istio }) });
    new IstioInstall(root, 'istio', { delivery: HelmDelivery.flux({ version: `${istio.version}.0` }) });
    return synth(root).filter(({ kind }) => kind === 'HelmRelease').map(({ spec }) => spec.upgrade.crds);
  };
  expect(upgrade(IstioRelease.V1_23)).toEqual(['CreateReplace', undefined]);
  expect(upgrade(IstioRelease.V1_24)).toEqual([undefined, undefined]);
});
test('the schema of older gateways refuses every value under newer Helm: its validation is off', () => {
  const asked = (istio: IstioRelease, patch: number) => {
    const deliver = (delivery: HelmDelivery) => {
      const root = chart({ scope: new MeshCluster(app(), 'prod', { istio }) });
      new IstioInstall(root, 'istio', { delivery }).addGateway('edge');
      return synth(root).filter(({ kind }) => kind !== 'HelmRepository').map(({ spec }) => spec);
    };
    const version = `${istio.version}.${patch}`;
    return [
      ...deliver(HelmDelivery.flux({ version })).map(spec => [spec.install.disableSchemaValidation, spec.upgrade.disableSchemaValidation]),
      ...deliver(HelmDelivery.argoCd({ version })).map(spec => [spec.source.helm.skipSchemaValidation]),
    ];
  };
  const none = [undefined, undefined];
  const gateways = [none, none, [true, true], [undefined], [undefined], [true]];
  const validated = [none, none, none, [undefined], [undefined], [undefined]];
  expect(asked(IstioRelease.V1_24, 6)).toEqual(gateways);
  expect(asked(IstioRelease.V1_26, 3)).toEqual(gateways);
  expect(asked(IstioRelease.V1_26, 4)).toEqual(validated);
  expect(asked(IstioRelease.V1_27, 0)).toEqual(gateways);
  expect(asked(IstioRelease.V1_28, 0)).toEqual(validated);
});
test('a name chooses one control plane', () => {
  const root = chart();
  new IstioInstall(root, 'now', { revision: 'a', revisionTags: ['prod'] });
  const next = (revision: string, ...revisionTags: string[]) => refusal(() => new IstioInstall(root, `next-${revision}`, { revision, revisionTags, base: false })).message;
  expect(next('b', 'prod')).toBe([
    'IM1611 at chart/next-b: chart/now already has the name prod.',
    '  got      \'prod\'',
    '  next     remove the tag, or use another one',
  ].join('\n'));
  expect(next('prod')).toContain('chart/now already has the name prod');
  expect(refusal(() => install({ revision: 'a', revisionTags: ['a'] })).message).toContain('this control plane already has the name a');
});
option('ControlPlaneOptions.autoscaling', 'is the autoscaler of istiod', () => {
  expect(istiod({ autoscaling: { maxReplicas: 9 } }).pilot).toMatchObject({ autoscaleEnabled: true, autoscaleMin: 2, autoscaleMax: 9 });
});
option('IstioAutoscaling.minReplicas', 'is the lowest number of pods', () => {
  expect(istiod({ autoscaling: { minReplicas: 3, maxReplicas: 9 } }).pilot.autoscaleMin).toBe(3);
  expect(gateway({ autoscaling: { minReplicas: 3, maxReplicas: 9 } }).autoscaling.minReplicas).toBe(3);
  expect(refusal(() => istiod({ autoscaling: { minReplicas: 3, maxReplicas: 2 } })).code).toBe('IM1108');
});
option('IstioAutoscaling.maxReplicas', 'is the highest number of pods', () => {
  expect(gateway({ autoscaling: { maxReplicas: 9 } }).autoscaling).toMatchObject({ enabled: true, minReplicas: 2, maxReplicas: 9 });
  expect(refusal(() => gateway({ autoscaling: { maxReplicas: 1 } })).code).toBe('IM1108');
});
option('IstioAutoscaling.targetCpu', 'is what is held of CPU', () => {
  expect(istiod({ autoscaling: { maxReplicas: 9, targetCpu: 60 } }).pilot.cpu).toEqual({ targetAverageUtilization: 60 });
  expect(gateway({ autoscaling: { maxReplicas: 9, targetCpu: 60 } }).autoscaling.targetCPUUtilizationPercentage).toBe(60);
  expect(refusal(() => istiod({ autoscaling: { maxReplicas: 9, targetCpu: 0.8 } })).message).toBe([
    'IM1603 at chart/istio: autoscaling.targetCpu is no percentage of the request.',
    '  got      0.8',
    '  allowed  a whole number, at least 1',
    '  next     correct the number',
  ].join('\n'));
});
option('IstioAutoscaling.targetMemory', 'is what is held of memory', () => {
  expect(istiod({ autoscaling: { maxReplicas: 9, targetMemory: 70 } }).pilot.memory).toEqual({ targetAverageUtilization: 70 });
  expect(gateway({ autoscaling: { maxReplicas: 9, targetMemory: 70 } }).autoscaling.targetMemoryUtilizationPercentage).toBe(70);
  expect(refusal(() => gateway({ autoscaling: { maxReplicas: 9, targetMemory: 0 } })).code).toBe('IM1603');
});

const nodes = Node.labeled(NodeLabelQuery.in('topology.kubernetes.io/zone', ['a', 'b']));
const terms = { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a', 'b'] }] };
option('ControlPlaneOptions.nodes', 'are the nodes of istiod', () => {
  expect(istiod({ nodes }).pilot.affinity)
    .toEqual({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [terms] } } });
});
option('ControlPlaneOptions.preferredNodes', 'are where istiod runs if there is room', () => {
  expect(istiod({ preferredNodes: nodes }).pilot.affinity)
    .toEqual({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: terms }] } });
});
option('ControlPlaneOptions.tolerations', 'are taints that istiod bears', () => {
  expect(istiod({ tolerations: [Node.tainted(NodeTaintQuery.is('pool', 'mesh', { effect: TaintEffect.NO_SCHEDULE }))] }).pilot.tolerations)
    .toEqual([{ key: 'pool', operator: 'Equal', value: 'mesh', effect: 'NoSchedule' }]);
});
option('ControlPlaneOptions.spread', 'is over zones and nodes by the labels of istiod', () => {
  expect(istiod({}).pilot.topologySpreadConstraints).toEqual(spread({ istio: 'pilot' }));
});
option('PodSpread.PREFERRED', 'keeps no pod pending', () => expect(istiod({ spread: PodSpread.PREFERRED })).toEqual(istiod({})));
option('PodSpread.REQUIRED', 'keeps pods pending rather than crowd', () => {
  expect(istiod({ spread: PodSpread.REQUIRED }).pilot.topologySpreadConstraints).toEqual(spread({ istio: 'pilot' }, 'DoNotSchedule'));
});
option('PodSpread.NONE', 'sets no constraint', () => expect(istiod({ spread: PodSpread.NONE }).pilot.topologySpreadConstraints).toBeUndefined());
option('ControlPlaneOptions.resources', 'are those of istiod', () => {
  expect(istiod({ resources: { cpu: { request: Cpu.units(1) }, memory: { request: Size.gibibytes(3), limit: Size.gibibytes(4) } } }).pilot.resources)
    .toEqual({ requests: { cpu: '1', memory: '3072Mi' }, limits: { memory: '4096Mi' } });
});
option('ControlPlaneOptions.priorityClassName', 'is of the whole chart', () => {
  expect(istiod({ priorityClassName: 'system-cluster-critical' }).global.priorityClassName).toBe('system-cluster-critical');
  expect(refusal(() => istiod({ priorityClassName: 'Critical' })).code).toBe('IM0106');
});
const rolling = DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.absolute(1), maxUnavailable: PercentOrAbsolute.percent(0) });
option('ControlPlaneOptions.strategy', 'is how much more and fewer', () => {
  expect(istiod({ strategy: rolling }).pilot).toMatchObject({ rollingMaxSurge: 1, rollingMaxUnavailable: '0%' });
  expect(refusal(() => istiod({ strategy: DeploymentStrategy.recreate() })).message).toBe([
    'IM1610 at chart/istio: all pods would end before the first new one starts.',
    '  got      \'Recreate\'',
    '  allowed  DeploymentStrategy.rollingUpdate({ … })',
    '  next     replace the pods one after the other',
  ].join('\n'));
});
option('ControlPlaneOptions.podAnnotations', 'are of the pods', () => {
  expect(istiod({ podAnnotations: { a: 'b' } }).pilot.podAnnotations).toEqual({ a: 'b' });
  expect(refusal(() => istiod({ podAnnotations: { 'a b': 'c' } })).code).toBe('IM0110');
});
option('ControlPlaneOptions.imageHub', 'is where images are', () => {
  expect(istiod({ imageHub: 'example.com:5000/istio' }).global.hub).toBe('example.com:5000/istio');
  expect(refusal(() => istiod({ imageHub: 'https://example.com/istio' })).message).toBe([
    'IM1607 at chart/istio: this is no place for images.',
    '  got      \'https://example.com/istio\'',
    '  allowed  a registry and a path, without a scheme and without a tag: registry.example.com/istio',
    '  next     correct it',
  ].join('\n'));
  ['', 'example.com/istio:1.31', 'example.com/'].forEach(imageHub => expect(refusal(() => istiod({ imageHub })).code).toBe('IM1607'));
});
option('ControlPlaneOptions.distroless', 'is a variant', () => expect(istiod({ distroless: true }).global.variant).toBe('distroless'));
option('ControlPlaneOptions.imagePullSecrets', 'are names', () => {
  expect(istiod({ imagePullSecrets: ['a'] }).global.imagePullSecrets).toEqual(['a']);
  expect(refusal(() => istiod({ imagePullSecrets: ['a', 'A'] })).message).toContain('IM0106 at chart/istio: a Secret for images has no DNS name');
});
option('ControlPlaneOptions.jsonLogs', 'is JSON', () => expect(istiod({ jsonLogs: true }).global.logAsJson).toBe(true));

option('IstioGatewayOptions.namespace', 'is where the gateway runs, by default the root namespace', () => {
  const made = install();
  expect(made.addGateway('edge', { namespace: 'edge' }).namespace).toBe('edge');
  expect(made.addGateway('edge').namespace).toBe('istio-system');
  expect(refusal(() => made.addGateway('edge', { namespace: 'Edge' })).code).toBe('IM0106');
});
option('IstioGatewayOptions.replicas', 'is a number of pods without an autoscaler; one has no budget', () => {
  expect(gateway({ replicas: 3 })).toMatchObject({ autoscaling: { enabled: false }, replicaCount: 3, podDisruptionBudget: { maxUnavailable: 1 } });
  expect(gateway({ replicas: 1 }).podDisruptionBudget).toBeUndefined();
});
option('IstioGatewayOptions.autoscaling', 'is the autoscaler of the gateway', () => {
  expect(gateway({}).autoscaling).toEqual({ enabled: true, minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 80 });
});
option('IstioGatewayOptions.maxUnavailable', 'is the budget of evictions', () => {
  expect(gateway({ maxUnavailable: 2, replicas: 3 }).podDisruptionBudget).toEqual({ maxUnavailable: 2 });
  expect(refusal(() => gateway({ maxUnavailable: 2 })).message).toBe([
    'IM1603 at chart/istio: all pods could be evicted at once.',
    '  got      maxUnavailable: 2',
    '  allowed  1 to 1: fewer than there may be pods',
    '  next     correct the number',
  ].join('\n'));
  expect(refusal(() => gateway({ maxUnavailable: 0 })).message).toBe([
    'IM1603 at chart/istio: maxUnavailable is not a count of pods.',
    '  got      0',
    '  allowed  a whole number, at least 1: with 0 no node could be drained',
    '  next     correct the number',
  ].join('\n'));
  expect(refusal(() => gateway({ maxUnavailable: 1, autoscaling: { minReplicas: 1, maxReplicas: 3 } })).message).toBe([
    'IM1603 at chart/istio: there may be one pod only, for which the chart makes no budget.',
    '  got      maxUnavailable: 1',
    '  next     let there be two pods at least, or leave the budget out',
  ].join('\n'));
});
option('IstioGatewayOptions.service', 'is from where the gateway is reached', () => {
  expect(gateway({}).service).toEqual({ type: 'LoadBalancer' });
  const balanced = { localTrafficOnly: true, loadBalancerClass: 'nlb', sourceRanges: ['10.0.0.0/8'], allocateNodePorts: false };
  expect(gateway({ service: MeshServiceType.loadBalancer(balanced) }).service).toEqual({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    loadBalancerClass: 'nlb',
    loadBalancerSourceRanges: ['10.0.0.0/8'],
    allocateLoadBalancerNodePorts: false,
  });
  expect(gateway({ service: MeshServiceType.clusterIp() }).service).toEqual({ type: 'ClusterIP' });
});
option('IstioGatewayOptions.ports', 'are beside that of health checks', () => {
  expect(gateway({ service: MeshServiceType.nodePort(), ports: [MeshPort.http2(80, { targetPort: 8080, nodePort: 30080 })] }).service.ports).toEqual([
    { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 },
    { name: 'http2', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30080, appProtocol: 'http2' },
  ]);
  expect(refusal(() => gateway({ ports: [] })).code).toBe('IM1101');
  expect(refusal(() => gateway({ ports: [MeshPort.http(80), MeshPort.tcp(80)] })).code).toBe('IM1102');
  expect(refusal(() => gateway({ service: MeshServiceType.clusterIp(), ports: [MeshPort.http(80, { nodePort: 30080 })] })).code).toBe('IM1114');
});
option('IstioGatewayOptions.serviceAnnotations', 'are of the Service', () => {
  expect(gateway({ serviceAnnotations: { a: 'b' } }).service.annotations).toEqual({ a: 'b' });
  expect(refusal(() => gateway({ serviceAnnotations: { 'a b': 'c' } })).code).toBe('IM0110');
});
option('IstioGatewayOptions.labels', 'are of the pods, by which they are spread', () => {
  expect(gateway({ labels: { istio: 'edge' } })).toMatchObject({ labels: { istio: 'edge' }, topologySpreadConstraints: spread({ istio: 'edge' }) });
  expect(refusal(() => gateway({ labels: { 'a b': 'c' } })).code).toBe('IM0107');
});
option('IstioGatewayOptions.spread', 'is by the labels that the chart gives', () => {
  expect(gateway({}).topologySpreadConstraints).toEqual(spread({ app: 'istio-ingressgateway', istio: 'ingressgateway' }));
});
option('IstioGatewayOptions.nodes', 'are the nodes of the gateway', () => {
  expect(gateway({ nodes }).affinity).toEqual({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [terms] } } });
});
option('IstioGatewayOptions.preferredNodes', 'are where the gateway runs if there is room', () => {
  expect(gateway({ preferredNodes: nodes }).affinity)
    .toEqual({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: terms }] } });
});
option('IstioGatewayOptions.tolerations', 'are taints that the gateway bears', () => {
  expect(gateway({ tolerations: [Node.tainted(NodeTaintQuery.exists('edge'))] }).tolerations).toEqual([{ key: 'edge', operator: 'Exists' }]);
});
option('IstioGatewayOptions.resources', 'are those of the gateway', () => {
  expect(gateway({ resources: { cpu: { limit: Cpu.units(4) } } }).resources).toEqual({ limits: { cpu: '4' } });
});
option('IstioGatewayOptions.priorityClassName', 'is of the pods', () => {
  expect(gateway({ priorityClassName: 'edge' }).priorityClassName).toBe('edge');
});
option('IstioGatewayOptions.strategy', 'is a rolling update', () => {
  expect(gateway({ strategy: rolling }).strategy).toEqual({ rollingUpdate: { maxSurge: 1, maxUnavailable: '0%' } });
});
option('IstioGatewayOptions.podAnnotations', 'are of the pods', () => {
  expect(gateway({ podAnnotations: { a: 'b' } }).podAnnotations).toEqual({ a: 'b' });
  expect(refusal(() => gateway({ podAnnotations: { 'inject.istio.io/templates': 'sidecar' } })).message).toBe([
    'IM1604 at chart/istio: the chart writes the annotation inject.istio.io/templates of the pods itself.',
    '  got      \'sidecar\'',
    '  next     drop it',
  ].join('\n'));
  expect(refusal(() => istiod({ podAnnotations: { 'prometheus.io/port': '1' } })).code).toBe('IM1604');
});
option('IstioGatewayOptions.terminationGracePeriod', 'is in seconds', () => {
  expect(gateway({ terminationGracePeriod: Duration.minutes(2) }).terminationGracePeriodSeconds).toBe(120);
  expect(refusal(() => gateway({ terminationGracePeriod: Duration.millis(1500) })).message).toBe([
    'IM0108 at chart/istio: the duration is not a whole number of seconds.', '  got      1500ms', '  allowed  1s or more',
    '  next     use cdk8s\' Duration with whole milliseconds',
  ].join('\n'));
});
option('IstioGatewayOptions.minReady', 'is in seconds', () => expect(gateway({ minReady: Duration.seconds(10) }).minReadySeconds).toBe(10));
option('IstioGatewayOptions.values', 'are further values, and none that another option sets', () => {
  expect(gateway({ values: { imagePullPolicy: 'Always' } }).imagePullPolicy).toBe('Always');
  expect(refusal(() => gateway({ values: { autoscaling: { minReplicas: 1 } } })).code).toBe('IM1604');
});

test.each<[string, object]>([
  ['a misspelled property', { controlplane: {} }],
  ['a delivery by name', { delivery: 'flux' }],
  ['a spread by text', { controlPlane: { spread: 'zones' } }],
  ['an autoscaler without a highest number', { controlPlane: { autoscaling: {} } }],
])('an install with %s', (_, props) => expect(refusal(() => install(props)).code).toBe('IM0001'));

option('HelmDelivery.values', 'is nothing but the values', () => {
  const root = chart();
  new IstioInstall(root, 'istio', { delivery: HelmDelivery.values() });
  expect(synth(root)).toEqual([]);
});

const delivered = (delivery: HelmDelivery, cluster = {}) => {
  const root = chart({ scope: new MeshCluster(app(), 'prod', cluster) });
  new IstioInstall(root, 'istio', { delivery }).addGateway('edge');
  return synth(root);
};
const flux = (options: object) => delivered(HelmDelivery.flux({ version: '1.31.0', ...options }));
const argoCd = (options: object) => delivered(HelmDelivery.argoCd({ version: '1.31.0', ...options }));
option('HelmDelivery.flux', 'is a repository, and a release after the other', () => {
  expect(flux({}).map(({ kind, metadata, spec }) => [kind, `${metadata.namespace}/${metadata.name}`, spec.dependsOn])).toEqual([
    ['HelmRepository', 'flux-system/istio', undefined],
    ['HelmRelease', 'flux-system/istio-base', undefined],
    ['HelmRelease', 'flux-system/istiod', [{ name: 'istio-base' }]],
    ['HelmRelease', 'flux-system/edge', [{ name: 'istiod' }]],
  ]);
});
test('the name of a repository is that of the revision, whatever the construct is called', () => {
  const repository = (id: string, revision?: string) => {
    const root = chart({ scope: new MeshCluster(app(), 'prod') });
    new IstioInstall(root, id, { revision, delivery: HelmDelivery.flux({ version: '1.31.0' }) });
    return synth(root).find(({ kind }) => kind === 'HelmRepository')!.metadata.name;
  };
  expect([repository('(('), repository('The mesh'), repository('next', '1-31')]).toEqual(['istio', 'istio', 'istio-1-31']);
});
option('FluxOptions.version', 'is one version of the release that the cluster declares', () => {
  expect(flux({})[2].spec.chart.spec).toEqual({ chart: 'istiod', version: '1.31.0', sourceRef: { kind: 'HelmRepository', name: 'istio' } });
  expect(refusal(() => flux({ version: '1.31.x' })).message).toBe([
    'IM1607 at HelmDelivery.flux(): this is not one version of a chart.', '  got      \'1.31.x\'', '  allowed  three numbers, such as 1.31.0',
    '  next     set the version and the repository of the charts',
  ].join('\n'));
  expect(refusal(() => delivered(HelmDelivery.flux({ version: '1.30.2' }))).message).toBe([
    'IM1607 at prod/chart/istio: the charts are not those of Istio 1.31, which the cluster declares.',
    '  got      \'1.30.2\'',
    '  allowed  1.31.x',
    '  next     use charts of that release, or declare the other: new MeshCluster(app, …, { istio: … })',
  ].join('\n'));
  expect(delivered(HelmDelivery.flux({ version: '1.30.2' }), { istio: IstioRelease.V1_30 })).toHaveLength(4);
});
option('FluxOptions.repository', 'is a repository or a registry', () => {
  expect(flux({})[0].spec).toEqual({ interval: '1h', url: 'https://istio-release.storage.googleapis.com/charts' });
  expect(flux({ repository: 'oci://example.com/charts/' })[0].spec).toEqual({ interval: '1h', url: 'oci://example.com/charts', type: 'oci' });
  expect(refusal(() => flux({ repository: 'http://example.com' })).code).toBe('IM1607');
});
option('FluxOptions.namespace', 'is that of the releases', () => {
  expect(flux({ namespace: 'gitops' }).map(({ metadata }) => metadata.namespace)).toEqual(['gitops', 'gitops', 'gitops', 'gitops']);
  expect(refusal(() => flux({ namespace: 'Git' })).code).toBe('IM0106');
});
option('FluxOptions.interval', 'is in seconds', () => expect(flux({ interval: Duration.minutes(5) })[1].spec.interval).toBe('300s'));
option('FluxOptions.retries', 'are those of installs and upgrades', () => {
  expect(flux({ retries: 0 })[1].spec).toMatchObject({ install: { remediation: { retries: 0 } }, upgrade: { remediation: { retries: 0 } } });
  expect(refusal(() => flux({ retries: -1 })).code).toBe('IM1607');
});
option('HelmDelivery.argoCd', 'is an Application a chart, in waves', () => {
  const made = argoCd({});
  expect(made.map(({ kind, metadata }) => [kind, `${metadata.namespace}/${metadata.name}`, (metadata.annotations as object)])).toEqual([
    ['Application', 'argocd/istio-base', { 'argocd.argoproj.io/sync-wave': '0' }],
    ['Application', 'argocd/istiod', { 'argocd.argoproj.io/sync-wave': '1' }],
    ['Application', 'argocd/edge', { 'argocd.argoproj.io/sync-wave': '2' }],
  ]);
  expect(made).toMatchSnapshot();
});
option('ArgoCdOptions.version', 'is one version', () => {
  expect(argoCd({})[1].spec.source.targetRevision).toBe('1.31.0');
  expect(refusal(() => argoCd({ version: '*' })).code).toBe('IM1607');
});
option('ArgoCdOptions.repository', 'is without a scheme for a registry', () => {
  expect(argoCd({ repository: 'oci://example.com/charts' })[1].spec.source.repoURL).toBe('example.com/charts');
  expect(argoCd({ repository: 'https://example.com/charts' })[1].spec.source.repoURL).toBe('https://example.com/charts');
});
option('ArgoCdOptions.namespace', 'is that of the Applications', () => expect(argoCd({ namespace: 'gitops' })[0].metadata.namespace).toBe('gitops'));
option('ArgoCdOptions.project', 'is that of the Applications', () => {
  expect(argoCd({ project: 'mesh' })[0].spec.project).toBe('mesh');
  expect(refusal(() => argoCd({ project: '' })).code).toBe('IM0106');
});
option('ArgoCdOptions.server', 'is where Istio goes', () => {
  expect(argoCd({ server: 'https://prod.example.com' })[0].spec.destination).toEqual({ server: 'https://prod.example.com', namespace: 'istio-system' });
  expect(refusal(() => argoCd({ server: 'prod' })).code).toBe('IM1607');
});
option('ArgoCdOptions.automated', 'is automatic, unless a sync needs a manual step', () => {
  expect(argoCd({})[0].spec.syncPolicy.automated).toEqual({ selfHeal: true });
  expect(argoCd({ automated: false })[0].spec.syncPolicy.automated).toBeUndefined();
});
