import { Construct } from 'constructs';
import { checkEgressCallers } from './egress-caller-checks';
import { EgressCalls } from './egress-calls';
import { EgressDirect } from './egress-direct';
import { EgressGatewayPath } from './egress-gateway-path';
import { EgressHost } from './egress-host';
import { RegisteredEgress } from './egress-index';
import { EgressPath } from './egress-path';
import { EgressRouteProps } from './egress-props';
import { checkEgress, registerEgress } from './egress-register';
import { EgressScope } from './egress-scope';
import { MeshError } from '../../diagnostics/mesh-error';
import { show } from '../../diagnostics/show';
import { validateProps } from '../../diagnostics/validate-props';
import { IRouteTarget, RouteTarget } from '../../hosts/route-target';
import { checkAtSynthesis, collectErrors } from '../../kernel/collect-errors';
import { uniqueId } from '../../kernel/unique-id';
import { Callee, ICallee } from '../../services/calls/callee';
import { MeshPort } from '../../values/mesh-port';
import { MeshGateway } from '../gateways/mesh-gateway';

/**
 * A host outside of the mesh that services may call: a ServiceEntry, and the objects for its ports, path and callers.
 *
 * Services declare a call to it by `calls`, which also allows the call. If no service does, all pods in the namespace of the route may call it.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/
 */
export class EgressRoute extends Construct implements ICallee, IRouteTarget {
  /** The host that callers dial. */
  public readonly host: string;
  /** The namespace of the route. */
  public readonly namespace: string;
  /** The ports that callers dial. */
  public readonly ports: MeshPort[];
  /** The egress gateway through which connections go, if there is one. */
  public readonly gateway?: MeshGateway;

  private readonly scope: EgressScope;
  private readonly externalHost: EgressHost;
  private readonly calls: EgressCalls;

  constructor(scope: Construct, id: string, props: EgressRouteProps) {
    super(scope, uniqueId(scope, id));
    const { host, ports, via = EgressPath.direct(), callers } = validateProps('EgressRouteProps', props, this);
    this.host = host;
    this.gateway = via._gateway;
    this.externalHost = new EgressHost(this, props, () => this.exportTo());
    const { config, meshHost, namespace } = this.externalHost;
    this.namespace = namespace;
    this.ports = ports.map(({ _meshPort }) => _meshPort);
    this.scope = new EgressScope(this, callers);
    let direct: EgressDirect | undefined;
    if (this.gateway) {
      new EgressGatewayPath(this, meshHost, ports, this.scope, this.gateway);
    } else {
      direct = new EgressDirect(this, meshHost, ports, this.scope);
    }
    const egress: RegisteredEgress = {
      route: this, config, scope: this.scope, gatewayPods: this.gateway?.workload, hasPolicy: () => meshHost.policy.isWritten,
    };
    registerEgress(egress);
    this.calls = new EgressCalls(this, egress, meshHost, direct);
    const checks = [() => checkEgress(egress), () => checkEgressCallers(egress)];
    checkAtSynthesis(this, () => checks.flatMap(check => collectErrors(this, check)));
  }

  /**
   * The port with a number.
   *
   * @param port the number that callers dial; refused if the route has no such port (IM1111)
   */
  public portOf(port: number): MeshPort {
    const found = this.ports.find(candidate => candidate.port === port);
    if (!found) {
      throw new MeshError('IM1111', this, {
        problem: `${this.host} has no port ${show(port)}`, got: port, allowed: this.ports.map(({ port: number, name }) => `${number} (${name})`).join(', '),
      });
    }
    return found;
  }

  /** The host as `calls` takes it. */
  public toCallee(): Callee {
    return this.calls.toCallee();
  }

  /**
   * The host as the target of a gateway route. Requests carry its own name as authority, unless the route rewrites the authority. Refused if the
   * route leads through an egress gateway, which requests would bypass (IM1512), or if the host is a wildcard (IM1363).
   */
  public toRouteTarget(): RouteTarget {
    return this.externalHost.toRouteTarget();
  }

  /** The namespaces of the callers, and that of the egress gateway, which also needs the host. */
  private exportTo(): string[] {
    return this.scope.exportTo(...this.gateway ? [this.gateway.workload.namespace] : []);
  }
}
