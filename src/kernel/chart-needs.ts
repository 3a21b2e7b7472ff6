import { isNamespaceWide, isWorkloadPolicy } from './order';
import { Manifest } from '../synthesis/rendered-object';

/** The objects of one file. */
export interface OrderedFile {
  readonly name: string;
  readonly objects: readonly Manifest[];
}

const networking = (object: Manifest, kind: string) => object.kind === kind && object.apiVersion.startsWith('networking.istio.io/');

/** The full name of a host in an object of a namespace. Istio reads a name without dots as a Service of the same namespace. */
function hostKey(host: string, { metadata: { namespace } }: Manifest, clusterDomain: string): string {
  return `host ${host.includes('.') ? host : `${host}.${namespace}.svc.${clusterDomain}`}`;
}

/** The names that an object provides to others. */
function given(object: Manifest, clusterDomain: string): string[] {
  const { kind, metadata: { name, namespace }, spec = {} } = object;
  if (object.apiVersion === 'v1' && kind === 'Namespace') {
    return [`namespace ${name}`];
  }
  if (object.apiVersion === 'v1' && kind === 'Service') {
    return [hostKey(name!, object, clusterDomain)];
  }
  if (networking(object, 'DestinationRule')) {
    return [hostKey(spec.host, object, clusterDomain)];
  }
  if (networking(object, 'ServiceEntry')) {
    return spec.hosts.map((host: string) => `host ${host}`);
  }
  if (networking(object, 'Gateway')) {
    return [`gateway ${namespace}/${name}`];
  }
  if (networking(object, 'VirtualService') && !spec.hosts) {
    return [`routes ${namespace}/${name}`];
  }
  return isWorkloadPolicy(object) ? [`policies ${namespace}`] : [];
}

/** The names that an object needs, so that no request is lost when it is added. */
function needed(object: Manifest, clusterDomain: string): string[] {
  const { metadata: { namespace }, spec = {} } = object;
  if (isNamespaceWide(object)) {
    return [`policies ${namespace}`];
  }
  if (!networking(object, 'VirtualService')) {
    return [];
  }
  const at = (name: string) => (name.includes('/') ? name : `${namespace}/${name}`);
  const routes = [...spec.http ?? [], ...spec.tls ?? [], ...spec.tcp ?? []];
  const destinations = routes.flatMap(({ route = [], mirrors = [], mirror }) => [
    ...[...route, ...mirrors].map(({ destination }) => destination), ...mirror ? [mirror] : [],
  ]);
  return [
    ...destinations.map(({ host }) => hostKey(host, object, clusterDomain)),
    ...(spec.gateways ?? []).filter((name: string) => name !== 'mesh').map((name: string) => `gateway ${at(name)}`),
    ...routes.flatMap(({ delegate }) => (delegate ? [`routes ${delegate.namespace ?? namespace}/${delegate.name}`] : [])),
  ];
}

interface File extends OrderedFile {
  /** The files without which objects are refused. */
  readonly hard: Set<string>;
  /** The files without which requests are lost. */
  readonly soft: Set<string>;
}

function withNeeds(files: readonly OrderedFile[], clusterDomain: string): File[] {
  const givers = new Map<string, Set<string>>();
  files.forEach(({ name, objects }) => objects.flatMap(object => given(object, clusterDomain)).forEach(key => {
    givers.set(key, (givers.get(key) ?? new Set()).add(name));
  }));
  return files.map(file => {
    const of = (keys: string[]) => new Set(keys.flatMap(key => [...givers.get(key) ?? []]).filter(name => name !== file.name));
    return {
      ...file,
      hard: of(file.objects.map(({ metadata: { namespace } }) => `namespace ${namespace}`)),
      soft: of(file.objects.flatMap(object => needed(object, clusterDomain))),
    };
  });
}

/**
 * The names of files in an order that is safe to apply: a file follows the files with what it needs, and otherwise the order is by name. If two
 * files need each other, the file with a namespace precedes the files with its objects, and then the file with the fewest unmet needs is first.
 */
export function safeOrder(files: readonly OrderedFile[], clusterDomain: string): string[] {
  const left = new Map(withNeeds(files, clusterDomain).sort((a, b) => (a.name < b.name ? -1 : 1)).map(file => [file.name, file]));
  const order: string[] = [];
  const missing = (names: Set<string>) => [...names].filter(name => left.has(name)).length;
  while (left.size > 0) {
    const all = [...left.values()].map(file => ({ name: file.name, hard: missing(file.hard), soft: missing(file.soft) }));
    const next = all.reduce((best, file) => (file.hard - best.hard || file.soft - best.soft) < 0 ? file : best);
    order.push(next.name);
    left.delete(next.name);
  }
  return order;
}
