import { App, Chart } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-28';
import { app, findAll, messages, refusal, service, version } from '../../helpers/build';
import { egressWorld, routed } from '../../helpers/egress';
import { option } from '../../helpers/option';
import {
  CallerIdentity,
  EgressCallers, EgressPath, EgressPort, EgressRoute, EgressRouteProps, GatewayWorkload, IstioRelease, MeshCluster, MeshGateway,
  MeshJob, MeshNamespace,
  MeshPort, MeshService, MeshVersion, RemoteTls, ResiliencePolicy, SidecarInjection, StatefulMeshService, WildcardResolution,
} from 'cdk8s-istio';

/** Who may come in by the gateway for a route that checkout of the namespace declares, if it does. */
function rules(props: Partial<EgressRouteProps>, declares: 'nothing' | 'port 80' | 'all' = 'nothing') {
  const world = egressWorld();
  const route = world.route({ ports: [EgressPort.http(80), EgressPort.https(443)], ...props, via: EgressPath.gateway(world.egress) });
  const checkout = world.caller('checkout', world.other);
  if (declares !== 'nothing') {
    checkout.calls(route, declares === 'all' ? {} : { port: 80 });
  }
  return { rules: world.spec('AuthorizationPolicy', 'egress.callers').rules, seen: world.spec('ServiceEntry', 'example.org').exportTo };
}

const by443 = { when: [{ key: 'connection.sni', values: ['at--443.example.org'] }] };
const by80 = { to: [{ operation: { hosts: ['example.org', 'example.org:*'] } }] };
const team = [{ source: { namespaces: ['team'] } }];
const checkout = [{ source: { principals: ['cluster.local/ns/other/sa/checkout'] } }];

option('EgressRouteProps.callers', 'are the namespace of the route if no call is declared, and else the declared callers, by port', () => {
  expect(rules({})).toEqual({ rules: [{ from: team, ...by443 }, { from: team, ...by80 }], seen: ['.', 'istio-system'] });
  expect(rules({}, 'all')).toEqual({ rules: [{ from: checkout, ...by443 }, { from: checkout, ...by80 }], seen: ['istio-system', 'other'] });
  expect(rules({}, 'port 80')).toEqual({ rules: [{ from: checkout, ...by80 }], seen: ['istio-system', 'other'] });
});

option('EgressCallers.namespaces', 'are whole namespaces beside those who declare it', () => {
  const callers = EgressCallers.namespaces(['z', 'a', 'z']);
  const words = [{ source: { namespaces: ['a', 'z'] } }];
  expect(rules({ callers })).toEqual({ rules: [{ from: words, ...by443 }, { from: words, ...by80 }], seen: ['a', 'istio-system', 'z'] });
  expect(rules({ callers }, 'port 80').rules[1].from).toEqual([...words, ...checkout]);
});

option('EgressCallers.declared', 'are those who declare it', () => {
  expect(rules({ callers: EgressCallers.declared() }, 'all')).toEqual(rules({}, 'all'));
});

option('EgressCallers.anyNamespace', 'is every identity of the mesh', () => {
  const from = [{ source: { principals: ['*'] } }];
  expect(rules({ callers: EgressCallers.anyNamespace() }, 'all')).toEqual({ rules: [{ from, ...by443 }, { from, ...by80 }], seen: ['*'] });
});

test('without a gateway, sidecars of others answer 403 to requests', () => {
  const world = egressWorld();
  const route = world.route({ callers: EgressCallers.namespaces(['other']) });
  world.caller('checkout').calls(route);
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(world.spec('VirtualService', 'example.org.to--outside')).toEqual({
    hosts: ['example.org'],
    exportTo: ['.', 'other'],
    http: [
      {
        match: [{ port: 80, sourceNamespace: 'other' }, { port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }],
        route: [{ destination: { host: 'example.org', port: { number: 80 } } }],
      },
      { match: [{ port: 80 }], directResponse: { status: 403 } },
    ],
  });
});

