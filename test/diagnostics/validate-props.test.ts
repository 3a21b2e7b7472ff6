import * as cdk8s from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import * as others from '../../src/diagnostics/cdk8s-shapes';
import * as ours from '../../src/diagnostics/shapes';
import { instanceOf, validateProps } from '../../src/diagnostics/validate-props';
import { EXAMPLES } from '../../src/diagnostics/written';
import { refusal, service, chart } from '../helpers/build';
import { diagnostics } from '../helpers/compile';
import * as library from 'cdk8s-istio';
import { HttpMethod, IstioRelease, KubernetesRelease, MeshPort, MutualTls, StringMatch } from 'cdk8s-istio';

const STRUCTS = { ...ours.STRUCTS, ...others.STRUCTS };
const ENUMS = { ...ours.ENUMS, ...others.ENUMS };

const at = (struct: string, given: unknown) => refusal(() => validateProps(struct, given, 'shop/x'));

describe('properties of the right shape', () => {
  test.each<[string, object]>([
    ['MeshPortOptions', {}],
    ['MeshPortOptions', { suffix: 'web', targetPort: 1, container: 'main', nodePort: undefined }],
    ['MeshNamespaceProps', { mutualTls: MutualTls.STRICT, labels: { a: 'b' } }],
    ['RouteMatchOptions', { method: HttpMethod.GET, headers: { 'x-user': StringMatch.present() }, ignoreCase: true }],
    ['MeshServiceAttributes', { ports: [MeshPort.http(80)], versions: { v1: {}, v2: { labels: { a: 'b' } } } }],
    ['MeshClusterProps', { istio: IstioRelease.V1_30 }],
  ])('%s %p', (struct, given) => {
    expect(validateProps(struct, given, 'x')).toBe(given);
  });
});

