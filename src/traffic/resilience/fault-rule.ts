import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, shaped } from '../../diagnostics/shaped';
import { Fault } from '../../hosts/http/fault';
import { CallMatch } from '../splits/call-match';

/**
 * A failure that is injected for some calls of a service: to rehearse what callers make of it.
 *
 * It is the caller's sidecar that fails, or the gateway: a fault by caller does not hold for requests of a gateway.
 */
export class FaultRule {
  /**
   * A fault for some calls.
   *
   * @param match which calls
   */
  public static when(match: CallMatch): FaultCondition {
    return FaultCondition._of(instanceOf('CallMatch', match, 'FaultRule.when()', 'the condition'));
  }

  /**
   * A fault for a share of all calls. Refused for what is marked by `Production` (IM1643).
   *
   * @param fault the fault, with a percentage (IM1647)
   */
  public static forEveryone(fault: Fault): FaultRule {
    const at = 'FaultRule.forEveryone()';
    const { delay, abort } = shaped('Fault', fault, at);
    if ((delay && delay.percentage === undefined) || (abort && !abort._hasShare)) {
      throw new MeshError('IM1647', at, { problem: 'the fault does not say for which share of the calls it is', got: delay && delay.percentage === undefined ? 'delay' : 'abort', allowed: '`percentage` of delay and abort' });
    }
    return new FaultRule(CallMatch._everyone(), fault);
  }

  /** @internal */
  public static _of(match: CallMatch, fault: Fault): FaultRule {
    return new FaultRule(match, fault);
  }

  private constructor(
    /** @internal */ public readonly _match: CallMatch,
    /** @internal */ public readonly _fault: Fault,
  ) {}
}

/** The first half of a fault: which calls it is for. */
export class FaultCondition {
  /** @internal */
  public static _of(match: CallMatch): FaultCondition {
    return new FaultCondition(match);
  }

  private constructor(private readonly match: CallMatch) {}

  /**
   * They fail so.
   *
   * @param fault the fault; without a percentage all of these calls
   */
  public inject(fault: Fault): FaultRule {
    return FaultRule._of(this.match, shaped('Fault', fault, 'FaultRule.when().inject()'));
  }
}
