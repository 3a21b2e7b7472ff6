import { Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { JobSidecar } from './job-sidecar';
import { PodFailureRule } from './pod-failure-rule';
import { SuccessRule } from './success-rule';
import { ICallee } from '../calls/callee';
import { PodOptions } from '../pods/pod-options';

/** Which pods of a job have to succeed. */
export enum JobCompletionMode {
  /** As many as `completions` says, whichever they are. */
  NON_INDEXED = 'NonIndexed',
  /** One for each index from 0 to `completions` - 1, which it finds in its variable JOB_COMPLETION_INDEX. */
  INDEXED = 'Indexed',
}

/** When a pod that ends is replaced by another one. */
export enum PodReplacementPolicy {
  /** As soon as it is told to end, or has failed: for a while there may be one pod more than `parallelism` says. */
  TERMINATING_OR_FAILED = 'TerminatingOrFailed',
  /** When it has failed, and is gone. */
  FAILED = 'Failed',
}

/** What a job is made from, run once or by a schedule. Its own ServiceAccount is called like it. */
export interface JobOptions extends PodOptions {
  /**
   * The name of the object. At most 63 characters, 52 with a schedule.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * What the job calls, on all ports. `calls` of the job says more.
   *
   * @default - nothing
   */
  readonly calls?: ICallee[];

  /**
   * How the proxy beside the job comes to an end.
   *
   * @default - JobSidecar.native() where the releases of the cluster have it and the namespace gives sidecars; JobSidecar.none() otherwise
   */
  readonly sidecar?: JobSidecar;

  /**
   * Whether a container that failed is started again in its pod. `ALWAYS` is refused (IM1707): it would never end.
   *
   * @default RestartPolicy.NEVER - a new pod is made
   */
  readonly restartPolicy?: RestartPolicy;

  /**
   * How many failures the job survives: a whole number, from 0 on.
   *
   * @default 6; with `backoffLimitPerIndex`, any number
   */
  readonly backoffLimit?: number;

  /**
   * How many failures each index survives: a whole number, from 0 on. When one has failed, the others run on. For indexed jobs, from
   * Kubernetes 1.29 on.
   *
   * @default - failures are counted for the whole job
   */
  readonly backoffLimitPerIndex?: number;

  /**
   * How many indexes may fail before the whole job does: a whole number from 0 to `completions`. Needs `backoffLimitPerIndex`. From
   * Kubernetes 1.29 on.
   *
   * @default - all: the job fails when the others are done
   */
  readonly maxFailedIndexes?: number;

  /**
   * After how long the job is ended, done or not, in whole seconds.
   *
   * @default - never
   */
  readonly activeDeadline?: Duration;

  /**
   * How long the job is kept after it has ended, in whole seconds. Not together with limits of a schedule's history.
   *
   * @default - for ever, or as long as the history of its schedule
   */
  readonly ttlAfterFinished?: Duration;

  /**
   * How many pods run at once, at most; of an indexed job at most 100,000.
   *
   * @default 1
   */
  readonly parallelism?: number;

  /**
   * How many pods have to succeed.
   *
   * @default - one; with `parallelism`, any: the first that succeeds says that the work is done
   */
  readonly completions?: number;

  /**
   * Which pods have to succeed. `INDEXED` needs `completions`.
   *
   * @default JobCompletionMode.NON_INDEXED
   */
  readonly completionMode?: JobCompletionMode;

  /**
   * What to do about failures of certain kinds, the first rule that fits. At most 20 rules, and only with `RestartPolicy.NEVER`.
   *
   * @default - all count towards `backoffLimit`
   */
  readonly podFailurePolicy?: PodFailureRule[];

  /**
   * When an indexed job has done enough, the first rule that fits. At most 20 rules, from Kubernetes 1.31 on.
   *
   * @default - when each index has succeeded
   */
  readonly successPolicy?: SuccessRule[];

  /**
   * When a pod that ends is replaced. From Kubernetes 1.29 on; with `podFailurePolicy`, `FAILED` alone.
   *
   * @default - PodReplacementPolicy.FAILED with `podFailurePolicy`, else PodReplacementPolicy.TERMINATING_OR_FAILED
   */
  readonly podReplacementPolicy?: PodReplacementPolicy;

  /**
   * Who runs the job in place of Kubernetes' own controller: a DNS name, a slash and a path, of at most 63 characters together, such as
   * `kueue.x-k8s.io/multikueue`. From Kubernetes 1.32 on.
   *
   * @default - Kubernetes' own controller
   */
  readonly managedBy?: string;

  /**
   * Further labels of the Job, or of the Jobs that a schedule makes: for those who queue, sync or watch jobs. `app` is the library's (IM1110).
   *
   * @default - none
   */
  readonly jobLabels?: { [key: string]: string };

  /**
   * Annotations of the Job, or of the Jobs that a schedule makes.
   *
   * @default - none
   */
  readonly jobAnnotations?: { [key: string]: string };
}
