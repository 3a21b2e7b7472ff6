import { IConstruct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { Caller } from '../../services/calls/caller';
import { callsOf } from '../../services/calls/recorded-calls';
import { gatewayAttributes, isGateway } from '../../services/workloads/gateway-pods';

/** Who may call one port of an outside host. */
export interface Allowed {
  /** Whatever has an identity of the mesh. */
  readonly anyone: boolean;
  /** Whatever runs in these namespaces. */
  readonly namespaces: string[];
  /** These identities, as a policy names them. */
  readonly principals: string[];
}

/** Who may leave by one route: known when all have spoken. */
export class EgressScope {
  public readonly namespace: string;

  /**
   * @param route the route
   * @param callers who may leave besides the services that declare it; not said, whatever is in the route's namespace where nobody declares it
   */
  public constructor(private readonly route: IConstruct, private readonly callers?: EgressCallers) {
    this.namespace = namespaceOf(route);
  }

  /** Who may call one port of the route, or any. */
  public allowed(port?: number): Allowed {
    const declared = this.declared(port);
    const { trustDomain } = MeshCluster.of(this.route);
    const principals = declared.flatMap(caller => caller.accounts().map(account => `${caller.workload.trustDomain ?? trustDomain}/ns/${caller.namespace}/sa/${account}`));
    return { anyone: this.isOpen, namespaces: this.inWords(), principals: [...new Set(principals)].sort() };
  }

  /** Whether whatever runs in the mesh may leave. */
  public get isOpen(): boolean {
    return this.callers?._who === 'anyone';
  }

  /** The namespaces whose sidecars have to know the host: undefined where that is all of them. */
  public namespaces(): string[] | undefined {
    if (this.isOpen) {
      return undefined;
    }
    return [...new Set([...this.inWords(), ...this.declared().map(({ namespace }) => namespace), ...this.gateways()])].sort();
  }

  /** The namespaces as `exportTo` spells them. */
  public exportTo(...others: string[]): string[] {
    const all = this.namespaces();
    return all ? [...new Set([...all, ...others])].map(name => (name === this.namespace ? '.' : name)).sort() : ['*'];
  }

  /** Whether a service has to declare its calls, and is known by that. */
  public get isRestricted(): boolean {
    return !this.isOpen && this.declared().length > 0;
  }

  /** The namespaces that may leave as a whole. */
  public inWords(): string[] {
    if (this.callers) {
      return this.callers._namespaces;
    }
    return this.declared().length > 0 ? [] : [this.namespace];
  }

  /** The pods of the callers that declared it. Gateways are not among them. */
  public declared(port?: number): Caller[] {
    return this.edges(port).map(({ caller }) => caller).filter(({ isGateway: leads }) => !leads);
  }

  /** Those that somebody else deploys: nothing can be added to them. */
  public deployedElsewhere(port?: number): Caller[] {
    return this.declared(port).filter(({ madePods }) => madePods === undefined);
  }

  /** Whether a gateway leads here. */
  public get isLedByGateways(): boolean {
    return this.gateways().length > 0;
  }

  /** Gateways that lead here find the host only where they see it. */
  private gateways(): string[] {
    const gateways = this.edges().flatMap(({ caller: { construct } }) => (construct && isGateway(construct) ? construct : []));
    return gateways.map(gateway => gatewayAttributes(gateway).pods?.namespace ?? gateway.namespace);
  }

  private edges(port?: number) {
    return callsOf(this.route, [this.route]).filter(edge => edge.callee.construct === this.route && (port === undefined || edge.port.port === port));
  }
}
