import { app, chart, find, messages, refusal, service } from '../helpers/build';
import { option } from '../helpers/option';
import { valid } from '../helpers/valid';
import { LoadBalancerOptions, MeshCluster, MeshPort, MeshServiceType } from 'cdk8s-istio';

/** The Service of this type. */
function spec(type: MeshServiceType): unknown {
  const root = chart();
  service(root, 'reviews', { type });
  return find(valid(root), 'Service', 'reviews').spec;
}

const common = {
  selector: { app: 'reviews' },
  ports: [{ name: 'http', appProtocol: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' }],
};

option('MeshServiceType.clusterIp', 'is the type ClusterIP, and the default', () => {
  expect(spec(MeshServiceType.clusterIp())).toEqual({ ...common, type: 'ClusterIP' });
  const root = chart();
  service(root);
  expect(find(valid(root), 'Service', 'reviews').spec).toEqual({ ...common, type: 'ClusterIP' });
});

option('MeshServiceType.nodePort', 'is the type NodePort', () => {
  expect(spec(MeshServiceType.nodePort())).toEqual({ ...common, type: 'NodePort' });
});

option('NodePortOptions.localTrafficOnly', 'is the traffic policy Local', () => {
  expect(spec(MeshServiceType.nodePort({ localTrafficOnly: true }))).toEqual({ ...common, type: 'NodePort', externalTrafficPolicy: 'Local' });
  expect(spec(MeshServiceType.nodePort({ localTrafficOnly: false }))).toEqual({ ...common, type: 'NodePort' });
});

option('MeshServiceType.loadBalancer', 'is the type LoadBalancer', () => {
  expect(spec(MeshServiceType.loadBalancer())).toEqual({ ...common, type: 'LoadBalancer' });
});

option('LoadBalancerOptions.loadBalancerClass', 'is the class of the load balancer', () => {
  expect(spec(MeshServiceType.loadBalancer({ loadBalancerClass: 'example.com/internal' })))
    .toEqual({ ...common, type: 'LoadBalancer', loadBalancerClass: 'example.com/internal' });
});

option('LoadBalancerOptions.sourceRanges', 'are the ranges that may connect', () => {
  expect(spec(MeshServiceType.loadBalancer({ sourceRanges: ['203.0.113.0/24', '2001:db8::/32'] })))
    .toEqual({ ...common, type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24', '2001:db8::/32'] });
});

option('LoadBalancerOptions.localTrafficOnly', 'is the traffic policy Local', () => {
  expect(spec(MeshServiceType.loadBalancer({ localTrafficOnly: true }))).toEqual({ ...common, type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
});

option('LoadBalancerOptions.allocateNodePorts', 'says whether nodes have ports for it', () => {
  expect(spec(MeshServiceType.loadBalancer({ allocateNodePorts: false }))).toEqual({ ...common, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
});

test.each(['203.0.113.0', '203.0.113.0/33', '', 'everyone', '300.0.0.0/8'])('%p is no range of addresses', range => {
  expect(refusal(() => MeshServiceType.loadBalancer({ sourceRanges: [range] })).code).toBe('IM0112');
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'internal'],
  ['an unknown option', { internal: true }],
  ['a number', { loadBalancerClass: 5 }],
])('%s is no option of a load balancer', (_, options) => {
  expect(refusal(() => MeshServiceType.loadBalancer(options as LoadBalancerOptions)).code).toBe('IM0001');
});

test('a node port needs a Service that has them', () => {
  expect(refusal(() => service(chart(), 'reviews', { ports: [MeshPort.http(80, { nodePort: 30080 })] })).message).toBe([
    'IM1114 at chart/reviews: port 80 has a node port, but the type of the Service has none.',
    '  got      30080',
    '  next     use MeshServiceType.nodePort(), or remove the node port',
  ].join('\n'));
});

describe('a node port', () => {
  const open = (name: string, ...ports: MeshPort[]) => ({ name, ports, type: MeshServiceType.nodePort() });
  const port = MeshPort.http(80, { nodePort: 30080 });

  test('is that of one Service of a cluster, whatever its protocol', () => {
    const root = app();
    service(chart({ scope: root, id: 'one' }), 'reviews', open('reviews', port));
    const second = chart({ scope: root, id: 'two', namespace: 'other' });
    expect(refusal(() => service(second, 'ratings', open('ratings', MeshPort.udp(53, { nodePort: 30080 })))).message).toBe([
      'IM1102 at two/ratings: one/reviews already has the node port 30080.',
      '  got      30080',
      '  next     change one of them',
    ].join('\n'));
  });

  test('can be one Service\'s for TCP and UDP, and another\'s in another cluster', () => {
    const root = app();
    ['a', 'b'].forEach(id => {
      const both = open('dns', MeshPort.tcp(53, { nodePort: 30053 }), MeshPort.udp(53, { nodePort: 30053 }));
      service(chart({ scope: new MeshCluster(root, id) }), 'dns', both);
    });
    expect(messages(root)).toEqual([]);
  });
});
