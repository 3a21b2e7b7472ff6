import { Chart, Duration, Size } from 'cdk8s';
import {
  DnsPolicy, EnvValue, k8s, PersistentVolumeAccessMode, PodManagementPolicy, Secret, Service, ServiceAccount, StatefulSet,
  StatefulSetUpdateStrategy, Volume,
} from 'cdk8s-plus-28';
import { app, chart, find, findAll, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { placements } from '../pods/placement-proofs';
import {
  CanarySplit, CallMatch, ClaimRetentionPolicy, IStatefulMeshService, MeshNamespace, MeshPort, MeshServiceType, PodRegistry, SplitRule, SplitTarget,
  StatefulMeshService, StatefulMeshServiceProps, StatefulServiceAttributes, StatefulWorkloadOptions, StringMatch,
  VolumeClaim,
} from 'cdk8s-istio';

const containers = [{ name: 'db', image: 'example.com/db:1' }];

function db(overrides: Partial<StatefulMeshServiceProps> = {}, root = chart(), id = 'db'): StatefulMeshService {
  return new StatefulMeshService(root, id, { replicas: 3, ports: [MeshPort.http(8080)], containers, ...overrides });
}

/** The StatefulSet of these properties. */
function set(overrides: Partial<StatefulMeshServiceProps> = {}): any {
  const root = chart();
  db(overrides, root);
  return findAll(valid(root), 'StatefulSet')[0];
}

/** The annotations of pods that tell metrics on port 9102. */
const told = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics', 'prometheus.istio.io/merge-metrics': 'true' };

/** The specification of its pods. */
const pod = (overrides: Partial<StatefulMeshServiceProps>) => set(overrides).spec.template.spec;

/** An object of these properties. */
function made(kind: string, name: string, overrides: Partial<StatefulMeshServiceProps>) {
  const root = chart();
  db(overrides, root);
  return find(valid(root), kind, name);
}

option('StatefulMeshService.constructor', 'a full chart', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'data');
  const store = new StatefulMeshService(namespace, 'store', {
    replicas: 5,
    firstOrdinal: 2,
    ports: [MeshPort.http(9090, { suffix: 'web', container: 'db' }), MeshPort.grpc(10901, { container: 'proxy' })],
    peerPorts: [MeshPort.tcp(7000, { suffix: 'gossip', container: 'db' })],
    containers: [...containers, { name: 'proxy', image: 'example.com/proxy:1' }],
    publishNotReadyAddresses: true,
    podManagementPolicy: PodManagementPolicy.PARALLEL,
    strategy: StatefulSetUpdateStrategy.rollingUpdate({ partition: 4 }),
    volumeClaims: { data: { size: Size.gibibytes(10), mountPath: '/data', container: 'db' } },
    version: 'v2',
  });
  store.container('db').env.addVariable('PEERS', EnvValue.fromValue(store.podList('{host}').join('\n')));
  expect(valid(root)).toMatchSnapshot();
});

option('StatefulMeshServiceProps.name', 'names the StatefulSet, its Services, identity and budget', () => {
  const root = chart();
  const named = db({ name: 'database' }, root);
  expect([named.serviceName, named.namespace, named.host, named.podLabels]).toEqual(['database', 'shop', 'database.shop.svc.cluster.local', { app: 'database' }]);
  expect(valid(root).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ServiceAccount database', 'Service database-headless', 'Service database', 'StatefulSet database', 'PodDisruptionBudget database.pods',
    'DestinationRule database-headless',
  ]);
});

option('StatefulMeshServiceProps.headlessName', 'names the headless Service, and is a part of the hosts of pods', () => {
  expect(made('Service', 'peers', { headlessName: 'peers' }).spec.clusterIP).toBe('None');
  expect(set({ headlessName: 'peers' }).spec.serviceName).toBe('peers');
  expect(db({ headlessName: 'peers' }).pod(0).shortHost).toBe('db-0.peers');
});

option('StatefulMeshServiceProps.replicas', 'is the number of pods, of which the budget leaves a majority', () => {
  expect(set({ replicas: 4 }).spec.replicas).toBe(4);
  const budgets = [1, 2, 3, 4, 5, 6, 7].map(replicas => made('PodDisruptionBudget', 'db.pods', { replicas }).spec.maxUnavailable);
  expect(budgets).toEqual([1, 1, 1, 1, 2, 2, 3]);
});

option('StatefulMeshServiceProps.firstOrdinal', 'is where the ordinals begin', () => {
  expect(set({ firstOrdinal: 5 }).spec.ordinals).toEqual({ start: 5 });
  expect(set().spec.ordinals).toBeUndefined();
  expect(db({ firstOrdinal: 5 }).pods.map(each => each.podName)).toEqual(['db-5', 'db-6', 'db-7']);
});

