import { IConstruct } from 'constructs';
import { EgressCallers } from './egress-callers';
import { MeshCluster } from '../../kernel/mesh-cluster';
import { namespaceOf } from '../../kernel/namespace-scope';
import { Caller, callerOf } from '../../services/calls/callers';
import { CallerFacts, edgesOf } from '../../services/calls/edges';
import { gatewayFacts } from '../../services/gateway-pods';

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
    const principals = declared.flatMap(({ namespace, serviceAccounts }) => serviceAccounts().map(account => `${trustDomain}/ns/${namespace}/sa/${account}`));
    return { anyone: this.callers?._who === 'anyone', namespaces: this.inWords(), principals: [...new Set(principals)].sort() };
  }

  /** The namespaces whose sidecars have to know the host: undefined where that is all of them. */
  public namespaces(): string[] | undefined {
    if (this.callers?._who === 'anyone') {
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
    return this.callers?._who !== 'anyone' && this.declared().length > 0;
  }

  /** The namespaces that may leave as a whole. */
  public inWords(): string[] {
    if (this.callers) {
      return this.callers._namespaces;
    }
    return this.declared().length > 0 ? [] : [this.namespace];
  }

  /** The callers that declared it, by what is known of them. */
  public declared(port?: number): Caller[] {
    return this.edges(port).flatMap(({ caller }) => (caller.construct ? callerOf(caller.construct) ?? [] : strangerOf(caller.facts())));
  }

  /** The namespaces of callers that somebody else deploys: sidecars know no more of them. */
  public strangers(port: number): string[] {
    return this.edges(port).flatMap(({ caller }) => (caller.construct ? [] : caller.facts().namespace));
  }

  /** Whether a gateway leads here. */
  public get isLedByGateways(): boolean {
    return this.gateways().length > 0;
  }

  /** Gateways that lead here find the host only where they see it. */
  private gateways(): string[] {
    const constructs = this.edges().flatMap(({ caller }) => caller.construct ?? []).filter(construct => !callerOf(construct));
    return constructs.map(construct => gatewayFacts(construct).pods?.namespace ?? namespaceOf(construct));
  }

  private edges(port?: number) {
    return edgesOf(this.route, [this.route]).filter(edge => edge.callee.construct === this.route && (port === undefined || edge.port.port === port));
  }
}

/** A caller that somebody else deploys: it is known, and nothing can be added to its pods. */
function strangerOf({ namespace, accounts = ['*'] }: CallerFacts): Caller {
  const add = () => undefined;
  return { namespace, hasSidecar: true, serviceAccounts: () => accounts, addPodLabel: add, addPodAnnotation: add, mountIntoSidecar: () => '' };
}
