import { Chart } from 'cdk8s';
import { Deployment, Service, StatefulSet } from 'cdk8s-plus-28';
import { ISTIO_ANNOTATIONS, ISTIO_LABELS } from '../../../src/services/pods/istio-metadata';
import { app, messages, service, version } from '../../helpers/build';
import {
  EgressPort, EgressRoute, ExternalAuthorization, JobSidecar, JwtIssuer, JwtKeys, LeastPrivilege, MeshJob, MeshMutualTls, MeshNamespace,
  MeshNamespaceProps, MeshPort, MeshService, MeshSettings, MeshVersion, MutualTls, OutboundTrafficPolicy, PodOptions, RequestAuthentication,
  RequestTarget, SidecarInjection, StatefulMeshService,
} from 'cdk8s-istio';

const image = 'example.com/app:1';
const traffic = 'traffic.sidecar.istio.io/';
const open = { mutualTls: MutualTls.PERMISSIVE };
const shop = (props: MeshNamespaceProps = {}) => new MeshNamespace(new Chart(app(), 'chart'), 'shop', props);
const ports = [MeshPort.http(80, { targetPort: 8080 })];

/** Whatever has pods with annotations and labels. */
const MADE: [string, (scope: MeshNamespace, options: Partial<PodOptions>) => MeshService | StatefulMeshService | MeshJob][] = [
  ['a version', (scope, options) => service(scope, 'pods', { ports, versions: { v1: MeshVersion.of({ containers: [{ image }], ...options }) } })],
  ['a Deployment that is there', (scope, { podLabels: labels, podAnnotations: annotations }) => {
    const deployment = new Deployment(scope, 'deployment', { metadata: scope.metadata('pods-v1'), containers: [{ image, portNumber: 8080 }], podMetadata: { labels, annotations } });
    return service(scope, 'pods', { ports, versions: { v1: MeshVersion.fromWorkload(deployment) } });
  }],
  ['an annotation that comes later', (scope, { podLabels = {}, podAnnotations = {} }) => {
    const made = service(scope, 'pods', { ports, versions: { v1: version() } });
    Object.entries(podLabels).forEach(([key, value]) => made.addPodLabel(key, value));
    Object.entries(podAnnotations).forEach(([key, value]) => made.addPodAnnotation(key, value));
    return made;
  }],
  ['a stateful service', (scope, options) => new StatefulMeshService(scope, 'pods', { ports, replicas: 1, containers: [{ image }], ...options })],
  ['a StatefulSet that is there', (scope, { podLabels: labels, podAnnotations: annotations }) => {
    const headless = new Service(scope, 'headless', { metadata: scope.metadata('pods-headless'), clusterIP: 'None', ports: [{ port: 8080 }] });
    const workload = new StatefulSet(scope, 'set', { metadata: scope.metadata('set'), service: headless, containers: [{ image, portNumber: 8080 }], podMetadata: { labels, annotations } });
    return StatefulMeshService.fromWorkload(scope, 'pods', { workload, ports: [MeshPort.http(8080)] }) as unknown as StatefulMeshService;
  }],
  ['a job', (scope, options) => new MeshJob(scope, 'pods', { containers: [{ image }], ...options })],
];

const refused = (scope: MeshNamespace) => messages(scope.node.root as Chart).filter(text => text.startsWith('IM1860')).map(text => text.split('\n')[0].replace(/^IM1860 at \S+: the /, '').replace(/of the pods of \S+ /, ''));

