import { RestartPolicy, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkCompanions, companionAnnotations } from './job-hooks';
import { JobOptions } from './job-options';
import { JobSidecarPlan } from './job-sidecar';
import { CronSetting, JobWorkload } from './job-workload';
import { quitting } from './quit-command';
import { refuseAtSynthesis, wrapErrors } from '../../kernel/collect-errors';
import { podsName } from '../../kernel/naming';
import { Labels } from '../../values/labels';
import { PodMetadataBuilder } from '../pods/pod-metadata-builder';
import { tellMetrics } from '../pods/pod-metrics';
import { checkProbes, probed } from '../pods/probes';
import { checkReferences, objectsNeeded } from '../pods/references';
import { restricted } from '../pods/restricted';

/** When a job runs. */
export interface JobStart {
  /** Whether a job without a schedule waits. */
  readonly suspend?: boolean;
  /** The schedule; undefined if the job runs once. */
  readonly cron?: CronSetting;
}

/** The settings of a job's pods. */
export interface JobPodsSetting {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly plan: JobSidecarPlan;
  readonly when: JobStart;
}

/** The pods of a job. */
export interface JobPods {
  readonly workload: JobWorkload;
  readonly pods: PodMetadataBuilder;
  /** The name of their ServiceAccount. */
  readonly account: string;
  /** The annotations of objects that must exist before the job. */
  readonly companions: Labels;
}

/** Creates the Job or CronJob with its identity, and adds the checks of its pods. */
export function makeJobPods(at: Construct, { name, namespace, labels, plan, when }: JobPodsSetting, options: JobOptions): JobPods {
  const { client } = plan;
  const metadata = { name, namespace, labels };
  const hooks = when.cron ? {} : options.jobAnnotations;
  const companions = when.cron ? {} : companionAnnotations(options.jobAnnotations);
  const account = { ...metadata, name: podsName(name) };
  const hooked = Object.keys(companions).length > 0 ? { ...account, annotations: companions } : account;
  const serviceAccount = options.serviceAccount ?? new ServiceAccount(at, 'ServiceAccount', { metadata: hooked });
  const workload = wrapErrors(at, () => new JobWorkload(at, 'Job', {
    ...options,
    ...when,
    job: options,
    metadata,
    selector: labels,
    serviceAccount,
    restartPolicy: options.restartPolicy ?? RestartPolicy.NEVER,
    containers: probed(at, client ? options.containers.map(container => quitting(container, client)) : options.containers).map(restricted),
    initContainers: options.initContainers && probed(at, options.initContainers).map(restricted),
    podMetadata: { labels: { ...options.podLabels, ...labels }, annotations: options.podAnnotations },
  }));
  checkProbes(at, workload);
  checkReferences(at, workload);
  refuseAtSynthesis(at, () => checkCompanions(at, objectsNeeded(at, workload), hooks));
  const pods = new PodMetadataBuilder(at, `the pods of ${name}`, workload.podMetadata, false);
  addPlanned(pods, plan, at);
  if (options.metrics) {
    tellMetrics(pods, options.metrics, () => plan.proxied, [], at);
  }
  return { workload, pods, account: serviceAccount.name, companions };
}

/** The labels and annotations that request the planned sidecar. */
function addPlanned(pods: PodMetadataBuilder, { labels = {}, annotations = {}, isWritten, chosen }: JobSidecarPlan, at: Construct): void {
  Object.entries(labels).forEach(([key, value]) => pods.addLabel(key, value, at, isWritten));
  Object.entries(annotations).forEach(([key, value]) => pods.addAnnotation(key, value, at, chosen ? undefined : isWritten));
}
