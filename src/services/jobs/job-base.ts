import { Construct } from 'constructs';
import { checkJob, checkNobodySelects, checkSteering } from './job-checks';
import { JobOptions } from './job-options';
import { JobStart, makeJobPods } from './job-pods';
import { JobSidecar, JobSidecarPlan } from './job-sidecar';
import { MeshError } from '../../diagnostics/mesh-error';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { uniqueId } from '../../kernel/unique-id';
import { ICallee } from '../calls/callee';
import { Caller } from '../calls/caller';
import { CallOptions, declareCalls } from '../calls/calls';
import { Call } from '../calls/recorded-calls';
import { PodMetadataBuilder } from '../pods/pod-metadata-builder';
import { registerWorkload } from '../registered-workload';
import { refusesPlainText } from '../workloads/mutual-tls-modes';
import { Workload } from '../workloads/workload';

/** The schedule of a job, and the limit for its name. */
export interface JobTrigger extends JobStart {
  /** The maximum length of the name. */
  readonly longestName: number;
}

/**
 * A job that runs once or by a schedule.
 *
 * @internal
 */
export abstract class MeshJobBase extends Construct {
  /** The name of the Job or CronJob. */
  public readonly jobName: string;
  /** The namespace of its pods. */
  public readonly namespace: string;
  /** The labels that select its pods. */
  public readonly podLabels: { [key: string]: string };

  private readonly plan: JobSidecarPlan;
  private readonly pods: PodMetadataBuilder;
  private readonly workload: Workload;

  constructor(scope: Construct, id: string, options: JobOptions, trigger: (at: Construct) => JobTrigger) {
    super(scope, uniqueId(scope, id));
    const { longestName, ...when } = trigger(this);
    this.jobName = options.name ?? id;
    this.namespace = namespaceOf(this);
    this.podLabels = { app: this.jobName };
    this.plan = JobSidecar._plan(options.sidecar, this);
    checkJob(this, { name: this.jobName, longest: longestName }, options, this.plan);

    const setting = { name: this.jobName, namespace: this.namespace, labels: this.podLabels, plan: this.plan, when };
    const { pods, account, companions, workload } = makeJobPods(this, setting, options);
    this.pods = pods;
    this.node.defaultChild = workload;
    this.workload = registerWorkload({
      name: this.jobName,
      namespace: this.namespace,
      caller: this,
      labels: this.podLabels,
      versions: [{ labels: this.podLabels, account, pods }],
      sidecar: () => this.plan.proxied,
      noIdentity: () => (this.plan.proxied ? undefined : {
        problem: `the pods of ${this.jobName} have no sidecar, so they have no identity`, next: 'give the job a sidecar: JobSidecar.native() or JobSidecar.quit()',
      }),
      // Policies apply only to pods with a sidecar.
      scope: this.plan.proxied ? new Construct(this, 'Security') : undefined,
      annotations: companions,
    }, call => this.checkAccepted(call));
    options.calls?.forEach(callee => this.calls(callee));
    refuseAtSynthesis(this, () => this.check());
  }

  /**
   * Declares a call of the job. The declaration alone changes nothing: `LeastPrivilege` and egress routes use it.
   *
   * @param callee a service, a version of a service, or a host outside of the mesh
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this._caller(), callee, options, this).forEach(call => this.checkAccepted(call));
  }

  /** Adds a label to the pods. An existing label must have the same value. */
  public addPodLabel(key: string, value: string): void {
    checkSteering(this, { podLabels: { [key]: value } });
    this.pods.addLabel(key, value, this);
  }

  /** Adds an annotation to the pods. An existing annotation must have the same value. */
  public addPodAnnotation(key: string, value: string): void {
    checkSteering(this, { podAnnotations: { [key]: value } });
    this.pods.addAnnotation(key, value, this);
  }

  /** @internal */
  public _caller(): Caller {
    return new Caller({ key: this.node.path, name: this.jobName, construct: this, workload: () => this.workload });
  }

  /** Checks that depend on settings of the mesh, and on services that select the pods, run at synthesis. */
  private check(): void {
    JobSidecar._keep(this.plan, this);
    checkNobodySelects(this, this.jobName, this.namespace);
  }

  /** Refuses a call of a port that accepts only mutual TLS, if the job has no sidecar and gives no reason. */
  private checkAccepted({ callee, port }: Call): void {
    if (this.plan.proxied || this.plan.despiteMutualTls || !callee.pods || !refusesPlainText(callee.construct, port)) {
      return;
    }
    throw new MeshError('IM1702', this, {
      problem: `${callee.name} accepts only mutual TLS on port ${port.port}, but the job has no sidecar`,
      next: 'use JobSidecar.native() or JobSidecar.quit(), or give the reason why the call succeeds: JobSidecar.none({ despiteMutualTls: \'…\' })',
    });
  }
}
