import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, DeploymentStrategy, PercentOrAbsolute } from 'cdk8s-plus-28';
import { app, chart, find, findAll, KubeObject, messages, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import {
  DedicatedGatewayOptions, GatewayServer, GatewayTls, GatewayWorkload, MeshCluster, MeshGateway, MeshNamespace, MeshServiceType,
} from 'cdk8s-istio';

const hosts = ['blog.example.com'];
const http = GatewayServer.http({ routedElsewhere: true, hosts });
const https = GatewayServer.https({ routedElsewhere: true, hosts, tls: GatewayTls.simple('cert'), httpsRedirect: true });

/** The objects of a gateway with a workload of its own. */
function made(options: DedicatedGatewayOptions = {}, servers = [http]): KubeObject[] {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated(options), servers });
  return valid(root);
}

/** The object of a kind that belongs to the workload. */
const one = (kind: string, options: DedicatedGatewayOptions = {}, servers = [http]) => find(made(options, servers), kind, options.name ?? 'edge');

const ports = (options: DedicatedGatewayOptions, servers: GatewayServer[]) => (one('Service', options, servers).spec.ports as { name: string; port: number; targetPort: number }[])
  .map(({ name, port, targetPort }) => [name, port, targetPort]);

option('GatewayWorkload.dedicated', 'a full chart', () => {
  const root = new Chart(app(), 'chart');
  const wordpress = new MeshNamespace(root, 'wordpress');
  const edge = new MeshGateway(wordpress, 'wordpress-gateway', { workload: GatewayWorkload.dedicated(), servers: [http, GatewayServer.tcp({ routedElsewhere: true, port: 3306 })] });
  edge.addServer(GatewayServer.https({ routedElsewhere: true, hosts: ['shop.example.com'], tls: GatewayTls.simple('shop-cert'), httpsRedirect: true }));
  edge.addHttpRoute('blog.example.com', { to: service(wordpress, 'wordpress') });
  expect([edge.workload.namespace, edge.workload.selector]).toEqual(['wordpress', { istio: 'wordpress-gateway.wordpress' }]);
  expect(valid(root)).toMatchSnapshot();
});

option('GatewayWorkload.dedicatedEgress', 'is the same for traffic that leaves, reached from inside alone, without a port for load balancers', () => {
  const root = chart();
  new MeshGateway(root, 'out', { workload: GatewayWorkload.dedicatedEgress(), servers: [http] });
  const objects = valid(root);
  expect(find(objects, 'Service', 'out').spec).toEqual({
    type: 'ClusterIP', ports: [{ name: 'http-80', port: 80, targetPort: 8080, protocol: 'TCP' }], selector: { istio: 'out.shop' },
  });
  expect(find(objects, 'Deployment', 'out').spec.replicas).toBe(2);
  const open = new MeshGateway(chart(), 'out', { workload: GatewayWorkload.dedicatedEgress({ service: MeshServiceType.nodePort() }), servers: [http] });
  expect(find(valid(open.node.scope as Chart), 'Service', 'out').spec.type).toBe('NodePort');
});

option('DedicatedGatewayOptions.name', 'is the name of all objects, in place of the gateway\'s', () => {
  const objects = made({ name: 'front' }, [https]);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ServiceAccount front', 'Role front', 'RoleBinding front', 'Service front', 'Deployment front', 'PodDisruptionBudget front', 'Gateway edge',
  ]);
  expect(find(objects, 'Gateway', 'edge').spec.selector).toEqual({ istio: 'front.shop' });
});

option('DedicatedGatewayOptions.replicas', 'is the number of pods, with a budget from the second on', () => {
  expect(one('Deployment').spec.replicas).toBe(2);
  expect(one('Deployment', { replicas: 3 }).spec.replicas).toBe(3);
  expect(one('PodDisruptionBudget', { replicas: 3 }).spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: { istio: 'edge.shop' } } });
  expect(findAll(made({ replicas: 1 }), 'PodDisruptionBudget')).toEqual([]);
});

option('DedicatedGatewayOptions.autoscaling', 'is an autoscaler from two pods on, and the Deployment has no number', () => {
  const objects = made({ autoscaling: { maxReplicas: 5 } });
  expect(find(objects, 'HorizontalPodAutoscaler', 'edge').spec).toMatchObject({
    minReplicas: 2,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'edge' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  });
  expect(find(objects, 'Deployment', 'edge').spec).not.toHaveProperty('replicas');
  expect(findAll(objects, 'PodDisruptionBudget')).toHaveLength(1);
  expect(one('HorizontalPodAutoscaler', { autoscaling: { minReplicas: 4, maxReplicas: 5 } }).spec.minReplicas).toBe(4);
});

