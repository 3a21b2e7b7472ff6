import { Construct } from 'constructs';
import { OF_CHOICE, OF_ROUTES, ResiliencePolicyProps } from './resilience-props';
import { MeshError } from '../../diagnostics/mesh-error';
import { instanceOf, shaped } from '../../diagnostics/shaped';
import { Mirrors } from '../../hosts/http/mirror';
import { HostRequests } from '../../hosts/http/request-policy';
import { MeshHost } from '../../hosts/mesh-host';
import { ConnectionLimits, H2UpgradePolicy, HTTP_LIMITS, renderLimits } from '../../hosts/policy/connection-limits';
import { LocalitySettings, renderLocality } from '../../hosts/policy/locality';
import { renderOutliers } from '../../hosts/policy/outlier-detection';
import { Said } from '../../hosts/policy/policy-settings';
import { renderBudget } from '../../hosts/policy/retry-budget';
import { refusals } from '../../kernel/guarded';
import { sameCluster } from '../../kernel/mesh-cluster';
import { needsIstio } from '../../kernel/needs-istio';
import { productionAbove } from '../../kernel/production';
import { uniqueId } from '../../kernel/unique-id';
import { IMeshService } from '../../services/mesh-service-base';
import { MeshPort } from '../../values/mesh-port';
import { isHttp, isHttp2, MeshProtocol } from '../../values/protocol';
import { IstioRelease } from '../../values/release';
import { checkCallRules } from '../splits/call-rules';

/**
 * What callers of a service do when it is slow, fails, or is asked for more than it can take.
 *
 * It contributes to the one VirtualService and the one DestinationRule of the service, in the service's namespace, wherever it stands itself.
 * Routes of gateways that lead to the service do the same, where they say nothing else by themselves. Several policies may be for one
 * service: what is said for a version goes before what is said for a port, and that before what is said for the service.
 *
 * @see https://istio.io/latest/docs/concepts/traffic-management/#network-resilience-and-testing
 */
export class ResiliencePolicy extends Construct {
  /** The service that is called. */
  public readonly service: IMeshService;

  private readonly host: MeshHost;

  /**
   * @throws IM1105 on a version and IM1111 on a port that the service does not have, IM1401 where another policy says something else,
   * IM1518 on settings of requests for ports that have none, IM1632 on a policy that says nothing, IM1333, IM1336, IM1338, IM1339, IM1516,
   * IM1519, IM1633, IM1634, IM1636, IM1638, IM1641 and IM1646 on settings that cannot be, IM1642 on those that no version can have, IM1639 on a retry
   * budget for some ports, IM1643 on a fault for everyone in production, IM1205 and IM1207 on faults that nobody meets, IM1008 on services of
   * another cluster
   */
  constructor(scope: Construct, id: string, props: ResiliencePolicyProps) {
    super(scope, uniqueId(scope, id));
    shaped('ResiliencePolicyProps', props, this);
    instanceOf('MeshServiceBase', props.service, this, 'service');
    sameCluster(this, props.service);
    this.service = props.service;
    this.host = MeshHost.of(this.service, this.service.host)!;
    const ports = this.covered(props);
    this.checkSays(props);
    this.checkRequests(props, ports);
    this.checkHttp2(props, ports);
    this.checkHeadless(props);
    this.checkReleases(props);
    this.checkFaults(props);
    this.contribute(props);
  }

  private contribute(props: ResiliencePolicyProps): void {
    const { version, ports, connections, outlierDetection, loadBalancer, retryBudget, timeout, retries, faults, mirrors } = props;
    const said: Said = {
      connectionPool: connections && renderLimits(connections, this),
      outlierDetection: outlierDetection && renderOutliers(outlierDetection, this),
      loadBalancer: loadBalancer?._toIstio,
      locality: renderLocality(localitiesOf(props), this),
      retryBudget: retryBudget && renderBudget(retryBudget, this),
    };
    if (Object.values(said).some(value => value !== undefined)) {
      [...new Set<number | undefined>(ports ?? [undefined])].forEach(port => this.host.policy.contribute(said, this, { version, port }));
    }
    const requests: HostRequests = {
      timeout,
      retries,
      mirrors: mirrors && (route => new Mirrors(mirrors, route)),
      faults: faults?.map(({ _match: { _match: match }, _fault: fault }) => ({ match, fault })),
    };
    if (Object.values(requests).some(value => value !== undefined)) {
      this.host.routing.settle(requests, this, ports);
    }
  }

  /** UDP is never covered: it passes by the sidecar. */
  private covered({ ports: named }: ResiliencePolicyProps): MeshPort[] {
    const all = this.service.ports.filter(({ protocol }) => protocol !== MeshProtocol.UDP);
    const covered = named ? all.filter(({ port }) => named.includes(port)) : all;
    const unknown = named?.find(port => !all.some(known => known.port === port));
    if (unknown !== undefined || covered.length === 0) {
      throw new MeshError('IM1111', this, {
        problem: unknown === undefined ? `the policy is for no port of ${this.service.serviceName}` : `${this.service.serviceName} has no port ${unknown} that callers' sidecars see`,
        got: named ?? this.service.ports.map(({ port }) => port),
        allowed: all.map(({ port, name }) => `${port} (${name})`).join(', ') || 'none: UDP passes by the sidecar',
      });
    }
    return covered;
  }

