import { Construct } from 'constructs';
import { checkPolicy, covered } from './resilience-checks';
import { ResiliencePolicyProps } from './resilience-props';
import { connectionSettings, hasSettings } from './resilience-settings';
import { MeshError } from '../../diagnostics/mesh-error';
import { validateProps } from '../../diagnostics/validate-props';
import { Mirror, Mirrors } from '../../hosts/mirror';
import { HostRequests, routeProtocol } from '../../hosts/routes/request-policy';
import { refuseAtSynthesis } from '../../kernel/collect-errors';
import { productionAbove } from '../../kernel/production';
import { sameCluster } from '../../kernel/same-cluster';
import { uniqueId } from '../../kernel/unique-id';
import { CalleeAttributes, calleeOf, ICallee } from '../../services/calls/callee';
import { recordCopies } from '../../services/calls/calls';
import { Call, onEachCallTo } from '../../services/calls/recorded-calls';
import { MeshPort } from '../../values/mesh-port';
import { checkCallRules } from '../splits/call-rules';

/**
 * How callers of a service handle slow responses, failures and overload: timeouts, retries, connection pools, outlier detection, load balancing,
 * faults and mirrors.
 *
 * It contributes to the single VirtualService and DestinationRule of the service, in the service's namespace, regardless of its own scope.
 * Gateway routes that lead to the service use the same settings, unless a route sets its own. Several policies can have the same
 * target: settings of a version take precedence over settings of a port, and those over settings of the service.
 *
 * For an external host behind an egress gateway, the gateway applies timeout, retries, connection pool, outlier detection and load balancing;
 * the caller's sidecar applies faults and mirrors.
 *
 * @see https://istio.io/latest/docs/concepts/traffic-management/#network-resilience-and-testing
 */
export class ResiliencePolicy extends Construct {
  /** The target of the policy. */
  public readonly target: ICallee;

  private readonly callee: CalleeAttributes;

  constructor(scope: Construct, id: string, props: ResiliencePolicyProps) {
    super(scope, uniqueId(scope, id));
    validateProps('ResiliencePolicyProps', props, this);
    this.callee = calleeOf(props.target, this);
    this.target = props.target;
    sameCluster(this, this.callee.construct);
    const ports = covered(this.callee, props.ports, this);
    checkPolicy(props, this.callee, ports, this);
    this.checkFaults(props);
    this.contribute(props);
    this.recordMirrors(ports, props.mirrors);
  }

  private contribute(props: ResiliencePolicyProps): void {
    const { ports, timeout, retries, faults, mirrors } = props;
    const { version, policyHosts } = this.callee;
    const policySettings = connectionSettings(props, this);
    if (hasSettings(policySettings)) {
      const scopes = [...new Set<number | undefined>(ports ?? [undefined])].map(port => ({ version, port }));
      policyHosts.flatMap(({ policies }) => policies).forEach(policy => scopes.forEach(scope => policy.contribute(policySettings, this, scope)));
    }
    const requests: HostRequests = {
      timeout,
      retries,
      mirrors: mirrors && (route => new Mirrors(mirrors, route, true)),
      faults: faults?.map(({ _match: { _match: match }, _fault: fault }) => ({ match, fault })),
    };
    if (hasSettings(requests)) {
      policyHosts.forEach(host => host.addRequestSettings(requests, this, ports));
    }
  }

  /** Records the mirrors as calls of each caller, because callers' sidecars send the copies. */
  private recordMirrors(ports: MeshPort[], mirrors: Mirror[] = []): void {
    const { namespace, hosts } = this.callee;
    // Another construct may describe the same service.
    const isCopied = ({ uncopied, caller, callee, port }: Call) => !uncopied && caller.hasSidecar(this) && callee.namespace === namespace
      && ports.some(known => known.port === port.port);
    if (mirrors.length > 0) {
      onEachCallTo(this, hosts, edge => isCopied(edge)
        && new Mirrors(mirrors, { source: this, protocol: routeProtocol(edge.port), calls: called => recordCopies(edge, called) }, true).bind());
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
        throw new MeshError('IM1643', this, { problem: `fault ${everyone + 1} applies to all calls, but ${marked.node.path || 'the App'} is marked as production`, got: this.callee.hosts.join(', ') });
      }
    };
    check();
    refuseAtSynthesis(this, check);
  }
}
