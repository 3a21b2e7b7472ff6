import { Chart } from 'cdk8s';
import { messages, refusal, service } from '../../helpers/build';
import { egressWorld } from '../../helpers/egress';
import { option } from '../../helpers/option';
import {
  EgressNetworkPolicy, EgressNetworkPolicyProps, EgressPath, EgressPort, GatewayWorkload, LeastPrivilege, LeastPrivilegeProps, MeshGateway,
  MeshNamespace, MeshPort, PodHosts, RemotePods, RemoteTls, SidecarInjection,
} from 'cdk8s-istio';

function closed(props: EgressNetworkPolicyProps = {}) {
  const world = egressWorld();
  new EgressNetworkPolicy(world.team, 'closed', props);
  world.route({ host: 'gateway.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  return world;
}

const inside = { to: [{ namespaceSelector: {} }] };

option('EgressNetworkPolicy.constructor', 'lets pods reach pods, and the machines of direct routes by their addresses and ports', () => {
  const world = closed();
  world.route({ ports: [EgressPort.http(80, { targetPort: 8080 }), EgressPort.https(443)], endpoints: ['203.0.113.1', '2001:db8::1'], inDns: true });
  world.route({ host: 'db.example.org', ports: [EgressPort.tcp(5432)], addresses: ['203.0.113.8/30'] }, 'db');
  world.route({ host: 'elsewhere.example.org' }, 'elsewhere', world.other);
  const block = (cidr: string) => ({ ipBlock: { cidr } });
  const port = (number: number) => ({ port: number, protocol: 'TCP' });
  expect(world.spec('NetworkPolicy', 'closed')).toEqual({
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      inside,
      { to: [block('203.0.113.8/30')], ports: [port(5432)] },
      { to: [block('203.0.113.1/32'), block('2001:db8::1/128')], ports: [port(8080), port(443)] },
    ],
  });
});

option('EgressNetworkPolicyProps.name', 'is the name of the object', () => {
  expect(closed({ name: 'no-way' }).spec('NetworkPolicy', 'no-way').egress).toEqual([inside]);
});

option('EgressNetworkPolicyProps.ipBlocks', 'are further addresses', () => {
  expect(closed({ ipBlocks: ['10.96.0.1/32'] }).spec('NetworkPolicy', 'closed').egress).toEqual([inside, { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }] }]);
});

test('a DNS name is refused', () => {
  const world = closed();
  world.route();
  expect(messages(world.team)).toEqual([[
    'IM1514 at team/team/closed: team/team/route leads directly to example.org, a DNS name.',
    '  got      \'example.org\'',
    '  next     give the route `addresses`, or endpoints that are addresses, or use an egress gateway',
  ].join('\n')]);
  const other = closed();
  other.route({ endpoints: ['203.0.113.1', 'a.example.com'], inDns: true });
  expect(messages(other.team)[0]).toContain('directly to a.example.com, a DNS name');
  expect(refusal(() => new EgressNetworkPolicy(world.team, 'third', { ipBlocks: ['10.0.0.1'] })).code).toBe('IM0112');
  expect(refusal(() => new EgressNetworkPolicy(world.team, 'Fourth')).code).toBe('IM0106');
});

test('egress gateways of the namespace are not restricted', () => {
  const world = closed();
  const own = new MeshGateway(world.team, 'way-out', { workload: GatewayWorkload.dedicatedEgress() });
  world.route({ via: EgressPath.gateway(own) });
  expect(world.spec('NetworkPolicy', 'closed').podSelector).toEqual({ matchExpressions: [{ key: 'istio', operator: 'NotIn', values: ['way-out.team'] }] });
});

test('egress gateways that are not known by one label', () => {
  const world = egressWorld();
  const own = new MeshGateway(world.team, 'way-out', { workload: GatewayWorkload.labels({ app: 'out', tier: 'edge' }, { namespace: 'team', service: 'out' }) });
  world.route({ via: EgressPath.gateway(own) });
  const policy = new EgressNetworkPolicy(world.team, 'closed');
  expect(messages(policy)).toEqual([[
    'IM1514 at team/team/closed: an egress gateway of team is selected by several labels, but a NetworkPolicy can exclude pods by one label only.',
    '  got      {"app":"out","tier":"edge"}',
    '  next     select the pods of the gateway by one label, or run them in another namespace',
  ].join('\n')]);
});

describe('pods of another cluster that are led to directly, by name', () => {
  const build = (at: 'team' | 'other', calls: boolean, gateway = false) => {
    const world = closed();
    const remote = new RemotePods(world[at], 'remote', {
      hosts: PodHosts.template('pod-{ordinal}.example.com', 1), port: MeshPort.grpc(443), tls: RemoteTls.simple(), ...gateway ? { via: EgressPath.gateway(world.egress) } : {},
    });
    if (calls) {
      service(world.team, 'caller').calls(remote);
    }
    return messages(world.team);
  };
  test.each([['team', false], ['other', true]] as const)('are refused: in %s, called %s', (at, calls) => {
    expect(build(at, calls)).toEqual([[
      `IM1514 at team/team/closed: ${at}/${at}/remote leads directly to pod-0.example.com, a DNS name.`,
      '  got      \'pod-0.example.com\'',
      '  next     use EgressPath.gateway()',
    ].join('\n')]);
  });
  test('are no concern of a namespace that does not call them, or calls them through a gateway', () => {
    expect(build('other', false)).toEqual([]);
    expect(build('team', true, true)).toEqual([]);
  });
});

test('pods without a sidecar cannot call pods of another cluster', () => {
  const world = closed();
  const plain = new MeshNamespace(world.team.node.scope as Chart, 'plain', { injection: SidecarInjection.disabled() });
  const remote = new RemotePods(world.other, 'remote', { hosts: PodHosts.template('pod-{ordinal}.example.com', 1), port: MeshPort.grpc(443), tls: RemoteTls.simple() });
  expect(refusal(() => service(plain, 'caller').calls(remote))).toMatchObject({ code: 'IM1510' });
});

describe('beside least privilege, whose NetworkPolicies add up with it', () => {
  const tried = (props: LeastPrivilegeProps, at: 'chart' | 'namespace' = 'chart') => {
    const world = closed();
    service(world.team, 'web');
    new LeastPrivilege(at === 'chart' ? Chart.of(world.team) : world.team, 'least-privilege', props);
    return messages(world.team.node.root as Chart);
  };

  test.each(['chart', 'namespace'] as const)('of the %s', at => {
    expect(tried({ networkPolicies: true }, at)).toEqual([[
      `IM1862 at team/team/closed: it allows pods of team to reach every pod of the cluster, but team/${at === 'chart' ? '' : 'team/'}least-privilege only those that they call.`,
      '  next     drop it: the NetworkPolicies of LeastPrivilege restrict the network as well, and have `blocks` of their own',
    ].join('\n')]);
  });

  test('without any', () => expect(tried({})).toEqual([]));
});