option('StatefulMeshServiceProps.ports', 'are the ports of both Services and of the container; who dials a pod dials its own', () => {
  const ports = [MeshPort.http(80, { targetPort: 8080 })];
  const wanted = [{ name: 'http', appProtocol: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }];
  expect(made('Service', 'db', { ports }).spec.ports).toEqual(wanted);
  expect(made('Service', 'db-headless', { ports }).spec.ports).toEqual([{ ...wanted[0], port: 8080 }]);
  expect(pod({ ports }).containers[0].ports).toEqual([{ containerPort: 8080, protocol: 'TCP' }]);
  const peersOnly = db({ ports: undefined, peerPorts: [MeshPort.http(8080)] });
  expect([peersOnly.serviceName, peersOnly.host, peersOnly.ports]).toEqual(['db-headless', 'db-headless.shop.svc.cluster.local', [MeshPort.http(8080)]]);
});

option('StatefulMeshServiceProps.peerPorts', 'are ports of the headless Service alone', () => {
  const peerPorts = [MeshPort.tcp(7000)];
  expect(made('Service', 'db-headless', { peerPorts }).spec.ports.map((port: k8s.ServicePort) => port.port)).toEqual([8080, 7000]);
  expect(made('Service', 'db', { peerPorts }).spec.ports.map((port: k8s.ServicePort) => port.port)).toEqual([8080]);
  expect(db({ peerPorts }).ports.map(({ port }) => port)).toEqual([8080]);
});

option('StatefulMeshServiceProps.type', 'is the kind of the Service for clients', () => {
  const overrides = { type: MeshServiceType.nodePort(), ports: [MeshPort.http(8080, { nodePort: 30080 })] };
  expect(made('Service', 'db', overrides).spec).toMatchObject({ type: 'NodePort', ports: [{ nodePort: 30080 }] });
  expect(made('Service', 'db-headless', overrides).spec.ports[0].nodePort).toBeUndefined();
  expect(refusal(() => db({ ports: [MeshPort.http(8080, { nodePort: 30080 })] })).code).toBe('IM1114');
});

option('StatefulMeshServiceProps.publishNotReadyAddresses', 'publishes pods before they are ready, among peers only', () => {
  expect(made('Service', 'db-headless', { publishNotReadyAddresses: true }).spec.publishNotReadyAddresses).toBe(true);
  expect(made('Service', 'db', { publishNotReadyAddresses: true }).spec.publishNotReadyAddresses).toBeUndefined();
  expect(made('Service', 'db-headless', {}).spec.publishNotReadyAddresses).toBeUndefined();
});

option('StatefulMeshServiceProps.podManagementPolicy', 'is the order in which pods start, one after the other by default', () => {
  expect(set().spec.podManagementPolicy).toBe('OrderedReady');
  expect(set({ podManagementPolicy: PodManagementPolicy.ORDERED_READY }).spec.podManagementPolicy).toBe('OrderedReady');
  expect(set({ podManagementPolicy: PodManagementPolicy.PARALLEL }).spec.podManagementPolicy).toBe('Parallel');
});

