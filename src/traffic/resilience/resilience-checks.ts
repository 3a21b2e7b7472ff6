import { OF_CHOICE, OF_ROUTES, ResiliencePolicyProps } from './resilience-props';
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

/** Of the choice among endpoints, what needs places. */
const OF_PLACES = ['failover', 'distribute', 'zoneAware'] as const;

/** The ports that a policy is for. UDP is never covered: it passes by the sidecar. */
export function covered({ name, ports }: CalleeAttributes, named: number[] | undefined, at: Located): MeshPort[] {
  const all = ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP);
  const those = named ? all.filter(({ port }) => named.includes(port)) : all;
  const unknown = named?.find(port => !all.some(known => known.port === port));
  if (unknown !== undefined || those.length === 0) {
    throw new MeshError('IM1111', at, {
      problem: unknown === undefined ? `the policy is for no port of ${name}` : `${name} has no port ${unknown} that callers' sidecars see`,
      got: named ?? ports.map(({ port }) => port),
      allowed: all.map(({ port, name: called }) => `${port} (${called})`).join(', ') || 'none: UDP passes by the sidecar',
    });
  }
  return those;
}

/** Refuses a policy that says nothing, or what nobody can do for those whom it is for. */
export function checkPolicy(props: ResiliencePolicyProps, callee: CalleeAttributes, ports: MeshPort[], at: At): void {
  checkSays(props, callee, at);
  checkRequests(props, ports, at);
  checkConnections(props, callee, ports, at);
  callee.policyHosts.forEach(host => checkHost(props, host, callee.name, at));
  checkReleases(props, at);
}

function checkSays(props: ResiliencePolicyProps, { version }: CalleeAttributes, at: Located): void {
  const { target: _, ports: __, ...settings } = props;
  const said = Object.entries(settings).filter(([, value]) => value !== undefined);
  const empty = said.find(([name, value]) => Array.isArray(value) ? value.length === 0 : name === 'connectionPool' && Object.keys(value).length === 0);
  if (said.length === 0 || empty) {
    throw new MeshError('IM1632', at, { problem: empty ? `\`${empty[0]}\` says nothing` : 'the policy says nothing of the service', got: empty ? empty[1] : said.map(([name]) => name) });
  }
  const misplaced = said.map(([name]) => name).filter(name => ([...OF_ROUTES, 'retryBudget'] as string[]).includes(name));
  if (version !== undefined && misplaced.length > 0) {
    throw new MeshError('IM1642', at, { problem: `${misplaced.join(', ')}: said before it is known which version answers`, got: version, allowed: 'connectionPool, outlierDetection, loadBalancer and localities' });
  }
  if (props.ports && props.retryBudget) {
    throw new MeshError('IM1639', at, { problem: 'a retry budget holds for all ports, or for none', got: props.ports, next: 'write it in a policy without `ports`' });
  }
}

/** Refuses what has no meaning for one of the ports. */
function checkRequests(props: ResiliencePolicyProps, ports: MeshPort[], at: Located): void {
  const { connectionPool: connections = {}, loadBalancer } = props;
  const limits = HTTP_LIMITS.filter(name => connections[name] !== undefined).map(name => `connectionPool.${name}`);
  const ofRequests = [
    ...[...OF_ROUTES, 'retryBudget' as const].filter(name => props[name] !== undefined),
    ...limits,
    ...loadBalancer?._key?._readsHttp ? ['loadBalancer'] : [],
  ];
  const plain = ports.find(({ protocol }) => !isHttp(protocol));
  if (plain && ofRequests.length > 0) {
    throw new MeshError('IM1518', at, {
      problem: `port ${plain.port} (${plain.name}) is not HTTP: there are no requests to ${ofRequests.length === 1 && loadBalancer?._key?._readsHttp ? 'hash' : 'look at'}`,
      got: ofRequests,
      allowed: 'on this port: connections of TCP, outlierDetection, loadBalancer and localities',
      next: 'name the HTTP ports in `ports`, or drop the setting',
    });
  }
}

/** Refuses for some ports or one version what Istio reads of TCP where it is said for the whole service, and nowhere else. */
function checkConnections(props: ResiliencePolicyProps, { version }: CalleeAttributes, ports: MeshPort[], at: Located): void {
  const { ports: named, connectionPool: connections = {}, loadBalancer } = props;
  const plain = ports.find(({ protocol }) => !isHttp(protocol));
  const said = [
    ...OF_LISTENERS.filter(name => connections[name] !== undefined).map(name => `connectionPool.${name}`),
    ...loadBalancer?._key ? ['loadBalancer'] : [],
  ];
  if (plain && said.length > 0 && (named || version !== undefined)) {
    throw new MeshError('IM1660', at, {
      problem: `port ${plain.port} (${plain.name}) is not HTTP: for some ports or one version nobody looks at ${said.join(', ')}`, got: { ports: named, version },
    });
  }
}

/** Refuses a choice where there is none: of pods that are dialled themselves, and of what is outside of the mesh. */
function checkHost(props: ResiliencePolicyProps, { identity, endpoints }: PolicyHost, name: string, at: Located): void {
  const said = <T extends keyof ResiliencePolicyProps>(names: readonly T[]) => names.filter(each => props[each] !== undefined);
  const choice = said(OF_CHOICE);
  if (identity.headless && choice.length > 0) {
    throw new MeshError('IM1646', at, { problem: `${name} is headless: its clients choose the pod`, got: choice });
  }
  if (endpoints === 'chosen' && choice.length > 0) {
    throw new MeshError('IM1648', at, { problem: `connections to ${identity.host} go on to where the caller or the proxy found the host`, got: choice });
  }
  if (endpoints === 'alike' && said(OF_PLACES).length > 0) {
    throw new MeshError('IM1649', at, { problem: `nobody knows where ${identity.host} is`, got: said(OF_PLACES), next: 'name the `localities` of the EgressRoute' });
  }
  if (endpoints !== 'pods' && props.failoverPriority) {
    throw new MeshError('IM1649', at, { problem: `${identity.host} is outside of the mesh: nothing there has labels`, got: props.failoverPriority, next: 'name the `localities` of the EgressRoute, and say `failover`' });
  }
}

/** Refuses fields of later releases, which the API server would drop silently. */
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
