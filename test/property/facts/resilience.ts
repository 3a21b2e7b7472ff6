import { Duration } from 'cdk8s';
import { type ICallee, H2UpgradePolicy, type IMeshService, IstioRelease, type LoadBalancer, type SplitRule, type SplitTarget } from '../../../src';
import { REQUEST_SETTINGS } from '../../../src/traffic/resilience/resilience-props';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { isService } from '../relations';
import { runs } from '../releases';
import {
  asks, budgets, canHavePolicy, chooses, covered, hasLabels, hasPlaces, isHttp2,
  isMixed, isVersion, kind, lead, led, takePolicy, takeRequests, egressCallees,
} from '../resilience';
import { NothingSuits, World } from '../world';

const props = (w: World) => w.given('ResiliencePolicyProps')!;
const limits = (w: World) => w.given('ConnectionPool')!;
const absentUnless = (holds: (w: World) => boolean) => (w: World) => (holds(w) ? undefined : ABSENT);
const since = (release: () => IstioRelease) => absentUnless(w => runs(w, release()));

/** A service, a version that a split leads to, or an egress route; now and then one that is made for it. */
function service(w: World): unknown {
  const pick = w.choices.int(1, 100);
  if (pick <= 10) return w.say('new EgressRoute');
  if (pick <= 18) return w.say('new RemotePods');
  if (pick <= 30 && egressCallees(w).length > 0) return w.choices.pick(egressCallees(w));
  if (pick <= 55) return version(w);
  return aService(w, () => true) ?? made(w, 'new MeshService');
}

/** One of the program's that has no policy. */
function aService(w: World, holds: (service: IMeshService) => boolean): IMeshService | undefined {
  const known = w.neighbours.map(({ value }) => value as unknown).filter(isService).filter(one => canHavePolicy(w, one) && holds(one));
  return known.length > 0 ? w.choices.pick(known) : undefined;
}

function version(w: World): unknown {
  const divided = aService(w, one => led(w, one).length > 0) ?? (w.say('new CanarySplit') as { service: IMeshService }).service;
  return led(w, divided).length > 0 && canHavePolicy(w, divided) ? divided.versionOf(w.choices.pick(led(w, divided))) : made(w, 'new MeshService');
}

function made(w: World, maker: string): unknown {
  const called = w.say(maker) as ICallee;
  if (!canHavePolicy(w, called)) throw new NothingSuits('a callee that can have a policy');
  return called;
}

/** The versions that a split leads to: known when it is there, since a step may be left out half-way. */
function split(w: World, whole: unknown): void {
  const [said] = (w.origins.get(whole as object)?.args.slice(2) ?? []) as [{ service: unknown; traffic: SplitTarget; rules?: SplitRule[] }?];
  const actions = said ? [said.traffic, ...(said.rules ?? []).map(rule => rule._target)].map(target => target._action) : [];
  actions.flatMap(({ shares = {} }) => Object.keys(shares)).forEach(name => lead(w, name, said!.service));
}

/** Whether localities make a difference, and no other setting for them exists. */
const isOff = (w: World) => props(w).localityLb === false || (props(w).zoneAware as { enabled?: boolean } | undefined)?.enabled === false;
const isOpen = (w: World) => hasPlaces(w) && !isOff(w) && props(w).distribute === undefined;
const failsOver = (w: World) => isOpen(w) && props(w).outlierDetection !== undefined;
/** Any of several, and seldom: they exclude each other. */
const seldom = (holds: (w: World) => boolean) => absentUnless(w => holds(w) && w.choices.chance(45));

/** All of them at once would never be: one is often enough. */
const isLast = (w: World) => w.index + 1 === w.given('ResiliencePolicyProps.faults[]')!.count;
const forAllRequests = (w: World) => !w.isTaken('production', '') && isLast(w) && w.choices.chance(50);
const isForEveryone = (w: World) => w.frame('FaultRule.forAllRequests') !== undefined;

