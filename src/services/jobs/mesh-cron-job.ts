import { Cron, Duration } from 'cdk8s';
import { ConcurrencyPolicy } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { MeshJobBase } from './job-base';
import { count, seconds } from './job-checks';
import { JobOptions } from './job-options';
import { CronSetting } from './job-workload';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { pathAt } from '../../kernel/unique-id';
import { cronExpression, timeZone } from '../../values/cron-expression';

/** Kubernetes adds eleven characters to the name of each job. */
const LONGEST_NAME = 52;

/** The controller looks every ten seconds: it could miss the moment. */
const SHORTEST_DEADLINE = 10;

/** Properties of a `MeshCronJob`. */
export interface MeshCronJobProps extends JobOptions {
  /** When the job is run. */
  readonly schedule: Cron;

  /**
   * The time zone of the schedule, by its name in the time zone database, for example `Europe/Berlin`.
   *
   * @default - that of the cluster's controllers, mostly UTC
   */
  readonly timeZone?: string;

  /**
   * What happens when the time comes and the last job is not done.
   *
   * @default ConcurrencyPolicy.FORBID - that time is left out
   */
  readonly concurrencyPolicy?: ConcurrencyPolicy;

  /**
   * How late a job may start, in whole seconds, at least 10. Later than that it is left out.
   *
   * @default - however late
   */
  readonly startingDeadline?: Duration;

  /**
   * Whether no further jobs are started.
   *
   * @default false
   */
  readonly suspend?: boolean;

  /**
   * How many jobs that succeeded are kept.
   *
   * @default 3
   */
  readonly successfulJobsHistoryLimit?: number;

  /**
   * How many jobs that failed are kept.
   *
   * @default 1
   */
  readonly failedJobsHistoryLimit?: number;
}

/**
 * A job of the mesh that is run by a schedule, and ends: a CronJob, its identity, and a proxy that does not outlive each run.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export class MeshCronJob extends MeshJobBase {
  constructor(scope: Construct, id: string, props: MeshCronJobProps) {
    validateProps('MeshCronJobProps', props, pathAt(scope, id));
    super(scope, id, props, at => ({ cron: settingOf(props, at), longestName: LONGEST_NAME }));
  }
}

function settingOf(props: MeshCronJobProps, at: Construct): CronSetting {
  const { schedule, startingDeadline, suspend, successfulJobsHistoryLimit, failedJobsHistoryLimit, ttlAfterFinished } = props;
  count(at, 'successfulJobsHistoryLimit', successfulJobsHistoryLimit, 0);
  count(at, 'failedJobsHistoryLimit', failedJobsHistoryLimit, 0);
  seconds(at, 'startingDeadline', startingDeadline, SHORTEST_DEADLINE);
  if (ttlAfterFinished && (successfulJobsHistoryLimit !== undefined || failedJobsHistoryLimit !== undefined)) {
    throw new MeshError('IM1707', at, {
      problem: 'both a time and a number say how long jobs are kept', got: { successfulJobsHistoryLimit, failedJobsHistoryLimit }, next: 'keep `ttlAfterFinished` or the limits',
    });
  }
  return {
    schedule: cronExpression(schedule.expressionString, at),
    timeZone: props.timeZone === undefined ? undefined : timeZone(props.timeZone, at),
    concurrencyPolicy: props.concurrencyPolicy ?? ConcurrencyPolicy.FORBID,
    startingDeadlineSeconds: startingDeadline?.toSeconds(),
    suspend,
    successfulJobsHistoryLimit,
    failedJobsHistoryLimit,
  };
}
