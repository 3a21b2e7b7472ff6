import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { firstMisread, Misread } from './misread';
import { MeshError } from '../diagnostics/mesh-error';

/** The name of an object in messages. */
interface Named {
  readonly kind: string;
  readonly name?: string;
}

/** The refusal of an object with a value that Kubernetes would read differently. */
export function misreadError(of: IConstruct, { path, as, got }: Misread, { kind, name }: Named): MeshError {
  return new MeshError('IM1016', of, { problem: `${path.join('.')} of ${kind} ${name} would be read as ${as}`, got });
}

/** Refuses the manifest of an object if Kubernetes would read a value differently. */
export function refuseMisread(object: ApiObject, manifest: unknown): void {
  const misread = firstMisread(manifest);
  if (misread) {
    throw misreadError(object, misread, object);
  }
}
