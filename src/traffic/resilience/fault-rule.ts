import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, validateProps } from '../../diagnostics/validate-props';
import { Fault } from '../../hosts/http/fault';
import { CallMatch } from '../splits/call-match';

/**
 * A fault that is injected into some calls of a service, to test how callers handle it.
 *
 * The caller's sidecar or the gateway injects it. A fault with a condition on the caller does not apply to requests of a gateway.
 */
export class FaultRule {
  /**
   * Starts a fault for the calls that meet a condition.
   *
   * @param match the condition
   */
  public static when(match: CallMatch): FaultCondition {
    return FaultCondition._create(instanceOf('CallMatch', match, 'FaultRule.when()', 'the condition'));
  }

  /**
   * Injects a fault into a percentage of all calls. Refused in scopes that are marked by `Production` (IM1643).
   *
   * @param fault the fault, with a percentage (IM1647)
   */
  public static forAllRequests(fault: Fault): FaultRule {
    const at = 'FaultRule.forAllRequests()';
    const { delay, abort } = validateProps('Fault', fault, at);
    if ((delay && delay.percentage === undefined) || (abort && !abort._hasShare)) {
      throw new MeshError('IM1647', at, { problem: 'a fault for all calls needs a percentage', got: delay && delay.percentage === undefined ? 'delay' : 'abort', allowed: '`percentage` of delay and abort' });
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

/** The first half of a fault: its condition. */
export class FaultCondition {
  /** @internal */
  public static _create(match: CallMatch): FaultCondition {
    return new FaultCondition(match);
  }

  private constructor(private readonly match: CallMatch) {}

  /**
   * Injects a fault into the calls.
   *
   * @param fault the fault; without a percentage it applies to all of these calls
   */
  public inject(fault: Fault): FaultRule {
    return FaultRule._create(this.match, validateProps('Fault', fault, 'FaultRule.when().inject()'));
  }
}
