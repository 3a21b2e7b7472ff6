import { Chart } from 'cdk8s';
import { Deployment, NetworkPolicy, Pods } from 'cdk8s-plus-28';
import { app, chart, find, findAll, refusal, service, version } from '../helpers/build';
import { edgePaths } from '../helpers/edges';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { MeshNamespace, MeshPort, MeshService, MeshServiceType, MeshVersion } from 'cdk8s-istio';

option('MeshService.constructor', 'a full chart', () => {
  const root = new Chart(app(), 'chart');
  const namespace = new MeshNamespace(root, 'bookinfo');
  new MeshService(namespace, 'reviews', {
    name: 'reviews-api',
    ports: [
      MeshPort.http(80, { targetPort: 9080, container: 'app' }),
      MeshPort.grpc(50051, { suffix: 'store', container: 'store', nodePort: 30051 }),
      MeshPort.udp(53, { container: 'store' }),
    ],
    type: MeshServiceType.loadBalancer({ sourceRanges: ['203.0.113.0/24'], localTrafficOnly: true }),
    labels: { team: 'books' },
    annotations: { 'example.com/balancer': 'internal' },
    serviceAccountPerVersion: true,
    versions: {
      v1: MeshVersion.of({
        containers: [{ name: 'app', image: 'example.com/app:1', portNumber: 9080 }, { name: 'store', image: 'example.com/store:1' }],
        replicas: 3,
        podLabels: { tier: 'web' },
        podAnnotations: { 'example.com/scrape': 'yes' },
      }),
      v2: MeshVersion.of({
        containers: [{ name: 'app', image: 'example.com/app:2' }, { name: 'store', image: 'example.com/store:2' }],
        autoscaling: { minReplicas: 2, maxReplicas: 5 },
        spreadOverZones: false,
      }),
    },
  });
  expect(valid(root)).toMatchSnapshot();
});

option('MeshServiceProps.name', 'is the name of the Service and begins every other one', () => {
  const root = chart();
  const reviews = service(root, 'id', { name: 'reviews' });
  expect([reviews.serviceName, reviews.namespace, reviews.host]).toEqual(['reviews', 'shop', 'reviews.shop.svc.cluster.local']);
  expect(valid(root).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ServiceAccount reviews', 'Service reviews', 'Deployment reviews-v1', 'Deployment reviews-v2', 'DestinationRule reviews',
  ]);
  expect(find(valid(root), 'Service', 'reviews').spec.selector).toEqual({ app: 'reviews' });
});

option('MeshServiceProps.ports', 'are the ports of the Service and of the containers', () => {
  const root = chart();
  const ports = [MeshPort.http(80, { targetPort: 8080 }), MeshPort.tcp(5432)];
  expect(service(root, 'reviews', { ports }).ports).toEqual(ports);
  expect(find(valid(root), 'Service', 'reviews').spec.ports).toEqual([
    { name: 'http', appProtocol: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'tcp', appProtocol: 'tcp', port: 5432, targetPort: 5432, protocol: 'TCP' },
  ]);
  expect(find(valid(root), 'Deployment', 'reviews-v1').spec.template.spec.containers[0].ports).toEqual([
    { containerPort: 8080, protocol: 'TCP' }, { containerPort: 5432, protocol: 'TCP' },
  ]);
});

option('MeshServiceProps.versions', 'are Deployments and subsets, told apart by the label version', () => {
  const root = chart();
  const reviews = service(root, 'reviews', { versions: { v2: version('example.com/app:2'), blue: version('example.com/app:blue') } });
  expect(reviews.versionNames).toEqual(['blue', 'v2']);
  const objects = valid(root);
  expect(findAll(objects, 'Deployment').map(({ metadata, spec: { selector, template } }) =>
    [metadata.name, selector, template.metadata, template.spec.containers[0].image]))
    .toEqual(['v2', 'blue'].map(name => [
      `reviews-${name}`,
      { matchLabels: { app: 'reviews', version: name } },
      { labels: { app: 'reviews', version: name } },
      `example.com/app:${name.replace('v', '')}`,
    ]));
  expect(find(objects, 'DestinationRule', 'reviews').spec).toEqual({
    host: 'reviews.shop.svc.cluster.local',
    subsets: [{ name: 'blue', labels: { version: 'blue' } }, { name: 'v2', labels: { version: 'v2' } }],
  });
});

option('MeshServiceProps.type', 'is the type of the Service', () => {
  const root = chart();
  service(root, 'reviews', { type: MeshServiceType.nodePort() });
  expect(find(valid(root), 'Service', 'reviews').spec.type).toBe('NodePort');
});

