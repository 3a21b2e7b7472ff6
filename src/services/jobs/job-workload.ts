import { ApiObject, Lazy } from 'cdk8s';
import { k8s, Pod, Workload, WorkloadProps } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { JobCompletionMode, JobOptions } from './job-options';
import { refusals } from '../../kernel/guarded';
import { Labels } from '../../values/labels';
import { spreadOver, ZONE } from '../pods/pod-parts';

/** How a job is run again and again. */
export type CronSetting = Omit<k8s.CronJobSpec, 'jobTemplate'>;

/** What a `JobWorkload` is made from. */
export interface JobWorkloadProps extends WorkloadProps {
  readonly job: JobOptions;
  readonly selector: Labels;
  /** Whether a job made at once waits. */
  readonly suspend?: boolean;
  /** The schedule; the job is made at once without one. */
  readonly cron?: CronSetting;
}

/** The Job or CronJob itself, whose pods carry names alone. Those of cdk8s-plus lack most fields, and label pods with a digest of the path. */
export class JobWorkload extends Workload {
  public readonly resourceType: string;

  protected readonly apiObject: ApiObject;

  public constructor(scope: Construct, id: string, private readonly own: JobWorkloadProps) {
    super(scope, id, { ...own, select: false });
    const { cron, metadata } = own;
    this.resourceType = cron ? 'cronjobs' : 'jobs';
    this.apiObject = cron
      ? new k8s.KubeCronJob(this, 'Resource', { metadata, spec: Lazy.any({ produce: () => ({ ...cron, jobTemplate: { spec: this._toKube() } }) }) })
      : new k8s.KubeJob(this, 'Resource', { metadata, spec: Lazy.any({ produce: () => ({ suspend: own.suspend, ...this._toKube() }) }) });
    this.node.addValidation({ validate: () => refusals(this, () => this._toKube()) });
  }

  /** @internal */
  public _toKube(): k8s.JobSpec {
    const { job, selector } = this.own;
    const { [Pod.ADDRESS_LABEL]: _, ...labels } = (this.podMetadata.toJson()?.labels ?? {}) as Labels;
    const only = this.containers.length === 1 ? this.containers[0].name : undefined;
    return {
      activeDeadlineSeconds: job.activeDeadline?.toSeconds(),
      backoffLimit: job.backoffLimit,
      completionMode: job.completionMode === JobCompletionMode.INDEXED ? job.completionMode : undefined,
      completions: job.completions,
      parallelism: job.parallelism,
      podFailurePolicy: job.podFailurePolicy?.length ? { rules: job.podFailurePolicy.map(rule => rule._render(only)) } : undefined,
      ttlSecondsAfterFinished: job.ttlAfterFinished?.toSeconds(),
      template: {
        metadata: { ...this.podMetadata.toJson(), labels },
        spec: { ...this._toPodSpec(), topologySpreadConstraints: job.spreadOverZones ?? true ? [spreadOver(ZONE, selector)] : undefined },
      },
    };
  }
}
