import { Construct, IConstruct } from 'constructs';
import { MeshError } from '../diagnostics/mesh-error';

const marked = new WeakSet<IConstruct>();

/**
 * What is for real users.
 *
 * Failures that a `ResiliencePolicy` injects are refused there unless they are for named callers or a header alone (IM1643).
 */
export class Production {
  /**
   * Marks a construct and everything below it: a chart, a namespace, a cluster.
   *
   * @param scope the construct
   */
  public static mark(scope: Construct): void {
    if (!Construct.isConstruct(scope)) {
      throw new MeshError('IM0001', 'Production.mark()', { problem: 'the scope is no construct', got: scope, allowed: 'a construct of the App' });
    }
    marked.add(scope);
  }

  private constructor() {}
}

/** The construct, at this one or above it, that is marked. */
export function productionAbove(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.find(scope => marked.has(scope));
}
