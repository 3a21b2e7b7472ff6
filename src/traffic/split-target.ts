import { instanceOf, shaped } from '../diagnostics/shaped';
import { SplitAction } from '../hosts/mesh-routing';
import { directResponse } from '../hosts/route-target';
import { dnsLabel } from '../values/names';
import { hundredPercent } from '../values/weights';

/** Options of `SplitTarget.weights`. */
export interface WeightsOptions {
  /**
   * The version that takes what the others leave of 100.
   *
   * @default - none: the weights add up to 100
   */
  readonly rest?: string;
}

/** Options of `SplitTarget.refuse`. */
export interface RefuseOptions {
  /**
   * The HTTP status of the answer, 200 to 599.
   *
   * @default 403
   */
  readonly status?: number;

  /**
   * The text of the answer.
   *
   * @default - none
   */
  readonly body?: string;
}

/**
 * Who takes the traffic of a service.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
export class SplitTarget {
  /**
   * Several versions, by weight. A version of weight 0 is kept, and gets nothing.
   *
   * @param weights whole percentages by version, which add up to 100 unless `rest` names who takes what is left; refused
   * otherwise (IM1201, IM1202, IM1203)
   */
  public static weights(weights: { [version: string]: number }, options: WeightsOptions = {}): SplitTarget {
    const at = 'SplitTarget.weights()';
    instanceOf('{number}', weights, at, 'weights');
    return new SplitTarget({ shares: hundredPercent(weights, shaped('WeightsOptions', options, at).rest, at) });
  }

  /**
   * One version.
   *
   * @param name the name of the version
   */
  public static version(name: string): SplitTarget {
    return new SplitTarget({ shares: { [dnsLabel(name, 'SplitTarget.version()', 'the version', 'IM1104')]: 100 } });
  }

  /**
   * Nobody: the caller's sidecar answers by itself.
   *
   * This is an answer, not access control: a caller without a sidecar is not stopped by it.
   *
   * @throws IM1310 on a status that is no answer
   */
  public static refuse(options: RefuseOptions = {}): SplitTarget {
    const at = 'SplitTarget.refuse()';
    const { status = 403, body } = shaped('RefuseOptions', options, at);
    return new SplitTarget({ refusal: directResponse(status, body, at) });
  }

  private constructor(/** @internal */ public readonly _action: SplitAction) {}
}
