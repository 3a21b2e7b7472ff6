import { IConstruct } from 'constructs';
import { DEFAULT_5XX_ERRORS } from './outlier-detection';
import * as networking from '../../../imports/networking.istio.io';
import { FieldOwnership } from '../../kernel/field-ownership';
import { getOrAdd } from '../../values/get-or-add';

export type TrafficPolicy = networking.DestinationRuleSpecTrafficPolicy;
type LoadBalancer = networking.DestinationRuleSpecTrafficPolicyLoadBalancer;

/** The settings that one construct contributes: the fields of a traffic policy, with the locality settings as a field of their own. */
export interface ContributedSettings extends Pick<TrafficPolicy, 'connectionPool' | 'loadBalancer' | 'outlierDetection' | 'retryBudget' | 'tls'> {
  readonly locality?: Pick<LoadBalancer, 'localityLbSetting' | 'zoneAwareLbSetting'>;
}

/** The scope of a setting: one version, one port, both, or the whole host if neither is set. */
export interface PolicyScope {
  readonly version?: string;
  readonly port?: number;
}

/**
 * The settings of a policy by path. Each path can be set by a different construct: each field of `connectionPool` and
 * `outlierDetection` has its own path; `loadBalancer` and `locality` are one choice each.
 */
export type SettingsByPath = { readonly [name: string]: unknown };

/** The settings of a host's policy. Several constructs set them, for several scopes; the narrower scope wins. */
export class PolicySettings {
  private readonly byScope = new Map<string, { readonly scope: PolicyScope; readonly values: FieldOwnership<unknown> }>();
  /** The defaults, by setting. */
  private defaults: SettingsByPath = {};
  /** The effective settings by scope, until one is set. Checks and rendering ask for them many times. */
  private known?: Map<string, SettingsByPath>;

  public constructor(private readonly host: string) {}

  /** Sets one setting for one scope. */
  public set(name: string, value: unknown, source: IConstruct, scope: PolicyScope = {}): void {
    const key = keyOf(scope);
    let known = this.byScope.get(key);
    if (!known) {
      known = { scope, values: new FieldOwnership<unknown>(this.subject(scope), 'IM1401') };
      this.byScope.set(key, known);
    }
    known.values.set(name, value, source);
    this.known = undefined;
  }

  /** Sets defaults for all scopes. */
  public assume(settings: SettingsByPath): void {
    this.defaults = { ...this.defaults, ...settings };
    this.known = undefined;
  }

  /** The scopes that have settings. */
  public get scopes(): readonly PolicyScope[] {
    return [...this.byScope.values()].map(({ scope }) => scope);
  }

  /** The ports that have settings for one version, or for all versions if undefined. Sorted by number. */
  public ports(version?: string): number[] {
    return this.scopes.filter(scope => scope.version === version && scope.port !== undefined).map(({ port }) => port!).sort((a, b) => a - b);
  }

  /** The scopes of all connections to a host: each port, for the whole host and for each version that has settings. */
  public written(ports: { readonly port: number }[]): PolicyScope[] {
    const versions = [...new Set(this.scopes.map(({ version }) => version).filter(version => version !== undefined))];
    return this.byScope.size === 0 ? [] : [undefined, ...versions].flatMap(version => ports.map(({ port }) => ({ version, port })));
  }

  /** The settings of exactly this scope. */
  public own(scope: PolicyScope): SettingsByPath {
    return this.byScope.get(keyOf(scope))?.values.render() ?? {};
  }

  /** All settings that apply to a scope. A version takes precedence over a port, as in Istio. */
  public effective({ version, port }: PolicyScope): SettingsByPath {
    this.known ??= new Map();
    return getOrAdd(this.known, keyOf({ version, port }), () =>
      Object.assign({}, this.defaults, ...wider({ version, port }).map(scope => this.own(scope))) as SettingsByPath);
  }

  /** The construct whose value of a setting applies to a scope. */
  public sourceOf(name: string, scope: PolicyScope): IConstruct | undefined {
    return wider(scope).reverse().map(each => this.byScope.get(keyOf(each))?.values.sourceOf(name)).find(source => source !== undefined);
  }

