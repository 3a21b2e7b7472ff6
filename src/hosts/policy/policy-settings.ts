import { IConstruct } from 'constructs';
import { USUAL_ERRORS } from './outlier-detection';
import * as networking from '../../../imports/networking.istio.io';
import { FieldOwnership } from '../../kernel/field-ownership';

export type TrafficPolicy = networking.DestinationRuleSpecTrafficPolicy;
type LoadBalancer = networking.DestinationRuleSpecTrafficPolicyLoadBalancer;

/** What one construct says: as a traffic policy has it, but for localities, which have a name of their own. */
export interface Said extends Pick<TrafficPolicy, 'connectionPool' | 'loadBalancer' | 'outlierDetection' | 'retryBudget' | 'tls'> {
  readonly locality?: Pick<LoadBalancer, 'localityLbSetting' | 'zoneAwareLbSetting'>;
}

/** What a setting is for: requests to one version, to one port, or both; all of them where neither is said. */
export interface PolicyScope {
  readonly version?: string;
  readonly port?: number;
}

/**
 * The settings of a policy by name. What one construct may say beside another has a name of its own: each limit of `connectionPool` and
 * `outlierDetection` by its path, `loadBalancer` and `locality` as they are, since they are one choice each.
 */
export type Facets = { readonly [name: string]: unknown };

/** The settings of a host's policy, as several constructs state them for several scopes. What is said for the narrower scope is taken. */
export class PolicySettings {
  private readonly claims = new Map<string, { readonly scope: PolicyScope; readonly stated: FieldOwnership<unknown> }>();
  /** What holds where nobody says it: each setting by itself. */
  private defaults: Facets = {};

  public constructor(private readonly host: string) {}

  /** States one setting for one scope. */
  public claim(name: string, value: unknown, source: IConstruct, scope: PolicyScope = {}): void {
    const key = keyOf(scope);
    const known = this.claims.get(key) ?? { scope, stated: new FieldOwnership<unknown>(this.subject(scope), 'IM1401') };
    this.claims.set(key, known);
    known.stated.set(name, value, source);
  }

  /** Says what holds where nobody states it, for any scope. */
  public assume(facets: Facets): void {
    this.defaults = { ...this.defaults, ...facets };
  }

  /** The scopes for which something is said. */
  public get scopes(): PolicyScope[] {
    return [...this.claims.values()].map(({ scope }) => scope);
  }

  /** The ports for which something is said: for one version, else for all. In the order of their numbers. */
  public ports(version?: string): number[] {
    return this.scopes.filter(scope => scope.version === version && scope.port !== undefined).map(({ port }) => port!).sort((a, b) => a - b);
  }

  /** The scopes that hold for connections of a host: for each of its ports, of each version for which something is said. */
  public written(ports: { readonly port: number }[]): PolicyScope[] {
    const versions = [...new Set(this.scopes.map(({ version }) => version).filter(version => version !== undefined))];
    return this.claims.size === 0 ? [] : [undefined, ...versions].flatMap(version => ports.map(({ port }) => ({ version, port })));
  }

  /** What is said for exactly this scope. */
  public own(scope: PolicyScope): Facets {
    return this.claims.get(keyOf(scope))?.stated.render() ?? {};
  }

  /** Everything that holds for a scope: a version goes before a port, as with Istio. */
  public effective({ version, port }: PolicyScope): Facets {
    return Object.assign({}, this.defaults, ...wider({ version, port }).map(scope => this.own(scope))) as Facets;
  }

  /** Who stated a setting that holds for a scope. */
  public sourceOf(name: string, scope: PolicyScope): IConstruct | undefined {
    return wider(scope).reverse().map(each => this.claims.get(keyOf(each))?.stated.sourceOf(name)).find(source => source !== undefined);
  }

  private subject({ version, port }: PolicyScope): string {
    return `the policy of ${[this.host, ...port === undefined ? [] : [`at port ${port}`], ...version === undefined ? [] : [`for version ${version}`]].join(' ')}`;
  }
}

