import { App, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppRegistry } from './app-registry';
import { orderObjects } from './chart-order';
import { ClusterChecks } from './cluster-checks';
import { ClusterParts, partsByCluster, writtenTwice } from './cluster-parts';
import './dropped-fields';
import { checkAtSynthesis } from './collect-errors';
import { ExternalReference, missingObjects } from './external-reference';
import { watchOutput } from './output-files';
import { watchPrinting } from './printed-text';
import { appRegistryOf } from './registry-store';
import { nearestScope, rootOf } from './scopes';
import { writeFolders } from './synth-folders';
import { uniqueId } from './unique-id';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { isOwnSynthesis, perSynthesis } from '../synthesis/per-synthesis';
import { dnsLabel, dnsName } from '../values/names';
import { IstioRelease, KubernetesRelease } from '../values/release';

/** Properties of a `MeshCluster`. */
export interface MeshClusterProps {
  /**
   * The release of Istio in the cluster. Istio's charts are of this release, and features of later releases are refused (IM1338).
   *
   * @default IstioRelease.V1_31
   */
  readonly istio?: IstioRelease;

  /**
   * The release of Kubernetes in the cluster. Features of later releases are refused, and the sidecars of jobs are of a kind that it supports.
   *
   * @default KubernetesRelease.V1_34
   */
  readonly kubernetes?: KubernetesRelease;

  /**
   * The DNS domain of the cluster's Services.
   *
   * @default cluster.local
   */
  readonly clusterDomain?: string;

  /**
   * The root of the identities that istiod issues, `spiffe://<trust domain>/ns/…`. Policies identify callers by them.
   *
   * @default cluster.local
   */
  readonly trustDomain?: string;

  /**
   * The namespace of istiod and of configuration for the whole mesh.
   *
   * @default istio-system
   */
  readonly rootNamespace?: string;
}

/** The id of the App's own cluster. Other constructs do not have it by accident. */
const IMPLICIT_ID = '$MeshCluster';

/**
 * The mesh of one Kubernetes cluster: a scope for the charts that go there.
 *
 * Names are unique within a cluster: objects by kind, namespace and name, hosts by owner, listeners by workload and port. One App can contain
 * several clusters, or one cluster in development and production, which are independent of each other.
 *
 * An App without a `MeshCluster` is one cluster, with all defaults.
 *
 * At synthesis it refuses two objects of one name (IM1003) or one file (IM1015), values that `kubectl` reads as another value or type (IM1016), fields that a
 * generated class drops (IM1017), and objects without a construct that contradict one: for its hosts (IM1018), listeners (IM1019), pods
 * (IM1020, IM1022) and namespaces (IM1021).
 */
export class MeshCluster extends Construct {
  /**
   * The cluster that a construct belongs to: the nearest `MeshCluster` above it, else the App's own.
   *
   * @param scope the construct
   */
  public static of(scope: IConstruct): MeshCluster {
    if (!Construct.isConstruct(scope)) {
      throw new MeshError('IM0001', 'MeshCluster.of()', { problem: 'the scope is no construct', got: scope, allowed: 'a construct of the App' });
    }
    const explicit = nearestScope(scope, isMeshCluster);
    if (explicit) {
      return explicit as MeshCluster;
    }
    const registry = appRegistryOf(scope, AppRegistry);
    registry.cluster ??= new MeshCluster(rootOf(scope) as Construct, IMPLICIT_ID);
    return registry.cluster as MeshCluster;
  }

  /**
   * Writes the manifests of an App with several clusters: one folder for each cluster, with its name, below the App's output folder. Use it
   * instead of `app.synth()`, which writes all manifests into one folder.
   *
   * The App's `yamlOutputType` and `outputFileExtension` apply below that folder: `<cluster>/<chart>.k8s.yaml`, `<cluster>/app.k8s.yaml`,
   * `<cluster>/<kind>.<name>.k8s.yaml` or `<cluster>/<chart>/<kind>.<name>.k8s.yaml`. Existing files are not removed.
   *
   * The order of the files by name is safe to apply. If the names of charts would put a route before its target, the files are numbered
   * (`<cluster>/0000-<chart>.k8s.yaml`). Empty the folder first, because a file with an earlier name would be applied as well. One file for the
   * App has the objects of all charts in one order. Files of single objects have no order.
   *
   * @param app the App; a chart outside of a `MeshCluster` is refused (IM1013), and so are objects that share a file (IM1015) and invalid file
   * names (IM0106)
   * @see https://cdk8s.io/docs/latest/basics/app/
   */
  public static synthFolders(app: App): void {
    if (!(app instanceof Construct) || typeof app.synthYaml !== 'function') {
      throw new MeshError('IM0001', 'MeshCluster.synthFolders()', { problem: 'this is no App', got: app, allowed: 'an App of cdk8s' });
    }
    writeFolders(app, chart => {
      const cluster = chart.node.scopes.find(isMeshCluster);
      if (!cluster) {
        throw new MeshError('IM1013', chart, { problem: 'the chart is in no MeshCluster, so it has no folder' });
      }
      return cluster;
    });
  }

