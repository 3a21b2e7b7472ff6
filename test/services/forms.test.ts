import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Service, ServiceAccount, StatefulSet } from 'cdk8s-plus-28';
import { MeshServiceBase } from '../../src/services/mesh-service-base';
import { gatewayWorkloadsIn, workloadOf, workloadsAround } from '../../src/services/workloads/workloads';
import { app, find, findAll, KubeObject, messages, refusal, version } from '../helpers/build';
import {
  CallerIdentity, CallMatch, CanarySplit, EgressCallers, EgressNetworkPolicy, EgressPath, EgressPort, EgressRoute, GatewayServer,
  GatewayWorkload, ICallee, IMeshService, JobSidecar, LeastPrivilege, MeshGateway, MeshJob, MeshNamespace, MeshNamespaceProps, MeshPort,
  MeshService, MutualTls, PodHosts, RemotePods, RemoteTls, RequestTarget, ExternalAuthorization, ResiliencePolicy, SidecarInjection,
  SplitRule, SplitTarget, StatefulMeshService,
} from 'cdk8s-istio';

/** A construct that declares calls. */
interface Calls {
  calls(callee: ICallee): void;
}

/** One construct of a form: as a caller, and as a callee. */
interface Built {
  readonly caller: Calls;
  /** Undefined if it is only a caller. */
  readonly service?: IMeshService;
}

interface Form {
  /** The class behind it. */
  readonly of: string;
  /** What its pods run as, and the labels that they have. */
  readonly account: string;
  readonly labels: { [key: string]: string };
  /** Whether its pods belong to this App. */
  readonly made: boolean;
  /** Whether it is a gateway: its calls are its routes, and it is a proxy itself. */
  readonly isGateway?: boolean;
  /** Whether it can state a mode of mutual TLS. */
  readonly states: boolean;
  build(scope: MeshNamespace, mutualTls?: MutualTls): Built;
}

const containers = [{ image: 'example.com/app:1' }];
const ports = [MeshPort.http(8080)];
const labels = { app: 'it' };
const both = (service: IMeshService): Built => ({ caller: service, service });
const stateful = { name: 'it', replicas: 2, ports };

function wrapped(scope: MeshNamespace, mutualTls?: MutualTls) {
  const workload = new StatefulSet(scope, 'StatefulSet', {
    metadata: scope.metadata('it'),
    replicas: 2,
    serviceAccount: new ServiceAccount(scope, 'ServiceAccount', { metadata: scope.metadata('it') }),
    service: new Service(scope, 'Service', { metadata: scope.metadata('it-headless'), clusterIP: 'None', ports: [{ port: 8080 }] }),
    containers: [{ ...containers[0], portNumber: 8080 }],
  });
  return StatefulMeshService.fromWorkload(scope, 'it', { workload, ports, mutualTls });
}

const made = (scope: MeshNamespace, mutualTls?: MutualTls) => new StatefulMeshService(scope, 'it', { ...stateful, containers, mutualTls });
const described = (scope: MeshNamespace) => StatefulMeshService.fromAttributes(scope, 'it', { ...stateful, serviceAccount: 'it' });
const own = { account: 'it', labels };