option('MeshServiceProps.serviceAccountPerVersion', 'gives each version an identity', () => {
  const root = chart();
  service(root, 'reviews', { serviceAccountPerVersion: true });
  const objects = valid(root);
  expect(findAll(objects, 'ServiceAccount').map(({ metadata }) => metadata)).toEqual(
    ['reviews-v1', 'reviews-v2'].map(name => ({ name, namespace: 'shop', labels: { app: 'reviews' } })));
  expect(findAll(objects, 'Deployment').map(({ spec }) => spec.template.spec.serviceAccountName)).toEqual(['reviews-v1', 'reviews-v2']);
});

option('MeshServiceProps.labels', 'are labels of the Service alone', () => {
  const root = chart();
  service(root, 'reviews', { labels: { team: 'books' } });
  const objects = valid(root);
  expect(find(objects, 'Service', 'reviews').metadata.labels).toEqual({ app: 'reviews', team: 'books' });
  expect(find(objects, 'Deployment', 'reviews-v1').spec.template.metadata.labels).toEqual({ app: 'reviews', version: 'v1' });
});

option('MeshServiceProps.annotations', 'are annotations of the Service', () => {
  const root = chart();
  service(root, 'reviews', { annotations: { 'example.com/balancer': 'internal' } });
  expect(find(valid(root), 'Service', 'reviews').metadata.annotations).toEqual({ 'example.com/balancer': 'internal' });
});

/** Who calls whom, by path and port. */

option('MeshService.calls', 'is an edge to every port, and writes nothing', () => {
  const root = chart();
  const ratings = service(root, 'ratings', { ports: [MeshPort.http(80), MeshPort.tcp(5432)] });
  const reviews = service(root, 'reviews');
  const before = valid(root);
  reviews.calls(ratings);
  reviews.calls(ratings);
  expect(edgePaths(ratings)).toEqual(['chart/reviews > chart/ratings:5432', 'chart/reviews > chart/ratings:80']);
  expect(valid(root)).toEqual(before);
});

option('CallOptions.port', 'is the only port of the edge', () => {
  const root = chart();
  const ratings = service(root, 'ratings', { ports: [MeshPort.http(80), MeshPort.tcp(5432)] });
  service(root, 'reviews').calls(ratings, { port: 80 });
  expect(edgePaths(ratings)).toEqual(['chart/reviews > chart/ratings:80']);
  expect(refusal(() => service(root, 'details').calls(ratings, { port: 81 })).message).toBe([
    'IM1111 at chart/ratings: ratings has no port 81.',
    '  got      81',
    '  allowed  80 (http), 5432 (tcp)',
    '  next     use a port of the service',
    '  istio    IST0101',
  ].join('\n'));
});

option('MeshService.deploymentOf', 'is the Deployment of a version', () => {
  const root = chart();
  const deployment = service(root).deploymentOf('v2');
  expect(deployment).toBeInstanceOf(Deployment);
  expect(deployment.name).toBe('reviews-v2');
  deployment.metadata.addAnnotation('example.com/note', 'mine');
  expect(find(valid(root), 'Deployment', 'reviews-v2').metadata.annotations).toEqual({ 'example.com/note': 'mine' });
});

option('MeshService.portOf', 'is the port of a number', () => {
  const port = MeshPort.http(80, { suffix: 'web' });
  const reviews = service(chart(), 'reviews', { ports: [port] });
  expect(reviews.portOf(80)).toBe(port);
  expect(refusal(() => reviews.portOf(81)).code).toBe('IM1111');
});

option('MeshService.versionOf', 'is a version with its labels', () => {
  const reviews = service(chart());
  const { service: whose, name, labels } = reviews.versionOf('v2');
  expect([whose, name, labels]).toEqual([reviews, 'v2', { version: 'v2' }]);
  expect(refusal(() => reviews.versionOf('v3')).message).toBe([
    'IM1105 at chart/reviews: reviews has no version v3.',
    '  got      \'v3\'',
    '  allowed  v1, v2',
    '  next     use a version of the service',
    '  istio    IST0101',
  ].join('\n'));
});

