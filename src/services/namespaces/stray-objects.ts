import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { MeshError } from '../../diagnostics/mesh-error';
import { isClusterScoped } from '../../kernel/cluster-scoped-kinds';

/** The errors for objects below a namespace that are not created in it: they would land in another one. */
export function strayObjects(construct: IConstruct, namespace: string): string[] {
  const below = construct.node.children.flatMap(child => strayObjects(child, namespace));
  if (!ApiObject.isApiObject(construct) || isClusterScoped(construct) || construct.metadata.namespace === namespace) {
    return below;
  }
  const { kind, metadata } = construct;
  return [new MeshError('IM1002', construct, {
    problem: `${kind} ${metadata.name} stands below namespace ${namespace} and would land in ${metadata.namespace ?? 'whatever namespace is current'}`,
    got: metadata.namespace,
    allowed: namespace,
    next: 'give it { metadata: namespace.metadata(\'…\') }; a kind without a namespace belongs below the chart',
  }).message, ...below];
}
