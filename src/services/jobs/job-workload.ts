import { ApiObject, ApiObjectMetadata, Lazy } from 'cdk8s';
import { k8s, Pod, Workload, WorkloadProps } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { JobCompletionMode, JobOptions } from './job-options';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { owned } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { spreadOver, ZONE } from '../pods/pod-parts';
import { place, placementFields } from '../pods/pod-placement';
import { confined } from '../pods/restricted';

/** The schedule of a job. */
export type CronSetting = Omit<k8s.CronJobSpec, 'jobTemplate'>;

/** Properties of a `JobWorkload`. */
export interface JobWorkloadProps extends WorkloadProps {
  readonly job: JobOptions;
  readonly selector: Labels;
  /** Whether a job without a schedule is suspended. */
  readonly suspend?: boolean;
  /** The schedule. Without one, the job runs once. */
  readonly cron?: CronSetting;
}

/**
 * The Job or CronJob object, whose pods have labels by name only. The classes of cdk8s-plus lack most fields, label pods with a digest of the path,
 * and drop newer fields of Kubernetes. So this is a plain ApiObject; functions of cdk8s-plus render the fields that they know.
 */
export class JobWorkload extends Workload {
  public readonly resourceType: string;

  protected readonly apiObject: ApiObject;

  public constructor(scope: Construct, id: string, private readonly own: JobWorkloadProps) {
    super(scope, id, { ...own, select: false });
    const { cron, suspend, metadata, job: { jobLabels, jobAnnotations } } = own;
    const further: ApiObjectMetadata = { annotations: jobAnnotations, labels: jobLabels };
    const jobTemplate = () => ({ metadata: jobLabels || jobAnnotations ? further : undefined, spec: this._toKube() });
    this.resourceType = cron ? 'cronjobs' : 'jobs';
    this.apiObject = new ApiObject(this, owned(this, 'Resource'), {
      apiVersion: 'batch/v1',
      kind: cron ? 'CronJob' : 'Job',
      metadata: cron ? metadata : { ...metadata, ...further, labels: { ...jobLabels, ...metadata?.labels } },
      spec: Lazy.any({ produce: () => (cron ? { ...cron, jobTemplate: jobTemplate() } : { suspend, ...this._toKube() }) }),
    });
    place(this, own.job);
    refuseAtSynthesis(this, () => this._toKube());
  }

  /** @internal */
  public _toKube(): object {
    const { job, selector } = this.own;
    const { [Pod.ADDRESS_LABEL]: _, ...labels } = (this.podMetadata.toJson()?.labels ?? {}) as Labels;
    const only = this.containers.length === 1 ? this.containers[0].name : undefined;
    const { backoffLimit, backoffLimitPerIndex, completions, managedBy, maxFailedIndexes, parallelism, podReplacementPolicy } = job;
    const known = k8s.toJson_JobSpec({
      activeDeadlineSeconds: job.activeDeadline?.toSeconds(),
      backoffLimit,
      backoffLimitPerIndex,
      completionMode: job.completionMode === JobCompletionMode.INDEXED ? job.completionMode : undefined,
      completions,
      maxFailedIndexes,
      parallelism,
      podFailurePolicy: job.podFailurePolicy?.length ? { rules: job.podFailurePolicy.map(rule => rule._render(only)) } : undefined,
      podReplacementPolicy,
      ttlSecondsAfterFinished: job.ttlAfterFinished?.toSeconds(),
      template: {
        metadata: { ...this.podMetadata.toJson(), labels },
        spec: {
          ...confined(this._toPodSpec()),
          ...placementFields(job),
          topologySpreadConstraints: job.spreadOverZones ?? true ? [spreadOver(ZONE, selector)] : undefined,
        },
      },
    });
    return { ...known, managedBy, successPolicy: job.successPolicy?.length ? { rules: job.successPolicy.map(rule => rule._render()) } : undefined };
  }
}