option('StatefulMeshServiceProps.strategy', 'is rolling by default, and keeps the pods below a partition', () => {
  const { rollingUpdate, onDelete } = StatefulSetUpdateStrategy;
  expect(set().spec.updateStrategy).toEqual({ type: 'RollingUpdate' });
  expect(set({ strategy: rollingUpdate() }).spec.updateStrategy).toEqual({ type: 'RollingUpdate' });
  expect(db({ strategy: rollingUpdate() }).partition).toBeUndefined();
  expect(set({ strategy: rollingUpdate({ partition: 2 }) }).spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
  expect(db({ strategy: rollingUpdate({ partition: 2 }) }).partition).toBe(2);
  expect(set({ strategy: onDelete() }).spec.updateStrategy).toEqual({ type: 'OnDelete' });
});
test.each([-1, 1.5, '2'])('a partition of %p is refused', partition => {
  expect(refusal(() => db({ strategy: StatefulSetUpdateStrategy.rollingUpdate({ partition: partition as number }) })).code).toBe('IM1108');
});

option('StatefulMeshServiceProps.minReady', 'is how long a pod is ready before it counts', () => {
  expect(set({ minReady: Duration.minutes(1) }).spec.minReadySeconds).toBe(60);
});

const claim = { size: Size.gibibytes(50), mountPath: '/data' };
function claimed(overrides: Partial<VolumeClaim> = {}, more: Partial<StatefulMeshServiceProps> = {}): any {
  return set({ volumeClaims: { data: { ...claim, ...overrides } }, ...more }).spec;
}
option('StatefulMeshServiceProps.volumeClaims', 'are claimed by every pod, in the order of their names', () => {
  const { spec } = set({ volumeClaims: { wal: { ...claim, mountPath: '/wal' }, data: claim } });
  expect(spec.volumeClaimTemplates.map(({ metadata }: any) => metadata.name)).toEqual(['data', 'wal']);
  expect(spec.template.spec.containers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }, { name: 'wal', mountPath: '/wal' }]);
});
option('VolumeClaim.size', 'is what is asked of the storage', () => {
  expect(claimed().volumeClaimTemplates).toEqual([{
    metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '50Gi' } } },
  }]);
  expect(refusal(() => claimed({ size: Size.kibibytes(0) })).code).toBe('IM1121');
});
option('VolumeClaim.mountPath', 'is where the container finds it, and nothing else', () => {
  expect(claimed().template.spec.containers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
  expect(refusal(() => claimed({ mountPath: 'data' })).code).toBe('IM1121');
  const root = chart();
  db({ volumeClaims: { data: claim, other: claim } }, root);
  expect(messages(root)).toEqual([expect.stringContaining('IM1121')]);
});
option('VolumeClaim.container', 'is the one that mounts it, where there are several', () => {
  const several = { containers: [...containers, { name: 'proxy', image: 'example.com/proxy:1' }], ports: [MeshPort.http(8080, { container: 'db' })] };
  const mounts = claimed({ container: 'proxy' }, several).template.spec.containers.map((each: any) => each.volumeMounts);
  expect(mounts).toEqual([undefined, [{ name: 'data', mountPath: '/data' }]]);
  const first = claimed({ container: 'setup' }, { initContainers: [{ name: 'setup', image: 'example.com/setup:1' }] });
  expect(first.template.spec.initContainers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
  expect(refusal(() => claimed({}, several)).code).toBe('IM1107');
  expect(refusal(() => claimed({ container: 'web' })).code).toBe('IM1107');
});
option('VolumeClaim.storageClassName', 'is the class of storage', () => {
  expect(claimed({ storageClassName: 'fast' }).volumeClaimTemplates[0].spec.storageClassName).toBe('fast');
  expect(refusal(() => claimed({ storageClassName: '' })).code).toBe('IM1121');
});
option('VolumeClaim.accessModes', 'are those of the claim', () => {
  const { READ_WRITE_ONCE, READ_ONLY_MANY } = PersistentVolumeAccessMode;
  const { accessModes } = claimed({ accessModes: [READ_WRITE_ONCE, READ_ONLY_MANY] }).volumeClaimTemplates[0].spec;
  expect(accessModes).toEqual(['ReadWriteOnce', 'ReadOnlyMany']);
  expect(refusal(() => claimed({ accessModes: [] })).code).toBe('IM1121');
  expect(refusal(() => claimed({ accessModes: [PersistentVolumeAccessMode.READ_WRITE_ONCE_POD, PersistentVolumeAccessMode.READ_WRITE_ONCE] })).code).toBe('IM1121');
});
option('StatefulMeshServiceProps.claimRetention', 'is not said where it is not set', () => {
  expect(set().spec.persistentVolumeClaimRetentionPolicy).toBeUndefined();
});
option('ClaimRetention.whenDeleted', 'is the policy for claims of a deleted StatefulSet', () => {
  expect(set({ claimRetention: { whenDeleted: ClaimRetentionPolicy.DELETE } }).spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Delete', whenScaled: 'Retain' });
});
option('ClaimRetention.whenScaled', 'is the policy for claims of removed replicas', () => {
  expect(set({ claimRetention: { whenScaled: ClaimRetentionPolicy.DELETE } }).spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Delete' });
});
option('ClaimRetentionPolicy.DELETE', 'deletes claims', () => {
  const claimRetention = { whenDeleted: ClaimRetentionPolicy.DELETE, whenScaled: ClaimRetentionPolicy.DELETE };
  expect(set({ claimRetention }).spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Delete', whenScaled: 'Delete' });
});
option('ClaimRetentionPolicy.RETAIN', 'keeps claims', () => {
  const claimRetention = { whenDeleted: ClaimRetentionPolicy.RETAIN };
  expect(set({ claimRetention }).spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
});

const spread = (overrides: Partial<StatefulMeshServiceProps>) => pod(overrides).topologySpreadConstraints;
option('StatefulMeshServiceProps.spreadOverZones', 'prefers zones with fewer pods, by default', () => {
  expect(spread({ spreadOverHosts: false })).toEqual([
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'db' } } },
  ]);
  expect(spread({ spreadOverZones: false, spreadOverHosts: false })).toBeUndefined();
});
option('StatefulMeshServiceProps.spreadOverHosts', 'prefers nodes with fewer pods, by default', () => {
  expect(spread({ spreadOverZones: false })).toEqual([
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'db' } } },
  ]);
  expect(spread({})).toHaveLength(2);
});

