import { isHttp, isHttp2, isTls } from '../../src/values/protocol';
import { chart, findAll, refusal, service, synth } from '../helpers/build';
import { MeshPort, MeshPortOptions, MeshProtocol } from 'cdk8s-istio';

type Factory = (port: number, options?: MeshPortOptions) => MeshPort;

type Expected = [make: Factory, protocol: MeshProtocol, name: string, transport: 'TCP' | 'UDP', carries: 'http' | 'http2' | 'tls' | 'opaque'];

const FACTORIES: { [name in Exclude<keyof typeof MeshPort, 'prototype'>]: Expected } = {
  http: [MeshPort.http, MeshProtocol.HTTP, 'http', 'TCP', 'http'],
  http2: [MeshPort.http2, MeshProtocol.HTTP2, 'http2', 'TCP', 'http2'],
  https: [MeshPort.https, MeshProtocol.HTTPS, 'https', 'TCP', 'tls'],
  grpc: [MeshPort.grpc, MeshProtocol.GRPC, 'grpc', 'TCP', 'http2'],
  grpcWeb: [MeshPort.grpcWeb, MeshProtocol.GRPC_WEB, 'grpc-web', 'TCP', 'http2'],
  tcp: [MeshPort.tcp, MeshProtocol.TCP, 'tcp', 'TCP', 'opaque'],
  tls: [MeshPort.tls, MeshProtocol.TLS, 'tls', 'TCP', 'tls'],
  mongo: [MeshPort.mongo, MeshProtocol.MONGO, 'mongo', 'TCP', 'opaque'],
  mysql: [MeshPort.mysql, MeshProtocol.MYSQL, 'mysql', 'TCP', 'opaque'],
  redis: [MeshPort.redis, MeshProtocol.REDIS, 'redis', 'TCP', 'opaque'],
  udp: [MeshPort.udp, MeshProtocol.UDP, 'udp', 'UDP', 'opaque'],
};

describe('a port says its protocol', () => {
  test.each(Object.entries(FACTORIES))('%s', (_, [make, protocol, name, transport, carries]) => {
    const port = make(8080);
    expect({ ...port }).toEqual({ protocol, port: 8080, name, targetPort: 8080, container: undefined, nodePort: undefined });
    expect(port._transport).toBe(transport);
    expect([isHttp(port.protocol), isHttp2(port.protocol), isTls(port.protocol)]).toEqual([carries.startsWith('http'), carries === 'http2', carries === 'tls']);
    expect(make(8080, { suffix: 'web' }).name).toBe(`${name}-web`);
  });

  test.each(Object.entries(FACTORIES))('%s, as the Service spells it', (_, [make, protocol, name, transport]) => {
    const shop = chart();
    service(shop, 'reviews', { ports: [make(8080, { suffix: 'web', targetPort: 9090 })] });
    const [{ spec }] = findAll(synth(shop), 'Service');
    const application = transport === 'UDP' ? {} : { appProtocol: protocol };
    expect(spec.ports).toEqual([{ name: `${name}-web`, port: 8080, targetPort: 9090, protocol: transport, ...application }]);
  });

  test('there is a factory for each protocol', () => {
    expect(Object.values(FACTORIES).map(([, protocol]) => protocol).sort()).toEqual(Object.values(MeshProtocol).sort());
  });

  test('the options are kept', () => {
    expect({ ...MeshPort.grpc(443, { suffix: 'api', targetPort: 8443, container: 'main', nodePort: 30443 }) }).toEqual({
      protocol: 'grpc', port: 443, name: 'grpc-api', targetPort: 8443, container: 'main', nodePort: 30443,
    });
  });
});

describe('the number of a port', () => {
  test.each([1, 80, 14999, 15091, 65535])('%d is taken', number => {
    expect(MeshPort.http(number).port).toBe(number);
  });

  test.each([0, -1, 1.5, 65536, NaN, Infinity])('%d is refused', number => {
    expect(refusal(() => MeshPort.http(number)).message).toBe([
      `IM0101 at MeshPort.http(${number}): the port is no port number.`,
      `  got      ${number}`,
      '  allowed  a whole number from 1 to 65535',
      '  next     use the number the container listens on',
    ].join('\n'));
  });

  test.each([15000, 15001, 15006, 15090])('%d is Envoy\'s', number => {
    expect(refusal(() => MeshPort.tcp(number)).message).toBe([
      `IM0102 at MeshPort.tcp(${number}): the port is one of Envoy's own.`,
      `  got      ${number}`,
      '  allowed  any port but 15000 to 15090',
      '  next     move the application to another port',
    ].join('\n'));
  });

  test.each(['8080', undefined, null])('%p, from JavaScript, is refused', number => {
    expect(refusal(() => MeshPort.http(number as never))).toMatchObject({ code: 'IM0101', at: `MeshPort.http(${number === '8080' ? '\'8080\'' : number})` });
  });

  test.each<[string, MeshPortOptions, string, string]>([
    ['the target port', { targetPort: 0 }, 'IM0101', 'the target port is no port number.'],
    ['Envoy\'s as target port', { targetPort: 15001 }, 'IM0102', 'the target port is one of Envoy\'s own.'],
    ['the node port', { nodePort: 70000 }, 'IM0101', 'the node port is no port number.'],
  ])('%s is checked as well', (_, options, code, problem) => {
    const { code: thrown, message } = refusal(() => MeshPort.http(80, options));
    expect(thrown).toBe(code);
    expect(message.split('\n')[0]).toBe(`${code} at MeshPort.http(80): ${problem}`);
  });
});

describe('the suffix of a port', () => {
  test('one that cannot be in a name is refused', () => {
    expect(refusal(() => MeshPort.http(80, { suffix: 'Web_UI' })).message).toBe([
      'IM0103 at MeshPort.http(80): the suffix cannot be part of a port\'s name.',
      '  got      \'Web_UI\'',
      '  allowed  lower-case letters, digits and dashes; http-<suffix> has at most 63 characters',
      '  next     shorten the suffix, or spell it in lower case',
      '  istio    IST0118',
    ].join('\n'));
  });

  test.each(['', 'a b', 'web-', 'wéb', 'a.b'])('%p is refused', suffix => {
    expect(refusal(() => MeshPort.http(80, { suffix }))).toMatchObject({ code: 'IM0103', at: 'MeshPort.http(80)' });
  });

  test('the whole name has at most 63 characters', () => {
    expect(MeshPort.http(80, { suffix: 'p'.repeat(58) }).name).toHaveLength(63);
    expect(refusal(() => MeshPort.http(80, { suffix: 'p'.repeat(59) })).code).toBe('IM0103');
  });

  test('an option that there is not is refused', () => {
    expect(refusal(() => MeshPort.http(80, { name: 'web' } as never)).message).toBe([
      'IM0001 at MeshPort.http(80): there is no property name.',
      '  got      \'name\'',
      '  allowed  container, implicitTls, mutualTls, nodePort, suffix, targetPort',
      '  next     drop it, or correct its name',
    ].join('\n'));
  });
});