test.each<[DedicatedGatewayOptions, string]>([
  [{ replicas: 2, autoscaling: { maxReplicas: 5 } }, 'IM1109'],
  [{ replicas: 0 }, 'IM1108'],
  [{ replicas: 1.5 }, 'IM1108'],
  [{ autoscaling: { maxReplicas: 1 } }, 'IM1108'],
  [{ autoscaling: { minReplicas: 3, maxReplicas: 2 } }, 'IM1108'],
])('%p is no number of pods', (options, code) => {
  expect(refusal(() => made(options))).toMatchObject({ code, at: 'chart/edge/Workload' });
});

option('DedicatedGatewayOptions.service', 'is the type of the Service', () => {
  expect(one('Service').spec).toEqual({
    type: 'LoadBalancer',
    ports: [
      { name: 'http-status', port: 15021, targetPort: 15021, protocol: 'TCP' },
      { name: 'http-80', port: 80, targetPort: 8080, protocol: 'TCP' },
    ],
    selector: { istio: 'edge.shop' },
  });
  expect(one('Service', { service: MeshServiceType.loadBalancer({ localTrafficOnly: true, sourceRanges: ['203.0.113.0/24'] }) }).spec)
    .toMatchObject({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerSourceRanges: ['203.0.113.0/24'] });
  expect(one('Service', { service: MeshServiceType.clusterIp() }).spec).toMatchObject({ type: 'ClusterIP', ports: [{ port: 80 }] });
});

option('DedicatedGatewayOptions.serviceAnnotations', 'are annotations of the Service', () => {
  const serviceAnnotations = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'external' };
  expect(one('Service', { serviceAnnotations }).metadata.annotations).toEqual(serviceAnnotations);
  expect(refusal(() => made({ serviceAnnotations: { 'a b': 'c' } })).code).toBe('IM0110');
});

option('DedicatedGatewayOptions.ports', 'says something of a port', () => {
  expect(one('Service', { ports: { 80: { targetPort: 10080, nodePort: 30080 } } }).spec.ports[1])
    .toEqual({ name: 'http-80', port: 80, targetPort: 10080, nodePort: 30080, protocol: 'TCP' });
});

option('GatewayPortOptions.targetPort', 'is where Envoy listens, in place of the port itself or 8000 more', () => {
  const servers = [https, ...[1023, 1024, 1025].map(port => GatewayServer.tcp({ routedElsewhere: true, port }))];
  expect(ports({ ports: { 443: { targetPort: 10443 }, 1025: { targetPort: 11025 } } }, servers)).toEqual([
    ['http-status', 15021, 15021], ['http-80', 80, 8080], ['https-443', 443, 10443],
    ['tcp-1023', 1023, 9023], ['tcp-1024', 1024, 1024], ['tcp-1025', 1025, 11025],
  ]);
});

option('GatewayPortOptions.nodePort', 'is the port on every node', () => {
  const options = { service: MeshServiceType.nodePort(), ports: { 80: { nodePort: 30080 } } };
  expect(one('Service', options).spec).toMatchObject({ type: 'NodePort', ports: [{ port: 15021 }, { port: 80, nodePort: 30080 }] });
  expect(refusal(() => made({ ...options, service: MeshServiceType.clusterIp() })).message).toBe([
    'IM1114 at chart/edge/Workload: port 80 has a node port, but the type of the Service has none.',
    '  got      30080',
    '  next     use MeshServiceType.nodePort(), or drop the node port',
  ].join('\n'));
  const root = chart();
  const gateway = (id: string) =>
    new MeshGateway(root, id, { workload: GatewayWorkload.dedicated({ ports: { 80: { nodePort: 30080 } } }), servers: [http] });
  gateway('edge');
  expect(refusal(() => gateway('other'))).toMatchObject({ code: 'IM1102', at: 'chart/other/Workload' });
  expect(refusal(() => made({ ports: { 80: { nodePort: 30080 }, 443: { nodePort: 30080 } } }, [https])).code).toBe('IM1102');
});

