import { IConstruct } from 'constructs';
import { CalleeAttributes } from './callee';
import { perCluster } from '../../kernel/mesh-cluster';
import { labelsKey } from '../../values/labels';
import { MadeWorkload } from '../workloads/workload';

/** A host outside of the mesh: its ports, the addresses that answer, and the pods of the egress gateway on the route. */
type EgressCallee = Pick<CalleeAttributes, 'ports' | 'addresses' | 'via'>;

const routes = perCluster((): (() => EgressCallee)[] => []);

/** Declares an egress route. Its callee is read at synthesis. */
export function declareEgressRoute(route: IConstruct, callee: () => EgressCallee): void {
  routes(route).push(callee);
}

/** The callees of the egress routes that lead through these pods. */
export function egressThrough({ scope, namespace, labels }: MadeWorkload): EgressCallee[] {
  return routes(scope).map(callee => callee()).filter(({ via }) => via?.namespace === namespace && labelsKey(via.labels) === labelsKey(labels));
}
