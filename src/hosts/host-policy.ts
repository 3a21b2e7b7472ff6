import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { HostIdentity, versionLabels } from './host-identity';
import * as networking from '../../imports/networking.istio.io';
import { Claims } from '../kernel/claims';
import { Labels } from '../values/labels';

type TrafficPolicy = networking.DestinationRuleSpecTrafficPolicy;
type PortPolicy = networking.DestinationRuleSpecTrafficPolicyPortLevelSettings;
type SubsetPolicy = networking.DestinationRuleSpecSubsetsTrafficPolicy;

interface Subset {
  readonly labels?: Labels;
  readonly trafficPolicy?: SubsetPolicy;
}

/** What is different of a policy that is not the one of all callers. */
export interface PolicyOptions {
  /** The name of the object. The name of the host, if it is not said. */
  readonly name?: string;
  /** The labels of the callers that it is for. */
  readonly callers?: Labels;
}

/** Settings that a port takes over from the policy of the host, or Istio would drop them there. */
const INHERITED = ['connectionPool', 'loadBalancer', 'outlierDetection'] as const;

/**
 * The policy of a host for its callers: the one DestinationRule that its namespace has for it.
 *
 * Istio takes the DestinationRule of the caller's namespace, else of the service's, else of the mesh's root, **whole**:
 * so nobody else writes one; subsets and settings are contributed here.
 */
export class HostPolicy extends Construct {
  private readonly subsets: Claims<Subset>;
  private readonly settings: Claims<unknown>;
  private readonly ports: Claims<PortPolicy>;
  private namespaces?: () => string[] | undefined;

  public constructor(scope: Construct, id: string, private readonly identity: HostIdentity, private readonly options: PolicyOptions = {}) {
    super(scope, id);
    this.subsets = new Claims(`the subsets of ${identity.host}`, 'IM1401');
    this.settings = new Claims(`the policy of ${identity.host}`, 'IM1401');
    this.ports = new Claims(`the policy of ${identity.host}`, 'IM1401');
  }

  /** Makes sure that the host has a subset for a version. */
  public addSubset(version: string, source: IConstruct): void {
    this.subsets.claim(version, { labels: versionLabels(this.identity, version, source) }, source);
    this.write();
  }

  /** Makes sure that the host has a way to all of its pods that differs by its policy. */
  public addWay(name: string, trafficPolicy: SubsetPolicy, source: IConstruct): void {
    this.subsets.claim(name, { trafficPolicy }, source);
    this.write();
  }

  /** Sets one field of the traffic policy, for all subsets. */
  public set<K extends keyof TrafficPolicy>(field: K, value: NonNullable<TrafficPolicy[K]>, source: IConstruct): void {
    this.settings.claim(field, value, source);
    this.write();
  }

  /** Sets the TLS to one port. */
  public setPortTls(port: number, tls: NonNullable<TrafficPolicy['tls']>, source: IConstruct): void {
    // In the order of their numbers: as text, 80 would come behind 443.
    this.ports.claim(`port ${String(port).padStart(5, '0')}`, { port: { number: port }, tls: tls as PortPolicy['tls'] }, source);
    this.write();
  }

  /** Says which namespaces see the policy; all of them where undefined. Asked at synthesis. */
  public visibleTo(namespaces: () => string[] | undefined): void {
    this.namespaces = namespaces;
  }

  /** The object exists as soon as there is something to say. */
  private write(): void {
    if (!this.node.tryFindChild('Resource')) {
      new networking.DestinationRule(this, 'Resource', {
        metadata: { name: this.options.name ?? this.identity.name, namespace: this.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }

  /** @internal */
  public _render(): networking.DestinationRuleSpec {
    const subsets = this.subsets.render();
    const { callers } = this.options;
    return {
      host: this.identity.host,
      exportTo: this.namespaces?.(),
      workloadSelector: callers && { matchLabels: { ...callers } },
      subsets: subsets && Object.entries(subsets).map(([name, subset]) => ({ name, ...subset })),
      trafficPolicy: this.trafficPolicy(),
    };
  }

  private trafficPolicy(): TrafficPolicy | undefined {
    const settings = this.settings.render() as TrafficPolicy | undefined;
    const ports = this.ports.render();
    if (!ports) {
      return settings;
    }
    const inherited = Object.fromEntries(INHERITED.filter(field => settings?.[field]).map(field => [field, settings![field]]));
    return { ...settings, portLevelSettings: Object.values(ports).map(port => ({ ...port, ...inherited })) };
  }
}
