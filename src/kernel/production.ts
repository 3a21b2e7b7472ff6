import { Construct, IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { appRegistryOf } from './registry-store';
import { MeshError } from '../diagnostics/mesh-error';

/**
 * Marks production environments.
 *
 * Below a marked construct, faults that a `ResiliencePolicy` injects are refused unless they are limited to callers or a header (IM1643).
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
    appRegistryOf(scope, AppRegistry).production.add(scope);
  }

  private constructor() {}
}

/** The construct, at this one or above it, that is marked. */
export function productionAbove(construct: IConstruct): IConstruct | undefined {
  const { production } = appRegistryOf(construct, AppRegistry);
  return construct.node.scopes.find(scope => production.has(scope));
}
