import { ApiObject, App, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { orderObjects } from './chart-order';
import { ClusterChecks } from './cluster-checks';
import './dropped-fields';
import { ExternalReference, madeByOthers, referenceKey, referencesIn } from './external-reference';
import { nextForTwo } from './next-for-two';
import { watchOutput } from './output-files';
import { watchPrinting } from './printed-text';
import { writeFolders } from './synth-folders';
import { uniqueId } from './unique-id';
import { identityOf } from './written-object';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { dnsLabel, dnsName } from '../values/names';
import { IstioRelease, KubernetesRelease } from '../values/release';

/** Properties of a `MeshCluster`. */
export interface MeshClusterProps {
  /**
   * The release of Istio that runs in the cluster: its charts are of this release, and what came with a later one is refused (IM1338).
   *
   * @default IstioRelease.V1_31
   */
  readonly istio?: IstioRelease;

  /**
   * The release of Kubernetes that the cluster runs: what it does not have yet is refused, and jobs have the sidecars that it knows.
   *
   * @default KubernetesRelease.V1_34
   */
  readonly kubernetes?: KubernetesRelease;

  /**
   * The domain below which the cluster's Services have their names.
   *
   * @default cluster.local
   */
  readonly clusterDomain?: string;

  /**
   * The root of the identities that istiod gives out, `spiffe://<trust domain>/ns/…`. By them policies know callers.
   *
   * @default cluster.local
   */
  readonly trustDomain?: string;

  /**
   * The namespace of istiod and of configuration that is for the whole mesh.
   *
   * @default istio-system
   */
  readonly rootNamespace?: string;
}

/** The id of the App's own cluster, which nobody else gives by accident. */
const IMPLICIT_ID = '$MeshCluster';

/**
 * The mesh of one Kubernetes cluster: a scope for the charts that go there.
 *
 * What must be unique in a cluster is looked up here: objects by kind, namespace and name, hosts by
 * their owner, listeners by workload and port. Two clusters, or the same one in development and production,
 * stand side by side in one App without noticing each other.
 *
 * An App without a `MeshCluster` is one cluster, with all defaults.
 *
 * At synthesis it refuses two objects of one name (IM1003) or one file (IM1015), values that `kubectl` reads as something else (IM1016), fields that a
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
    const scopes = scope.node.scopes;
    const explicit = [...scopes].reverse().find(isMeshCluster);
    return explicit ?? (scopes[0].node.tryFindChild(IMPLICIT_ID) as MeshCluster | undefined) ?? new MeshCluster(scopes[0] as Construct, IMPLICIT_ID);
  }

  /**
   * Writes the manifests of an App that has several clusters: those of each go into a folder of its name below the App's output
   * folder. In place of `app.synth()`, which writes all into one folder.
   *
   * The App's `yamlOutputType` and `outputFileExtension` hold below that folder: `<cluster>/<chart>.k8s.yaml`, `<cluster>/app.k8s.yaml`,
   * `<cluster>/<kind>.<name>.k8s.yaml` or `<cluster>/<chart>/<kind>.<name>.k8s.yaml`. Nothing that is there already is removed.
   *
   * The order of the files by name is safe when they are applied: where the names of charts would put a route before what it leads to, the files
   * are numbered (`<cluster>/0000-<chart>.k8s.yaml`); empty the folder before, since a file of an earlier name would be applied as well. In one file for
   * the App, objects of all charts come in one order. Files of single objects have no order.
   *
   * @param app the App; a chart of no `MeshCluster` is refused (IM1013), and so are objects that share a file (IM1015) and names that no
   * file can have (IM0106)
   * @see https://cdk8s.io/docs/latest/basics/app/
   */
  public static synthFolders(app: App): void {
    if (!(app instanceof Construct) || typeof app.synthYaml !== 'function') {
      throw new MeshError('IM0001', 'MeshCluster.synthFolders()', { problem: 'this is no App', got: app, allowed: 'an App of cdk8s' });
    }
    writeFolders(app, chart => {
      const cluster = chart.node.scopes.find(isMeshCluster);
      if (!cluster) {
        throw new MeshError('IM1013', chart, { problem: 'the chart is in no MeshCluster, and belongs to no folder' });
      }
      return cluster;
    });
  }

  /** The release of Istio that runs in the cluster. */
  public readonly istio: IstioRelease;
  /** The release of Kubernetes that the cluster runs. */
  public readonly kubernetes: KubernetesRelease;
  /** The domain below which the cluster's Services have their names. */
  public readonly clusterDomain: string;
  /** The root of the identities that istiod gives out. */
  public readonly trustDomain: string;
  /** The namespace of istiod and of configuration that is for the whole mesh. */
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
      throw new MeshError('IM1005', this, { problem: 'a cluster cannot be made inside another one' });
    }
    if (scope.node.scopes.some(Chart.isChart)) {
      throw new MeshError('IM1012', this, { problem: 'a cluster holds charts, and cannot stand inside one' });
    }
    this.istio = props.istio ?? IstioRelease.V1_31;
    this.kubernetes = props.kubernetes ?? KubernetesRelease.V1_34;
    this.clusterDomain = dnsName(props.clusterDomain ?? 'cluster.local', this, 'the cluster domain', 'IM1006');
    this.trustDomain = dnsName(props.trustDomain ?? 'cluster.local', this, 'the trust domain', 'IM1006');
    this.rootNamespace = dnsLabel(props.rootNamespace ?? 'istio-system', this, 'the root namespace', 'IM1006');
    watchOutput(this.node.root);
    this.node.addValidation({ validate: () => this.validateObjects() });
  }

  /**
   * What the manifests of the cluster refer to and do not contain. It has to exist before they are applied. These are the namespaces of the
   * objects, what pods of constructs need (Secrets, ConfigMaps, claims of volumes, ServiceAccounts, classes), Secrets and issuers of certificates,
   * the Services of gateways' pods that are there already, and what constructs describe by `fromAttributes` and `fromExisting`. What is optional to
   * Kubernetes is left out. Complete when all constructs are there.
   */
  public get references(): ExternalReference[] {
    const objects = this.objects();
    const made = new Set([...objects.map(identityOf).map(referenceKey), ...madeByOthers(objects)]);
    const referred = this.referred.filter(({ isMade }) => !isMade()).map(({ reference }) => reference);
    // A namespace that a construct stands for is used by that construct, and not by every chart.
    const known = new Set(referred.filter(({ kind }) => kind === 'Namespace').map(referenceKey));
    const derived = referencesIn(objects).filter(reference => !known.has(referenceKey(reference)));
    const missing = [...referred, ...derived].filter(reference => !made.has(referenceKey(reference)));
    const all = new Map(missing.map(reference => [[reference.kind, reference.namespace ?? '', reference.name, reference.usedBy].join('/'), reference]));
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
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
   * Notes that a construct relies on something made elsewhere.
   *
   * @param isMade whether it is made here after all, where that cannot be told by kind, namespace and name; asked when all have spoken
   * @internal
   */
  public _refersTo(kind: string, namespace: string | undefined, name: string, user: IConstruct, isMade = () => false): void {
    this.referred.push({ reference: { kind, ...(namespace ? { namespace } : {}), name, usedBy: user.node.path }, isMade });
  }

  /** Validations are what cdk8s asks for in every way to write a chart, when all have spoken. */
  private validateObjects(): string[] {
    const objects = this.objects();
    within(this.top, Chart.isChart).forEach(orderObjects);
    objects.forEach(watchPrinting);
    const twice = this.writtenTwice(objects);
    return twice.length > 0 ? twice : this.checks.problems(this, objects);
  }

  /** cdk8s writes such objects one after the other, and the cluster keeps the last. */
  private writtenTwice(objects: ApiObject[]): string[] {
    const first = new Map<string, ApiObject>();
    const problems: string[] = [];
    for (const object of objects) {
      const { apiGroup, kind, namespace, name } = identityOf(object);
      const key = [apiGroup, kind, namespace ?? '', name].join('/');
      const other = first.get(key);
      if (other) {
        problems.push(new MeshError('IM1003', object, {
          problem: `${kind} ${namespace ? `${namespace}/` : ''}${name} is written by ${other.node.path} as well`,
          ...nextForTwo(object, other, 'rename one of them, or use the first object in both places'),
        }).message);
      } else {
        first.set(key, object);
      }
    }
    return problems;
  }

  /** Every object of the cluster. */
  private objects(): ApiObject[] {
    return within(this.top, ApiObject.isApiObject);
  }

  /** What the cluster holds is below this; for the App's own cluster, what is below no other. */
  private get top(): IConstruct {
    return this.node.id === IMPLICIT_ID && this.node.scope === this.node.root ? this.node.root : this;
  }
}

function within<T extends IConstruct>(construct: IConstruct, is: (found: unknown) => found is T, found: T[] = []): T[] {
  if (is(construct)) {
    found.push(construct);
  }
  construct.node.children.filter(child => !isMeshCluster(child)).forEach(child => within(child, is, found));
  return found;
}

function isMeshCluster(construct: IConstruct): construct is MeshCluster {
  return construct instanceof MeshCluster;
}