option('StatefulMeshServiceProps.version', 'is a label of the pods and selects nothing', () => {
  const { spec } = set({ version: 'v2' });
  expect([spec.template.metadata.labels, spec.selector.matchLabels]).toEqual([{ app: 'db', version: 'v2' }, { app: 'db' }]);
  expect(refusal(() => db({ version: 'V 2' })).code).toBe('IM1104');
});

option('StatefulMeshServiceProps.registry', 'is the headless Service by default', () => {
  const root = chart();
  db({}, root);
  expect(findAll(valid(root), 'ServiceEntry')).toEqual([]);
});
option('PodRegistry.headless', 'writes no ServiceEntry', () => {
  const root = chart();
  db({ registry: PodRegistry.headless() }, root);
  expect(findAll(valid(root), 'ServiceEntry')).toEqual([]);
});
option('PodRegistry.serviceEntries', 'writes one for each pod, with the identity of the pods', () => {
  const root = chart();
  db({ registry: PodRegistry.serviceEntries(), replicas: 2, ports: [MeshPort.grpc(10901, { targetPort: 1901 })] }, root);
  const entries = findAll(valid(root), 'ServiceEntry');
  expect(entries.map(({ metadata }) => metadata.name)).toEqual(['db-0.db-headless', 'db-1.db-headless']);
  expect(entries[1].spec).toEqual({
    hosts: ['db-1.db-headless.shop.svc.cluster.local'],
    location: 'MESH_INTERNAL',
    resolution: 'DNS',
    ports: [{ number: 1901, name: 'grpc', protocol: 'GRPC', targetPort: 1901 }],
    endpoints: [{ address: 'db-1.db-headless.shop.svc.cluster.local', serviceAccount: 'db' }],
  });
  expect(refusal(() => db({ registry: PodRegistry.serviceEntries(), peerPorts: [MeshPort.tcp(7000)] })).code).toBe('IM1124');
  expect(refusal(() => db({ registry: PodRegistry.serviceEntries(), ports: [MeshPort.udp(53)] })).message.split('\n').slice(0, 2)).toEqual([
    'IM1124 at chart/db/Registry: the pods have only UDP ports, which a ServiceEntry does not support.', '  got      ["udp"]',
  ]);
});

option('StatefulMeshServiceProps.labels', 'are further labels of the Service for clients', () => {
  expect(made('Service', 'db', { labels: { team: 'data' } }).metadata.labels).toEqual({ app: 'db', team: 'data' });
  expect(refusal(() => db({ labels: { app: 'x' } })).code).toBe('IM1110');
});
option('StatefulMeshServiceProps.annotations', 'are annotations of the Service for clients', () => {
  expect(made('Service', 'db', { annotations: { 'example.com/a': 'b' } }).metadata.annotations).toEqual({ 'example.com/a': 'b' });
});

