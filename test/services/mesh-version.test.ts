import { Chart, Duration } from 'cdk8s';
import {
  ContainerProps, Deployment, DeploymentStrategy, DnsPolicy, Metric, MetricTarget, PercentOrAbsolute,
  Replicas, Secret, ServiceAccount, Volume,
} from 'cdk8s-plus-28';
import { placements } from './pods/placement-proofs';
import { app, chart, find, findAll, KubeObject, refusal, service, version } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { MeshNamespace, MeshPort, MeshVersion, MeshVersionOptions } from 'cdk8s-istio';

const containers: ContainerProps[] = [{ image: 'example.com/app:1' }];

/** The objects of a service with one version of these options. */
function objects(options: Partial<MeshVersionOptions>, root = chart()): KubeObject[] {
  service(root, 'reviews', { versions: { v1: MeshVersion.of({ containers, ...options }) } });
  return valid(root);
}

const deployment = (options: Partial<MeshVersionOptions>, root?: Chart) => find(objects(options, root), 'Deployment', 'reviews-v1').spec;
const pod = (options: Partial<MeshVersionOptions>, root?: Chart) => deployment(options, root).template.spec;

option('MeshVersion.of', 'is a Deployment, whose pods the Service selects', () => {
  const written = objects({});
  expect(written.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ServiceAccount reviews', 'Service reviews', 'Deployment reviews-v1', 'DestinationRule reviews',
  ]);
  expect(find(written, 'Deployment', 'reviews-v1').spec.template.metadata).toEqual({ labels: { app: 'reviews', version: 'v1' } });
});

option('MeshVersionOptions.containers', 'are the containers of the pods', () => {
  const given = [{ name: 'app', image: 'example.com/app:1', portNumber: 8080 }, { name: 'side', image: 'example.com/side:1' }];
  const written: { name: string; image: string }[] = pod({ containers: given }).containers;
  expect(written.map(({ name, image }) => [name, image])).toEqual([['app', 'example.com/app:1'], ['side', 'example.com/side:1']]);
});

option('MeshVersionOptions.initContainers', 'run before the others', () => {
  const given = [{ image: 'example.com/a:1' }, { name: 'second', image: 'example.com/b:1' }];
  const written: { name: string; image: string }[] = pod({ initContainers: given }).initContainers;
  expect(written.map(({ name, image }) => [name, image])).toEqual([['init-0', 'example.com/a:1'], ['second', 'example.com/b:1']]);
});

option('MeshVersionOptions.volumes', 'are volumes of the pods, though no container mounts them', () => {
  const root = chart();
  expect(pod({ volumes: [Volume.fromEmptyDir(root, 'volume', 'scratch')] }, root).volumes).toEqual([{ name: 'scratch', emptyDir: {} }]);
});

test('volumes that a container mounts are found there', () => {
  const root = chart();
  const volumeMounts = [{ path: '/tmp', volume: Volume.fromEmptyDir(root, 'volume', 'scratch') }];
  expect(pod({ containers: [{ ...containers[0], volumeMounts }] }, root).volumes)
    .toEqual([{ name: 'scratch', emptyDir: {} }]);
});

option('MeshVersionOptions.nodes', 'are where pods may run', () => placements.nodes(options => pod(options)));
option('MeshVersionOptions.preferredNodes', 'are where pods run if there is room', () => placements.preferredNodes(options => pod(options)));
option('MeshVersionOptions.tolerations', 'are taints that pods bear', () => placements.tolerations(options => pod(options)));
option('MeshVersionOptions.priorityClassName', 'is the priority of the pods', () => placements.priorityClassName(options => pod(options)));
option('MeshVersionOptions.schedulerName', 'is who finds nodes for the pods', () => placements.schedulerName(options => pod(options)));
option('MeshVersionOptions.runtimeClassName', 'is what runs the containers', () => placements.runtimeClassName(options => pod(options)));

option('MeshVersionOptions.replicas', 'is the number of pods, and from the second on a budget', () => {
  expect(deployment({}).replicas).toBe(1);
  expect(findAll(objects({ replicas: 1 }), 'PodDisruptionBudget')).toEqual([]);
  expect(deployment({ replicas: 0 }).replicas).toBe(0);
  expect(deployment({ replicas: 2 }).replicas).toBe(2);
  expect(findAll(objects({ replicas: 2 }), 'PodDisruptionBudget')).toEqual([{
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'reviews-v1', namespace: 'shop', labels: { app: 'reviews', version: 'v1' } },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'reviews', version: 'v1' } } },
  }]);
});

