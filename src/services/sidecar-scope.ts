import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import * as networking from '../../imports/networking.istio.io';
import { Claims } from '../kernel/claims';
import { perCluster } from '../kernel/mesh-cluster';
import { owned } from '../kernel/owned-objects';
import { Labels, labelsKey } from '../values/labels';
import { OutboundTraffic } from '../values/outbound-traffic';

/** What sidecars let out, as Istio spells it. */
const MODES = {
  [OutboundTraffic.ANY]: networking.SidecarSpecOutboundTrafficPolicyMode.ALLOW_UNDERSCORE_ANY,
  [OutboundTraffic.DECLARED_ONLY]: networking.SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY,
};

/** Whose sidecars are meant. */
export interface SidecarSetting {
  readonly name: string;
  readonly namespace: string;
  /** The labels of the pods; every pod of the namespace that has no Sidecar of its own where not said. */
  readonly labels?: Labels;
  /** The annotations of the object. */
  readonly annotations?: Labels;
}

const scopes = perCluster(() => new Map<string, SidecarScope>());

/**
 * What the sidecars of some pods know: the one Sidecar that there is for them. Istio takes one of several whole, by age, and one with
 * a selector in place of that of the namespace: so nobody else writes one.
 */
export class SidecarScope extends Construct {
  /** That of these pods: the one that is there, or a new one below `home`. */
  public static of(home: Construct, setting: SidecarSetting): SidecarScope {
    const key = `${setting.namespace} ${labelsKey(setting.labels ?? {})}`;
    const known = scopes(home).get(key) ?? new SidecarScope(home, setting);
    scopes(home).set(key, known);
    return known;
  }

  private readonly claims: Claims<networking.SidecarSpecOutboundTrafficPolicyMode>;
  private hosts?: () => string[];

  private constructor(home: Construct, private readonly setting: SidecarSetting) {
    super(home, 'Sidecar');
    this.claims = new Claims(`the sidecars of ${setting.namespace}`, 'IM1401');
    new networking.Sidecar(this, owned(this, 'Resource'), {
      metadata: { name: setting.name, namespace: setting.namespace, annotations: some(setting.annotations) },
      spec: Lazy.any({ produce: () => this._render() }),
    });
  }

  /** Says what the sidecars do with what no host that they know stands for. */
  public outbound(traffic: OutboundTraffic, source: IConstruct): void {
    this.claims.claim('outbound traffic', MODES[traffic], source);
  }

  /** Hides all hosts but these, each `<namespace>/<host>`, which are asked for when all have spoken. */
  public limit(hosts: () => string[]): void {
    this.hosts = hosts;
  }

  /** @internal */
  public _render(): networking.SidecarSpec {
    const mode = this.claims.get('outbound traffic');
    const hosts = this.hosts?.();
    const { labels } = this.setting;
    return {
      workloadSelector: labels && { labels: { ...labels } },
      egress: hosts && [{ hosts: hosts.length > 0 ? hosts : ['~/*'] }],
      outboundTrafficPolicy: mode && { mode },
    };
  }
}

function some(annotations: Labels = {}): Labels | undefined {
  return Object.keys(annotations).length > 0 ? annotations : undefined;
}