option('StatefulMeshServiceProps.containers', 'are the containers of a pod', () => {
  expect(pod({ containers: [{ name: 'one', image: 'example.com/one:1' }] }).containers).toMatchObject([{ name: 'one', image: 'example.com/one:1' }]);
  expect(refusal(() => db({ containers: [] })).code).toBe('IM1103');
  expect(refusal(() => db({ containers: [...containers, ...containers] })).code).toBe('IM1106');
});
option('StatefulMeshServiceProps.initContainers', 'run before the others', () => {
  expect(pod({ initContainers: [{ image: 'example.com/setup:1' }] }).initContainers).toMatchObject([{ name: 'init-0', image: 'example.com/setup:1' }]);
});
option('StatefulMeshServiceProps.volumes', 'are volumes of a pod', () => {
  const root = chart();
  db({ volumes: [Volume.fromEmptyDir(root, 'volume', 'scratch')] }, root);
  expect(find(valid(root), 'StatefulSet', 'db').spec.template.spec.volumes).toEqual([{ name: 'scratch', emptyDir: {} }]);
});
option('StatefulMeshServiceProps.serviceAccount', 'is the identity in place of an own one', () => {
  const root = chart();
  db({ serviceAccount: ServiceAccount.fromServiceAccountName(root, 'account', 'robot'), registry: PodRegistry.serviceEntries() }, root);
  const objects = valid(root);
  expect(find(objects, 'StatefulSet', 'db').spec.template.spec.serviceAccountName).toBe('robot');
  expect(findAll(objects, 'ServiceAccount')).toEqual([]);
  expect(findAll(objects, 'ServiceEntry')[0].spec.endpoints[0].serviceAccount).toBe('robot');
});
option('StatefulMeshServiceProps.podLabels', 'are labels of the pods besides the library\'s', () => {
  expect(set({ podLabels: { tier: 'data' } }).spec.template.metadata.labels).toEqual({ app: 'db', tier: 'data' });
  expect(refusal(() => db({ podLabels: { app: 'x' } })).code).toBe('IM1110');
});
option('StatefulMeshServiceProps.podAnnotations', 'are annotations of the pods', () => {
  expect(set({ podAnnotations: { 'example.com/a': 'b' } }).spec.template.metadata.annotations).toEqual({ 'example.com/a': 'b' });
});
option('StatefulMeshServiceProps.metrics', 'are in annotations', () => {
  expect(set({ metrics: { port: 9102 } }).spec.template.metadata.annotations).toEqual(told);
  expect(refusal(() => db({ metrics: { port: 9093 }, peerPorts: [MeshPort.tls(9093)] })).code).toBe('IM1617');
});
option('StatefulMeshServiceProps.securityContext', 'is that of all containers', () => {
  expect(pod({ securityContext: { user: 999, fsGroup: 999 } }).securityContext).toMatchObject({ runAsUser: 999, fsGroup: 999 });
});
option('StatefulMeshServiceProps.terminationGracePeriod', 'is how long a pod may take to end', () => {
  expect(pod({ terminationGracePeriod: Duration.minutes(2) }).terminationGracePeriodSeconds).toBe(120);
});
option('StatefulMeshServiceProps.dockerRegistryAuth', 'is the Secret for images', () => {
  const root = chart();
  db({ dockerRegistryAuth: Secret.fromSecretName(root, 'secret', 'images') }, root);
  expect(find(valid(root), 'StatefulSet', 'db').spec.template.spec.imagePullSecrets).toEqual([{ name: 'images' }]);
});
option('StatefulMeshServiceProps.automountServiceAccountToken', 'gives pods a token', () => {
  expect(pod({ automountServiceAccountToken: true }).automountServiceAccountToken).toBe(true);
});
option('StatefulMeshServiceProps.dns', 'is how pods resolve names', () => {
  expect(pod({ dns: { policy: DnsPolicy.DEFAULT } }).dnsPolicy).toBe('Default');
});
option('StatefulMeshServiceProps.nodes', 'are where pods may run', () => placements.nodes(options => pod(options)));
option('StatefulMeshServiceProps.preferredNodes', 'are where pods run if there is room', () => placements.preferredNodes(options => pod(options)));
option('StatefulMeshServiceProps.tolerations', 'are taints that pods bear', () => placements.tolerations(options => pod(options)));
option('StatefulMeshServiceProps.priorityClassName', 'is the priority of the pods', () => placements.priorityClassName(options => pod(options)));
option('StatefulMeshServiceProps.schedulerName', 'is who finds nodes for the pods', () => placements.schedulerName(options => pod(options)));
option('StatefulMeshServiceProps.runtimeClassName', 'is what runs the containers', () => placements.runtimeClassName(options => pod(options)));
option('StatefulMeshServiceProps.hostAliases', 'are entries of the hosts file', () => {
  expect(pod({ hostAliases: [{ ip: '192.0.2.1', hostnames: ['old'] }] }).hostAliases).toEqual([{ ip: '192.0.2.1', hostnames: ['old'] }]);
});

