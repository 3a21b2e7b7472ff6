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

/** Kubernetes appends eleven characters to the name of each Job. */
const LONGEST_NAME = 52;

/** The controller checks every ten seconds, so it can miss a shorter deadline. */
const SHORTEST_DEADLINE = 10;

/** Properties of a `MeshCronJob`. */
export interface MeshCronJobProps extends JobOptions {
  /** When the job runs. */
  readonly schedule: Cron;

  /**
   * The time zone of the schedule, by its name in the time zone database, for example `Europe/Berlin`.
   *
   * @default - the time zone of the cluster's controller manager, usually UTC
   */
  readonly timeZone?: string;

  /**
   * What happens if the previous job is still running at the scheduled time.
   *
   * @default ConcurrencyPolicy.FORBID - the run is skipped
   */
  readonly concurrencyPolicy?: ConcurrencyPolicy;

  /**
   * The deadline for a late start, in whole seconds, at least 10. A run that misses it is skipped.
   *
   * @default - no deadline
   */
  readonly startingDeadline?: Duration;

  /**
   * Whether further runs are suspended.
   *
   * @default false
   */
  readonly suspend?: boolean;

  /**
   * The number of succeeded jobs that are kept.
   *
   * @default 3
   */
  readonly successfulJobsHistoryLimit?: number;

  /**
   * The number of failed jobs that are kept.
   *
   * @default 1
   */
  readonly failedJobsHistoryLimit?: number;
}

/**
 * A job of the mesh that runs on a schedule: a CronJob, its ServiceAccount, and a sidecar that terminates with each run.
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
      problem: '`ttlAfterFinished` excludes history limits', got: { successfulJobsHistoryLimit, failedJobsHistoryLimit }, next: 'keep `ttlAfterFinished` or the limits',
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
