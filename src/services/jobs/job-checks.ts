import { Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkIndexes, checkReleases } from './job-index-checks';
import { JobCompletionMode, JobOptions, PodReplacementPolicy } from './job-options';
import { INJECT, JobSidecarPlan, NATIVE } from './job-sidecar';
import { MeshError } from '../../diagnostics/mesh-error';
import { annotation, labels } from '../../values/labels';
import { dnsLabel, isDnsName } from '../../values/names';
import { containerNames } from '../pods/container-checks';
import { checkPods } from '../pods/pod-parts';
import { workloadsNamed } from '../workloads/workloads';

const MOST_FAILURE_RULES = 20;

/** The labels and the annotation that the controller sets. */
const CONTROLLERS = [
  'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name',
];

/** A DNS name, which is checked separately, and a path. */
const MANAGER = /^[^/]+\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** The name of a job, and its limit. */
export interface JobName {
  readonly name: string;
  /** The maximum length of the name. */
  readonly longest: number;
}

/** Refuses options that Kubernetes rejects, and options that have no effect. */
export function checkJob(at: Construct, { name, longest }: JobName, options: JobOptions, plan: JobSidecarPlan): void {
  checkPods(at, options, 'the job');
  checkSteering(at, options);
  dnsLabel(name, at, 'the name of the job');
  const { completions = 1, completionMode, restartPolicy = RestartPolicy.NEVER, podFailurePolicy = [] } = options;
  const indexed = completionMode === JobCompletionMode.INDEXED;
  // Kubernetes derives a pod's host name from the job's name and the index.
  const most = indexed ? Math.min(longest, longest - 1 - String(completions - 1).length) : longest;
  if (name.length > most) {
    throw new MeshError('IM1708', at, { problem: `the name of the job has ${name.length} characters`, got: name, allowed: `at most ${most}` });
  }
  count(at, 'backoffLimit', options.backoffLimit, 0);
  count(at, 'parallelism', options.parallelism, 1, 'use `suspend` for a job that waits');
  count(at, 'completions', options.completions, 1);
  count(at, 'backoffLimitPerIndex', options.backoffLimitPerIndex, 0);
  count(at, 'maxFailedIndexes', options.maxFailedIndexes, 0);
  seconds(at, 'activeDeadline', options.activeDeadline, 1);
  seconds(at, 'ttlAfterFinished', options.ttlAfterFinished, 0);
  if (indexed && options.completions === undefined) {
    throw new MeshError('IM1707', at, { problem: 'an indexed job needs the number of completions', got: completionMode, next: 'set `completions`' });
  }
  if (restartPolicy === RestartPolicy.ALWAYS) {
    throw new MeshError('IM1707', at, {
      problem: 'containers that always restart never complete', got: restartPolicy, allowed: 'RestartPolicy.NEVER, RestartPolicy.ON_FAILURE', next: 'leave `restartPolicy` out',
    });
  }
  checkFailureRules(at, options, podFailurePolicy, restartPolicy);
  checkReleases(at, options);
  checkIndexes(at, options);
  checkManager(at, options);
  checkOwnMetadata(at, options);
  checkQuit(at, options, plan, restartPolicy);
}

function checkFailureRules(at: Construct, options: JobOptions, rules: NonNullable<JobOptions['podFailurePolicy']>, restartPolicy: RestartPolicy): void {
  if (rules.length > MOST_FAILURE_RULES) {
    throw new MeshError('IM1706', at, { problem: 'there are too many rules', got: rules.length, allowed: `at most ${MOST_FAILURE_RULES}`, next: 'merge rules with the same action' });
  }
  if (rules.length > 0 && restartPolicy !== RestartPolicy.NEVER) {
    throw new MeshError('IM1706', at, {
      problem: 'rules apply to failed pods, but containers that restart do not fail their pod', got: restartPolicy, allowed: 'RestartPolicy.NEVER', next: 'leave `restartPolicy` out',
    });
  }
  const names = containerNames(options);
  const unknown = rules.find(({ _container: name }) => name !== undefined && !names.includes(name));
  if (unknown) {
    throw new MeshError('IM1706', at, { problem: 'a rule names an unknown container', got: unknown._container, allowed: names.join(', '), next: 'correct the name' });
  }
}