test('callers that are allowed anyway get no settings, and connections of one namespace are not distinguished', () => {
  const world = egressWorld();
  const open = world.route({ callers: EgressCallers.anyNamespace() });
  const handedOn = world.route({ host: 'b.example.org', ports: [EgressPort.https(443)] }, 'second');
  const caller = world.caller('checkout');
  caller.calls(open);
  caller.calls(handedOn);
  world.route({ host: 'c.example.org', via: EgressPath.gateway(world.egress) }, 'third');
  expect(world.spec('VirtualService', 'example.org.to--outside').http).toEqual([{ match: [{ port: 80 }], route: [{ destination: { host: 'example.org', port: { number: 80 } } }] }]);
  expect(findAll(world.objects(), 'VirtualService').map(({ metadata }) => metadata.name)).not.toContain('b.example.org');
  expect(world.spec('ServiceEntry', 'b.example.org').exportTo).toEqual(['.']);
});

test('each version has its own identity, where it has one, and pods of a StatefulSet are callers as well', () => {
  const world = egressWorld();
  const route = world.route({ endpoints: ['203.0.113.1'], via: EgressPath.gateway(world.egress) });
  service(world.team, 'web', { serviceAccountPerVersion: true, versions: { v1: version(), v2: version() } }).calls(route);
  new StatefulMeshService(world.team, 'store', { replicas: 1, ports: [MeshPort.tcp(1)], containers: [{ image: 'example.com/store:1' }] }).calls(route);
  expect(world.spec('AuthorizationPolicy', 'egress.callers').rules[0].from).toEqual([{
    source: {
      principals: ['store', 'web-v1', 'web-v2']
        .map(account => `cluster.local/ns/team/sa/${account}`),
    },
  }]);
  expect(world.spec('StatefulSet', 'store').template.metadata.annotations['proxy.istio.io/config']).toContain('ISTIO_META_DNS_CAPTURE');
});

test('before Istio 1.25 sidecars give the addresses out themselves', () => {
  const world = egressWorld(app());
  const old = new MeshCluster(app(), 'old', { istio: IstioRelease.V1_24 });
  const earlier = egressWorld(old as never);
  const config = ({ route, caller, egress, team: where }: typeof world) => {
    const service_ = caller('checkout');
    service_.calls(route({ endpoints: ['203.0.113.1'], via: EgressPath.gateway(egress) }));
    return [where.name, service_.deploymentOf('v1').podMetadata.toJson().annotations['proxy.istio.io/config']];
  };
  expect(config(world)).toEqual(['team', 'proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\n']);
  expect(config(earlier)).toEqual(['team', 'proxyMetadata:\n  ISTIO_META_DNS_AUTO_ALLOCATE: "true"\n  ISTIO_META_DNS_CAPTURE: "true"\n']);
});

/** The errors about a route at synthesis. */
const said = (props: Partial<EgressRouteProps>, byGateway = false) => messages(routed(props, byGateway).root);

test('names that DNS does not know need callers that are known, or sidecars that answer', () => {
  const unknown = { endpoints: ['203.0.113.1'] };
  expect(said(unknown)).toEqual([[
    'IM1508 at team/team/route: example.org is not in DNS: pods of team could not resolve it.',
    '  got      \'team\'',
    '  next     declare the calls of services (`service.calls(route)`), or set `dnsCapture` of the namespaces, or `inDns: true` if DNS resolves the host',
  ].join('\n')]);
  expect(said({ ...unknown, callers: EgressCallers.anyNamespace() })[0]).toContain('pods of the mesh could not resolve it');
  const world = egressWorld();
  const ear = new MeshNamespace(world.team.node.scope!, 'ear', { dnsCapture: true });
  world.route(unknown, 'route', ear);
  expect(messages(ear)).toEqual([]);
});

