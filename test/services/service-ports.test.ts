import { chart, find, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { MeshPort, MeshProtocol, MeshServiceType, MeshVersion } from 'cdk8s-istio';

/** The port of a Service, and its protocol. */
function written(port: MeshPort): [unknown, MeshProtocol] {
  const root = chart();
  service(root, 'reviews', { ports: [port], type: MeshServiceType.nodePort() });
  return [find(valid(root), 'Service', 'reviews').spec.ports[0], port.protocol];
}

const over = (transport: string, name: string, rest: object = {}) => ({ name, port: 7000, targetPort: 7000, protocol: transport, ...rest });
const tcp = (name: string) => over('TCP', name, { appProtocol: name });

option('MeshPort.http', 'is a port of protocol http', () => expect(written(MeshPort.http(7000))).toEqual([tcp('http'), 'http']));
option('MeshPort.http2', 'is a port of protocol http2', () => expect(written(MeshPort.http2(7000))).toEqual([tcp('http2'), 'http2']));
option('MeshPort.https', 'is a port of protocol https', () => expect(written(MeshPort.https(7000))).toEqual([tcp('https'), 'https']));
option('MeshPort.grpc', 'is a port of protocol grpc', () => expect(written(MeshPort.grpc(7000))).toEqual([tcp('grpc'), 'grpc']));
option('MeshPort.grpcWeb', 'is a port of protocol grpc-web', () => expect(written(MeshPort.grpcWeb(7000))).toEqual([tcp('grpc-web'), 'grpc-web']));
option('MeshPort.tcp', 'is a port of protocol tcp', () => expect(written(MeshPort.tcp(7000))).toEqual([tcp('tcp'), 'tcp']));
option('MeshPort.tls', 'is a port of protocol tls', () => expect(written(MeshPort.tls(7000))).toEqual([tcp('tls'), 'tls']));
option('MeshPort.mongo', 'is a port of protocol mongo', () => expect(written(MeshPort.mongo(7000))).toEqual([tcp('mongo'), 'mongo']));
option('MeshPort.mysql', 'is a port of protocol mysql', () => expect(written(MeshPort.mysql(7000))).toEqual([tcp('mysql'), 'mysql']));
option('MeshPort.redis', 'is a port of protocol redis', () => expect(written(MeshPort.redis(7000))).toEqual([tcp('redis'), 'redis']));
option('MeshPort.udp', 'is a port over UDP, of no protocol that Istio reads', () =>
  expect(written(MeshPort.udp(7000))).toEqual([over('UDP', 'udp'), 'udp']));

option('MeshProtocol.HTTP', 'is http', () => expect(MeshPort.http(80).protocol).toBe(MeshProtocol.HTTP));
option('MeshProtocol.HTTP2', 'is http2', () => expect(MeshPort.http2(80).protocol).toBe(MeshProtocol.HTTP2));
option('MeshProtocol.HTTPS', 'is https', () => expect(MeshPort.https(80).protocol).toBe(MeshProtocol.HTTPS));
option('MeshProtocol.GRPC', 'is grpc', () => expect(MeshPort.grpc(80).protocol).toBe(MeshProtocol.GRPC));
option('MeshProtocol.GRPC_WEB', 'is grpc-web', () => expect(MeshPort.grpcWeb(80).protocol).toBe(MeshProtocol.GRPC_WEB));
option('MeshProtocol.TCP', 'is tcp', () => expect(MeshPort.tcp(80).protocol).toBe(MeshProtocol.TCP));
option('MeshProtocol.TLS', 'is tls', () => expect(MeshPort.tls(80).protocol).toBe(MeshProtocol.TLS));
option('MeshProtocol.MONGO', 'is mongo', () => expect(MeshPort.mongo(80).protocol).toBe(MeshProtocol.MONGO));
option('MeshProtocol.MYSQL', 'is mysql', () => expect(MeshPort.mysql(80).protocol).toBe(MeshProtocol.MYSQL));
option('MeshProtocol.REDIS', 'is redis', () => expect(MeshPort.redis(80).protocol).toBe(MeshProtocol.REDIS));
option('MeshProtocol.UDP', 'is udp', () => expect(MeshPort.udp(80).protocol).toBe(MeshProtocol.UDP));

option('MeshPortOptions.suffix', 'is the second part of the name', () => {
  expect(written(MeshPort.http(7000, { suffix: 'web' }))).toEqual([over('TCP', 'http-web', { appProtocol: 'http' }), 'http']);
});

option('MeshPortOptions.targetPort', 'is the port of the container', () => {
  const root = chart();
  service(root, 'reviews', { ports: [MeshPort.http(80, { targetPort: 8080 })] });
  expect(find(valid(root), 'Service', 'reviews').spec.ports)
    .toEqual([{ name: 'http', appProtocol: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]);
  expect(find(valid(root), 'Deployment', 'reviews-v1').spec.template.spec.containers[0].ports).toEqual([{ containerPort: 8080, protocol: 'TCP' }]);
});

option('MeshPortOptions.nodePort', 'is the port of every node', () => {
  expect(written(MeshPort.http(7000, { nodePort: 30080 }))).toEqual([over('TCP', 'http', { appProtocol: 'http', nodePort: 30080 }), 'http']);
});

/** The ports of each container of version v1, by name. */
function containers(ports: MeshPort[], ...list: object[]): unknown {
  const root = chart();
  service(root, 'reviews', { ports, versions: { v1: MeshVersion.of({ containers: list.map(each => ({ image: 'example.com/app:1', ...each })) }) } });
  const found: { name: string; ports?: object[] }[] = find(valid(root), 'Deployment', 'reviews-v1').spec.template.spec.containers;
  return Object.fromEntries(found.map(container => [container.name, container.ports ?? []]));
}

option('MeshPortOptions.container', 'names the container that listens', () => {
  expect(containers([MeshPort.http(8080, { container: 'app' }), MeshPort.tcp(9000, { container: 'side' })], { name: 'side' }, { name: 'app' }))
    .toEqual({
      side: [{ containerPort: 9000, protocol: 'TCP' }],
      app: [{ containerPort: 8080, protocol: 'TCP' }],
    });
});

describe('where ports land', () => {
  test('in the only container', () => {
    expect(containers([MeshPort.http(8080)], {})).toEqual({ main: [{ containerPort: 8080, protocol: 'TCP' }] });
  });

  test('in the container that declares the target port, once', () => {
    const given = [{ name: 'side', ports: [{ number: 9000, name: 'side' }] }, { name: 'app', portNumber: 8080 }];
    expect(containers([MeshPort.http(80, { targetPort: 8080 }), MeshPort.tcp(9000)], ...given)).toEqual({
      side: [{ containerPort: 9000, name: 'side' }],
      app: [{ containerPort: 8080 }],
    });
  });

  test('two ports of a Service with one target port are one port of the container', () => {
    expect(containers([MeshPort.http(80, { targetPort: 8080 }), MeshPort.http(81, { targetPort: 8080, suffix: 'admin' })], {})).toEqual({
      main: [{ containerPort: 8080, protocol: 'TCP' }],
    });
  });

  test('TCP and UDP of one number are two', () => {
    expect(containers([MeshPort.tcp(53), MeshPort.udp(53)], {})).toEqual({
      main: [{ containerPort: 53, protocol: 'TCP' }, { containerPort: 53, protocol: 'UDP' }],
    });
    expect(containers([MeshPort.tcp(53), MeshPort.udp(53)], { portNumber: 53 })).toEqual({
      main: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }],
    });
  });

  test('nowhere by guessing', () => {
    expect(refusal(() => containers([MeshPort.http(8080)], { name: 'app' }, { name: 'side' })).message).toBe([
      'IM1107 at chart/reviews/v1: no container declares port 8080, and the pod has several.',
      '  allowed  app, side',
      '  next     set the container that listens: { container: \'app\' }',
    ].join('\n'));
    expect(refusal(() => containers([MeshPort.http(8080, { container: 'web' })], { name: 'app' })).message).toBe([
      'IM1107 at chart/reviews/v1: port 8080 names an unknown container.',
      '  got      \'web\'',
      '  allowed  app',
      '  next     set the container in the options of the port',
    ].join('\n'));
  });
});