option('MeshVersionOptions.autoscaling', 'is an autoscaler in place of a number of pods, with a budget', () => {
  const written = objects({ autoscaling: { maxReplicas: 4 } });
  expect(find(written, 'Deployment', 'reviews-v1').spec.replicas).toBeUndefined();
  expect(find(written, 'HorizontalPodAutoscaler', 'reviews-v1').metadata)
    .toEqual({ name: 'reviews-v1', namespace: 'shop', labels: { app: 'reviews', version: 'v1' } });
  expect(find(written, 'HorizontalPodAutoscaler', 'reviews-v1').spec).toMatchObject({
    minReplicas: 1,
    maxReplicas: 4,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'reviews-v1' },
  });
  expect(findAll(written, 'PodDisruptionBudget')).toHaveLength(1);
});

const autoscaler = (options: MeshVersionOptions['autoscaling']) =>
  find(objects({ autoscaling: options }), 'HorizontalPodAutoscaler', 'reviews-v1').spec;

option('Autoscaling.maxReplicas', 'is the highest number of pods', () => {
  expect(autoscaler({ maxReplicas: 7 }).maxReplicas).toBe(7);
});

option('Autoscaling.minReplicas', 'is the lowest number of pods', () => {
  expect(autoscaler({ minReplicas: 3, maxReplicas: 7 }).minReplicas).toBe(3);
});

option('Autoscaling.metrics', 'are what is measured', () => {
  expect(autoscaler({ maxReplicas: 7, metrics: [Metric.resourceMemory(MetricTarget.averageUtilization(60))] }).metrics)
    .toEqual([{ type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } }]);
});

option('Autoscaling.scaleUp', 'is how fast pods are added', () => {
  const scaleUp = { stabilizationWindow: Duration.seconds(30), policies: [{ replicas: Replicas.absolute(2), duration: Duration.seconds(15) }] };
  expect(autoscaler({ maxReplicas: 7, scaleUp }).behavior.scaleUp)
    .toEqual({ policies: [{ periodSeconds: 15, type: 'Pods', value: 2 }], selectPolicy: 'Max', stabilizationWindowSeconds: 30 });
});

option('Autoscaling.scaleDown', 'is how fast pods are removed', () => {
  const scaleDown = { stabilizationWindow: Duration.seconds(90), policies: [{ replicas: Replicas.absolute(2), duration: Duration.seconds(45) }] };
  expect(autoscaler({ maxReplicas: 7, scaleDown }).behavior.scaleDown)
    .toEqual({ policies: [{ periodSeconds: 45, type: 'Pods', value: 2 }], selectPolicy: 'Max', stabilizationWindowSeconds: 90 });
});

option('MeshVersionOptions.spreadOverZones', 'is a preference for zones with fewer pods, unless it is not wanted', () => {
  const preference = [{
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: 'reviews', version: 'v1' } },
  }];
  expect(pod({}).topologySpreadConstraints).toEqual(preference);
  expect(pod({ spreadOverZones: true }).topologySpreadConstraints).toEqual(preference);
  expect(pod({ spreadOverZones: false }).topologySpreadConstraints).toBeUndefined();
});

option('MeshVersionOptions.serviceAccount', 'is the identity of the pods, in place of one that is made', () => {
  const root = chart();
  const written = objects({ serviceAccount: ServiceAccount.fromServiceAccountName(root, 'account', 'mine') }, root);
  expect(find(written, 'Deployment', 'reviews-v1').spec.template.spec.serviceAccountName).toBe('mine');
  expect(findAll(written, 'ServiceAccount')).toEqual([]);
});

option('MeshVersionOptions.podLabels', 'are labels of the pods beside app and version, and select nothing', () => {
  const { template, selector } = deployment({ podLabels: { tier: 'web' } });
  expect(template.metadata.labels).toEqual({ app: 'reviews', version: 'v1', tier: 'web' });
  expect(selector).toEqual({ matchLabels: { app: 'reviews', version: 'v1' } });
});

option('MeshVersionOptions.podAnnotations', 'are annotations of the pods', () => {
  expect(deployment({ podAnnotations: { 'proxy.istio.io/config': '{}' } }).template.metadata.annotations).toEqual({ 'proxy.istio.io/config': '{}' });
});

