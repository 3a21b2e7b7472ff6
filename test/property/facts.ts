import { Duration } from 'cdk8s';
import { container } from './builders';
import { homeOf, spaceOf } from './homes';
import {
  allOf, canCall, hasHttp, isPlain, listeners, podPorts, podServers, portsOf, routed, servedBy, servicePorts, someGateway, splitPods, splitPorts,
  streams, versionsOf,
} from './relations';
import { World } from './world';
import { MeshGateway, MeshPort, MeshService, StatefulMeshService, VolumeAccess, type IStatefulMeshService } from '../../src';

/** What a fact says where the property has to be left out. */
export const ABSENT = Symbol('absent');

const PATHS = ['/', '/api', '/api/v1', '/API/', '/a-b/%C3%A9', '/v1.0/x_y'];
const PORTS = [1, 80, 443, 3306, 8080, 9090, 14999, 15091, 27017, 50051, 65535];
const HOSTS = ['shop.example.com', '*.example.com', 'a-b.com', 'a.b.com', '*.shop.example.com', 'x.example.org', 'api.example.net', 'xn--bcher-kva.example'];
const TEXTS = ['', 'moved', 'line one\nline two', '"quoted" {braces} é'];
const labelKey = (w: World) => w.mostlyFresh('label keys', ['team', 'example.com/tier', 'app.kubernetes.io/part-of', 'Under_Score']);

/** A redirect to HTTPS is a server too, which is called after the other one. */
const serverName = (w: World) => (w.choices.chance(5) ? 'web-redirect' : w.mostlyFresh(`servers of ${w.cluster}`, ['web', 'www', 'secure']));

/** Texts for each pod. */
const LISTS = ['{host}:9092', 'server.{number}={pod}:2888', '{ordinal}', '{pod}={host}', ''];
/** A domain below which no other pods are served. */
const farDomain = (w: World) => `${w.fresh('far domains', ['far'])}.example.net`;
/** The ordinal of a pod of the service that is asked. */
const ordinal = (w: World) => w.choices.pick((w.given(/\.pod$/)!.this as IStatefulMeshService).pods).ordinal;

/** Names that are told apart where the call in progress puts its object. */
const freshName = (w: World) => w.mostlyFresh(spaceOf(w, w.making?.given.scope));

/**
 * What has to be known of a slot beyond its type, by `Owner.slot`: `[]` for an element of a list, `{}` for a key of a
 * map, `*` for any owner. A property that is not here gets any value of its type.
 */
