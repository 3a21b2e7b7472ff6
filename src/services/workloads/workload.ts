import { Construct, IConstruct } from 'constructs';
import { hasSidecars } from './sidecars';
import { MeshError } from '../../diagnostics/mesh-error';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';

/** Pods, by the namespace and the labels that they have. */
export interface PodSelection {
  readonly namespace: string;
  readonly labels: Labels;
}

/** What constructs can add to pods that are made here. */
export interface MadePods {
  /** Their labels, so far. */
  readonly podLabels: Labels;
  /** Adds a label. */
  addLabel(key: string, value: string, source: IConstruct): void;
  /** Adds an annotation. */
  addAnnotation(key: string, value: string, source: IConstruct): void;
  /** Mounts a Secret into their sidecars. Returns the folder. */
  mountIntoSidecar(secret: string, source: IConstruct): string;
}

/** Who sends a request, as policies compare it. */
export interface WorkloadIdentity {
  readonly namespace: string;
  /** The ServiceAccounts that the pods run as; undefined for every identity of the namespace. */
  readonly accounts?: string[];
  /** The trust domain; undefined for that of the cluster. */
  readonly trustDomain?: string;
  /** The labels of the pods; none for every pod of the namespace, undefined if they are not known. */
  readonly podLabels?: Labels;
}

/** Pods of a workload that are alike: one version of a service. */
export interface WorkloadVersion {
  /** The name of the version; undefined if the workload has only one. */
  readonly name?: string;
  /** The labels that select its pods. */
  readonly labels: Labels;
  /** The ServiceAccount that its pods run as; undefined if it is not known. */
  readonly account?: string;
  /** The pods, if they are made here. */
  readonly pods?: MadePods;
}

/** A service whose pods are those of a workload. */
export interface AnsweredService extends IConstruct {
  readonly serviceName: string;
  readonly host: string;
  readonly ports: MeshPort[];
}

/** The listeners of pods of a gateway. */
export interface GatewayPorts {
  /** Whether the pods are an egress gateway, whose callers are those of its routes. */
  readonly egress: boolean;
  /** The ports that the pods listen on. Complete at synthesis. */
  listeners(): number[];
}

/** Why the identity of a workload is not known, and what to do about it. */
export interface MissingIdentity {
  readonly problem: string;
  readonly next: string;
}

/** What a form of service, job, gateway or caller supplies of its workload. */
export interface WorkloadAttributes {
  /** The name, which objects about the workload have. */
  readonly name: string;
  readonly namespace: string;
  /** The trust domain of its identities; undefined for that of the cluster. */
  readonly trustDomain?: string;
  /** The construct that calls from its pods, if it is none of the services: a job, a gateway. */
  readonly caller?: IConstruct;
  /** The services of its pods. The first one gives the workload its name. */
  readonly services?: AnsweredService[];
  /** The labels that all its pods have; undefined if they are not known, none if it is every pod of the namespace. */
  readonly labels?: Labels;
  /** The labels of the pods of one version. By default those of `versions`. */
  readonly labelsOf?: (version: string) => Labels;
  /** Its versions. Pods that are made here run as the account of their version. */
  readonly versions: WorkloadVersion[];
  /** The ports on which it is called. */
  readonly ports?: MeshPort[];
  /** The ports on which its pods call each other. Such calls need no declaration. */
  readonly peerPorts?: MeshPort[];
  /** The mode of mutual TLS that its service sets; undefined if it sets none. */
  readonly mutualTls?: MutualTls;
  /** Whether its pods have a sidecar. By default what the namespace gives. */
  readonly sidecar?: () => boolean;
  /** The problem if no version has an account, by the name of the caller. Undefined if that means every identity of the namespace. */
  readonly unknownAccount?: (caller: string) => MissingIdentity;
  /** The problem if its pods have accounts and no identity; undefined if they have one. */
  readonly noIdentity?: () => MissingIdentity | undefined;
  /** The scope for objects about the workload, created with it so that their order is fixed. Undefined if no policy can be about it. */
  readonly scope?: Construct;
  /** The annotations of all objects about the workload. */
  readonly annotations?: Labels;
  /** The listeners, if the pods are those of a gateway. */
  readonly gateway?: GatewayPorts;
}

