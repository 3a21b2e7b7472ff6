import { App, Chart } from 'cdk8s';
import { ConfigMap, Deployment, Env, EnvValue, PersistentVolumeClaim, Secret, Service, ServiceAccount, StatefulSet, Volume } from 'cdk8s-plus-28';
import { app, messages, service } from '../../helpers/build';
import { MeshJob, MeshNamespace, MeshPort, MeshVersion, PodOptions, StatefulMeshService } from 'cdk8s-istio';

const image = 'example.com/app:1';
const ports = [MeshPort.http(8080)];

/** Whatever makes pods, or takes those that are there. */
const MADE: [string, (scope: MeshNamespace, options: PodOptions) => unknown][] = [
  ['a version', (scope, options) => service(scope, 'pods', { ports, versions: { v1: MeshVersion.of(options) } })],
  ['a Deployment that is there', (scope, options) => {
    const deployment = new Deployment(scope, 'deployment', { ...options, metadata: scope.metadata('pods') });
    return service(scope, 'pods', { ports, versions: { v1: MeshVersion.fromWorkload(deployment) } });
  }],
  ['a stateful service', (scope, options) => new StatefulMeshService(scope, 'pods', { ports, replicas: 1, ...options })],
  ['a StatefulSet that is there', (scope, options) => {
    const headless = new Service(scope, 'headless', { metadata: scope.metadata('pods-headless'), clusterIP: 'None', ports: [{ port: 8080 }] });
    const workload = new StatefulSet(scope, 'set', { ...options, metadata: scope.metadata('set'), service: headless });
    return StatefulMeshService.fromWorkload(scope, 'pods', { workload, ports });
  }],
  ['a job', (scope, options) => new MeshJob(scope, 'pods', options)],
];

/** What pods refer to in a namespace. */
const REFERRED: [string, (at: Chart, namespace: string) => PodOptions][] = [
  ['ConfigMap settings', (at, namespace) => {
    const settings = new ConfigMap(at, 'made', { metadata: { name: 'settings', namespace } });
    return { containers: [{ image, envFrom: [Env.fromConfigMap(settings)] }] };
  }],
  ['Secret keys', (at, namespace) => {
    const keys = new Secret(at, 'made', { metadata: { name: 'keys', namespace } });
    return { containers: [{ image, envFrom: [Env.fromSecret(keys)] }] };
  }],
  ['Secret registry', (at, namespace) => ({
    containers: [{ image }], dockerRegistryAuth: new Secret(at, 'made', { metadata: { name: 'registry', namespace } }),
  })],
  ['ServiceAccount robot', (at, namespace) => ({
    containers: [{ image }], serviceAccount: new ServiceAccount(at, 'made', { metadata: { name: 'robot', namespace } }),
  })],
  ['ConfigMap files', (at, namespace) => {
    const files = new ConfigMap(at, 'made', { metadata: { name: 'files', namespace } });
    return { containers: [{ image, volumeMounts: [{ path: '/files', volume: Volume.fromConfigMap(at, 'volume', files) }] }] };
  }],
  ['Secret value', (at, namespace) => {
    const secret = new Secret(at, 'made', { metadata: { name: 'value', namespace } });
    return { containers: [{ image, envVariables: { TOKEN: EnvValue.fromSecretValue({ secret, key: 'token' }) } }] };
  }],
  ['PersistentVolumeClaim disk', (at, namespace) => {
    const claim = new PersistentVolumeClaim(at, 'made', { metadata: { name: 'disk', namespace } });
    return { containers: [{ image, volumeMounts: [{ path: '/disk', volume: Volume.fromPersistentVolumeClaim(at, 'volume', claim) }] }] };
  }],
];

describe.each(MADE)('%s', (_, make) => {
  const tried = (refer: (at: Chart, namespace: string) => PodOptions, namespace: string) => {
    const chart = new Chart(app(), 'chart');
    new MeshNamespace(chart, 'other');
    make(new MeshNamespace(chart, 'shop'), refer(chart, namespace));
    return messages(chart).filter(text => text.startsWith('IM1715'));
  };

  test.each(REFERRED)('%s of another namespace', (what, refer) => {
    const kind = what.split(' ')[0];
    expect(tried(refer, 'other').map(text => text.replace(/at \S+:/, 'at …:'))).toEqual([[
      `IM1715 at …: the pods refer to ${what} of namespace other, but can only use those of their own namespace.`,
      '  got      \'other\'',
      '  allowed  shop',
      `  next     create it in namespace shop, or refer to an existing one: ${kind}.from${kind}Name(…)`,
    ].join('\n')]);
    expect(tried(refer, 'shop')).toEqual([]);
  });

  test('those that are named alone', () => {
    expect(tried(at => ({
      containers: [{ image, envFrom: [Env.fromConfigMap(ConfigMap.fromConfigMapName(at, 'known', 'settings'))] }],
      dockerRegistryAuth: Secret.fromSecretName(at, 'registry', 'registry'),
    }), 'other')).toEqual([]);
  });

  test('those that are named alone, where another namespace has one of that name', () => {
    expect(tried(at => {
      new ConfigMap(at, 'made', { metadata: { name: 'settings', namespace: 'other' } });
      new ServiceAccount(at, 'account', { metadata: { name: 'runner', namespace: 'other' } });
      return {
        containers: [{ image, envFrom: [Env.fromConfigMap(ConfigMap.fromConfigMapName(at, 'known', 'settings'))] }],
        serviceAccount: ServiceAccount.fromServiceAccountName(at, 'runner', 'runner', { namespaceName: 'shop' }),
      };
    }, 'other')).toEqual([]);
  });
});

test('what is optional may be missing; what comes after one validation is looked for by the next', () => {
  const chart = new Chart(app(), 'chart');
  const settings = ConfigMap.fromConfigMapName(chart, 'known', 'settings');
  const [optional, needed] = [true, false].map(each => EnvValue.fromConfigMap(settings, 'a', { optional: each }));
  const scope = new MeshNamespace(chart, 'shop');
  service(scope, 'pods', { versions: { v1: MeshVersion.of({ containers: [{ image, envVariables: { A: optional } }] }) } });
  service(scope, 'others', { versions: { v1: MeshVersion.of({ containers: [{ image, envVariables: { A: needed } }] }) } });
  expect(messages(chart.node.root as App)).toEqual([]);
  new ConfigMap(chart, 'made', { metadata: { name: 'settings', namespace: 'other' } });
  expect(messages(chart.node.root as App)).toEqual([expect.stringContaining('IM1715 at chart/shop/others/v1: the pods refer to ConfigMap settings of namespace other')]);
});

test('a volume of a name that another namespace has as well, where the namespace of the pods exists already', () => {
  const chart = new Chart(app(), 'chart');
  const [, refer] = REFERRED[4];
  service(MeshNamespace.fromExisting(chart, 'shop'), 'pods', { versions: { v1: MeshVersion.of(refer(chart, 'other')) } });
  expect(messages(chart)).toEqual([]);
});
