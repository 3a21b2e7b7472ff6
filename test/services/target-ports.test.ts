import { ApiObject, App, Chart } from 'cdk8s';
import { Deployment, k8s, Protocol, Service, StatefulSet } from 'cdk8s-plus-28';
import { app, chart, find, messages, refusal, service, synth, version } from '../helpers/build';
import { valid } from '../helpers/valid';
import { GatewayServer, GatewayWorkload, MeshGateway, MeshPort, MeshService, MeshVersion, PodRegistry, StatefulMeshService } from 'cdk8s-istio';

const containers = [{ image: 'example.com/db:1' }];
const MAPPED = MeshPort.http(80, { targetPort: 8080 });

/** The refusals of a form of a service with these ports, and what is refused where it is used. */
type Form = (root: Chart, ports: { ports?: MeshPort[]; peerPorts?: MeshPort[] }) => StatefulMeshService;
const made: Form = (root, ports) => new StatefulMeshService(root, 'db', { replicas: 2, containers, ...ports });
const wrapped: Form = (root, ports) => {
  const headless = new Service(root, 'headless', { metadata: { name: 'db-peers', namespace: 'shop' }, clusterIP: 'None', ports: [{ port: 8080 }] });
  const numbers = [8080, 7000, 7001].map(number => ({ number }));
  const workload = new StatefulSet(root, 'set', {
    metadata: { name: 'db', namespace: 'shop' }, replicas: 2, service: headless, containers: [{ ...containers[0], ports: numbers }],
  });
  return StatefulMeshService.fromWorkload(root, 'db', { workload, ...ports }) as StatefulMeshService;
};
const described: Form = (root, ports) => StatefulMeshService.fromAttributes(root, 'db', { replicas: 2, ...ports }) as StatefulMeshService;

describe('a headless Service maps no port: looked at are services made, wrapped and described, peers, calls, entries and routes to pods', () => {
  test.each<[string, Form, string]>([['made', made, 'db-headless'], ['wrapped', wrapped, 'db-peers']])('%s: it has the ports of the pods', (_, form, name) => {
    const root = chart();
    const db = form(root, { ports: [MAPPED], peerPorts: [MeshPort.tcp(7000)] });
    const spec = (service_: string) => (find(valid(root), 'Service', service_).spec.ports as { port: number; targetPort: number }[]).map(({ port, targetPort }) => [port, targetPort]);
    expect(spec('db')).toEqual([[80, 8080]]);
    expect(spec(name)).toEqual([[8080, 8080], [7000, 7000]]);
    expect(db.headless.ports.map(({ port, targetPort, name: called }) => [port, targetPort, called])).toEqual([[8080, 8080, 'http'], [7000, 7000, 'tcp']]);
  });

  test('two ports that lead to one of the pods are one there', () => {
    const db = made(chart(), { ports: [MAPPED, MeshPort.http(81, { targetPort: 8080, suffix: 'more' })], peerPorts: [MeshPort.http(8080, { suffix: 'peer' })] });
    expect(db.headless.ports.map(({ port, name }) => [port, name])).toEqual([[8080, 'http']]);
  });

  test.each<[string, Form]>([['made', made], ['wrapped', wrapped]])('%s: peers dial pods alone, so a port of theirs that is mapped is refused', (_, form) => {
    expect(refusal(() => form(chart(), { peerPorts: [MeshPort.tcp(7000, { targetPort: 7001 })] })).message).toBe([
      'IM1125 at chart/db: peers connect to port 7000 (tcp) of a pod, but the pod listens on 7001.',
      '  got      7001',
      '  allowed  7000',
      '  next     leave `targetPort` out, and give the port the number that the pods listen on',
    ].join('\n'));
  });

  test('described: existing objects are not changed, and calls without a listener are refused', () => {
    const root = chart();
    const db = described(root, { ports: [MAPPED], peerPorts: [MeshPort.tcp(7000)] });
    const web = service(root, 'web');
    expect(refusal(() => web.calls(db.headless, { port: 80 })).message).toBe([
      'IM1125 at chart/web: db-headless is headless: clients of port 80 (http) connect to port 80 of a pod, but the pod listens on 8080.',
      '  got      80',
      '  next     call the Service for clients, which maps the port, or a port whose target port has the same number',
    ].join('\n'));
    expect(refusal(() => web.versionOf('v1').calls(db.headless)).code).toBe('IM1125');
    web.calls(db.headless, { port: 7000 });
    web.calls(db, { port: 80 });
  });

  test('described without a Service for clients: it is headless itself', () => {
    const root = chart();
    const db = described(root, { peerPorts: [MAPPED] });
    expect(refusal(() => service(root, 'web').calls(db)).code).toBe('IM1125');
  });

  test.each<[string, Form, number]>([['made', made, 8080], ['wrapped', wrapped, 8080], ['described', described, 80]])('%s: a gateway leads to pods by a port of the headless Service', (_, form, port) => {
    const root = chart();
    const db = form(root, { ports: [MAPPED] });
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['*.example.com'] })] });
    edge.addPodRoutes({ pods: db, port, host: '{pod}.example.com' });
    expect(find(synth(root), 'VirtualService', 'edge.db-0.example.com').spec.http[0].route[0].destination).toEqual({
      host: db.headless.host, subset: 'db-0', port: { number: port },
    });
    expect(refusal(() => edge.addPodRoutes({ pods: db, port: port === 80 ? 8080 : 80, host: 'x-{pod}.example.com' })).code).toBe('IM1111');
  });

  test('entries for pods have the ports of the pods', () => {
    const root = chart();
    new StatefulMeshService(root, 'db', { replicas: 1, containers, ports: [MAPPED], registry: PodRegistry.serviceEntries() });
    expect(find(valid(root), 'ServiceEntry', 'db-0.db-headless').spec.ports).toEqual([{ number: 8080, name: 'http', protocol: 'HTTP', targetPort: 8080 }]);
  });
});

