import { Construct } from 'constructs';
import { JobCompletionMode, JobOptions } from './job-options';
import { PodFailureAction } from './pod-failure-rule';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { KubernetesRelease } from '../../values/release';

/** The first release of Kubernetes that supports a field without a feature gate. Earlier releases drop it silently. */
const SINCE: { readonly [field in keyof Omit<JobOptions, 'containers'>]: KubernetesRelease } = {
  backoffLimitPerIndex: KubernetesRelease.V1_29,
  maxFailedIndexes: KubernetesRelease.V1_29,
  podReplacementPolicy: KubernetesRelease.V1_29,
  successPolicy: KubernetesRelease.V1_31,
  managedBy: KubernetesRelease.V1_32,
};

/** Fields that only indexed jobs use. */
const INDEXED = ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'] as const;

/** Above this number of completions, Kubernetes limits the number of failed indexes. */
const MANY = 100_000;
const MOST_OF_MANY = 10_000;

const MOST_SUCCESS_RULES = 20;

/** Refuses fields that the release of Kubernetes does not support. */
export function checkReleases(at: Construct, options: JobOptions): void {
  const { kubernetes } = MeshCluster.of(at);
  for (const [field, release] of Object.entries(SINCE)) {
    if (options[field as keyof JobOptions] !== undefined && !kubernetes.atLeast(release)) {
      throw new MeshError('IM1710', at, {
        problem: `Kubernetes ${kubernetes.version} drops \`${field}\``,
        allowed: `Kubernetes ${release.version} or later`,
        next: 'remove it, or declare the release that the cluster runs: new MeshCluster(app, …, { kubernetes: … })',
      });
    }
  }
}

/** Refuses settings of indexes for jobs without them. */
export function checkIndexes(at: Construct, options: JobOptions): void {
  const { completions = 1, completionMode, parallelism, backoffLimitPerIndex, maxFailedIndexes, podFailurePolicy = [] } = options;
  const field = INDEXED.find(name => options[name] !== undefined);
  const indexed = completionMode === JobCompletionMode.INDEXED;
  if (field && !indexed) {
    throw new MeshError('IM1711', at, { problem: `\`${field}\` needs an indexed job`, next: 'set `completionMode: JobCompletionMode.INDEXED` and `completions`' });
  }
  atMost(at, 'parallelism', indexed ? parallelism : undefined, MANY, 'for an indexed job');
  if (backoffLimitPerIndex === undefined && maxFailedIndexes !== undefined) {
    throw new MeshError('IM1711', at, { problem: '`maxFailedIndexes` needs a limit per index', found: `maxFailedIndexes: ${maxFailedIndexes}`, next: 'set `backoffLimitPerIndex`' });
  }
  if (backoffLimitPerIndex === undefined && podFailurePolicy.some(rule => rule._action === PodFailureAction.FAIL_INDEX)) {
    throw new MeshError('IM1706', at, { problem: 'FAIL_INDEX needs a limit per index', got: PodFailureAction.FAIL_INDEX, next: 'set `backoffLimitPerIndex`' });
  }
  atMost(at, 'maxFailedIndexes', maxFailedIndexes, completions, 'of these completions');
  if (backoffLimitPerIndex !== undefined && completions > MANY) {
    if (maxFailedIndexes === undefined) {
      throw new MeshError('IM1711', at, { problem: `jobs with more than ${MANY} indexes need a limit of failed indexes`, got: completions, next: 'set `maxFailedIndexes`' });
    }
    const words = `with more than ${MANY} completions`;
    atMost(at, 'maxFailedIndexes', maxFailedIndexes, MOST_OF_MANY, words);
    atMost(at, 'parallelism', parallelism, MOST_OF_MANY, words);
  }
  checkSuccess(at, options.successPolicy ?? [], completions);
}

function checkSuccess(at: Construct, rules: NonNullable<JobOptions['successPolicy']>, completions: number): void {
  if (rules.length > MOST_SUCCESS_RULES) {
    throw new MeshError('IM1711', at, { problem: 'there are too many success rules', got: rules.length, allowed: `at most ${MOST_SUCCESS_RULES}`, next: 'merge some of them' });
  }
  const rule = rules.find(({ _completions: least }) => least > completions);
  if (rule) {
    throw new MeshError('IM1711', at, {
      problem: `a success rule needs more than the ${completions} completions of the job`, got: rule._render(), allowed: `indexes from 0 to ${completions - 1}, counts from 1 to ${completions}`,
    });
  }
}

function atMost(at: Construct, field: string, given: number | undefined, most: number, words: string): void {
  if (given !== undefined && given > most) {
    throw new MeshError('IM1711', at, { problem: `${field} is too large ${words}`, got: given, allowed: `at most ${most}`, next: 'lower it' });
  }
}
