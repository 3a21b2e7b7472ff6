import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkTogether } from './policy-checks';
import { blockOf, blocks, failsOver, PolicyScope, PolicySettings, portBlocks, ContributedSettings, settingsByPath, TrafficPolicy } from './policy-settings';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { FieldOwnership } from '../../kernel/field-ownership';
import { needsIstio } from '../../kernel/needs-istio';
import { owned } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { IstioRelease } from '../../values/release';
import { HostIdentity, versionLabels } from '../model/host-identity';

type PortPolicy = networking.DestinationRuleSpecTrafficPolicyPortLevelSettings;
type SubsetPolicy = networking.DestinationRuleSpecSubsetsTrafficPolicy;

interface Subset {
  readonly labels?: Labels;
  readonly trafficPolicy?: SubsetPolicy;
}

/** Options of a policy that is for some callers only. */
export interface PolicyOptions {
  /** The name of the DestinationRule. Defaults to the name of the host. */
  readonly name?: string;
  /** The labels of the pods of the callers to which the policy applies. */
  readonly callers?: Labels;
}

/**
 * The policy of a host for its callers: the only DestinationRule for the host in its namespace.
 *
 * Istio takes one DestinationRule **as a whole**: that of the caller's namespace, otherwise that of the service's namespace, otherwise that
 * of the root namespace. So no other construct writes one; constructs contribute subsets and settings here.
 */
export class HostPolicy extends Construct {
  private readonly subsets: FieldOwnership<Subset>;
  private readonly settings: PolicySettings;
  private routed?: Set<string>;
  private namespaces?: () => readonly string[] | undefined;
  private written = false;

  public constructor(scope: Construct, id: string, private readonly identity: HostIdentity, private readonly options: PolicyOptions = {}) {
    super(scope, id);
    this.subsets = new FieldOwnership(`the subsets of ${identity.host}`, 'IM1401');
    this.settings = new PolicySettings(identity.host);
    // Runs at synthesis, because other constructs may contribute later: an outlier detection, a route to a version.
    checkAtSynthesis(this, () => [...new Set([
      ...this.settings.scopes.flatMap(each => collectErrors(this, () => this.check(each))),
      ...this.settings.written(identity.ports).flatMap(each => collectErrors(this, () => checkTogether(this.settings, each, identity))),
    ])],
    );
  }

  /** Adds a subset for a version, if there is none yet. */
  public addSubset(version: string, source: IConstruct): void {
    this.subsets.set(version, { labels: versionLabels(this.identity, version, source) }, source);
    this.write();
  }

  /** Adds a subset for a version, and records that a route leads to it. */
  public leadTo(version: string, source: IConstruct): void {
    this.addSubset(version, source);
    (this.routed ??= new Set()).add(version);
  }

  /** Adds a subset of all pods, with a separate traffic policy. */
  public addPolicySubset(name: string, trafficPolicy: SubsetPolicy, source: IConstruct): void {
    this.subsets.set(name, { trafficPolicy }, source);
    this.write();
  }

  /** Sets one field of the traffic policy, for one scope. */
  public set<K extends keyof ContributedSettings>(
    field: K, value: NonNullable<ContributedSettings[K]>, source: IConstruct, scope: PolicyScope = {},
  ): void {
    this.contribute({ [field]: value }, source, scope);
  }

  /** Sets several fields of the traffic policy, for one scope. */
  public contribute(contributed: ContributedSettings, source: IConstruct, scope: PolicyScope = {}): void {
    if (scope.version !== undefined) {
      this.addSubset(scope.version, source);
    }
    Object.entries(settingsByPath(contributed)).forEach(([name, value]) => this.settings.set(name, value, source, scope));
    this.write();
  }

  /** Sets defaults. A construct that sets one of these settings for any scope replaces the default there. */
  public assume(contributed: ContributedSettings): void {
    this.settings.assume(settingsByPath(contributed));
    this.write();
  }

  /** Whether the DestinationRule exists. */
  public get isWritten(): boolean {
    return this.written;
  }

  /** Whether a consistent hash is set for exactly this port, for all versions or for one. */
  public hashesAt(port: number): boolean {
    return this.settings.scopes.filter(scope => scope.port === port)
      .some(scope => (this.settings.own(scope) as TrafficPolicy).loadBalancer?.consistentHash !== undefined);
  }