const FORMS: { readonly [name: string]: Form } = {
  'a service': {
    ...own,
    of: 'MeshService',
    made: true,
    states: true,
    build: (scope, mutualTls) => both(new MeshService(scope, 'it', { ports, versions: { v1: version() }, mutualTls })),
  },
  'a version of a service': {
    of: 'MeshService',
    account: 'it-v2',
    labels: { ...labels, version: 'v2' },
    made: true,
    states: true,
    build: (scope, mutualTls) => {
      const service = new MeshService(scope, 'it', { ports, versions: { v1: version(), v2: version() }, serviceAccountPerVersion: true, mutualTls });
      return { caller: service.versionOf('v2'), service };
    },
  },
  'a described service': {
    ...own,
    of: 'DescribedService',
    made: false,
    states: false,
    build: scope => both(MeshService.fromAttributes(scope, 'it', { ports, serviceAccount: 'it' })),
  },
  'a stateful service': { ...own, of: 'StatefulMeshService', made: true, states: true, build: (scope, mutualTls) => both(made(scope, mutualTls)) },
  'a described stateful service': { ...own, of: 'DescribedStateful', made: false, states: false, build: scope => both(described(scope)) },
  'a wrapped stateful service': { ...own, of: 'WrappedStateful', made: true, states: true, build: (scope, mutualTls) => both(wrapped(scope, mutualTls)) },
  'the headless side': { ...own, of: 'HeadlessService', made: true, states: true, build: (scope, mutualTls) => both(made(scope, mutualTls).headless) },
  'the headless side, described': { ...own, of: 'HeadlessService', made: false, states: false, build: scope => both(described(scope).headless) },
  'the headless side, wrapped': { ...own, of: 'HeadlessService', made: true, states: true, build: (scope, mutualTls) => both(wrapped(scope, mutualTls).headless) },
  'a job': {
    ...own, of: 'MeshJobBase', made: true, states: false, build: scope => ({ caller: new MeshJob(scope, 'it', { containers }) }),
  },
  'an identity': {
    ...own,
    of: 'CallerIdentity',
    made: false,
    states: false,
    build: () => ({ caller: CallerIdentity.fromAttributes({ namespace: 'shop', serviceAccount: 'it', podLabels: labels }) }),
  },
  'a gateway': {
    of: 'DedicatedGateway',
    account: 'it',
    labels: { istio: 'it.shop' },
    made: true,
    isGateway: true,
    states: false,
    build: scope => {
      const servers = [GatewayServer.http({ hosts: ['shop.example.com'] })];
      const gateway = new MeshGateway(scope, 'it', { workload: GatewayWorkload.dedicated(), servers });
      return { caller: { calls: callee => gateway.addHttpRoute('shop.example.com', { to: callee as unknown as IMeshService }) } };
    },
  },
};

interface World {
  readonly root: App;
  readonly chart: Chart;
  readonly shop: MeshNamespace;
}

/** The namespace `shop`, and others beside it. */
function world(props: MeshNamespaceProps = {}): World {
  const root = app();
  const chart = new Chart(root, 'chart');
  return { root, chart, shop: new MeshNamespace(chart, 'shop', props) };
}

const one = (scope: MeshNamespace, id: string, mutualTls?: MutualTls) =>
  new MeshService(scope, id, { ports, versions: { v1: version() }, mutualTls });
const objects = ({ root, chart }: World): KubeObject[] => {
  expect(messages(root)).toEqual([]);
  return chart.toJson() as KubeObject[];
};
const codes = ({ root }: World) => [...new Set(messages(root).map(text => text.slice(0, 6)))];
/** The codes of what is refused, at once or at synthesis. */
const refused = (build: () => World): string[] => {
  try {
    return codes(build());
  } catch (e) {
    return [(e as { code: string }).code];
  }
};
const principals = (account: string) => ({ source: { principals: [`cluster.local/ns/shop/sa/${account}`] } });
const elsewhere = ({ chart }: World, id: string, props: MeshNamespaceProps = {}) => new MeshNamespace(chart, id, props);
const bank = (scope: MeshNamespace, props: Partial<ConstructorParameters<typeof EgressRoute>[2]> = {}) =>
  new EgressRoute(scope, 'bank', { host: 'bank.example.com', ports: [EgressPort.http(80)], ...props });

/** Every check, over the forms that it is for. */
type Check = (form: Form) => void;

