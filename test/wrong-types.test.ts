/**
 * Each public construct, and each factory that makes one, with each of its properties of a wrong type: the refusal has a code, names the
 * construct's path, and is no error of JavaScript's own. Properties inside of properties are in test/diagnostics/nested-shapes.test.ts.
 */
import { App, Chart, Cron, Duration } from 'cdk8s';
import { StatefulSet } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { app, refusal, service, version } from './helpers/build';
import * as others from '../src/diagnostics/cdk8s-shapes';
import { ENUMS, STRUCTS } from '../src/diagnostics/shapes';
import * as library from 'cdk8s-istio';
import {
  CanarySplit, DelegatedRoutes, EgressNetworkPolicy, EgressPort, EgressRoute, ExternalAuthorization, GatewayRoutes, GatewayWorkload, IstioInstall,
  JwtIssuer, JwtKeys, LeastPrivilege, MeshCluster, MeshCronJob, MeshError, MeshGateway, MeshJob, MeshMutualTls, MeshNamespace, MeshPort, MeshService,
  MeshSettings, MeshTelemetry, PodHosts, RemotePods, RemoteTls, RequestAuthentication, RequestTarget, ResiliencePolicy, ServiceAlias, SplitTarget,
  StatefulMeshService,
} from 'cdk8s-istio';

/** How one construct is made. */
interface Row {
  readonly struct: string;
  /** Properties that are accepted. */
  readonly props?: (chart: Chart) => object;
  /** Values that no compiler takes are the point here. */
  readonly build: (scope: Construct, id: string, props: never) => unknown;
  /** It stands in the App, not in a chart. */
  readonly inApp?: boolean;
}

const containers = [{ image: 'example.com/app:1' }];
const ports = [MeshPort.http(8080)];
const gateway = (chart: Chart) => new MeshGateway(chart, 'web', { workload: GatewayWorkload.ingress() });

const ROWS: { readonly [name: string]: Row } = {
  'CanarySplit': { struct: 'CanarySplitProps', props: chart => ({ service: service(chart), traffic: SplitTarget.version('v1') }), build: (...args) => new CanarySplit(...args) },
  'DelegatedRoutes': { struct: 'DelegatedRoutesProps', build: (...args) => new DelegatedRoutes(...args) },
  'DelegatedRoutes.fromAttributes': { struct: 'DelegatedRoutesAttributes', build: (...args) => DelegatedRoutes.fromAttributes(...args) },
  'EgressNetworkPolicy': { struct: 'EgressNetworkPolicyProps', build: (...args) => new EgressNetworkPolicy(...args) },
  'EgressRoute': { struct: 'EgressRouteProps', props: () => ({ host: 'api.example.com', ports: [EgressPort.https(443)] }), build: (...args) => new EgressRoute(...args) },
  'ExternalAuthorization': {
    struct: 'ExternalAuthorizationProps', props: chart => ({ provider: 'opa', target: RequestTarget.service(service(chart)) }), build: (...args) => new ExternalAuthorization(...args),
  },
  'GatewayRoutes': { struct: 'GatewayRoutesProps', props: chart => ({ gateway: gateway(chart) }), build: (...args) => new GatewayRoutes(...args) },
  'IstioInstall': { struct: 'IstioInstallProps', build: (...args) => new IstioInstall(...args) },
  'LeastPrivilege': { struct: 'LeastPrivilegeProps', build: (...args) => new LeastPrivilege(...args) },
  'MeshCluster': { struct: 'MeshClusterProps', build: (...args) => new MeshCluster(...args), inApp: true },
  'MeshCronJob': { struct: 'MeshCronJobProps', props: () => ({ containers, schedule: Cron.hourly() }), build: (...args) => new MeshCronJob(...args) },
  'MeshGateway': { struct: 'MeshGatewayProps', props: () => ({ workload: GatewayWorkload.ingress() }), build: (...args) => new MeshGateway(...args) },
  'MeshGateway.fromAttributes': { struct: 'MeshGatewayAttributes', build: (...args) => MeshGateway.fromAttributes(...args) },
  'MeshJob': { struct: 'MeshJobProps', props: () => ({ containers }), build: (...args) => new MeshJob(...args) },
  'MeshMutualTls': { struct: 'MeshMutualTlsProps', build: (...args) => new MeshMutualTls(...args) },
  'MeshNamespace': { struct: 'MeshNamespaceProps', build: (...args) => new MeshNamespace(...args) },
  'MeshNamespace.fromExisting': { struct: 'ExistingNamespaceOptions', build: (...args) => MeshNamespace.fromExisting(...args) },
  'MeshService': { struct: 'MeshServiceProps', props: () => ({ ports, versions: { v1: version() } }), build: (...args) => new MeshService(...args) },
  'MeshService.fromAttributes': { struct: 'MeshServiceAttributes', props: () => ({ ports }), build: (...args) => MeshService.fromAttributes(...args) },
  'MeshSettings': { struct: 'MeshSettingsProps', build: (...args) => new MeshSettings(...args) },
  'MeshTelemetry': { struct: 'MeshTelemetryProps', props: () => ({ accessLog: {} }), build: (...args) => new MeshTelemetry(...args) },
  'RemotePods': {
    struct: 'RemotePodsProps', props: () => ({ hosts: PodHosts.list(['pod-0.far.example.com']), port: ports[0], tls: RemoteTls.simple() }), build: (...args) => new RemotePods(...args),
  },
  'RequestAuthentication': {
    struct: 'RequestAuthenticationProps',
    props: chart => ({ issuers: [JwtIssuer.of({ issuer: 'https://id.example.com', keys: JwtKeys.discovered() })], target: RequestTarget.service(service(chart)) }),
    build: (...args) => new RequestAuthentication(...args),
  },
  'ResiliencePolicy': { struct: 'ResiliencePolicyProps', props: chart => ({ target: service(chart), localityLb: false }), build: (...args) => new ResiliencePolicy(...args) },
  'ServiceAlias': { struct: 'ServiceAliasProps', props: chart => ({ target: service(chart) }), build: (...args) => new ServiceAlias(...args) },
  'StatefulMeshService': { struct: 'StatefulMeshServiceProps', props: () => ({ containers, replicas: 1, ports }), build: (...args) => new StatefulMeshService(...args) },
  'StatefulMeshService.fromAttributes': { struct: 'StatefulServiceAttributes', props: () => ({ replicas: 1, ports }), build: (...args) => StatefulMeshService.fromAttributes(...args) },
  'StatefulMeshService.fromWorkload': {
    struct: 'StatefulWorkloadOptions', props: chart => ({ workload: new StatefulSet(chart, 'db', { containers: [{ ...containers[0], portNumber: 8080 }] }), ports }), build: (...args) => StatefulMeshService.fromWorkload(...args),
  },
};