/** Who calls from a workload. */
export interface WorkloadCaller {
  /** The name in messages. */
  readonly name: string;
  readonly at: IConstruct | string;
  /** The version that calls; undefined for all of them. */
  readonly version?: string;
}

/**
 * Pods of one name: what runs in the mesh, calls and is called. Services, jobs and gateways of every form have one, and so do callers that another
 * team deploys.
 */
export class Workload {
  public readonly name: string;
  public readonly namespace: string;
  public readonly trustDomain?: string;
  public readonly services: AnsweredService[];
  /** The constructs that stand for the workload, called or calling. */
  public readonly constructs: IConstruct[];
  /** The labels that select its pods; none if they are not known. */
  public readonly labels: Labels;
  public readonly versions: WorkloadVersion[];
  public readonly ports: MeshPort[];
  public readonly peerPorts: MeshPort[];
  public readonly mutualTls?: MutualTls;
  public readonly scope?: Construct;
  public readonly annotations?: Labels;
  public readonly gateway?: GatewayPorts;

  public constructor(private readonly attributes: WorkloadAttributes) {
    const { caller, services = [], labels = {} } = attributes;
    this.name = attributes.name;
    this.namespace = attributes.namespace;
    this.trustDomain = attributes.trustDomain;
    this.services = services;
    this.constructs = caller ? [caller, ...services] : services;
    this.labels = labels;
    this.versions = attributes.versions;
    this.ports = attributes.ports ?? [];
    this.peerPorts = attributes.peerPorts ?? [];
    this.mutualTls = attributes.mutualTls;
    this.scope = attributes.scope;
    this.annotations = attributes.annotations;
    this.gateway = attributes.gateway;
  }

  /** Whether a sidecar handles the connections of its pods. Complete at synthesis. */
  public hasSidecar(at: IConstruct): boolean {
    return this.attributes.sidecar?.() ?? hasSidecars(at, this.namespace);
  }

  /** The pods of the workload or of one version, if they are made here; several if each version has its own. */
  public madePods(version?: string): MadePods[] | undefined {
    const made = this.versionsOf(version).flatMap(({ pods }) => pods ?? []);
    return made.length > 0 ? made : undefined;
  }

  /** The labels that all pods of the workload or of one version have. */
  public podLabels(version?: string): Labels | undefined {
    const { labels, labelsOf } = this.attributes;
    return version === undefined || !labelsOf ? labels : labelsOf(version);
  }

  /** The ServiceAccounts of the pods of a caller, sorted; undefined for every one of the namespace. An unknown one is refused (IM1803). */
  public accounts({ name, at, version }: WorkloadCaller): string[] | undefined {
    const accounts = [...new Set(this.versionsOf(version).flatMap(({ account }) => account ?? []))].sort();
    const unknown = accounts.length === 0 ? this.attributes.unknownAccount?.(name) : undefined;
    // Pods of one version that share the account of all others have no identity of their own.
    const shared = version !== undefined && this.madePods() && !this.versions.some(each => each.name === version)
      ? { problem: `version ${version} of ${name} has no identity that is its own`, next: 'declare the calls of the service' }
      : undefined;
    return accounts.length > 0 && !shared ? accounts : refuseUnknown(at, shared ?? unknown);
  }

  /** What policies compare of the pods of a caller. An unknown identity is refused (IM1803). */
  public identity(caller: WorkloadCaller): WorkloadIdentity {
    refuseUnknown(caller.at, this.attributes.noIdentity?.());
    return { namespace: this.namespace, accounts: this.accounts(caller), trustDomain: this.trustDomain, podLabels: this.podLabels(caller.version) };
  }

  /** The versions that a name means: all without a name, and those that have none of their own. */
  private versionsOf(version?: string): WorkloadVersion[] {
    return this.versions.filter(({ name }) => version === undefined || name === undefined || name === version);
  }
}

/** A workload that is made here: policies can be about it. */
export type MadeWorkload = Workload & { readonly scope: Construct };

function refuseUnknown(at: IConstruct | string, missing: MissingIdentity | undefined): undefined {
  if (missing) {
    throw new MeshError('IM1803', at, missing);
  }
  return undefined;
}
