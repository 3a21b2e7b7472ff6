import { isLabelValue } from './labels';
import { MeshError } from '../diagnostics/mesh-error';

/**
 * Whether the pods of a namespace get a sidecar, and from which istiod.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 */
export class SidecarInjection {
  /**
   * By the label `istio-injection: enabled`: from the default istiod.
   */
  public static enabled(): SidecarInjection {
    return new SidecarInjection('enabled', { 'istio-injection': 'enabled' }, true);
  }

  /**
   * By the label `istio.io/rev`: from the istiod of a revision, or of a revision tag.
   *
   * @param revision the name of the revision or tag; one that cannot be a label's value is refused (IM0107)
   * @see https://istio.io/latest/docs/setup/upgrade/canary/
   */
  public static revision(revision: string): SidecarInjection {
    if (revision === '' || !isLabelValue(revision)) {
      throw new MeshError('IM0107', `SidecarInjection.revision(${JSON.stringify(revision)})`, {
        problem: 'the revision cannot be the value of a label', got: revision, allowed: 'the name of a revision or tag, such as 1-31-0 or stable',
      });
    }
    return new SidecarInjection(`revision ${revision}`, { 'istio.io/rev': revision }, true);
  }

  /**
   * Not at all: the namespace has no label, and its pods no sidecar.
   */
  public static disabled(): SidecarInjection {
    return new SidecarInjection('none', {}, false);
  }

  private constructor(
    /**
     * The name in messages.
     *
     * @internal
     */
    public readonly _name: string,
    /** @internal */ public readonly _labels: { readonly [key: string]: string },
    /** Whether pods get a sidecar. */ public readonly injects: boolean,
  ) {}
}
