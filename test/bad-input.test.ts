/**
 * Mistakes that an application is likely to contain, each with the code, the place and the message that its author gets. What is
 * refused by one construct alone is beside the tests of that construct; here are those that take two, and those of a service.
 */
import { App, Chart } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-28';
import { app, chart, messages, refusal, service, version } from './helpers/build';
import { valid } from './helpers/valid';
import {
  AcmeSolver, CallMatch, CanarySplit, CertificateIssuer, CertificateKey, ClientAuthority, GatewayServer, GatewayTls, GatewayWorkload, MeshCluster,
  MeshGateway, MeshNamespace, MeshPort, MeshPortOptions, MeshService, MeshServiceProps, MeshServiceType, MeshVersion, RouteMatch, RouteTarget,
  ServiceAlias, SidecarInjection, SplitRule, SplitTarget, StringMatch,
} from 'cdk8s-istio';

const container = { image: 'example.com/app:1' };
const tried = (props: object) => refusal(() => service(chart(), 'reviews', props as Partial<MeshServiceProps>));

test.each<[string, object, string]>([
  ['no version', { versions: {} }, 'IM1103 at chart/reviews: the service has no version.\n  got      {}\n'
    + '  next     add a version, or describe a service that is deployed elsewhere with MeshService.fromAttributes'],
  ['a version name that is no label', { versions: { 'v1.0': version() } }, [
    'IM1104 at chart/reviews: the name of the version is not a valid label value.',
    '  got      \'v1.0\'',
    '  allowed  at most 63 lower-case letters, digits and dashes',
    '  next     use lower-case letters, digits and dashes',
  ].join('\n')],
  ['no port', { ports: [] }, 'IM1101 at chart/reviews: the service has no port.\n  got      []\n  next     add at least one port'],
  ['two ports of one number', { ports: [MeshPort.http(80), MeshPort.grpc(80)] }, [
    'IM1102 at chart/reviews: two ports have the number 80.',
    '  got      80 (http), 80 (grpc)',
    '  next     change one number',
  ].join('\n')],
  ['two ports of one name', { ports: [MeshPort.http(80), MeshPort.http(81)] }, [
    'IM1102 at chart/reviews: two ports have the name http.',
    '  got      80 (http), 81 (http)',
    '  next     add a suffix to one of them: { suffix: \'…\' }',
  ].join('\n')],
  ['two ports of one node port', { ports: [MeshPort.http(80, { nodePort: 30080 }), MeshPort.tcp(81, { nodePort: 30080 })], type: MeshServiceType.nodePort() },
    [
      'IM1102 at chart/reviews: two ports have the node port 30080.',
      '  got      30080',
      '  next     change one of them',
    ].join('\n')],
  ['two unnamed containers', { versions: { v1: MeshVersion.of({ containers: [container, container] }) } }, [
    'IM1106 at chart/reviews/v1: two containers have the name main.',
    '  got      ["main","main"]',
    '  next     give the containers names',
  ].join('\n')],
  ['a name with dots', { name: 'reviews.api' }, [
    'IM0106 at chart/reviews: the name of the service is no DNS label.',
    '  got      \'reviews.api\'',
    '  allowed  at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit',
    '  next     use at most 63 lower-case letters, digits and dashes, and no dash at either end',
  ].join('\n')],
  ['the label app', { labels: { app: 'mine' } }, [
    'IM1110 at chart/reviews: the library sets the label app.',
    '  got      {"app":"mine"}',
    '  next     put the workload into the namespace of the service, and let the library set `app` and `version`',
  ].join('\n')],
])('a service with %s', (_, props, message) => {
  expect(tried(props).message).toBe(message);
});