describe('refused', () => {
  test('an unknown property', () => {
    expect(at('CallOptions', { prot: 80 }).message).toBe([
      'IM0001 at shop/x: there is no property prot.',
      '  got      \'prot\'',
      '  allowed  methods, paths, port',
      '  next     did you mean port?',
    ].join('\n'));
  });

  test('a property called like one that every object has', () => {
    expect(at('CallOptions', { toString: 1 }).message.split('\n')[0]).toBe('IM0001 at shop/x: there is no property toString.');
  });

  test('a missing property', () => {
    expect(at('MeshServiceAttributes', {}).message).toBe([
      'IM0001 at shop/x: ports is missing.',
      '  got      undefined',
      '  allowed  a list',
      '  next     write a list: [ … ]',
    ].join('\n'));
  });

  test('a null is no missing property', () => {
    expect(at('MeshPortOptions', { suffix: null }).message).toBe([
      'IM0001 at shop/x: suffix is of the wrong type.',
      '  got      null',
      '  allowed  a string',
      '  next     write a text in quotes',
    ].join('\n'));
  });

  test('no properties at all', () => {
    expect(at('CallOptions', undefined).message).toBe([
      'IM0001 at shop/x: the object of properties is missing.',
      '  got      undefined',
      '  allowed  a CallOptions: { methods, paths, port }',
      '  next     write an object of these properties: { … }',
    ].join('\n'));
  });

  test.each<[string, string, unknown, string, string]>([
    ['text for a number', 'CallOptions', { port: '80' }, 'port is of the wrong type', 'a number'],
    ['a number for text', 'MeshPortOptions', { suffix: 1 }, 'suffix is of the wrong type', 'a string'],
    ['text for a boolean', 'RouteMatchOptions', { ignoreCase: 'yes' }, 'ignoreCase is of the wrong type', 'a boolean'],
    ['text for the properties', 'CallOptions', 'port', 'the object of properties is of the wrong type', 'a CallOptions: { methods, paths, port }'],
    ['a list for the properties', 'CallOptions', [80], 'the object of properties is of the wrong type', 'a CallOptions: { methods, paths, port }'],
    ['one for a list', 'MeshServiceAttributes', { ports: MeshPort.http(80) }, 'ports is of the wrong type', 'a list'],
    ['an element of another class', 'MeshServiceAttributes', { ports: [MeshPort.http(80), 80] }, 'ports[1] is of the wrong type', 'a MeshPort'],
    ['a hole in a list', 'MeshServiceAttributes', { ports: [undefined] }, 'ports[0] is missing', 'a MeshPort'],
    ['a list for a map', 'MeshNamespaceProps', { labels: ['a'] }, 'labels is of the wrong type', 'an object of names and values'],
    ['a value of a map', 'MeshNamespaceProps', { labels: { a: 1 } }, 'labels.a is of the wrong type', 'a string'],
    ['a hole in a map', 'MeshNamespaceProps', { labels: { a: undefined } }, 'labels.a is missing', 'a string'],
    ['a struct in a map', 'MeshServiceAttributes', { ports: [], versions: { v1: 'v1' } }, 'versions.v1 is of the wrong type', 'a VersionAttributes: { labels }'],
    ['a map in a struct in a map', 'MeshServiceAttributes', { ports: [], versions: { v1: { labels: { a: 1 } } } }, 'versions.v1.labels.a is of the wrong type', 'a string'],
    ['a plain object for a class', 'MeshClusterProps', { istio: { version: '1.31' } }, 'istio is of the wrong type', 'an IstioRelease'],
    ['an object of another class', 'MeshClusterProps', { istio: KubernetesRelease.V1_30 }, 'istio is of the wrong type', 'an IstioRelease'],
    ['the name of a value for it', 'MeshClusterProps', { istio: '1.31' }, 'istio is of the wrong type', 'an IstioRelease'],
    ['text for an object', 'CanarySplitProps', { service: 'reviews' }, 'service is of the wrong type', 'an IMeshService'],
    ['an object of another interface', 'CanarySplitProps', { service: { toRouteTarget: () => 0 } }, 'service is of the wrong type', 'an IMeshService'],
    ['a Map for a map', 'MeshNamespaceProps', { labels: new Map([['a', 'b']]) }, 'labels is of the wrong type', 'an object of names and values'],
    ['a Map for the properties', 'CallOptions', new Map([['port', 80]]), 'the object of properties is of the wrong type', 'a CallOptions: { methods, paths, port }'],
    ['no member of an enum', 'MeshNamespaceProps', { mutualTls: 'strict' }, 'mutualTls is of the wrong type', 'MutualTls.STRICT, MutualTls.PERMISSIVE, MutualTls.DISABLE'],
    ['a number for an enum', 'MeshNamespaceProps', { mutualTls: 0 }, 'mutualTls is of the wrong type', 'MutualTls.STRICT, MutualTls.PERMISSIVE, MutualTls.DISABLE'],
  ])('%s', (_, struct, given, problem, allowed) => {
    const { code, message } = at(struct, given);
    const [first, , third] = message.split('\n');
    expect([code, first, third]).toEqual(['IM0001', `IM0001 at shop/x: ${problem}.`, `  allowed  ${allowed}`]);
  });

  test.each([[[]], [{}], [Object.create(null)]])('%p where a construct of another library belongs, which would leave a field empty', value => {
    const containers = [{ image: 'nginx' }];
    expect(at('MeshVersionOptions', { containers, serviceAccount: value }).message)
      .toContain('IM0001 at shop/x: serviceAccount is of the wrong type.\n');
    expect(at('MeshVersionOptions', { containers, dockerRegistryAuth: value }).message).toContain('  allowed  a construct\n');
  });

  test('a list where properties of another library belong, which would be dropped', () => {
    expect(at('MeshVersionOptions', { containers: [{ image: 'nginx' }], dns: [] }).message).toContain('IM0001 at shop/x: dns is of the wrong type.\n');
  });

  test('an unknown property in a struct in a map, by its path', () => {
    expect(at('MeshServiceAttributes', { ports: [], versions: { v1: { label: {} } } }).message.split('\n')[0])
      .toBe('IM0001 at shop/x: there is no property versions.v1.label.');
  });
});

describe('an argument of a class of this library', () => {
  test('is given back', () => {
    const port = MeshPort.http(80);
    expect(instanceOf('MeshPort', port, 'x', 'the port')).toBe(port);
  });

  test('may be of a class below it', () => {
    const reviews = service(chart());
    expect(instanceOf('MeshServiceBase', reviews, 'x', 'the service')).toBe(reviews);
  });

  test('may come from another copy of the library', () => {
    const copy = new ({ MeshPort: class {} }).MeshPort();
    expect(instanceOf('MeshPort', copy, 'x', 'the port')).toBe(copy);
  });

  test('is refused otherwise', () => {
    expect(refusal(() => instanceOf('MeshPort', { port: 80 }, 'shop/x', 'the port')).message).toBe([
      'IM0001 at shop/x: the port is of the wrong type.',
      '  got      {"port":80}',
      '  allowed  a MeshPort',
      '  next     write MeshPort.http(8080)',
    ].join('\n'));
    expect(refusal(() => instanceOf('MeshPort', undefined, 'shop/x', 'the port')).message.split('\n')[0]).toBe('IM0001 at shop/x: the port is missing.');
  });

  test('may have no prototype, and is refused anyway', () => {
    expect(refusal(() => instanceOf('MeshPort', Object.create(null), 'x', 'the port')).code).toBe('IM0001');
  });
});