option('StatefulMeshService.pod', 'is known by three names', () => {
  expect(db().pod(1)).toMatchObject({
    ordinal: 1, podName: 'db-1', shortHost: 'db-1.db-headless', namespacedHost: 'db-1.db-headless.shop', host: 'db-1.db-headless.shop.svc.cluster.local',
  });
  expect(refusal(() => db().pod(3)).message).toBe(`IM1122 at chart/db: db has no pod 3.
  got      3
  allowed  0 to 2
  next     use the ordinal of a pod, or increase the replicas`);
  expect(refusal(() => db({ firstOrdinal: 1 }).pod(0)).code).toBe('IM1122');
});
option('IStatefulMeshService.pod', 'is the pod of an ordinal', () => {
  const pods: IStatefulMeshService = db();
  expect(pods.pod(2).podName).toBe('db-2');
});
option('StatefulMeshService.podList', 'is a text for each pod', () => {
  expect(db({ replicas: 2 }).podList('server.{number}={host}:2888:3888;2181 # {pod} {ordinal}')).toEqual([
    'server.1=db-0.db-headless.shop.svc.cluster.local:2888:3888;2181 # db-0 0',
    'server.2=db-1.db-headless.shop.svc.cluster.local:2888:3888;2181 # db-1 1',
  ]);
  expect(refusal(() => db().podList('{hots}')).code).toBe('IM0113');
});
option('IStatefulMeshService.podList', 'is a text for each pod', () => {
  const pods: IStatefulMeshService = db({ replicas: 1 });
  expect(pods.podList('{pod}')).toEqual(['db-0']);
});
option('StatefulMeshService.container', 'can be changed until synthesis', () => {
  const root = chart();
  const store = db({}, root);
  store.container('db').env.addVariable('LATE', EnvValue.fromValue('yes'));
  expect(store.containers.map(({ name }) => name)).toEqual(['db']);
  expect(find(valid(root), 'StatefulSet', 'db').spec.template.spec.containers[0].env).toEqual([{ name: 'LATE', value: 'yes' }]);
  expect(refusal(() => store.container('web')).code).toBe('IM1107');
});
option('StatefulMeshService.calls', 'records who calls whom', () => {
  const root = chart();
  const [store, reviews] = [db({}, root), service(root)];
  store.calls(reviews);
  expect(edgePaths(root)).toEqual(['chart/db > chart/reviews:8080']);
});
option('StatefulMeshService.addPodLabel', 'adds a label to the pods', () => {
  const root = chart();
  db({}, root).addPodLabel('tier', 'data');
  expect(find(valid(root), 'StatefulSet', 'db').spec.template.metadata.labels).toEqual({ app: 'db', tier: 'data' });
});
option('StatefulMeshService.addPodAnnotation', 'adds an annotation to the pods', () => {
  const root = chart();
  db({}, root).addPodAnnotation('example.com/a', 'b');
  expect(find(valid(root), 'StatefulSet', 'db').spec.template.metadata.annotations).toEqual({ 'example.com/a': 'b' });
});
option('StatefulMeshService.portOf', 'is a port of the Service for clients', () => {
  expect(db().portOf(8080).name).toBe('http');
  expect(refusal(() => db({ peerPorts: [MeshPort.tcp(7000)] }).portOf(7000)).code).toBe('IM1111');
});
option('StatefulMeshService.versionOf', 'is a pod, by its name', () => {
  expect(db().versionOf('db-1').labels).toEqual({ 'statefulset.kubernetes.io/pod-name': 'db-1' });
  expect(refusal(() => db().versionOf('db-3')).code).toBe('IM1105');
});

describe('under STRICT mutual TLS', () => {
  const strict = (ports: MeshPort[]) => {
    const root = new Chart(app(), 'chart');
    db({ ports }, new MeshNamespace(root, 'shop') as never);
    return valid(root);
  };
  const tls = { mode: 'ISTIO_MUTUAL' };

  test('callers use it for the Service and for every pod', () => {
    const objects = strict([MeshPort.tcp(5432)]);
    expect(find(objects, 'DestinationRule', 'db').spec).toEqual({ host: 'db.shop.svc.cluster.local', trafficPolicy: { tls } });
    expect(find(objects, 'DestinationRule', 'db-headless').spec).toEqual({ host: 'db-headless.shop.svc.cluster.local', trafficPolicy: { tls } });
  });

  test('HTTP to pods gives up on addresses that are gone', () => {
    expect(find(strict([MeshPort.grpc(10901)]), 'DestinationRule', 'db-headless').spec.trafficPolicy).toEqual({
      tls,
      connectionPool: {
        tcp: { connectTimeout: '2s', tcpKeepalive: { time: '30s', interval: '10s', probes: 3 } },
        http: { idleTimeout: '60s' },
      },
    });
  });
});