export const FACTS: { readonly [slot: string]: (w: World) => unknown } = {
  // Places and names.
  '*.scope': homeOf,
  '*.id': freshName,
  '*.name': freshName,
  'MeshCluster.of.scope': w => w.choices.pick([w.chart, ...w.neighbours.map(({ value }) => value)]),
  'MeshClusterProps.clusterDomain': w => w.choices.pick(['cluster.local', 'mesh.example.com', 'prod']),
  '*.key': labelKey,
  '*.labels{}': labelKey,
  '*.podLabels{}': labelKey,
  '*.annotations{}': labelKey,
  '*.podAnnotations{}': labelKey,
  'GatewayWorkload.labels.selector{}': labelKey,

  // Ports.
  '*.port': w => w.left(w.here('ports'), PORTS) ?? 1024 + w.calls.length,
  '*.targetPort': w => w.choices.pick(PORTS),
  '*.nodePort': w => 30000 + w.count('node ports'),
  'MeshPortOptions.purpose': w => w.fresh(w.here('purposes'), ['ui', 'admin', 'a-b', '2']),
  'MeshPortOptions.container': () => 'app',
  'MeshPortOptions.nodePort': w => (w.given('StatefulWorkloadOptions') ? ABSENT : 30000 + w.count('node ports')),

  // Services and their versions.
  'MeshServiceProps.versions{}': w => w.fresh(w.here('versions'), ['v1', 'v2', 'v3', 'canary', '2024-01']),
  'MeshServiceAttributes.versions{}': w => w.fresh(w.here('versions'), ['v1', 'v2', 'blue']),
  'PodOptions.containers': w => {
    const ports = servicePorts(w);
    const claims = Object.values((w.given('StatefulMeshServiceProps')?.volumeClaims ?? {}) as { [name: string]: { container?: string } });
    const several = w.choices.chance(25) && claims.every(claim => claim.container);
    const first = container(w, several || claims.some(claim => claim.container) || ports.some(port => port.container) || w.choices.chance(50) ? 'app' : undefined, several ? ports : []);
    return several ? [first, container(w, 'helper')] : [first];
  },
  'MeshVersionOptions.replicas': w => (w.given('MeshVersionOptions')!.autoscaling ? ABSENT : w.choices.int(0, 5)),
  'Autoscaling.maxReplicas': w => w.choices.int(5, 20),
  'MeshVersionOptions.minReady': w => Duration.seconds(w.choices.int(0, 60)),
  'MeshVersionOptions.progressDeadline': w => Duration.seconds(w.choices.int(61, 600)),
  'LoadBalancerOptions.sourceRanges[]': w => w.choices.pick(['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32', '0.0.0.0/0']),
  'CallOptions.port': w => w.choices.pick(portsOf(w)).port,
  'MeshService.portOf.port': w => w.choices.pick(portsOf(w)).port,
  'IMeshService.portOf.port': w => w.choices.pick(portsOf(w)).port,
  'MeshService.versionOf.name': w => w.choices.pick(versionsOf(w)),
  'IMeshService.versionOf.name': w => w.choices.pick(versionsOf(w)),
  'MeshService.deploymentOf.version': w => w.choices.pick(versionsOf(w)),

  'StatefulMeshService.portOf.port': w => w.choices.pick(portsOf(w)).port,
  'StatefulMeshService.versionOf.name': w => w.choices.pick(versionsOf(w)),

  // Pods that are called by name, here and in other clusters.
  '*.headlessName': freshName,
  '*.serviceName': freshName,
  'StatefulMeshServiceProps.version': w => w.choices.pick(['v1', 'v2', '2024-01']),
  'StatefulMeshServiceProps.volumeClaims{}': w => w.fresh(w.here('claims'), ['data', 'wal', 'logs']),
  'VolumeClaim.mountPath': w => `/var/${w.fresh(w.here('mounts'), ['data', 'log', 'lib/x'])}`,
  'VolumeClaim.container': () => 'app',
  // What is for one pod has no other mode.
  'VolumeClaim.accessModes': w => {
    const { READ_WRITE_ONCE_POD: pod, ...others } = VolumeAccess;
    const modes = w.choices.chance(25) ? [pod] : w.choices.some(Object.values(others));
    modes.forEach(mode => w.used.add(`VolumeAccess.${mode}`));
    return modes;
  },
  'VolumeClaim.storageClass': w => w.choices.pick(['fast', 'standard-rwo', 'gp3.example.com']),
  'StatefulMeshService.container.name': w => w.choices.pick((w.given('StatefulMeshService.container')!.this as StatefulMeshService).containers).name,
  'StatefulMeshService.pod.ordinal': ordinal,
  'IStatefulMeshService.pod.ordinal': ordinal,
  'StatefulMeshService.podList.template': w => w.choices.pick(LISTS),
  'IStatefulMeshService.podList.template': w => w.choices.pick(LISTS),
  'PodHosts.of.template': w => `${w.choices.pick(['{pod}', 'a-{pod}', 'p{ordinal}', '{pod}.{ordinal}'])}.${farDomain(w)}`,
  'PodHosts.template.template': w => `${w.choices.pick(['p{ordinal}', 'a.b-{ordinal}'])}.${farDomain(w)}`,
  'PodHosts.list.hosts[]': w => `${w.fresh('far hosts', ['db', 'cache'])}.example.net`,
  'RemotePodsProps.port': () => undefined,
  '*.caCertificates': () => '/etc/certs/ca.crt',
  'MutualTlsFiles.certificate': () => '/etc/certs/tls.crt',
  'MutualTlsFiles.privateKey': () => '/etc/certs/tls.key',

  // Splits: shares of 100 over versions that the service has.
  'CanarySplitProps.ports': w => w.choices.some(splitPorts(w).map(({ port }) => port)),
  'CanarySplitProps.rules': w => (hasHttp(splitPorts(w)) || w.neighbours.some(({ value }) => canCall(w, value)) ? undefined : ABSENT),
  'SplitTarget.version.name': w => w.choices.pick(versionsOf(w)),
  'SplitCondition.to.version': w => w.choices.pick(versionsOf(w)),
  'CallMatch.fromVersion.version': w => w.choices.pick(versionsOf(w)),
  'SplitTarget.weights.weights': w => {
    const versions = w.choices.some(versionsOf(w));
    // With a share left over, the options name who takes it; without a version left over, nobody can.
    const total = versions.length < versionsOf(w).length && w.choices.chance(50) ? w.choices.int(0, 99) : 100;
    const first = versions.length === 1 ? total : w.choices.int(0, total);
    return Object.fromEntries(versions.map((version, i) => [version, i === 0 ? first : i === 1 ? total - first : 0]));
  },
  'WeightsOptions.rest': w => {
    const { weights } = w.given('SplitTarget.weights') as { weights: { [version: string]: number } };
    const sum = Object.values(weights).reduce((a, b) => a + b, 0);
    return sum === 100 ? ABSENT : w.choices.pick(versionsOf(w).filter(version => !(version in weights)));
  },
  'SplitTarget.partition.pods': w => w.given('CanarySplitProps')!.service,
  'PartitionOptions.from': w => w.choices.pick(splitPods(w).slice(1)),
  'PartitionOptions.weight': w => w.choices.int(0, 100),
  'RefuseOptions.status': w => w.choices.pick([200, 403, 429, 599]),
  'CallMatch.header.name': w => w.mostlyFresh(w.here('headers'), ['x-user', 'x-canary']),


  // Gateways. HTTP and HTTPS have ports of their own, and a host is claimed once for each.
  'HttpServerOptions.name': serverName,
  'HttpsServerOptions.name': serverName,
  'HttpServerOptions.hosts': w => [w.mostlyFresh(`http ${w.cluster}`, HOSTS).replace(/^\*\.?(.*)-(\d+)$/, '*.h$2.$1')],
  'HttpsServerOptions.hosts': w => [w.mostlyFresh(`https ${w.cluster}`, HOSTS).replace(/^\*\.?(.*)-(\d+)$/, '*.h$2.$1')],
  'HttpServerOptions.port': w => w.choices.pick([80, 8080, 8081]),
  'HttpsServerOptions.port': w => w.choices.pick([443, 8443]),
  // A port that ends TLS and one that does not are one listener.
  'PassthroughServerOptions.name': serverName,
  'PassthroughServerOptions.hosts': w => [w.mostlyFresh(`https ${w.cluster}`, HOSTS).replace(/^\*\.?(.*)-(\d+)$/, '*.h$2.$1')],
  'PassthroughServerOptions.port': w => w.choices.pick([443, 8443]),
  'TcpServerOptions.name': serverName,
  'TcpServerOptions.port': w => 20000 + 10 * w.count(`streams ${w.cluster}`),
  'HttpsServerOptions.redirectHttp': w => {
    const { hosts: [host], port = 443 } = w.given('HttpsServerOptions') as { hosts: string[]; port?: number };
    if (port !== 443 || w.isTaken(`http ${w.cluster}`, host) || w.choices.chance(20)) return false;
    w.take(`http ${w.cluster}`, host);
    return true;
  },
  'MeshGatewayAttributes.hosts': w => w.choices.some(HOSTS, 2),
  // Half of those that are made elsewhere are made by another chart of the same App.
  'MeshGatewayAttributes.name': w => (w.choices.chance(50) && someGateway(w)?.gatewayName) || freshName(w),
  'MeshGatewayAttributes.namespace': w => {
    const { name } = w.given('MeshGatewayAttributes')!;
    const gateway = w.neighbours.map(({ value }) => value).find(value => value instanceof MeshGateway && value.gatewayName === name);
    return (gateway as MeshGateway | undefined)?.namespace;
  },
  '*.host': w => servedBy(w),
  'RedirectOptions.host': () => 'www.example.com',

  // Routes and their matches, of which no two for one host may be the same.
  'PodRouteOptions.port': w => w.choices.pick(podPorts(w)).port,
  'PodRouteOptions.listener': w => w.choices.pick(podServers(w)).port,
  'PodRouteOptions.path': w => (podServers(w)[0].kind === 'tls' ? ABSENT : `/${w.fresh(`pods of ${w.cluster}`, ['pods'])}/{${w.choices.pick(['pod', 'ordinal'])}}/`),
  'PodRouteOptions.host': w => {
    const hosts = podServers(w).flatMap(server => server.hosts);
    if (w.given('PodRouteOptions')!.path !== undefined) return w.choices.pick(hosts).replace(/^\*\./, 'pods.').replace(/^\*$/, 'pods.example.com');
    const below = w.choices.pick(hosts.filter(host => host.startsWith('*'))).replace(/^\*\.?/, '') || 'example.com';
    return `${w.fresh(`pod hosts of ${w.cluster}`, ['x'])}-${w.choices.pick(['{pod}', '{ordinal}'])}.${below}`;
  },
  'HttpRouteOptions.listener': w => w.choices.pick(listeners(w)) ?? ABSENT,
  'GrpcRouteOptions.listener': w => w.choices.pick(listeners(w)) ?? ABSENT,
  'PodTcpRouteOptions.port': w => w.choices.pick(streams(w.given('PodTcpRouteOptions')!.pods as IStatefulMeshService)).port,
  'PodTcpRouteOptions.firstListener': w => 20000 + 10 * w.count(`streams ${w.cluster}`),
  'HttpRouteOptions.port': w => w.choices.pick(portsOf(w, 'HTTP'))?.port ?? ABSENT,
  'GrpcRouteOptions.port': w => w.choices.pick(portsOf(w, 'GRPC'))?.port ?? ABSENT,
  'GrpcRouteOptions.service': w => `shop.v1.${w.mostlyFresh(routed(w), ['Cart', 'Orders']).replace('-', '_')}`,
  'GrpcRouteOptions.method': w => w.choices.pick(['Get', 'List_2']),
  'RouteMatch.exactPath.path': w => w.left(`exact ${routed(w)}`, PATHS) ?? `/api/${w.fresh(routed(w), ['exact'])}`,
  'RouteMatch.pathPrefix.prefix': w => w.left(`prefix ${routed(w)}`, PATHS.slice(1)) ?? `/${w.fresh(routed(w), ['prefix'])}/`,
  'RouteMatch.pathRegex.pattern': w => `/${w.mostlyFresh(routed(w), ['pattern'])}/[0-9]+(/.*)?`,
  'RouteMatchOptions.headers{}': w => w.mostlyFresh(routed(w), ['x-route', 'accept', 'x-b3']),
  'RouteMatchOptions.withoutHeaders{}': w => w.mostlyFresh(routed(w), ['x-not', 'x-no']),
  'RouteMatchOptions.queryParams{}': w => w.mostlyFresh(routed(w), ['q', 'Page', 'a[]']),
  'StringMatch.regex.pattern': w => w.choices.pick(['[0-9]+', '(?i)yes|no', '.*']),
  'RedirectOptions.path': w => w.choices.pick(PATHS),
  'RedirectOptions.port': w => w.choices.pick([80, 443, 8080]),
  'RedirectOptions.scheme': w => w.choices.pick(['http', 'https']),
  'RedirectOptions.status': w => w.choices.pick([301, 302, 303, 307, 308]),
  'RouteTarget.answer.status': w => w.choices.pick([200, 404, 503, 599]),
  '*.body': w => w.choices.pick(TEXTS),
};

