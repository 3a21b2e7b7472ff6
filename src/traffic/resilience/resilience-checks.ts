import { LOAD_BALANCING_SETTINGS, REQUEST_SETTINGS, ResiliencePolicyProps } from './resilience-props';
import { MeshError } from '../../diagnostics/mesh-error';
import { Located } from '../../diagnostics/refusal';
import { HTTP_LIMITS, OF_LISTENERS } from '../../hosts/policy/connection-pool';
import { PolicyHost } from '../../hosts/policy-host';
import { needsIstio } from '../../kernel/needs-istio';
import { CalleeAttributes } from '../../services/calls/callee';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';

type At = Parameters<typeof needsIstio>[0];

/** The load balancing options that need localities of endpoints. */
const WITH_LOCALITIES = ['failover', 'distribute', 'zoneAware'] as const;

/** The ports of a policy, without UDP, which bypasses the sidecar. */
export function covered({ name, ports }: CalleeAttributes, named: number[] | undefined, at: Located): MeshPort[] {
  const all = ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP);
  const those = named ? all.filter(({ port }) => named.includes(port)) : all;
  const unknown = named?.find(port => !all.some(known => known.port === port));
  if (unknown !== undefined || those.length === 0) {
    throw new MeshError('IM1111', at, {
      problem: unknown === undefined ? `the policy applies to no port of ${name}` : `${name} has no port ${unknown} that callers' sidecars handle`,
      got: named ?? ports.map(({ port }) => port),
      allowed: all.map(({ port, name: called }) => `${port} (${called})`).join(', ') || 'none: UDP bypasses the sidecar',
    });
  }
  return those;
}

/** Refuses an empty policy, and settings that have no effect for its target. */
export function checkPolicy(props: ResiliencePolicyProps, callee: CalleeAttributes, ports: MeshPort[], at: At): void {
  checkNotEmpty(props, callee, at);
  checkRequests(props, ports, at);
  checkConnections(props, callee, ports, at);
  callee.policyHosts.forEach(host => checkHost(props, host, callee.name, at));
  checkReleases(props, at);
}

function checkNotEmpty(props: ResiliencePolicyProps, { version }: CalleeAttributes, at: Located): void {
  const { target: _, ports: __, ...settings } = props;
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  const empty = set.find(([name, value]) => Array.isArray(value) ? value.length === 0 : name === 'connectionPool' && Object.keys(value).length === 0);
  if (set.length === 0 || empty) {
    throw new MeshError('IM1632', at, { problem: empty ? `\`${empty[0]}\` is empty` : 'the policy has no settings', got: empty ? empty[1] : set.map(([name]) => name) });
  }
  const misplaced = set.map(([name]) => name).filter(name => ([...REQUEST_SETTINGS, 'retryBudget'] as string[]).includes(name));
  if (version !== undefined && misplaced.length > 0) {
    throw new MeshError('IM1642', at, { problem: `${misplaced.join(', ')}: sidecars of callers apply it before they choose a version`, got: version, allowed: 'connectionPool, outlierDetection, loadBalancer and localities' });
  }
  if (props.ports && props.retryBudget) {
    throw new MeshError('IM1639', at, { problem: 'a retry budget applies to all ports', got: props.ports, next: 'set it in a policy without `ports`' });
  }
}

/** Refuses HTTP settings for a port that is not HTTP. */
function checkRequests(props: ResiliencePolicyProps, ports: MeshPort[], at: Located): void {
  const { connectionPool: connections = {}, loadBalancer } = props;
  const limits = HTTP_LIMITS.filter(name => connections[name] !== undefined).map(name => `connectionPool.${name}`);
  const ofRequests = [
    ...[...REQUEST_SETTINGS, 'retryBudget' as const].filter(name => props[name] !== undefined),
    ...limits,
    ...loadBalancer?._key?._readsHttp ? ['loadBalancer'] : [],
  ];
  const plain = ports.find(({ protocol }) => !isHttp(protocol));
  if (plain && ofRequests.length > 0) {
    throw new MeshError('IM1518', at, {
      problem: `port ${plain.port} (${plain.name}) is not HTTP: it has no requests to ${ofRequests.length === 1 && loadBalancer?._key?._readsHttp ? 'hash' : 'inspect'}`,
      got: ofRequests,
      allowed: 'on this port: TCP settings of connectionPool, outlierDetection, loadBalancer and localities',
      next: 'list the HTTP ports in `ports`, or drop the setting',
    });
  }
}

