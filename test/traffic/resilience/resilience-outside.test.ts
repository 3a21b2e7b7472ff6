import { Duration } from 'cdk8s';
import { REQUEST_SETTINGS } from '../../../src/traffic/resilience/resilience-props';
import { chart, find, messages, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { egressWorld, EgressWorld, routed, Told } from '../../helpers/egress';
import { option } from '../../helpers/option';
import { Policy } from '../../helpers/policy';
import { valid } from '../../helpers/valid';
import {
  CallMatch, EgressPath, EgressPort, EgressRoute, EgressRouteProps, FaultAbort, FaultRule, GatewayServer, GatewayWorkload, LoadBalancer,
  LocalityDistribution, LocalityFailover, MeshGateway, MeshPort, PodHosts, RemotePods, RemoteTls, ResiliencePolicy, Retries, RetryOn, StringMatch,
  WildcardResolution,
} from 'cdk8s-istio';

const second = Duration.seconds(1);
const retries = Retries.of({ attempts: 2, retryOn: [RetryOn.GATEWAY_ERROR] });
const rehearsal = CallMatch.header('x-rehearse', StringMatch.exact('down'));
const down = { abort: FaultAbort.httpStatus(503) };
const fault = { abort: { httpStatus: 503, percentage: { value: 100 } } };
const tls = { mode: 'SIMPLE', sni: 'example.org', subjectAltNames: ['example.org'], caCertificates: '/etc/ssl/certs/ca-certificates.crt' };
const machine = { route: [{ destination: { host: 'example.org', port: { number: 80 } } }] };
const gatewayRoute = 'egress.in--istio-system.example.org';
/** The retries of the sidecar itself where a gateway is on the path. */
const near = { attempts: 2, retryOn: 'connect-failure,refused-stream' };

type Routed = EgressWorld & { readonly made: EgressRoute };

/** A route with a policy, optionally through the gateway. */
function outside(policy: Policy, told: Told = {}, byGateway = false): Routed {
  const world = routed(told, byGateway);
  new ResiliencePolicy(world.team, 'policy', { target: world.made, ...policy });
  return world;
}

/** The routes of an object; of the one at the sidecars unless another is named. */
const http = (world: Routed, name = 'example.org.to--outside') => world.spec('VirtualService', name).http;
const trafficPolicy = (policy: Policy, told?: Partial<EgressRouteProps>) => outside(policy, told).spec('DestinationRule', 'example.org').trafficPolicy;

describe('from the sidecar to the machine', () => {
  test('timeout and retries are those of the sidecar', () => {
    expect(http(outside({ timeout: Duration.millis(1500), retries })))
      .toEqual([{ match: [{ port: 80 }], ...machine, timeout: '1500ms', retries: { attempts: 2, retryOn: 'gateway-error' } }]);
  });

  test('they hold for callers that declared it, and others are refused as before', () => {
    const world = outside({ timeout: second, faults: [FaultRule.when(rehearsal).inject(down)] });
    world.caller('checkout').calls(world.made);
    const headers = { 'x-rehearse': { exact: 'down' } };
    const caller = { sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' };
    const refused = { directResponse: { status: 403 } };
    expect(http(world)).toEqual([
      { match: [{ port: 80, headers, ...caller }], ...machine, timeout: '1s', fault },
      { match: [{ port: 80, headers }], ...refused },
      { match: [{ port: 80, ...caller }], ...machine, timeout: '1s' },
      { match: [{ port: 80 }], ...refused },
    ]);
  });

  test('a fault for one caller is for that caller among those who declared it', () => {
    const world = routed();
    const checkout = world.caller('checkout');
    checkout.calls(world.made);
    new ResiliencePolicy(world.team, 'policy', { target: world.made, faults: [FaultRule.when(CallMatch.from(checkout)).inject(down)] });
    expect(http(world)).toEqual([
      { match: [{ port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }], ...machine, fault },
      { match: [{ port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }], ...machine },
      { match: [{ port: 80 }], directResponse: { status: 403 } },
    ]);
  });

  test('limits hold for all ports, those with settings of their own too', () => {
    expect(trafficPolicy({ connectionPool: { maxConnections: 7 } }, {
      ports: [EgressPort.http(80), EgressPort.originateTls({ port: 81 })],
    })).toEqual({
      connectionPool: { tcp: { maxConnections: 7 } },
      portLevelSettings: [{ port: { number: 81 }, tls, connectionPool: { tcp: { maxConnections: 7 } } }],
    });
  });

  test('limits and ejection are also those of callers that show a certificate', () => {
    const world = outside({ connectionPool: { maxConnections: 7 } }, { ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('client') })] });
    world.caller('checkout').calls(world.made);
    expect(world.spec('DestinationRule', 'of--callers.example.org').trafficPolicy.connectionPool).toEqual({ tcp: { maxConnections: 7 } });
  });

  test('connections of TLS and of TCP have limits, ejection and balancing', () => {
    const policy = { connectionPool: { maxConnections: 7 }, outlierDetection: {}, loadBalancer: LoadBalancer.roundRobin() };
    const expected = {
      connectionPool: { tcp: { maxConnections: 7 } }, outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 50 }, loadBalancer: { simple: 'ROUND_ROBIN' },
    };
    expect(trafficPolicy(policy, { ports: [EgressPort.https(443)] })).toEqual(expected);
    expect(trafficPolicy(policy, { ports: [EgressPort.tcp(5432)], addresses: ['203.0.113.4'] })).toEqual(expected);
  });

  test('endpoints in several regions have failover', () => {
    const localities = { 'eu/eu-1': ['203.0.113.1'], 'us/us-1': ['203.0.113.2'] };
    expect(trafficPolicy({ outlierDetection: {}, failover: [LocalityFailover.of('eu', 'us')] }, { localities, inDns: true })).toEqual({
      outlierDetection: { maxEjectionPercent: 100, consecutive5xxErrors: 5 },
      loadBalancer: { localityLbSetting: { enabled: true, failover: [{ from: 'eu', to: 'us' }] } },
    });
  });

  test('a gateway that leads to the host does the same', () => {
    const root = chart();
    const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['www.example.com'] })] });
    const route = new EgressRoute(root, 'route', { host: 'example.org', ports: [EgressPort.http(80)] });
    edge.addHttpRoute('www.example.com', { to: route });
    new ResiliencePolicy(root, 'policy', { target: route, timeout: second });
    expect(find(valid(root), 'VirtualService', 'edge.www.example.com').spec.http).toEqual([{ ...machine, rewrite: { authority: 'example.org' }, timeout: '1s' }]);
  });
});

