import { KubeObject } from './kube-object';
import { type MeshGateway } from '../../src';

// What the objects of egress from the mesh have to be, and to agree on.

interface Spec {
  readonly host?: string;
  readonly hosts?: string[];
  readonly exportTo?: string[];
  readonly resolution?: string;
  readonly addresses?: string[];
  readonly endpoints?: { readonly address: string }[];
  readonly ports?: { readonly number: number; readonly name: string; readonly protocol: string }[];
  readonly workloadSelector?: { readonly matchLabels?: object; readonly labels?: object };
  readonly trafficPolicy?: { readonly connectionPool?: object };
  readonly subsets?: { readonly name: string; readonly trafficPolicy?: { readonly tls?: { readonly mode: string; readonly sni?: string } } }[];
}

const spec = (object: KubeObject) => object.spec as Spec | undefined;
const named = ({ kind, metadata: { name, namespace } }: KubeObject) => `${kind} ${namespace}/${name}`;

/** What is wrong with the egress of one cluster. */
export function egressProblems(objects: KubeObject[], made: MeshGateway[]): string[] {
  const of = (kind: string) => objects.filter(object => object.kind === kind);
  const entries = of('ServiceEntry');
  const rules = of('DestinationRule');
  return [
    ...entries.flatMap(entry => refusedByIstio(spec(entry)!).map(problem => `${named(entry)}: ${problem}`)),
    ...rules.filter(rule => spec(rule)!.trafficPolicy?.connectionPool && Object.keys(spec(rule)!.trafficPolicy!.connectionPool!).length === 0)
      .map(rule => `${named(rule)} limits connections by nothing`),
    ...duplicates([...rules, ...of('Sidecar')]),
    ...rules.flatMap(rule => blind(rule, of('Gateway'), of('VirtualService'))),
    ...of('VirtualService').flatMap(route => unseen(route, entries, made)),
  ];
}

/** Why Istio's webhook would refuse the entry: of what the schema does not say. */
function refusedByIstio({ hosts = [], resolution, addresses = [], endpoints = [], ports = [] }: Spec): string[] {
  const wild = hosts.some(host => host.startsWith('*'));
  const isAddress = ({ address }: { address: string }) => /^[\d.]+$|:/.test(address);
  const dynamic = resolution === 'DYNAMIC_DNS';
  return [
    ...addresses.some(address => address.includes('/')) && !['NONE', 'STATIC'].includes(resolution!) ? ['a block of addresses where names are looked up'] : [],
    ...resolution === 'NONE' && endpoints.length > 0 ? ['endpoints that nothing resolves'] : [],
    ...resolution === 'STATIC' && !endpoints.every(isAddress) ? ['a name among addresses'] : [],
    ...resolution === 'DNS' && wild && endpoints.length === 0 ? ['a domain that DNS does not know'] : [],
    ...dynamic && (!wild || addresses.length + endpoints.length > 0) ? ['what the proxy finds is given, or no domain'] : [],
    ...dynamic && ports.some(({ protocol }) => !['HTTP', 'HTTP2', 'GRPC', 'TLS'].includes(protocol)) ? ['a protocol whose hosts the proxy does not find'] : [],
    ...new Set(ports.map(({ name }) => name)).size < ports.length ? ['two ports of one name'] : [],
  ];
}

/** Objects of which Istio takes one, by age. */
function duplicates(objects: KubeObject[]): string[] {
  const keys = objects.map(object => [object.kind, object.metadata.namespace, spec(object)!.host, JSON.stringify(spec(object)!.workloadSelector)].join(' '));
  return objects.filter((_, i) => keys.indexOf(keys[i]) !== i).map(object => `${named(object)} is the second for the same`);
}

/** Server names that sidecars send to egress gateways, and that no gateway serves and routes. */
function blind(rule: KubeObject, gateways: KubeObject[], routes: KubeObject[]): string[] {
  const asked = (spec(rule)!.subsets ?? []).flatMap(({ trafficPolicy: { tls } = {} }) => (tls?.mode === 'ISTIO_MUTUAL' && tls.sni !== undefined ? [tls.sni] : []));
  return asked.filter(name => !gateways.some(({ metadata, spec: { servers } = {} }) => servers?.some(({ hosts }) => hosts.includes(name))
    && routes.some(route => spec(route)!.hosts?.includes(name) && route.spec!.gateways?.includes(`${metadata.namespace}/${metadata.name}`))))
    .map(name => `${named(rule)} asks for ${name}, from where no gateway leads on`);
}

/** Hosts outside that a route leads to, and that proxies which have the route do not see. */
function unseen(route: KubeObject, entries: KubeObject[], made: MeshGateway[]): string[] {
  const { gateways = ['mesh'], http = [], tls = [], tcp = [] } = route.spec!;
  const hosts = [...http, ...tls, ...tcp].flatMap(({ route: to = [] }) => to.map(({ destination: { host } }) => host));
  const proxies = gateways.flatMap(key => (key === 'mesh' ? seenIn(route)
    : made.filter(({ namespace, gatewayName }) => `${namespace}/${gatewayName}` === key).map(({ workload }) => workload.namespace)));
  return hosts.flatMap(host => {
    const known = entries.filter(entry => spec(entry)!.hosts!.includes(host)).map(seenIn);
    return known.length === 0 ? [] : proxies.filter(proxy => !known.some(list => list.includes('*') || list.includes(proxy)))
      .map(proxy => `${named(route)} leads proxies of ${proxy} to ${host}, which they do not see`);
  });
}

const seenIn = (object: KubeObject) => (spec(object)!.exportTo ?? ['*']).map(name => (name === '.' ? object.metadata.namespace! : name));
