import { Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { HostIdentity, versionLabels } from '../host-identity';
import { checkTogether } from './policy-checks';
import { blockOf, blocks, failsOver, PolicyScope, PolicySettings, portBlocks, Said, settingsOf, TrafficPolicy } from './policy-settings';
import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { collectErrors } from '../../kernel/collect-errors';
import { FieldOwnership } from '../../kernel/field-ownership';
import { needsIstio } from '../../kernel/needs-istio';
import { owned } from '../../kernel/owned-objects';
import { Labels } from '../../values/labels';
import { IstioRelease } from '../../values/release';

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

/**
 * The policy of a host for its callers: the one DestinationRule that its namespace has for it.
 *
 * Istio takes the DestinationRule of the caller's namespace, else of the service's, else of the mesh's root, **whole**:
 * so nobody else writes one; subsets and settings are contributed here.
 */
export class HostPolicy extends Construct {
  private readonly subsets: FieldOwnership<Subset>;
  private readonly settings: PolicySettings;
  private readonly led = new Set<string>();
  private namespaces?: () => string[] | undefined;

  public constructor(scope: Construct, id: string, private readonly identity: HostIdentity, private readonly options: PolicyOptions = {}) {
    super(scope, id);
    this.subsets = new FieldOwnership(`the subsets of ${identity.host}`, 'IM1401');
    this.settings = new PolicySettings(identity.host);
    // What others say may still come: an outlier detection, a route to a version.
    this.node.addValidation({
      validate: () => [...new Set([
        ...this.settings.scopes.flatMap(each => collectErrors(this, () => this.check(each))),
        ...this.settings.written(identity.ports).flatMap(each => collectErrors(this, () => checkTogether(this.settings, each, identity))),
      ])],
    });
  }

  /** Makes sure that the host has a subset for a version. */
  public addSubset(version: string, source: IConstruct): void {
    this.subsets.set(version, { labels: versionLabels(this.identity, version, source) }, source);
    this.write();
  }

  /** Makes sure that the host has a subset for a version, to which something leads. */
  public leadTo(version: string, source: IConstruct): void {
    this.addSubset(version, source);
    this.led.add(version);
  }

  /** Makes sure that the host has a way to all of its pods that differs by its policy. */
  public addWay(name: string, trafficPolicy: SubsetPolicy, source: IConstruct): void {
    this.subsets.set(name, { trafficPolicy }, source);
    this.write();
  }

  /** Sets one field of the traffic policy, for one scope. */
  public set<K extends keyof Said>(field: K, value: NonNullable<Said[K]>, source: IConstruct, scope: PolicyScope = {}): void {
    this.contribute({ [field]: value }, source, scope);
  }

  /** Sets what is said, for one scope. */
  public contribute(said: Said, source: IConstruct, scope: PolicyScope = {}): void {
    if (scope.version !== undefined) {
      this.addSubset(scope.version, source);
    }
    Object.entries(settingsOf(said)).forEach(([name, value]) => this.settings.claim(name, value, source, scope));
    this.write();
  }

  /** Says what holds where nobody sets it: whoever sets it for any scope replaces it there, setting by setting. */
  public assume(said: Said): void {
    this.settings.assume(settingsOf(said));
    this.write();
  }

  /** Whether there is something to say of the host. */
  public get isWritten(): boolean {
    return this.node.tryFindChild('Resource') !== undefined;
  }

  /** Whether requests at a port, or those of one version there, are told apart by a key that is said for that port alone. */
  public hashesAt(port: number): boolean {
    return this.settings.scopes.filter(scope => scope.port === port)
      .some(scope => (this.settings.own(scope) as TrafficPolicy).loadBalancer?.consistentHash !== undefined);
  }

  /** Who says that requests with one key go to one pod, at a port or everywhere, whichever version answers. */
  public hashedBy(port?: number): IConstruct | undefined {
    const scopes = [{ port }, ...port === undefined ? this.settings.scopes.filter(({ version }) => version === undefined) : []];
    const hashed = scopes.find(scope => (this.settings.effective(scope) as TrafficPolicy).loadBalancer?.consistentHash !== undefined);
    return hashed && this.settings.sourceOf('loadBalancer', hashed);
  }

  /** Says which namespaces see the policy; all of them where undefined. Asked at synthesis. */
  public visibleTo(namespaces: () => string[] | undefined): void {
    this.namespaces = namespaces;
  }

  /** The object exists as soon as there is something to say. */
  private write(): void {
    if (!this.isWritten) {
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
    return {
      host: this.identity.host,
      exportTo: this.namespaces?.(),
      workloadSelector: callers && { matchLabels: { ...callers } },
      subsets: subsets && Object.entries(subsets).map(([name, subset]) => ({ name, trafficPolicy: this.subsetPolicy(name), ...subset })),
      trafficPolicy: this.policy(),
    };
  }

  /** Of a port that has settings Istio reads no others: they are written out in full. */
  private policy(): TrafficPolicy | undefined {
    const ports = this.settings.ports();
    const facets = this.settings.effective({});
    return ports.length === 0 && Object.keys(facets).length === 0 ? undefined : {
      ...blocks(facets),
      portLevelSettings: ports.length === 0 ? undefined : ports.map(port => this.portPolicy({ port })),
    };
  }

  /** Of a subset Istio takes the blocks that it has, each in full, over those of the host or its port; and of its ports nothing but their own. */
  private subsetPolicy(version: string): SubsetPolicy | undefined {
    const own = new Set(Object.keys(this.settings.own({ version })).map(blockOf));
    const ports = [...new Set([...this.settings.ports(version), ...own.size > 0 ? this.settings.ports() : []])].sort((a, b) => a - b);
    // Failover of a version has its share of ejections as well, whoever says what ejects.
    if (failsOver(this.settings.own({ version }))) {
      own.add('outlierDetection');
    }
    const touched = Object.entries(blocks(this.settings.effective({ version }))).filter(([name, block]) => own.has(name) && block !== undefined);
    return touched.length === 0 && ports.length === 0 ? undefined : {
      ...Object.fromEntries(touched),
      portLevelSettings: ports.length === 0 ? undefined : ports.map(port => this.portPolicy({ version, port })),
    } as SubsetPolicy;
  }

  private portPolicy(scope: PolicyScope): PortPolicy {
    return { port: { number: scope.port }, ...portBlocks(this.settings.effective(scope)) } as PortPolicy;
  }

  /** Refuses what would do nothing, or not what it says. */
  private check(scope: PolicyScope): void {
    const { version } = scope;
    const facets = this.settings.effective(scope);
    if (failsOver(facets) && !Object.keys(facets).some(name => blockOf(name) === 'outlierDetection')) {
      throw new MeshError('IM1635', this.settings.sourceOf('locality', scope)!, { problem: `${this.identity.name} has no outlier detection: nothing would tell that its endpoints fail`, got: facets.locality });
    }
    if (version !== undefined && !this.led.has(version)) {
      const [name] = Object.keys(this.settings.own(scope));
      throw new MeshError('IM1637', this.settings.sourceOf(name, scope)!, { problem: `nothing leads to version ${version} of ${this.identity.name}`, got: version });
    }
    this.checkBudget(scope);
  }

  private checkBudget(scope: PolicyScope): void {
    const source = this.settings.sourceOf('retryBudget', {});
    if (source && scope.port !== undefined) {
      throw new MeshError('IM1639', source, { problem: `port ${scope.port} of ${this.identity.name} has settings of its own, and there is no room for a retry budget among them`, got: scope.port });
    }
    if (source && scope.version !== undefined) {
      needsIstio(source, IstioRelease.V1_30, 'a retry budget for versions with settings of their own');
    }
  }
}