describe('by a gateway', () => {
  test('without a policy, the sidecar retries requests that the gateway has not received, and nothing else', () => {
    expect(http(routed({}, true))).toEqual([{ match: [{ port: 80 }], route: [expect.objectContaining({})], retries: near }]);
  });

  test('timeout and retries are the gateway\'s', () => {
    const world = outside({ timeout: second, retries }, {}, true);
    expect(http(world, gatewayRoute)).toEqual([{ ...machine, timeout: '1s', retries: { attempts: 2, retryOn: 'gateway-error' } }]);
    expect(http(world)).toEqual([{ match: [{ port: 80 }], route: [expect.objectContaining({})], retries: near }]);
  });

  test('no retries are no retries on either hop', () => {
    const world = outside({ retries: Retries.none() }, {}, true);
    expect([http(world, gatewayRoute)[0].retries, http(world)[0].retries]).toEqual([{ attempts: 0 }, { attempts: 0 }]);
  });

  test('faults and copies are the sidecar\'s, which knows the caller', () => {
    const world = routed({}, true);
    const checkout = world.caller('checkout');
    new ResiliencePolicy(world.team, 'policy', {
      target: world.made, timeout: second, faults: [FaultRule.when(CallMatch.from(checkout)).inject(down)], mirrors: [{ to: world.caller('shadow').versionOf('v1') }],
    });
    const mirrors = [{ destination: { host: 'shadow.team.svc.cluster.local', subset: 'v1', port: { number: 8080 } } }];
    expect(http(world)).toEqual([
      { match: [{ port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }], route: expect.anything(), fault, mirrors, retries: near },
      { match: [{ port: 80 }], route: expect.anything(), mirrors, retries: near },
    ]);
    expect(http(world, gatewayRoute)).toEqual([{ ...machine, timeout: '1s' }]);
  });

  test('each port has its own settings', () => {
    const world = outside({ ports: [8080], timeout: second }, { ports: [EgressPort.http(80), EgressPort.http(8080)] }, true);
    expect(http(world, gatewayRoute)[0].timeout).toBeUndefined();
    expect(http(world, 'egress.in--istio-system.at--8080.example.org')).toEqual([{
      rewrite: { authority: 'example.org:8080' }, route: [{ destination: { host: 'example.org', port: { number: 8080 } } }], timeout: '1s',
    }]);
    expect(http(world).map(({ rewrite }: { rewrite?: object }) => rewrite)).toEqual([undefined, { authority: 'at--8080.example.org' }]);
  });

  test('connections, ejection and balancing are the gateway\'s', () => {
    const policy = { connectionPool: { maxConnections: 7 }, outlierDetection: { maxEjectionPercent: 50 }, loadBalancer: LoadBalancer.roundRobin() };
    const world = outside(policy, {}, true);
    expect(world.spec('DestinationRule', 'example.org')).toEqual({
      host: 'example.org',
      exportTo: ['.', 'istio-system'],
      trafficPolicy: {
        connectionPool: { tcp: { maxConnections: 7 } }, outlierDetection: { maxEjectionPercent: 50 }, loadBalancer: { simple: 'ROUND_ROBIN' },
      },
    });
  });
});

