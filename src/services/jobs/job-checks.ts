import { Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { JobCompletionMode, JobOptions } from './job-options';
import { INJECT, JobSidecarPlan, NATIVE } from './job-sidecar';
import { MeshError } from '../../diagnostics/mesh-error';
import { dnsLabel } from '../../values/names';
import { checkPods, containerNames } from '../pods/pod-parts';
import { workloadsAround } from '../workloads';

const MOST_FAILURE_RULES = 20;

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
  const stranger = rules.find(({ _container: name }) => name !== undefined && !names.includes(name));
  if (stranger) {
    throw new MeshError('IM1706', at, { problem: 'a rule names a container that is not there', got: stranger._container, allowed: names.join(', '), next: 'correct the name' });
  }
}

/** A proxy that has quit is not started again, and the pod has no network without it. */
function checkQuit(at: Construct, options: JobOptions, plan: JobSidecarPlan, restartPolicy: RestartPolicy): void {
  if (!plan.quits) {
    return;
  }
  if (options.activeDeadline === undefined) {
    throw new MeshError('IM1703', at, { problem: 'nobody quits the proxy of a container that was killed: the job has to end by itself', next: 'name its `activeDeadline`' });
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

/** What says whether pods get a sidecar, and which, is for `sidecar` to say. */
export function checkSteering(at: Construct, { podLabels = {}, podAnnotations = {} }: Pick<JobOptions, 'podLabels' | 'podAnnotations'>): void {
  const key = [INJECT, NATIVE].find(each => each in podLabels || each in podAnnotations);
  if (key) {
    throw new MeshError('IM1705', at, { problem: `${key} is for \`sidecar\` to say`, got: podLabels[key] ?? podAnnotations[key], next: 'drop it, and use JobSidecar' });
  }
}

/** Refuses a job whose pods a service would take for its own, since they have its label `app`. */
export function checkNobodySelects(at: Construct, name: string, namespace: string): void {
  const service = workloadsAround(at).find(workload => workload.services.length > 0 && workload.namespace === namespace && workload.name === name);
  if (service) {
    throw new MeshError('IM1709', at, { problem: `service ${service.services[0].node.path} would send requests to the job's pods`, got: name });
  }
}

/** Whole seconds, if the duration is some. */
export function seconds(at: Construct, what: string, duration: Duration | undefined, least: number): void {
  const millis = duration?.toMilliseconds({ integral: false });
  if (millis !== undefined && (millis % 1000 !== 0 || millis < least * 1000)) {
    throw new MeshError('IM1707', at, { problem: `${what} is no such time`, got: `${millis / 1000}s`, allowed: `whole seconds, at least ${least}`, next: 'change it' });
  }
}

/** Refuses what is no count. */
export function count(at: Construct, what: string, given: number | undefined, least: number, next = 'change it'): void {
  if (given !== undefined && (!Number.isInteger(given) || given < least || given > 2 ** 31 - 1)) {
    throw new MeshError('IM1707', at, { problem: `${what} is no such count`, got: given, allowed: `a whole number, at least ${least}`, next });
  }
}
