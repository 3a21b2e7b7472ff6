import { ApiObject, JsonPatch } from 'cdk8s';
import { isClusterScoped } from './cluster-scoped-kinds';
import { manifestOf } from '../synthesis/rendered-object';

/** The identity of an object in a cluster. */
export interface ObjectIdentity {
  readonly apiGroup: string;
  readonly kind: string;
  /** Undefined for cluster-scoped kinds, and for objects without a namespace. */
  readonly namespace?: string;
  readonly name?: string;
}

/** The patches of an object, which are private in cdk8s. */
function patchesOf(object: ApiObject): JsonPatch[] | undefined {
  return (object as unknown as { patches?: JsonPatch[] }).patches;
}

/** The number of patches of an object. */
export function patchCount(object: ApiObject): number {
  return patchesOf(object)?.length ?? 0;
}

/** The paths whose patches can change the identity. */
const IDENTITY = ['', '/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace'];

/** Whether a patch can change the identity of an object. Nearly all objects have no patches, and their identity is asked often. */
function isRenamed(object: ApiObject): boolean {
  const pathOf = (patch: JsonPatch) => (patch as unknown as { _toJson(): { path: string } })._toJson().path;
  return patchCount(object) > 0 && patchesOf(object)!.some(patch => IDENTITY.includes(pathOf(patch)));
}

/** The rendered identity, which includes patches. */
export function identityOf(object: ApiObject): ObjectIdentity {
  const { kind, metadata: { name, namespace } = {} as { name?: string; namespace?: string } } = isRenamed(object) ? manifestOf(object) : object;
  return { apiGroup: object.apiGroup, kind, name, namespace: isClusterScoped(object) ? undefined : namespace };
}
