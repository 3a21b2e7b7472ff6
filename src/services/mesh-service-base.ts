import { Construct, IConstruct } from 'constructs';
import { markClass } from '../diagnostics/class-name';
import { Callee, ICallee } from './calls/callee';
import { Caller } from './calls/caller';
import { CallOptions, declareCalls } from './calls/calls';
import { makePeerAuthentication } from './peer-authentication';
import { registerWorkload } from './registered-workload';
import { AnsweredService, MissingIdentity, Workload, WorkloadVersion } from './workloads/workload';
import { MeshError } from '../diagnostics/mesh-error';
import { show } from '../diagnostics/show';
import { HostBackend } from '../hosts/host-backend';
import { MeshHost } from '../hosts/mesh-host';
import { versionLabels } from '../hosts/model/host-identity';
import { IRouteTarget, RouteTarget } from '../hosts/route-target';
import { extended } from '../values/extended';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';

/**
 * A service of the mesh that clients call by name. The App or another team deploys it.
 */
export interface IMeshService extends IConstruct, IRouteTarget, ICallee {
  /** The name of the Service, which clients in its namespace dial. */
  readonly serviceName: string;
  /** The namespace of the Service. */
  readonly namespace: string;
  /** The full name, which clients in every namespace can dial. */
  readonly host: string;
  /** The ports of the Service. */
  readonly ports: MeshPort[];
  /** The labels that all pods of the service carry. */
  readonly podLabels: { [key: string]: string };
  /** The names of the versions, sorted. */
  readonly versionNames: string[];

  /**
   * The port of this number.
   *
   * @param port the number of the Service's port; an unknown one is refused (IM1111)
   */
  portOf(port: number): MeshPort;

  /**
   * One version of the service: a destination of routes, or a caller.
   *
   * @param name the name of the version; an unknown one is refused (IM1105)
   */
  versionOf(name: string): ServiceVersion;

  /**
   * Declares a call of the service. The declaration alone changes nothing: `LeastPrivilege` and egress routes use it.
   *
   * @param callee a service, a version of a service, or a host outside of the mesh. Refused are callees of another cluster (IM1008), unknown ports
   * (IM1111), methods and paths of ports that are not HTTP (IM1801), and paths that Istio cannot match (IM1802)
   */
  calls(callee: ICallee, options?: CallOptions): void;
}

/** The workload attributes that each kind of service supplies. */
export interface ServiceWorkload {
  /** Its versions, each with its known ServiceAccount and pods. */
  readonly versions: WorkloadVersion[];
  /** The name of objects about the workload. By default that of the service. */
  readonly name?: string;
  /** The ports of its pods. By default those of the service. */
  readonly ports?: MeshPort[];
  /** The ports on which its pods call each other. */
  readonly peerPorts?: MeshPort[];
  /** The mutual TLS mode that the service sets. */
  readonly mutualTls?: MutualTls;
  /** Further services of the same pods. */
  readonly services?: AnsweredService[];
}

/** One version of a service. */
export class ServiceVersion implements IRouteTarget, ICallee {
  /** @internal */
  public static _create(service: MeshServiceBase, name: string, host: MeshHost): ServiceVersion {
    return new ServiceVersion(service, name, host);
  }

  /** The service. */
  public readonly service: IMeshService;
  /** The name of the version: the value of its label, and the name of its subset. */
  public readonly name: string;
  /** The labels that select the pods of the version. */
  public readonly labels: { [key: string]: string };

  private constructor(private readonly base: MeshServiceBase, name: string, private readonly meshHost: MeshHost) {
    const service = base;
    this.service = service;
    this.name = name;
    this.labels = { ...versionLabels(meshHost.identity, name, service) };
  }

