import { IConstruct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { Caller } from '../../services/calls/caller';
import { Call, callsOf } from '../../services/calls/recorded-calls';
import { gatewayAttributes, isGateway } from '../../services/workloads/gateway-pods';

/** The callers that may call one port of an external host. */
export interface AllowedCallers {
  /** Whether all pods with an identity of the mesh may. */
  readonly anyIdentity: boolean;
  /** The namespaces of which all pods may. */
  readonly namespaces: string[];
  /** The identities that may, as `principals` of an AuthorizationPolicy. */
  readonly principals: string[];
}

/** The callers that may use a route. Complete at synthesis. */
export class EgressScope {
  public readonly namespace: string;

  /**
   * @param route the route
   * @param callers the callers in addition to declared ones; if undefined, all pods in the namespace of the route may use it until a call is declared
   */
  public constructor(private readonly route: IConstruct, public readonly callers?: EgressCallers) {
    this.namespace = namespaceOf(route);
  }

  /** The callers that may call one port of the route, or any port. */
  public allowed(port?: number): AllowedCallers {
    const declared = this.declared(port);
    const { trustDomain } = MeshCluster.of(this.route);
    const principals = declared.flatMap(caller => caller.accounts().map(account => `${caller.workload.trustDomain ?? trustDomain}/ns/${caller.namespace}/sa/${account}`));
    return { anyIdentity: this.isOpen, namespaces: this.allowedNamespaces(), principals: [...new Set(principals)].sort() };
  }

  /** Whether all pods in the mesh may use the route. */
  public get isOpen(): boolean {
    return this.callers?._kind === 'any';
  }

  /** The namespaces whose proxies need the host; undefined for all. */
  public namespaces(): string[] | undefined {
    if (this.isOpen) {
      return undefined;
    }
    return [...new Set([...this.allowedNamespaces(), ...this.declared().map(({ namespace }) => namespace), ...this.gatewayNamespaces()])].sort();
  }

  /** The namespaces as a value of `exportTo`. */
  public exportTo(...others: string[]): string[] {
    const all = this.namespaces();
    return all ? [...new Set([...all, ...others])].map(name => (name === this.namespace ? '.' : name)).sort() : ['*'];
  }

  /** Whether only declared callers, and allowed namespaces, may use the route. */
  public get isRestricted(): boolean {
    return !this.isOpen && this.declared().length > 0;
  }

  /** The namespaces of which all pods may use the route. */
  public allowedNamespaces(): string[] {
    if (this.callers) {
      return this.callers._namespaces;
    }
    return this.declared().length > 0 ? [] : [this.namespace];
  }

  /** The declared callers, without gateways. */
  public declared(port?: number): Caller[] {
    return this.calls(port).map(({ caller }) => caller).filter(caller => !caller.isGateway);
  }

  /** The declared callers whose pods another team deploys, so that nothing can be added to them. */
  public deployedElsewhere(port?: number): Caller[] {
    return this.declared(port).filter(({ madePods }) => madePods === undefined);
  }

  /** Whether routes of a gateway lead to the host. */
  public get hasGatewayCallers(): boolean {
    return this.gatewayNamespaces().length > 0;
  }

  /** The namespaces of gateways whose routes lead to the host. */
  private gatewayNamespaces(): string[] {
    const gateways = this.calls().flatMap(({ caller: { construct } }) => (construct && isGateway(construct) ? construct : []));
    return gateways.map(gateway => gatewayAttributes(gateway).pods?.namespace ?? gateway.namespace);
  }

  private calls(port?: number): Call[] {
    return callsOf(this.route, [this.route]).filter(call => call.callee.construct === this.route && (port === undefined || call.port.port === port));
  }
}