describe('pods of another cluster', () => {
  const hosts = PodHosts.list(['p-0.example.com', 'p-1.example.com']);
  const remote = (byGateway: boolean) => {
    const world = egressWorld();
    world.route({ via: EgressPath.gateway(world.egress) });
    const pods = new RemotePods(world.team, 'far', {
      hosts, port: MeshPort.grpc(10901, { targetPort: 443 }), tls: RemoteTls.simple(), via: byGateway ? EgressPath.gateway(world.egress) : undefined,
    });
    new ResiliencePolicy(world.team, 'policy', { target: pods, timeout: second, connectionPool: { maxConnections: 3 } });
    return { ...world, pods };
  };

  test('each have the policy, at the sidecar', () => {
    const world = remote(false);
    for (const host of hosts.hosts) {
      expect(world.spec('VirtualService', `${host}.to--outside`)).toEqual({ hosts: [host], http: [{ route: [{ destination: { host } }], timeout: '1s' }] });
      expect(world.spec('DestinationRule', host).trafficPolicy).toMatchObject({ connectionPool: { tcp: { maxConnections: 3 } }, tls: { sni: host } });
    }
  });

  test('each have the policy, at the gateway', () => {
    const world = remote(true);
    for (const host of hosts.hosts) {
      expect(world.spec('VirtualService', `egress.in--istio-system.${host}`).http[0].timeout).toBe('1s');
      expect(world.spec('DestinationRule', host).trafficPolicy.connectionPool).toEqual({ tcp: { maxConnections: 3 } });
    }
  });

  option('RemotePods.toCallee', 'are what services call, all of them', () => {
    const world = remote(true);
    world.caller('querier').calls(world.pods);
    expect(edgePaths(world.team)).toEqual(['team/team/querier > team/team/far:10901']);
    expect(world.pods.toCallee()).toMatchObject({ _attributes: { hosts: hosts.hosts, via: { namespace: 'istio-system' } } });
  });
});

