import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { callsToSolvers } from './acme-solvers';
import { makeNetworkPolicy, Place, Strictness } from './guarded-place';
import { NetworkGrants } from './network-rules';
import * as security from '../../imports/security.istio.io';
import { podsName } from '../kernel/naming';
import { owned } from '../kernel/owned-objects';
import { egressThrough } from '../services/calls/egress-routes';
import { callsOfGatewayPods } from '../services/calls/gateway-calls';
import { Call } from '../services/calls/recorded-calls';
import { GatewayPorts, MadeWorkload } from '../services/workloads/workload';

/** The port of readiness checks by load balancers. */
const STATUS = 15021;

/**
 * The pods of a gateway in a namespace that refuses undeclared calls. They accept every client at their listeners and call the services of their routes.
 * The routes of an egress gateway decide which callers it accepts.
 */
export class GuardedGateway {
  public constructor(private readonly workload: MadeWorkload, { egress, listeners }: GatewayPorts, strictness: Strictness) {
    const { name, namespace, labels } = workload;
    const place: Place = { scope: new Construct(workload.scope, 'LeastPrivilege'), name: podsName(name), namespace, labels };
    if (!egress && strictness.enforces) {
      new security.AuthorizationPolicy(place.scope, owned(place.scope, 'AuthorizationPolicy'), {
        metadata: { name: place.name, namespace },
        spec: Lazy.any({
          produce: () => ({
            selector: { matchLabels: { ...labels } },
            action: security.AuthorizationPolicySpecAction.ALLOW,
            rules: [{ to: [{ operation: { ports: listeners().map(String) } }] }],
          }),
        }),
      });
    }
    if (strictness.networkPolicies) {
      const to = () => [...this.calls, ...this.egressCalls, ...callsToSolvers(workload.scope, workload)];
      makeNetworkPolicy(place, () => ({ open: [...listeners(), STATUS], from: [], to: to() }), true, strictness.blocks);
    }
  }

  /** The calls of the routes of all its gateways. */
  private get calls(): readonly Call[] {
    return callsOfGatewayPods(this.workload.scope, this.workload);
  }

  private get egressCalls(): NetworkGrants['to'] {
    return egressThrough(this.workload).flatMap(({ ports, addresses }) => ports.map(port => ({ port, callee: { addresses } })));
  }
}
