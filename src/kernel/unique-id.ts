import { Construct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { bare } from '../diagnostics/show';

/**
 * Returns the id, if it is unique in the scope. This check runs before that of `constructs`, whose error has no code.
 */
export function uniqueId(scope: Construct, id: string): string {
  if (!Construct.isConstruct(scope) || typeof id !== 'string' || id === '') {
    throw new MeshError('IM0106', pathAt(scope, id), { problem: 'the id is not a text', got: id, allowed: 'a text that is not empty' });
  }
  if (scope.node.tryFindChild(id)) {
    throw new MeshError('IM1007', pathAt(scope, id), { problem: `the scope already has ${id}`, got: id });
  }
  return id;
}

/** The path of a construct that does not exist yet, for messages. */
export function pathAt(scope: Construct, id: string): string {
  if (!Construct.isConstruct(scope)) {
    throw new MeshError('IM0001', bare(id), { problem: 'the scope is no construct', got: scope, allowed: 'an App, a Chart, a MeshNamespace or another construct' });
  }
  return [scope.node.path, id === undefined ? '' : bare(id)].filter(part => part).join('/');
}