test('two that contradict each other are named both', () => {
  const world = outside({ timeout: second }, {}, true);
  expect(refusal(() => new ResiliencePolicy(world.other, 'second', { target: world.made, timeout: Duration.seconds(2) })).message).toBe([
    'IM1401 at other/other/second: team/team/policy sets timeout of the requests for example.org to another value.',
    '  got      "2s", and before "1s"',
    '  next     keep one of the two',
    '  istio    IST0109',
  ].join('\n'));
});

test.each<[string, Policy, Told, string]>([
  ['a timeout for TLS that is passed through', { timeout: second }, { ports: [EgressPort.https(443)] }, [
    'IM1518 at team/team/policy: port 443 (https-443) is not HTTP: it has no requests to inspect.',
    '  got      ["timeout"]',
    '  allowed  on this port: TCP settings of connectionPool, outlierDetection, loadBalancer and localities',
    '  next     list the HTTP ports in `ports`, or drop the setting',
  ].join('\n')],
  ['balancing where the caller has chosen', { loadBalancer: LoadBalancer.random() }, { host: '*.example.org', ports: [EgressPort.https(443)] }, [
    'IM1648 at team/team/policy: connections to *.example.org go to the address that the caller or the proxy resolved.',
    '  got      ["loadBalancer"]',
    '  next     set the `endpoints` of the route, write a route for each host, or use only timeout, retries, faults, mirrors, `connectionPool` and `outlierDetection`',
  ].join('\n')],
  ['failover of a host without places', { failover: [LocalityFailover.of('eu', 'us')], outlierDetection: {} }, {}, [
    'IM1649 at team/team/policy: the endpoints of example.org have no locality.',
    '  got      ["failover"]',
    '  next     set the `localities` of the EgressRoute',
  ].join('\n')],
  ['priorities by label', { failoverPriority: ['tier'], outlierDetection: {} }, { localities: { eu: ['203.0.113.1'] }, inDns: true }, [
    'IM1649 at team/team/policy: example.org is outside of the mesh, so its endpoints have no labels.',
    '  got      ["tier"]',
    '  next     set the `localities` of the EgressRoute, and `failover`',
  ].join('\n')],
])('%s: refused', (_, policy, told, message) => {
  expect(refusal(() => outside(policy, told)).message).toBe(message);
});

test.each<[string, Policy, Told, string]>([
  ['retries on TCP', { retries }, { ports: [EgressPort.tcp(1)], addresses: ['203.0.113.1'] }, 'IM1518'],
  ['retries where one port reads none', { retries }, { ports: [EgressPort.http(80), EgressPort.https(443)] }, 'IM1518'],
  ['a port that there is not', { ports: [81], timeout: second }, {}, 'IM1111'],
  ['weights of unknown localities', { distribute: [LocalityDistribution.of('eu', { us: 100 })] }, { endpoints: ['203.0.113.1'], inDns: true }, 'IM1649'],
  ['balancing in a block', { localityLb: false }, { ports: [EgressPort.tcp(1)], addresses: ['203.0.113.0/24'] }, 'IM1648'],
  ['balancing where the proxy resolves', { loadBalancer: LoadBalancer.random() }, { host: '*.example.org', wildcardResolution: WildcardResolution.DYNAMIC_DNS }, 'IM1648'],
  ['attempts that do not fit', { timeout: second, retries: Retries.of({ attempts: 1, perTryTimeout: second }) }, {}, 'IM1333'],
  ['retries of gRPC that miss slow calls', { retries: Retries.of({ attempts: 1, perTryTimeout: second, retryOn: [RetryOn.RESET] }) }, { ports: [EgressPort.grpc(1)] }, 'IM1334'],
  ['limits of nothing', { connectionPool: { maxConnections: 0 } }, {}, 'IM1519'],
])('%s: refused by code', (_, policy, told, code) => {
  expect(refusal(() => outside(policy, told)).code).toBe(code);
});