option('MeshVersionOptions.securityContext', 'is the security context of the pods', () => {
  expect(pod({ securityContext: { user: 1000, fsGroup: 2000 } }).securityContext)
    .toEqual({ fsGroupChangePolicy: 'Always', runAsNonRoot: true, runAsUser: 1000, fsGroup: 2000, seccompProfile: { type: 'RuntimeDefault' } });
});

option('MeshVersionOptions.terminationGracePeriod', 'is how long a pod may take to end', () => {
  expect(pod({ terminationGracePeriod: Duration.minutes(2) }).terminationGracePeriodSeconds).toBe(120);
});

option('MeshVersionOptions.strategy', 'is how pods are replaced', () => {
  expect(deployment({ strategy: DeploymentStrategy.recreate() }).strategy).toEqual({ type: 'Recreate' });
  const strategy = DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.absolute(1), maxUnavailable: PercentOrAbsolute.absolute(0) });
  expect(deployment({ strategy }).strategy)
    .toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
});

option('MeshVersionOptions.minReady', 'is how long a pod has to be ready', () => {
  expect(deployment({ minReady: Duration.seconds(5) }).minReadySeconds).toBe(5);
});

option('MeshVersionOptions.progressDeadline', 'is how long a rollout may take', () => {
  expect(deployment({ progressDeadline: Duration.minutes(2) }).progressDeadlineSeconds).toBe(120);
});

option('MeshVersionOptions.dockerRegistryAuth', 'is the Secret of the registry', () => {
  const root = chart();
  expect(pod({ dockerRegistryAuth: Secret.fromSecretName(root, 'auth', 'registry') }, root).imagePullSecrets).toEqual([{ name: 'registry' }]);
});

option('MeshVersionOptions.automountServiceAccountToken', 'is whether pods get a token', () => {
  expect(pod({}).automountServiceAccountToken).toBe(false);
  expect(pod({ automountServiceAccountToken: true }).automountServiceAccountToken).toBe(true);
});

option('MeshVersionOptions.dns', 'is how pods resolve names', () => {
  const { dnsPolicy, dnsConfig } = pod({ dns: { policy: DnsPolicy.DEFAULT, searches: ['example.com'] } });
  expect([dnsPolicy, dnsConfig.searches]).toEqual(['Default', ['example.com']]);
});

option('MeshVersionOptions.hostAliases', 'are entries of the hosts file', () => {
  expect(pod({ hostAliases: [{ ip: '192.0.2.1', hostnames: ['legacy.example.com'] }] }).hostAliases)
    .toEqual([{ ip: '192.0.2.1', hostnames: ['legacy.example.com'] }]);
});