test('plain TCP has addresses, or sidecars that capture DNS wherever it is seen', () => {
  const tcp = [EgressPort.tcp(5432)];
  const message = (seen: string) => [[
    `IM1509 at team/team/route: example.org has a plain TCP port and no address: sidecars of ${seen} would send every connection to that port to it.`,
    `  got      '${seen}'`,
    '  next     set the `addresses` of the host, or `dnsCapture` of the namespaces',
    '  istio    IST0134',
  ].join('\n')];
  expect(said({ ports: tcp })).toEqual(message('team'));
  expect(said({ ports: tcp, addresses: ['203.0.113.1'] })).toEqual([]);
  const world = egressWorld();
  // The annotation is for the pods of the caller: those beside it would mistake other connections for the host's.
  world.caller('caller', world.other).calls(world.route({ ports: tcp }));
  expect(messages(world.team)).toEqual(message('other'));
  const ear = new MeshNamespace(world.team.node.scope!, 'ear', { dnsCapture: true });
  ['a', 'b'].forEach(id => world.route({ host: `${id}.example.org`, ports: tcp }, id, ear));
  expect(messages(ear)).toEqual([]);
});

test('of two hosts at one address, only the port distinguishes plain TCP; HTTP and TLS carry the host', () => {
  const two = (one: Partial<EgressRouteProps>, other: Partial<EgressRouteProps>) => {
    const world = egressWorld();
    [['a', one] as const, ['b', other] as const].forEach(([id, props]) => world.route({ host: `${id}.example.org`, addresses: ['203.0.113.1'], ...props }, id));
    return messages(world.team);
  };
  const ports = [EgressPort.https(443), EgressPort.tcp(5432)];
  expect(two({ ports }, { ports })).toEqual([[
    'IM1509 at team/team/b: port 5432 of b.example.org and of a.example.org (team/team/a) cannot be distinguished: both have the address 203.0.113.1.',
    '  got      5432',
    '  next     set different `addresses`, or change one of the ports',
    '  istio    IST0134',
  ].join('\n')]);
  expect(two({ ports }, { ports, addresses: ['203.0.113.2'] })).toEqual([]);
  expect(two({}, {})).toEqual([]);
  expect(two({ ports: [EgressPort.https(443)] }, { ports: [EgressPort.https(443)] })).toEqual([]);
  expect(two({ ports, addresses: ['203.0.113.0/24', '2001:db8::1'] }, { ports, addresses: ['2001:0db8:0::1'] })[0]).toContain('both have the address 2001:0db8:0::1.');
  expect(two({ ports, addresses: ['203.0.113.5/24'] }, { ports, addresses: ['203.0.113.0/24'] })[0]).toContain('both have the address 203.0.113.0/24.');
  expect(two({ ports, addresses: ['203.0.113.5/32'] }, { ports, addresses: ['203.0.113.5'] })[0]).toContain('both have the address 203.0.113.5.');
});

test('a gateway sees the hosts of its namespace, and those of all routes through gateways there', () => {
  const world = egressWorld();
  const second = new MeshGateway(Chart.of(world.egress), 'second', { workload: GatewayWorkload.labels({ app: 'second' }, { service: 'second' }) });
  world.route({ via: EgressPath.gateway(world.egress) });
  world.route({ via: EgressPath.gateway(second) }, 'duplicate', world.other);
  expect(messages(world.other)).toEqual([[
    'IM1502 at other/other/duplicate: example.org is described by team/team/route as well, and some namespace sees both.',
    '  got      \'example.org\'',
    '  next     share one route: services of any namespace can declare a call to it',
  ].join('\n')]);
});