describe('two ports of one service with one target port', () => {
  const two = [MAPPED, MeshPort.grpc(9000, { targetPort: 8080 })];
  test.each<[string, (root: Chart, ports: MeshPort[]) => unknown]>([
    ['made', (root, ports) => service(root, 'db', { ports })],
    ['wrapped', (root, ports) => service(root, 'db', { ports, versions: { v1: MeshVersion.fromWorkload(deployment(root)) } })],
    ['described', (root, ports) => MeshService.fromAttributes(root, 'db', { ports })],
    ['stateful', (root, ports) => made(root, { ports })],
    ['stateful, one of peers', (root, [one, other]) => made(root, { ports: [one], peerPorts: [MeshPort.grpc(other.targetPort)] })],
    ['stateful and wrapped', (root, ports) => wrapped(root, { ports })],
    ['stateful and described', (root, ports) => described(root, { ports })],
  ])('%s: of two protocols, it is refused', (_, form) => {
    expect(refusal(() => form(chart(), two)).message).toMatch(
      /^IM1126 at chart\/db: ports 80 \(http\) and \d+ \(grpc\) have target port 8080, but the protocols HTTP\/1\.1 and HTTP\/2\.\n {2}got {6}80 \(http\), \d+ \(grpc\)\n {2}next/);
  });

  test.each<[string, MeshPort]>([
    ['HTTP/1.1 twice', MeshPort.http(81, { targetPort: 8080, suffix: 'more' })], ['UDP beside TCP', MeshPort.udp(8080)],
  ])('%s is right', (_, port) => {
    expect(service(chart(), 'db', { ports: [MAPPED, port] }).ports).toHaveLength(2);
  });

  test.each([
    [MeshPort.http2(80, { targetPort: 8080 }), MeshPort.grpc(81, { targetPort: 8080 }), true],
    [MeshPort.tcp(80, { targetPort: 8080 }), MeshPort.tls(81, { targetPort: 8080 }), true],
    [MeshPort.http(80, { targetPort: 8080 }), MeshPort.tcp(81, { targetPort: 8080 }), false],
    [MeshPort.grpc(80, { targetPort: 8080 }), MeshPort.grpcWeb(81, { targetPort: 8080 }), false],
  ])('%#: what sidecars take in alike is right', (one, other, right) => {
    const call = () => service(chart(), 'db', { ports: [one, other] });
    expect(right ? call().ports.length : refusal(call).code).toBe(right ? 2 : 'IM1126');
  });
});

const deployment = (root: Chart, labels: { [key: string]: string } = {}) => new Deployment(root, 'deployment', {
  metadata: { name: 'web', namespace: 'shop' },
  podMetadata: { labels },
  containers: [{ image: 'example.com/web:1', ports: [{ number: 8080 }] }],
});

