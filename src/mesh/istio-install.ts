import { Construct } from 'constructs';
import { ControlPlaneOptions } from './control-plane-options';
import { HelmDelivery } from './helm-delivery';
import { checkInjection } from './injection-checks';
import { baseValues, gatewayValues, istiodChartValues } from './install-values';
import { IstioChart } from './istio-chart';
import { cniValues, IstioCniOptions } from './istio-cni';
import { IstioGatewayOptions } from './istio-gateway-options';
import { knownMeshOf } from './known-mesh-config';
import { MeshRegistry } from './registry';
import { checkUndoing } from './undoing-settings';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { checkAtSynthesis, collectErrors, refuseAtSynthesis } from '../kernel/collect-errors';
import { declareInstalledMesh } from '../kernel/known-mesh';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { uniqueId } from '../kernel/unique-id';
import { checkDefaultVisibility } from '../services/visibility-checks';
import { dnsLabel, serviceName } from '../values/names';

/** Properties of an `IstioInstall`. */
export interface IstioInstallProps {
  /**
   * Who installs the charts.
   *
   * @default - HelmDelivery.values(): nothing is written, and the values are there to be taken
   */
  readonly delivery?: HelmDelivery;

  /**
   * The revision of the control plane, for several beside each other: a DNS label (IM0106).
   *
   * @default - none: it is the only one
   */
  readonly revision?: string;

  /**
   * Names by which namespaces choose this revision: `SidecarInjection.revision`. Without a revision there is nothing to name (IM1611).
   *
   * @default - none
   */
  readonly revisionTags?: string[];

  /**
   * Whether to install the chart `base`, too: CRDs, and the validation of objects without a revision. One install of a cluster does. Then the App has all control planes
   * of the mesh: a namespace that names another one is refused (IM1618). `false` means that there are others outside of the App.
   *
   * @default true
   */
  readonly base?: boolean;

  /**
   * Istio's CNI plugin on every node: pods with sidecars then need no privileges, as Pod Security's `restricted` demands. One install of a cluster
   * brings it (IM1606), and all control planes know of it.
   *
   * @default - none: pods set up their network themselves, by a container with NET_ADMIN
   */
  readonly cni?: IstioCniOptions;

  /**
   * How many pods istiod has, and where they run.
   *
   * @default - 2 to 5 of them, spread over zones and nodes
   */
  readonly controlPlane?: ControlPlaneOptions;

  /**
   * Further values of the chart of istiod, for which there is no property. One that a property says is refused (IM1604).
   *
   * @default - none
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- plain data: jsii has no other word for it
  readonly values?: { [field: string]: any };
}

/**
 * Istio itself, by its Helm charts: a control plane that stays up, and gateways that do. `MeshSettings` has the settings of the mesh,
 * and what is known of the cluster - domains, root namespace, releases - by `MeshCluster`.
 *
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export class IstioInstall extends Construct {
  /** The chart of CRDs and cluster-wide objects, where this install brings it. */
  public readonly base?: IstioChart;
  /** The chart of the CNI plugin, where this install brings it. */
  public readonly cni?: IstioChart;
  /** The chart of istiod. */
  public readonly istiod: IstioChart;

  private readonly delivery: HelmDelivery;
  private readonly revision?: string;
  private readonly installed: IstioChart[] = [];

  constructor(scope: Construct, id: string, props: IstioInstallProps = {}) {
    super(scope, uniqueId(scope, id));
    const { delivery = HelmDelivery.values(), revision, revisionTags = [], base = true } = validateProps('IstioInstallProps', props, this);
    delivery._check(this);
    this.delivery = delivery;
    this.revision = revision === undefined ? undefined : dnsLabel(revision, this, 'the revision');
    revisionTags.forEach(tag => dnsLabel(tag, this, 'a tag of the revision'));
    if (revision === undefined && revisionTags.length > 0) {
      throw new MeshError('IM1611', this, { problem: 'there are tags, and no revision that they could be for', got: revisionTags });
    }
    [revision, ...revisionTags].forEach(name => this.addRevision(name));
    const { rootNamespace } = MeshCluster.of(this);
    const istiod = istiodChartValues(this, props);
    if (base) {
      refuseAtSynthesis(this, () => checkInjection(this));
      this.base = this.install('base', 'istio-base', rootNamespace, () => baseValues(this, revision), []);
    }
    if (props.cni) {
      const values = cniValues(this, props.cni, props.controlPlane ?? {});
      this.cni = this.install('cni', 'istio-cni', dnsLabel(props.cni.namespace ?? rootNamespace, this, 'the namespace of the CNI plugin'), () => values, []);
    }
    declareInstalledMesh(this, knownMeshOf(props.values?.meshConfig ?? {}));
    checkAtSynthesis(this, () => [
      ...collectErrors(this, istiod),
      ...collectErrors(this, () => checkUndoing(this, props.values ?? {}, 'values')),
      ...collectErrors(this, () => checkDefaultVisibility(this, knownMeshOf(props.values?.meshConfig ?? {}))),
    ]);
    this.istiod = this.install('istiod', revision === undefined ? 'istiod' : `istiod-${revision}`, rootNamespace, istiod, [this.base, this.cni].filter(chart => chart !== undefined));
  }

  /** All charts of this install, in the order in which they are installed. */
  public get charts(): IstioChart[] {
    return [...this.installed];
  }

  /**
   * Installs a gateway. Several of one name, in different namespaces, are several.
   *
   * @param name the name of the release, of the Service and, without the prefix `istio-`, of the pods' label `istio`
   */
  public addGateway(name: string, options: IstioGatewayOptions = {}): IstioChart {
    validateProps('IstioGatewayOptions', options, this);
    serviceName(name, this);
    const namespace = dnsLabel(options.namespace ?? MeshCluster.of(this).rootNamespace, this, 'the namespace of the gateway');
    const values = gatewayValues(this, name, options, this.revision);
    return this.install('gateway', name, namespace, () => values, [this.istiod]);
  }

  private addRevision(name: string | undefined): void {
    const { revisions } = registryOf(this, MeshRegistry);
    const known = name === undefined ? undefined : revisions.find(other => other.name === name);
    if (known) {
      throw new MeshError('IM1611', this, {
        problem: `${known.by === this ? 'this control plane' : known.by.node.path} already has the name ${name}`, got: name, next: 'remove the tag, or use another one',
      });
    }
    revisions.push({ name, by: this });
  }

  private install(chart: string, release: string, namespace: string, values: () => object, after: IstioChart[]): IstioChart {
    const key = `${namespace}/${release}`;
    const { releases } = registryOf(this, MeshRegistry);
    const known = releases.get(key);
    if (known) {
      throw new MeshError('IM1606', this, { problem: `${known.node.path} installs ${release} in ${namespace} already`, got: key });
    }
    releases.set(key, this);
    const installed = IstioChart._create(chart, release, namespace, values);
    this.installed.push(installed);
    this.delivery._deliver({ scope: this, name: this.revision === undefined ? 'istio' : `istio-${this.revision}` }, installed, after);
    return installed;
  }
}
