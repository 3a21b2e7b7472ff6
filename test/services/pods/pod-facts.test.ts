import { Chart } from 'cdk8s';
import { Deployment, Service, StatefulSet } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { app, chart, find, messages, refusal, service } from '../../helpers/build';
import { valid } from '../../helpers/valid';
import { MeshNamespace, MeshNamespaceProps, MeshPort, MeshVersion, PodOptions, SidecarInjection, StatefulMeshService } from 'cdk8s-istio';

const KEY = 'sidecar.istio.io/inject';
const containers = [{ image: 'example.com/app:1' }];
const namespace = (props?: MeshNamespaceProps) => new MeshNamespace(new Chart(app(), 'chart'), 'shop', props);

const reviews = (scope: Construct, options: Partial<PodOptions> = {}) =>
  service(scope, 'reviews', { versions: { v1: MeshVersion.of({ containers, ...options }) } });
const db = (scope: Construct, options: Partial<PodOptions> = {}) =>
  new StatefulMeshService(scope, 'db', { containers, replicas: 1, ports: [MeshPort.tcp(5432)], ...options });

const message = (at: string, what: string, subject: string) => [
  `IM1115 at ${at}: the ${what} ${KEY} disables the sidecar of the pods of ${subject}.`,
  '  got      \'false\'',
  '  allowed  true',
  '  next     put the service into a namespace with SidecarInjection.disabled(), or describe it with MeshService.fromAttributes',
].join('\n');

describe('pods that refuse the sidecar of their namespace', () => {
  test.each<[string, (scope: Construct) => unknown, string]>([
    ['by podLabels', scope => reviews(scope, { podLabels: { [KEY]: 'false' } }), message('chart/shop/reviews/v1', 'label', 'reviews-v1')],
    ['by podAnnotations', scope => reviews(scope, { podAnnotations: { [KEY]: 'false' } }), message('chart/shop/reviews/v1', 'annotation', 'reviews-v1')],
    ['by a late label', scope => reviews(scope).addPodLabel(KEY, 'false'), message('chart/shop/reviews', 'label', 'reviews-v1')],
    ['by a late annotation', scope => reviews(scope).addPodAnnotation(KEY, 'false'), message('chart/shop/reviews', 'annotation', 'reviews-v1')],
    ['by podLabels of a StatefulSet', scope => db(scope, { podLabels: { [KEY]: 'false' } }), message('chart/shop/db', 'label', 'db')],
    ['by podAnnotations of a StatefulSet', scope => db(scope, { podAnnotations: { [KEY]: 'false' } }), message('chart/shop/db', 'annotation', 'db')],
    ['by a late label of a StatefulSet', scope => db(scope).addPodLabel(KEY, 'false'), message('chart/shop/db', 'label', 'db')],
    ['by a late annotation of a StatefulSet', scope => db(scope).addPodAnnotation(KEY, 'false'), message('chart/shop/db', 'annotation', 'db')],
  ])('%s', (_, build, expected) => {
    expect(refusal(() => build(namespace())).message).toBe(expected);
  });

  test('in a Deployment that is there', () => {
    const shop = namespace();
    const podMetadata = { labels: { [KEY]: 'false' } };
    const legacy = new Deployment(shop, 'legacy', { metadata: shop.metadata('legacy'), containers, podMetadata });
    expect(refusal(() => service(shop, 'reviews', { versions: { v1: MeshVersion.fromWorkload(legacy) } })).message)
      .toBe(message('chart/shop/reviews/v1', 'label', 'reviews-v1'));
  });

  test('in a StatefulSet that is there', () => {
    const root = chart();
    const peers = new Service(root, 'headless', { metadata: { name: 'db-peers', namespace: 'shop' }, clusterIP: 'None', ports: [{ port: 80 }] });
    const podMetadata = { annotations: { [KEY]: 'false' } };
    const workload = new StatefulSet(root, 'set', { metadata: { name: 'db', namespace: 'shop' }, service: peers, containers, podMetadata });
    expect(refusal(() => StatefulMeshService.fromWorkload(root, 'db', { workload, ports: [MeshPort.http(80)] })).message)
      .toBe(message('chart/db', 'annotation', 'db'));
  });

  test('by metadata of the Deployment itself, at synthesis', () => {
    const shop = namespace();
    reviews(shop).deploymentOf('v1').podMetadata.addLabel(KEY, 'false');
    expect(messages(shop)).toEqual([message('chart/shop/reviews/v1', 'label', 'reviews-v1')]);
  });
});

test('a sidecar that is asked for once more is no refusal', () => {
  const root = new Chart(app(), 'chart');
  const shop = new MeshNamespace(root, 'shop');
  reviews(shop, { podLabels: { [KEY]: 'true' } }).addPodLabel(KEY, 'true');
  expect(find(valid(root), 'Deployment', 'reviews-v1').spec.template.metadata.labels[KEY]).toBe('true');
});

test('nor is a label that says what the namespace says', () => {
  const shop = namespace({ injection: SidecarInjection.disabled() });
  reviews(shop, { podLabels: { [KEY]: 'false' } });
  expect(messages(shop)).toEqual([]);
});

test('a port for which no container of a StatefulSet listens', () => {
  const root = chart();
  const peers = new Service(root, 'headless', { metadata: { name: 'db-peers', namespace: 'shop' }, clusterIP: 'None', ports: [{ port: 80 }] });
  const workload = new StatefulSet(root, 'set', {
    metadata: { name: 'db', namespace: 'shop' }, service: peers, containers: [{ ...containers[0], portNumber: 8080 }],
  });
  expect(refusal(() => StatefulMeshService.fromWorkload(root, 'db', { workload, ports: [MeshPort.http(8080)], peerPorts: [MeshPort.tcp(7000)] })).message).toBe([
    'IM1107 at chart/db: no container listens for port 7000: no container declares TCP port 7000.',
    '  got      7000',
    '  allowed  8080 TCP (main)',
    '  next     set the port of the container, { targetPort: … }, or declare it in the container',
  ].join('\n'));
  expect(refusal(() => StatefulMeshService.fromWorkload(root, 'other', { workload, ports: [MeshPort.http(8080, { container: 'web' })] })).code).toBe('IM1107');
});
