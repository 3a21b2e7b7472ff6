import { Construct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';
import { bare } from '../diagnostics/show';

/**
 * The id, if nothing else in the scope has it. Asked before `constructs` does, which would answer without a code.
 */
export function uniqueId(scope: Construct, id: string): string {
  const path = pathAt(scope, id);
  if (typeof id !== 'string' || id === '') {
    throw new MeshError('IM0106', path, { problem: 'the id is no text', got: id, allowed: 'a text that is not empty' });
  }
  if (scope.node.tryFindChild(id)) {
    throw new MeshError('IM1007', path, { problem: `${id} exists already in this scope`, got: id });
  }
  return id;
}

/** The path that a construct will have, for what is refused before there is one. */
export function pathAt(scope: Construct, id: string): string {
  if (!Construct.isConstruct(scope)) {
    throw new MeshError('IM0001', bare(id), { problem: 'the scope is no construct', got: scope, allowed: 'an App, a Chart, a MeshNamespace or another construct' });
  }
  return [scope.node.path, id === undefined ? '' : bare(id)].filter(part => part).join('/');
}
