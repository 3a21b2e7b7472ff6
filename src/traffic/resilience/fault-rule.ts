import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
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
    return FaultCondition._create(instanceOf('CallMatch', match, 'FaultRule.when()', 'the condition'));
  }

  /**
   * A fault for a share of all calls. Refused for what is marked by `Production` (IM1643).
   *
   * @param fault the fault, with a percentage (IM1647)
   */
  public static forAllRequests(fault: Fault): FaultRule {
    const at = 'FaultRule.forAllRequests()';
    const { delay, abort } = validateProps('Fault', fault, at);
    if ((delay && delay.percentage === undefined) || (abort && !abort._hasShare)) {
      throw new MeshError('IM1647', at, { problem: 'the fault does not say for which share of the calls it is', got: delay && delay.percentage === undefined ? 'delay' : 'abort', allowed: '`percentage` of delay and abort' });
    }
    return new FaultRule(CallMatch._everyone(), fault);
  }

  /** @internal */
  public static _create(match: CallMatch, fault: Fault): FaultRule {
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
  public static _create(match: CallMatch): FaultCondition {
    return new FaultCondition(match);
  }

  private constructor(private readonly match: CallMatch) {}

  /**
   * They fail so.
   *
   * @param fault the fault; without a percentage all of these calls
   */
  public inject(fault: Fault): FaultRule {
    return FaultRule._create(this.match, validateProps('Fault', fault, 'FaultRule.when().inject()'));
  }
}
