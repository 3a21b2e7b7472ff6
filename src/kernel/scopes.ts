import { IConstruct } from 'constructs';

/**
 * The nearest scope of a construct for which the condition holds: the construct itself, or one above it. Constructs ask this often, and `node.scopes` makes a list
 * for each question.
 */
export function nearestScope(construct: IConstruct, holds: (scope: IConstruct) => boolean): IConstruct | undefined {
  let scope: IConstruct | undefined = construct;
  while (scope && !holds(scope)) {
    scope = scope.node.scope;
  }
  return scope;
}

/** The root of the tree of a construct. */
export function rootOf(construct: IConstruct): IConstruct {
  let root = construct;
  while (root.node.scope) {
    root = root.node.scope;
  }
  return root;
}

/** Whether a construct is the scope itself, or below it. */
export function isWithin(construct: IConstruct, scope: IConstruct): boolean {
  return nearestScope(construct, each => each === scope) !== undefined;
}
