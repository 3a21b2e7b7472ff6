import { IConstruct } from 'constructs';
import { Misread } from './misread';
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
