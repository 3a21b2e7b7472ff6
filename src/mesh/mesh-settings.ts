import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AccessLog } from './access-log';
import { calleesOf } from './extension-providers';
import { knownMeshOf } from './known-mesh-config';
import { checkMeshConfig } from './mesh-config-check';
import { MeshSettingsProps } from './mesh-settings-props';
import { checkNormalizedPaths } from './normalized-paths';
import { MeshRegistry } from './registry';
import { istiodValues, meshConfig } from './settings-values';
import { TracingProvider } from './tracing-provider';
import { checkUndoing } from './undoing-settings';
import { Values, withFurther } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { collectErrors } from '../kernel/collect-errors';
import { declareKnownMesh } from '../kernel/known-mesh';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { uniqueId } from '../kernel/unique-id';
import { declareProxyCallees } from '../services/calls/proxy-callees';
import { MeshNamespace } from '../services/namespaces/mesh-namespace';
import { checkDefaultVisibility } from '../services/visibility-checks';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/**
 * The settings of the mesh of a cluster: what Istio's configuration of the mesh says, typed.
 *
 * It writes nothing by itself: `IstioInstall` makes Helm values of it, and other constructs ask it, so a mesh that somebody else
 * installed is described by it, too.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export class MeshSettings extends Construct {
  /**
   * The settings of the cluster that a construct belongs to, if somebody has made them by now.
   *
   * @param scope the construct
   */
  public static of(scope: IConstruct): MeshSettings | undefined {
    const { settings } = registryOf(scope, MeshRegistry);
    return settings instanceof MeshSettings ? settings : undefined;
  }

  /** What sidecars let out of the mesh. */
  public readonly outboundTrafficPolicy: OutboundTrafficPolicy;
  /** Whether sidecars answer the DNS queries of their pods. */
  public readonly dnsCapture: boolean;
  /** The access log of all proxies. */
  public readonly accessLog: AccessLog;

  private readonly meshConfig: Values;
  private readonly props: MeshSettingsProps;

  /**
   * @param scope the cluster, the App, or any construct below it
   */
  constructor(scope: Construct, id: string, props: MeshSettingsProps = {}) {
    super(scope, uniqueId(scope, id));
    this.props = validateProps('MeshSettingsProps', props, this);
    const cluster = MeshCluster.of(this);
    const registry = registryOf(this, MeshRegistry);
    const known = registry.settings;
    if (known) {
      throw new MeshError('IM1601', this, { problem: `the cluster has settings already: ${known.node.path}` });
    }
    this.outboundTrafficPolicy = props.outboundTrafficPolicy ?? OutboundTrafficPolicy.ALLOW_ANY;
    this.dnsCapture = props.dnsCapture ?? false;
    this.accessLog = props.accessLog ?? AccessLog.none();
    this.meshConfig = withFurther(meshConfig(this, cluster, props), props.meshConfig ?? {}, this, 'meshConfig');
    checkMeshConfig(this.meshConfig, this, cluster.istio);
    registry.settings = this;
    this.stateFacts();
    this.declareCallees();
    this.node.addValidation({
      validate: () => [
        ...this.undiscovered(),
        ...collectErrors(this, () => checkUndoing(this, { meshConfig: { ...this.meshConfig, discoverySelectors: props.meshConfig?.discoverySelectors } }, '')),
        ...collectErrors(this, () => checkDefaultVisibility(this, knownMeshOf(props.meshConfig ?? {}))),
        ...collectErrors(this, () => checkNormalizedPaths(this, this.meshConfig.pathNormalization?.normalization)),
      ],
    });
  }

  /**
   * The values of the chart of istiod that the settings become.
   *
   * @internal
   */
  public _istiodValues(): Values {
    return { ...istiodValues(this.props), meshConfig: this.meshConfig };
  }

  /**
   * Whether somebody takes traces where no Telemetry names a provider.
   *
   * @internal
   */
  public get _traces(): boolean {
    const { defaultProviders, enableTracing, defaultConfig } = this.meshConfig;
    return enableTracing === true || (defaultProviders?.tracing ?? []).length > 0 || Object.keys(defaultConfig?.tracing ?? {}).some(field => field !== 'sampling');
  }

  /**
   * Refuses a provider of traces that proxies are not told of.
   *
   * @internal
   */
  public _knows(provider: TracingProvider, user: IConstruct): void {
    const known: { name: string }[] = this.meshConfig.extensionProviders ?? [];
    if (!known.some(({ name }) => name === provider.name)) {
      throw new MeshError('IM1613', user, {
        problem: `${this.node.path} has no provider ${provider.name}`, got: provider.name, allowed: known.map(({ name }) => name).join(', ') || 'none',
      });
    }
  }

  /** What proxies call by themselves. */
  private declareCallees(): void {
    const { tracing, tracingProviders = [], meshConfig: further = {} } = this.props;
    const typed = new Set([...tracing ? [tracing.provider] : [], ...tracingProviders]);
    declareProxyCallees(this, [...[...typed].map(provider => provider._callee(this)), ...calleesOf(further.extensionProviders ?? [])]);
  }

  /** Namespaces that are made here, and that istiod would not look at. */
  private undiscovered(): string[] {
    const cluster = MeshCluster.of(this);
    const wanted = Object.entries(this.props.discoverySelectors ?? {});
    const all = wanted.length === 0 ? [] : this.node.root.node.findAll();
    const made = all.filter(construct => construct instanceof MeshNamespace && MeshCluster.of(construct) === cluster);
    return made.flatMap(namespace => {
      const object = namespace.node.tryFindChild('Resource') as ApiObject | undefined; // none where somebody else makes it
      const missing = wanted.filter(([key, value]) => object && object.metadata.getLabel(key) !== value).map(([key, value]) => `${key}: ${value}`);
      return missing.length === 0 ? [] : [new MeshError('IM1612', namespace, {
        problem: `${this.node.path} has istiod look at other namespaces only: this one lacks a label`, allowed: missing.join(', '),
      }).message];
    });
  }

  /** Of what is said by fields without a property, that which the library asks for. */
  private stateFacts(): void {
    const { outboundTrafficPolicy, dnsCapture, accessLog, autoMtls, proxy, meshConfig: further = {} } = this.props;
    const unless = <T>(field: string, value: T) => (field in further ? undefined : value);
    const facts = knownMeshOf(further);
    declareKnownMesh(this, {
      outboundTrafficPolicy: outboundTrafficPolicy ?? unless('outboundTrafficPolicy', this.outboundTrafficPolicy) ?? facts.outboundTrafficPolicy,
      dnsCapture: dnsCapture ?? unless('defaultConfig', this.dnsCapture),
      accessLog: accessLog?._writes ?? unless('accessLogFile', false),
      autoMtls: autoMtls ?? facts.autoMtls ?? true,
      nativeSidecars: proxy?.nativeSidecars,
      authorizers: knownMeshOf(this.meshConfig).authorizers ?? [],
      exported: facts.exported,
      knowsGatewayTopology: facts.knowsGatewayTopology ?? false,
    });
  }
}
