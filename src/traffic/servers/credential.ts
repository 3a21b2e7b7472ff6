import { MeshError } from '../../diagnostics/mesh-error';
import { isDnsName } from '../../values/names';

/** The name, if it is that of a Secret or a ConfigMap. */
export function credential(name: string, at: string): string {
  if (!isDnsName(name)) {
    throw new MeshError('IM1312', at, { problem: 'the credential is no name of a Secret', got: name, allowed: 'a DNS name, without a namespace' });
  }
  return name;
}