describe('a workload that is there', () => {
  const setting = () => {
    const root = new Chart(app(), 'chart');
    const namespace = new MeshNamespace(root, 'bookinfo');
    const make = (name = 'legacy') => new Deployment(namespace, name, { metadata: namespace.metadata(name), containers, replicas: 2 });
    return { root, namespace, make };
  };

  option('MeshVersion.fromWorkload', 'gets the labels app and version on its pods, and keeps the rest', () => {
    const { root, namespace, make } = setting();
    const legacy = make();
    const before = find(valid(root), 'Deployment', 'legacy');
    const reviews = service(namespace, 'reviews', { versions: { v1: MeshVersion.fromWorkload(legacy), v2: version() } });
    expect(reviews.deploymentOf('v1')).toBe(legacy);
    const written = valid(root);
    const { spec } = find(written, 'Deployment', 'legacy');
    expect(spec).toEqual({
      ...before.spec,
      template: { ...before.spec.template, metadata: { labels: { ...before.spec.template.metadata.labels, app: 'reviews', version: 'v1' } } },
    });
    expect(findAll(written, 'PodDisruptionBudget')).toEqual([]);
    expect(find(written, 'Service', 'reviews').spec.selector).toEqual({ app: 'reviews' });
    expect(find(written, 'DestinationRule', 'reviews').spec.subsets)
      .toEqual([{ name: 'v1', labels: { version: 'v1' } }, { name: 'v2', labels: { version: 'v2' } }]);
    expect(findAll(written, 'ServiceAccount').map(({ metadata }) => metadata.name)).toEqual(['reviews']);
  });

  test('takes late labels and annotations like any other', () => {
    const { root, namespace, make } = setting();
    const reviews = service(namespace, 'reviews', { versions: { v1: MeshVersion.fromWorkload(make()) } });
    reviews.addPodLabel('example.com/dns', 'captured');
    reviews.addPodAnnotation('example.com/scrape', 'yes');
    expect(find(valid(root), 'Deployment', 'legacy').spec.template.metadata).toMatchObject({
      labels: { 'app': 'reviews', 'version': 'v1', 'example.com/dns': 'captured' }, annotations: { 'example.com/scrape': 'yes' },
    });
    expect(findAll(valid(root), 'ServiceAccount')).toEqual([]);
  });

  test('cannot be two versions, or of two services', () => {
    const { namespace, make } = setting();
    const legacy = make();
    const workload = MeshVersion.fromWorkload(legacy);
    expect(refusal(() => service(namespace, 'reviews', { versions: { v1: workload, v2: workload } })).message).toBe([
      'IM1110 at chart/bookinfo/reviews/v2: the pods of reviews-v2 already have the label version with another value.',
      '  got      \'v2\'',
      '  allowed  v1',
      '  next     put the workload into the namespace of the service, and let the library set `app` and `version`',
    ].join('\n'));
    expect(refusal(() => service(namespace, 'ratings', { versions: { v1: workload } })).message).toMatch(
      /^IM1110 at chart\/bookinfo\/ratings\/v1: the pods of ratings-v1 already have the label app with another value\.\n {2}got {6}'ratings'\n {2}allowed {2}reviews\n/);
  });

  test.each<[string, ContainerProps[], MeshPort, string]>([
    ['names a container that is not there', containers, MeshPort.http(80, { container: 'web' }),
      'port 80 names an unknown container.\n  got      \'web\'\n  allowed  main\n  next     set the container in the options of the port'],
    ['leads to a port without a listener', [{ ...containers[0], portNumber: 8080 }], MeshPort.http(80),
      'no container listens for port 80: no container declares TCP port 80.\n  got      80\n  allowed  8080 TCP (main)'
        + '\n  next     set the port of the container, { targetPort: … }, or declare it in the container'],
    ['leads to another container', [{ name: 'a', image: 'a', portNumber: 1 }, { name: 'b', image: 'b', portNumber: 2 }], MeshPort.http(1, { container: 'b' }),
      'no container listens for port 1: container b does not declare TCP port 1.\n  got      1\n  allowed  2 TCP (b)'
        + '\n  next     set the port of the container, { targetPort: … }, or declare it in the container'],
  ])('is refused for a port that %s', (_, given, port, message) => {
    const root = chart();
    const legacy = new Deployment(root, 'legacy', { metadata: { name: 'legacy', namespace: 'shop' }, containers: given });
    expect(refusal(() => service(root, 'reviews', { ports: [port], versions: { v1: MeshVersion.fromWorkload(legacy) } })).message)
      .toBe(`IM1107 at chart/reviews/v1: ${message}`);
  });

  test('is taken where a container declares the port, or none declares any', () => {
    const root = chart();
    const make = (name: string, given: ContainerProps[]) =>
      MeshVersion.fromWorkload(new Deployment(root, name, { metadata: { name, namespace: 'shop' }, containers: given }));
    const ports = [MeshPort.http(80, { targetPort: 8080, container: 'web' })];
    const web = { name: 'web', image: 'example.com/web:1' };
    service(root, 'reviews', { ports, versions: { v1: make('a', [{ ...web, portNumber: 8080 }, { name: 'b', image: 'b', portNumber: 1 }]), v2: make('b', [web]) } });
    expect(findAll(valid(root), 'Deployment')).toHaveLength(2);
  });

  test('has to be in the namespace of the service', () => {
    const { root, namespace } = setting();
    const stray = new Deployment(root, 'stray', { metadata: { name: 'stray', namespace: 'other' }, containers });
    expect(refusal(() => service(namespace, 'reviews', { versions: { v1: MeshVersion.fromWorkload(stray) } })).message).toBe([
      'IM1110 at chart/bookinfo/reviews/v1: the Deployment stray is in another namespace than the service.',
      '  got      \'other\'',
      '  allowed  bookinfo',
      '  next     create the Deployment with { metadata: namespace.metadata(\'…\') }',
    ].join('\n'));
  });
});

