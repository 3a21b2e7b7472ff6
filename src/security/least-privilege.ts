import { Construct, IConstruct } from 'constructs';
import { letChallengesIn } from './acme-solvers';
import { GuardedGateway } from './guarded-gateway';
import { hostOf, makeAccess, makeNetworkPolicy, makeSidecar, Strictness } from './guarded-place';
import { GuardedWorkload } from './guarded-workload';
import { checkCalls, checkUnknownPods, checkWorkload } from './least-privilege-checks';
import { MeshError } from '../diagnostics/mesh-error';
import { validateProps } from '../diagnostics/validate-props';
import { checkAtSynthesis, collectErrors } from '../kernel/collect-errors';
import { knownNamespace } from '../kernel/known-namespaces';
import { registryOf } from '../kernel/registry';
import { isWithin } from '../kernel/scopes';
import { uniqueId } from '../kernel/unique-id';
import { collectorsAround } from '../services/calls/proxy-callees';
import { onEachCall, Call, callsOf } from '../services/calls/recorded-calls';
import { eachNamespace, MeshNamespace } from '../services/namespaces/mesh-namespace';
import { declareGuard } from '../services/workloads/guards';
import { MadeWorkload } from '../services/workloads/workload';
import { eachWorkload, gatewayWorkloadsIn, workloadsIn } from '../services/workloads/workloads';
import { cidr } from '../values/cidr';

/** Whether undeclared calls are refused, or only logged. */
export enum Enforcement {
  /** Undeclared calls are refused, by the server and by the client. */
  ENFORCE = 'ENFORCE',
  /**
   * Undeclared calls pass, and the server logs that it would have refused them. Use it before `ENFORCE`. Objects are ordered so that the
   * change to `ENFORCE` loses no declared call (docs/changes.md).
   */
  AUDIT = 'AUDIT',
}

/** Properties of a `LeastPrivilege`. */
export interface LeastPrivilegeProps {
  /**
   * Whether undeclared calls are refused, or only logged.
   *
   * @default Enforcement.ENFORCE
   */
  readonly enforcement?: Enforcement;

  /**
   * Whether NetworkPolicies enforce the same in the network. Needs a network plugin that supports them. Excludes `AUDIT`.
   *
   * @default false
   */
  readonly networkPolicies?: boolean;

  /**
   * Further CIDR blocks that NetworkPolicies allow pods to call, on any port: for example that of the API server, or of DNS on the nodes. Needs
   * `networkPolicies` (IM1863).
   *
   * @default - none: DNS of the cluster's pods, istiod, collectors of traces and what is called
   */
  readonly ipBlocks?: string[];
}

class LeastPrivilegeRegistry {
  /** `LeastPrivilege` constructs. Written by `LeastPrivilege`. Complete at synthesis. */
  public readonly all: LeastPrivilege[] = [];

  /** Constructs that write the policies of workloads, by workload. Written by `LeastPrivilege`. Complete at synthesis. */
  public readonly guards = new Map<MadeWorkload, LeastPrivilege>();
}

/**
 * Allows declared calls only, for every workload below the scope, whenever it is made.
 *
 * From `calls` and the routes of gateways it makes: for each service, an AuthorizationPolicy with callers, requests and ports; for each version, a
 * Sidecar with the hosts that it calls, which refuses all others; `exportTo` with the namespaces of
 * callers; NetworkPolicies on request. Namespaces that are made below the scope also refuse undeclared calls of all other pods in them.
 *
 * Callers are identified by their ServiceAccount. A ServiceAccount that several workloads share is refused if only some of them may call.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns
 */
export class LeastPrivilege extends Construct {
  private readonly strictness: Strictness;
  private readonly workloads: GuardedWorkload[] = [];
  private readonly byConstruct = new Map<IConstruct, GuardedWorkload>();
  private isEmpty = true;

