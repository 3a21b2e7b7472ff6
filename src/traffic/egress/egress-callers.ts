import { MeshError } from '../../diagnostics/mesh-error';
import { dnsLabel } from '../../values/names';

/**
 * The callers that may use an egress route, in addition to the services that declare a call to it.
 */
export class EgressCallers {
  /** Only services that declare a call. A route without any declared call is refused at synthesis (IM1511). */
  public static declared(): EgressCallers {
    return new EgressCallers('declared', []);
  }

  /**
   * All pods in these namespaces.
   *
   * @param names the names of the namespaces, at least one (IM1511)
   */
  public static namespaces(names: string[]): EgressCallers {
    const at = 'EgressCallers.namespaces()';
    if (!Array.isArray(names) || names.length === 0) {
      throw new MeshError('IM1511', at, { problem: 'there is no namespace', got: names, allowed: 'at least one name' });
    }
    return new EgressCallers('namespaces', [...new Set(names.map(name => dnsLabel(name, at, 'the namespace')))].sort());
  }

  /** All pods in the mesh. */
  public static anyNamespace(): EgressCallers {
    return new EgressCallers('any', []);
  }

  private constructor(
    /**
     * The kind of callers.
     *
     * @internal
     */
    public readonly _kind: 'declared' | 'namespaces' | 'any',
    /**
     * The names of the namespaces, sorted.
     *
     * @internal
     */
    public readonly _namespaces: string[],
  ) {}
}
