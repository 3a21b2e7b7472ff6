import * as cdk8s from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  CLUSTER, EndPlan, ExitPlan, gatewayOf, GatewayPlan, namespaceOf, NamespacePlan, Plan, PortPlan, RoutePlan, ServerPlan, ServicePlan, SplitPlan,
  TokenPlan, workloadsOf,
} from './plan';
import * as library from '../../../src';

const IMAGE = 'example.com/app:1';
/** A caller that another team deploys. */
const OUTSIDER = 'CallerIdentity.fromAttributes({ namespace: \'default\', serviceAccount: \'outsider\', podLabels: { app: \'outsider\' } })';

/** A value as code: properties that are undefined are left out. */
function show(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (!(value instanceof Object)) return typeof value === 'string' ? `'${value}'` : String(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined && !(Array.isArray(part) && part.length === 0));
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, part]) => `${/^[a-zA-Z]\w*$/.test(key) ? key : `'${key}'`}: ${show(part)}`).join(', ')} }`;
}

class Code {
  public constructor(public readonly text: string) {}
}

const code = (text: string) => new Code(text);
const optional = (value: unknown, text: (value: never) => string) => (value === undefined ? undefined : code(text(value as never)));
const call = (name: string, ...args: unknown[]) => code(`${name}(${args.filter(arg => show(arg) !== '{}').map(show).join(', ')})`);
const member = (type: string, name?: string) => (name === undefined ? undefined : code(`${type}.${name}`));

function port({ protocol, port: number, targetPort, suffix }: PortPlan): Code {
  return call(`MeshPort.${protocol}`, number, { targetPort, suffix });
}

const ports = (list: readonly PortPlan[] | undefined) => list?.map(port);

function namespace({ id, chart, name, made, mutualTls, outbound, bare }: NamespacePlan): string {
  const injection = bare ? code('SidecarInjection.disabled()') : undefined;
  const options = { injection, name: name === id ? undefined : name, mutualTls: member('MutualTls', mutualTls), outboundTrafficPolicy: member('OutboundTrafficPolicy', outbound) };
  return `const ${id} = ${call(made ? 'new MeshNamespace' : 'MeshNamespace.fromExisting', code(chart), id, options).text};`;
}

/** What cdk8s-plus makes of a workload that stood before the service did. */
function foreign({ scope, ports: own, peerPorts = [] }: ServicePlan, name: string, account: string): { [key: string]: unknown } {
  const all = [...own, ...peerPorts];
  const numbers = [...new Set(all.map(({ port: number, targetPort }) => targetPort ?? number))];
  const metadata = (of: string) => call(`${scope}.metadata`, of);
  return {
    metadata: metadata(name),
    serviceAccount: call('new ServiceAccount', code(scope), `${name}-account`, { metadata: metadata(account) }),
    containers: [{ image: IMAGE, ports: numbers.map(number => ({ number, name: `p${number}` })) }],
  };
}

function service(plan: Plan, each: ServicePlan): string {
  const { id, scope, form, versions, mutualTls, replicas, labelKey } = each;
  const workloads = workloadsOf(plan, each);
  const common = { ports: ports(each.ports), peerPorts: ports(each.peerPorts) };
  const mode = member('MutualTls', mutualTls);
  const podLabels = labelKey === undefined ? undefined : { [labelKey]: id };
  const made = ((): Code => {
    switch (form) {
      case 'made': return call('new MeshService', code(scope), id, {
        ...common,
        serviceAccountPerVersion: each.accountPerVersion,
        mutualTls: mode,
        versions: Object.fromEntries(versions.map(version => [version, call('MeshVersion.of', { replicas, containers: [{ image: IMAGE }] })])),
      });
      case 'wrapped': return call('new MeshService', code(scope), id, {
        ...common,
        mutualTls: mode,
        versions: Object.fromEntries(workloads.map(({ name, version, account }) => [version!,
          call('MeshVersion.fromWorkload', call('new Deployment', code(scope), name, { ...foreign(each, name, account), replicas: 1 }))])),
      });
      case 'described': return call('MeshService.fromAttributes', code(scope), id, {
        ...common, podLabels, serviceAccount: id, versions: Object.fromEntries(versions.map(version => [version, {}])),
      });
      case 'stateful': return call('new StatefulMeshService', code(scope), id, { ...common, replicas, mutualTls: mode, containers: [{ image: IMAGE }] });
      case 'describedStateful': return call('StatefulMeshService.fromAttributes', code(scope), id, { ...common, replicas, podLabels, serviceAccount: id });
      case 'wrappedStateful': return call('StatefulMeshService.fromWorkload', code(scope), id, {
        workload: call('new StatefulSet', code(scope), `${id}-pods`, {
          ...foreign(each, id, id),
          replicas,
          service: call('new Service', code(scope), `${id}-headless`, {
            metadata: call(`${scope}.metadata`, `${id}-headless`), clusterIP: 'None', ports: each.ports.map(({ port: number }) => ({ port: number, name: `p${number}` })),
          }),
        }),
        ...common,
        mutualTls: mode,
      });
    }
  })();
  return `const ${id} = ${made.text};`;
}

function split({ scope, service: id, weights, rules }: SplitPlan): string {
  return `${call('new CanarySplit', code(scope), `${id}-split`, {
    service: code(id),
    traffic: call('SplitTarget.weights', weights),
    rules: rules.map(({ header, caller, version }) => {
      const match = caller === undefined ? call('CallMatch.header', header, code('StringMatch.exact(\'yes\')')) : call('CallMatch.from', code(caller));
      return code(`SplitRule.when(${match.text}).to('${version}')`);
    }),
  }).text};`;
}

/** Hosts that the plan has no routes for are marked as routed elsewhere. */
function server({ kind, port: number, hosts, certificate, httpsRedirect }: ServerPlan, theirs: RoutePlan[]): Code {
  const isRouted = kind === 'tcp' ? theirs.some(({ listener }) => listener === number) : hosts.every(host => theirs.some(route => route.host === host));
  return call(`GatewayServer.${kind}`, {
    hosts: kind === 'tcp' ? undefined : hosts, port: number, httpsRedirect, routedElsewhere: isRouted ? undefined : true, tls: optional(certificate, (name: string) => `GatewayTls.simple('${name}')`),
  });
}

function gateway({ id, scope, pods, servers }: GatewayPlan, plan: Plan): string {
  const theirs = plan.routes.filter(route => route.gateway === id);
  const own = ['ingress', 'dedicated', 'dedicatedEgress'].includes(pods);
  return `const ${id} = ${call('new MeshGateway', code(scope), id, {
    workload: code(own ? `GatewayWorkload.${pods}()` : `${pods}.workload`), servers: servers.map(each => server(each, theirs)),
  }).text};`;
}

function end({ service: id, version, answer, redirect }: EndPlan): Code {
  if (answer !== undefined) return call('RouteTarget.directResponse', answer);
  if (redirect !== undefined) return call('RouteTarget.redirect', { host: redirect });
  return code(version === undefined ? id! : `${id}.versionOf('${version}')`);
}

/** Routes of another namespace stand in a construct of their own there. */
function routes(plan: Plan): string[] {
  const elsewhere = [...new Set(plan.routes.filter(({ scope }) => scope !== undefined).map(({ gateway: id, scope }) => `${id} ${scope}`))];
  const holder = ({ gateway: id, scope }: RoutePlan) => (scope === undefined ? id : `${id}In_${scope}`);
  return [
    ...elsewhere.map(key => key.split(' ')).map(([id, scope]) => {
      const described = plan.routes.some(route => route.gateway === id && route.scope === scope && route.described);
      const home = namespaceOf(plan, gatewayOf(plan, id));
      const way = described ? call('MeshGateway.fromAttributes', code(scope), `${id}-there`, { name: id, namespace: home }) : code(id);
      return `const ${id}In_${scope} = ${call('new GatewayRoutes', code(scope), `${id}-routes`, { gateway: way }).text};`;
    }),
    ...plan.routes.map(route => {
      const { host, listener, exact, prefix, header, grpc, pods, to, cors, timeout } = route;
      if (pods) return `${call(`${holder(route)}.addPodRoutes`, { pods: code(pods.service!), port: pods.port, host, path: '/pods/{ordinal}/' }).text};`;
      if (grpc) return `${call(`${holder(route)}.addGrpcRoute`, host, { service: grpc[0], method: grpc[1], to: end(to), port: to.port }).text};`;
      if (host === undefined) return `${call(`${holder(route)}.addTcpRoute`, { gatewayPort: listener, to: end(to), port: to.port }).text};`;
      const headers = header === undefined ? undefined : { headers: { [header]: code('StringMatch.exact(\'yes\')') } };
      const match = exact !== undefined ? call('RouteMatch.exactPath', exact, headers ?? {})
        : prefix !== undefined ? call('RouteMatch.pathPrefix', prefix, headers ?? {})
          : headers && call('RouteMatch.anyPath', headers);
      return `${call(`${holder(route)}.addHttpRoute`, host, {
        matches: match && [match],
        to: end(to),
        port: to.port,
        timeout: optional(timeout, (seconds: number) => `Duration.seconds(${seconds})`),
        corsPolicy: cors ? { allowOrigins: [code('StringMatch.exact(\'https://app.example.com\')')] } : undefined,
      }).text};`;
    }),
  ];
}

function token({ id, scope, service: target, port: number, gateway: edge, hosts, issuer, openPath }: TokenPlan): string {
  return `${call('new RequestAuthentication', code(scope), id, {
    target: target === undefined ? call('RequestTarget.gateway', code(edge!), { hosts }) : call('RequestTarget.service', code(target), { port: number }),
    issuers: [call('JwtIssuer.of', { issuer, keys: code(`JwtKeys.at('${issuer}/keys')`) })],
    openPaths: openPath === undefined ? undefined : [openPath],
  }).text};`;
}

function exit({ id, scope, host, protocol, port: number, gateway: way, declaredOnly }: ExitPlan): string {
  return `const ${id} = ${call('new EgressRoute', code(scope), id, {
    host,
    ports: [call(`EgressPort.${protocol}`, protocol === 'originateTls' ? { port: number } : number)],
    via: optional(way, (name: string) => `EgressPath.gateway(${name})`),
    callers: declaredOnly ? code('EgressCallers.declared()') : undefined,
    addresses: protocol === 'tcp' ? ['203.0.113.10'] : undefined,
  }).text};`;
}

function privilege({ over, audit, networkPolicies }: Plan['privileges'][number], cluster?: string): string {
  return `${call('new LeastPrivilege', code(over === CLUSTER ? cluster! : over), 'least-privilege', {
    enforcement: audit ? member('Enforcement', 'AUDIT') : undefined, networkPolicies,
  }).text};`;
}

function policy({ scope, service: id, timeout, attempts, maxConnections, ejects, mirror }: Plan['policies'][number]): string {
  return `${call('new ResiliencePolicy', code(scope), `${id}-policy`, {
    target: code(id),
    timeout: optional(timeout, (seconds: number) => `Duration.seconds(${seconds})`),
    retries: attempts === undefined ? undefined : call('Retries.of', { attempts, retryOn: [code('RetryOn.HTTP_5XX')] }),
    connectionPool: maxConnections === undefined ? undefined : { maxConnections },
    outlierDetection: ejects ? { consecutive5xxErrors: 50 } : undefined,
    mirrors: mirror && [{ to: end(mirror), port: mirror.port }],
  }).text};`;
}

/** The statements of the program, between `const app = …` and `app.synth()`. */
export function statements(plan: Plan): string[] {
  const called = plan.calls.map(({ from, version, to, headless, toVersion, port: number, methods, paths }) => {
    const options = { port: number, methods: methods?.map(method => code(`HttpMethod.${method}`)), paths };
    return `${call(`${from}${version === undefined ? '' : `.versionOf('${version}')`}.calls`, code(`${to}${headless ? '.headless' : ''}${toVersion === undefined ? '' : `.versionOf('${toVersion}')`}`), options).text};`;
  });
  const late = [
    ...plan.splits.map(split), ...plan.policies.map(policy), ...plan.tokens.map(token), ...plan.privileges.map(each => privilege(each, plan.cluster)),
  ];
  return [
    ...plan.cluster === undefined ? [] : [`const ${plan.cluster} = new MeshCluster(app, '${plan.cluster}');`],
    ...plan.charts.map(id => `const ${id} = new Chart(${plan.cluster ?? 'app'}, '${id}');`),
    ...plan.namespaces.map(namespace),
    ...plan.services.map(each => service(plan, each)),
    ...plan.aliases.map(({ id, scope, target }) => `${call('new ServiceAlias', code(scope), id, { target: code(target) }).text};`),
    ...plan.gateways.map(each => gateway(each, plan)),
    ...plan.exits.map(exit),
    ...plan.early ? late : [],
    ...plan.exits.flatMap(({ id, callers }) => callers.map(caller => `${caller}.calls(${id});`)),
    ...plan.jobs.map(({ id, scope, calls }) => `${call('new MeshJob', code(scope), id, { containers: [{ image: IMAGE }], calls: calls.map(code) }).text};`),
    ...called,
    ...plan.identities.map(({ to, port: number }) => `${call(`${OUTSIDER}.calls`, code(to), { port: number }).text};`),
    ...routes(plan),
    ...plan.early ? [] : late,
  ];
}

const OF_CDK8S = ['App', 'Chart', 'Duration'];
const OF_PLUS = ['Deployment', 'Service', 'ServiceAccount', 'StatefulSet'];

/** The program as a user would have written it. */
export function programOf(plan: Plan): string {
  const body = ['const app = new App();', ...statements(plan), 'app.synth();'].join('\n');
  const words = new Set(body.replace(/'[^']*'/g, '').match(/\b[A-Z]\w+/g));
  const from = (names: string[], pkg: string) => (names.length === 0 ? [] : [`import { ${names.sort().join(', ')} } from '${pkg}';`]);
  const known = (list: string[]) => list.filter(name => words.has(name));
  const own = [...words].filter(name => name in library && !OF_CDK8S.includes(name) && !OF_PLUS.includes(name));
  return [...from(known(OF_CDK8S), 'cdk8s'), ...from(known(OF_PLUS), 'cdk8s-plus-28'), ...from(own, 'cdk8s-istio'), '', body, ''].join('\n');
}

/** Runs the program, but for its last line: the App, with everything declared. Errors of the library are thrown. */
export function run(plan: Plan, outdir?: string): cdk8s.App {
  const app = new cdk8s.App({ outdir });
  const pick = (names: string[], module: object) => names.map(name => [name, (module as { [name: string]: unknown })[name]]);
  const names = { app, ...Object.fromEntries([...Object.entries(library), ...pick(OF_CDK8S, cdk8s), ...pick(OF_PLUS, kplus)]) };
  // The text that a reader of a failure gets is what was run.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function(...Object.keys(names), statements(plan).join('\n'))(...Object.values(names));
  return app;
}