describe('an ordinal canary', () => {
  const split = (build: (root: Chart, store: StatefulMeshService) => void, replicas = 4) => {
    const root = chart();
    build(root, db({ replicas, strategy: StatefulSetUpdateStrategy.rollingUpdate({ partition: 3 }) }, root));
    return valid(root);
  };

  option('SplitTarget.partition', 'gives the new pods all, by default', () => {
    const objects = split((root, store) => new CanarySplit(root, 'split', {
      service: store,
      rules: [SplitRule.when(CallMatch.header('x-canary', StringMatch.present())).splitTo(SplitTarget.partition(store))],
      traffic: SplitTarget.partition(store, { weight: 0 }),
    }));
    const { http } = find(objects, 'VirtualService', 'db').spec;
    const host = 'db.shop.svc.cluster.local';
    expect(http[0].route).toEqual([{ destination: { host, subset: 'db-3' } }]);
    expect(http[1].route.map((route: any) => [route.destination.subset, route.weight])).toEqual([['db-0', 34], ['db-1', 33], ['db-2', 33]]);
    expect(find(objects, 'DestinationRule', 'db').spec.subsets[3]).toEqual({ name: 'db-3', labels: { 'statefulset.kubernetes.io/pod-name': 'db-3' } });
  });
  option('PartitionOptions.weight', 'is the share of the new pods, and the others get the rest', () => {
    const objects = split((root, store) => new CanarySplit(root, 'split', { service: store, traffic: SplitTarget.partition(store, { weight: 10 }) }));
    expect(find(objects, 'VirtualService', 'db').spec.http[0].route.map((route: any) => [route.destination.subset, route.weight]))
      .toEqual([['db-0', 30], ['db-1', 30], ['db-2', 30], ['db-3', 10]]);
    expect(refusal(() => SplitTarget.partition(db({ replicas: 2 }), { from: 1, weight: 101 })).code).toBe('IM1202');
  });
  option('PartitionOptions.from', 'is the first of the new pods, in place of the partition', () => {
    const objects = split((root, store) => new CanarySplit(root, 'split', { service: store, traffic: SplitTarget.partition(store, { from: 2, weight: 5 }) }));
    expect(find(objects, 'VirtualService', 'db').spec.http[0].route.map((route: any) => route.weight)).toEqual([48, 47, 3, 2]);
    expect([0, 4].map(from => refusal(() => SplitTarget.partition(db({ replicas: 4 }), { from })).code)).toEqual(['IM1211', 'IM1211']);
    expect(refusal(() => SplitTarget.partition(db())).code).toBe('IM1211');
  });
  test('is not for a headless Service, which no sidecar can split', () => {
    const root = chart();
    const store = db({}, root);
    const traffic = SplitTarget.partition(store, { from: 1 });
    expect(refusal(() => new CanarySplit(root, 'split', { service: store.headless, traffic })).code).toBe('IM1210');
    const peers = db({ ports: undefined, peerPorts: [MeshPort.http(8080)] }, root, 'peers');
    expect(refusal(() => new CanarySplit(root, 'other', { service: peers, traffic: SplitTarget.partition(peers, { from: 1 }) })).code).toBe('IM1210');
  });
});