/** What others agree with comes first; the rest follows as the assembly has it. */
export const ORDER: { readonly [struct: string]: string[] } = {
  StatefulMeshServiceProps: ['ports', 'peerPorts', 'volumeClaims'],
  StatefulServiceAttributes: ['ports', 'peerPorts'],
  StatefulWorkloadOptions: ['ports', 'peerPorts'],
  PodRouteOptions: ['pods', 'port', 'listener', 'path', 'host'],
};

/** Properties that may be left out in general, and not here. */
export const FORCED: { readonly [slot: string]: (w: World) => boolean } = {
  'MeshPort.*.options': w => w.index > 0 || servicePorts(w).length > 0,
  'MeshPortOptions.purpose': w => w.index > 0 || servicePorts(w).length > 0,
  'MeshServiceProps.type': w => hasNodePorts(w),
  'StatefulMeshServiceProps.type': w => hasNodePorts(w),
  // Few programs have pods of another cluster: those say all there is to say.
  'PodHosts.template.options': () => true,
  // One of the two lists has a port.
  '*.peerPorts': w => servicePorts(w).length === 0,
  'SplitTarget.partition.options': w => !reaches(w),
  'PartitionOptions.from': w => !reaches(w),
  'PodRouteOptions.listener': w => podServers(w).some(({ kind, port }) => kind === 'tls' && port !== 443),
  'PodRouteOptions.path': w => !podServers(w).some(({ hosts }) => hosts.some(host => host.startsWith('*'))),
  'MeshGatewayProps.servers': () => true,
  'GatewayServer.*.options': () => true,
  'HttpServerOptions.name': w => w.index > 0 || w.given('MeshGateway.addServer') !== undefined,
  'HttpsServerOptions.name': w => w.index > 0 || w.given('MeshGateway.addServer') !== undefined,
  'PassthroughServerOptions.name': w => w.index > 0 || w.given('MeshGateway.addServer') !== undefined,
  'CanarySplitProps.ports': w => {
    const { service } = w.given('CanarySplitProps') as { service: MeshService };
    return service.ports.some(port => !splitPorts(w).includes(port));
  },
  'SplitTarget.weights.options': w => FACTS['WeightsOptions.rest'](w) !== ABSENT,
  'WeightsOptions.rest': () => true,
  'HttpRouteOptions.matches': w => w.isTaken(routed(w), 'everything'),
  'HttpRouteOptions.port': w => portsOf(w, 'HTTP').length > 1,
  'GrpcRouteOptions.port': w => portsOf(w, 'GRPC').length > 1,
  'GrpcRouteOptions.service': w => w.given('GrpcRouteOptions')!.method !== undefined || w.isTaken(routed(w), 'everything'),
  'RedirectOptions.scheme': w => Object.keys(w.given('RedirectOptions')!).length === 0,
};