describe('refused', () => {
  const tried = (options: object) => refusal(() => objects(options as MeshVersionOptions));

  test.each<[string, object, string]>([
    ['no container', { containers: [] },
      'IM1103 at chart/reviews/v1: the version has no container.\n  got      []'
        + '\n  next     add at least one container'],
    ['two unnamed containers', { containers: [containers[0], containers[0]] },
      'IM1106 at chart/reviews/v1: two containers have the name main.\n  got      ["main","main"]\n  next     give the containers names'],
    ['an init container of the same name', { initContainers: [{ name: 'main', image: 'example.com/a:1' }] },
      'IM1106 at chart/reviews/v1: two containers have the name main.\n  got      ["main","main"]\n  next     give the containers names'],
    ['a container without an image', { containers: [{ image: '' }] }, [
      'IM0001 at chart/reviews/v1: a container has no image.',
      '  got      \'\'',
      '  allowed  the reference of an image, such as docker.io/library/nginx:1.27',
      '  next     write an allowed value',
    ].join('\n')],
    ['replicas beside autoscaling', { replicas: 2, autoscaling: { maxReplicas: 3 } },
      'IM1109 at chart/reviews/v1: replicas and autoscaling are both set.\n  got      {"replicas":2,"autoscaling":{"maxReplicas":3}}'
        + '\n  next     keep one of the two'],
    ['half a pod', { replicas: 1.5 },
      'IM1108 at chart/reviews/v1: replicas is not a valid number of pods.\n  got      1.5\n  allowed  a whole number, at least 0'
        + '\n  next     correct the numbers'],
    ['a highest number below the lowest', { autoscaling: { minReplicas: 3, maxReplicas: 2 } },
      'IM1108 at chart/reviews/v1: autoscaling.maxReplicas is not a valid number of pods.\n  got      2\n  allowed  a whole number, at least 3'
        + '\n  next     correct the numbers'],
    ['the label app', { podLabels: { app: 'mine' } }, [
      'IM1110 at chart/reviews/v1: the library sets the label app, by which the service selects its pods.',
      '  got      {"app":"mine"}',
      '  next     put the workload into the namespace of the service, and let the library set `app` and `version`',
    ].join('\n')],
  ])('%s', (_, options, message) => {
    expect(tried(options).message).toBe(message);
  });

  test.each<[string, object, string]>([
    ['fewer than no pods', { replicas: -1 }, 'IM1108'],
    ['no number of pods', { replicas: NaN }, 'IM1108'],
    ['endless pods', { replicas: Infinity }, 'IM1108'],
    ['pods as text', { replicas: '2' }, 'IM0001'],
    ['no lowest number', { autoscaling: { minReplicas: 0, maxReplicas: 2 } }, 'IM1108'],
    ['no highest number', { autoscaling: {} }, 'IM0001'],
    ['an unknown option of autoscaling', { autoscaling: { maxReplicas: 2, max: 3 } }, 'IM0001'],
    ['an invalid metric', { autoscaling: { maxReplicas: 2, metrics: [{}] } }, 'IM0001'],
    ['the label version', { podLabels: { version: 'v1' } }, 'IM1110'],
    ['an invalid label', { podLabels: { 'a b': 'c' } }, 'IM0107'],
    ['an invalid annotation', { podAnnotations: { 'a b': 'c' } }, 'IM0110'],
    ['an annotation without text', { podAnnotations: { a: 5 } }, 'IM0001'],
    ['containers that are no list', { containers: {} }, 'IM0001'],
    ['a container that is nothing', { containers: [null] }, 'IM0001'],
    ['a container named in capitals', { containers: [{ name: 'App', image: 'example.com/app:1' }] }, 'IM0106'],
    ['a container with one port twice', { containers: [{ ...containers[0], ports: [{ number: 1 }, { number: 1 }] }] }, 'IM0002'],
    ['a duration as a number', { minReady: 5 }, 'IM0001'],
    ['a duration of another make', { minReady: {} }, 'IM0001'],
    ['a strategy by name', { strategy: 'Recreate' }, 'IM0001'],
    ['a volume by name', { volumes: ['scratch'] }, 'IM0001'],
    ['a misspelled option', { replica: 2 }, 'IM0001'],
  ])('%s', (_, options, code) => {
    expect(tried(options).code).toBe(code);
  });

  test('half a second that Kubernetes has no field for', () => {
    expect(tried({ minReady: Duration.millis(500) }).message).toBe([
      'IM0002 at chart/reviews/v1: \'500 millis\' cannot be converted into a whole number of seconds.',
      '  next     follow the message of cdk8s-plus',
    ].join('\n'));
  });

  test.each<[string, unknown]>([['nothing', undefined], ['a text', 'legacy'], ['an object', {}]])('%s in place of a Deployment', (_, workload) => {
    expect(refusal(() => MeshVersion.fromWorkload(workload as Deployment)).code).toBe('IM0001');
  });
});
