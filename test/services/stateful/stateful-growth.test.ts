import { Chart, Size } from 'cdk8s';
import { EnvValue } from 'cdk8s-plus-28';
import { written } from '../../helpers/build';
import {
  GatewayServer, GatewayTls, GatewayWorkload, MeshGateway, MeshNamespace, MeshPort, PodHosts, PodRegistry, RemotePods, RemoteTls, StatefulMeshService,
} from 'cdk8s-istio';

/** Everything that knows single pods, as text, for a number of replicas. */
function manifests(replicas: number): string {
  const files = written(root => {
    const chart = new Chart(root, 'chart');
    const monitoring = new MeshNamespace(chart, 'monitoring');
    const prometheus = new StatefulMeshService(monitoring, 'prometheus', {
      replicas,
      ports: [MeshPort.http(9090), MeshPort.grpc(10901), MeshPort.tls(9443)],
      containers: [{ name: 'prometheus', image: 'example.com/prometheus:1' }],
      registry: PodRegistry.serviceEntries(),
      volumeClaims: { data: { size: Size.gibibytes(1), mountPath: '/data' } },
    });
    prometheus.container('prometheus').env.addVariable('PEERS', EnvValue.fromValue(prometheus.podList('{number}={host}').join('\n')));
    const template = '{pod}.example.com';
    const { hosts } = PodHosts.of(prometheus, template);
    const edge = new MeshGateway(monitoring, 'edge', {
      workload: GatewayWorkload.ingress(),
      servers: [
        GatewayServer.http({ hosts }), GatewayServer.https({ hosts, tls: GatewayTls.simple('edge') }),
        GatewayServer.http({ hosts: ['pods.example.com'], port: 8080 }), GatewayServer.passthrough({ hosts, port: 9443 }),
      ],
    });
    edge.addPodRoutes({ pods: prometheus, port: 9090, host: template, gatewayPort: 80 });
    edge.addPodRoutes({ pods: prometheus, port: 10901, host: template, gatewayPort: 443 });
    edge.addPodRoutes({ pods: prometheus, port: 9090, host: 'pods.example.com', path: '/{pod}/' });
    edge.addPodRoutes({ pods: prometheus, port: 9443, host: template, gatewayPort: 9443 });
    edge.addPodTcpRoutes({ pods: prometheus, port: 9443, firstGatewayPort: 31000 });
    new RemotePods(monitoring, 'remote', {
      hosts: PodHosts.of(prometheus, 'far-{ordinal}.example.com'), port: MeshPort.grpc(10902, { targetPort: 443 }), tls: RemoteTls.simple(),
    });
  });
  return Object.values(files).join('---\n');
}

interface Diff {
  readonly added: string[];
  readonly removed: string[];
}

/** The lines that only one of two texts has: a longest common subsequence, as `diff` finds it. */
function diff(before: string, after: string): Diff {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const found: { added: string[]; removed: string[] } = { added: [], removed: [] };
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j < b.length && (i === a.length || lengths[i][j + 1] >= lengths[i + 1][j])) {
      found.added.push(b[j++]);
    } else {
      found.removed.push(a[i++]);
    }
  }
  return found;
}

const texts = new Map<number, string>();
const textOf = (replicas: number) => texts.get(replicas) ?? texts.set(replicas, manifests(replicas)).get(replicas)!;

/** Each object by its kind and name. */
function objects(text: string): Map<string, string> {
  return new Map(text.split('---\n').map(object => [`${/^kind: (.*)$/m.exec(object)![1]} ${/^ {2}name: (.*)$/m.exec(object)![1]}`, object.trimEnd()]));
}

describe.each([[3, 4], [4, 5], [9, 10], [10, 11]])('%i pods become %i', (from, to) => {
  const pod = `prometheus-${from}`;
  const budgetChanges = to % 2 === 1;
  const before = () => objects(textOf(from));
  const after = () => objects(textOf(to));

  test('the objects that come are the pod\'s own', () => {
    expect([...before().keys()].filter(name => !after().has(name))).toEqual([]);
    expect([...after().keys()].filter(name => !before().has(name)).sort()).toEqual([
      `DestinationRule far-${from}.example.com`, `ServiceEntry far-${from}.example.com`, `ServiceEntry ${pod}.prometheus-headless`,
      `VirtualService edge.${pod}.example.com`,
    ]);
  });

  test('in the others, the lines that go are the number of replicas and, at odd numbers, the budget', () => {
    const removed = [...before()].flatMap(([name, text]) => diff(text, after().get(name)!).removed);
    expect(removed).toEqual([`  replicas: ${from}`, ...budgetChanges ? [`  maxUnavailable: ${Math.floor((from - 1) / 2)}`] : []]);
  });

  test('in the others, the lines that come are the pod\'s', () => {
    const added = Object.fromEntries([...before()]
      .map(([name, text]) => [name, diff(text, after().get(name)!).added] as const)
      .filter(([, lines]) => lines.length > 0));
    const port = 31000 + from;
    expect(Object.keys(added).sort()).toEqual([
      'DestinationRule prometheus-headless', 'Gateway edge', ...budgetChanges ? ['PodDisruptionBudget prometheus.pods'] : [], 'StatefulSet prometheus',
      'VirtualService edge.of--any', 'VirtualService edge.pods.example.com',
    ]);
    expect(added['StatefulSet prometheus']).toEqual([
      `  replicas: ${to}`, `                ${to}=${pod}.prometheus-headless.monitoring.svc.cluster.local`,
    ]);
    expect(added['Gateway edge'].map(line => line.trim()).filter(line => line !== `- ${pod}.example.com`).sort()).toEqual([
      '- "*"', '- hosts:', `name: tcp-${port}`, `number: ${port}`, 'port:', 'protocol: TCP',
    ]);
    const own = ['DestinationRule prometheus-headless', 'VirtualService edge.of--any', 'VirtualService edge.pods.example.com'].flatMap(name => added[name]);
    expect(own.filter(line => /prometheus-\d+|3\d{4}/.test(line)).every(line => line.includes(pod) || line.includes(`${port}`))).toBe(true);
  });

  test('and back again leaves what was there', () => {
    expect(manifests(from)).toBe(textOf(from));
    const { added, removed } = diff(textOf(from), textOf(to));
    const back = diff(textOf(to), textOf(from));
    expect([back.added.length, back.removed.length]).toEqual([removed.length, added.length]);
  });
});

test('the diff of a fourth pod', () => {
  const { added, removed } = diff(textOf(3), textOf(4));
  expect({ added, removed }).toMatchSnapshot();
});