option('DedicatedGatewayOptions.readSecrets', 'is a Role for Secrets, by default where a server has one', () => {
  const roles = (options: DedicatedGatewayOptions, server: GatewayServer) => made(options, [server]).filter(({ kind }) => kind.startsWith('Role'));
  expect(roles({}, http)).toEqual([]);
  expect(roles({ readSecrets: false }, https)).toEqual([]);
  const metadata = { name: 'edge', namespace: 'shop', labels: { app: 'edge', istio: 'edge.shop' } };
  for (const [readSecrets, server] of [[undefined, https], [true, http]] as const) {
    expect(roles({ readSecrets }, server)).toEqual([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }] },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'edge' },
        subjects: [{ kind: 'ServiceAccount', name: 'edge', namespace: 'shop' }],
      },
    ]);
  }
});

option('DedicatedGatewayOptions.strategy', 'is how pods are replaced', () => {
  expect(one('Deployment').spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } });
  const strategy = DeploymentStrategy.rollingUpdate({ maxSurge: PercentOrAbsolute.absolute(1), maxUnavailable: PercentOrAbsolute.absolute(1) });
  expect(one('Deployment', { strategy }).spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } });
});

option('DedicatedGatewayOptions.minReady', 'is how long a pod has to be ready before an old one ends', () => {
  expect(one('Deployment').spec.minReadySeconds).toBe(10);
  expect(one('Deployment', { minReady: Duration.seconds(30) }).spec.minReadySeconds).toBe(30);
});

test('a full chart does not depend on the order of servers', () => {
  const servers = [https, GatewayServer.tcp({ routedElsewhere: true, port: 3306 }), GatewayServer.http({ routedElsewhere: true, hosts: ['other.example.com'] })];
  const [there, back] = [servers, [...servers].reverse()].map(order => made({}, order).filter(({ kind }) => kind !== 'Gateway'));
  expect(back).toEqual(there);
});

test('a further server changes no pod', () => {
  expect(one('Deployment', {}, [http, GatewayServer.tcp({ routedElsewhere: true, port: 3306 })])).toEqual(one('Deployment'));
});

test('a port that several servers have is open once, under the name of what all of them speak', () => {
  const other = ['other.example.com'];
  const elsewhere = { routedElsewhere: true, hosts: other };
  const servers = [https, GatewayServer.passthrough(elsewhere), GatewayServer.http(elsewhere)];
  for (const order of [servers, [...servers].reverse()]) {
    expect(ports({}, order)).toEqual([['http-status', 15021, 15021], ['http-80', 80, 8080], ['https-443', 443, 8443]]);
  }
});

test.each<[string, GatewayServer[]]>([
  ['http-80', [http]],
  ['http2-80', [GatewayServer.http2({ routedElsewhere: true, hosts })]],
  ['grpc-80', [GatewayServer.grpc({ routedElsewhere: true, hosts })]],
  ['grpc-web-80', [GatewayServer.grpcWeb({ routedElsewhere: true, hosts })]],
  ['http2-80', [http, GatewayServer.grpc({ routedElsewhere: true, hosts: ['other.example.com'] })]],
  ['http2-80', [GatewayServer.grpcWeb({ routedElsewhere: true, hosts: ['other.example.com'] }), http]],
])('callers read the protocol of Envoy from the name %s', (name, servers) => {
  expect(ports({}, servers)[1]).toEqual([name, 80, 8080]);
});

test('certificates by files and by the mesh ask for no Secret', () => {
  const files = GatewayTls.files({ serverCertificate: '/etc/certs/tls.crt', privateKey: '/etc/certs/tls.key' });
  for (const tls of [files, GatewayTls.istioMutual()]) {
    expect(findAll(made({}, [GatewayServer.https({ routedElsewhere: true, hosts, tls })]), 'Role')).toEqual([]);
  }
  expect(findAll(made({}, [GatewayServer.tls({ routedElsewhere: true, port: 8443, hosts, tls: GatewayTls.mutual('cert') })]), 'Role')).toHaveLength(1);
});

