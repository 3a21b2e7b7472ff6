import { CallMatch } from './call-match';
import { SplitTarget } from './split-target';
import { instanceOf } from '../../diagnostics/validate-props';

/** A rule of a split: a condition on calls, and their target. */
export class SplitRule {
  /**
   * Starts a rule for the calls that meet a condition.
   *
   * @param match the condition
   */
  public static when(match: CallMatch): SplitCondition {
    return SplitCondition._create(instanceOf('CallMatch', match, 'SplitRule.when()', 'the condition'));
  }

  /** @internal */
  public static _create(match: CallMatch, target: SplitTarget): SplitRule {
    return new SplitRule(match, target);
  }

  private constructor(
    /** @internal */ public readonly _match: CallMatch,
    /** @internal */ public readonly _target: SplitTarget,
  ) {}
}

/** The first half of a rule: its condition. */
export class SplitCondition {
  /** @internal */
  public static _create(match: CallMatch): SplitCondition {
    return new SplitCondition(match);
  }

  private constructor(private readonly match: CallMatch) {}

  /**
   * Routes the calls to one version.
   *
   * @param version the name of the version
   */
  public to(version: string): SplitRule {
    return this.splitTo(SplitTarget.version(version));
  }

  /**
   * Splits the calls over several versions by weight, or refuses them.
   *
   * @param target the target of the calls
   */
  public splitTo(target: SplitTarget): SplitRule {
    return SplitRule._create(this.match, instanceOf('SplitTarget', target, 'SplitRule.when().splitTo()', 'the target'));
  }
}
