import { Construct } from 'constructs';
import { makeNetworkPolicy } from './guarded-place';
import { NetworkGrants } from './network-rules';
import { challengedAround, eachChallenged } from '../services/workloads/acme-challenges';
import { arePods, gatewayAttributes, IGatewayPods } from '../services/workloads/gateway-pods';
import { Labels, labelsKey } from '../values/labels';
import { MeshPort } from '../values/mesh-port';

/** The label of cert-manager's pods that answer challenges. They have no sidecar and run in the namespace of the Certificate. */
const SOLVERS = { 'acme.cert-manager.io/http01-solver': 'true' };
const SOLVER_PORT = MeshPort.http(8089);

/** The calls of gateway pods to the solver pods of their namespace, if Ingresses of cert-manager route challenges to them. */
export function callsToSolvers(scope: Construct, pods: { readonly namespace: string; readonly labels: Labels }): NetworkGrants['to'] {
  return challengedAround(scope).some(gateway => arePods(pods, gateway))
    ? [{ port: SOLVER_PORT, callee: { pods: { namespace: pods.namespace, labels: SOLVERS } } }]
    : [];
}

/**
 * Allows gateways of a namespace to call its solver pods, which the NetworkPolicy of the namespace blocks otherwise. AuthorizationPolicies and mutual TLS
 * have no effect on pods without a sidecar.
 *
 * @see https://cert-manager.io/docs/configuration/acme/http01/
 */
export function letChallengesIn(scope: Construct, namespace: string): void {
  const place = { scope: new Construct(scope, 'AcmeSolvers'), name: 'acme.cert-manager.io', namespace, labels: SOLVERS };
  const podsOf = (gateway: IGatewayPods) => [gatewayAttributes(gateway).pods].filter(pods => pods?.namespace === namespace).map(pods => pods!.labels);
  const from = () => {
    const all = new Map(challengedAround(scope).flatMap(podsOf).map(labels => [labelsKey(labels), labels]));
    return [...all.values()].map(podLabels => ({ caller: { namespace, podLabels }, port: SOLVER_PORT }));
  };
  eachChallenged(scope, gateway => {
    if (podsOf(gateway).length > 0 && !place.scope.node.tryFindChild('NetworkPolicy')) {
      makeNetworkPolicy(place, () => ({ from: from(), to: [] }), false);
    }
  });
}
