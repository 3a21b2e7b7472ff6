import { ApiObject } from 'cdk8s';
import { Volume, Workload } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf, namespaceScopeOf } from '../../kernel/namespace-scope';
import { rootOf } from '../../kernel/scopes';
import { apiObjectsOf } from '../../synthesis/app-tree';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { MeshNamespace } from '../namespaces/mesh-namespace';

/** A reference of pods by name, with the object if it is known. */
interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
  readonly object?: ApiObject;
  /** Whether the user declares it as existing: `Secret.fromSecretName()`. */
  readonly isImported?: boolean;
}

/**
 * Refuses, at synthesis, ConfigMaps, Secrets, claims and ServiceAccounts of another namespace: pods can only use those of their own, and never start.
 *
 * Variables, volumes and claims only contain a name: it is compared with the objects of the App, if the App creates the pods' namespace.
 */
export function checkReferences(at: Construct, workload: Workload): void {
  refuseAtSynthesis(at, () => {
    const here = namespaceOf(at);
    const around = namespaceScopeOf(at);
    const isMade = around instanceof MeshNamespace && !around._exists;
    for (const { kind, name, object } of referencesOf(workload).filter(({ isImported }) => !isImported)) {
      const unknowns = object ? [object] : isMade ? objectsNamed(at, kind, name) : [];
      const namespaces = unknowns.map(({ metadata }) => metadata.namespace).filter(namespace => namespace !== undefined);
      if (namespaces.length > 0 && !namespaces.includes(here)) {
        throw new MeshError('IM1715', at, {
          problem: `the pods refer to ${kind} ${name} of namespace ${namespaces[0]}, but can only use those of their own namespace`,
          got: namespaces[0],
          allowed: here,
          next: `create it in namespace ${here}, or refer to an existing one: ${kind}.from${kind}Name(…)`,
        });
      }
    }
  });
}

/** The objects of the App that the pods of a construct need to start, without optional ones. */
export function objectsNeeded(at: IConstruct, workload: Workload): ApiObject[] {
  const here = namespaceOf(at);
  const known = (kind: string, name: string) => objectsNamed(at, kind, name).filter(({ metadata }) => metadata.namespace === here);
  return [...new Set(referencesOf(workload).flatMap(({ kind, name, object }) => (object ? [object] : known(kind, name))))];
}

function referencesOf(workload: Workload): Reference[] {
  const { serviceAccount, dockerRegistryAuth } = workload;
  const references = [...ofResource('ServiceAccount', serviceAccount), ...ofResource('Secret', dockerRegistryAuth)];
  const all = [...workload.containers, ...workload.initContainers];
  for (const { configMap, sec } of all.flatMap(({ env }) => env.sources as unknown as Source[])) {
    references.push(...ofResource('ConfigMap', configMap), ...ofResource('Secret', sec));
  }
  for (const { valueFrom } of all.flatMap(({ env }) => Object.values(env.variables))) {
    if (valueFrom !== undefined) { // most variables have a value
      const { configMapKeyRef, secretKeyRef } = valueFrom as ValueFrom;
      references.push(...byName('ConfigMap', configMapKeyRef), ...byName('Secret', secretKeyRef));
    }
  }
  const volumes = new Set([...workload.volumes, ...all.flatMap(({ mounts }) => mounts.map(({ volume }) => volume))]);
  return [...references, ...[...volumes].flatMap(ofVolume)];
}

function ofResource(kind: Reference['kind'], resource?: { readonly name: string }): Reference[] {
  const object = resource && objectOf(resource);
  return resource ? [{ kind, name: resource.name, object, isImported: object === undefined }] : [];
}

/** A source of variables, whose fields are private in cdk8s-plus. */
interface Source {
  readonly configMap?: { readonly name: string };
  readonly sec?: { readonly name: string };
}

interface Named {
  readonly name?: string;
  readonly optional?: boolean;
}

interface ValueFrom {
  readonly configMapKeyRef?: Named;
  readonly secretKeyRef?: Named;
}

function ofVolume(volume: Volume | { readonly name: string }): Reference[] {
  const { configMap, secret, persistentVolumeClaim: claim } = volume instanceof Volume ? volume._toKube() : {} as ReturnType<Volume['_toKube']>;
  return [
    ...byName('ConfigMap', configMap), ...byName('Secret', secret && { ...secret, name: secret.secretName }), ...byName('PersistentVolumeClaim', claim && { name: claim.claimName }),
  ];
}

function byName(kind: Reference['kind'], { name, optional }: Named = {}): Reference[] {
  return name === undefined || optional ? [] : [{ kind, name }];
}

/** The object of a resource that the App creates. */
function objectOf(resource: unknown): ApiObject | undefined {
  const child = (resource as Partial<IConstruct>).node?.defaultChild;
  return child && ApiObject.isApiObject(child) ? child : undefined;
}

/** The objects of the cluster with this kind and name. */
export function objectsNamed(at: IConstruct, kind: string, name: string): ApiObject[] {
  const cluster = MeshCluster.of(at);
  return (groupedByName(rootOf(at)).get(`${kind}/${name}`) ?? []).filter(object => MeshCluster.of(object) === cluster);
}

const groupedByName = perSynthesis((root: IConstruct): ReadonlyMap<string, ApiObject[]> => {
  const groups = new Map<string, ApiObject[]>();
  for (const object of apiObjectsOf(root)) {
    const key = `${object.kind}/${object.name}`;
    const group = groups.get(key);
    if (group) {
      group.push(object);
    } else {
      groups.set(key, [object]);
    }
  }
  return groups;
});
