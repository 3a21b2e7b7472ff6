import { Construct, IConstruct } from 'constructs';
import { AccessLog } from './access-log';
import { calleesOf } from './extension-providers';
import { knownMeshOf } from './known-mesh-config';
import { checkMeshConfig } from './mesh-config-check';
import { MeshSettingsProps } from './mesh-settings-props';
import { MeshRegistry } from './registry';
import { checkSettings } from './settings-checks';
import { istiodValues, meshConfig } from './settings-values';
import { TracingProvider } from './tracing-provider';
import { Values, withFurther } from './values';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { checkAtSynthesis } from '../kernel/collect-errors';
import { declareKnownMesh } from '../kernel/known-mesh';
import { MeshCluster } from '../kernel/mesh-cluster';
import { registryOf } from '../kernel/registry';
import { uniqueId } from '../kernel/unique-id';
import { declareProxyCallees } from '../services/calls/proxy-callees';
import { OutboundTrafficPolicy } from '../values/outbound-traffic-policy';

/**
 * The settings of the mesh of a cluster: what Istio's configuration of the mesh says, typed.
 *
 * It writes no object: `IstioInstall` makes Helm values from it, and other constructs read it. It also describes a mesh that another
 * team installs.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export class MeshSettings extends Construct {
  /**
   * The settings of the cluster that a construct belongs to, if they exist.
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
    this.declareKnown();
    this.declareCallees();
    checkAtSynthesis(this, () => checkSettings(this, props, this.meshConfig));
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
   * Whether a provider receives traces if no Telemetry names one.
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

  /** States what other constructs need to know, from props and from fields of `meshConfig`. */
  private declareKnown(): void {
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
