import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { isClusterScoped } from '../../kernel/cluster-scoped-kinds';
import { objectsBelow } from '../../kernel/namespace-scope';

/** The errors for objects below a namespace that would be created in another one. */
export function strayObjects(scope: IConstruct, namespace: string): string[] {
  const stray = objectsBelow(scope).filter(object => object.metadata.namespace !== namespace && !isClusterScoped(object));
  return stray.map(object => new MeshError('IM1002', object, {
    problem: `${object.kind} ${object.metadata.name} is below namespace ${namespace}, but would be created in ${object.metadata.namespace ?? 'the current namespace'}`,
    got: object.metadata.namespace,
    allowed: namespace,
    next: 'set { metadata: namespace.metadata(\'…\') }; move cluster-scoped objects below the chart',
  }).message);
}