const CHECKS: { readonly [title: string]: Check } = {
  'an egress gateway allows its identity, and no other; routes of gateways do not lead through one': ({ build, account, isGateway }) => {
    const here = world();
    const egress = new MeshGateway(elsewhere(here, 'egress'), 'egress', { workload: GatewayWorkload.dedicatedEgress() });
    const call = () => build(here.shop).caller.calls(bank(here.shop, { via: EgressPath.gateway(egress), callers: EgressCallers.declared() }));
    if (isGateway) {
      return expect(refusal(call).code).toBe('IM1512');
    }
    call();
    expect(find(objects(here), 'AuthorizationPolicy', 'egress.callers').spec.rules).toEqual([
      { from: [principals(account)], to: [{ operation: { hosts: ['bank.example.com', 'bank.example.com:*'] } }] },
    ]);
  },
  'a direct route lets its pods through, and answers others of the namespace with 403; a route of a gateway is no declared call': form => {
    const here = world();
    form.build(here.shop).caller.calls(bank(here.shop, { callers: EgressCallers.declared() }));
    if (form.isGateway) {
      return expect(codes(here)).toEqual(['IM1511']);
    }
    const { http } = find(objects(here), 'VirtualService', 'bank.example.com.to--outside').spec;
    expect(http[0].match).toEqual([{ port: 80, sourceLabels: form.labels, sourceNamespace: 'shop' }]);
    expect(http[1]).toEqual({ match: [{ port: 80 }], directResponse: { status: 403 } });
  },
  'a host that no DNS knows is resolved by its sidecars, or refused where nothing can be added to them': form => {
    const build = () => {
      const here = world();
      form.build(here.shop).caller.calls(bank(here.shop, { inDns: false, endpoints: ['192.0.2.1'] }));
      return here;
    };
    expect(refused(build)).toEqual(form.made && !form.isGateway ? [] : ['IM1508']);
  },
  'a Secret for TLS is mounted into its sidecars, or refused where nothing can be': form => {
    const build = () => {
      const here = world();
      form.build(here.shop).caller.calls(bank(here.shop, { ports: [EgressPort.originateTls({ port: 80, tls: RemoteTls.mutualSecret('bank') })] }));
      return here;
    };
    const isAddable = form.made && !form.isGateway;
    expect(refused(build)).toEqual(isAddable ? [] : ['IM1513']);
    if (isAddable) {
      expect(JSON.stringify(objects(build()))).toContain('/etc/istio/secrets/bank');
    }
  },
  'without a sidecar it leaves by no route, to no pod of another cluster': form => {
    const build = (callee: (here: World) => ICallee) => () => {
      const here = world({ injection: SidecarInjection.disabled() });
      form.build(here.shop).caller.calls(callee(here));
      return here;
    };
    expect(refused(build(here => bank(elsewhere(here, 'out'))))).toEqual(form.isGateway ? [] : ['IM1510']);
    expect(refused(build(here => remote(elsewhere(here, 'out'))))).toEqual([form.isGateway ? 'IM0001' : 'IM1510']);
  },
  'pods of another cluster that it calls by name are refused beside a policy of the network': ({ build, isGateway }) => {
    const call = () => {
      const here = world();
      build(here.shop).caller.calls(remote(elsewhere(here, 'out')));
      new EgressNetworkPolicy(here.shop, 'egress');
      return here;
    };
    expect(refused(call)).toEqual([isGateway ? 'IM0001' : 'IM1514']);
  },
  'without a sidecar it calls nothing that requires mutual TLS': form => {
    const build = () => {
      const here = world({ injection: SidecarInjection.disabled() });
      form.build(here.shop).caller.calls(one(elsewhere(here, 'strict'), 'cart'));
      return here;
    };
    expect(refused(build)).toEqual(form.isGateway ? [] : [form.of === 'MeshJobBase' ? 'IM1702' : 'IM1117']);
  },
  'without a sidecar it calls what takes plain text': ({ build }) => {
    const here = world({ injection: SidecarInjection.disabled() });
    build(here.shop).caller.calls(one(elsewhere(here, 'strict'), 'cart', MutualTls.PERMISSIVE));
    expect(messages(here.root)).toEqual([]);
  },
  'its identity is that of an edge under least privilege, and its labels that of the network': form => {
    const here = world();
    const cart = one(elsewhere(here, 'carts'), 'cart');
    form.build(here.shop).caller.calls(cart);
    new LeastPrivilege(cart.node.scope as MeshNamespace, 'least-privilege', { networkPolicies: true });
    expect(find(objects(here), 'AuthorizationPolicy', 'cart').spec.rules).toEqual([{ from: [principals(form.account)], to: [{ operation: { ports: ['8080'] } }] }]);
    expect(find(objects(here), 'NetworkPolicy', 'cart').spec.ingress[0].from).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: form.labels } },
    ]);
  },
  'under least privilege its sidecars know whom it calls': form => {
    const here = world();
    form.build(here.shop).caller.calls(one(elsewhere(here, 'carts'), 'cart'));
    one(here.shop, 'other');
    new LeastPrivilege(here.shop, 'least-privilege');
    if (!form.made) {
      return expect(codes(here)).toEqual(['IM1804']);
    }
    if (form.isGateway) {
      const { selector, rules } = find(objects(here), 'AuthorizationPolicy', 'it').spec;
      return expect([selector.matchLabels, rules[0].to[0].operation.ports]).toEqual([form.labels, ['8080']]);
    }
    const its = findAll(objects(here), 'Sidecar').find(({ spec }) => JSON.stringify(spec).includes('carts/cart.carts.svc.cluster.local'))!;
    expect(Object.entries(form.labels).every(([key, value]) => its.spec.workloadSelector.labels[key] === value)).toBe(true);
  },
  'a mode that gives no caller an identity is refused under least privilege': form => {
    const build = (mode: MutualTls) => () => {
      const here = world();
      const { caller } = form.build(here.shop, mode);
      if (form.isGateway) {
        caller.calls(one(elsewhere(here, 'carts'), 'cart'));
      }
      new LeastPrivilege(here.shop, 'least-privilege');
      return here;
    };
    expect(refused(build(MutualTls.DISABLE))).toEqual(form.states ? ['IM1804'] : form.made ? [] : ['IM1809']);
    expect(refused(build(MutualTls.STRICT))).toEqual(form.made ? [] : ['IM1809']);
  },
};