test('a host within a domain gets no TLS that is not its own', () => {
  const within = (props: Partial<EgressRouteProps>, byGateway = false, limited = false) => {
    const world = egressWorld();
    world.route({ host: '*.example.org', ports: [EgressPort.originateTls({ port: 80 })], wildcardResolution: WildcardResolution.DYNAMIC_DNS }, 'domain');
    const one = world.route({ host: 'a.example.org', ...props, ...byGateway ? { via: EgressPath.gateway(world.egress) } : {} }, 'one');
    if (limited) {
      new ResiliencePolicy(world.team, 'policy', { target: one, connectionPool: { maxConnections: 5 } });
    }
    return messages(world.team);
  };
  expect(within({})).toEqual([[
    'IM1520 at team/team/one: port 80 of *.example.org (team/team/domain) originates TLS, and Istio would originate it for a.example.org as well.',
    '  got      80',
    '  next     change the number of one of the two ports, or originate TLS at both',
  ].join('\n')]);
  expect(within({}, true)).toEqual([]);
  expect(within({ ports: [EgressPort.https(443)] })).toEqual([]);
  expect(within({}, false, true)).toEqual([]);
  expect(within({ ports: [EgressPort.originateTls({ port: 80 })] })).toEqual([]);
});

test('without a gateway, callers that another team deploys are known by the labels of their pods, or are a whole namespace', () => {
  const world = egressWorld();
  const route = world.route();
  world.caller('checkout').calls(route);
  CallerIdentity.fromAttributes({ namespace: 'other', serviceAccount: 'job', podLabels: { app: 'job' } }).calls(route);
  CallerIdentity.fromAttributes({ namespace: 'batch' }).calls(route);
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(world.spec('VirtualService', 'example.org.to--outside').http[0].match).toEqual([
    { port: 80, sourceNamespace: 'batch' },
    { port: 80, sourceLabels: { app: 'job' }, sourceNamespace: 'other' },
    { port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' },
  ]);
});

test('without a gateway, an identity whose pods have no known labels would open its whole namespace, and is refused', () => {
  const world = egressWorld();
  CallerIdentity.fromAttributes({ namespace: 'other', serviceAccount: 'job' }).calls(world.route());
  expect(messages(world.root).map(text => text.split('\n')[0]))
    .toContain('IM1840 at team/team/route: the labels of the pods of other/job are not known: the route would be open to every pod of other.');
});

test('the Secret is mounted for those who declare a port that shows it, and for no others', () => {
  const world = egressWorld();
  const ports = [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('client') }), EgressPort.https(443)];
  const route = world.route({ ports });
  world.caller('shows').calls(route, { port: 80 });
  world.caller('hands-on').calls(route, { port: 443 });
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  const annotations = (name: string) => world.spec('Deployment', `${name}-v1`).template.metadata.annotations;
  expect(annotations('shows')).toMatchObject({ 'sidecar.istio.io/userVolume': '{"client":{"secret":{"secretName":"client"}}}' });
  expect(annotations('hands-on')).toBeUndefined();
});

describe('a gateway knows callers by their identity, which no other pods have', () => {
  const tried = (calls: string[], callers?: EgressCallers) => {
    const world = egressWorld();
    const route = world.route({ via: EgressPath.gateway(world.egress), callers });
    const account = new ServiceAccount(world.other, 'shared', { metadata: { name: 'shared', namespace: 'other' } });
    const pods = { containers: [{ image: 'example.com/app:1' }], serviceAccount: account };
    const all = ['one', 'two'].map(id => service(world.other, id, { versions: { v1: MeshVersion.of(pods) } }));
    const job = new MeshJob(world.other, 'job', pods);
    [...all, job].filter(({ node }) => calls.includes(node.id)).forEach(caller => caller.calls(route));
    return messages(route.node.root as App).map(message => message.split('\n')[0]);
  };

  test('a service or a job with the same identity, which does not call, is refused', () => {
    expect(tried(['one', 'two'])).toEqual([
      expect.stringMatching(/^IM1805 at \S+one: job has the same identity, shared, but does not declare that it calls example.org.$/),
    ]);
    expect(tried(['job'])).toEqual([expect.stringMatching(/^IM1805 at \S+job: one v1 has the same identity, shared, but does not declare that it calls example.org.$/)]);
  });

  test('all of them may call, or the whole namespace may', () => {
    expect(tried(['one', 'two', 'job'])).toEqual([]);
    expect(tried(['one'], EgressCallers.namespaces(['other']))).toEqual([]);
    expect(tried(['one'], EgressCallers.anyNamespace())).toEqual([]);
  });

  test('every pod that names no ServiceAccount runs as `default`', () => {
    const world = egressWorld();
    const route = world.route({ via: EgressPath.gateway(world.egress) });
    MeshService.fromAttributes(world.other, 'old', { ports: [MeshPort.http(80)], serviceAccount: 'default' }).calls(route);
    expect(messages(route.node.root as App).map(message => message.split('\n')[0])).toEqual([
      expect.stringMatching(/^IM1805 at \S+old: the pods run as `default`, like every pod of other without a ServiceAccount.$/),
    ]);
  });
});

