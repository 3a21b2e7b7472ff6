import { ApiObject, JsonPatch } from 'cdk8s';
import { isClusterScoped } from './cluster-scoped-kinds';

/** The identity of an object in a cluster. */
export interface ObjectIdentity {
  readonly apiGroup: string;
  readonly kind: string;
  /** Undefined for cluster-scoped kinds, and for objects without a namespace. */
  readonly namespace?: string;
  readonly name?: string;
}

/** The patches of an object, which are private in cdk8s. */
export function patchesOf(object: ApiObject): { readonly op: string; readonly path: string }[] {
  const { patches = [] } = object as unknown as { patches?: JsonPatch[] };
  return patches.map(patch => (patch as unknown as { _toJson(): { op: string; path: string } })._toJson());
}

/** The paths whose patches can change the identity. */
const IDENTITY = ['', '/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace'];

/** The rendered identity, which includes patches. */
export function identityOf(object: ApiObject): ObjectIdentity {
  const isPatched = patchesOf(object).some(({ path }) => IDENTITY.includes(path));
  const { kind, metadata: { name, namespace } = {} as { name?: string; namespace?: string } } = isPatched ? object.toJson() : object;
  return { apiGroup: object.apiGroup, kind, name, namespace: isClusterScoped(object) ? undefined : namespace };
}