const CALLED: { readonly [title: string]: (form: Form, service: IMeshService, here: World) => void } = {
  'plain text of a job is refused, as its namespace says': (_, service, here) => {
    const call = () => new MeshJob(here.shop, 'other', { containers, sidecar: JobSidecar.none(), calls: [service] });
    expect(refusal(call).code).toBe('IM1702');
  },
  'its own mode comes before that of the namespace': form => {
    const here = world();
    const { service } = form.build(here.shop, MutualTls.PERMISSIVE);
    const call = () => new MeshJob(here.shop, 'other', { containers, sidecar: JobSidecar.none(), calls: [service!] });
    if (form.states) {
      expect(call).not.toThrow();
    } else {
      expect(refusal(call).code).toBe('IM1702');
    }
  },
  'a caller by identity alone, of a namespace without sidecars, is refused': (_, service, here) => {
    elsewhere(here, 'legacy', { injection: SidecarInjection.disabled() });
    CallerIdentity.fromAttributes({ namespace: 'legacy', serviceAccount: 'web' }).calls(service);
    expect(codes(here)).toEqual(['IM1117']);
  },
  'who calls it knows its host, and is allowed if this App creates it': (form, service, here) => {
    const web = one(elsewhere(here, 'front'), 'web');
    web.calls(service);
    new LeastPrivilege(here.chart, 'least-privilege');
    if (!form.made) {
      return expect(codes(here)).toEqual(['IM1804']);
    }
    const all = objects(here);
    expect(find(all, 'Sidecar', 'web.v1').spec.egress[0].hosts).toContain(`shop/${service.host}`);
    expect(find(all, 'AuthorizationPolicy', 'it').spec.rules).toContainEqual({
      from: [{ source: { principals: ['cluster.local/ns/front/sa/web'] } }], to: [{ operation: { ports: ['8080'] } }],
    });
  },
  'a port that it does not have is refused': (_, service) => {
    expect(refusal(() => service.portOf(81)).code).toBe('IM1111');
  },
  'a policy of its host is written, and one for requests finds its pods': (_, service, here) => {
    new ResiliencePolicy(here.shop, 'policy', { target: service, connectionPool: { http2MaxRequests: 7 } });
    new ExternalAuthorization(here.shop, 'authz', { provider: 'authz', target: RequestTarget.service(service) });
    const rule = findAll(here.chart.toJson() as KubeObject[], 'DestinationRule').find(({ spec }) => spec.host === service.host)!;
    expect(rule.spec.trafficPolicy.connectionPool.http.http2MaxRequests).toBe(7);
    expect(find(here.chart.toJson() as KubeObject[], 'AuthorizationPolicy', 'authz.external.authorization').spec).toMatchObject({
      selector: { matchLabels: labels }, rules: [{ to: [{ operation: { ports: ['8080'] } }] }],
    });
  },
  'a gateway that leads to it is allowed, and to no pods but its own': (form, service, here) => {
    const edge = new MeshGateway(elsewhere(here, 'edge'), 'edge', {
      workload: GatewayWorkload.dedicated(), servers: [GatewayServer.http({ hosts: ['shop.example.com'] })],
    });
    edge.addHttpRoute('shop.example.com', { to: service });
    new LeastPrivilege(form.made ? here.shop : edge.node.scope as MeshNamespace, 'least-privilege', { networkPolicies: true });
    const all = objects(here);
    if (form.made) {
      expect(find(all, 'AuthorizationPolicy', 'it').spec.rules).toContainEqual({
        from: [{ source: { principals: ['cluster.local/ns/edge/sa/edge'] } }], to: [{ operation: { ports: ['8080'] } }],
      });
    } else {
      expect(find(all, 'NetworkPolicy', 'edge').spec.egress).toContainEqual({
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: labels } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      });
    }
  },
  'a rule of a split knows its calls by the labels of its pods, and takes none without sidecars': (form, service, here) => {
    const split = (scope: MeshNamespace, caller: IMeshService) => {
      const reviews = new MeshService(scope, 'reviews', { ports, versions: { v1: version(), v2: version() } });
      new CanarySplit(scope, 'split', { service: reviews, traffic: SplitTarget.version('v1'), rules: [SplitRule.when(CallMatch.from(caller)).to('v2')] });
    };
    split(here.shop, service);
    expect(find(objects(here), 'VirtualService', 'reviews').spec.http[0].match).toEqual([expect.objectContaining({ sourceLabels: labels, sourceNamespace: 'shop' })]);
    const bare = world({ injection: SidecarInjection.disabled() });
    expect(refusal(() => split(elsewhere(bare, 'books'), form.build(bare.shop).service!)).code).toBe('IM1207');
  },
};

