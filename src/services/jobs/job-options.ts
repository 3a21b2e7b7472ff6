import { Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { JobSidecar } from './job-sidecar';
import { PodFailureRule } from './pod-failure-rule';
import { SuccessRule } from './success-rule';
import { ICallee } from '../calls/callee';
import { PodOptions } from '../pods/pod-options';

/** The completion mode of a job: which pods must succeed. */
export enum JobCompletionMode {
  /** `completions` pods, no matter which. */
  NON_INDEXED = 'NonIndexed',
  /** One pod for each index from 0 to `completions` - 1. A pod reads its index from the variable JOB_COMPLETION_INDEX. */
  INDEXED = 'Indexed',
}

/** When a pod is replaced. */
export enum PodReplacementPolicy {
  /** As soon as the pod is terminating or has failed. For a while, there can be one pod more than `parallelism`. */
  TERMINATING_OR_FAILED = 'TerminatingOrFailed',
  /** When the pod has completely terminated. */
  FAILED = 'Failed',
}

/** Options of a job, run once or on a schedule. Its own ServiceAccount has the name of the job. */
export interface JobOptions extends PodOptions {
  /**
   * The name of the Job or CronJob: at most 63 characters for a Job, 52 for a CronJob.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * The targets that the job calls, on all ports. Use the method `calls` for more options.
   *
   * @default - nothing
   */
  readonly calls?: ICallee[];

  /**
   * How the job's sidecar terminates.
   *
   * @default - JobSidecar.native() if the releases of the cluster support it and the namespace injects sidecars; otherwise JobSidecar.none()
   */
  readonly sidecar?: JobSidecar;

  /**
   * Whether a failed container is restarted in its pod. `ALWAYS` is refused (IM1707), because the job would never end.
   *
   * @default RestartPolicy.NEVER - a new pod is created
   */
  readonly restartPolicy?: RestartPolicy;

  /**
   * The number of retries before the job fails: a whole number from 0.
   *
   * @default 6; unlimited with `backoffLimitPerIndex`
   */
  readonly backoffLimit?: number;

  /**
   * The number of retries before an index fails: a whole number from 0. Other indexes continue. For indexed jobs. Needs
   * Kubernetes 1.29.
   *
   * @default - failures are counted for the whole job
   */
  readonly backoffLimitPerIndex?: number;

  /**
   * The number of indexes that may fail before the whole job fails: a whole number from 0 to `completions`. Needs `backoffLimitPerIndex` and
   * Kubernetes 1.29.
   *
   * @default - all: the job fails after all other indexes are done
   */
  readonly maxFailedIndexes?: number;

  /**
   * The time after which an unfinished job is terminated, in whole seconds.
   *
   * @default - no limit
   */
  readonly activeDeadline?: Duration;

  /**
   * How long a finished job is kept, in whole seconds. Excludes the history limits of a CronJob.
   *
   * @default - forever, or as long as the history of the CronJob
   */
  readonly ttlAfterFinished?: Duration;

  /**
   * The maximum number of pods that run at once; at most 100,000 for an indexed job.
   *
   * @default 1
   */
  readonly parallelism?: number;

  /**
   * The number of pods that must succeed.
   *
   * @default - one; with `parallelism`, the first success completes the job
   */
  readonly completions?: number;

  /**
   * The completion mode. `INDEXED` needs `completions`.
   *
   * @default JobCompletionMode.NON_INDEXED
   */
  readonly completionMode?: JobCompletionMode;

  /**
   * The pod failure policy: rules for kinds of failures, of which the first match applies. At most 20 rules, and only with `RestartPolicy.NEVER`.
   *
   * @default - all failures count towards `backoffLimit`
   */
  readonly podFailurePolicy?: PodFailureRule[];

  /**
   * The success policy of an indexed job: rules of which the first match completes the job. At most 20 rules. Needs Kubernetes 1.31.
   *
   * @default - all indexes must succeed
   */
  readonly successPolicy?: SuccessRule[];

  /**
   * When a pod is replaced. Needs Kubernetes 1.29; with `podFailurePolicy`, only `FAILED`.
   *
   * @default - PodReplacementPolicy.FAILED with `podFailurePolicy`, otherwise PodReplacementPolicy.TERMINATING_OR_FAILED
   */
  readonly podReplacementPolicy?: PodReplacementPolicy;

  /**
   * The controller that manages the job instead of that of Kubernetes: a DNS name, a slash and a path, with at most 63 characters, such as
   * `kueue.x-k8s.io/multikueue`. Needs Kubernetes 1.32.
   *
   * @default - the job controller of Kubernetes
   */
  readonly managedBy?: string;

  /**
   * Further labels of the Job, or of the Jobs of a CronJob, for example for queues or monitoring. The library sets `app` (IM1110).
   *
   * @default - none
   */
  readonly jobLabels?: { [key: string]: string };

  /**
   * Annotations of the Job, or of the Jobs of a CronJob.
   *
   * @default - none
   */
  readonly jobAnnotations?: { [key: string]: string };
}