  /** The construct that sets a consistent hash for a port or for the whole host, independent of the version. */
  public hashedBy(port?: number): IConstruct | undefined {
    const scopes = [{ port }, ...port === undefined ? this.settings.scopes.filter(({ version }) => version === undefined) : []];
    const hashed = scopes.find(scope => (this.settings.effective(scope) as TrafficPolicy).loadBalancer?.consistentHash !== undefined);
    return hashed && this.settings.sourceOf('loadBalancer', hashed);
  }

  /** Sets the namespaces to which the policy is exported; undefined for all. Evaluated at synthesis. */
  public visibleTo(namespaces: () => readonly string[] | undefined): void {
    this.namespaces = namespaces;
  }

  /** Creates the DestinationRule with the first contribution. */
  private write(): void {
    if (!this.written) {
      this.written = true;
      new networking.DestinationRule(this, owned(this, 'Resource'), {
        metadata: { name: this.options.name ?? this.identity.name, namespace: this.identity.namespace },
        spec: Lazy.any({ produce: () => this._render() }),
      });
    }
  }

  /** @internal */
  public _render(): networking.DestinationRuleSpec {
    const subsets = this.subsets.render();
    const { callers } = this.options;
    const namespaces = this.namespaces?.();
    return {
      host: this.identity.host,
      exportTo: namespaces && [...namespaces],
      workloadSelector: callers && { matchLabels: { ...callers } },
      subsets: subsets && Object.entries(subsets).map(([name, subset]) => ({ name, trafficPolicy: this.subsetPolicy(name), ...subset })),
      trafficPolicy: this.policy(),
    };
  }

  /** Istio ignores the host's settings for a port that has its own, so port settings are written out in full. */
  private policy(): TrafficPolicy | undefined {
    const ports = this.settings.ports();
    const settings = this.settings.effective({});
    return ports.length === 0 && Object.keys(settings).length === 0 ? undefined : {
      ...blocks(settings),
      portLevelSettings: ports.length === 0 ? undefined : ports.map(port => this.portPolicy({ port })),
    };
  }

  /** In a subset, each block replaces that of the host or its port as a whole, and a port of the subset has only its own settings. */
  private subsetPolicy(version: string): SubsetPolicy | undefined {
    const own = new Set(Object.keys(this.settings.own({ version })).map(blockOf));
    const ports = [...new Set([...this.settings.ports(version), ...own.size > 0 ? this.settings.ports() : []])].sort((a, b) => a - b);
    // Failover of a version changes `maxEjectionPercent`, even if the outlier detection is set for the whole host.
    if (failsOver(this.settings.own({ version }))) {
      own.add('outlierDetection');
    }
    const changed = Object.entries(blocks(this.settings.effective({ version }))).filter(([name, block]) => own.has(name) && block !== undefined);
    return changed.length === 0 && ports.length === 0 ? undefined : {
      ...Object.fromEntries(changed),
      portLevelSettings: ports.length === 0 ? undefined : ports.map(port => this.portPolicy({ version, port })),
    } as SubsetPolicy;
  }

  private portPolicy(scope: PolicyScope): PortPolicy {
    return { port: { number: scope.port }, ...portBlocks(this.settings.effective(scope)) } as PortPolicy;
  }

  /** Refuses settings without effect: failover without outlier detection, and settings of a version without routes. */
  private check(scope: PolicyScope): void {
    const { version } = scope;
    const settings = this.settings.effective(scope);
    if (failsOver(settings) && !Object.keys(settings).some(name => blockOf(name) === 'outlierDetection')) {
      throw new MeshError('IM1635', this.settings.sourceOf('locality', scope)!, { problem: `${this.identity.name} has no outlier detection, so failover never happens`, got: settings.locality });
    }
    if (version !== undefined && !this.routed?.has(version)) {
      const [name] = Object.keys(this.settings.own(scope));
      throw new MeshError('IM1637', this.settings.sourceOf(name, scope)!, { problem: `no route leads to version ${version} of ${this.identity.name}`, got: version });
    }
    this.checkBudget(scope);
  }

  private checkBudget(scope: PolicyScope): void {
    const source = this.settings.sourceOf('retryBudget', {});
    if (source && scope.port !== undefined) {
      throw new MeshError('IM1639', source, { problem: `port ${scope.port} of ${this.identity.name} has settings of its own, and Istio takes no retry budget for a port`, got: scope.port });
    }
    if (source && scope.version !== undefined) {
      needsIstio(source, IstioRelease.V1_30, 'a retry budget for versions with settings of their own');
    }
  }
}
