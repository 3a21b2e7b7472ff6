import { Construct, IConstruct } from 'constructs';
import { GuardedGateway } from './guarded-gateway';
import { GuardedWorkload, makeAccess, makeNetworkPolicy, Strictness } from './guarded-workload';
import { checkEdges, checkStrangers, checkWorkload } from './least-privilege-checks';
import { MeshError } from '../diagnostics/mesh-error';
import { shaped } from '../diagnostics/shaped';
import { refusals } from '../kernel/guarded';
import { MeshCluster, perCluster } from '../kernel/mesh-cluster';
import { namespaceScopeOf } from '../kernel/namespace-scope';
import { uniqueId } from '../kernel/unique-id';
import { eachEdge, Edge } from '../services/calls/edges';
import { eachGatewayPods } from '../services/gateway-pods';
import { eachNamespace, MeshNamespace } from '../services/mesh-namespace';
import { SidecarScope } from '../services/sidecar-scope';
import { eachWorkload, MeshWorkload } from '../services/workloads';
import { OutboundTraffic } from '../values/outbound-traffic';

/** Whether calls that nobody declared are refused, or only noted. */
export enum Enforcement {
  /** They are refused, by the server and by the client. */
  ENFORCE = 'ENFORCE',
  /** They are let through, and the server notes that it would have refused them: the way to `ENFORCE`. */
  AUDIT = 'AUDIT',
}

/** Properties of a `LeastPrivilege`. */
export interface LeastPrivilegeProps {
  /**
   * Whether calls that nobody declared are refused, or only noted.
   *
   * @default Enforcement.ENFORCE
   */
  readonly enforcement?: Enforcement;

  /**
   * Whether NetworkPolicies say the same to the network, which needs a plugin that enforces them. Not together with `AUDIT`.
   *
   * @default false
   */
  readonly networkPolicies?: boolean;
}

const everyone = perCluster((): LeastPrivilege[] => []);

/**
 * Lets through the calls that were declared, and no others: for every workload that is made below the scope, now or later.
 *
 * From `calls` and the routes of gateways it makes, for each service, the AuthorizationPolicy that names who may send which requests to
 * which port; for each version a Sidecar that knows the hosts it calls and refuses all others; `exportTo` with the namespaces of
 * callers; NetworkPolicies on request. Namespaces that are made below the scope refuse the same for whatever else runs in them.
 *
 * Callers are known by their ServiceAccount. One that several workloads share is refused where not all of them may call.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns
 */
export class LeastPrivilege extends Construct {
  private readonly strictness: Strictness;
  private readonly workloads: GuardedWorkload[] = [];
  private readonly byConstruct = new Map<IConstruct, GuardedWorkload>();
  /** The namespaces that are covered with whatever runs in them. */
  private readonly namespaces = new Set<string>();

  /**
   * @param scope a chart, a namespace or a cluster: what is made below it is covered. Objects stand below the services that they are about.
   * @throws IM1806 beside another one that covers the same, IM1808 on NetworkPolicies beside `AUDIT`; at synthesis IM1803 on callers
   * without a known identity, IM1804 on calls that policies cannot say, IM1805 on identities that others share, IM1807 on pods whose labels
   * NetworkPolicies would need, IM1809 where there is no workload, IM1810 on Services that say themselves who sees them
   */
  constructor(scope: Construct, id: string, props: LeastPrivilegeProps = {}) {
    super(scope, uniqueId(scope, id));
    shaped('LeastPrivilegeProps', props, this);
    const { enforcement = Enforcement.ENFORCE, networkPolicies = false } = props;
    this.strictness = { source: this, enforces: enforcement === Enforcement.ENFORCE, networkPolicies };
    if (networkPolicies && !this.strictness.enforces) {
      throw new MeshError('IM1808', this, { problem: 'NetworkPolicies are asked for where nothing is to be refused', got: props });
    }
    const twin = everyone(this).find(other => other.covers(this) || this.covers(other));
    if (twin) {
      throw new MeshError('IM1806', this, { problem: `${twin.node.path} covers the same workloads` });
    }
    everyone(this).push(this);
    eachNamespace(this, namespace => this.coversWhole(namespace) && this.addNamespace(namespace));
    eachWorkload(this, workload => this.covers(workload.home) && this.addWorkload(workload));
    eachGatewayPods(this, pods => this.covers(pods.home) && new GuardedGateway(pods, this.strictness, !this.coversWhole(pods.home)));
    eachEdge(this, edge => this.addEdge(edge));
    this.node.addValidation({ validate: () => this.check() });
  }

  private covers(construct: IConstruct): boolean {
    return construct.node.scopes.includes(this.node.scope!);
  }

  /** Whether the namespace of a construct is covered with whatever runs in it. What else runs in one made elsewhere is not ours to judge. */
  private coversWhole(construct: IConstruct): boolean {
    const namespace = namespaceScopeOf(construct);
    return namespace instanceof MeshNamespace && this.covers(namespace) && !namespace._exists && namespace.injects
      && namespace.name !== MeshCluster.of(this).rootNamespace;
  }

  private addWorkload(workload: MeshWorkload): void {
    const guarded = new GuardedWorkload(workload, this.strictness, !this.coversWhole(workload.home));
    this.workloads.push(guarded);
    guarded.constructs.forEach(construct => this.byConstruct.set(construct, guarded));
  }

  private addEdge(edge: Edge): void {
    const ends = [edge.caller.construct, edge.callee.construct].flatMap(end => (end && this.byConstruct.get(end)) ?? []);
    new Set(ends).forEach(guarded => guarded.addEdge(edge));
  }

  /** What is no workload of ours has nobody to call it, and calls nobody. */
  private addNamespace({ name, _home }: MeshNamespace): void {
    this.namespaces.add(name);
    const place = { home: new Construct(_home, 'LeastPrivilege'), name: 'default', namespace: name };
    makeAccess(place, this.strictness, () => []);
    if (this.strictness.enforces) {
      const sidecars = SidecarScope.of(place.home, place);
      sidecars.outbound(OutboundTraffic.DECLARED_ONLY, this);
      sidecars.limit(() => []);
    }
    if (this.strictness.networkPolicies) {
      makeNetworkPolicy(place, () => ({ from: [], to: [] }), true);
    }
  }

  private check(): string[] {
    if (this.workloads.length === 0) {
      return [new MeshError('IM1809', this as IConstruct, { problem: 'there is no workload below its scope' }).message];
    }
    return [...this.workloads.flatMap(workload => refusals(this, () => {
      checkWorkload(workload);
      checkEdges(workload, this.strictness.networkPolicies);
    })), ...refusals(this, () => checkStrangers(this, namespace => this.namespaces.has(namespace)))];
  }
}