/** Values of a type each, by the types that have them. */
const VALUES: readonly [string, unknown, RegExp][] = [
  ['text', 'text', /^string$/],
  ['a number', 5, /^number$/],
  ['a yes or no', true, /^boolean$/],
  ['nothing', null, /^$/],
  ['a list', [], /\[\]$/],
  ['a list of nothing', [null], /^any\[\]$/],
  ['an object', { unknown: 1 }, /^\{(number|any)\}$/],
  ['an object of nothing', { unknown: null }, /^\{any\}$/],
  ['an object of another class', Duration.seconds(5), /^Duration$/],
  ['a construct', new Chart(app(), 'other'), /^construct$/],
  ['a function', () => 0, /^$/],
  ['a symbol', Symbol('x'), /^$/],
];

interface Tried { readonly code?: string; readonly at?: string; readonly says: string }

/** A fresh App for each attempt: a refused construct may leave objects behind. */
function attempt({ props, build, inApp }: Row, change: (accepted: object) => unknown): Tried {
  const root = app();
  const chart = new Chart(root, 'chart', { namespace: 'istio-system' });
  try {
    build(inApp ? root : chart, 'it', change(props?.(chart) ?? {}) as never);
  } catch (e) {
    return e instanceof MeshError ? { code: e.code, at: e.at, says: e.message } : { says: String(e) };
  }
  return { says: 'accepted' };
}

/** The attempts that are accepted, have no code, name another place, or show an error of JavaScript. */
function faults(row: Row, attempts: { readonly [title: string]: (accepted: object) => unknown }): string[] {
  const path = row.inApp ? 'it' : 'chart/it';
  return Object.entries(attempts).flatMap(([title, change]) => {
    const { code, at, says } = attempt(row, change);
    return code === 'IM0001' && at === path && !/TypeError|Cannot read|is not a function|is not iterable/.test(says) ? [] : [`${title}: ${says}`];
  });
}

describe.each(Object.entries(ROWS))('%s', (_, row) => {
  test('is accepted as it is here', () => expect(attempt(row, accepted => accepted).says).toBe('accepted'));

  test.each(Object.entries(STRUCTS[row.struct]))('%s: %s of a wrong type', (property, type) => {
    const plain = type.replace(/\?$/, '');
    const members: unknown[] = Object.values(ENUMS[plain] ?? {});
    const wrong = VALUES.filter(([, value, fits]) => !fits.test(plain) && !members.includes(value));
    expect(wrong.length).toBeGreaterThan(6);
    const attempts = wrong.map(([title, value]) => [title, (accepted: object) => ({ ...accepted, [property]: value })]);
    expect(faults(row, Object.fromEntries(attempts))).toEqual([]);
  });

  test('a misspelled property, and what are no properties', () => {
    expect(faults(row, {
      'a misspelled property': accepted => ({ ...accepted, misspelled: undefined }),
      'text': () => 'text',
      'null': () => null,
      'a list': () => [],
      'a function': () => () => 0,
      'an object of another class': () => Duration.seconds(5),
    })).toEqual([]);
  });

  test('what it needs is missing', () => {
    const needed = Object.entries(STRUCTS[row.struct]).filter(([, type]) => !type.endsWith('?')).map(([name]) => name);
    expect(faults(row, Object.fromEntries(needed.map(name => [name, accepted => ({ ...accepted, [name]: undefined })])))).toEqual([]);
    expect(faults(row, needed.length === 0 ? {} : { 'no properties': () => undefined })).toEqual([]);
  });
});