describe.each(MADE)('%s', (_, make) => {
  const tried = (podAnnotations: { [key: string]: string }, podLabels: { [key: string]: string } = {}, props: MeshNamespaceProps = {}) => {
    const scope = shop(props);
    make(scope, { podAnnotations, podLabels });
    return refused(scope);
  };

  test.each<[string, string]>([
    [`${traffic}excludeInboundPorts`, '9090'], [`${traffic}includeInboundPorts`, ''], [`${traffic}includeInboundPorts`, '8080'], [`${traffic}excludeInterfaces`, 'eth1'],
    [`${traffic}kubevirtInterfaces`, 'net1'], ['istio.io/reroute-virtual-interfaces', 'net1'], ['sidecar.istio.io/interceptionMode', 'NONE'],
    ['proxy.istio.io/config', 'interceptionMode: NONE'], ['proxy.istio.io/config', '{"interceptionMode":"NONE"}'],
    ['proxy.istio.io/config', 'interception_mode: NONE'], ['proxy.istio.io/config', 'interceptionMode: 2'],
  ])('%s: %s where the namespace requires mutual TLS', (key, value) => {
    expect(tried({ [key]: value })).toEqual([`annotation ${key} makes connections bypass the sidecar, but chart/shop requires mutual TLS.`]);
  });

  test.each<[string, string]>([
    [`${traffic}excludeInboundPorts`, ''], [`${traffic}includeInboundPorts`, '*'], ['sidecar.istio.io/interceptionMode', 'TPROXY'], ['proxy.istio.io/config', 'concurrency: 2'], ['proxy.istio.io/config', 'proxyMetadata: { interceptionMode: NONE }'],
    ['proxy.istio.io/config', 'interceptionMode: TPROXY'], ['proxy.istio.io/config', 'statusPort: 15020'],
    [`${traffic}excludeOutboundPorts`, '3306'], [`${traffic}includeOutboundPorts`, '3306'], [`${traffic}excludeOutboundIPRanges`, '169.254.169.254/32'], ['inject.istio.io/templates', 'sidecar, mine'],
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'true'], ['sidecar.istio.io/logLevel', 'debug'], ['istio.io/anything', 'else'],
  ])('%s: %s undoes nothing', (key, value) => expect(tried({ [key]: value })).toEqual([]));

  test.each<[string, string, string]>([
    ['sidecar.istio.io/status', '{}', 'is set by Istio'],
    ['proxy.istio.io/overrides', '{}', 'is set by Istio'],
    ['inject.istio.io/templates', 'gateway', 'decides about the sidecar, which is for the namespace to say'],
    ['sidecar.istio.io/discoveryAddress', 'istiod.other:15012', 'decides about the sidecar, which is for the namespace to say'],
    ['proxy.istio.io/config', 'discovery_address: istiod.other:15012', 'decides about the sidecar, which is for the namespace to say'],
    ['proxy.istio.io/config', 'statusPort: 0', 'sends probes in plain text, but chart/shop requires mutual TLS'],
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'false', 'sends probes in plain text, but chart/shop requires mutual TLS'],
    ['status.sidecar.istio.io/port', '0', 'sends probes in plain text, but chart/shop requires mutual TLS'],
  ])('%s: %s', (key, value, problem) => expect(tried({ [key]: value })).toEqual([`annotation ${key} ${problem}.`]));

  test('labels by which callers speak another protocol', () => {
    expect(tried({}, { 'security.istio.io/tlsMode': 'disabled' })).toEqual(['label security.istio.io/tlsMode has callers connect in another way than the pods take it.']);
    expect(tried({}, { 'security.istio.io/tlsMode': 'istio' })).toEqual([]);
    expect(tried({}, { 'topology.istio.io/network': 'other' })).toEqual(['label topology.istio.io/network has callers connect in another way than the pods take it.']);
    expect(tried({}, { 'security.istio.io/tlsMode': 'istio' }, { injection: SidecarInjection.disabled() })).toEqual(['label security.istio.io/tlsMode has callers speak mutual TLS, and the pods have no sidecar.']);
    expect(tried({ [`${traffic}excludeInboundPorts`]: '8080' }, {}, { injection: SidecarInjection.disabled() })).toEqual([]);
  });

  test('least privilege decides what comes in and what gets out', () => {
    const with_ = (podAnnotations: { [key: string]: string }) => {
      const scope = shop(open);
      make(scope, { podAnnotations });
      new LeastPrivilege(scope, 'least-privilege');
      return refused(scope);
    };
    expect(with_({ [`${traffic}excludeInboundPorts`]: '9090' })).toEqual([`annotation ${traffic}excludeInboundPorts makes connections bypass the sidecar, but chart/shop/least-privilege relies on the sidecar to authorize callers.`]);
    expect(with_({ [`${traffic}excludeOutboundPorts`]: '3306' })).toEqual([`annotation ${traffic}excludeOutboundPorts makes connections bypass the sidecar, but chart/shop/least-privilege relies on the sidecar to limit calls.`]);
  });

  test('what is called is called through the sidecar', () => {
    const with_ = (podAnnotations: { [key: string]: string }, props: MeshNamespaceProps = open) => {
      const scope = shop(props);
      const stripe = new EgressRoute(scope, 'stripe', { host: 'api.stripe.com', ports: [EgressPort.tcp(8088)], addresses: ['203.0.113.0/24'] });
      const made = make(scope, { podAnnotations });
      made.calls(service(scope, 'cart', { ports: [MeshPort.http(7000, { targetPort: 7001 })] }));
      made.calls(stripe);
      return refused(scope).map(text => text.slice(text.indexOf(', but ') + 6));
    };
    const cart = 'pods calls port 7000 (http) of cart: without the sidecar such calls have no identity and no routes.';
    const stripe = 'pods calls port 8088 (tcp-8088) of api.stripe.com: without the sidecar such calls have no identity and no routes.';
    expect(with_({ [`${traffic}excludeOutboundPorts`]: '3306,7000' })).toEqual([cart]);
    expect(with_({ [`${traffic}excludeOutboundPorts`]: '7001' })).toEqual([cart]);
    expect(with_({ [`${traffic}excludeOutboundPorts`]: '3306' })).toEqual([]);
    expect(with_({ [`${traffic}excludeOutboundIPRanges`]: '10.0.0.0/8' })).toEqual([cart]);
    expect(with_({ [`${traffic}excludeOutboundIPRanges`]: '203.0.113.7/32' })).toEqual([stripe]);
    expect(with_({ [`${traffic}excludeOutboundIPRanges`]: '169.254.169.254/32' })).toEqual([]);
    expect(with_({ [`${traffic}includeOutboundIPRanges`]: '10.0.0.0/8' })).toEqual([stripe]);
    expect(with_({ [`${traffic}includeOutboundIPRanges`]: '' })).toEqual([expect.stringMatching(/^pods calls port/)]);
    expect(with_({ [`${traffic}excludeOutboundPorts`]: '3306' }, { ...open, outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY })).toEqual(['chart/shop allows only declared hosts.']);
  });
});