test.each<[string, object, string]>([
  ['a version in capitals', { versions: { V1: version() } }, 'IM1104'],
  ['a version of 64 characters', { versions: { ['v'.repeat(64)]: version() } }, 'IM1104'],
  ['a version without a name', { versions: { '': version() } }, 'IM1104'],
  ['a version that objects inherit', { versions: { ['constructor']: version() } }, 'IM1104'],
  ['versions as a list', { versions: [version()] }, 'IM0001'],
  ['a version that is nothing', { versions: { v1: undefined } }, 'IM0001'],
  ['a version by its containers', { versions: { v1: { containers: [container] } } }, 'IM0001'],
  ['a port by its number', { ports: [80] }, 'IM0001'],
  ['invalid ports', { ports: null }, 'IM0001'],
  ['a name in capitals', { name: 'Reviews' }, 'IM0106'],
  ['a name of 64 characters', { name: 'r'.repeat(64) }, 'IM0106'],
  ['a name too long for its Deployments', { name: 'r'.repeat(62) }, 'IM0106'],
  ['a name that begins with a digit', { name: '1st' }, 'IM0106'],
  ['an empty name', { name: '' }, 'IM0106'],
  ['an invalid label', { labels: { 'a b': 'c' } }, 'IM0107'],
  ['a label without text', { labels: { a: 5 } }, 'IM0001'],
  ['an invalid annotation', { annotations: { 'a b': 'c' } }, 'IM0110'],
  ['a type by name', { type: 'NodePort' }, 'IM0001'],
  ['a text for a yes or no', { serviceAccountPerVersion: 'yes' }, 'IM0001'],
  ['a misspelled property', { version: {} }, 'IM0001'],
])('a service with %s', (_, props, code) => {
  const { code: actual, at } = tried(props);
  expect([actual, at.startsWith('chart/reviews')]).toEqual([code, true]);
});

test('port 15001 is Envoy\'s own', () => {
  expect(refusal(() => MeshPort.http(15001)).message).toBe([
    'IM0102 at MeshPort.http(15001): the port is one of Envoy\'s own.',
    '  got      15001',
    '  allowed  any port but 15000 to 15090',
    '  next     move the application to another port',
  ].join('\n'));
  expect(refusal(() => MeshPort.http(80, { targetPort: 15090 })).code).toBe('IM0102');
});

test.each<[string, unknown, unknown, string]>([
  ['0', 0, {}, 'IM0101'],
  ['65536', 65536, {}, 'IM0101'],
  ['half of one', 80.5, {}, 'IM0101'],
  ['NaN', NaN, {}, 'IM0101'],
  ['text', '80', {}, 'IM0101'],
  ['nothing', undefined, {}, 'IM0101'],
  ['a symbol', Symbol('80'), {}, 'IM0101'],
  ['a suffix in capitals', 80, { suffix: 'Web' }, 'IM0103'],
  ['an empty suffix', 80, { suffix: '' }, 'IM0103'],
  ['a suffix of 64 characters', 80, { suffix: 'w'.repeat(64) }, 'IM0103'],
  ['a suffix that is a number', 80, { suffix: 5 }, 'IM0001'],
  ['no target', 80, { targetPort: 0 }, 'IM0101'],
  ['options that are null', 80, null, 'IM0001'],
  ['a misspelled option', 80, { target: 8080 }, 'IM0001'],
])('a port of %s', (_, port, options, code) => {
  expect(refusal(() => MeshPort.http(port as number, options as MeshPortOptions)).code).toBe(code);
});

test('the same service id twice in one namespace', () => {
  const namespace = new MeshNamespace(new Chart(app(), 'chart'), 'bookinfo');
  service(namespace, 'reviews');
  expect(refusal(() => service(namespace, 'reviews')).message).toBe([
    'IM1007 at chart/bookinfo/reviews: the scope already has reviews.',
    '  got      \'reviews\'',
    '  next     rename one of them, or use the first one in both places',
  ].join('\n'));
});

test('the same service twice under two ids', () => {
  const root = chart();
  service(root, 'reviews');
  expect(refusal(() => service(root, 'other', { name: 'reviews' })).message).toBe([
    'IM1003 at chart/other: the service shop/reviews exists already: chart/reviews.',
    '  next     use that object, or rename one of the two',
  ].join('\n'));
});