test('namespaces without sidecars are no callers', () => {
  const world = egressWorld();
  const bare = new MeshNamespace(world.team.node.scope!, 'bare', { injection: SidecarInjection.disabled() });
  world.route({ host: 'a.example.org' }, 'own', bare);
  world.route({ callers: EgressCallers.namespaces(['bare', 'other']) });
  const message = (id: string, host: string) => [
    `IM1510 at team/${id}: pods of bare have no sidecar: the route to ${host} would not apply to them.`,
    '  got      \'bare\'',
    '  next     choose callers whose pods have sidecars: service.calls(route), or EgressCallers.namespaces()',
  ].join('\n');
  expect(messages(bare)).toEqual([message('bare/own', 'a.example.org')]);
  expect(messages(world.team)).toEqual([message('team/route', 'example.org')]);
});

test('without a gateway, who declares one port gets no other', () => {
  const world = egressWorld();
  const route = world.route({ ports: [EgressPort.http(80), EgressPort.http(8080)] });
  world.caller('checkout').calls(route, { port: 80 });
  world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
  expect(world.spec('VirtualService', 'example.org.to--outside').http.map(({ match }: { match: object[] }) => match)).toEqual([
    [{ port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }], [{ port: 80 }], [{ port: 8080 }],
  ]);
});

test('a host has one route in each namespace that sees it', () => {
  const both = (one: Partial<EgressRouteProps>, other: Partial<EgressRouteProps>) => {
    const world = egressWorld();
    world.route(one);
    world.route(other, 'second', world.other);
    return messages(world.other);
  };
  expect(both({}, {})).toEqual([]);
  expect(both({ callers: EgressCallers.namespaces(['team', 'other']) }, {})).toEqual([[
    'IM1502 at other/other/second: example.org is described by team/team/route as well, and some namespace sees both.',
    '  got      \'example.org\'',
    '  next     share one route: services of any namespace can declare a call to it',
  ].join('\n')]);
  expect(both({}, { callers: EgressCallers.anyNamespace() })[0]).toContain('IM1502');
  const world = egressWorld();
  const via = EgressPath.gateway(world.egress);
  world.route({ via });
  expect(refusal(() => world.route({ via }, 'second', world.other)).message).toContain('IM1502 at other/other/second: team/team/route already routes example.org through istio-system/root/egress.');
});

test('callers that are not distinguishable, or not named, are refused', () => {
  expect(said({ callers: EgressCallers.declared() })[0]).toContain('IM1511 at team/team/route: no service declares a call to example.org.');
  const world = egressWorld();
  const strict = world.route({ callers: EgressCallers.declared(), ports: [EgressPort.https(443)] });
  world.caller('checkout').calls(strict);
  expect(messages(world.team)[0]).toContain('IM1512 at team/team/route: port 443 uses https: without an egress gateway, services of one namespace cannot be distinguished there.');
  expect(refusal(() => routed({}, true).made.toRouteTarget()).message).toContain('IM1512 at team/team/route: requests from a gateway to example.org would bypass istio-system/root/egress');
});

