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
import { workloadsAround } from '../workloads/workloads';

const MOST_FAILURE_RULES = 20;

/** By these labels, and an annotation, the controller knows its pods. */
const CONTROLLERS = [
  'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name',
];

/** A DNS name, which is looked at by itself, and a path. */
const MANAGER = /^[^/]+\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** What a job is called, and how long such names can be. */
export interface JobName {
  readonly name: string;
  /** The characters that Kubernetes leaves for the name. */
  readonly longest: number;
}

/** Refuses options from which Kubernetes would make no job, or one that cannot do what it says. */
export function checkJob(at: Construct, { name, longest }: JobName, options: JobOptions, plan: JobSidecarPlan): void {
  checkPods(at, options, 'the job');
  checkSteering(at, options);
  dnsLabel(name, at, 'the name of the job');
  const { completions = 1, completionMode, restartPolicy = RestartPolicy.NEVER, podFailurePolicy = [] } = options;
  const indexed = completionMode === JobCompletionMode.INDEXED;
  // The name of a pod's host: Kubernetes makes it of the job's and the greatest index.
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
    throw new MeshError('IM1707', at, { problem: 'an indexed job has an index for each completion, and their number is not said', got: completionMode, next: 'name `completions`' });
  }
  if (restartPolicy === RestartPolicy.ALWAYS) {
    throw new MeshError('IM1707', at, {
      problem: 'containers that are always started again never end', got: restartPolicy, allowed: 'RestartPolicy.NEVER, RestartPolicy.ON_FAILURE', next: 'leave `restartPolicy` out',
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
    throw new MeshError('IM1706', at, { problem: 'there are too many rules', got: rules.length, allowed: `at most ${MOST_FAILURE_RULES}`, next: 'join rules of one action' });
  }
  if (rules.length > 0 && restartPolicy !== RestartPolicy.NEVER) {
    throw new MeshError('IM1706', at, {
      problem: 'rules are asked when a pod has failed, and containers that are started again let none fail', got: restartPolicy, allowed: 'RestartPolicy.NEVER', next: 'leave `restartPolicy` out',
    });
  }
  const names = containerNames(options);
  const unknown = rules.find(({ _container: name }) => name !== undefined && !names.includes(name));
  if (unknown) {
    throw new MeshError('IM1706', at, { problem: 'a rule names a container that is not there', got: unknown._container, allowed: names.join(', '), next: 'correct the name' });
  }
}

function checkManager(at: Construct, { managedBy, podReplacementPolicy, podFailurePolicy = [] }: JobOptions): void {
  if (managedBy !== undefined && (managedBy.length > 63 || !MANAGER.test(managedBy) || !isDnsName(managedBy.split('/')[0]))) {
    throw new MeshError('IM1707', at, { problem: 'managedBy names no controller', got: managedBy, allowed: 'a DNS name, a slash and a path, at most 63 characters: kueue.x-k8s.io/multikueue' });
  }
  if (podReplacementPolicy === PodReplacementPolicy.TERMINATING_OR_FAILED && podFailurePolicy.length > 0) {
    throw new MeshError('IM1707', at, {
      problem: 'rules for failures are asked when a pod has failed, and it would be replaced before', got: podReplacementPolicy, allowed: 'PodReplacementPolicy.FAILED', next: 'leave `podReplacementPolicy` out',
    });
  }
}

/** Metadata of the Jobs themselves. */
function checkOwnMetadata(at: Construct, { jobLabels = {}, jobAnnotations = {} }: JobOptions): void {
  labels(jobLabels, at);
  if ('app' in jobLabels) {
    throw new MeshError('IM1110', at, { problem: 'the label app of the job is the library\'s', got: jobLabels.app, next: 'drop it' });
  }
  Object.entries(jobAnnotations).forEach(([key, value]) => annotation(key, value, at));
}

/** A proxy that has quit is not started again, and the pod has no network without it. */
function checkQuit(at: Construct, options: JobOptions, plan: JobSidecarPlan, restartPolicy: RestartPolicy): void {
  if (!plan.quits) {
    return;
  }
  if (options.activeDeadline === undefined) {
    throw new MeshError('IM1703', at, { problem: 'the proxy does not quit if its container is killed, so the job needs a deadline', next: 'name its `activeDeadline`' });
  }
  if (restartPolicy !== RestartPolicy.NEVER) {
    throw new MeshError('IM1703', at, {
      problem: 'a container that is started again finds no proxy, and no network', got: restartPolicy, allowed: 'RestartPolicy.NEVER', next: 'leave `restartPolicy` out: a new pod is made',
    });
  }
  if (plan.client && options.containers.length > 1) {
    throw new MeshError('IM1703', at, {
      problem: 'the proxy would quit with the first container that ends, and there are several',
      got: containerNames({ containers: options.containers }),
      next: 'use JobSidecar.native(), or let the application quit the proxy: JobSidecar.quitByApplication()',
    });
  }
  if (plan.client && !options.containers[0].command?.length) {
    throw new MeshError('IM1703', at, { problem: 'the container names no command: what its image runs is not known here', next: 'name its `command`, that of the image' });
  }
}

/** What says whether pods get a sidecar, and which, is for `sidecar` to say; which job they are of, for Kubernetes. */
export function checkSteering(at: Construct, { podLabels = {}, podAnnotations = {} }: Pick<JobOptions, 'podLabels' | 'podAnnotations'>): void {
  const key = [INJECT, NATIVE].find(each => each in podLabels || each in podAnnotations);
  if (key) {
    throw new MeshError('IM1705', at, { problem: `${key} is for \`sidecar\` to say`, got: podLabels[key] ?? podAnnotations[key], next: 'drop it, and use JobSidecar' });
  }
  const own = CONTROLLERS.find(each => each in podLabels || each in podAnnotations);
  if (own) {
    throw new MeshError('IM1707', at, { problem: `${own} is for Kubernetes to say`, got: podLabels[own] ?? podAnnotations[own], next: 'drop it' });
  }
}

/** Refuses a job whose label `app` others have: a service would take its pods for its own, policies would be for both. */
export function checkNobodySelects(at: Construct, name: string, namespace: string): void {
  const other = workloadsAround(at).find(workload => !workload.constructs.includes(at) && workload.namespace === namespace && workload.name === name);
  if (other) {
    const [service] = other.services;
    const problem = service ? `service ${service.node.path} would send requests to the job's pods` : `the pods of job ${other.constructs[0].node.path} have the same labels`;
    throw new MeshError('IM1709', at, { problem, got: name });
  }
}

/** Whole seconds, if the duration is some. */
export function seconds(at: Construct, what: string, duration: Duration | undefined, least: number): void {
  const millis = duration?.toMilliseconds({ integral: false });
  if (millis !== undefined && (millis % 1000 !== 0 || millis < least * 1000)) {
    throw new MeshError('IM1707', at, { problem: `${what} is no such time`, found: `${millis / 1000}s`, allowed: `whole seconds, at least ${least}`, next: 'change it' });
  }
}

/** Refuses what is no count. */
export function count(at: Construct, what: string, given: number | undefined, least: number, next = 'change it'): void {
  if (given !== undefined && (!Number.isInteger(given) || given < least || given > 2 ** 31 - 1)) {
    throw new MeshError('IM1707', at, { problem: `${what} is no such count`, got: given, allowed: `a whole number, at least ${least}`, next });
  }
}