test('the same service in two charts of one namespace', () => {
  const root = app();
  service(chart({ scope: root, id: 'one' }));
  expect(refusal(() => service(chart({ scope: root, id: 'two' }))).message).toBe([
    'IM1003 at two/reviews: the service shop/reviews exists already: one/reviews.',
    '  next     use that object, or rename one of the two; charts for two clusters or environments stand in a MeshCluster each',
  ].join('\n'));
});

describe('two charts that write the same object', () => {
  /** Two charts with a ConfigMap of one name in namespace `shop`. */
  const twice = (...charts: Chart[]) => charts.forEach(each => new ConfigMap(each, 'settings', { metadata: { name: 'settings', namespace: 'shop' } }));

  test('in one cluster', () => {
    const root = app();
    const [one, two] = ['one', 'two'].map(id => chart({ scope: root, id }));
    twice(one, two);
    service(one);
    expect(messages(root)).toEqual([[
      'IM1003 at two/settings/Resource: one/settings/Resource also creates ConfigMap shop/settings.',
      '  next     rename one of them, or use the first object in both places; charts for two clusters or environments stand in a MeshCluster each',
    ].join('\n')]);
    expect(() => valid(one)).toThrow('IM1003 at two/settings/Resource');
  });

  test('in two clusters, which is as it should be', () => {
    const root = app();
    const [one, two] = ['one', 'two'].map(id => chart({ scope: new MeshCluster(root, id), id: 'chart' }));
    twice(one, two);
    service(one);
    service(two);
    expect(messages(root)).toEqual([]);
    expect(valid(one)).toEqual(valid(two));
  });

  test('a Namespace, in charts of different namespaces', () => {
    const root = app();
    ['one', 'two'].forEach(id => new MeshNamespace(chart({ scope: root, id, namespace: id }), 'bookinfo', { injection: SidecarInjection.disabled() }));
    expect(messages(root)).toEqual([[
      'IM1003 at two/bookinfo/Resource: one/bookinfo/Resource also creates Namespace bookinfo.',
      '  next     rename one of them, or use the first object in both places; charts for two clusters or environments stand in a MeshCluster each',
    ].join('\n')]);
  });

  test('a Gateway', () => {
    const root = app();
    ['one', 'two'].forEach((id, i) => new MeshGateway(chart({ scope: root, id }), 'edge', {
      workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: [`${i}.example.com`] })],
    }));
    expect(messages(root))
      .toEqual([expect.stringMatching(/^IM1003 at two\/edge\/Resource: one\/edge\/Resource also creates Gateway shop\/edge\./)]);
  });
});

