import { MeshError } from '../../diagnostics/mesh-error';
import { isDnsName } from '../../values/names';

/** Returns the name, if it is valid for a Secret or a ConfigMap. */
export function credential(name: string, at: string): string {
  if (!isDnsName(name)) {
    throw new MeshError('IM1312', at, { problem: 'the credential is not a valid name of a Secret', got: name, allowed: 'a DNS name, without a namespace' });
  }
  return name;
}