describe('two Services of the same pods with one target port', () => {
  const GRPC = MeshPort.grpc(9000, { targetPort: 8080 });
  const web = (root: Chart) => service(root, 'web', { ports: [MAPPED], versions: { v1: version() } });
  const raw = (port: object, selector: { [key: string]: string } = { app: 'web' }) => (root: Chart) => {
    web(root);
    new k8s.KubeService(root, 'raw', { metadata: { name: 'raw' }, spec: { selector, ports: [port as k8s.ServicePort] } });
  };
  const target = (number: number) => k8s.IntOrString.fromNumber(number);
  const said = (build: (root: Chart) => unknown, root: App = app()) => {
    build(chart({ scope: root }));
    return messages(root);
  };

  test('the message', () => {
    expect(said(root => {
      web(root);
      MeshService.fromAttributes(root, 'web-grpc', { ports: [GRPC], podLabels: { app: 'web' } });
    })).toEqual([[
      'IM1126 at chart/web-grpc: the Services web-grpc and web have target port 8080 of the same pods, but the protocols grpc and http of it; web is chart/web.',
      '  got      9000 (grpc), 80 (http)',
      '  next     use one protocol in both, two ports of the application, or labels that distinguish the pods',
    ].join('\n')]);
  });

  test.each<[string, (root: Chart) => unknown]>([
    ['a made one and one that is described', root => {
      MeshService.fromAttributes(root, 'api', { ports: [GRPC], podLabels: { app: 'web', tier: 'api' } });
      web(root);
    }],
    ['two that are described', root => ['one', 'two'].forEach((id, i) => MeshService.fromAttributes(root, id, { ports: [[GRPC, MAPPED][i]], podLabels: { app: 'legacy' } }))],
    ['a stateful one and one that is described', root => {
      made(root, { ports: [MAPPED] });
      MeshService.fromAttributes(root, 'db-grpc', { ports: [GRPC], podLabels: { app: 'db' } });
    }],
    ['a Service of cdk8s-plus, by name', raw({ name: 'grpc', port: 9000, targetPort: target(8080) })],
    ['one by `appProtocol`', raw({ name: 'x', appProtocol: 'grpc-web', port: 9000, targetPort: target(8080) })],
    ['one without a target port', raw({ name: 'tcp', port: 8080 })],
    ['one that selects by further labels of the pods', root => {
      service(root, 'web', { ports: [MAPPED], versions: { v1: MeshVersion.of({ containers, podLabels: { tier: 'api' } }) } });
      raw({ name: 'grpc', port: 9000, targetPort: target(8080) }, { tier: 'api' })(chart({ scope: app() }));
      new ApiObject(root, 'plain', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'plain' }, spec: { selector: { tier: 'api' }, ports: [{ name: 'grpc', port: 9000, targetPort: 8080 }] } });
    }],
    ['one that exposes a Deployment that is wrapped', root => {
      const workload = deployment(root);
      service(root, 'web', { ports: [MAPPED], versions: { v1: MeshVersion.fromWorkload(workload) } });
      workload.exposeViaService({ name: 'raw', ports: [{ name: 'grpc', port: 9000, targetPort: 8080 }] });
    }],
    ['one in another chart', root => {
      web(root);
      new ApiObject(new Chart(root.node.root, 'other', { namespace: 'shop' }), 'plain', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'plain' }, spec: { selector: { app: 'web' }, ports: [{ name: 'grpc', port: 9000, targetPort: 8080 }] } });
    }],
  ])('%s', (_, build) => {
    expect(said(build)).toEqual([expect.stringMatching(/^IM1126 at chart\//)]);
  });

  test.each<[string, (root: Chart) => unknown]>([
    ['of one protocol', raw({ name: 'http-more', port: 9000, targetPort: target(8080) })],
    ['one of them without a protocol', raw({ name: 'main', port: 9000, targetPort: target(8080) })],
    ['of two target ports', raw({ name: 'grpc', port: 9000, targetPort: target(8081) })],
    ['of which one names its target port', raw({ name: 'grpc', port: 9000, targetPort: k8s.IntOrString.fromString('http') })],
    ['of which one is UDP', raw({ name: 'udp', port: 9000, targetPort: target(8080), protocol: Protocol.UDP })],
    ['of other pods', raw({ name: 'grpc', port: 9000, targetPort: target(8080) }, { app: 'other' })],
    ['without a selector', raw({ name: 'grpc', port: 9000, targetPort: target(8080) }, {})],
    ['of which nothing is known', root => ['one', 'two'].forEach((id, i) => MeshService.fromAttributes(root, id, { ports: [[GRPC, MAPPED][i]], podLabels: {} }))],
    ['in two namespaces', root => {
      web(root);
      MeshService.fromAttributes(new Chart(root.node.root, 'other', { namespace: 'other' }), 'api', { ports: [GRPC], podLabels: { app: 'web' } });
    }],
  ])('are right: %s', (_, build) => {
    expect(said(build)).toEqual([]);
  });
});