test('a value of another enum', () => {
  expect(refusal(() => validateProps('GatewayPodOptions', { imagePullPolicy: 'Sometimes' }, 'x')).message).toBe([
    'IM0001 at x: imagePullPolicy is of the wrong type.',
    '  got      \'Sometimes\'',
    '  allowed  ImagePullPolicy.ALWAYS, ImagePullPolicy.IF_NOT_PRESENT, ImagePullPolicy.NEVER',
    '  next     write one of them, without quotes',
  ].join('\n'));
  expect(validateProps('GatewayPodOptions', { imagePullPolicy: plus.ImagePullPolicy.ALWAYS }, 'x')).toEqual({ imagePullPolicy: 'Always' });
});

describe('the table', () => {
  test('knows every type that it names', () => {
    const names = Object.values(STRUCTS).flatMap(Object.values).map((type: string) => type.replace(/[?[\]{}]/g, ''));
    const basic = /^(string|number|boolean|object|any|construct)$/;
    const unknown = names.filter(name => !basic.test(name) && !STRUCTS[name] && !ENUMS[name] && !ours.INTERFACES[name] && !EXAMPLES[name]);
    expect(unknown).toEqual([]);
  });

  test('has no name twice: ours and cdk8s-plus\'', () => {
    expect([STRUCTS, ENUMS].map(table => Object.keys(table).length)).toEqual([
      Object.keys(ours.STRUCTS).length + Object.keys(others.STRUCTS).length, Object.keys(ours.ENUMS).length + Object.keys(others.ENUMS).length,
    ]);
  });

  test.each<[string, object]>([['HttpMethod', HttpMethod], ['ImagePullPolicy', plus.ImagePullPolicy], ['MutualTls', MutualTls]])('has the values of %s', (name, type) => {
    expect(ENUMS[name]).toEqual(type);
  });
});

test('the example of each class compiles, and is of the class', () => {
  const words = [...new Set(Object.entries(EXAMPLES).flatMap(([type, example]) => [type, ...example.match(/\b[A-Z]\w+(?=[.(])/g) ?? []]))];
  const from = (exported: object) => words.filter(word => word in exported).join(', ');
  const [found] = diagnostics([
    `import { ${from(cdk8s)} } from 'cdk8s';`,
    `import { ${from(plus)}, ConfigMap } from 'cdk8s-plus-28';`,
    `import { ${from(library)}, MeshService } from 'cdk8s-istio';`,
    'import { Chart } from \'cdk8s\';',
    'declare const chart: Chart, service: MeshService, settings: ConfigMap, gateway: MeshGateway;',
    ...Object.entries(EXAMPLES).map(([type, example]) => `{ const value: ${type} = ${example}; }`),
  ].join('\n'));
  expect(found).toEqual([]);
  expect(words.filter(word => ![cdk8s, plus, library].some(each => word in each))).toEqual([]);
});

describe('what to write instead', () => {
  const next = (struct: string, given: unknown) => at(struct, given).message.split('\n').pop();

  test.each<[string, string, object, string]>([
    ['seconds for a duration', 'FaultDelay', { fixedDelay: 5 }, 'write Duration.seconds(5)'],
    ['a number in quotes', 'CallOptions', { port: '80' }, 'write 80, without quotes'],
    ['words for a number', 'CallOptions', { port: 'http' }, 'write a number, without quotes'],
    ['a number without quotes', 'MeshPortOptions', { suffix: 1 }, 'write \'1\', in quotes'],
    ['a boolean in quotes', 'RouteMatchOptions', { ignoreCase: 'true' }, 'write true, without quotes'],
    ['one for a list', 'MeshServiceAttributes', { ports: MeshPort.http(80) }, 'put it into a list: [ … ]'],
    ['a number for a port', 'MeshServiceAttributes', { ports: [80] }, 'write MeshPort.http(8080)'],
    ['a list for a map', 'MeshNamespaceProps', { labels: [] }, 'write { name: value }'],
    ['text for a class with factories alone', 'MeshNamespaceProps', { injection: 'on' }, 'write SidecarInjection.enabled()'],
    ['the name of a service for the end of a route', 'HttpRouteOptions', { to: 'reviews' }, 'hand in the service itself, or write RouteTarget.redirect({ path: \'/\' })'],
    ['the name of a service', 'CanarySplitProps', { service: 'reviews' }, 'hand in the object itself, not its name'],
    ['a letter that is missing', 'CallOptions', { prt: 80 }, 'did you mean port?'],
    ['letters of the wrong case', 'MeshNamespaceProps', { mutualTLS: MutualTls.STRICT }, 'did you mean mutualTls?'],
    ['one in a struct in a map', 'MeshServiceAttributes', { ports: [], versions: { v1: { label: {} } } }, 'did you mean versions.v1.labels?'],
    ['a word that is far from all', 'CallOptions', { timeout: 5 }, 'drop it, or correct its name'],
  ])('%s', (_, struct, given, says) => expect(next(struct, given)).toBe(`  next     ${says}`));
});
