import { Chart } from 'cdk8s';
import { app, chart, find, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import {
  CallMatch, CanarySplit, MeshCluster, MeshNamespace, MeshPort, MeshService,
  MeshServiceAttributes, SplitRule, SplitTarget, StatefulMeshService,
} from 'cdk8s-istio';

const ports = [MeshPort.http(20001)];
const traffic = SplitTarget.version('v1');

option('MeshService.fromAttributes', 'a full chart: nothing of its own, but the routing and policy that are asked for', () => {
  const root = new Chart(app(), 'chart');
  const namespace = MeshNamespace.fromExisting(root, 'istio-system');
  const kiali = MeshService.fromAttributes(namespace, 'kiali', { name: 'kiali-ui', ports, versions: { v1: {}, v2: { labels: { release: 'two' } } } });
  expect(valid(root)).toEqual([]);
  new CanarySplit(namespace, 'split', { service: kiali, traffic: SplitTarget.weights({ v1: 90, v2: 10 }) });
  expect(valid(root)).toMatchSnapshot();
});

option('MeshServiceAttributes.name', 'is the name of the Service, in place of the id', () => {
  const root = chart();
  const kiali = MeshService.fromAttributes(root, 'id', { name: 'kiali', ports });
  expect([kiali.serviceName, kiali.namespace, kiali.host]).toEqual(['kiali', 'shop', 'kiali.shop.svc.cluster.local']);
  expect(MeshCluster.of(root).references).toEqual([{ kind: 'Service', namespace: 'shop', name: 'kiali', usedBy: 'chart/id' }]);
});

option('MeshServiceAttributes.ports', 'are the ports that can be routed to', () => {
  const kiali = MeshService.fromAttributes(chart(), 'kiali', { ports });
  expect(kiali.ports).toEqual(ports);
  expect(kiali.ports).not.toBe(ports);
});

option('IMeshService.portOf', 'is the port of a number, for every form', () => {
  const kiali = MeshService.fromAttributes(chart(), 'kiali', { ports });
  expect(kiali.portOf(20001)).toBe(ports[0]);
  expect(refusal(() => kiali.portOf(80)).code).toBe('IM1111');
});

option('IMeshService.versionOf', 'is a version with its labels, for every form', () => {
  const kiali = MeshService.fromAttributes(chart(), 'kiali', { ports, versions: { v1: {} } });
  expect(kiali.versionOf('v1').labels).toEqual({ version: 'v1' });
  expect(refusal(() => MeshService.fromAttributes(chart(), 'kiali', { ports }).versionOf('v1')).message).toBe([
    'IM1105 at chart/kiali: kiali has no version v1.',
    '  got      \'v1\'',
    '  allowed  none: the service was described without versions',
    '  next     use a version of the service',
    '  istio    IST0101',
  ].join('\n'));
});

option('MeshServiceAttributes.versions', 'are subsets as soon as a route leads to them', () => {
  const root = chart();
  const kiali = MeshService.fromAttributes(root, 'kiali', { ports, versions: { v2: {}, v1: {} } });
  expect(kiali.versionNames).toEqual(['v1', 'v2']);
  new CanarySplit(root, 'split', { service: kiali, traffic });
  expect(find(valid(root), 'DestinationRule', 'kiali').spec).toEqual({ host: kiali.host, subsets: [{ name: 'v1', labels: { version: 'v1' } }] });
});

option('VersionAttributes.labels', 'are the labels of the subset, in place of version', () => {
  const root = chart();
  const kiali = MeshService.fromAttributes(root, 'kiali', { ports, versions: { v1: { labels: { release: 'one', track: 'stable' } } } });
  new CanarySplit(root, 'split', { service: kiali, traffic });
  expect(find(valid(root), 'DestinationRule', 'kiali').spec.subsets).toEqual([{ name: 'v1', labels: { release: 'one', track: 'stable' } }]);
});

option('MeshServiceAttributes.podLabels', 'are what calls of the service are recognized by, in place of app', () => {
  const root = chart();
  const kiali = MeshService.fromAttributes(root, 'kiali', { ports, podLabels: { 'app.kubernetes.io/name': 'kiali' } });
  expect(kiali.podLabels).toEqual({ 'app.kubernetes.io/name': 'kiali' });
  expect(MeshService.fromAttributes(root, 'plain', { ports }).podLabels).toEqual({ app: 'plain' });
  new CanarySplit(root, 'split', { service: service(root), rules: [SplitRule.when(CallMatch.from(kiali)).to('v2')], traffic });
  expect(find(valid(root), 'VirtualService', 'reviews').spec.http[0].match)
    .toEqual([{ sourceLabels: { 'app.kubernetes.io/name': 'kiali' }, sourceNamespace: 'shop' }]);
});

test('without labels of its pods its calls are not distinguishable', () => {
  const kiali = MeshService.fromAttributes(chart(), 'kiali', { ports, podLabels: {} });
  expect(refusal(() => CallMatch.from(kiali)).message).toBe([
    'IM1207 at CallMatch.from(): kiali.shop.svc.cluster.local is described without pod labels, so every pod of its namespace would match.',
    '  next     set its `podLabels`',
  ].join('\n'));
});

test('described twice and alike is one service, in whatever order its versions are listed', () => {
  const root = chart();
  const [one, two] = [{ v1: {}, v2: {} }, { v2: {}, v1: {} }].map((versions, i) =>
    MeshService.fromAttributes(root, `kiali-${i}`, { name: 'kiali', ports, versions }));
  new CanarySplit(root, 'split', { service: one, traffic });
  expect(refusal(() => new CanarySplit(root, 'other', { service: two, traffic })).message).toBe([
    'IM1401 at chart/other: the traffic of kiali is already split by chart/split.',
    '  next     put the rules of both into one split',
    '  istio    IST0109',
  ].join('\n'));
});

test('described twice and differently is a contradiction', () => {
  const root = chart();
  MeshService.fromAttributes(root, 'one', { name: 'kiali', ports });
  expect(refusal(() => MeshService.fromAttributes(root, 'two', { name: 'kiali', ports: [MeshPort.http(80)] })).message).toBe([
    'IM1401 at chart/two: kiali.shop.svc.cluster.local is described otherwise by chart/one: the ports differ.',
    '  got      80 (http), and before 20001 (http)',
    '  next     describe it once, or alike',
    '  istio    IST0109',
  ].join('\n'));
});

test('described twice and alike is one service, in whatever order its ports and labels are listed', () => {
  const root = chart();
  const several = [MeshPort.http(80, { targetPort: 8080 }), MeshPort.grpc(90)];
  const [a, b] = [{ a: '1', b: '2' }, { b: '2', a: '1' }];
  MeshService.fromAttributes(root, 'one', { name: 'kiali', ports: several, podLabels: a, versions: { v1: { labels: a } } });
  MeshService.fromAttributes(root, 'two', { name: 'kiali', ports: [...several].reverse(), podLabels: b, versions: { v1: { labels: b } } });
  expect(valid(root)).toEqual([]);
});

test.each<[string, Partial<MeshServiceAttributes>, string]>([
  ['a target port', { ports: [MeshPort.http(20001, { targetPort: 8080, container: 'ui', nodePort: 30001 })] },
    'ports differ.\n  got      20001 (http) target port 8080 container ui node port 30001, and before 20001 (http)'],
  ['a version', { versions: { v1: {} } }, 'versions differ.\n  got      v1 (version=v1), and before none'],
  ['the labels of the pods', { podLabels: { app: 'ui' } }, 'podLabels differ.\n  got      app=ui, and before app=kiali'],
])('described twice, and differently by %s', (_, attributes, difference) => {
  const root = chart();
  MeshService.fromAttributes(root, 'one', { name: 'kiali', ports });
  expect(refusal(() => MeshService.fromAttributes(root, 'two', { name: 'kiali', ports, ...attributes })).message)
    .toBe(`IM1401 at chart/two: kiali.shop.svc.cluster.local is described otherwise by chart/one: the ${difference}\n`
      + '  next     describe it once, or alike\n  istio    IST0109');
});

test('described as a service and as the headless one of a StatefulSet is a contradiction', () => {
  const root = chart();
  StatefulMeshService.fromAttributes(root, 'db', { replicas: 1, ports });
  expect(refusal(() => MeshService.fromAttributes(root, 'db-headless', { ports })).message)
    .toMatch(/: the kinds of Service differ\.\n {2}got {6}not headless, and before headless\n/);
});

test('described and made by one App is refused, whichever comes first', () => {
  const [one, two] = [chart(), chart()];
  service(one, 'kiali');
  expect(refusal(() => MeshService.fromAttributes(one, 'outside', { name: 'kiali', ports })).message).toBe([
    'IM1003 at chart/outside: the service shop/kiali exists already: chart/kiali.',
    '  next     use that object, or rename one of the two',
  ].join('\n'));
  MeshService.fromAttributes(two, 'outside', { name: 'kiali', ports });
  expect(refusal(() => service(two, 'kiali')).code).toBe('IM1003');
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'IM0001'],
  ['no ports', { ports: [] }, 'IM1101'],
  ['two ports of one name', { ports: [MeshPort.http(80), MeshPort.http(81)] }, 'IM1102'],
  ['a version in capitals', { ports, versions: { V1: {} } }, 'IM1104'],
  ['a version that is nothing', { ports, versions: { v1: null } }, 'IM0001'],
  ['a version of something unknown', { ports, versions: { v1: { label: {} } } }, 'IM0001'],
  ['an invalid label', { ports, podLabels: { 'a b': 'c' } }, 'IM0107'],
  ['an invalid label of a version', { ports, versions: { v1: { labels: { a: 'b c' } } } }, 'IM0107'],
  ['a name with dots', { ports, name: 'a.b' }, 'IM0106'],
])('%s is no description of a service', (_, attributes, code) => {
  expect(refusal(() => MeshService.fromAttributes(chart(), 'kiali', attributes as MeshServiceAttributes)).code).toBe(code);
});
