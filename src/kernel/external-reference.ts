import { ApiObject } from 'cdk8s';
import { at, Json, list, text } from './json';
import { isOwned } from './owned-objects';
import { podTemplate, WORKLOAD_KINDS } from './pod-template';
import { identityOf } from './written-object';

/** An object that manifests refer to and that the App does not create. */
export interface ExternalReference {
  /**
   * Its kind: `Service`, `Gateway`, `Secret`, `ConfigMap`, `PersistentVolumeClaim`, `ServiceAccount`, `Namespace`, `VirtualService`, `ServiceEntry`,
   * `ClusterIssuer` …
   */
  readonly kind: string;
  /** Its namespace. Undefined for a cluster-scoped object. */
  readonly namespace?: string;
  /** Its name; for a ServiceEntry, its host. */
  readonly name: string;
  /** The path of the construct that refers to it; for a namespace, the chart with objects in it. */
  readonly usedBy: string;
}

/**
 * The objects that objects of a cluster and its constructs refer to, and that do not exist among the objects.
 *
 * @param referred the references of constructs
 */
export function missingObjects(objects: readonly ApiObject[], referred: readonly ExternalReference[]): ExternalReference[] {
  const made = new Set([...objects.map(identityOf).map(referenceKey), ...madeByOthers(objects)]);
  // A namespace that a construct describes is used by that construct, and not by every chart.
  const known = new Set(referred.filter(({ kind }) => kind === 'Namespace').map(referenceKey));
  const derived = referencesIn(objects).filter(reference => !known.has(referenceKey(reference)));
  const missing = [...referred, ...derived].filter(reference => !made.has(referenceKey(reference)));
  const all = new Map(missing.map(reference => [[reference.kind, reference.namespace ?? '', reference.name, reference.usedBy].join('/'), reference]));
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}

/** An object by kind, namespace and name, as one text. */
function referenceKey({ kind, namespace, name }: { readonly kind: string; readonly namespace?: string; readonly name?: string }): string {
  return [kind, namespace ?? '', name].join('/');
}

/** Namespaces that every cluster has. */
const EVERYWHERE = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The references of objects that constructs create: their namespaces, and the objects that their pods need. */
function referencesIn(objects: readonly ApiObject[]): ExternalReference[] {
  const namespaces = new Map<string, ExternalReference>();
  const needed = objects.filter(isOwned).flatMap(object => {
    const { kind, namespace } = identityOf(object);
    if (namespace !== undefined && !EVERYWHERE.includes(namespace)) {
      const usedBy = object.chart.node.path;
      namespaces.set(`${namespace} ${usedBy}`, { kind: 'Namespace', name: namespace, usedBy });
    }
    return WORKLOAD_KINDS.includes(kind) ? neededByPods(object, kind, namespace) : [];
  });
  return [...namespaces.values(), ...needed];
}

/** The objects that controllers create from other objects of the cluster, such as the Secret of a Certificate. */
function madeByOthers(objects: readonly ApiObject[]): string[] {
  const secrets: { readonly [kind: string]: (json: Json, name: string) => string | undefined } = {
    'cert-manager.io/Certificate': json => text(json, 'spec', 'secretName'),
    'external-secrets.io/ExternalSecret': (json, name) => text(json, 'spec', 'target', 'name') ?? name,
    'bitnami.com/SealedSecret': (_, name) => name,
  };
  return objects.flatMap(object => {
    const { apiGroup, kind, namespace, name = '' } = identityOf(object);
    const secret = secrets[`${apiGroup}/${kind}`]?.(object.toJson(), name);
    return secret === undefined ? [] : [referenceKey({ kind: 'Secret', namespace, name: secret })];
  });
}

/** A reference in a part of a pod: the kind, the part, and the field with the name. */
type Named = readonly [kind: string, part: Json, ...path: string[]];

function neededByPods(object: ApiObject, kind: string, namespace?: string): ExternalReference[] {
  const json = object.toJson() as Json;
  const spec = at(podTemplate(kind, json), 'spec');
  const containers = [...list(spec, 'containers'), ...list(spec, 'initContainers')];
  const volumes = list(spec, 'volumes');
  const named: Named[] = [
    ...containers.flatMap(container => list(container, 'env')).flatMap((env): Named[] => [
      ['Secret', at(env, 'valueFrom', 'secretKeyRef'), 'name'], ['ConfigMap', at(env, 'valueFrom', 'configMapKeyRef'), 'name'],
    ]),
    ...containers.flatMap(container => list(container, 'envFrom')).flatMap((from): Named[] => [
      ['Secret', at(from, 'secretRef'), 'name'], ['ConfigMap', at(from, 'configMapRef'), 'name'],
    ]),
    ...volumes.flatMap((volume): Named[] => [
      ['Secret', at(volume, 'secret'), 'secretName'],
      ['ConfigMap', at(volume, 'configMap'), 'name'],
      ['PersistentVolumeClaim', at(volume, 'persistentVolumeClaim'), 'claimName'],
      ['Secret', at(volume, 'csi', 'nodePublishSecretRef'), 'name'],
    ]),
    ...volumes.flatMap(volume => list(volume, 'projected', 'sources')).flatMap((source): Named[] => [
      ['Secret', at(source, 'secret'), 'name'], ['ConfigMap', at(source, 'configMap'), 'name'],
    ]),
    ...list(spec, 'imagePullSecrets').map((secret): Named => ['Secret', secret, 'name']),
    ['ServiceAccount', spec, 'serviceAccountName'],
    ['PriorityClass', spec, 'priorityClassName'],
    ['RuntimeClass', spec, 'runtimeClassName'],
    ...list(json, 'spec', 'volumeClaimTemplates').map((claim): Named => ['StorageClass', at(claim, 'spec'), 'storageClassName']),
  ];
  const usedBy = object.node.id === 'Resource' ? object.node.scope!.node.path : object.node.path;
  return named.flatMap(([of, part, ...path]) => {
    const name = at(part, 'optional') === true ? undefined : text(part, ...path);
    return name === undefined || isEverywhere(of, name) ? [] : [{ kind: of, ...of.endsWith('Class') ? {} : { namespace }, name, usedBy }];
  });
}

/** Whether the object exists in every namespace (ServiceAccount `default`) or every cluster (priority classes of the system). */
function isEverywhere(kind: string, name: string): boolean {
  return (kind === 'ServiceAccount' && name === 'default') || (kind === 'PriorityClass' && name.startsWith('system-'));
}