test('several gateways share the pods of one', () => {
  const root = new Chart(app(), 'chart');
  const [blog, shop] = ['blog', 'shop'].map(name => new MeshNamespace(root, name));
  const first = new MeshGateway(blog, 'edge', { workload: GatewayWorkload.dedicated(), servers: [http] });
  const second = new MeshGateway(shop, 'edge', { workload: first.workload, servers: [GatewayServer.https({ routedElsewhere: true, hosts: ['shop.example.com'], tls: GatewayTls.simple('shop-cert') })] });
  expect(second.workload).toBe(first.workload);
  const objects = valid(root);
  expect(findAll(objects, 'Deployment')).toHaveLength(1);
  expect(find(objects, 'Service', 'edge', 'blog').spec.ports.map(({ port }: { port: number }) => port)).toEqual([15021, 80, 443]);
  expect(find(objects, 'Role', 'edge').metadata.namespace).toBe('blog');
  expect(findAll(objects, 'Gateway').map(({ spec }) => spec.selector)).toEqual([{ istio: 'edge.blog' }, { istio: 'edge.blog' }]);
  expect(refusal(() => second.addServer(GatewayServer.http({ routedElsewhere: true, hosts }))).code).toBe('IM1302');
});

test('one plan for two gateways is two workloads, and gateways of one name in two namespaces do not meet', () => {
  const root = new Chart(app(), 'chart');
  const workload = GatewayWorkload.dedicated();
  const [blog, shop] = ['blog', 'shop'].map(name => new MeshGateway(new MeshNamespace(root, name), 'edge', { workload, servers: [http] }));
  expect(blog.workload).not.toBe(shop.workload);
  expect(findAll(valid(root), 'Deployment').map(({ metadata }) => metadata.namespace)).toEqual(['blog', 'shop']);
});

test('gateways that select by a label that the pods have serve by them', () => {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated({ podLabels: { team: 'blog' } }), servers: [http] });
  const also = (selector: { [key: string]: string }, id: string) =>
    new MeshGateway(root, id, { workload: GatewayWorkload.labels(selector), servers: [http] });
  expect(refusal(() => also({ team: 'blog' }, 'other')).code).toBe('IM1302');
  expect(refusal(() => also({ istio: 'edge.shop' }, 'again')).code).toBe('IM1302');
  expect(also({ istio: 'edge' }, 'unrelated').servers).toEqual([http]);
});

test('the pods are not there before the gateway is', () => {
  const workload = GatewayWorkload.dedicated();
  const message = [
    'IM1370 at GatewayWorkload.dedicated(): dedicated pods do not exist before a gateway receives the workload.',
    '  next     give the workload to a MeshGateway, and use the `workload` of the gateway',
  ].join('\n');
  expect(refusal(() => workload.selector).message).toBe(message);
  expect(refusal(() => workload.namespace).message).toBe(message);
  expect(refusal(() => MeshGateway.fromAttributes(chart(), 'theirs', { workload })).message).toBe(message);
});

test('pods of another cluster serve no gateway', () => {
  const root = app();
  const [here, there] = ['here', 'there'].map(name => new Chart(new MeshCluster(root, name), 'chart', { namespace: 'shop' }));
  const { workload } = new MeshGateway(here, 'edge', { workload: GatewayWorkload.dedicated(), servers: [http] });
  expect(refusal(() => new MeshGateway(there, 'edge', { workload }))).toMatchObject({ code: 'IM1008', at: 'there/chart/edge' });
});

test('two ports for which Envoy would listen at one are refused, and leave nothing behind', () => {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated(), servers: [http] });
  const other = GatewayServer.http({ routedElsewhere: true, hosts, port: 8080 });
  expect(refusal(() => edge.addServer(other)).message).toBe([
    'IM1373 at chart/edge: Envoy would listen on 8080 for port 80 and for port 8080.',
    '  got      8080',
    '  next     set another target port for one of them: { ports: { \'80\': { targetPort: 10080 } } }',
  ].join('\n'));
  expect(edge.servers).toEqual([http]);
  expect(find(valid(root), 'Service', 'edge').spec.ports).toHaveLength(2);
  expect(refusal(() => made({ ports: { 80: { targetPort: 8443 } } }, [https])).code).toBe('IM1373');
  expect(ports({ ports: { 80: { targetPort: 10080 } } }, [http, other])).toEqual([['http-status', 15021, 15021], ['http-80', 80, 10080], ['http-8080', 8080, 8080]]);
});

