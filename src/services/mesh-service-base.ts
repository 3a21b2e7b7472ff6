import { Construct, IConstruct } from 'constructs';
import { Callee, ICallee } from './calls/callee';
import { CallingPods, declareCaller, MadePods } from './calls/callers';
import { CallOptions, declareCalls } from './calls/calls';
import { checkSpoken } from './calls/plain-text';
import { Caller, callsOf } from './calls/recorded-calls';
import { declareMode } from './peer-authentication';
import { registerSelecting } from './shared-targets';
import { getSidecars } from './workloads/sidecars';
import { MeshError } from '../diagnostics/mesh-error';
import { show } from '../diagnostics/show';
import { HostBackend } from '../hosts/host-backend';
import { MeshHost } from '../hosts/mesh-host';
import { versionLabels } from '../hosts/model/host-identity';
import { IRouteTarget, RouteTarget } from '../hosts/route-target';
import { collectErrors } from '../kernel/collect-errors';
import { Labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';

/**
 * A service of the mesh, whoever deploys it: what clients call by name.
 */
export interface IMeshService extends IConstruct, IRouteTarget, ICallee {
  /** The name of the Service: what clients in its namespace dial. */
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
   * @param port the number of the Service's port; one that it does not have is refused (IM1111)
   */
  portOf(port: number): MeshPort;

  /**
   * One version of the service, as the end of a route or as a caller.
   *
   * @param name the name of the version; one that the service does not have is refused (IM1105)
   */
  versionOf(name: string): ServiceVersion;

  /**
   * Declares that the service calls something. Nothing changes by that alone: it is what least privilege is made from.
   *
   * @param callee the service, the version of one, or the outside host that is called; one of another cluster is refused (IM1008), so
   * is a port that it does not have (IM1111), and methods or paths where the port is not HTTP (IM1801) or that cannot be compared (IM1802)
   */
  calls(callee: ICallee, options?: CallOptions): void;
}

/** What a form of service knows of its pods. */
export interface ServicePods {
  /** The ServiceAccounts that they run as; undefined where they are not known. */
  readonly accounts?: string[];
  /** The pods, if they are made here; undefined where somebody else deploys them. */
  readonly made?: MadePods[];
  /** The mode of mutual TLS that the service states; undefined where it states none. */
  readonly mutualTls: MutualTls | undefined;
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
  /** The labels by which the pods of the version are told from others of the service. */
  public readonly labels: { [key: string]: string };

  private constructor(private readonly base: MeshServiceBase, name: string, private readonly meshHost: MeshHost) {
    const service = base;
    this.service = service;
    this.name = name;
    this.labels = { ...versionLabels(meshHost.identity, name, service) };
  }

  /** The version as a route takes it. */
  public toRouteTarget(): RouteTarget {
    return RouteTarget._create(new HostBackend(this.meshHost, this.name));
  }

  /** The version as `calls` takes it. */
  public toCallee(): Callee {
    return this.base._callee(this.name);
  }

  /**
   * Declares that the version calls something. Nothing changes by that alone: it is what least privilege is made from, where the version has an
   * identity of its own.
   *
   * @param callee the service, the version of one, or the outside host that is called
   */
  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this.base._caller(this.name), callee, options, this.base);
  }
}

/**
 * What services have in common, made here or elsewhere.
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

  constructor(scope: Construct, id: string) {
    super(scope, id);
    declareCaller(this, version => this.callingPods(version));
    declareMode(this, () => this._pods().mutualTls);
    this.node.addValidation({ validate: () => callsOf(this, [this]).flatMap(edge => collectErrors(this, () => checkSpoken(edge, this))) });
    registerSelecting(this);
  }

  /**
   * The selector of its Service and the labels of its pods, alike ones together, as far as they are known. Of one that is described the selector is not.
   *
   * @internal
   */
  public get _selecting(): { readonly selector?: Labels; readonly pods: Labels[] } {
    const { made } = this._pods();
    return made ? { selector: this.podLabels, pods: made.map(({ podLabels }) => podLabels) } : { pods: [this.podLabels] };
  }

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
    return this._callee();
  }

  public calls(callee: ICallee, options: CallOptions = {}): void {
    declareCalls(this._caller(), callee, options, this);
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
      pods: { namespace: this.namespace, labels: { ...this.podLabels, ...version === undefined ? {} : versionLabels(identity, version, this) } },
    });
  }

  /** @internal */
  public _caller(version?: string): Caller {
    return {
      key: [this.node.path, ...version === undefined ? [] : [version]].join(' '),
      name: this.serviceName,
      construct: this,
      version,
      facts: () => {
        const { labels } = this._callee(version)._facts.pods!;
        return { namespace: this.namespace, accounts: this.accounts(version), podLabels: Object.keys(labels).length > 0 ? labels : undefined };
      },
    };
  }

  /**
   * What this form of service knows of its pods, or of those of one version. Every reader of pods asks it, so no form is left out.
   *
   * @internal
   */
  public abstract _pods(version?: string): ServicePods;

  private callingPods(version?: string): CallingPods {
    const { labels } = this._callee(version)._facts.pods!;
    return {
      namespace: this.namespace,
      hasSidecar: getSidecars(this),
      labels: Object.keys(labels).length > 0 ? labels : undefined,
      made: this._pods(version).made,
      accounts: () => this.accounts(version),
    };
  }

  /** The ServiceAccounts of the service's pods. */
  private accounts(version?: string): string[] {
    const { accounts, made } = this._pods(version);
    if (!accounts?.length) {
      throw new MeshError('IM1803', this, {
        problem: made ? `version ${version} of ${this.serviceName} has no identity that is its own` : `the identity of ${this.serviceName} is not known`,
        next: made ? 'declare the calls of the service' : 'name its `serviceAccount` where it is described',
      });
    }
    return [...new Set(accounts)].sort();
  }
}
