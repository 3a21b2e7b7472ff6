import { chart, find, refusal, service } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { MeshNamespace, MeshPort, MeshService, MeshVersion, MeshVersionOptions, MutualTls, PodMetrics, SidecarInjection } from 'cdk8s-istio';

const containers = [{ image: 'example.com/app:1' }];
const reviews = (options: Partial<MeshVersionOptions>, scope: MeshNamespace | ReturnType<typeof chart> = chart(), ports = [MeshPort.http(8080)]) =>
  service(scope, 'reviews', { ports, versions: { v1: MeshVersion.of({ containers, ...options }) } });
const annotations = (options: Partial<MeshVersionOptions>, root = chart()) => {
  reviews(options, root);
  return find(valid(root), 'Deployment', 'reviews-v1').spec.template.metadata.annotations;
};
const says = (metrics: PodMetrics, options: Partial<MeshVersionOptions> = {}) => refusal(() => reviews({ metrics, ...options })).message;

option('MeshVersionOptions.metrics', 'are served by the sidecar, whatever the mesh says of that', () => {
  expect(annotations({ metrics: { port: 9102 } })).toEqual({
    'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics', 'prometheus.istio.io/merge-metrics': 'true',
  });
  expect(annotations({})).toBeUndefined();
});
option('PodMetrics.port', 'is any that the application listens on, of the Service or not', () => {
  expect(annotations({ metrics: { port: 8080 } })['prometheus.io/port']).toBe('8080');
  expect(says({ port: 15020 })).toBe([
    'IM0102 at chart/reviews/v1: the port of the metrics is one of Envoy\'s own.',
    '  got      15020',
    '  allowed  any port but 15000 to 15090',
    '  next     move the application to another port',
  ].join('\n'));
  expect(says({ port: 0 })).toMatch(/^IM0101 at chart\/reviews\/v1: the port of the metrics is no port number\./);
});
option('PodMetrics.path', 'is below the port', () => {
  expect(annotations({ metrics: { port: 9102, path: '/actuator/prometheus' } })['prometheus.io/path']).toBe('/actuator/prometheus');
  expect(says({ port: 9102, path: 'metrics' })).toBe([
    'IM1617 at chart/reviews/v1: the path of the metrics is invalid.',
    '  got      \'metrics\'',
    '  allowed  a path that starts with a slash, without spaces, `?` and `#`',
    '  next     set the port and the path of the metrics',
  ].join('\n'));
  ['', '/a b', '/metrics?format=text', '/#'].forEach(path => expect(says({ port: 9102, path })).toMatch(/^IM1617/));
});

test('an application with TLS on that port is refused', () => {
  const speaking = (port: MeshPort) => refusal(() => reviews({ metrics: { port: 9443 } }, chart(), [port])).message;
  expect(speaking(MeshPort.https(443, { targetPort: 9443 }))).toBe([
    'IM1617 at chart/reviews/v1: the port of the metrics is not plain HTTP: https is https.',
    '  got      9443',
    '  next     serve the metrics on a separate port without TLS',
  ].join('\n'));
  expect(speaking(MeshPort.udp(9443))).toMatch(/^IM1617/);
});

test('what the pods say already must be the same', () => {
  expect(says({ port: 9102 }, { podAnnotations: { 'prometheus.io/port': '8080' } })).toMatch(/^IM1110 at chart\/reviews\/v1: the pods of reviews-v1 already have the annotation prometheus.io\/port with another value\./);
  expect(says({ port: 9102 }, { podAnnotations: { 'prometheus.istio.io/merge-metrics': 'false' } })).toMatch(/^IM1110/);
  expect(annotations({ metrics: { port: 9102 }, podAnnotations: { 'prometheus.io/port': '9102', 'a': 'b' } })).toMatchObject({ 'a': 'b', 'prometheus.io/port': '9102' });
});

test('without a sidecar Prometheus asks the application itself', () => {
  const root = chart();
  const legacy = new MeshNamespace(root, 'legacy', { injection: SidecarInjection.disabled() });
  reviews({ metrics: { port: 9102 } }, legacy);
  expect(find(valid(root), 'Deployment', 'reviews-v1').spec.template.metadata.annotations).toEqual({
    'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics',
  });
});

test('mutual TLS changes nothing of it', () => {
  const [strict, open] = [MutualTls.STRICT, MutualTls.PERMISSIVE].map(mutualTls => {
    const root = chart();
    const namespace = new MeshNamespace(root, 'shop', { mutualTls });
    new MeshService(namespace, 'reviews', { ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers, metrics: { port: 9102 } }) } });
    return find(valid(root), 'Deployment', 'reviews-v1').spec.template.metadata;
  });
  expect(strict).toEqual(open);
});