describe('deployed elsewhere', () => {
  function described(overrides: Partial<StatefulServiceAttributes> = {}): IStatefulMeshService {
    return StatefulMeshService.fromAttributes(chart(), 'db', { replicas: 2, ports: [MeshPort.http(8080)], ...overrides });
  }
  option('StatefulMeshService.fromAttributes', 'says how callers connect and writes nothing else', () => {
    const root = new Chart(app(), 'chart');
    StatefulMeshService.fromAttributes(new MeshNamespace(root, 'shop'), 'db', { replicas: 2, ports: [MeshPort.tcp(5432)] });
    expect(valid(root).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Namespace shop', 'DestinationRule db-headless', 'PeerAuthentication default']);
  });
  option('StatefulServiceAttributes.name', 'is the name of the StatefulSet', () => expect(described({ name: 'pg' }).pod(0).shortHost).toBe('pg-0.pg-headless'));
  option('StatefulServiceAttributes.headlessName', 'is the name of the headless Service', () => {
    expect(described({ headlessName: 'peers' }).pod(0).shortHost).toBe('db-0.peers');
  });
  option('StatefulServiceAttributes.serviceName', 'is the name of the Service for clients', () => expect(described({ serviceName: 'pg' }).serviceName).toBe('pg'));
  option('StatefulServiceAttributes.replicas', 'is the number of pods', () => {
    expect(described().pods).toHaveLength(2);
    expect(refusal(() => described({ replicas: 0 })).code).toBe('IM1108');
  });
  option('StatefulServiceAttributes.firstOrdinal', 'is where the ordinals begin', () => expect(described({ firstOrdinal: 3 }).pods[0].podName).toBe('db-3'));
  option('StatefulServiceAttributes.ports', 'are those for clients', () => {
    expect(described().ports.map(({ port }) => port)).toEqual([8080]);
    expect(described({ ports: undefined, peerPorts: [MeshPort.tcp(1)] }).serviceName).toBe('db-headless');
  });
  option('StatefulServiceAttributes.peerPorts', 'are ports of the headless Service alone', () => {
    expect(described({ peerPorts: [MeshPort.tcp(7000)] }).headless.ports.map(({ port }) => port)).toEqual([8080, 7000]);
  });
  option('StatefulServiceAttributes.podLabels', 'are the labels of the pods', () => {
    expect(described({ podLabels: { 'app.kubernetes.io/name': 'pg' } }).podLabels).toEqual({ 'app.kubernetes.io/name': 'pg' });
  });
});

describe('a StatefulSet of cdk8s-plus', () => {
  function wrapped(overrides: Partial<StatefulWorkloadOptions> = {}, metadata = { name: 'db', namespace: 'shop' }, id = 'db') {
    const root = chart();
    const headless = new Service(root, 'headless', { metadata: { name: 'db-peers', namespace: 'shop' }, clusterIP: 'None', ports: [{ port: 8080 }] });
    const workload = new StatefulSet(root, 'set', { metadata, replicas: 2, service: headless, containers: [{ image: 'example.com/db:1', ports: [{ number: 8080 }, { number: 7000 }] }] });
    const store = StatefulMeshService.fromWorkload(root, id, { workload, ports: [MeshPort.http(8080)], ...overrides });
    return { store, objects: valid(root) };
  }
  option('StatefulMeshService.fromWorkload', 'gets names that Istio can read', () => {
    const { store, objects } = wrapped();
    expect(store.pods.map(each => each.shortHost)).toEqual(['db-0.db-peers', 'db-1.db-peers']);
    expect(find(objects, 'StatefulSet', 'db').spec.template.metadata.labels).toMatchObject({ app: 'db' });
    expect(find(objects, 'Service', 'db-peers').spec.ports).toEqual([{ name: 'http', appProtocol: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' }]);
    expect(find(objects, 'Service', 'db').spec.selector).toEqual({ app: 'db' });
  });
  test('under a name that no Service can have', () => {
    expect(refusal(() => wrapped({}, undefined, 'Upper-Case')).message).toMatch(/^IM0106 at chart\/Upper-Case: /);
  });
  option('StatefulWorkloadOptions.workload', 'is in the namespace of the service and has a headless Service', () => {
    expect(refusal(() => wrapped({}, { name: 'db', namespace: 'else' })).code).toBe('IM1110');
    const root = chart();
    const balanced = new Service(root, 'balanced', { metadata: { name: 'db', namespace: 'shop' }, ports: [{ port: 8080 }] });
    const workload = new StatefulSet(root, 'set', {
      metadata: { name: 'db', namespace: 'shop' }, service: balanced, containers: [{ image: 'example.com/db:1', portNumber: 8080 }],
    });
    expect(refusal(() => StatefulMeshService.fromWorkload(root, 'db', { workload, ports: [MeshPort.http(8080)] })).code).toBe('IM1110');
  });
  option('StatefulWorkloadOptions.ports', 'are those for clients', () => {
    expect(wrapped({ ports: undefined, peerPorts: [MeshPort.http(8080)] }).store.serviceName).toBe('db-peers');
  });
  option('StatefulWorkloadOptions.peerPorts', 'are ports of the headless Service alone', () => {
    const { objects } = wrapped({ peerPorts: [MeshPort.tcp(7000)] });
    expect(find(objects, 'Service', 'db-peers').spec.ports.map(({ port }: any) => port)).toEqual([8080, 7000]);
    expect(find(objects, 'Service', 'db').spec.ports.map(({ port }: any) => port)).toEqual([8080]);
  });
  option('StatefulWorkloadOptions.publishNotReadyAddresses', 'publishes pods before they are ready', () => {
    expect(find(wrapped({ publishNotReadyAddresses: true }).objects, 'Service', 'db-peers').spec.publishNotReadyAddresses).toBe(true);
  });
});

describe('what is refused', () => {
  test.each([0, -1, 1.5, NaN, 10_001, 2 ** 53])('%p replicas', replicas => expect(refusal(() => db({ replicas })).code).toBe('IM1108'));
  test('a first ordinal below 0', () => expect(refusal(() => db({ firstOrdinal: -1 })).code).toBe('IM1108'));
  test('an ordinal beyond 32 bits', () => expect(refusal(() => db({ firstOrdinal: 2 ** 31 })).code).toBe('IM1108'));
  test('no port at all', () => expect(refusal(() => db({ ports: [] })).code).toBe('IM1101'));
  test('a port for clients and a port for peers of one number', () => {
    expect(refusal(() => db({ peerPorts: [MeshPort.tcp(8080)] })).code).toBe('IM1102');
  });
  test('a headless name that another service has', () => {
    const root = chart();
    service(root, 'db-headless');
    expect(refusal(() => db({}, root)).code).toBe('IM1003');
  });
  test('names that leave no room for the ordinal or the digest', () => {
    const long = 'a'.repeat(52);
    expect(db({ name: long, headlessName: 'peers' }).pod(2).podName).toBe(`${long}-2`);
    expect(refusal(() => db({ name: `${long}a`, headlessName: 'peers' })).code).toBe('IM1123');
    expect(refusal(() => db({ firstOrdinal: 2147483646 })).code).toBe('IM1108');
  });
});