function checkManager(at: Construct, { managedBy, podReplacementPolicy, podFailurePolicy = [] }: JobOptions): void {
  if (managedBy !== undefined && (managedBy.length > 63 || !MANAGER.test(managedBy) || !isDnsName(managedBy.split('/')[0]))) {
    throw new MeshError('IM1707', at, { problem: '`managedBy` is not the name of a controller', got: managedBy, allowed: 'a DNS name, a slash and a path, at most 63 characters: kueue.x-k8s.io/multikueue' });
  }
  if (podReplacementPolicy === PodReplacementPolicy.TERMINATING_OR_FAILED && podFailurePolicy.length > 0) {
    throw new MeshError('IM1707', at, {
      problem: 'failure rules apply to failed pods, but a terminating pod is replaced before it has failed', got: podReplacementPolicy, allowed: 'PodReplacementPolicy.FAILED', next: 'leave `podReplacementPolicy` out',
    });
  }
}

/** Metadata of the Jobs themselves. */
function checkOwnMetadata(at: Construct, { jobLabels = {}, jobAnnotations = {} }: JobOptions): void {
  labels(jobLabels, at);
  if ('app' in jobLabels) {
    throw new MeshError('IM1110', at, { problem: 'the library sets the label app of the job', got: jobLabels.app, next: 'drop it' });
  }
  Object.entries(jobAnnotations).forEach(([key, value]) => annotation(key, value, at));
}

/** A proxy that has quit does not restart, and the pod has no network without it. */
function checkQuit(at: Construct, options: JobOptions, plan: JobSidecarPlan, restartPolicy: RestartPolicy): void {
  if (!plan.quits) {
    return;
  }
  if (options.activeDeadline === undefined) {
    throw new MeshError('IM1703', at, { problem: 'the proxy does not quit if its container is killed, so the job needs a deadline', next: 'set `activeDeadline`' });
  }
  if (restartPolicy !== RestartPolicy.NEVER) {
    throw new MeshError('IM1703', at, {
      problem: 'a restarted container has no proxy and no network', got: restartPolicy, allowed: 'RestartPolicy.NEVER', next: 'leave `restartPolicy` out: the job then creates a new pod',
    });
  }
  if (plan.client && options.containers.length > 1) {
    throw new MeshError('IM1703', at, {
      problem: 'the proxy quits when the first container completes, but the job has several',
      got: containerNames({ containers: options.containers }),
      next: 'use JobSidecar.native(), or let the application quit the proxy: JobSidecar.quitByApplication()',
    });
  }
  if (plan.client && !options.containers[0].command?.length) {
    throw new MeshError('IM1703', at, { problem: 'the container has no command, and the library does not know that of its image', next: 'set `command` to that of the image' });
  }
}

/** `sidecar` sets the labels and annotations of injection. Kubernetes sets those that identify the job. */
export function checkSteering(at: Construct, { podLabels = {}, podAnnotations = {} }: Pick<JobOptions, 'podLabels' | 'podAnnotations'>): void {
  const key = [INJECT, NATIVE].find(each => each in podLabels || each in podAnnotations);
  if (key) {
    throw new MeshError('IM1705', at, { problem: `\`sidecar\` sets ${key}`, got: podLabels[key] ?? podAnnotations[key], next: 'remove it, and use JobSidecar' });
  }
  const own = CONTROLLERS.find(each => each in podLabels || each in podAnnotations);
  if (own) {
    throw new MeshError('IM1707', at, { problem: `Kubernetes sets ${own}`, got: podLabels[own] ?? podAnnotations[own], next: 'drop it' });
  }
}

/** Refuses a job whose label `app` other workloads have: a service would select its pods, and policies would apply to both. */
export function checkNobodySelects(at: Construct, name: string, namespace: string): void {
  const other = workloadsNamed(at, namespace, name).find(workload => !workload.constructs.includes(at));
  if (other) {
    const [service] = other.services;
    const problem = service ? `service ${service.node.path} would send requests to the job's pods` : `the pods of job ${other.constructs[0].node.path} have the same labels`;
    throw new MeshError('IM1709', at, { problem, got: name });
  }
}

/** The duration in whole seconds, if it is set. */
export function seconds(at: Construct, what: string, duration: Duration | undefined, least: number): void {
  const millis = duration?.toMilliseconds({ integral: false });
  if (millis !== undefined && (millis % 1000 !== 0 || millis < least * 1000)) {
    throw new MeshError('IM1707', at, { problem: `${what} is not a valid time`, found: `${millis / 1000}s`, allowed: `whole seconds, at least ${least}`, next: 'change it' });
  }
}

/** Refuses an invalid count. */
export function count(at: Construct, what: string, given: number | undefined, least: number, next = 'change it'): void {
  if (given !== undefined && (!Number.isInteger(given) || given < least || given > 2 ** 31 - 1)) {
    throw new MeshError('IM1707', at, { problem: `${what} is not a valid count`, got: given, allowed: `a whole number, at least ${least}`, next });
  }
}
