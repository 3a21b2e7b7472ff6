import { App, Chart } from 'cdk8s';
import { egressProblems } from './egress';
import { covers } from './gateways';
import { Destination, KubeObject, Server } from './kube-object';
import { type ExternalReference, MeshCluster, MeshGateway } from '../../src';

// What the objects of one cluster have to agree on, read from the manifests alone.

const named = ({ metadata: { name, namespace } }: KubeObject) => `${namespace}/${name}`;

/** What the objects of the program contradict each other in, or lead to and do not have. */
export function disagreements(app: App, written: [Chart, KubeObject[]][]): string[] {
  const clusters = new Map<MeshCluster, KubeObject[]>();
  for (const [chart, objects] of written) {
    const cluster = MeshCluster.of(chart);
    clusters.set(cluster, [...clusters.get(cluster) ?? [], ...objects]);
  }
  return [...clusters].flatMap(([cluster, objects]) => inCluster(app, cluster, objects));
}

function inCluster(app: App, cluster: MeshCluster, objects: KubeObject[]): string[] {
  const of = (kind: string) => objects.filter(object => object.kind === kind);
  const gateways = of('Gateway');
  const routes = of('VirtualService');
  const made = app.node.findAll().filter(construct => construct instanceof MeshGateway).filter(gateway => MeshCluster.of(gateway) === cluster);
  // The cluster renders objects to answer, so it is asked once.
  const references = new Set(cluster.references.map(each => `${each.kind} ${reference(each)}`));
  const refersTo = (kind: string, key: string) => references.has(`${kind} ${key}`);
  return [
    ...clashes(gateways),
    ...routes.flatMap(route => misled(route, gateways, key => refersTo('Gateway', key))),
    ...routes.flatMap(route => lost(route, objects, (kind, key) => refersTo(kind, key))),
    ...credentials(gateways, made, of('Certificate'), key => refersTo('Secret', key)),
    ...egressProblems(objects, made),
  ];
}

function reference({ namespace, name }: ExternalReference): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

const FAMILIES = [['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'], ['HTTPS', 'TLS']];
const family = ({ port: { protocol } }: Server) => FAMILIES.findIndex(members => members.includes(protocol)) + 1 || protocol;
const within = (inner: object, outer: object) => Object.entries(inner).every(([key, value]) => (outer as { [key: string]: unknown })[key] === value);