  /** The argument for routes. */
  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(new HostBackend(this.meshHost, this.name));
  }

  /** The argument for `calls`. */
  public toCallee(): Callee {
    return this.base._callee(this.name);
  }

  /**
   * Declares a call of the version. The declaration alone changes nothing: `LeastPrivilege` uses it, if the version has a separate identity.
   *
   * @param callee a service, a version of a service, or a host outside of the mesh
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this.base._caller(this.name), callee, options, this.base);
  }
}

function unknownAccount(caller: string): MissingIdentity {
  return { problem: `the identity of ${caller} is not known`, next: 'set `serviceAccount` in its attributes' };
}

/**
 * The base of all services, of the App and of other teams.
 *
 * @internal
 */
export abstract class MeshServiceBase extends Construct implements IMeshService {
  public abstract readonly serviceName: string;
  public abstract readonly namespace: string;
  public abstract readonly host: string;
  public abstract readonly podLabels: { [key: string]: string };

  /** @internal */
  protected abstract readonly _meshHost: MeshHost;

  // What a service is as the caller or the callee of a call never changes, and a hub has thousands of calls.
  private callee?: Callee;
  private caller?: Caller;

  /**
   * The workload of its pods. `_register` sets it.
   *
   * @internal
   */
  public abstract readonly _workload: Workload;

  public get ports(): MeshPort[] {
    return [...this._meshHost.identity.ports];
  }

  public get versionNames(): string[] {
    return Object.keys(this._meshHost.identity.versions).sort();
  }

  public portOf(port: number): MeshPort {
    const found = this.ports.find(candidate => candidate.port === port);
    if (!found) {
      throw new MeshError('IM1111', this, {
        problem: `${this.serviceName} has no port ${show(port)}`, got: port, allowed: this.ports.map(({ port: number, name }) => `${number} (${name})`).join(', '),
      });
    }
    return found;
  }

  public versionOf(name: string): ServiceVersion {
    return ServiceVersion._create(this, name, this._meshHost);
  }

  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(new HostBackend(this._meshHost));
  }

  public toCallee(): Callee {
    return this.callee ??= this._callee();
  }

  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this.caller ??= this._caller(), callee, options, this);
  }

  /** @internal */
  public _callee(version?: string): Callee {
    const { identity } = this._meshHost;
    return Callee._create({
      construct: this,
      version,
      name: this.serviceName,
      hosts: [this.host],
      namespace: this.namespace,
      ports: this.ports,
      headless: identity.headless,
      policyHosts: [this._meshHost.forPolicies()],
      pods: {
        namespace: this.namespace,
        labels: version === undefined ? { ...this.podLabels } : extended(this.podLabels, versionLabels(identity, version, this)),
      },
    });
  }

  /** @internal */
  public _caller(version?: string): Caller {
    const key = version === undefined ? this.node.path : `${this.node.path} ${version}`;
    return new Caller({ key, name: this.serviceName, construct: this, version, workload: () => this._workload });
  }

  /**
   * Registers the workload of the service. Subclasses call it at the end of their constructors. Pods that the App creates get their PeerAuthentication and
   * the scope of objects about them.
   *
   * @internal
   */
  protected _register({ name = this.serviceName, services = [], ports = this.ports, peerPorts, versions, mutualTls }: ServiceWorkload): Workload {
    const { namespace } = this;
    const labels = Object.keys(this.podLabels).length > 0 ? this.podLabels : undefined;
    const isMade = versions.some(({ pods }) => pods);
    if (isMade) {
      makePeerAuthentication(this, { name, namespace, labels: this.podLabels, ports, mode: mutualTls });
    }
    return registerWorkload({
      versions,
      peerPorts,
      name,
      namespace,
      services: [this, ...services],
      labels,
      labelsOf: version => extended(this.podLabels, versionLabels(this._meshHost.identity, version, this)),
      ports,
      mutualTls,
      unknownAccount,
      scope: isMade ? new Construct(this, 'Security') : undefined,
    });
  }
}

markClass(MeshServiceBase, 'MeshServiceBase');
