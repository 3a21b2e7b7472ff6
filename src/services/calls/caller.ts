import { IConstruct } from 'constructs';
import { Labels } from '../../values/labels';
import { MadePods, Workload, WorkloadCaller, WorkloadIdentity } from '../workloads/workload';

/** What identifies a caller. */
export interface CallerAttributes {
  /** The unique key. */
  readonly key: string;
  /** The name in messages. */
  readonly name: string;
  /** The calling construct, if there is one. */
  readonly construct?: IConstruct;
  /** The calling version of the service. Undefined for all versions. */
  readonly version?: string;
  /** The workload that it calls from. Complete at synthesis. */
  readonly workload: () => Workload;
  /** Whether it is a gateway, whose calls are those of its routes. */
  readonly isGateway?: boolean;
}

/** A caller: a workload, or one version of it, by the name of a service, job, gateway or identity. */
export class Caller {
  public readonly key: string;
  public readonly name: string;
  public readonly construct?: IConstruct;
  public readonly version?: string;
  public readonly isGateway: boolean;

  public constructor(private readonly attributes: CallerAttributes) {
    const { key, name, construct, version, isGateway = false } = attributes;
    this.key = key;
    this.name = name;
    this.construct = construct;
    this.version = version;
    this.isGateway = isGateway;
  }

  /** The workload that it calls from. The pods of a gateway may be unknown (IM1803). */
  public get workload(): Workload {
    return this.attributes.workload();
  }

  /** The namespace of its pods. */
  public get namespace(): string {
    return this.workload.namespace;
  }

  /** Whether a sidecar handles its calls. A gateway is a proxy itself. Complete at synthesis. */
  public hasSidecar(at: IConstruct): boolean {
    return this.isGateway || this.workload.hasSidecar(at);
  }

  /** The labels that all its pods have. Undefined if they are unknown. */
  public get podLabels(): Labels | undefined {
    const labels = this.workload.podLabels(this.version);
    return labels && Object.keys(labels).length > 0 ? labels : undefined;
  }

  /** Its pods, if constructs can add to them. */
  public get madePods(): MadePods[] | undefined {
    return this.isGateway ? undefined : this.workload.madePods(this.version);
  }

  /** The ServiceAccounts of its pods, sorted; `*` for all of the namespace. An unknown one is refused (IM1803). Complete at synthesis. */
  public accounts(): readonly string[] {
    return this.workload.accounts(this.asCaller) ?? ['*'];
  }

  /** The identity for policies. An unknown one is refused (IM1803). Complete at synthesis. */
  public identity(): WorkloadIdentity {
    return this.workload.identity(this.asCaller);
  }

  private get asCaller(): WorkloadCaller {
    return { name: this.name, at: this.construct ?? this.name, version: this.version };
  }
}
