import { Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { JobSidecar } from './job-sidecar';
import { PodFailureRule } from './pod-failure-rule';
import { ICallee } from '../calls/callee';
import { PodOptions } from '../pods/pod-options';

/** Which pods of a job have to succeed. */
export enum JobCompletionMode {
  /** As many as `completions` says, whichever they are. */
  NON_INDEXED = 'NonIndexed',
  /** One for each index from 0 to `completions` - 1, which it finds in its variable JOB_COMPLETION_INDEX. */
  INDEXED = 'Indexed',
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
   * @default 6
   */
  readonly backoffLimit?: number;

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
   * How many pods run at once, at most.
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
}