  private checkSays(props: ResiliencePolicyProps): void {
    const { service: _, version, ports: __, ...settings } = props;
    const said = Object.entries(settings).filter(([, value]) => value !== undefined);
    const empty = said.find(([name, value]) => Array.isArray(value) ? value.length === 0 : name === 'connections' && Object.keys(value).length === 0);
    if (said.length === 0 || empty) {
      throw new MeshError('IM1632', this, { problem: empty ? `\`${empty[0]}\` says nothing` : 'the policy says nothing of the service', got: empty ? empty[1] : said.map(([name]) => name) });
    }
    const misplaced = said.map(([name]) => name).filter(name => ([...OF_ROUTES, 'retryBudget'] as string[]).includes(name));
    if (version !== undefined && misplaced.length > 0) {
      throw new MeshError('IM1642', this, { problem: `${misplaced.join(', ')}: said before it is known which version answers`, got: version, allowed: 'connections, outlierDetection, loadBalancer and localities' });
    }
    if (props.ports && props.retryBudget) {
      throw new MeshError('IM1639', this, { problem: 'a retry budget holds for all ports, or for none', got: props.ports, next: 'write it in a policy without `ports`' });
    }
  }

  /** Refuses what has no meaning for one of the ports. */
  private checkRequests(props: ResiliencePolicyProps, ports: MeshPort[]): void {
    const { connections = {}, loadBalancer } = props;
    const limits = HTTP_LIMITS.filter(name => connections[name] !== undefined).map(name => `connections.${name}`);
    const ofRequests = [
      ...[...OF_ROUTES, 'retryBudget' as const].filter(name => props[name] !== undefined),
      ...limits,
      ...loadBalancer?._key?._readsHttp ? ['loadBalancer'] : [],
    ];
    const plain = ports.find(({ protocol }) => !isHttp(protocol));
    if (plain && ofRequests.length > 0) {
      throw new MeshError('IM1518', this, {
        problem: `port ${plain.port} (${plain.name}) is not HTTP: there are no requests to ${ofRequests.length === 1 && loadBalancer?._key?._readsHttp ? 'hash' : 'look at'}`,
        got: ofRequests,
        allowed: 'on this port: connections of TCP, outlierDetection, loadBalancer and localities',
        next: 'name the HTTP ports in `ports`, or drop the setting',
      });
    }
  }

  private checkHttp2({ connections = {} }: ResiliencePolicyProps, ports: MeshPort[]): void {
    const { maxConcurrentStreams, http2KeepAlive, h2UpgradePolicy }: ConnectionLimits = connections;
    const plain = ports.find(({ protocol }) => !isHttp2(protocol));
    if (plain && h2UpgradePolicy !== H2UpgradePolicy.UPGRADE && (maxConcurrentStreams !== undefined || http2KeepAlive)) {
      throw new MeshError('IM1634', this, { problem: `port ${plain.port} (${plain.name}) does not speak HTTP/2`, got: http2KeepAlive ? 'http2KeepAlive' : 'maxConcurrentStreams' });
    }
  }

  private checkHeadless(props: ResiliencePolicyProps): void {
    const said = OF_CHOICE.filter(name => props[name] !== undefined);
    if (this.host.identity.headless && said.length > 0) {
      throw new MeshError('IM1646', this, { problem: `${this.service.serviceName} is headless: its clients choose the pod`, got: said });
    }
  }

  /** Fields of later releases, which the API server would drop without a word. */
  private checkReleases({ connections, outlierDetection, loadBalancer, retryBudget, zoneAware }: ResiliencePolicyProps): void {
    const needs: [boolean, IstioRelease, string][] = [
      [loadBalancer?._toIstio.warmup !== undefined, IstioRelease.V1_24, '`warmup`'],
      [retryBudget !== undefined, IstioRelease.V1_27, '`retryBudget`'],
      [retryBudget?.budgetInterval !== undefined, IstioRelease.V1_31, '`budgetInterval`'],
      [loadBalancer?._key?._isNew ?? false, IstioRelease.V1_28, '`attributes` of cookies'],
      [connections?.http2KeepAlive !== undefined, IstioRelease.V1_31, '`http2KeepAlive`'],
      [outlierDetection?.httpErrorCodes !== undefined, IstioRelease.V1_31, '`httpErrorCodes`'],
      [zoneAware !== undefined, IstioRelease.V1_31, '`zoneAware`'],
    ];
    needs.filter(([used]) => used).forEach(([, release, what]) => needsIstio(this, release, what));
  }

  private checkFaults({ faults }: ResiliencePolicyProps): void {
    if (!faults) {
      return;
    }
    checkCallRules(faults.map(({ _match }) => _match), this, 'fault');
    const check = () => {
      const everyone = faults.findIndex(({ _match }) => _match._match.isCatchAll);
      const marked = [this, this.service].map(productionAbove).find(scope => scope !== undefined);
      if (everyone >= 0 && marked) {
        throw new MeshError('IM1643', this, { problem: `fault ${everyone + 1} is for everyone, and ${marked.node.path || 'the App'} is production`, got: this.service.host });
      }
    };
    check();
    this.node.addValidation({ validate: () => refusals(this, check) });
  }
}

function localitiesOf({ failover, failoverPriority, distribute, localityLb, zoneAware }: ResiliencePolicyProps): LocalitySettings {
  return { failover, failoverPriority, distribute, localityLb, zoneAware };
}
