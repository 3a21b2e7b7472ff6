import { MeshError } from '../../diagnostics/mesh-error';

/** The maximum length of the indexes of a rule in Kubernetes. */
const MOST_CHARACTERS = 64 * 1024;

/** A rule in the form of Kubernetes. */
export interface SuccessPolicyRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

/**
 * A rule of a success policy: when it matches, an indexed job succeeds, and its other pods are terminated.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy
 */
export class SuccessRule {
  /**
   * Matches when these indexes have succeeded, or a number of them.
   *
   * @param indexes indexes of the job, from 0 to `completions` - 1
   * @param succeededCount how many of them must succeed; all by default
   */
  public static succeededIndexes(indexes: number[], succeededCount?: number): SuccessRule {
    const at = 'SuccessRule.succeededIndexes()';
    const fits = Array.isArray(indexes) && indexes.length > 0 && Array.from(indexes).every(index => Number.isInteger(index) && index >= 0);
    if (!fits || new Set(indexes).size !== indexes.length) {
      throw new MeshError('IM1711', at, { problem: 'the indexes are invalid', got: indexes, allowed: 'different whole numbers, from 0 on' });
    }
    checkCount(at, succeededCount, indexes.length);
    const sorted = [...indexes].sort((a, b) => a - b);
    const text = intervals(sorted);
    if (text.length > MOST_CHARACTERS) {
      throw new MeshError('IM1711', at, { problem: 'the list of indexes is too long', found: `${text.length} characters`, allowed: `at most ${MOST_CHARACTERS}`, next: 'use ranges of consecutive indexes, or fewer indexes' });
    }
    return new SuccessRule({ succeededIndexes: text, succeededCount }, sorted[sorted.length - 1] + 1);
  }

  /**
   * Matches when a number of indexes have succeeded, no matter which.
   *
   * @param count a whole number from 1 to `completions`
   */
  public static succeededCount(count: number): SuccessRule {
    checkCount('SuccessRule.succeededCount()', count ?? NaN);
    return new SuccessRule({ succeededCount: count }, count);
  }

  private constructor(
    private readonly rule: SuccessPolicyRule,
    /**
     * The minimum of `completions` of the job.
     *
     * @internal
     */
    public readonly _completions: number,
  ) {}

  /** @internal */
  public _render(): SuccessPolicyRule {
    return { ...this.rule };
  }
}

function checkCount(at: string, count: number | undefined, most = Infinity): void {
  if (count !== undefined && (!Number.isInteger(count) || count < 1 || count > most)) {
    const allowed = most === Infinity ? 'a whole number, at least 1' : `a whole number from 1 to ${most}, the number of indexes`;
    throw new MeshError('IM1711', at, { problem: 'the count is invalid', got: count, allowed });
  }
}

/** Sorted numbers as text, with consecutive numbers as a range: `0,2-4`. */
function intervals(sorted: number[]): string {
  const ranges: [number, number][] = [];
  for (const index of sorted) {
    const last = ranges[ranges.length - 1];
    if (last?.[1] === index - 1) {
      last[1] = index;
    } else {
      ranges.push([index, index]);
    }
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