const hostsOf = ({ hosts }: Server) => hosts.map(host => host.replace(/^.*\//, ''));

/** Listeners of the same pods that speak different protocols, or serve one host twice. */
function clashes(gateways: KubeObject[]): string[] {
  const all = gateways.flatMap(gateway => gateway.spec!.servers!.map(server => ({ gateway, server })));
  return all.flatMap((one, i) => all.slice(0, i).flatMap(other => {
    const [mine, its] = [one.gateway.spec!.selector!, other.gateway.spec!.selector!];
    const samePods = within(mine, its) || within(its, mine);
    const meet = samePods && one.server.port.number === other.server.port.number && one.server.bind === other.server.bind;
    const title = `port ${one.server.port.number} of ${named(one.gateway)} and ${named(other.gateway)}`;
    const shared = hostsOf(one.server).find(host => hostsOf(other.server).includes(host));
    return [
      ...meet && family(one.server) !== family(other.server) ? [`${title} speaks ${one.server.port.protocol} and ${other.server.port.protocol}`] : [],
      ...meet && shared !== undefined ? [`${title} serves ${shared} twice`] : [],
    ];
  }));
}

/** Whether a server that lists `<namespace>/<host>`, or a host alone, takes a route of a namespace for a host. */
function takes(listed: string, gateway: string, host: string, namespace: string): boolean {
  const [pattern, from = '*'] = listed.split('/').reverse();
  return covers(pattern, host) && ['*', namespace].includes(from === '.' ? gateway.split('/')[0] : from);
}

/** Routes from gateways that there are not, or that do not serve what the routes are for. */
function misled(route: KubeObject, gateways: KubeObject[], refersTo: (key: string) => boolean): string[] {
  const { gateways: keys = [], hosts = [], http, tls = [], tcp = [] } = route.spec!;
  return keys.filter(key => key !== 'mesh').flatMap(key => {
    const servers = gateways.find(gateway => named(gateway) === key)?.spec!.servers;
    if (!servers) return refersTo(key) ? [] : [`${named(route)} is for the gateway ${key}, which is neither created nor referred to`];
    const reads = servers.filter(server => family(server) === 1 || server.port.protocol === 'HTTPS');
    const passes = servers.filter(server => server.tls?.mode === 'PASSTHROUGH');
    const ends = servers.filter(server => server.port.protocol !== 'HTTPS' && family(server) !== 1 && !server.tls?.mode?.includes('PASSTHROUGH'));
    const serves = (list: Server[], host: string, wanted?: number) => list.some(({ port: { number }, hosts: listed }) =>
      (wanted === undefined || number === wanted) && listed.some(pattern => takes(pattern, key, host, route.metadata.namespace!)));
    const ports = tcp.flatMap(({ match = [] }) => match.map(({ port }) => port));
    return [
      ...http ? hosts.filter(host => !serves(reads, host)) : [],
      ...tls.flatMap(({ match = [] }) => match.flatMap(({ sniHosts = [], port }) => sniHosts.filter(host => !serves(passes, host, port)))),
      ...ports.filter(port => !ends.some(server => server.port.number === port)),
    ].map(missed => `${named(route)} is for ${missed}, which ${key} does not serve so`);
  });
}

/** Destinations, subsets and delegated routes that there are not. */
function lost(route: KubeObject, objects: KubeObject[], refersTo: (kind: string, key: string) => boolean): string[] {
  const all = [...route.spec!.http ?? [], ...route.spec!.tls ?? [], ...route.spec!.tcp ?? []];
  const ends = all.flatMap(({ route: to = [], mirrors = [] }) => [...to, ...mirrors].map(({ destination }) => destination));
  const hasSubset = ({ host, subset }: Destination) => objects.some(({ kind, spec }) => kind === 'DestinationRule' && spec!.host === host && spec!.subsets?.some(({ name }) => name === subset));
  const isKnown = ({ host }: Destination) => {
    const [name, namespace] = host.split('.');
    return objects.some(object => (object.kind === 'Service' && named(object) === `${namespace}/${name}`) || (object.kind === 'ServiceEntry' && object.spec!.hosts!.includes(host)))
      || refersTo('Service', `${namespace}/${name}`) || refersTo('ServiceEntry', host);
  };
  const delegates = all.flatMap(({ delegate }) => (delegate ? [`${delegate.namespace}/${delegate.name}`] : []));
  return [
    ...ends.filter(end => end.subset !== undefined && !hasSubset(end)).map(({ host, subset }) => `${named(route)} leads to ${subset} of ${host}, which no DestinationRule has`),
    ...ends.filter(end => !isKnown(end)).map(({ host }) => `${named(route)} leads to ${host}, which is neither created nor referred to`),
    ...delegates.filter(key => !objects.some(object => object.kind === 'VirtualService' && named(object) === key) && !refersTo('VirtualService', key))
      .map(key => `${named(route)} leads to the routes ${key}, which are neither created nor referred to`),
  ];
}

/** Certificates that are not where the gateway's pods look for them. */
function credentials(gateways: KubeObject[], made: MeshGateway[], certificates: KubeObject[], refersTo: (key: string) => boolean): string[] {
  const wanted = gateways.flatMap(gateway => {
    const home = made.find(construct => `${construct.namespace}/${construct.gatewayName}` === named(gateway))!.workload.namespace;
    return gateway.spec!.servers!.flatMap(({ tls }) => tls?.credentialNames ?? tls?.credentialName ?? []).map(name => `${home}/${name}`);
  });
  const issued = certificates.map(({ metadata, spec }) => `${metadata.namespace}/${spec!.secretName}`);
  return [
    ...wanted.filter(key => !issued.includes(key) && !refersTo(key)).map(key => `the Secret ${key} is neither issued nor referred to`),
    ...issued.filter(key => !wanted.includes(key)).map(key => `the certificate ${key} is where no gateway looks for it`),
    ...issued.filter(refersTo).map(key => `the Secret ${key} is issued, and referred to as an existing one`),
  ];
}
