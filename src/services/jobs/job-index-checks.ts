import { Construct } from 'constructs';
import { JobCompletionMode, JobOptions } from './job-options';
import { PodFailureAction } from './pod-failure-rule';
import { MeshError } from '../../diagnostics/mesh-error';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { KubernetesRelease } from '../../values/release';

/** The release from which on Kubernetes takes a field without being told to, by a feature gate. Before that it drops it silently. */
const SINCE: { readonly [field in keyof Omit<JobOptions, 'containers'>]: KubernetesRelease } = {
  backoffLimitPerIndex: KubernetesRelease.V1_29,
  maxFailedIndexes: KubernetesRelease.V1_29,
  podReplacementPolicy: KubernetesRelease.V1_29,
  successPolicy: KubernetesRelease.V1_31,
  managedBy: KubernetesRelease.V1_32,
};

/** Fields that are about indexes, and mean nothing without. */
const INDEXED = ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'] as const;

/** From so many completions on Kubernetes keeps the lists of indexes that failed short. */
const MANY = 100_000;
const MOST_OF_MANY = 10_000;

const MOST_SUCCESS_RULES = 20;

/** Refuses what the release of Kubernetes does not have. */
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

/** Refuses what is said of indexes that there are not. */
export function checkIndexes(at: Construct, options: JobOptions): void {
  const { completions = 1, completionMode, parallelism, backoffLimitPerIndex, maxFailedIndexes, podFailurePolicy = [] } = options;
  const field = INDEXED.find(name => options[name] !== undefined);
  const indexed = completionMode === JobCompletionMode.INDEXED;
  if (field && !indexed) {
    throw new MeshError('IM1711', at, { problem: `\`${field}\` is about indexes, and the job has none`, next: 'let it have some: `completionMode: JobCompletionMode.INDEXED`, and `completions`' });
  }
  atMost(at, 'parallelism', indexed ? parallelism : undefined, MANY, 'for an indexed job');
  if (backoffLimitPerIndex === undefined && maxFailedIndexes !== undefined) {
    throw new MeshError('IM1711', at, { problem: 'indexes do not fail one by one', found: `maxFailedIndexes: ${maxFailedIndexes}`, next: 'name `backoffLimitPerIndex`' });
  }
  if (backoffLimitPerIndex === undefined && podFailurePolicy.some(rule => rule._action === PodFailureAction.FAIL_INDEX)) {
    throw new MeshError('IM1706', at, { problem: 'indexes do not fail one by one', got: PodFailureAction.FAIL_INDEX, next: 'name `backoffLimitPerIndex`' });
  }
  atMost(at, 'maxFailedIndexes', maxFailedIndexes, completions, 'of these completions');
  if (backoffLimitPerIndex !== undefined && completions > MANY) {
    if (maxFailedIndexes === undefined) {
      throw new MeshError('IM1711', at, { problem: `more than ${MANY} indexes could fail one by one`, got: completions, next: 'name `maxFailedIndexes`' });
    }
    const words = `with more than ${MANY} completions`;
    atMost(at, 'maxFailedIndexes', maxFailedIndexes, MOST_OF_MANY, words);
    atMost(at, 'parallelism', parallelism, MOST_OF_MANY, words);
  }
  checkSuccess(at, options.successPolicy ?? [], completions);
}

function checkSuccess(at: Construct, rules: NonNullable<JobOptions['successPolicy']>, completions: number): void {
  if (rules.length > MOST_SUCCESS_RULES) {
    throw new MeshError('IM1711', at, { problem: 'there are too many rules of success', got: rules.length, allowed: `at most ${MOST_SUCCESS_RULES}`, next: 'join some of them' });
  }
  const rule = rules.find(({ _completions: least }) => least > completions);
  if (rule) {
    throw new MeshError('IM1711', at, {
      problem: `a rule of success asks for more than the ${completions} completions of the job`, got: rule._render(), allowed: `indexes from 0 to ${completions - 1}, counts from 1 to ${completions}`,
    });
  }
}

function atMost(at: Construct, field: string, given: number | undefined, most: number, words: string): void {
  if (given !== undefined && given > most) {
    throw new MeshError('IM1711', at, { problem: `${field} is too great ${words}`, got: given, allowed: `at most ${most}`, next: 'lower it' });
  }
}
