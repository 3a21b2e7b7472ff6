import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import * as networking from '../../../imports/networking.istio.io';
import { placedBy } from '../../kernel/chart-order';
import { FieldOwnership } from '../../kernel/field-ownership';
import { owned } from '../../kernel/owned-objects';
import { registryOf } from '../../kernel/registry';
import { Labels, labelsKey } from '../../values/labels';
import { OutboundTrafficPolicy } from '../../values/outbound-traffic-policy';

/** The outbound traffic policy in Istio's form. */
const MODES = {
  [OutboundTrafficPolicy.ALLOW_ANY]: networking.SidecarSpecOutboundTrafficPolicyMode.ALLOW_UNDERSCORE_ANY,
  [OutboundTrafficPolicy.REGISTRY_ONLY]: networking.SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY,
};

/** The pods whose sidecars the Sidecar configures. */
export interface SidecarSetting {
  readonly name: string;
  readonly namespace: string;
  /** The labels of the pods. By default all pods of the namespace without a more specific Sidecar. */
  readonly labels?: Labels;
  /** The annotations of the object. */
  readonly annotations?: Labels;
}

class SidecarScopeRegistry {
  /** Sidecars by the namespace and labels of their pods. Written by `MeshNamespace` and `LeastPrivilege`. Complete at synthesis. */
  public readonly scopes = new Map<string, SidecarScope>();
}

/**
 * The only Sidecar resource for some pods. Istio merges no Sidecars: it uses the oldest of several, and one with a selector instead of that of
 * the namespace. So all settings go through this class.
 */
export class SidecarScope extends Construct {
  /** That of these pods: the one that is there, or a new one below `home`. */
  public static of(scope: Construct, setting: SidecarSetting): SidecarScope {
    const key = `${setting.namespace} ${labelsKey(setting.labels ?? {})}`;
    const known = registryOf(scope, SidecarScopeRegistry).scopes.get(key) ?? new SidecarScope(scope, setting);
    registryOf(scope, SidecarScopeRegistry).scopes.set(key, known);
    return known;
  }

  private readonly claims: FieldOwnership<networking.SidecarSpecOutboundTrafficPolicyMode>;
  private hosts?: () => readonly string[];

  private constructor(scope: Construct, private readonly setting: SidecarSetting) {
    super(scope, 'Sidecar');
    this.claims = new FieldOwnership(`the sidecars of ${setting.namespace}`, 'IM1401');
    placedBy(new networking.Sidecar(this, owned(this, 'Resource'), {
      metadata: { name: setting.name, namespace: setting.namespace, annotations: some(setting.annotations) },
      spec: Lazy.any({ produce: () => this._render() }),
    }), { workloadSelector: setting.labels });
  }

  /** Sets the policy for traffic to unknown hosts. */
  public outbound(traffic: OutboundTrafficPolicy, source: IConstruct): void {
    this.claims.set('outbound traffic', MODES[traffic], source);
  }

  /** Limits the visible hosts, each `<namespace>/<host>`. The list is read at synthesis. */
  public limit(hosts: () => readonly string[]): void {
    this.hosts = hosts;
  }

  /** @internal */
  public _render(): networking.SidecarSpec {
    const mode = this.claims.get('outbound traffic');
    const hosts = this.hosts?.();
    const { labels } = this.setting;
    return {
      workloadSelector: labels && { labels: { ...labels } },
      egress: hosts && [{ hosts: hosts.length > 0 ? [...hosts] : ['~/*'] }],
      outboundTrafficPolicy: mode && { mode },
    };
  }
}

function some(annotations: Labels = {}): Labels | undefined {
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}
