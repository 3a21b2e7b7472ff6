import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { isClusterScoped } from '../../kernel/cluster-scoped-kinds';

/** The errors for objects below a namespace that would be created in another one. */
export function strayObjects(construct: IConstruct, namespace: string): string[] {
  const below = construct.node.children.flatMap(child => strayObjects(child, namespace));
  if (!ApiObject.isApiObject(construct) || isClusterScoped(construct) || construct.metadata.namespace === namespace) {
    return below;
  }
  const { kind, metadata } = construct;
  return [new MeshError('IM1002', construct, {
    problem: `${kind} ${metadata.name} is below namespace ${namespace}, but would be created in ${metadata.namespace ?? 'the current namespace'}`,
    got: metadata.namespace,
    allowed: namespace,
    next: 'set { metadata: namespace.metadata(\'…\') }; move cluster-scoped objects below the chart',
  }).message, ...below];
}