describe('who is contradicted', () => {
  const exclude = (target: string) => ({ versions: { v1: MeshVersion.of({ containers: [{ image }], podAnnotations: { [`${traffic}excludeInboundPorts`]: target } }) } });
  const problem = (scope: MeshNamespace) => refused(scope).map(text => text.slice(text.indexOf(', but ') + 6));

  test('callers, where the port is one of the service', () => {
    const scope = shop(open);
    service(scope, 'a', { ports, ...exclude('8080') });
    service(scope, 'b', { ports, ...exclude('9090') });
    service(scope, 'c', { ports: [MeshPort.http(80, { targetPort: 8080, mutualTls: MutualTls.DISABLE })], ...exclude('8080') });
    service(scope, 'd', { ports: [MeshPort.http(80, { targetPort: 8080, mutualTls: MutualTls.STRICT })], ...exclude('8080') });
    expect(problem(scope)).toEqual([
      'sidecars of callers use mutual TLS to port 80 (http) of a, but the application does not.',
      'port 80 (http) of d requires mutual TLS.',
    ]);
  });

  test('the service, the mesh, tokens and an authorizer', () => {
    const strict = shop(open);
    service(strict, 'a', { mutualTls: MutualTls.STRICT, ...exclude('9090') });
    expect(problem(strict)).toEqual(['chart/shop/a requires mutual TLS.']);
    const mesh = new MeshNamespace(new Chart(app(), 'chart'), 'istio-system');
    new MeshMutualTls(mesh, 'strict');
    service(MeshNamespace.fromExisting(Chart.of(mesh), 'shop'), 'a', exclude('9090'));
    expect(problem(mesh)).toEqual(['the mesh requires mutual TLS.']);
    const tokens = shop(open);
    const target = RequestTarget.service(service(tokens, 'a', exclude('9090')));
    new RequestAuthentication(tokens, 'users', { target, issuers: [JwtIssuer.of({ issuer: 'https://id.example.com', keys: JwtKeys.discovered() })] });
    expect(problem(tokens)).toEqual(['chart/shop/users relies on the sidecar to authorize callers.']);
    const asked = shop(open);
    new ExternalAuthorization(asked, 'opa', { provider: 'opa', target: RequestTarget.service(service(asked, 'a', exclude('9090'))) });
    expect(problem(asked)).toEqual(['chart/shop/opa relies on the sidecar to authorize callers.']);
  });

  test('the mesh, of what gets out', () => {
    const scope = shop(open);
    new MeshSettings(scope, 'settings', { outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY });
    service(scope, 'a', { versions: { v1: MeshVersion.of({ containers: [{ image }], podAnnotations: { [`${traffic}excludeOutboundPorts`]: '3306' } }) } });
    expect(problem(scope)).toEqual(['the mesh allows only declared hosts.']);
  });

  test('no sidecar of a job without one', () => {
    const scope = shop();
    new MeshJob(scope, 'job', { containers: [{ image }], sidecar: JobSidecar.none(), podAnnotations: { [`${traffic}excludeInboundPorts`]: '9090' } });
    expect(refused(scope)).toEqual([]);
  });

  test('in full', () => {
    const scope = shop();
    service(scope, 'a', exclude('9090'));
    expect(messages(scope)).toEqual([[
      `IM1860 at chart/shop/a/v1: the annotation ${traffic}excludeInboundPorts of the pods of a-v1 makes connections bypass the sidecar, but chart/shop requires mutual TLS.`,
      '  got      \'9090\'',
      '  next     drop it; a port that is to take plain text sets it itself: { mutualTls: MutualTls.PERMISSIVE }',
    ].join('\n')]);
  });
});

test('names are those of annotations and labels, each with what it does', () => {
  const effects = ['inbound', 'outbound', 'both', 'sidecar', 'istio', 'probes', 'callers', 'hidden', 'waypoint', 'elsewhere', 'none'];
  const all = [...Object.entries(ISTIO_ANNOTATIONS), ...Object.entries(ISTIO_LABELS)];
  expect(all.filter(([name, effect]) => !/^[a-z0-9.]+\/[A-Za-z.-]+$/.test(name) || !effects.includes(effect))).toEqual([]);
  expect([...new Set(all.map(([, effect]) => effect))].sort()).toEqual([...effects].sort());
});