/** Refuses, for some ports or one version, TCP settings that Istio only reads for the whole service. */
function checkConnections(props: ResiliencePolicyProps, { version }: CalleeAttributes, ports: MeshPort[], at: Located): void {
  const { ports: named, connectionPool: connections = {}, loadBalancer } = props;
  const plain = ports.find(({ protocol }) => !isHttp(protocol));
  const listed = [
    ...OF_LISTENERS.filter(name => connections[name] !== undefined).map(name => `connectionPool.${name}`),
    ...loadBalancer?._key ? ['loadBalancer'] : [],
  ];
  if (plain && listed.length > 0 && (named || version !== undefined)) {
    throw new MeshError('IM1660', at, {
      problem: `port ${plain.port} (${plain.name}) is not HTTP: Istio ignores ${listed.join(', ')} for some ports or one version`, got: { ports: named, version },
    });
  }
}

/** Refuses load balancing where the proxy chooses no endpoint: for headless services, and for some external hosts. */
function checkHost(props: ResiliencePolicyProps, { identity, endpoints }: PolicyHost, name: string, at: Located): void {
  const setAmong = <T extends keyof ResiliencePolicyProps>(names: readonly T[]) => names.filter(each => props[each] !== undefined);
  const choice = setAmong(LOAD_BALANCING_SETTINGS);
  if (identity.headless && choice.length > 0) {
    throw new MeshError('IM1646', at, { problem: `${name} is headless, so its clients choose the pod`, got: choice });
  }
  if (endpoints === 'chosen' && choice.length > 0) {
    throw new MeshError('IM1648', at, { problem: `connections to ${identity.host} go to the address that the caller or the proxy resolved`, got: choice });
  }
  if (endpoints === 'alike' && setAmong(WITH_LOCALITIES).length > 0) {
    throw new MeshError('IM1649', at, { problem: `the endpoints of ${identity.host} have no locality`, got: setAmong(WITH_LOCALITIES), next: 'set the `localities` of the EgressRoute' });
  }
  if (endpoints !== 'pods' && props.failoverPriority) {
    throw new MeshError('IM1649', at, { problem: `${identity.host} is outside of the mesh, so its endpoints have no labels`, got: props.failoverPriority, next: 'set the `localities` of the EgressRoute, and `failover`' });
  }
}

/** Refuses fields of later releases of Istio, which the API server would drop silently. */
function checkReleases({ connectionPool: connections, loadBalancer, retryBudget, zoneAware }: ResiliencePolicyProps, at: At): void {
  const needs: [boolean, IstioRelease, string][] = [
    [loadBalancer?._toIstio.warmup !== undefined, IstioRelease.V1_24, '`warmup`'],
    [retryBudget !== undefined, IstioRelease.V1_27, '`retryBudget`'],
    [retryBudget?.budgetInterval !== undefined, IstioRelease.V1_31, '`budgetInterval`'],
    [loadBalancer?._key?._isNew ?? false, IstioRelease.V1_28, '`attributes` of cookies'],
    [connections?.http2KeepAlive !== undefined, IstioRelease.V1_31, '`http2KeepAlive`'],
    [(loadBalancer?._toIstio.warmup?.aggression ?? 1) < 1, IstioRelease.V1_31, 'an `aggression` below 1'],
    [zoneAware !== undefined, IstioRelease.V1_31, '`zoneAware`'],
  ];
  needs.filter(([used]) => used).forEach(([, release, what]) => needsIstio(at, release, what));
}
