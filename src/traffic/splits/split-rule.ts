import { CallMatch } from './call-match';
import { SplitTarget } from './split-target';
import { instanceOf } from '../../diagnostics/validate-props';

/** One rule of a split: some calls, and who takes them. */
export class SplitRule {
  /**
   * A rule for some calls.
   *
   * @param match which calls
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

/** The first half of a rule: which calls it is for. */
export class SplitCondition {
  /** @internal */
  public static _create(match: CallMatch): SplitCondition {
    return new SplitCondition(match);
  }

  private constructor(private readonly match: CallMatch) {}

  /**
   * One version takes them.
   *
   * @param version the name of the version
   */
  public to(version: string): SplitRule {
    return this.splitTo(SplitTarget.version(version));
  }

  /**
   * Several versions take them by weight, or nobody does.
   *
   * @param target who takes them
   */
  public splitTo(target: SplitTarget): SplitRule {
    return SplitRule._create(this.match, instanceOf('SplitTarget', target, 'SplitRule.when().splitTo()', 'the target'));
  }
}
