import { ApiObject } from 'cdk8s';
import { Volume, Workload } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { refusals } from '../../kernel/guarded';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf, namespaceScopeOf } from '../../kernel/namespace-scope';
import { MeshNamespace } from '../mesh-namespace';

/** What pods refer to by its name: the object itself where it is known. */
interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
  readonly object?: ApiObject;
}

/**
 * Refuses, at synthesis, ConfigMaps, Secrets, claims and ServiceAccounts of another namespace: pods find those of their own alone, and never start.
 *
 * Variables, volumes and claims keep no more than a name: they are compared with the objects of the App where it makes the pods' namespace itself.
 */
export function checkReferences(at: Construct, workload: Workload): void {
  at.node.addValidation({
    validate: () => refusals(at, () => {
      const here = namespaceOf(at);
      const around = namespaceScopeOf(at);
      const isMade = around instanceof MeshNamespace && !around._exists;
      for (const { kind, name, object } of referencesOf(workload)) {
        const strangers = object ? [object] : isMade ? named(at, kind, name) : [];
        const namespaces = strangers.map(({ metadata }) => metadata.namespace).filter(namespace => namespace !== undefined);
        if (namespaces.length > 0 && !namespaces.includes(here)) {
          throw new MeshError('IM1715', at, {
            problem: `the pods refer to ${kind} ${name} of namespace ${namespaces[0]}, and find those of their own namespace alone`,
            got: namespaces[0],
            allowed: here,
            next: `make it in namespace ${here}, or name one that is there: ${kind}.from${kind}Name(…)`,
          });
        }
      }
    }),
  });
}

function referencesOf(workload: Workload): Reference[] {
  const { containers, initContainers, serviceAccount, dockerRegistryAuth } = workload;
  const all = [...containers, ...initContainers];
  const known = (kind: Reference['kind'], resource?: { readonly name: string }): Reference[] => (resource ? [{ kind, name: resource.name, object: objectOf(resource) }] : []);
  const sources = all.flatMap(({ env }) => env.sources as unknown as { configMap?: { name: string }; sec?: { name: string } }[]);
  const values = all.flatMap(({ env }) => Object.values(env.variables)).map(({ valueFrom }) => valueFrom as ValueFrom | undefined);
  const volumes = new Set([...workload.volumes, ...all.flatMap(({ mounts }) => mounts.map(({ volume }) => volume))]);
  return [
    ...known('ServiceAccount', serviceAccount),
    ...known('Secret', dockerRegistryAuth),
    ...sources.flatMap(({ configMap, sec }) => [...known('ConfigMap', configMap), ...known('Secret', sec)]),
    ...values.flatMap(value => [...byName('ConfigMap', value?.configMapKeyRef?.name), ...byName('Secret', value?.secretKeyRef?.name)]),
    ...[...volumes].flatMap(ofVolume),
  ];
}

interface ValueFrom {
  readonly configMapKeyRef?: { readonly name?: string };
  readonly secretKeyRef?: { readonly name?: string };
}

function ofVolume(volume: Volume | { readonly name: string }): Reference[] {
  const { configMap, secret, persistentVolumeClaim: claim } = volume instanceof Volume ? volume._toKube() : {} as ReturnType<Volume['_toKube']>;
  return [...byName('ConfigMap', configMap?.name), ...byName('Secret', secret?.secretName), ...byName('PersistentVolumeClaim', claim?.claimName)];
}

function byName(kind: Reference['kind'], name?: string): Reference[] {
  return name === undefined ? [] : [{ kind, name }];
}

/** The object of a resource that the App makes. */
function objectOf(resource: unknown): ApiObject | undefined {
  const child = (resource as Partial<IConstruct>).node?.defaultChild;
  return child && ApiObject.isApiObject(child) ? child : undefined;
}

/** The objects of the cluster of this kind and name. */
function named(at: Construct, kind: string, name: string): ApiObject[] {
  const cluster = MeshCluster.of(at);
  return at.node.root.node.findAll().filter(ApiObject.isApiObject)
    .filter(object => object.kind === kind && object.name === name && MeshCluster.of(object) === cluster);
}