option('MeshService.addPodLabel', 'is a label of the pods of all versions, whenever it is added', () => {
  const root = chart();
  const reviews = service(root);
  reviews.addPodLabel('example.com/dns', 'captured');
  const objects = valid(root);
  for (const name of ['v1', 'v2']) {
    const { spec, metadata } = find(objects, 'Deployment', `reviews-${name}`);
    expect(spec.template.metadata.labels).toEqual({ 'app': 'reviews', 'example.com/dns': 'captured', 'version': name });
    expect(spec.selector.matchLabels).toEqual({ app: 'reviews', version: name });
    expect(metadata.labels).toEqual({ app: 'reviews', version: name });
  }
  expect(refusal(() => reviews.addPodLabel('example.com/dns', 'free')).message).toBe([
    'IM1110 at chart/reviews: chart/reviews sets example.com/dns of the labels of the pods of reviews-v1 to another value.',
    '  got      "free", and before "captured"',
    '  next     put the workload into the namespace of the service, and let the library set `app` and `version`',
  ].join('\n'));
  expect(refusal(() => reviews.addPodLabel('app', 'ratings')).message).toBe([
    'IM1110 at chart/reviews: the pods of reviews-v1 already have the label app with another value.',
    '  got      \'ratings\'',
    '  allowed  reviews',
    '  next     put the workload into the namespace of the service, and let the library set `app` and `version`',
  ].join('\n'));
});

option('MeshService.addPodAnnotation', 'is an annotation of the pods of all versions, whenever it is added', () => {
  const root = chart();
  const reviews = service(root);
  reviews.addPodAnnotation('proxy.istio.io/config', '{}');
  expect(findAll(valid(root), 'Deployment').map(({ spec }) => spec.template.metadata.annotations))
    .toEqual(Array(2).fill({ 'proxy.istio.io/config': '{}' }));
  expect(refusal(() => reviews.addPodAnnotation('proxy.istio.io/config', 'other')).code).toBe('IM1130');
  reviews.addPodAnnotation('example.com/owner', 'one');
  expect(refusal(() => reviews.addPodAnnotation('example.com/owner', 'other')).code).toBe('IM1110');
});

option('MeshService.addServiceAnnotation', 'is an annotation of the Service, whenever it is added', () => {
  const root = chart();
  const reviews = service(root, 'reviews', { annotations: { 'example.com/mine': 'yes' } });
  reviews.addServiceAnnotation('networking.istio.io/exportTo', '.');
  expect(find(valid(root), 'Service', 'reviews').metadata.annotations).toEqual({ 'example.com/mine': 'yes', 'networking.istio.io/exportTo': '.' });
  expect(refusal(() => reviews.addServiceAnnotation('example.com/mine', 'no')).code).toBe('IM1110');
});

test('names, selectors and labels hold no hash and no address of the construct', () => {
  const root = new Chart(app(), 'a-chart-that-nobody-calls', { namespace: 'shop' });
  service(root, 'reviews', { versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/app:1' }], replicas: 2 }) } });
  expect(JSON.stringify(valid(root))).not.toMatch(/cdk8s\.io|a-chart-that-nobody-calls|-c8/);
});

describe('what cdk8s-plus makes of a Deployment of ours', () => {
  const setting = () => {
    const root = new Chart(app(), 'chart');
    const namespace = new MeshNamespace(root, 'bookinfo');
    return { root, namespace, deployment: service(namespace).deploymentOf('v1') };
  };

  test('a NetworkPolicy selects the pods by app and version', () => {
    const { root, namespace, deployment } = setting();
    new NetworkPolicy(namespace, 'policy', { metadata: namespace.metadata('policy'), selector: deployment });
    expect(find(valid(root), 'NetworkPolicy', 'policy').spec.podSelector).toEqual({ matchLabels: { app: 'reviews', version: 'v1' } });
  });

  test('a NetworkPolicy allows the pods by app, version and namespace', () => {
    const { root, namespace, deployment } = setting();
    const policy = new NetworkPolicy(namespace, 'policy', { metadata: namespace.metadata('policy'), selector: Pods.all(namespace, 'all') });
    policy.addIngressRule(deployment);
    expect(find(valid(root), 'NetworkPolicy', 'policy').spec.ingress).toEqual([{
      from: [{
        podSelector: { matchLabels: { app: 'reviews', version: 'v1' } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'bookinfo' } },
      }],
      ports: [],
    }]);
  });

  test('affinity and separation select them so, too', () => {
    const { root, namespace, deployment } = setting();
    const other = service(namespace, 'ratings').deploymentOf('v1');
    other.scheduling.colocate(deployment);
    deployment.scheduling.separate(other);
    const objects = valid(root);
    const term = (name: string) => [{
      labelSelector: { matchLabels: { app: name, version: 'v1' } },
      namespaceSelector: undefined,
      namespaces: ['bookinfo'],
      topologyKey: 'kubernetes.io/hostname',
    }];
    expect(find(objects, 'Deployment', 'ratings-v1').spec.template.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution)
      .toEqual(term('reviews'));
    expect(find(objects, 'Deployment', 'reviews-v1').spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution)
      .toEqual(term('ratings'));
  });
});
