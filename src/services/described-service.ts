import { Construct } from 'constructs';
import { MeshServiceBase } from './mesh-service-base';
import { checkedPorts, checkedVersionName } from './service-parts';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { Workload } from './workloads/workload';
import { MeshHost } from '../hosts/mesh-host';
import { MeshCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { uniqueId } from '../kernel/unique-id';
import { Labels, labels } from '../values/labels';
import { MeshPort } from '../values/mesh-port';
import { dnsName, serviceName } from '../values/names';

/** The labels of a version's pods. */
export interface VersionAttributes {
  /**
   * Labels that only the pods of this version have.
   *
   * @default - `version` with the name of the version
   */
  readonly labels?: { [key: string]: string };
}

/** Attributes of a service that another team deploys. */
export interface MeshServiceAttributes {
  /**
   * The name of the Service.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The ports of the Service. */
  readonly ports: MeshPort[];

  /**
   * The versions of the service. Each version that a route uses gets a subset.
   *
   * @default - none: there is one version, without a name
   */
  readonly versions?: { [name: string]: VersionAttributes };

  /**
   * Labels that all pods of the service have. They identify its calls.
   *
   * @default - `app` with the name of the service
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * The ServiceAccount of its pods, by which its callees identify it.
   *
   * @default - not known: `calls` of the service cannot become policies
   */
  readonly serviceAccount?: string;
}

/** A service that another team deploys. It creates no objects itself. */
export class DescribedService extends MeshServiceBase {
  public readonly serviceName: string;
  public readonly namespace: string;
  public readonly host: string;
  public readonly podLabels: { [key: string]: string };

  /** @internal */
  public readonly _workload: Workload;
  /** @internal */
  protected readonly _meshHost: MeshHost;

  public constructor(scope: Construct, id: string, attributes: MeshServiceAttributes) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshServiceAttributes', attributes, this);
    const cluster = MeshCluster.of(this);
    this.serviceName = serviceName(attributes.name ?? id, this);
    this.namespace = namespaceOf(this);
    this.host = `${this.serviceName}.${this.namespace}.svc.${cluster.clusterDomain}`;
    const account = attributes.serviceAccount === undefined ? undefined : dnsName(attributes.serviceAccount, this, 'the name of the ServiceAccount');
    this.podLabels = { ...labels(attributes.podLabels ?? { app: this.serviceName }, this) };
    const versions = Object.entries(attributes.versions ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version]) => [checkedVersionName(name, this), this.versionLabels(name, version)]);
    this._meshHost = MeshHost.described(this, {
      host: this.host,
      namespace: this.namespace,
      name: this.serviceName,
      ports: checkedPorts(attributes.ports, this),
      podLabels: this.podLabels,
      versions: Object.fromEntries(versions),
    });
    cluster._refersTo('Service', this.namespace, this.serviceName, this);
    this._workload = this._register({ versions: [{ labels: this.podLabels, account }] });
  }

  private versionLabels(name: string, { labels: given = { version: name } }: VersionAttributes): Labels {
    if (Object.keys(given).length === 0) {
      throw new MeshError('IM1104', this, { problem: `version ${name} has no label: its subset would contain all pods of the service`, got: given, allowed: 'at least one label' });
    }
    return labels(given, this);
  }
}
