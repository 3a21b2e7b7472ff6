import { ApiObject, ApiObjectMetadata, Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { captureVariables } from './dns-capture';
import { SidecarScope } from './sidecar-scope';
import * as networking from '../../../imports/networking.istio.io';
import * as security from '../../../imports/security.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { isClusterScoped } from '../../kernel/cluster-scoped-kinds';
import { collectErrors } from '../../kernel/collect-errors';
import { knownNamespace } from '../../kernel/known-namespaces';
import { MeshCluster, perCluster } from '../../kernel/mesh-cluster';
import { declareNamespace, namespaceScopeOf } from '../../kernel/namespace-scope';
import { ObservableList } from '../../kernel/observable-list';
import { owned } from '../../kernel/owned-objects';
import { pathAt, uniqueId } from '../../kernel/unique-id';
import { annotation, labels } from '../../values/labels';
import { MutualTls } from '../../values/mutual-tls';
import { dnsLabel } from '../../values/names';
import { OutboundTrafficPolicy } from '../../values/outbound-traffic-policy';
import { SidecarInjection } from '../../values/sidecar-injection';

/** The labels that `SidecarInjection` writes. */
const INJECTION_LABELS = ['istio-injection', 'istio.io/rev'];

/** The label that puts a namespace into the mesh without sidecars. */
const DATAPLANE = 'istio.io/dataplane-mode';

/** Every namespace of a cluster. */
const namespaces = perCluster(() => new ObservableList<MeshNamespace>());

/** Properties of a `MeshNamespace`. */
export interface MeshNamespaceProps {
  /**
   * The name of the namespace.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * Whether pods get a sidecar, and from which istiod.
   *
   * @default - SidecarInjection.enabled(); none in the root namespace of the mesh
   */
  readonly injection?: SidecarInjection;

  /**
   * Whether the workloads of the namespace take connections without mutual TLS. Refused in the root namespace (IM1009), where it would
   * be the mode of the whole mesh; so is `STRICT` where pods get no sidecar to enforce it (IM1014).
   *
   * @default - MutualTls.STRICT where pods get a sidecar; nothing is said otherwise
   */
  readonly mutualTls?: MutualTls;

  /**
   * What the sidecars of the namespace let out, written as its Sidecar. Refused in the root namespace, where it would be for the whole mesh,
   * and where pods get no sidecar (IM1517).
   *
   * @default - what the mesh as a whole says
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars of the namespace answer DNS queries of their pods, so that hosts resolve that only the mesh knows, and hosts of plain
   * TCP have addresses of their own. Written as the namespace's ProxyConfig; pods that run already have to be restarted. Refused where pods
   * get no sidecar (IM1517).
   *
   * @default - what the mesh as a whole says
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/
   */
  readonly dnsCapture?: boolean;

  /**
   * Further labels of the namespace, for example those of Pod Security. `istio.io/dataplane-mode` is for namespaces without sidecars.
   *
   * @default - none but the one for injection
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the namespace.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** Options of `MeshNamespace.fromExisting`. */
export interface ExistingNamespaceOptions {
  /**
   * The name of the namespace.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * What the namespace is known to do about sidecars. Nothing is written.
   *
   * @default - what another construct of the cluster says of the namespace; `SidecarInjection.enabled()` where none does
   */
  readonly injection?: SidecarInjection;

  /**
   * Whether the workloads of the namespace take connections without mutual TLS, written as its PeerAuthentication. `STRICT` is refused
   * where pods get no sidecar to enforce it (IM1014).
   *
   * @default - nothing is written: what another construct of the cluster says, or what is there
   */
  readonly mutualTls?: MutualTls;

  /**
   * What the sidecars of the namespace let out, written as its Sidecar. Refused in the root namespace and where pods get no sidecar (IM1517).
   *
   * @default - nothing is written: what is there holds
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether the sidecars of the namespace are known to answer DNS queries. Nothing is written.
   *
   * @default - not known
   */
  readonly dnsCapture?: boolean;
}

/**
 * A namespace of the mesh: the Namespace with its label for injection, and the PeerAuthentication of its workloads.
 *
 * It is a scope: whatever of this library stands below it lives in the namespace. Objects of other libraries below it have to
 * say the namespace themselves, `metadata: bookinfo.metadata('settings')`, and are refused at synthesis if they don't.
 *
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export class MeshNamespace extends Construct {
  /** A namespace that is made elsewhere: the same scope, without the Namespace object. */
  public static fromExisting(scope: Construct, id: string, options: ExistingNamespaceOptions = {}): MeshNamespace {
    const namespace = new ExistingNamespace(scope, id, validateProps('ExistingNamespaceOptions', options, pathAt(scope, id)));
    MeshCluster.of(namespace)._refersTo('Namespace', undefined, namespace.name, namespace);
    return namespace;
  }

  /** The name of the namespace. */
  public readonly name: string;
  /**
   * The scope for objects that are about every pod of the namespace.
   *
   * @internal
   */
  public readonly _scope: Construct;
  private readonly known: ReturnType<typeof knownNamespace>;

  constructor(scope: Construct, id: string, props: MeshNamespaceProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshNamespaceProps', props, this);
    this.name = dnsLabel(props.name ?? id, this, 'the name of the namespace');
    const isRoot = this.name === MeshCluster.of(this).rootNamespace;
    this.known = knownNamespace(this, this.name);
    const injection = props.injection ?? (this._exists ? undefined : isRoot ? SidecarInjection.disabled() : SidecarInjection.enabled());
    const outer = namespaceScopeOf(this);
    if (outer) {
      throw new MeshError('IM1004', this, { problem: `the namespace stands inside another one, ${outer.node.path}` });
    }
    if (!this.node.scopes.some(Chart.isChart)) {
      throw new MeshError('IM1011', this, { problem: 'there is no chart for this namespace' });
    }
    declareNamespace(this, this.name);
    const mutualTls = props.mutualTls ?? (this._exists || isRoot || !injection?.injects ? undefined : MutualTls.STRICT);
    if (isRoot && props.mutualTls) {
      throw new MeshError('IM1009', this, { problem: `${this.name} is the root namespace: its mode would be that of the whole mesh`, got: props.mutualTls });
    }
    const { outboundTrafficPolicy: outbound, dnsCapture } = props;
    this.known.state({ injection, mutualTls, outbound, dnsCapture, ambient: props.labels?.[DATAPLANE] === 'ambient' || undefined }, this);
    this.checkEnforced(props);
    const steering = INJECTION_LABELS.find(key => Object.keys(props.labels ?? {}).includes(key));
    if (steering) {
      throw new MeshError('IM1010', this, { problem: `the label ${steering} is for \`injection\` to say`, got: props.labels![steering] });
    }
    if (this.injects && Object.keys(props.labels ?? {}).includes(DATAPLANE)) {
      throw new MeshError('IM1010', this, {
        problem: `the label ${DATAPLANE} is for a namespace whose pods get no sidecar`, got: props.labels![DATAPLANE], next: 'drop it, or use SidecarInjection.disabled()',
      });
    }
    Object.entries(props.annotations ?? {}).forEach(([key, value]) => annotation(key, value, this));
    if (!this._exists) {
      const namespace = new k8s.KubeNamespace(this, owned(this, 'Resource'), {
        metadata: {
          name: this.name,
          labels: { ...labels(props.labels ?? {}, this), ...injection?._labels },
          annotations: props.annotations,
        },
      });
      // cdk8s gives every object the namespace of its chart, and a Namespace has none.
      if (namespace.metadata.namespace !== undefined) {
        namespace.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
      }
    }
    if (mutualTls) {
      new security.PeerAuthentication(this, owned(this, 'PeerAuthentication'), {
        metadata: this.metadata('default'),
        spec: { mtls: { mode: mutualTls as string as security.PeerAuthenticationSpecMtlsMode } },
      });
    }
    this._scope = new Construct(this, 'Security');
    this.checkOutbound(props, isRoot);
    this.writeOutbound(props);
    this.node.addValidation({ validate: () => this.strays(this) });
    // Another construct may say later that pods get no sidecar.
    this.node.addValidation({
      validate: () => [() => this.checkEnforced(props), () => this.checkOutbound(props, isRoot)].flatMap(check => collectErrors(this, check)),
    });
    namespaces(this).add(this);
  }

  /** Whether its pods get a sidecar, as far as a construct of the cluster has said so far. */
  public get injects(): boolean {
    return this.known.hasSidecars;
  }

  /** Whether its workloads take connections without mutual TLS, where a construct of the cluster has said so. */
  public get mutualTls(): MutualTls | undefined {
    return this.known.mutualTls;
  }

  /**
   * The metadata that puts an object of another library into this namespace, under a name without a hash.
   *
   * @param name the name of the object; none is refused (IM0106), since cdk8s would make one up
   */
  public metadata(name: string): ApiObjectMetadata {
    if (typeof name !== 'string' || name === '') {
      throw new MeshError('IM0106', this, { problem: 'the object has no name', got: name, allowed: 'a text that is not empty' });
    }
    return { name, namespace: this.name };
  }

  /**
   * Whether somebody else makes it.
   *
   * @internal
   */
  public get _exists(): boolean {
    return false;
  }

  /** Without sidecars, only the nodes' proxies of ambient mode refuse plain text. */
  private checkEnforced({ mutualTls }: MeshNamespaceProps): void {
    if (mutualTls === MutualTls.STRICT && !this.injects && !this.known.isAmbient) {
      throw new MeshError('IM1014', this, { problem: `${this.name} insists on mutual TLS, and its pods get no sidecar to enforce it${this.saidElsewhere}`, got: mutualTls });
    }
  }

  private checkOutbound({ outboundTrafficPolicy: outbound, dnsCapture }: MeshNamespaceProps, isRoot: boolean): void {
    if ((outbound && isRoot) || ((outbound ?? dnsCapture) && !this.injects)) {
      throw new MeshError('IM1517', this, {
        problem: isRoot ? `${this.name} is the root namespace: what its Sidecar says would be for the whole mesh` : `the pods of ${this.name} get no sidecar${this.saidElsewhere}`,
        got: outbound ?? dnsCapture,
        next: isRoot ? 'leave it out here, and say it of the namespaces of the workloads' : 'leave it out',
      });
    }
  }

  /** The other construct that states the injection, as a part of a message. */
  private get saidElsewhere(): string {
    const source = this.known.injectionSource;
    return source && source !== this ? `: ${source.node.path} says so` : '';
  }

  private writeOutbound({ outboundTrafficPolicy: outbound, dnsCapture }: MeshNamespaceProps): void {
    if (outbound) {
      SidecarScope.of(this._scope, { name: 'default', namespace: this.name }).outbound(outbound, this);
    }
    if (dnsCapture && !this._exists) {
      new networking.ProxyConfig(this, owned(this, 'ProxyConfig'), { metadata: this.metadata('default'), spec: { environmentVariables: captureVariables(this) } });
    }
  }

  private strays(construct: IConstruct): string[] {
    const below = construct.node.children.flatMap(child => this.strays(child));
    if (!ApiObject.isApiObject(construct) || isClusterScoped(construct) || construct.metadata.namespace === this.name) {
      return below;
    }
    const { kind, metadata } = construct;
    return [new MeshError('IM1002', construct, {
      problem: `${kind} ${metadata.name} stands below namespace ${this.name} and would land in ${metadata.namespace ?? 'whatever namespace is current'}`,
      got: metadata.namespace,
      allowed: this.name,
      next: 'give it { metadata: namespace.metadata(\'…\') }; a kind without a namespace belongs below the chart',
    }).message, ...below];
  }
}

/** Its `_exists` is asked in the constructor of its base: a property of the class, not of the instance. */
class ExistingNamespace extends MeshNamespace {
  /** @internal */
  public get _exists(): boolean {
    return true;
  }
}

/** Calls the listener for every namespace of the cluster, made already or still to come. */
export function eachNamespace(scope: IConstruct, listener: (namespace: MeshNamespace) => void): void {
  namespaces(scope).each(listener);
}