  /** The release of Istio in the cluster. */
  public readonly istio: IstioRelease;
  /** The release of Kubernetes in the cluster. */
  public readonly kubernetes: KubernetesRelease;
  /** The DNS domain of the cluster's Services. */
  public readonly clusterDomain: string;
  /** The root of the identities that istiod issues. */
  public readonly trustDomain: string;
  /** The namespace of istiod and of configuration for the whole mesh. */
  public readonly rootNamespace: string;

  private readonly checks = new ClusterChecks();
  private readonly referred: { readonly reference: ExternalReference; readonly isMade: () => boolean }[] = [];

  /**
   * @param scope the App
   * @param id the name of the cluster
   */
  constructor(scope: Construct, id: string, props: MeshClusterProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshClusterProps', props, this);
    if (scope.node.scopes.some(isMeshCluster)) {
      throw new MeshError('IM1005', this, { problem: 'a cluster cannot be inside another cluster' });
    }
    if (scope.node.scopes.some(Chart.isChart)) {
      throw new MeshError('IM1012', this, { problem: 'a cluster contains charts, and cannot be inside a chart' });
    }
    this.istio = props.istio ?? IstioRelease.V1_31;
    this.kubernetes = props.kubernetes ?? KubernetesRelease.V1_34;
    this.clusterDomain = dnsName(props.clusterDomain ?? 'cluster.local', this, 'the cluster domain', 'IM1006');
    this.trustDomain = dnsName(props.trustDomain ?? 'cluster.local', this, 'the trust domain', 'IM1006');
    this.rootNamespace = dnsLabel(props.rootNamespace ?? 'istio-system', this, 'the root namespace', 'IM1006');
    watchOutput(this.node.root);
    checkAtSynthesis(this, () => this.validateObjects());
  }

  /**
   * The objects that the manifests of the cluster refer to and do not contain. They must exist before the manifests are applied: the namespaces of
   * objects, what pods of constructs need (Secrets, ConfigMaps, volume claims, ServiceAccounts, classes), Secrets and issuers of certificates,
   * the Services of existing gateway pods, and what constructs describe by `fromAttributes` and `fromExisting`. References that Kubernetes
   * treats as optional are left out. Complete when all constructs exist.
   */
  public get references(): ExternalReference[] {
    return missingObjects(this._parts.objects, this.referred.filter(({ isMade }) => !isMade()).map(({ reference }) => reference));
  }

  /**
   * The name of the cluster in the mesh; the App's own has none.
   *
   * @internal
   */
  public get _name(): string | undefined {
    return this.node.id === IMPLICIT_ID ? undefined : this.node.id;
  }

  /**
   * Its objects and charts. The App's own cluster contains all constructs that are in no other cluster.
   *
   * @internal
   */
  public get _parts(): ClusterParts {
    const app = rootOf(this);
    const key = this.node.id === IMPLICIT_ID && this.node.scope === app ? undefined : this;
    return partsOf(app).get(key) ?? { objects: [], foreign: new Set(), charts: [] };
  }

  /**
   * Registers the reference of a construct to an object that can be missing in the App.
   *
   * @param isMade whether the App creates the object, for objects that cannot be found by kind, namespace and name; called at synthesis
   * @internal
   */
  public _refersTo(kind: string, namespace: string | undefined, name: string, user: IConstruct, isMade = () => false): void {
    this.referred.push({ reference: { kind, ...(namespace ? { namespace } : {}), name, usedBy: user.node.path }, isMade });
  }

  /** cdk8s runs validations at synthesis, regardless of how it writes a chart. */
  private validateObjects(): string[] {
    const parts = this._parts;
    const { objects, charts } = parts;
    charts.forEach(orderObjects);
    if (!isOwnSynthesis()) {
      objects.forEach(watchPrinting); // our own synthesis checks the text itself
    }
    const twice = writtenTwice(objects);
    return twice.length > 0 ? twice : this.checks.problems(this, parts);
  }
}

const partsOf = perSynthesis((app: IConstruct) => partsByCluster(app, construct => nearestScope(construct, isMeshCluster)));

function isMeshCluster(construct: IConstruct): construct is MeshCluster {
  return construct instanceof MeshCluster;
}
