import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { callsToSolvers } from './acme-solvers';
import { makeNetworkPolicy, Place, Strictness } from './guarded-workload';
import { NetworkGrants } from './network-rules';
import * as security from '../../imports/security.istio.io';
import { podsName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { Call, callsIn } from '../services/calls/recorded-calls';
import { arePods, GatewayPods, waysOutThrough } from '../services/workloads/gateway-pods';

/** The port on which load balancers ask whether the pods are ready. */
const STATUS = 15021;

/**
 * The pods of a gateway in a namespace that refuses what was not declared: the door stays open, and leads where its routes lead. Who
 * may leave by one that leads out of the mesh is for its routes to say.
 */
export class GuardedGateway {
  public constructor(public readonly pods: GatewayPods, strictness: Strictness) {
    const { name, namespace, labels, egress } = pods;
    const place: Place = { scope: new Construct(pods.scope, 'LeastPrivilege'), name: podsName(name), namespace, labels };
    if (!egress && strictness.enforces) {
      new security.AuthorizationPolicy(place.scope, owned(place.scope, 'AuthorizationPolicy'), {
        metadata: { name: place.name, namespace },
        spec: Lazy.any({
          produce: () => ({
            selector: { matchLabels: { ...labels } },
            action: security.AuthorizationPolicySpecAction.ALLOW,
            rules: [{ to: [{ operation: { ports: pods.listeners().map(String) } }] }],
          }),
        }),
      });
    }
    if (strictness.networkPolicies) {
      const to = () => [...this.edges, ...this.waysOut, ...callsToSolvers(pods.scope, pods)];
      makeNetworkPolicy(place, () => ({ open: [...pods.listeners(), STATUS], from: [], to: to() }), true, strictness.blocks);
    }
  }

  /** Where the routes of all its gateways lead. */
  private get edges(): Call[] {
    return callsIn(this.pods.scope).filter(({ caller }) => caller.construct && arePods(this.pods, caller.construct));
  }

  private get waysOut(): NetworkGrants['to'] {
    return waysOutThrough(this.pods).flatMap(({ ports, addresses }) => ports.map(port => ({ port, callee: { addresses } })));
  }
}
