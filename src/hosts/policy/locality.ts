import * as networking from '../../../imports/networking.istio.io';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { instanceOf } from '../../diagnostics/validate-props';
import { labels as checkedLabels } from '../../values/labels';
import { wholeNumber } from '../../values/whole-number';

/**
 * Locality failover: to which region the callers of a region switch when the endpoints of their own region fail.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting-Failover
 */
export class LocalityFailover {
  /**
   * Fails over from one region to another. Zones of one region fail over to each other anyway.
   *
   * @param from the region of the callers
   * @param to the region to which they fail over
   */
  public static of(from: string, to: string): LocalityFailover {
    const at = 'LocalityFailover.of()';
    for (const region of [from, to]) {
      if (!/^[^/*\s]+$/.test(instanceOf('string', region, at, 'the region'))) {
        throw new MeshError('IM1638', at, { problem: 'failover is between regions, and the text is not a region', got: region, allowed: 'the name of a region, without a zone or a wildcard: eu-west' });
      }
    }
    if (from === to) {
      throw new MeshError('IM1638', at, { problem: 'a region cannot fail over to itself', got: from, allowed: 'two regions' });
    }
    return new LocalityFailover(from, to);
  }

  private constructor(
    /** The region of the callers. */
    public readonly from: string,
    /** The region to which they fail over. */
    public readonly to: string,
  ) {}
}

/**
 * How the requests of callers in one locality are distributed over localities, independent of distance.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting-Distribute
 */
export class LocalityDistribution {
  /**
   * Distributes requests by weights for each locality. Localities that are not listed receive nothing.
   *
   * @param from the locality of the callers: `region`, `region/zone` or `region/zone/subzone`, with `*` as the last part for any; `*` alone for all
   * callers without another distribution
   * @param to whole percentages by locality, with a sum of 100
   */
  public static of(from: string, to: { [locality: string]: number }): LocalityDistribution {
    const at = 'LocalityDistribution.of()';
    instanceOf('{number}', to, at, 'the weights');
    checkLocalities([instanceOf('string', from, at, 'the locality of the callers')], at);
    const localities = Object.keys(to).sort();
    checkLocalities(localities, at);
    localities.forEach(locality => {
      if (!Number.isInteger(to[locality]) || to[locality] < 1 || to[locality] > 100) {
        throw new MeshError('IM1202', at, { problem: `the weight of ${locality} is not a whole percentage`, got: to[locality], allowed: 'a whole number from 1 to 100' });
      }
    });
    const sum = localities.reduce((total, locality) => total + to[locality], 0);
    if (sum !== 100) {
      throw new MeshError('IM1203', at, { problem: `the weights add up to ${sum} instead of 100`, got: to, next: 'change a weight' });
    }
    return new LocalityDistribution(from, Object.fromEntries(localities.map(locality => [locality, to[locality]])));
  }

  private constructor(
    /** The locality of the callers. */ public readonly from: string,
    /** @internal */ public readonly _to: { readonly [locality: string]: number },
  ) {}
}

/**
 * Envoy's zone aware load balancing within a region. Needs Istio 1.31 (IM1338), and `ISTIO_META_ENABLE_SELF_DISCOVERY: "true"` in the
 * `proxyMetadata` of the mesh's default configuration: otherwise a proxy does not know the number of its replicas in each zone.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ZoneAwareLoadBalancerSetting
 */
export interface ZoneAware {
  /**
   * Whether zone aware load balancing is on. `false` overrides the mesh config.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The minimum number of pods. With fewer pods, zones have no effect.
   *
   * @default 6
   */
  readonly minClusterSize?: number;
}

/** The locality settings of a policy. */
export interface LocalitySettings {
  readonly failover?: LocalityFailover[];
  readonly failoverPriority?: string[];
  readonly distribute?: LocalityDistribution[];
  readonly localityLb?: boolean;
  readonly zoneAware?: ZoneAware;
}

const TOPOLOGY = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];

type Istio = Pick<networking.DestinationRuleSpecTrafficPolicyLoadBalancer, 'localityLbSetting' | 'zoneAwareLbSetting'>;

/** Renders the locality settings for `loadBalancer` of a DestinationRule; undefined if nothing is set. */
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

/** Istio takes the first distribution that matches a caller, so the one for all callers comes last. */
function checkCallers(distribute: LocalityDistribution[], at: Located): LocalityDistribution[] {
  const everyone = distribute.filter(({ from }) => from === '*');
  const some = distribute.filter(each => !everyone.includes(each));
  checkLocalities(some.map(({ from }) => from), at);
  checkLocalities(everyone.map(({ from }) => from), at);
  return [...some, ...everyone];
}

/** Refuses two failovers for one region, of which Istio takes the first. */
function checkFailover(failover: LocalityFailover[], at: Located): { readonly from: string; readonly to: string }[] {
  const from = failover.map(each => each.from);
  const duplicate = from.find((region, i) => from.indexOf(region) !== i);
  if (duplicate !== undefined || from.length === 0) {
    throw new MeshError('IM1638', at, { problem: duplicate === undefined ? 'no failover is listed' : `region ${duplicate} has two failovers`, got: failover, allowed: 'one failover for each region of callers' });
  }
  return failover.map(each => ({ from: each.from, to: each.to }));
}

function checkTogether({ failover, failoverPriority, distribute, localityLb, zoneAware }: LocalitySettings, at: Located): void {
  const off = localityLb === false || zoneAware?.enabled === false;
  const choices = Object.entries({ failover, failoverPriority, distribute, zoneAware, localityLb })
    .filter(([, value]) => value !== undefined).map(([name]) => name);
  const apart = (distribute && (failover || failoverPriority))
    || (zoneAware && (distribute || localityLb !== undefined))
    || (off && choices.length > 1);
  if (apart) {
    throw new MeshError('IM1641', at, {
      problem: off ? 'locality load balancing is turned off and configured at once' : 'these locality settings exclude each other',
      got: choices,
      allowed: '`failover` with or without `failoverPriority`, also with `zoneAware`; or `distribute`; or `localityLb: false`',
    });
  }
  if (distribute?.length === 0) {
    throw new MeshError('IM1641', at, { problem: '`distribute` is empty', got: distribute });
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
    throw new MeshError('IM1641', at, { problem: '`failoverPriority` is empty, or lists a label twice', got: failoverPriority, allowed: 'labels of pods, by priority: `key` for the value of the caller, or `key=value`' });
  }
  const topology = keys.find(key => TOPOLOGY.includes(key));
  if (topology !== undefined && (failover || zoneAware)) {
    throw new MeshError('IM1641', at, { problem: `${topology} and \`${failover ? 'failover' : 'zoneAware'}\` exclude each other`, got: failoverPriority, next: 'drop one of the two' });
  }
}

/** Refuses texts that are not localities, and localities that contain each other. */
function checkLocalities(localities: string[], at: Located | string): void {
  const wrong = localities.find(text => !/^(\*|[^/*\s]+(\/[^/*\s]+){0,1}(\/\*)?|[^/*\s]+(\/[^/*\s]+){2})$/.test(text));
  if (wrong !== undefined) {
    throw new MeshError('IM1516', at, { problem: 'the text is not a locality', got: wrong, allowed: 'region, region/zone or region/zone/subzone, with `*` as the last part for all' });
  }
  const parts = localities.map(text => text.split('/').filter(part => part !== '*'));
  parts.forEach((one, i) => parts.slice(0, i).forEach((other, k) => {
    const [short, long] = one.length < other.length ? [one, other] : [other, one];
    if (short.every((part, n) => part === long[n])) {
      throw new MeshError('IM1638', at, { problem: 'one of two localities contains the other', got: [localities[k], localities[i]], allowed: 'localities that do not overlap' });
    }
  }));
}
