import { CallMatch } from './call-match';
import { SplitTarget } from './split-target';
import { MeshError } from '../diagnostics/mesh-error';

/** One rule of a split: some calls, and who takes them. */
export class SplitRule {
  /**
   * A rule for some calls.
   *
   * @param match which calls
   */
  public static when(match: CallMatch): SplitCondition {
    if (!(match instanceof CallMatch)) {
      throw new MeshError('IM0001', 'SplitRule.when()', { problem: 'not a condition on calls', got: match, allowed: 'CallMatch.from(service) and its kind' });
    }
    return new SplitCondition(match);
  }

  /** @internal */
  public constructor(
    /** @internal */ public readonly _match: CallMatch,
    /** @internal */ public readonly _target: SplitTarget,
  ) {}
}

/** The first half of a rule: which calls it is for. */
export class SplitCondition {
  /** @internal */
  public constructor(private readonly match: CallMatch) {}

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
    if (!(target instanceof SplitTarget)) {
      throw new MeshError('IM0001', 'SplitRule.when().splitTo()', { problem: 'not a target', got: target, allowed: 'SplitTarget.weights({ … }) and its kind' });
    }
    return new SplitRule(this.match, target);
  }
}
