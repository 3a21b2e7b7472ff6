import { Deployment } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DescribedService, MeshServiceAttributes } from './described-service';
import { IMeshService, MeshServiceBase } from './mesh-service-base';
import { matchMutualTls } from './peer-authentication';
import { MeshVersion } from './pods/mesh-version';
import { MetadataBuilder } from './pods/metadata-builder';
import { makeService } from './service-object';
import { checkedPorts } from './service-parts';
import { MeshServiceType } from './service-type';
import { checkedVersions, makeVersions, VersionWorkloads } from './service-versions';
import { Workload } from './workloads/workload';
import { validateProps } from '../diagnostics/validate-props';
import { MeshHost } from '../hosts/mesh-host';
import { MeshCluster } from '../kernel/mesh-cluster';
import { namespaceOf } from '../kernel/namespace-scope';
import { uniqueId } from '../kernel/unique-id';
import { MeshPort } from '../values/mesh-port';
import { MutualTls } from '../values/mutual-tls';
import { serviceName } from '../values/names';

/** Properties of a `MeshService`. */
export interface MeshServiceProps {
  /**
   * The name of the Service, which clients dial.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /** The ports of the Service. */
  readonly ports: MeshPort[];

  /**
   * The versions by name. The name is the value of the label `version`, and the name of the
   * subset for routes.
   *
   * Remove a version in two steps: first its traffic, then the version itself (docs/changes.md).
   */
  readonly versions: { [name: string]: MeshVersion };

  /**
   * From where clients can reach the Service.
   *
   * @default MeshServiceType.clusterIp()
   */
  readonly type?: MeshServiceType;

  /**
   * Whether each version has a separate identity, `<service>-<version>`, so that policies can distinguish them.
   *
   * @default false - one identity for the service
   */
  readonly serviceAccountPerVersion?: boolean;

  /**
   * The mutual TLS mode of the pods. Refused without a sidecar (IM1812).
   *
   * @default - the mode of the namespace
   */
  readonly mutualTls?: MutualTls;

  /**
   * Further labels of the Service.
   *
   * @default - only `app`
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the Service, for example for the load balancer of a cloud.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/**
 * A service of the mesh: one Service, its identity, and for each version a Deployment and a subset.
 *
 * The labels `app` and `version` select the pods. Port names and declarations tell Istio the
 * protocols. Callers use mutual TLS if the namespace is known to require it.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
export class MeshService extends MeshServiceBase {
  /** A service that another team or tool deploys, such as Helm, in the namespace of the scope. */
  public static fromAttributes(scope: Construct, id: string, attributes: MeshServiceAttributes): IMeshService {
    return new DescribedService(scope, id, attributes);
  }

  public readonly serviceName: string;
  public readonly namespace: string;
  public readonly host: string;
  public readonly podLabels: { [key: string]: string };

  /** @internal */
  public readonly _workload: Workload;
  /** @internal */
  protected readonly _meshHost: MeshHost;
  private readonly workloads: VersionWorkloads;
  private readonly serviceMetadata: MetadataBuilder;

  constructor(scope: Construct, id: string, props: MeshServiceProps) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshServiceProps', props, this);
    this.serviceName = serviceName(props.name ?? id, this);
    this.namespace = namespaceOf(this);
    this.host = `${this.serviceName}.${this.namespace}.svc.${MeshCluster.of(this).clusterDomain}`;
    this.podLabels = { app: this.serviceName };

    const ports = checkedPorts(props.ports, this);
    const versions = checkedVersions(props.versions, this);
    const { type, labels, annotations } = props;
    const service = makeService(this, {
      name: this.serviceName, namespace: this.namespace, ports, selector: this.podLabels, type, labels, annotations,
    });
    this.serviceMetadata = new MetadataBuilder(`the Service ${this.serviceName}`, service.metadata);
    this.workloads = makeVersions(this, props.versions, ports, props.serviceAccountPerVersion ?? false);

    this._meshHost = MeshHost.made(this, {
      host: this.host,
      namespace: this.namespace,
      name: this.serviceName,
      ports,
      versions: Object.fromEntries(versions.map(version => [version, { version }])),
    });
    versions.forEach(version => this._meshHost.policy.addSubset(version, this));
    matchMutualTls(this._meshHost.policy, this, ports, props.mutualTls);
    this._workload = this._register({
      versions: Object.entries(this.workloads).map(([name, { deployment, pods }]) => (
        { name, labels: { app: this.serviceName, version: name }, account: deployment.serviceAccount?.name ?? 'default', pods }
      )),
      mutualTls: props.mutualTls,
    });
  }

  /**
   * The Deployment of a version.
   *
   * @param version the name of the version; an unknown one is refused (IM1105)
   */
  public deploymentOf(version: string): Deployment {
    return this.workloads[this.versionOf(version).name].deployment;
  }

  /** Adds a label to the pods of all versions. An existing label must have the same value. */
  public addPodLabel(key: string, value: string): void {
    Object.values(this.workloads).forEach(({ pods }) => pods.addLabel(key, value, this));
  }

  /** Adds an annotation to the pods of all versions. An existing annotation must have the same value. */
  public addPodAnnotation(key: string, value: string): void {
    Object.values(this.workloads).forEach(({ pods }) => pods.addAnnotation(key, value, this));
  }

  /** Adds an annotation to the Service. An existing annotation must have the same value. */
  public addServiceAnnotation(key: string, value: string): void {
    this.serviceMetadata.addAnnotation(key, value, this);
  }
}
