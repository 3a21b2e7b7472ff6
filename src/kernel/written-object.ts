import { ApiObject, JsonPatch } from 'cdk8s';
import { isClusterScoped } from './cluster-scoped-kinds';

/** By what the cluster tells an object from others. */
export interface ObjectIdentity {
  readonly apiGroup: string;
  readonly kind: string;
  /** Undefined for kinds without a namespace, and where the object names none. */
  readonly namespace?: string;
  readonly name?: string;
}

/** The patches of an object. cdk8s keeps them to itself. */
export function patchesOf(object: ApiObject): { readonly op: string; readonly path: string }[] {
  const { patches = [] } = object as unknown as { patches?: JsonPatch[] };
  return patches.map(patch => (patch as unknown as { _toJson(): { op: string; path: string } })._toJson());
}

/** What the patches of these paths may change. */
const IDENTITY = ['', '/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace'];

/** The identity that is written: patches may change what the object was made with. */
export function identityOf(object: ApiObject): ObjectIdentity {
  const isPatched = patchesOf(object).some(({ path }) => IDENTITY.includes(path));
  const { kind, metadata: { name, namespace } = {} as { name?: string; namespace?: string } } = isPatched ? object.toJson() : object;
  return { apiGroup: object.apiGroup, kind, name, namespace: isClusterScoped(object) ? undefined : namespace };
}