/** The scope and those around it, the widest first. */
function wider({ version, port }: PolicyScope): PolicyScope[] {
  const ofPort = port === undefined ? [] : [{ port }];
  const ofVersion = version === undefined ? [] : [{ version }];
  return [{}, ...ofPort, ...ofVersion, ...ofPort.length > 0 && ofVersion.length > 0 ? [{ version, port }] : []];
}

function keyOf({ version, port }: PolicyScope): string {
  return JSON.stringify([version ?? null, port ?? null]);
}

/** Of Envoy's own 10 % there is no endpoint to eject where there are fewer than ten: the share is what it would be with one more. */
const MOST_EJECTED = 50;

/** The blocks of a traffic policy that Istio takes or leaves as a whole. */
export type Blocks = Pick<TrafficPolicy, 'connectionPool' | 'loadBalancer' | 'outlierDetection' | 'retryBudget' | 'tls'>;

/** Those that a port may have of its own; the others Istio drops there. */
const OF_PORTS = ['connectionPool', 'loadBalancer', 'outlierDetection', 'tls'] as const;

/** What is said, setting by setting: of limits each by itself, since two constructs may set two of them. */
export function settingsOf({ connectionPool = {}, outlierDetection, ...others }: Said): Facets {
  const { tcp = {}, http = {} } = connectionPool;
  return Object.fromEntries([
    ...Object.entries(tcp).map(([name, value]) => [`connectionPool.tcp.${name}`, value]),
    ...Object.entries(http).map(([name, value]) => [`connectionPool.http.${name}`, value]),
    ...outlierDetection ? [['outlierDetection', {}]] : [],
    ...Object.entries(outlierDetection ?? {}).map(([name, value]) => [`outlierDetection.${name}`, value]),
    ...Object.entries(others),
  ].filter(([, value]) => value !== undefined));
}

/** The block of a setting. */
export function blockOf(name: string): string {
  return name === 'locality' ? 'loadBalancer' : name.split('.')[0];
}

/** Settings as the blocks of a traffic policy. */
export function blocks(facets: Facets): Blocks {
  const { loadBalancer, locality, retryBudget, tls } = facets as Blocks & { locality?: object };
  // A detection that says nothing more is one with all of Envoy's own numbers: Istio has to see a field.
  const detection = nested(facets, 'outlierDetection') ?? (facets.outlierDetection ? { consecutive5XxErrors: USUAL_ERRORS } : undefined);
  return {
    connectionPool: nested(facets, 'connectionPool'),
    loadBalancer: loadBalancer || locality ? { ...loadBalancer, ...locality } : undefined,
    outlierDetection: detection && { maxEjectionPercent: failsOver(facets) ? 100 : MOST_EJECTED, ...detection },
    retryBudget,
    tls,
  };
}

/** The blocks that a port may have. */
export function portBlocks(facets: Facets): Blocks {
  const all = blocks(facets);
  return Object.fromEntries(OF_PORTS.map(name => [name, all[name]]));
}

/** Whether requests are to go elsewhere when the endpoints that are preferred fail. */
export function failsOver({ locality = {} }: { readonly locality?: TrafficPolicy['loadBalancer'] }): boolean {
  const settings = [locality.localityLbSetting, locality.zoneAwareLbSetting];
  return settings.some(setting => setting?.failover !== undefined || setting?.failoverPriority !== undefined);
}

/** The settings below a path as one object. */
function nested(facets: Facets, path: string): { [name: string]: unknown } | undefined {
  const result: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(facets).filter(([key]) => key.startsWith(`${path}.`))) {
    const steps = name.slice(path.length + 1).split('.');
    const last = steps.pop()!;
    const holder = steps.reduce((at, step) => (at[step] ??= {}) as { [name: string]: unknown }, result);
    holder[last] = value;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}
