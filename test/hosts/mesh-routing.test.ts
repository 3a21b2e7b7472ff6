import { chart, find, findAll, KubeObject, refusal, service, synth } from '../helpers/build';
import { CallMatch, CanarySplit, MeshPort, MeshService, SplitRule, SplitTarget, StringMatch } from 'cdk8s-istio';

const HOST = 'reviews.shop.svc.cluster.local';
const to = (subset: string, port?: number) => ({ destination: { host: HOST, subset, ...(port === undefined ? {} : { port: { number: port } }) } });
const half = (port?: number) => [{ ...to('v1', port), weight: 50 }, { ...to('v2', port), weight: 50 }];
const HALF = SplitTarget.weights({ v1: 50, v2: 50 });

/** The VirtualService of a split of a service with these ports. */
function split(ports: MeshPort[], props: { traffic?: SplitTarget; rules?: (caller: MeshService) => SplitRule[]; ports?: number[] } = {}): KubeObject {
  const shop = chart();
  const reviews = service(shop, 'reviews', { ports });
  const caller = service(shop, 'productpage');
  new CanarySplit(shop, 'split', { service: reviews, traffic: props.traffic ?? HALF, rules: props.rules?.(caller), ports: props.ports });
  return find(synth(shop), 'VirtualService', 'reviews');
}

const fromV1 = (caller: MeshService) => [SplitRule.when(CallMatch.fromVersion(caller, 'v1')).to('v2')];
const byHeader = () => [SplitRule.when(CallMatch.header('x-user', StringMatch.exact('jason'))).to('v2')];
const labelsOfV1 = { sourceLabels: { app: 'productpage', version: 'v1' }, sourceNamespace: 'shop' };

describe('the VirtualService of a host', () => {
  test('has the name and namespace of the service', () => {
    expect(split([MeshPort.http(80)])).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'reviews', namespace: 'shop' },
      spec: { hosts: [HOST], http: [{ route: half() }] },
    });
  });

  test('does not exist without a split', () => {
    const shop = chart();
    service(shop);
    expect(findAll(synth(shop), 'VirtualService')).toEqual([]);
  });

  test('asks rules in the order they were written', () => {
    expect(split([MeshPort.http(80)], { rules: caller => [...byHeader(), ...fromV1(caller)] }).spec.http).toEqual([
      { match: [{ headers: { 'x-user': { exact: 'jason' } } }, labelsOfV1], route: [to('v2')] },
      { route: half() },
    ]);
  });

  test('says for TCP what it says for HTTP, port by port', () => {
    expect(split([MeshPort.tcp(9000), MeshPort.mongo(27017)], { rules: fromV1 }).spec).toEqual({
      hosts: [HOST],
      tcp: [
        { match: [{ port: 9000, ...labelsOfV1 }], route: [to('v2', 9000)] },
        { match: [{ port: 9000 }], route: half(9000) },
        { match: [{ port: 27017, ...labelsOfV1 }], route: [to('v2', 27017)] },
        { match: [{ port: 27017 }], route: half(27017) },
      ],
    });
  });

  test('says both for ports of both kinds', () => {
    expect(split([MeshPort.http(80), MeshPort.tcp(9000)]).spec).toEqual({
      hosts: [HOST], http: [{ route: half() }], tcp: [{ match: [{ port: 9000 }], route: half(9000) }],
    });
  });

  test('leaves UDP alone', () => {
    expect(split([MeshPort.http(80), MeshPort.udp(53)]).spec).toEqual({ hosts: [HOST], http: [{ route: half() }] });
  });
});

describe('for some of the ports', () => {
  const ports = [MeshPort.http(80), MeshPort.grpc(90), MeshPort.tcp(9000)];

  test('HTTP routes say which ports they are for', () => {
    expect(split(ports, { ports: [90], rules: byHeader }).spec).toEqual({
      hosts: [HOST],
      http: [
        { match: [{ headers: { 'x-user': { exact: 'jason' } }, port: 90 }], route: [to('v2')] },
        { match: [{ port: 90 }], route: half() },
      ],
    });
  });

  test('all HTTP ports need not be named', () => {
    expect(split(ports, { ports: [80, 90] }).spec).toEqual({ hosts: [HOST], http: [{ route: half() }] });
  });

  test('TCP alone', () => {
    expect(split(ports, { ports: [9000] }).spec).toEqual({ hosts: [HOST], tcp: [{ match: [{ port: 9000 }], route: half(9000) }] });
  });

  test('headers may be matched where the TCP ports are left out', () => {
    expect(split(ports, { ports: [80, 90], rules: byHeader }).spec.http).toHaveLength(2);
  });
});

describe('refused', () => {
  const message = (...args: Parameters<typeof split>) => refusal(() => split(...args)).message;

  test('a port that the service does not have', () => {
    expect(message([MeshPort.http(80)], { ports: [8080] })).toBe([
      'IM1111 at chart/split: reviews has no port 8080.',
      '  got      [8080]',
      '  allowed  80',
      '  next     use a port of the service',
      '  istio    IST0101',
    ].join('\n'));
  });

  test.each<[string, MeshPort[], number[] | undefined]>([
    ['no port', [MeshPort.http(80)], []],
    ['UDP alone', [MeshPort.udp(53)], undefined],
    ['UDP by its number', [MeshPort.http(80), MeshPort.udp(53)], [53]],
  ])('%s', (_, all, ports) => {
    expect(refusal(() => split(all, { ports }))).toMatchObject({ code: 'IM1111', at: 'chart/split' });
  });

  test.each([MeshPort.tls(443), MeshPort.https(443)])('a port of the application\'s own TLS', port => {
    expect(message([MeshPort.http(80), port])).toBe([
      `IM1208 at chart/split: port 443 (${port.name}) carries the application's own TLS and cannot be split.`,
      '  next     name the ports of the split in `ports`',
    ].join('\n'));
    expect(split([MeshPort.http(80), port], { ports: [80] }).spec.http).toEqual([{ route: half() }]);
  });

  const NOT_HTTP = [
    'IM1204 at chart/split: port 9000 (tcp) is not HTTP: there are no headers to match and no answers to give.',
    '  got      \'tcp\'',
    '  allowed  on TCP: weights, versions, and rules by caller',
    '  next     name the HTTP ports in `ports`, or remove the condition',
  ].join('\n');

  test('headers on TCP', () => {
    expect(message([MeshPort.http(80), MeshPort.tcp(9000)], { rules: byHeader })).toBe(NOT_HTTP);
  });

  test('a refusal on TCP', () => {
    expect(message([MeshPort.tcp(9000)], { traffic: SplitTarget.refuse() })).toBe(NOT_HTTP);
  });

  test('a refusal by a rule on TCP', () => {
    const rules = (caller: MeshService) => [SplitRule.when(CallMatch.from(caller)).splitTo(SplitTarget.refuse())];
    expect(message([MeshPort.tcp(9000)], { rules })).toBe(NOT_HTTP);
  });

  test('a version that the service does not have, in a weight or a rule', () => {
    const lines = [
      'IM1105 at chart/split: reviews has no version v3.',
      '  got      \'v3\'',
      '  allowed  v1, v2',
      '  next     use a version of the service',
      '  istio    IST0101',
    ].join('\n');
    expect(message([MeshPort.http(80)], { traffic: SplitTarget.weights({ v1: 50, v3: 50 }) })).toBe(lines);
    expect(message([MeshPort.http(80)], { rules: caller => [SplitRule.when(CallMatch.from(caller)).to('v3')] })).toBe(lines);
  });
});
