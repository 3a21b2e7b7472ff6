import { ApiObjectMetadata, Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { writeOutbound } from './namespace-outbound';
import { ExistingNamespaceOptions, MeshNamespaceProps } from './namespace-props';
import { strayObjects } from './stray-objects';
import * as security from '../../../imports/security.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { checkAtSynthesis, refuseAtSynthesis } from '../../kernel/collect-errors';
import { knownNamespace, refersToNamespace } from '../../kernel/known-namespaces';
import { declareNamespace, namespaceScopeOf } from '../../kernel/namespace-scope';
import { ObservableList } from '../../kernel/observable-list';
import { owned } from '../../kernel/owned-objects';
import { registryOf } from '../../kernel/registry';
import { pathAt, uniqueId } from '../../kernel/unique-id';
import { annotation, labels } from '../../values/labels';
import { MutualTls } from '../../values/mutual-tls';
import { dnsLabel } from '../../values/names';
import { SidecarInjection } from '../../values/sidecar-injection';

/** The labels that `SidecarInjection` writes. */
const INJECTION_LABELS = ['istio-injection', 'istio.io/rev'];

/** The label that adds a namespace to the mesh without sidecars. */
const DATAPLANE = 'istio.io/dataplane-mode';

class MeshNamespaceRegistry {
  /** Namespaces of constructs, in order of construction. Written by `MeshNamespace`. Complete at synthesis. */
  public readonly namespaces = new ObservableList<MeshNamespace>();
}

/**
 * A namespace of the mesh: the Namespace with its injection label, and the PeerAuthentication of its workloads.
 *
 * It is a scope: constructs of this library below it are created in the namespace. Objects of other libraries below it need its metadata,
 * `metadata: bookinfo.metadata('settings')`; without a namespace they are refused at synthesis (IM1002).
 *
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export class MeshNamespace extends Construct {
  /** A namespace that another team creates: the same scope, without the Namespace object. */
  public static fromExisting(scope: Construct, id: string, options: ExistingNamespaceOptions = {}): MeshNamespace {
    const namespace = new ExistingNamespace(scope, id, validateProps('ExistingNamespaceOptions', options, pathAt(scope, id)));
    refersToNamespace(namespace, namespace.name);
    return namespace;
  }

  /** The name of the namespace. */
  public readonly name: string;
  /**
   * The scope for objects that apply to every pod of the namespace.
   *
   * @internal
   */
  public readonly _scope: Construct;
  private readonly known: ReturnType<typeof knownNamespace>;

  constructor(scope: Construct, id: string, props: MeshNamespaceProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('MeshNamespaceProps', props, this);
    this.name = dnsLabel(props.name ?? id, this, 'the name of the namespace');
    const isRoot = knownNamespace(this, this.name).isRoot;
    this.known = knownNamespace(this, this.name);
    const injection = props.injection ?? (this._exists ? undefined : isRoot ? SidecarInjection.disabled() : SidecarInjection.enabled());
    const outer = namespaceScopeOf(this);
    if (outer) {
      throw new MeshError('IM1004', this, { problem: `the namespace is inside another one, ${outer.node.path}` });
    }
    if (!this.node.scopes.some(Chart.isChart)) {
      throw new MeshError('IM1011', this, { problem: 'the namespace is not inside a chart' });
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
      throw new MeshError('IM1010', this, { problem: `\`injection\` sets the label ${steering}`, got: props.labels![steering] });
    }
    if (this.injects && Object.keys(props.labels ?? {}).includes(DATAPLANE)) {
      throw new MeshError('IM1010', this, {
        problem: `the label ${DATAPLANE} is only for namespaces without sidecars`, got: props.labels![DATAPLANE], next: 'remove it, or use SidecarInjection.disabled()',
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
      // cdk8s gives every object the namespace of its chart, but a Namespace has no namespace.
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
    writeOutbound(this, props);
    checkAtSynthesis(this, () => strayObjects(this, this.name));
    // Another construct may disable injection later.
    refuseAtSynthesis(this, () => this.checkEnforced(props));
    refuseAtSynthesis(this, () => this.checkOutbound(props, isRoot));
    registryOf(this, MeshNamespaceRegistry).namespaces.add(this);
  }

  /** Whether its pods get a sidecar, according to all constructs of the cluster so far. */
  public get injects(): boolean {
    return this.known.hasSidecars;
  }

  /** The mutual TLS mode of its workloads, if a construct of the cluster has set it. */
  public get mutualTls(): MutualTls | undefined {
    return this.known.mutualTls;
  }

  /**
   * The metadata for an object of another library in this namespace, with a name without a hash.
   *
   * @param name the name of the object. An empty name is refused (IM0106), because cdk8s would generate one
   */
  public metadata(name: string): ApiObjectMetadata {
    if (typeof name !== 'string' || name === '') {
      throw new MeshError('IM0106', this, { problem: 'the object has no name', got: name, allowed: 'a text that is not empty' });
    }
    return { name, namespace: this.name };
  }

  /**
   * Whether another team creates it.
   *
   * @internal
   */
  public get _exists(): boolean {
    return false;
  }

  /** Without sidecars, only ztunnel of ambient mode refuses plain text. */
  private checkEnforced({ mutualTls }: MeshNamespaceProps): void {
    if (mutualTls === MutualTls.STRICT && !this.injects && !this.known.isAmbient) {
      throw new MeshError('IM1014', this, { problem: `${this.name} requires mutual TLS, but its pods get no sidecar to enforce it${this.otherSource}`, got: mutualTls });
    }
  }

  private checkOutbound({ outboundTrafficPolicy: outbound, dnsCapture }: MeshNamespaceProps, isRoot: boolean): void {
    if ((outbound && isRoot) || ((outbound ?? dnsCapture) && !this.injects)) {
      throw new MeshError('IM1517', this, {
        problem: isRoot ? `${this.name} is the root namespace: its Sidecar would apply to the whole mesh` : `the pods of ${this.name} get no sidecar${this.otherSource}`,
        got: outbound ?? dnsCapture,
        next: isRoot ? 'remove it here, and set it for the namespaces of the workloads' : 'remove it',
      });
    }
  }

  /** The other construct that sets the injection, as a part of a message. */
  private get otherSource(): string {
    const source = this.known.injectionSource;
    return source && source !== this ? `: see ${source.node.path}` : '';
  }
}

/** The constructor of the base reads `_exists`, so it is a property of the class and not of the instance. */
class ExistingNamespace extends MeshNamespace {
  /** @internal */
  public get _exists(): boolean {
    return true;
  }
}

/** Calls the listener for every namespace of the cluster, created before or after. */
export function eachNamespace(scope: IConstruct, listener: (namespace: MeshNamespace) => void): void {
  registryOf(scope, MeshNamespaceRegistry).namespaces.each(listener);
}