  /**
   * @param scope a chart, a namespace or a cluster, whose workloads are covered. Objects are created below the services to which they apply.
   */
  constructor(scope: Construct, id: string, props: LeastPrivilegeProps = {}) {
    super(scope, uniqueId(scope, id));
    validateProps('LeastPrivilegeProps', props, this);
    const { enforcement = Enforcement.ENFORCE, networkPolicies = false, ipBlocks: blocks = [] } = props;
    blocks.forEach(block => cidr(block, this));
    this.strictness = { source: this, enforces: enforcement === Enforcement.ENFORCE, networkPolicies, blocks };
    if (blocks.length > 0 && !networkPolicies) {
      throw new MeshError('IM1863', this, { problem: '`ipBlocks` needs NetworkPolicies', got: blocks });
    }
    if (networkPolicies && !this.strictness.enforces) {
      throw new MeshError('IM1808', this, { problem: '`networkPolicies` and AUDIT exclude each other', got: props });
    }
    const duplicate = registryOf(this, LeastPrivilegeRegistry).all.find(other => other.covers(this) || this.covers(other));
    if (duplicate) {
      throw new MeshError('IM1806', this, { problem: `${duplicate.node.path} covers the same workloads` });
    }
    registryOf(this, LeastPrivilegeRegistry).all.push(this);
    declareGuard({ source: this, outbound: this.strictness.enforces, network: networkPolicies, covers: workload => this.coversPods(workload) });
    eachNamespace(this, namespace => this.coversWhole(namespace) && this.addNamespace(namespace));
    eachWorkload(this, workload => this.coversPods(workload) && this.addWorkload(workload));
    onEachCall(this, edge => this.addEdge(edge));
    checkAtSynthesis(this, () => this.check());
  }

  private covers(construct: IConstruct): boolean {
    return isWithin(construct, this.node.scope!);
  }

  /** Whether it covers all pods of a namespace. In an existing namespace it covers only workloads of the App. */
  private coversWhole(namespace: MeshNamespace): boolean {
    return this.covers(namespace) && !namespace._exists && namespace.injects && !knownNamespace(this, namespace.name).isRoot;
  }

  /** Whether it covers the pods of a workload. In a namespace that it covers completely, this holds for workloads of every chart. */
  private coversPods({ scope, namespace }: MadeWorkload): boolean {
    return this.covers(scope) || knownNamespace(this, namespace).guardedBy === this;
  }

  private addWorkload(workload: MadeWorkload): void {
    if (!this.guards(workload)) {
      return;
    }
    if (workload.gateway) {
      new GuardedGateway(workload, workload.gateway, this.strictness);
      return;
    }
    const guarded = new GuardedWorkload(workload, this.strictness);
    this.workloads.push(guarded);
    guarded.constructs.forEach(construct => this.byConstruct.set(construct, guarded));
    callsOf(workload.scope, [...guarded.constructs]).forEach(edge => guarded.addEdge(edge));
  }

  /** Whether this construct creates the objects of the pods. Another one with the same settings may have created them. */
  private guards(pods: MadeWorkload): boolean {
    const all = registryOf(this, LeastPrivilegeRegistry).guards;
    const other = all.get(pods);
    const settingsOf = ({ strictness: { enforces, networkPolicies, blocks } }: LeastPrivilege) => JSON.stringify([enforces, networkPolicies, blocks]);
    if (other && settingsOf(other) !== settingsOf(this)) {
      throw new MeshError('IM1806', this, {
        problem: `${other.node.path} covers ${pods.name} of namespace ${pods.namespace} as well, with other settings`, next: 'use the same settings in both, or keep one of the two',
      });
    }
    this.isEmpty = false;
    all.set(pods, other ?? this);
    return other === undefined;
  }

  private addEdge(edge: Call): void {
    const constructs = [edge.caller.construct, edge.callee.construct].flatMap(construct => (construct && this.byConstruct.get(construct)) ?? []);
    new Set(constructs).forEach(guarded => guarded.addEdge(edge));
  }

  /** Refuses all calls from and to pods of a namespace that no construct creates. */
  private addNamespace({ name, _scope }: MeshNamespace): void {
    knownNamespace(this, name).guardBy(this);
    const place = { scope: new Construct(_scope, 'LeastPrivilege'), name: 'default', namespace: name };
    makeAccess(place, this.strictness, () => []);
    if (this.strictness.enforces) {
      makeSidecar(place, this.strictness, () => collectorsAround(this).map(hostOf));
    }
    if (this.strictness.networkPolicies) {
      makeNetworkPolicy(place, () => ({ from: [], to: [] }), true, this.strictness.blocks);
      letChallengesIn(place.scope, name);
    }
    // Other charts may have created workloads before.
    [...workloadsIn(this, name), ...gatewayWorkloadsIn(this, name)].forEach(workload => this.addWorkload(workload));
  }

  private check(): string[] {
    if (this.isEmpty) {
      return [new MeshError('IM1809', this as IConstruct, { problem: 'its scope has no workload' }).message];
    }
    return [...this.workloads.flatMap(workload => collectErrors(this, () => {
      checkWorkload(workload);
      checkCalls(workload, this.strictness.networkPolicies);
    })), ...collectErrors(this, () => checkUnknownPods(this, namespace => knownNamespace(this, namespace).guardedBy === this))];
  }
}