describe('plain JavaScript', () => {
  const root = chart();
  const constructors: [string, (scope: App | Chart | undefined, id: unknown, props: unknown) => unknown][] = [
    ['MeshCluster', (scope, id, props) => new MeshCluster(scope as App, id as string, props as never)],
    ['MeshNamespace', (scope, id, props) => new MeshNamespace(scope as Chart, id as string, props as never)],
    ['MeshNamespace.fromExisting', (scope, id, props) => MeshNamespace.fromExisting(scope as Chart, id as string, props as never)],
    ['MeshService', (scope, id, props) => new MeshService(scope as Chart, id as string, props as never)],
    ['MeshService.fromAttributes', (scope, id, props) => MeshService.fromAttributes(scope as Chart, id as string, props as never)],
    ['ServiceAlias', (scope, id, props) => new ServiceAlias(scope as Chart, id as string, props as never)],
    ['CanarySplit', (scope, id, props) => new CanarySplit(scope as Chart, id as string, props as never)],
    ['MeshGateway', (scope, id, props) => new MeshGateway(scope as Chart, id as string, props as never)],
    ['MeshGateway.fromAttributes', (scope, id, props) => MeshGateway.fromAttributes(scope as Chart, id as string, props as never)],
  ];
  const ids = [undefined, null, '', 5, NaN, {}, [], Symbol('id'), () => 'id', Object.create(null)];
  const props = [null, 5, 'text', [], () => ({}), Symbol('props'), { unknown: 1 }, { name: 5 }, { name: null }];

  test.each(constructors)('%s without a scope', (_, make) => {
    for (const scope of [undefined, null, {}, 'chart']) {
      expect(refusal(() => make(scope as never, 'id', {})).message).toMatch(/^IM0001 at id: the scope is no construct\./);
    }
  });

  test.each(constructors)('%s with an invalid id', (_, make) => {
    for (const id of ids) {
      expect(refusal(() => make(root, id, {})).message).toMatch(/^IM0106 at chart.*: the id is not a text\./);
    }
  });

  test.each(constructors)('%s with invalid properties', (_, make) => {
    const refused = props.map((each, i) => refusal(() => make(chart(), `id-${i}`, each)));
    expect(refused.map(({ code }) => code)).toEqual(props.map(() => 'IM0001'));
  });

  const reviews = service(chart());
  const edge = new MeshGateway(chart(), 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['example.com'] })] });
  const rule = SplitRule.when(CallMatch.header('x-a', StringMatch.present()));
  const namespace = new MeshNamespace(new Chart(app(), 'chart'), 'bookinfo');
  const functions: [string, (...args: never[]) => unknown, string[]][] = [
    ['MeshPort.http', MeshPort.http, ['IM0101']],
    ['MeshVersion.of', MeshVersion.of, ['IM0001']],
    ['MeshVersion.fromWorkload', MeshVersion.fromWorkload, ['IM0001']],
    ['SidecarInjection.revision', SidecarInjection.revision, ['IM0107']],
    ['StringMatch.exact', StringMatch.exact, ['IM0109']],
    ['StringMatch.prefix', StringMatch.prefix, ['IM0109']],
    ['StringMatch.regex', StringMatch.regex, ['IM0109']],
    ['RouteMatch.exactPath', RouteMatch.exactPath, ['IM1308']],
    ['RouteMatch.pathPrefix', RouteMatch.pathPrefix, ['IM1308']],
    ['RouteMatch.pathRegex', RouteMatch.pathRegex, ['IM0109']],
    ['RouteTarget.redirect', RouteTarget.redirect, ['IM0001', 'IM1310']],
    ['RouteTarget.directResponse', RouteTarget.directResponse, ['IM1310']],
    ['CallMatch.from', CallMatch.from, ['IM0001']],
    ['CallMatch.fromVersion', CallMatch.fromVersion, ['IM0001']],
    ['CallMatch.header', CallMatch.header, ['IM0001']],
    ['CallMatch.allOf', CallMatch.allOf, ['IM0001']],
    ['SplitTarget.weights', SplitTarget.weights, ['IM0001', 'IM1201']],
    ['SplitTarget.version', SplitTarget.version, ['IM1104']],
    ['SplitRule.when', SplitRule.when, ['IM0001']],
    ['SplitCondition.to', rule.to.bind(rule), ['IM1104']],
    ['SplitCondition.splitTo', rule.splitTo.bind(rule), ['IM0001']],
    ['GatewayServer.http', GatewayServer.http, ['IM0001']],
    ['GatewayServer.https', GatewayServer.https, ['IM0001']],
    ['GatewayServer.tls', GatewayServer.tls, ['IM0001']],
    ['GatewayServer.autoPassthrough', GatewayServer.autoPassthrough, ['IM0001']],
    ['GatewayServer.mongo', GatewayServer.mongo, ['IM0001']],
    ['GatewayTls.simple', GatewayTls.simple, ['IM1312']],
    ['GatewayTls.mutual', GatewayTls.mutual, ['IM1312']],
    ['GatewayTls.optionalMutual', GatewayTls.optionalMutual, ['IM1312']],
    ['GatewayTls.files', GatewayTls.files, ['IM0001']],
    ['ClientAuthority.secret', ClientAuthority.secret, ['IM1312']],
    ['ClientAuthority.configMap', ClientAuthority.configMap, ['IM1312']],
    ['CertificateIssuer.clusterIssuer', CertificateIssuer.clusterIssuer, ['IM1357']],
    ['CertificateIssuer.issuer', CertificateIssuer.issuer, ['IM1357']],
    ['CertificateIssuer.external', CertificateIssuer.external, ['IM0001']],
    ['CertificateKey.rsa', CertificateKey.rsa, ['IM1357']],
    ['CertificateKey.ecdsa', CertificateKey.ecdsa, ['IM1357']],
    ['AcmeSolver.service', AcmeSolver.service, ['IM0001']],
    ['GatewayWorkload.labels', GatewayWorkload.labels, ['IM1311']],
    ['MeshCluster.of', MeshCluster.of, ['IM0001']],
    ['MeshNamespace.metadata', namespace.metadata.bind(namespace), ['IM0106']],
    ['MeshService.calls', reviews.calls.bind(reviews), ['IM0001']],
    ['MeshService.portOf', reviews.portOf.bind(reviews), ['IM1111']],
    ['MeshService.versionOf', reviews.versionOf.bind(reviews), ['IM1105']],
    ['MeshService.deploymentOf', reviews.deploymentOf.bind(reviews), ['IM1105']],
    ['MeshService.addPodLabel', reviews.addPodLabel.bind(reviews), ['IM0107']],
    ['MeshService.addPodAnnotation', reviews.addPodAnnotation.bind(reviews), ['IM0110']],
    ['MeshService.addServiceAnnotation', reviews.addServiceAnnotation.bind(reviews), ['IM0110']],
    ['MeshGateway.addServer', edge.addServer.bind(edge), ['IM0001']],
    ['MeshGateway.addHttpRoute', edge.addHttpRoute.bind(edge), ['IM0001']],
    ['MeshGateway.addGrpcRoute', edge.addGrpcRoute.bind(edge), ['IM0001']],
  ];

  test.each(functions)('%s of invalid arguments', (_, call, codes) => {
    const anything = [undefined, null, NaN, -1, '', {}, [], () => 1, Symbol('x'), Object.create(null)];
    const refused = anything.map(argument => refusal(() => call(argument as never)).code);
    expect([...new Set(refused)].sort()).toEqual(codes);
  });
});