test('a client certificate is for services of the namespace that declare their calls', () => {
  const ports = [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('client') })];
  expect(said({ ports })[0]).toContain('IM1513 at team/team/route: the sidecars of callers originate TLS with the Secret client, and no service declares a call to the route.');
  const world = egressWorld();
  world.caller('checkout', world.other).calls(world.route({ ports }));
  expect(messages(world.team)[0]).toContain('not all callers are services of its namespace.');
  expect(said({ ports }, true)).toEqual([]);
});

test('a caller without a sidecar is refused', () => {
  const world = egressWorld();
  const bare = new MeshNamespace(world.team.node.scope!, 'bare', { injection: SidecarInjection.disabled() });
  const caller = service(bare, 'caller');
  expect(refusal(() => caller.calls(world.route())).message).toBe([
    'IM1510 at team/bare/caller: its pods have no sidecar: the route to example.org would not apply to them.',
    '  got      \'bare\'',
    '  next     enable sidecars for the pods, or call the host without a route and restrict egress by a NetworkPolicy',
  ].join('\n'));
});

test('calls of nothing', () => {
  const world = egressWorld();
  expect(refusal(() => world.caller('checkout').calls(undefined as never)).message).toContain('the callee is missing or of the wrong type');
  expect(refusal(() => world.caller('second').calls({} as never)).message).toContain('the callee is missing or of the wrong type');
});

describe('the first call that is declared asks nothing new of pods that run', () => {
  const match = (declare: (world: ReturnType<typeof egressWorld>, route: EgressRoute) => void) => {
    const world = egressWorld();
    const route = world.route();
    world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
    declare(world, route);
    return world.spec('VirtualService', 'example.org.to--outside').http.map((rule: { match: object[] }) => rule.match);
  };
  const unrestricted = [{ port: 80 }];

  test('the pods have the labels that they had', () => {
    const labels = (declares: boolean) => {
      const world = egressWorld();
      const route = world.route({ ports: [EgressPort.http(80), EgressPort.originateTls({ port: 8080 })] });
      world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
      const caller = world.caller('checkout');
      if (declares) {
        caller.calls(route);
      }
      return world.spec('Deployment', 'checkout-v1').template.metadata;
    };
    expect(labels(true)).toEqual(labels(false));
  });

  test('a version by its labels, and once where the service calls, too', () => {
    const one = [{ port: 80, sourceLabels: { app: 'checkout', version: 'v1' }, sourceNamespace: 'team' }];
    const all = [{ port: 80, sourceLabels: { app: 'checkout' }, sourceNamespace: 'team' }];
    expect(match((world, route) => world.caller('checkout').versionOf('v1').calls(route))).toEqual([one, unrestricted]);
    expect(match((world, route) => {
      const caller = world.caller('checkout');
      caller.versionOf('v1').calls(route);
      caller.calls(route);
    })).toEqual([all, unrestricted]);
  });

  test('a service that another team deploys, by the given labels', () => {
    const described = (world: ReturnType<typeof egressWorld>) => MeshService.fromAttributes(world.other, 'desk', {
      ports: [MeshPort.http(8080)], podLabels: { role: 'desk' }, serviceAccount: 'desk',
    });
    expect(match((world, route) => described(world).calls(route))).toEqual([[{ port: 80, sourceLabels: { role: 'desk' }, sourceNamespace: 'other' }], unrestricted]);
  });

  test('a namespace in words takes all of its services in', () => {
    const world = egressWorld();
    world.caller('checkout').calls(world.route({ callers: EgressCallers.namespaces(['team']) }));
    world.route({ host: 'b.example.org', via: EgressPath.gateway(world.egress) }, 'second');
    expect(world.spec('VirtualService', 'example.org.to--outside').http[0].match).toEqual([{ port: 80, sourceNamespace: 'team' }]);
  });
});