const HTTP_LIMITS = ['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'h2UpgradePolicy'];
const readsHttp = (w: World) => kind(w) !== 'TCP';
/** What is kept of TCP connections for the whole service alone. */
const isWhole = (w: World) => w.frame('ResiliencePolicyProps') === undefined || readsHttp(w) || (props(w).ports === undefined && !isVersion(w));
const hasBudget = (w: World) => w.frame('ResiliencePolicyProps') !== undefined && props(w).retryBudget !== undefined;
const hashes = (w: World) => (props(w).loadBalancer as LoadBalancer | undefined)?._key !== undefined;
const isHttp2Only = (w: World) => isHttp2(w) && limits(w).useClientProtocol !== true;
/** What has the most to say, most often. */
const BALANCERS = ['LoadBalancer.leastRequest', 'LoadBalancer.roundRobin', 'LoadBalancer.random', ...Array<string>(5).fill('LoadBalancer.consistentHash')];
const KEYS = ['HashKey.header', 'HashKey.cookie', 'HashKey.cookie', 'HashKey.queryParameter', 'HashKey.header', 'HashKey.queryParameter', 'HashKey.sourceIp'];
const region = (w: World) => w.fresh(w.here('regions'), ['eu-west', 'us-east', 'asia']);
const seconds = (w: World) => Duration.seconds(w.choices.int(1, 60));

/** A time in which all attempts fit. */
function timeout(w: World): unknown {
  if (!asks(w)) return ABSENT;
  return props(w).retries === undefined ? undefined : Duration.hours(2);
}

/** Policies for services that are slow or fail. */
export const resilience: Knowledge = {
  facts: {
    'ResiliencePolicyProps.target': service,
    'ResiliencePolicyProps.ports': w => (isMixed(w) || w.choices.chance(30) ? w.choices.some(covered(w).map(({ port }) => port)) : ABSENT),
    'ResiliencePolicyProps.timeout': timeout,
    ...each(REQUEST_SETTINGS.filter(name => name !== 'timeout').map(name => `ResiliencePolicyProps.${name}`), absentUnless(asks)),
    'ResiliencePolicyProps.faults[]': w => w.say(forAllRequests(w) ? 'FaultRule.forAllRequests' : 'FaultCondition.inject'),
    'ResiliencePolicyProps.retryBudget': absentUnless(w => budgets(w) && runs(w, IstioRelease.V1_27)),
    'ResiliencePolicyProps.loadBalancer': w => (chooses(w) ? w.say(w.choices.pick(isWhole(w) ? BALANCERS : BALANCERS.slice(0, 3))) : ABSENT),
    'ResiliencePolicyProps.localityLb': seldom(w => chooses(w) && !isOff(w) && props(w).distribute === undefined),
    'ResiliencePolicyProps.distribute': seldom(isOpen),
    'ResiliencePolicyProps.zoneAware': absentUnless(w => w.choices.chance(75) && isOpen(w) && !hashes(w) && props(w).localityLb === undefined && runs(w, IstioRelease.V1_31)),
    'ResiliencePolicyProps.failover': absentUnless(failsOver),
    'ResiliencePolicyProps.failoverPriority': absentUnless(w => failsOver(w) && hasLabels(w)),
    'ResiliencePolicyProps.failoverPriority[]': w => w.fresh(w.here('priorities'), ['version', 'example.com/rack', 'team=web', 'tier=']),

    ...each(HTTP_LIMITS.map(name => `ConnectionPool.${name}`), absentUnless(readsHttp)),
    'ConnectionPool.httpIdleTimeout': absentUnless(readsHttp),
    'ConnectionPool.useClientProtocol': absentUnless(w => readsHttp(w) && limits(w).h2UpgradePolicy !== H2UpgradePolicy.UPGRADE),
    'ConnectionPool.maxRetries': absentUnless(w => readsHttp(w) && !hasBudget(w)),
    ...each(['tcpIdleTimeout', 'maxConnectionDuration'].map(name => `ConnectionPool.${name}`), absentUnless(isWhole)),
    'ConnectionPool.maxConcurrentStreams': absentUnless(isHttp2Only),
    'ConnectionPool.http2KeepAlive': absentUnless(w => isHttp2Only(w) && runs(w, IstioRelease.V1_31)),
    'OutlierDetection.consecutiveGatewayErrors': w => w.choices.int(1, 4),
    'OutlierDetection.consecutive5xxErrors': w => w.choices.pick([0, 5, 7]),
    'RetryBudget.budgetInterval': since(() => IstioRelease.V1_31),
    'RetryBudget.percent': w => w.choices.pick([0, 12.5, 100]),

    'LoadBalancingOptions.warmup': since(() => IstioRelease.V1_24),
    'LoadBalancer.consistentHash.key': w => w.say(w.choices.pick(readsHttp(w) ? KEYS : ['HashKey.sourceIp'])),
    'HashKey.header.name': w => w.choices.pick(['x-user', 'x-session']),
    'HashCookieOptions.ttl': seconds,
    'HashCookieOptions.path': w => (w.given('HashCookieOptions')!.ttl === undefined ? ABSENT : w.choices.pick(['/', '/cart'])),
    'HashCookieOptions.attributes': absentUnless(w => w.given('HashCookieOptions')!.ttl !== undefined && runs(w, IstioRelease.V1_28)),
    'HashCookieOptions.attributes{}': w => w.choices.pick(['SameSite', 'Secure', 'HttpOnly']),
    'HashCookieOptions.attributes[]': w => w.choices.pick(['', 'Strict', 'Lax']),
    'HashKey.cookie.name': w => w.choices.pick(['session', 'user_id']),
    'HashAlgorithm.ringHash.minimumRingSize': w => w.choices.pick([1, 1024, 8388608]),
    'HashAlgorithm.maglev.tableSize': w => w.choices.pick([2, 251, 65537]),
    'LocalityFailover.of.from': region,
    'LocalityFailover.of.to': () => 'elsewhere',
    'LocalityDistribution.of.from': w => `${region(w)}${w.choices.pick(['', '/*', '/a', '/a/1'])}`,
    'LocalityDistribution.of.to': w => w.choices.pick([{ 'eu/*': 70, 'us': 30 }, { 'eu/a/1': 100 }, { 'eu/a': 1, 'eu/b': 99 }]),
  },
  order: {
    ResiliencePolicyProps: ['target', 'ports', 'outlierDetection', 'retries', 'retryBudget', 'loadBalancer', 'localityLb', 'distribute', 'zoneAware', 'failover'],
    ConnectionPool: ['h2UpgradePolicy', 'useClientProtocol'],
    HashCookieOptions: ['ttl'],
  },
  forced: {
    'ResiliencePolicyProps.ports': isMixed,
    'ResiliencePolicyProps.outlierDetection': () => true,
    ...each(['retryBudget', 'loadBalancer', 'zoneAware', 'connectionPool', 'faults', 'failover'].map(name => `ResiliencePolicyProps.${name}`), often),
    ...each(['ZoneAware.enabled', 'ZoneAware.minClusterSize'], often),
    'TcpKeepalive.time': w => Object.keys(w.given('TcpKeepalive')!).length === 0 || often(w),
    ...each(['ConnectionPool.tcpKeepalive', 'ConnectionPool.http2KeepAlive', 'LoadBalancingOptions.warmup', 'LoadBalancer.*.options'], often),
    ...each(['HashKey.cookie.options', 'HashCookieOptions.ttl', 'HashCookieOptions.attributes', 'HashCookieOptions.path', 'LoadBalancer.consistentHash.options', 'ConsistentHashOptions.algorithm', 'RetryBudget.budgetInterval', 'RetryBudget.minRetryConcurrency', 'RetryBudget.percent', 'TelemetryLogging.filter'], often),
    ...each(['FaultDelay.percentage', 'FaultAbort.*.options', 'FaultAbortOptions.percentage'], isForEveryone),
    'OutlierDetection.consecutiveGatewayErrors': w => w.given('OutlierDetection')!.consecutive5xxErrors === 0,
  },
  guards: {
    'Production.mark': w => !w.isTaken('for everyone', ''),
  },
  notes: {
    'ResiliencePolicyProps.target': takePolicy,
    ...each(REQUEST_SETTINGS.filter(name => name !== 'mirrors').map(name => `ResiliencePolicyProps.${name}`), w => takeRequests(w, 'asked')),
    'ResiliencePolicyProps.mirrors': w => (takeRequests(w, 'asked'), takeRequests(w, 'copied')),
    'new CanarySplit': split,
    'FaultRule.forAllRequests': w => w.take('for everyone', ''),
    'Production.mark': w => w.take('production', ''),
  },
};