function remote(scope: MeshNamespace): RemotePods {
  return new RemotePods(scope, 'far', { hosts: PodHosts.list(['pod-0.far.example.com']), port: MeshPort.http(80), tls: RemoteTls.simple() });
}

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  test.each(Object.entries(CHECKS))('%s', (_title, check) => check(form));
  const { service } = form.build(world().shop);
  if (service) {
    test.each(Object.entries(CALLED))('%s', (_title, check) => {
      const here = world();
      check(form, form.build(here.shop).service!, here);
    });
  }
});

/** The files of a folder and of those below it. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap(entry => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
}

test('every class of services, and that of jobs, is one of the forms', () => {
  const base = /export class (\w+) extends (?:MeshServiceBase|StatefulServiceBase)\b|export abstract class (MeshJobBase) /g;
  const classes = filesIn('src').flatMap(file => [...readFileSync(file, 'utf8').matchAll(base)].map(([, service, job]) => service ?? job));
  const others = ['CallerIdentity', 'DedicatedGateway'];
  expect([...classes, ...others].sort()).toEqual([...new Set(Object.values(FORMS).map(({ of }) => of))].sort());
});

describe('a workload is registered once, in one place', () => {
  const sources = filesIn('src').map(file => [basename(file), readFileSync(file, 'utf8')] as const);
  const callers = (call: RegExp) => sources.filter(([, text]) => call.test(text.replace(/^(?:export )?function.*$/gm, ''))).map(([name]) => name).sort();

  test('one function enters workloads into the register, and the bases of all forms call it', () => {
    expect(callers(/\benterWorkload\(/)).toEqual(['registered-workload.ts']);
    expect(callers(/\bregisterWorkload\(/)).toEqual(['dedicated-gateway.ts', 'job-base.ts', 'mesh-service-base.ts']);
  });

  test('only callers without pods of their own have a workload that is not registered', () => {
    expect(callers(/\bnew Workload\(/)).toEqual(['caller-identity.ts', 'gateway-caller.ts', 'registered-workload.ts']);
  });

  /** The constructs of the App that have a workload, by that workload. */
  const registered = ({ root }: World) => {
    const all = root.node.findAll().map(construct => [construct, workloadOf(construct)] as const).filter(([, workload]) => workload);
    return [...new Set(all.map(([, workload]) => workload!))].map(workload => ({
      workload, constructs: all.filter(([, its]) => its === workload).map(([construct]) => construct),
    }));
  };

  const constructs = Object.entries(FORMS).filter(([, { of }]) => of !== 'CallerIdentity');

  test.each(constructs)('%s is in the register with all of its constructs', (_, { build, made: isMade, account, labels: its }) => {
    const here = world();
    const { service } = build(here.shop);
    const [only, ...further] = registered(here);
    expect(further).toEqual([]);
    expect(new Set(only.constructs)).toEqual(new Set(only.workload.constructs));
    expect(only.workload.services.map(each => each.host)).toEqual(service ? expect.arrayContaining([service.host]) : []);
    expect(only.workload.versions.map(each => each.account)).toContain(account);
    expect(only.workload.versions.some(each => Object.entries(its).every(([key, value]) => each.labels[key] === value))).toBe(true);
    const listed: unknown[] = [...workloadsAround(here.root), ...gatewayWorkloadsIn(here.root, only.workload.namespace)];
    expect(listed).toEqual(isMade ? [only.workload] : []);
  });

  test('a form without a workload does not compile', () => {
    // @ts-expect-error Every form has the workload that the base declares.
    class Unregistered extends MeshServiceBase {
      public readonly serviceName = 'it';
      public readonly namespace = 'shop';
      public readonly host = 'it.shop.svc.cluster.local';
      public readonly podLabels = {};
      protected readonly _meshHost = undefined as never;
    }
    const here = world();
    new Unregistered(here.shop, 'it');
    expect(registered(here)).toEqual([]);
  });
});