const ALL = { ...STRUCTS, ...others.STRUCTS };

/** Values of the right type that are unusual, by type. */
const UNUSUAL: { readonly [type: string]: readonly unknown[] } = {
  'string': ['', ' ', 'a b', 'Über', '-', '*', 'x'.repeat(300), '\n'],
  'number': [NaN, Infinity, -1, 0, 0.5, 1e9],
  'boolean': [true, false],
  'string[]': [[], [''], ['a b'], ['a', 'a'], ['x'.repeat(300)]],
  'number[]': [[], [NaN], [-1], [1, 1]],
  '{string}': [{}, { '': '' }, { 'a b': 'c' }, { a: '\n' }, { app: 'x' }],
  'any': [[], {}, '', NaN, null],
  '{any}': [{}, { a: null }, { a: () => 0 }],
  'Duration': [Duration.millis(1), Duration.days(100000), Duration.seconds(0)],
  'MeshPort[]': [[], [ports[0], ports[0]], [MeshPort.tcp(1), MeshPort.http(1)]],
  '{MeshVersion}': [{}, { '': version() }, { 'V 1': version() }],
  'ContainerProps[]': [[], [{ image: '' }], [containers[0], containers[0]], [{ ...containers[0], name: 'A b' }], [{ ...containers[0], portNumber: -1 }], [{ ...containers[0], port: 80, portNumber: 80 }]],
};

/** The ways from a struct to its properties of an unusual type, through the structs inside of it: what is given at the top, and a title. */
function ways(struct: string): [string, string, (value: unknown) => unknown][] {
  return Object.entries(ALL[struct]).flatMap(([property, written]): [string, string, (value: unknown) => unknown][] => {
    const type = written.replace(/\?$/, '');
    const given = (value: unknown) => ({ [property]: value });
    const inner = type.replace(/\[\]$/, '');
    const wrap = (value: unknown) => given(inner === type ? value : [value]);
    const needed = inner === 'ContainerProps' ? containers[0] : inner === 'VolumeMount' ? { path: '/x' } : {};
    const inside = ALL[inner] ? ways(inner).map(([name, of, put]): [string, string, (value: unknown) => unknown] =>
      [`${property}.${name}`, of, value => wrap({ ...needed, ...put(value) as object })]) : [];
    return type in UNUSUAL ? [[property, type, given], ...inside] : inside;
  });
}

test.each(Object.entries(ROWS))('%s: unusual values at any depth are accepted, or refused at its path', (_, row) => {
  const path = row.inApp ? 'it' : 'chart/it';
  const said = ways(row.struct).flatMap(([title, type, put]) =>
    UNUSUAL[type].map(value => ({ title, value, ...attempt(row, accepted => ({ ...accepted, ...put(value) as object })) })));
  expect(said.filter(({ code, at, says }) => says !== 'accepted' && !(/^IM\d{4}$/.test(code ?? '') && at?.startsWith(path)))).toEqual([]);
});

test('the table has every construct that the library exports, and every factory of them', () => {
  // An App has no scope, and its properties are those of cdk8s.
  const made = Object.entries(library).filter(([, type]) => typeof type === 'function' && type.prototype instanceof Construct
    && !(type.prototype instanceof App));
  const names = made.flatMap(([name, type]) => [name, ...Object.getOwnPropertyNames(type).filter(each => /^from[A-Z]/.test(each)).map(each => `${name}.${each}`)]);
  expect(names.sort()).toEqual(Object.keys(ROWS).sort());
});

test('an invalid scope, and an invalid id', () => {
  for (const { build, props, inApp } of Object.values(ROWS)) {
    const root = app();
    const chart = new Chart(root, 'chart', { namespace: 'istio-system' });
    const given = (props?.(chart) ?? {}) as never;
    expect(refusal(() => build(undefined as never, 'it', given)).message).toMatch(/^IM0001 at it: the scope is no construct\./);
    expect(refusal(() => build(inApp ? root : chart, 5 as never, given)).code).toBe('IM0106');
  }
});