  private subject({ version, port }: PolicyScope): string {
    return `the policy of ${this.host}${port === undefined ? '' : ` at port ${port}`}${version === undefined ? '' : ` for version ${version}`}`;
  }
}

/** The scope and all wider ones, the widest first. */
function wider({ version, port }: PolicyScope): PolicyScope[] {
  const ofPort = port === undefined ? [] : [{ port }];
  const ofVersion = version === undefined ? [] : [{ version }];
  return [{}, ...ofPort, ...ofVersion, ...ofPort.length > 0 && ofVersion.length > 0 ? [{ version, port }] : []];
}

function keyOf({ version, port }: PolicyScope): string {
  return `${port ?? ''} ${version ?? ''}`;
}

/** Envoy's default of 10 % ejects none of fewer than ten endpoints: Envoy ejects another endpoint only if the percentage still holds afterwards. */
const MOST_EJECTED = 50;

/** The blocks of a traffic policy. Istio overrides each as a whole. */
export type Blocks = Pick<TrafficPolicy, 'connectionPool' | 'loadBalancer' | 'outlierDetection' | 'retryBudget' | 'tls'>;

/** The blocks that port-level settings can have. Istio drops the others there. */
const OF_PORTS = ['connectionPool', 'loadBalancer', 'outlierDetection', 'tls'] as const;

/** The settings by path. Each limit has its own path, so that two constructs can set two of them. */
export function settingsByPath({ connectionPool = {}, outlierDetection, ...others }: ContributedSettings): SettingsByPath {
  const settings: { [name: string]: unknown } = {};
  const add = (path: string, fields: object = {}) => Object.entries(fields).forEach(([name, value]) => {
    if (value !== undefined) {
      settings[`${path}${name}`] = value;
    }
  });
  add('connectionPool.tcp.', connectionPool.tcp);
  add('connectionPool.http.', connectionPool.http);
  add('', { outlierDetection: outlierDetection && {} });
  add('outlierDetection.', outlierDetection);
  add('', others);
  return settings;
}

/** The block of a setting. */
export function blockOf(name: string): string {
  return name === 'locality' ? 'loadBalancer' : name.split('.')[0];
}

/** Settings as the blocks of a traffic policy. */
export function blocks(settings: SettingsByPath): Blocks {
  const { loadBalancer, locality, retryBudget, tls } = settings as Blocks & { locality?: object };
  // An outlier detection without fields uses Envoy's defaults, but Istio ignores an empty block.
  const detection = nested(settings, 'outlierDetection') ?? (settings.outlierDetection ? { consecutive5XxErrors: DEFAULT_5XX_ERRORS } : undefined);
  return {
    connectionPool: nested(settings, 'connectionPool'),
    loadBalancer: loadBalancer || locality ? { ...loadBalancer, ...locality } : undefined,
    outlierDetection: detection && { maxEjectionPercent: failsOver(settings) ? 100 : MOST_EJECTED, ...detection },
    retryBudget,
    tls,
  };
}

/** The blocks for port-level settings. */
export function portBlocks(settings: SettingsByPath): Blocks {
  const all = blocks(settings);
  return Object.fromEntries(OF_PORTS.map(name => [name, all[name]]));
}

/** Whether the locality settings fail over to other endpoints. */
export function failsOver({ locality = {} }: { readonly locality?: TrafficPolicy['loadBalancer'] }): boolean {
  const settings = [locality.localityLbSetting, locality.zoneAwareLbSetting];
  return settings.some(setting => setting?.failover !== undefined || setting?.failoverPriority !== undefined);
}

/** The settings below a path as one object. */
function nested(settings: SettingsByPath, path: string): { [name: string]: unknown } | undefined {
  const result: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(settings).filter(([key]) => key.startsWith(`${path}.`))) {
    const steps = name.slice(path.length + 1).split('.');
    const last = steps.pop()!;
    const holder = steps.reduce((at, step) => (at[step] ??= {}) as { [name: string]: unknown }, result);
    holder[last] = value;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}
