import { RestartPolicy, ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkJob, checkNobodySelects, checkSteering } from './job-checks';
import { checkCompanions, companionAnnotations } from './job-hooks';
import { JobOptions } from './job-options';
import { JobSidecar, JobSidecarPlan } from './job-sidecar';
import { CronSetting, JobWorkload } from './job-workload';
import { quitting } from './quit-command';
import { MeshError } from '../../diagnostics/mesh-error';
import { wrapErrors, collectErrors } from '../../kernel/collect-errors';
import { namespaceOf } from '../../kernel/namespace-scope';
import { podsName } from '../../kernel/naming';
import { uniqueId } from '../../kernel/unique-id';
import { Labels } from '../../values/labels';
import { ICallee } from '../calls/callee';
import { declareCaller } from '../calls/callers';
import { CallOptions, declareCalls } from '../calls/calls';
import { checkAnswered } from '../calls/plain-text';
import { Caller, Call, callsOf } from '../calls/recorded-calls';
import { refusesPlainText } from '../peer-authentication';
import { PodFacts } from '../pods/pod-metadata-builder';
import { tellMetrics } from '../pods/pod-metrics';
import { checkProbes, probed } from '../pods/probes';
import { checkReferences, objectsNeeded } from '../pods/references';
import { restricted } from '../pods/restricted';
import { declareWorkload } from '../workloads/workloads';

/** What makes a job run when. */
export interface JobTrigger {
  readonly suspend?: boolean;
  readonly cron?: CronSetting;
  /** How many characters Kubernetes leaves for the name. */
  readonly longestName: number;
}

/**
 * What jobs have in common, run once or by a schedule.
 *
 * @internal
 */
export abstract class MeshJobBase extends Construct {
  /** The name of the Job or CronJob. */
  public readonly jobName: string;
  /** The namespace of its pods. */
  public readonly namespace: string;
  /** The labels by which its pods are known. */
  public readonly podLabels: { [key: string]: string };

  private readonly plan: JobSidecarPlan;
  private readonly pods: PodFacts;
  private readonly account: string;
  private readonly companions: Labels;

  constructor(scope: Construct, id: string, options: JobOptions, trigger: (at: Construct) => JobTrigger) {
    super(scope, uniqueId(scope, id));
    const { longestName, ...when } = trigger(this);
    this.jobName = options.name ?? id;
    this.namespace = namespaceOf(this);
    this.podLabels = { app: this.jobName };
    this.plan = JobSidecar._plan(options.sidecar, this);
    checkJob(this, { name: this.jobName, longest: longestName }, options, this.plan);

    const { client } = this.plan;
    const metadata = { name: this.jobName, namespace: this.namespace, labels: this.podLabels };
    this.companions = when.cron ? {} : companionAnnotations(options.jobAnnotations);
    const account = { ...metadata, name: podsName(this.jobName) };
    const hooked = Object.keys(this.companions).length > 0 ? { ...account, annotations: this.companions } : account;
    const serviceAccount = options.serviceAccount ?? new ServiceAccount(this, 'ServiceAccount', { metadata: hooked });
    this.account = serviceAccount.name;
    const workload = wrapErrors(this, () => new JobWorkload(this, 'Job', {
      ...options,
      ...when,
      job: options,
      metadata,
      selector: this.podLabels,
      serviceAccount,
      restartPolicy: options.restartPolicy ?? RestartPolicy.NEVER,
      containers: probed(this, client ? options.containers.map(container => quitting(container, client)) : options.containers).map(restricted),
      initContainers: options.initContainers && probed(this, options.initContainers).map(restricted),
      podMetadata: { labels: { ...options.podLabels, ...this.podLabels }, annotations: options.podAnnotations },
    }));
    this.node.defaultChild = workload;
    checkProbes(this, workload);
    checkReferences(this, workload);
    const hooks = when.cron ? {} : options.jobAnnotations;
    this.node.addValidation({ validate: () => collectErrors(this, () => checkCompanions(this, objectsNeeded(this, workload), hooks)) });
    this.pods = new PodFacts(this, `the pods of ${this.jobName}`, workload.podMetadata, false);
    const { labels = {}, annotations = {}, isWritten, chosen } = this.plan;
    Object.entries(labels).forEach(([key, value]) => this.pods.addLabel(key, value, this, isWritten));
    Object.entries(annotations).forEach(([key, value]) => this.pods.addAnnotation(key, value, this, chosen ? undefined : isWritten));
    if (options.metrics) {
      tellMetrics(this.pods, options.metrics, () => this.plan.proxied, [], this);
    }
    const made = [this.pods];
    declareCaller(this, () => ({
      namespace: this.namespace, hasSidecar: this.plan.proxied, labels: this.podLabels, made, accounts: () => [this.account],
    }));
    if (this.plan.proxied) {
      this.declare();
    }
    options.calls?.forEach(callee => this.calls(callee));
    this.node.addValidation({ validate: () => collectErrors(this, () => this.check()) });
  }

  /**
   * Declares that the job calls something. Nothing changes by that alone: it is what least privilege is made from.
   *
   * @param callee the service, the version of one, or the outside host that is called
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this._caller(), callee, options, this).forEach(edge => this.checkHeard(edge));
  }

  /** Adds a label to the pods. One that they have already must have the same value. */
  public addPodLabel(key: string, value: string): void {
    checkSteering(this, { podLabels: { [key]: value } });
    this.pods.addLabel(key, value, this);
  }

  /** Adds an annotation to the pods. One that they have already must have the same value. */
  public addPodAnnotation(key: string, value: string): void {
    checkSteering(this, { podAnnotations: { [key]: value } });
    this.pods.addAnnotation(key, value, this);
  }

  /** @internal */
  public _caller(): Caller {
    return {
      key: this.node.path,
      name: this.jobName,
      construct: this,
      facts: () => {
        if (!this.plan.proxied) {
          throw new MeshError('IM1803', this, { problem: `the pods of ${this.jobName} have no sidecar, and with it no identity`, next: 'give the job a sidecar: JobSidecar.native() or JobSidecar.quit()' });
        }
        return { namespace: this.namespace, accounts: [this.account], podLabels: this.podLabels };
      },
    };
  }

  private declare(): void {
    declareWorkload({
      services: [],
      caller: this,
      scope: new Construct(this, 'Security'),
      annotations: this.companions,
      name: this.jobName,
      namespace: this.namespace,
      labels: this.podLabels,
      versions: [{ labels: this.podLabels, account: this.account }],
      ports: [],
      peerPorts: [],
    });
  }

  /** What is only known when all have spoken: who selects the pods, and what the whole mesh gives and insists on. */
  private check(): void {
    JobSidecar._keep(this.plan, this);
    checkNobodySelects(this, this.jobName, this.namespace);
    callsOf(this, [this]).filter(({ caller }) => caller.construct === this).forEach(edge => {
      this.checkHeard(edge);
      if (!this.plan.proxied && edge.callee.pods) {
        checkAnswered(edge, this);
      }
    });
  }

  private checkHeard({ callee, port }: Call): void {
    if (this.plan.proxied || this.plan.despiteMutualTls || !callee.pods || !refusesPlainText(callee.construct, port)) {
      return;
    }
    throw new MeshError('IM1702', this, {
      problem: `${callee.name} takes mutual TLS alone on port ${port.port}, and the job has no sidecar to speak it`,
      next: 'give it one, JobSidecar.native() or JobSidecar.quit(), or say why the call gets through: JobSidecar.none({ despiteMutualTls: \'…\' })',
    });
  }
}