test.each<[string, object, string]>([
  ['80', { targetPort: 80 }, 'IM1373'],
  ['80', { targetPort: 1023 }, 'IM1373'],
  ['80', { targetPort: 15021 }, 'IM0102'],
  ['80', { targetPort: 0 }, 'IM0101'],
  ['80', { nodePort: 70000 }, 'IM0101'],
  ['http', { targetPort: 8080 }, 'IM0101'],
  ['', { targetPort: 8080 }, 'IM0101'],
  ['80', { port: 8080 }, 'IM0001'],
])('port %p cannot be %p', (port, options, code) => {
  expect(refusal(() => made({ ports: { [port]: options } })).code).toBe(code);
});

test('an option for a port that no server has', () => {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated({ ports: { 443: { targetPort: 10443 } } }), servers: [http] });
  expect(messages(root)).toEqual([[
    'IM1374 at chart/edge/Workload: no server of the gateway has port 443.',
    '  got      443',
    '  allowed  80',
    '  next     add a server, or remove the option',
  ].join('\n')]);
});

test('invalid names', () => {
  expect(refusal(() => made({ name: '1st' })).code).toBe('IM0106');
  expect(refusal(() => made({ name: 'Edge' })).code).toBe('IM0106');
  expect(made({ name: 'a'.repeat(58) })).toHaveLength(5);
  expect(refusal(() => made({ name: 'a'.repeat(59) })).message).toBe([
    'IM1376 at chart/edge/Workload: the label `istio` of the pods is too long.',
    `  got      '${'a'.repeat(59)}.shop'`,
    '  allowed  at most 63 characters for name, dot and namespace',
    '  next     shorten the name: { name: \'…\' }',
  ].join('\n'));
});

test('a service of the same name is refused, whichever comes first', () => {
  const root = chart();
  new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicated(), servers: [http] });
  expect(refusal(() => service(root, 'service', { name: 'edge' })).code).toBe('IM1003');
  const other = chart();
  service(other, 'service', { name: 'edge' });
  expect(refusal(() => new MeshGateway(other, 'edge', { workload: GatewayWorkload.dedicated() })).code).toBe('IM1003');
});

describe('servers that are opened at one address of the pods', () => {
  const bound = (servers: GatewayServer[]) => {
    const root = chart();
    new MeshGateway(root, 'edge', { workload: GatewayWorkload.dedicatedEgress(), servers });
    return messages(root);
  };
  const local = (port: number) => GatewayServer.http({ routedElsewhere: true, hosts, port, bind: '127.0.0.1', name: 'local' });

  test('a port that asks for privileges is refused, unless the Service leads it elsewhere', () => {
    expect(bound([local(80), GatewayServer.http({ routedElsewhere: true, hosts, port: 8080 })])).toEqual([[
      'IM1373 at chart/edge: the pods have no privileges, so they cannot listen on port 80 of 127.0.0.1.',
      '  got      80',
      '  allowed  a port from 1024 on',
      '  next     use another target port',
    ].join('\n')]);
    expect(bound([local(80), http])).toEqual([]);
    expect(bound([local(9080), http])).toEqual([]);
  });

  test('a Service without a port is refused', () => {
    expect(bound([local(9080)])).toEqual([[
      'IM1391 at chart/edge/Workload: the Service of the gateway has no port, because every server listens on one address of the pods.',
      '  got      ["local at 127.0.0.1"]',
      '  next     listen on all addresses: remove `bind`',
    ].join('\n')]);
  });
});

describe('resources that the API server refuses', () => {
  test('requests above their limits', () => {
    expect(refusal(() => made({ resources: { cpu: { request: Cpu.units(4), limit: Cpu.millis(1500) } } })).message).toBe([
      'IM1392 at chart/edge/Workload: the request of CPU is above its limit.',
      '  got      4000m',
      '  allowed  at most 1500m',
      '  next     decrease the request, or increase the limit',
    ].join('\n'));
    expect(refusal(() => made({ resources: { memory: { request: Size.gibibytes(2), limit: Size.mebibytes(512) } } }))).toMatchObject({ code: 'IM1392' });
    const enough = { cpu: { request: Cpu.millis(100), limit: Cpu.units(1) }, memory: { limit: Size.gibibytes(1) } };
    expect(made({ resources: enough }).length).toBeGreaterThan(0);
  });

  test('numbers that are too large for it', () => {
    expect(refusal(() => made({ replicas: 2 ** 31 }))).toMatchObject({ code: 'IM1108' });
    expect(refusal(() => made({ concurrency: 2 ** 31 }))).toMatchObject({ code: 'IM1377' });
  });
});
