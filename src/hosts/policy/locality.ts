import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { instanceOf } from '../../diagnostics/validate-props';
import { labels as checkedLabels } from '../../values/labels';
import { wholeNumber } from '../../values/whole-number';

/**
 * Where callers of a region go when the endpoints of their own region fail.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting-Failover
 */
export class LocalityFailover {
  /**
   * From one region to another. Zones of one region stand in for each other anyway.
   *
   * @param from the region of the callers
   * @param to the region that stands in
   */
  public static of(from: string, to: string): LocalityFailover {
    const at = 'LocalityFailover.of()';
    for (const region of [from, to]) {
      if (!/^[^/*\s]+$/.test(instanceOf('string', region, at, 'the region'))) {
        throw new MeshError('IM1638', at, { problem: 'failover is from region to region, and this is none', got: region, allowed: 'the name of a region, without zone and wildcard: eu-west' });
      }
    }
    if (from === to) {
      throw new MeshError('IM1638', at, { problem: 'a region cannot stand in for itself', got: from, allowed: 'two regions' });
    }
    return new LocalityFailover(from, to);
  }

  private constructor(/** The region of the callers. */ public readonly from: string, /** The region that stands in. */ public readonly to: string) {}
}

/**
 * How the requests of callers in one locality are divided over localities, whether endpoints are near or far.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting-Distribute
 */
export class LocalityDistribution {
  /**
   * Shares by locality. Localities that are not named get nothing.
   *
   * @param from the locality of the callers: `region`, `region/zone` or `region/zone/subzone`, the last part also `*` for any; `*` alone for all
   * callers that no other distribution is for
   * @param to whole percentages by locality, which add up to 100
   */
  public static of(from: string, to: { [locality: string]: number }): LocalityDistribution {
    const at = 'LocalityDistribution.of()';
    instanceOf('{number}', to, at, 'the shares');
    checkLocalities([instanceOf('string', from, at, 'the locality of the callers')], at);
    const localities = Object.keys(to).sort();
    checkLocalities(localities, at);
    localities.forEach(locality => {
      if (!Number.isInteger(to[locality]) || to[locality] < 1 || to[locality] > 100) {
        throw new MeshError('IM1202', at, { problem: `the share of ${locality} is no whole percentage`, got: to[locality], allowed: 'a whole number from 1 to 100' });
      }
    });
    const sum = localities.reduce((total, locality) => total + to[locality], 0);
    if (sum !== 100) {
      throw new MeshError('IM1203', at, { problem: `shares add up to ${sum}, must be 100`, got: to, next: 'change one share' });
    }
    return new LocalityDistribution(from, Object.fromEntries(localities.map(locality => [locality, to[locality]])));
  }

  private constructor(
    /** The locality of the callers. */ public readonly from: string,
    /** @internal */ public readonly _to: { readonly [locality: string]: number },
  ) {}
}

/**
 * Envoy's own balancing between the zones of a region. Needs Istio 1.31 (IM1338), and `ISTIO_META_ENABLE_SELF_DISCOVERY: "true"` in the
 * `proxyMetadata` of the mesh's default configuration: else a proxy does not know how many of its like there are in each zone.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ZoneAwareLoadBalancerSetting
 */
export interface ZoneAware {
  /**
   * Whether it is done. `false` undoes what the mesh says.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * How many pods there have to be; with fewer of them zones make no difference.
   *
   * @default 6
   */
  readonly minClusterSize?: number;
}

/** What a policy says of localities. */
export interface LocalitySettings {
  readonly failover?: LocalityFailover[];
  readonly failoverPriority?: string[];
  readonly distribute?: LocalityDistribution[];
  readonly localityLb?: boolean;
  readonly zoneAware?: ZoneAware;
}

const TOPOLOGY = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];

type Istio = Pick<networking.DestinationRuleSpecTrafficPolicyLoadBalancer, 'localityLbSetting' | 'zoneAwareLbSetting'>;

/** What is said of localities as Istio spells it; nothing where nothing is said. */
export function renderLocality(settings: LocalitySettings, at: Located): Istio | undefined {
  const { failover, failoverPriority, distribute, localityLb, zoneAware } = settings;
  if (Object.values(settings).every(value => value === undefined)) {
    return undefined;
  }
  checkTogether(settings, at);
  checkPriority(settings, at);
  const regions = failover && checkFailover(failover, at);
  const shares = distribute && checkCallers(distribute, at);
  if (zoneAware) {
    const { enabled, minClusterSize } = zoneAware;
    return {
      zoneAwareLbSetting: {
        enabled: enabled ?? true,
        failover: regions,
        failoverPriority,
        minClusterSize: wholeNumber(minClusterSize, [1, 2 ** 32 - 1], 'IM1638', at, 'minClusterSize'),
      },
    };
  }
  return {
    localityLbSetting: {
      enabled: localityLb ?? true,
      distribute: shares?.map(({ from, _to: to }) => ({ from, to: { ...to } })),
      failover: regions,
      failoverPriority,
    },
  };
}

/** Istio takes the first that is for a caller, so that for everyone is the last. */
function checkCallers(distribute: LocalityDistribution[], at: Located): LocalityDistribution[] {
  const everyone = distribute.filter(({ from }) => from === '*');
  const some = distribute.filter(each => !everyone.includes(each));
  checkLocalities(some.map(({ from }) => from), at);
  checkLocalities(everyone.map(({ from }) => from), at);
  return [...some, ...everyone];
}

/** Istio takes the first of two for one region. */
function checkFailover(failover: LocalityFailover[], at: Located): { readonly from: string; readonly to: string }[] {
  const from = failover.map(each => each.from);
  const twice = from.find((region, i) => from.indexOf(region) !== i);
  if (twice !== undefined || from.length === 0) {
    throw new MeshError('IM1638', at, { problem: twice === undefined ? 'no region stands in for another' : `two regions stand in for ${twice}`, got: failover, allowed: 'one failover for each region of callers' });
  }
  return failover.map(each => ({ from: each.from, to: each.to }));
}

function checkTogether({ failover, failoverPriority, distribute, localityLb, zoneAware }: LocalitySettings, at: Located): void {
  const off = localityLb === false || zoneAware?.enabled === false;
  const ways = Object.entries({ failover, failoverPriority, distribute, zoneAware, localityLb })
    .filter(([, value]) => value !== undefined).map(([name]) => name);
  const apart = (distribute && (failover || failoverPriority)) || (zoneAware && (distribute || localityLb !== undefined)) || (off && ways.length > 1);
  if (apart) {
    throw new MeshError('IM1641', at, {
      problem: off ? 'localities are to make no difference, and to make one' : 'these ways to choose a locality exclude each other',
      got: ways,
      allowed: '`failover` with or without `failoverPriority`, both also with `zoneAware`; or `distribute`; or `localityLb: false`',
    });
  }
  if (distribute?.length === 0) {
    throw new MeshError('IM1641', at, { problem: '`distribute` divides nothing', got: distribute });
  }
}

function checkPriority({ failover, failoverPriority, zoneAware }: LocalitySettings, at: Located): void {
  if (!failoverPriority) {
    return;
  }
  const pairs = failoverPriority.map(text => text.split('='));
  const keys = pairs.map(([key]) => key);
  checkedLabels(Object.fromEntries(pairs.map(([key, value]) => [key, value ?? 'any'])), at);
  if (keys.length === 0 || new Set(keys).size !== keys.length || pairs.some(pair => pair.length > 2)) {
    throw new MeshError('IM1641', at, { problem: '`failoverPriority` names no label, or one twice', got: failoverPriority, allowed: 'labels of pods, the weightiest first: `key` as the caller has it, or `key=value`' });
  }
  const topology = keys.find(key => TOPOLOGY.includes(key));
  if (topology !== undefined && (failover || zoneAware)) {
    throw new MeshError('IM1641', at, { problem: `${topology} decides what \`${failover ? 'failover' : 'zoneAware'}\` decides as well`, got: failoverPriority, next: 'drop the label, or the other one' });
  }
}

/** Refuses what is no locality, and localities one of which holds another. */
function checkLocalities(localities: string[], at: Located | string): void {
  const wrong = localities.find(text => !/^(\*|[^/*\s]+(\/[^/*\s]+){0,1}(\/\*)?|[^/*\s]+(\/[^/*\s]+){2})$/.test(text));
  if (wrong !== undefined) {
    throw new MeshError('IM1516', at, { problem: 'not a locality', got: wrong, allowed: 'region, region/zone or region/zone/subzone; at the end, `*` for all that there are' });
  }
  const parts = localities.map(text => text.split('/').filter(part => part !== '*'));
  parts.forEach((one, i) => parts.slice(0, i).forEach((other, k) => {
    const [short, long] = one.length < other.length ? [one, other] : [other, one];
    if (short.every((part, n) => part === long[n])) {
      throw new MeshError('IM1638', at, { problem: 'of two localities one holds the other', got: [localities[k], localities[i]], allowed: 'localities apart from each other' });
    }
  }));
}