test('a version described without labels would be all pods of the service', () => {
  const described = () => MeshService.fromAttributes(chart(), 'kiali', { ports: [MeshPort.http(20001)], versions: { v1: { labels: {} } } });
  expect(refusal(described).message).toBe([
    'IM1104 at chart/kiali: version v1 has no label: its subset would contain all pods of the service.',
    '  got      {}',
    '  allowed  at least one label',
    '  next     use lower-case letters, digits and dashes',
  ].join('\n'));
});

test('a container that listens on a port of Envoy\'s is refused like a port of the service', () => {
  expect(tried({ versions: { v1: MeshVersion.of({ containers: [{ ...container, portNumber: 15001 }] }) } }))
    .toMatchObject({ code: 'IM0102', at: 'chart/reviews/v1' });
});

test.each(['', 'cloud/', 'a b'])('%p is no class of load balancers', loadBalancerClass => {
  expect(refusal(() => MeshServiceType.loadBalancer({ loadBalancerClass }))).toMatchObject({ code: 'IM0107', at: 'MeshServiceType.loadBalancer()' });
});

test('a route to a service of another cluster is refused, and leaves nothing behind', () => {
  const root = app();
  const [here, there] = ['here', 'there'].map(name => new Chart(new MeshCluster(root, name), 'chart', { namespace: 'shop' }));
  const edge = new MeshGateway(here, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ routedElsewhere: true, hosts: ['example.com'] })] });
  const other = service(there, 'reviews');
  expect(refusal(() => edge.addHttpRoute('example.com', { to: other })).message).toBe([
    'IM1008 at here/chart/edge: there/chart/reviews is in another cluster.',
    '  got      \'there\'',
    '  allowed  here',
    '  next     use a service of the same cluster; call services of other clusters through a gateway',
  ].join('\n'));
  edge.addHttpRoute('example.com', { to: RouteTarget.directResponse(200) });
  expect(messages(root)).toEqual([]);
});
