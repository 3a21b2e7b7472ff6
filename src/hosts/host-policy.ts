import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { HostIdentity, versionLabels } from './host-identity';
import * as networking from '../../imports/networking.istio.io';
import { Claims } from '../kernel/claims';
import { Labels } from '../values/labels';

type TrafficPolicy = networking.DestinationRuleSpecTrafficPolicy;

/**
 * The policy of a host for its callers: the one DestinationRule that its namespace has for it.
 *
 * Istio takes the DestinationRule of the caller's namespace, else of the service's, else of the mesh's root, **whole**:
 * so nobody else writes one; subsets and settings are contributed here.
 */
export class HostPolicy extends Construct {
  private readonly subsets: Claims<Labels>;
  private readonly settings: Claims<unknown>;

  public constructor(scope: Construct, id: string, private readonly identity: HostIdentity) {
    super(scope, id);
    this.subsets = new Claims(`the subsets of ${identity.host}`, 'IM1401');
    this.settings = new Claims(`the policy of ${identity.host}`, 'IM1401');
  }

  /** Makes sure that the host has a subset for a version. */
  public addSubset(version: string, source: IConstruct): void {
    this.subsets.claim(version, versionLabels(this.identity, version, source), source);
    this.write();
  }

  /** Sets one field of the traffic policy, for all subsets. */
  public set<K extends keyof TrafficPolicy>(field: K, value: NonNullable<TrafficPolicy[K]>, source: IConstruct): void {
    this.settings.claim(field, value, source);
    this.write();
  }

  /** The object exists as soon as there is something to say. */
  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.DestinationRule(this, 'Resource', {
        metadata: { name: this.identity.name, namespace: this.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }

  /** @internal */
  public _render(): networking.DestinationRuleSpec {
    const subsets = this.subsets.render();
    return {
      host: this.identity.host,
      subsets: subsets && Object.entries(subsets).map(([name, labels]) => ({ name, labels })),
      trafficPolicy: this.settings.render() as TrafficPolicy | undefined,
    };
  }
}