function hasNodePorts(w: World): boolean {
  return (w.given(/^(Stateful)?MeshServiceProps$/)?.ports as MeshPort[] | undefined)?.some(port => port.nodePort !== undefined) ?? false;
}

/** Whether the service's own partition divides its pods. */
function reaches(w: World): boolean {
  const { partition } = w.given('CanarySplitProps')!.service as IStatefulMeshService;
  return splitPods(w).slice(1).includes(partition ?? -1);
}

/** Factories that are no choice everywhere. */
export const GUARDS: { readonly [factory: string]: (w: World) => boolean } = {
  'MeshServiceType.clusterIp': w => !hasNodePorts(w),
  'SplitTarget.partition': w => splitPods(w).length > 1,
  // Entries tell pods apart by host, and so do far gateways.
  'PodRegistry.serviceEntries': w => !servicePorts(w).some(isPlain),
  ...Object.fromEntries(['https', 'tcp', 'tls', 'mongo', 'mysql', 'redis', 'udp'].map(protocol => [`MeshPort.${protocol}`, (w: World) => !w.given('RemotePodsProps')])),
  // An answer needs HTTP; and a split that only refuses is nothing for a gateway.
  'SplitTarget.refuse': w => hasHttp(splitPorts(w)) && !w.isTaken('routed', w.given('CanarySplitProps')?.service),
  'CallMatch.header': w => hasHttp(splitPorts(w)),
  'RouteMatch.anyPath': w => !w.isTaken(routed(w), 'everything'),
  // A call has one caller, and a service without a sidecar decides nothing.
  'CallMatch.allOf': w => w.given('CallMatch.allOf') === undefined,
  'CallMatch.from': w => !w.isTaken(allOf(w), 'caller') && w.neighbours.some(({ value }) => canCall(w, value)),
  'CallMatch.fromVersion': w => !w.isTaken(allOf(w), 'caller') && w.neighbours.some(({ value }) => canCall(w, value, true)),
};

/** What is worth remembering of a value once it is there. */
export const NOTES: { readonly [slot: string]: (w: World, value: unknown) => void } = {
  'CanarySplitProps.service': (w, service) => w.take('split', service),
  'SplitTarget.refuse': w => w.take('refusing', w.given('CanarySplitProps')?.service),
  '*.to': (w, target) => {
    const { service } = target as { service?: unknown };
    w.take('routed', service ?? target);
  },
  'RouteMatch.anyPath': w => w.take(routed(w), 'everything'),
  'CallMatch.*.caller': (w, caller) => {
    w.take(w.here('callers'), caller);
    w.take(allOf(w), 'caller');
  },
  'HttpRouteOptions': (w, options) => (options as { matches?: unknown }).matches === undefined && w.take(routed(w), 'everything'),
  'GrpcRouteOptions': (w, options) => (options as { service?: unknown }).service === undefined && w.take(routed(w), 'everything'),
};
