import { Construct } from 'constructs';
import { checkPolicy, covered } from './resilience-checks';
import { ResiliencePolicyProps } from './resilience-props';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { Mirror, Mirrors } from '../../hosts/mirror';
import { renderLimits } from '../../hosts/policy/connection-pool';
import { LocalitySettings, renderLocality } from '../../hosts/policy/locality';
import { renderOutliers } from '../../hosts/policy/outlier-detection';
import { Said } from '../../hosts/policy/policy-settings';
import { renderBudget } from '../../hosts/policy/retry-budget';
import { HostRequests, speaks } from '../../hosts/routes/request-policy';
import { collectErrors } from '../../kernel/collect-errors';
import { sameCluster } from '../../kernel/mesh-cluster';
import { productionAbove } from '../../kernel/production';
import { uniqueId } from '../../kernel/unique-id';
import { CalleeAttributes, calleeOf, ICallee } from '../../services/calls/callee';
import { recordCopies } from '../../services/calls/calls';
import { onEachCall, Call } from '../../services/calls/recorded-calls';
import { MeshPort } from '../../values/mesh-port';
import { checkCallRules } from '../splits/call-rules';

/**
 * What callers of a service do when it is slow, fails, or is asked for more than it can take.
 *
 * It contributes to the one VirtualService and the one DestinationRule of the service, in the service's namespace, wherever it stands itself.
 * Routes of gateways that lead to the service do the same, where they say nothing else by themselves. Several policies may be for one
 * service: what is said for a version goes before what is said for a port, and that before what is said for the service.
 *
 * Of a host outside of the mesh that is called through an egress gateway, timeout, retries, connections, ejection and balancing are the
 * gateway's; faults and copies are those of the caller's sidecar.
 *
 * @see https://istio.io/latest/docs/concepts/traffic-management/#network-resilience-and-testing
 */
export class ResiliencePolicy extends Construct {
  /** Who is called. */
  public readonly service: ICallee;

  private readonly callee: CalleeAttributes;

  constructor(scope: Construct, id: string, props: ResiliencePolicyProps) {
    super(scope, uniqueId(scope, id));
    validateProps('ResiliencePolicyProps', props, this);
    this.callee = calleeOf(props.target, this);
    this.service = props.target;
    sameCluster(this, this.callee.construct);
    const ports = covered(this.callee, props.ports, this);
    checkPolicy(props, this.callee, ports, this);
    this.checkFaults(props);
    this.contribute(props);
    this.recordMirrors(ports, props.mirrors);
  }

  private contribute(props: ResiliencePolicyProps): void {
    const { ports, connectionPool: connections, outlierDetection, loadBalancer, retryBudget, timeout, retries, faults, mirrors } = props;
    const { version, policyHosts } = this.callee;
    const said: Said = {
      connectionPool: connections && renderLimits(connections, this),
      outlierDetection: outlierDetection && renderOutliers(outlierDetection, this),
      loadBalancer: loadBalancer?._toIstio,
      locality: renderLocality(localitiesOf(props), this),
      retryBudget: retryBudget && renderBudget(retryBudget, this),
    };
    if (isSaid(said)) {
      const scopes = [...new Set<number | undefined>(ports ?? [undefined])].map(port => ({ version, port }));
      policyHosts.flatMap(({ policies }) => policies).forEach(policy => scopes.forEach(scope => policy.contribute(said, this, scope)));
    }
    const requests: HostRequests = {
      timeout,
      retries,
      mirrors: mirrors && (route => new Mirrors(mirrors, route, true)),
      faults: faults?.map(({ _match: { _match: match }, _fault: fault }) => ({ match, fault })),
    };
    if (isSaid(requests)) {
      policyHosts.forEach(host => host.addRequestSettings(requests, this, ports));
    }
  }

  /** It is the sidecars of callers that send copies, and so call whoever gets them. */
  private recordMirrors(ports: MeshPort[], mirrors: Mirror[] = []): void {
    const { namespace, hosts } = this.callee;
    // Somebody else may describe the same service.
    const isCopied = ({ uncopied, caller, callee, port }: Call) => !uncopied && caller.hasSidecar(this) && callee.namespace === namespace
      && callee.hosts.some(host => hosts.includes(host)) && ports.some(known => known.port === port.port);
    if (mirrors.length > 0) {
      onEachCall(this, edge => isCopied(edge)
        && new Mirrors(mirrors, { source: this, speaks: speaks(edge.port), calls: called => recordCopies(edge, called) }, true).bind());
    }
  }

  private checkFaults({ faults }: ResiliencePolicyProps): void {
    if (!faults) {
      return;
    }
    checkCallRules(faults.map(({ _match }) => _match), this, 'fault');
    const check = () => {
      const everyone = faults.findIndex(({ _match }) => _match._match.isCatchAll);
      const marked = [this, this.callee.construct].map(productionAbove).find(scope => scope !== undefined);
      if (everyone >= 0 && marked) {
        throw new MeshError('IM1643', this, { problem: `fault ${everyone + 1} is for everyone, and ${marked.node.path || 'the App'} is production`, got: this.callee.hosts.join(', ') });
      }
    };
    check();
    this.node.addValidation({ validate: () => collectErrors(this, check) });
  }
}

function localitiesOf({ failover, failoverPriority, distribute, localityLb, zoneAware }: ResiliencePolicyProps): LocalitySettings {
  return { failover, failoverPriority, distribute, localityLb, zoneAware };
}

function isSaid(settings: object): boolean {
  return Object.values(settings).some(value => value !== undefined);
}