test('failover without outlier detection is refused at synthesis', () => {
  const { team } = outside({ failover: [LocalityFailover.of('eu', 'us')] }, { localities: { eu: ['203.0.113.1'] }, inDns: true });
  expect(messages(team).map(message => message.slice(0, 29))).toEqual(['IM1635 at team/team/policy: e']);
});

test('what is no callee is refused', () => {
  const root = chart();
  expect(refusal(() => new ResiliencePolicy(root, 'policy', { target: service(root).ports as never, timeout: second })).code).toBe('IM0001');
});

const limits = (connections: Policy['connectionPool']) => trafficPolicy({ connectionPool: connections }).connectionPool;
option('ConnectionPool.maxConnections', 'is maxConnections', () => expect(limits({ maxConnections: 5 })).toEqual({ tcp: { maxConnections: 5 } }));
option('ConnectionPool.connectTimeout', 'is connectTimeout', () => {
  expect(limits({ connectTimeout: Duration.seconds(3) })).toEqual({ tcp: { connectTimeout: '3s' } });
});
option('ConnectionPool.http1MaxPendingRequests', 'is http1MaxPendingRequests', () => expect(limits({ http1MaxPendingRequests: 5 })).toEqual({ http: { http1MaxPendingRequests: 5 } }));
option('ConnectionPool.http2MaxRequests', 'is http2MaxRequests', () => expect(limits({ http2MaxRequests: 5 })).toEqual({ http: { http2MaxRequests: 5 } }));
option('ConnectionPool.maxRequestsPerConnection', 'is maxRequestsPerConnection', () => {
  expect(limits({ maxRequestsPerConnection: 5 })).toEqual({ http: { maxRequestsPerConnection: 5 } });
});

const outliers = (outlierDetection: Policy['outlierDetection']) => trafficPolicy({ outlierDetection }).outlierDetection;
option('OutlierDetection.consecutive5xxErrors', 'is consecutive5xxErrors', () => expect(outliers({ consecutive5xxErrors: 3 })).toMatchObject({ consecutive5xxErrors: 3 }));
option('OutlierDetection.interval', 'is interval', () => expect(outliers({ interval: Duration.seconds(3) })).toMatchObject({ interval: '3s' }));
option('OutlierDetection.baseEjectionTime', 'is baseEjectionTime', () => {
  expect(outliers({ baseEjectionTime: Duration.seconds(3) })).toMatchObject({ baseEjectionTime: '3s' });
});
option('OutlierDetection.maxEjectionPercent', 'is maxEjectionPercent', () => expect(outliers({ maxEjectionPercent: 30 })).toMatchObject({ maxEjectionPercent: 30 }));

/** A value of each request setting. A setting without one does not compile. */
const SAMPLES: { readonly [name in typeof REQUEST_SETTINGS[number]]: (world: EgressWorld) => Policy } = {
  timeout: () => ({ timeout: second }),
  retries: () => ({ retries }),
  faults: () => ({ faults: [FaultRule.when(rehearsal).inject(down)] }),
  mirrors: world => ({ mirrors: [{ to: world.caller('shadow').versionOf('v1') }] }),
};

describe.each([['directly', false], ['through an egress gateway', true]])('each request setting has an effect on a host that is called %s', (_, byGateway) => {
  test.each(REQUEST_SETTINGS)('%s', name => {
    const routes = (hasSetting: boolean) => {
      const world = routed({}, byGateway);
      const policy = SAMPLES[name](world); // may create a service: in both worlds
      new ResiliencePolicy(world.team, 'policy', { target: world.made, connectionPool: { maxConnections: 1 }, ...hasSetting ? policy : {} });
      return valid(world.root).filter(({ kind }) => kind === 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec.http]);
    };
    expect(routes(true)).not.toEqual(routes(false));
  });
});
