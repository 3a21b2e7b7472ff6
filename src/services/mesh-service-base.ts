import { Construct } from 'constructs';
import { ICallee } from './calls';
import { MeshError } from '../diagnostics/mesh-error';
import { show } from '../diagnostics/show';
import { HostEnd } from '../hosts/host-end';
import { versionLabels } from '../hosts/host-identity';
import { MeshHost } from '../hosts/mesh-host';
import { IRouteTarget, RouteTarget } from '../hosts/route-target';
import { MeshPort } from '../values/mesh-port';

/**
 * A service of the mesh, whoever deploys it: what clients call by name.
 */
export interface IMeshService extends ICallee, IRouteTarget {
  /** The name of the Service: what clients in its namespace dial. */
  readonly serviceName: string;
  /** The namespace of the Service. */
  readonly namespace: string;
  /** The labels that all pods of the service carry. */
  readonly podLabels: { [key: string]: string };
  /** The names of the versions, sorted. */
  readonly versionNames: string[];

  /**
   * One version of the service, as the end of a route or as a caller.
   *
   * @param name the name of the version; one that the service does not have is refused (IM1105)
   */
  versionOf(name: string): ServiceVersion;
}

/** One version of a service. */
export class ServiceVersion implements IRouteTarget {
  /** @internal */
  public static _of(service: IMeshService, name: string, host: MeshHost): ServiceVersion {
    return new ServiceVersion(service, name, host);
  }

  /** The service. */
  public readonly service: IMeshService;
  /** The name of the version: the value of its label, and the name of its subset. */
  public readonly name: string;
  /** The labels by which the pods of the version are told from others of the service. */
  public readonly labels: { [key: string]: string };

  private constructor(service: IMeshService, name: string, private readonly meshHost: MeshHost) {
    this.service = service;
    this.name = name;
    this.labels = { ...versionLabels(meshHost.identity, name, service) };
  }

  /** The version as a route takes it. */
  public toRouteTarget(): RouteTarget {
    return RouteTarget._of(new HostEnd(this.meshHost, this.name));
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
    return ServiceVersion._of(this, name, this._meshHost);
  }

  public toRouteTarget(): RouteTarget {
    return RouteTarget._of(new HostEnd(this._meshHost));
  }
}
