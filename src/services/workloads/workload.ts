import { Construct, IConstruct } from 'constructs';
import { hasSidecars } from './sidecars';
import { MeshError } from '../../diagnostics/mesh-error';
import { getOrAdd } from '../../values/get-or-add';
import { Labels } from '../../values/labels';
import { MeshPort } from '../../values/mesh-port';
import { MutualTls } from '../../values/mutual-tls';

/** Pods, by the namespace and the labels that they have. */
export interface PodSelection {
  readonly namespace: string;
  readonly labels: Labels;
}

/** Pods that the App creates, to which constructs can add metadata. */
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

/** The identity of a caller for policies. */
export interface WorkloadIdentity {
  readonly namespace: string;
  /** The ServiceAccounts of the pods. Undefined for every identity of the namespace. */
  readonly accounts?: readonly string[];
  /** The trust domain; undefined for that of the cluster. */
  readonly trustDomain?: string;
  /** The labels of the pods; empty for every pod of the namespace, undefined if they are unknown. */
  readonly podLabels?: Labels;
}

/** Pods of one version of a service. */
export interface WorkloadVersion {
  /** The name of the version; undefined if the workload has only one. */
  readonly name?: string;
  /** The labels that select its pods. */
  readonly labels: Labels;
  /** The ServiceAccount of its pods. Undefined if it is unknown. */
  readonly account?: string;
  /** The pods, if the App creates them. */
  readonly pods?: MadePods;
}

/** A service of a workload's pods. */
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

/** The reason why the identity of a workload is unknown, and the fix. */
export interface MissingIdentity {
  readonly problem: string;
  readonly next: string;
}

/** The workload attributes that each kind of service, job, gateway or caller supplies. */
export interface WorkloadAttributes {
  /** The name of the workload's objects. */
  readonly name: string;
  readonly namespace: string;
  /** The trust domain of its identities; undefined for that of the cluster. */
  readonly trustDomain?: string;
  /** The calling construct, if it is not a service: a job or a gateway. */
  readonly caller?: IConstruct;
  /** The services of its pods. The first one gives the workload its name. */
  readonly services?: AnsweredService[];
  /** The labels that all its pods have; undefined if they are unknown, empty for every pod of the namespace. */
  readonly labels?: Labels;
  /** The labels of the pods of one version. By default those of `versions`. */
  readonly labelsOf?: (version: string) => Labels;
  /** Its versions. Pods that the App creates run as the account of their version. */
  readonly versions: WorkloadVersion[];
  /** The ports for its callers. */
  readonly ports?: MeshPort[];
  /** The ports for calls between its pods. Such calls need no declaration. */
  readonly peerPorts?: MeshPort[];
  /** The mutual TLS mode that its service sets. Undefined if it sets none. */
  readonly mutualTls?: MutualTls;
  /** Whether its pods have a sidecar. By default the injection of the namespace. */
  readonly sidecar?: () => boolean;
  /** The problem if no version has an account, by the name of the caller. Undefined if that means every identity of the namespace. */
  readonly unknownAccount?: (caller: string) => MissingIdentity;
  /** The problem if its pods have accounts and no identity; undefined if they have one. */
  readonly noIdentity?: () => MissingIdentity | undefined;
  /** The scope for the workload's policies, created with it so that their order is fixed. Undefined if no policy can apply to it. */
  readonly scope?: Construct;
  /** The annotations of all objects of the workload. */
  readonly annotations?: Labels;
  /** The listeners, if the pods are those of a gateway. */
  readonly gateway?: GatewayPorts;
}

/** A caller from a workload. */
export interface WorkloadCaller {
  /** The name in messages. */
  readonly name: string;
  readonly at: IConstruct | string;
  /** The calling version. Undefined for all versions. */
  readonly version?: string;
}

/**
 * Pods of one name in the mesh, which call and are called. All services, jobs and gateways have a workload, and so do callers that another
 * team deploys.
 */
export class Workload {
  public readonly name: string;
  public readonly namespace: string;
  public readonly trustDomain?: string;
  public readonly services: AnsweredService[];
  /** The constructs of the workload, as callers or callees. */
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
  private accountsByVersion?: Map<string | undefined, readonly string[]>;

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

  /** The pods of the workload or of one version, if the App creates them. Several if each version has separate pods. */
  public madePods(version?: string): MadePods[] | undefined {
    const made = this.versionsOf(version).flatMap(({ pods }) => pods ?? []);
    return made.length > 0 ? made : undefined;
  }

  /** The labels that all pods of the workload or of one version have. */
  public podLabels(version?: string): Labels | undefined {
    const { labels, labelsOf } = this.attributes;
    return version === undefined || !labelsOf ? labels : labelsOf(version);
  }

  /** The ServiceAccounts of a caller's pods, sorted. Undefined for all of the namespace. An unknown one is refused (IM1803). */
  public accounts({ name, at, version }: WorkloadCaller): readonly string[] | undefined {
    const accounts = this.knownAccounts(version);
    const unknown = accounts.length === 0 ? this.attributes.unknownAccount?.(name) : undefined;
    // Pods of a version with the same account as the others have no separate identity.
    const shared = version !== undefined && this.madePods() && !this.versions.some(each => each.name === version)
      ? { problem: `version ${version} of ${name} has no separate identity`, next: 'declare the calls of the service' }
      : undefined;
    return accounts.length > 0 && !shared ? accounts : refuseUnknown(at, shared ?? unknown);
  }

  /** The identity of a caller's pods for policies. An unknown one is refused (IM1803). */
  public identity(caller: WorkloadCaller): WorkloadIdentity {
    refuseUnknown(caller.at, this.attributes.noIdentity?.());
    return { namespace: this.namespace, accounts: this.accounts(caller), trustDomain: this.trustDomain, podLabels: this.podLabels(caller.version) };
  }

  /** The known ServiceAccounts of a version or of all, sorted. They never change, and each call from or to the workload asks for them. */
  private knownAccounts(version?: string): readonly string[] {
    this.accountsByVersion ??= new Map();
    return getOrAdd(this.accountsByVersion, version, () => [...new Set(this.versionsOf(version).flatMap(({ account }) => account ?? []))].sort());
  }

  /** The versions with this name, and versions without a name. Without an argument, all versions. */
  private versionsOf(version?: string): WorkloadVersion[] {
    return this.versions.filter(({ name }) => version === undefined || name === undefined || name === version);
  }
}

/** A workload that the App creates, to which policies can apply. */
export type MadeWorkload = Workload & { readonly scope: Construct };

function refuseUnknown(at: IConstruct | string, missing: MissingIdentity | undefined): undefined {
  if (missing) {
    throw new MeshError('IM1803', at, missing);
  }
  return undefined;
}
