import { IConstruct } from 'constructs';
import { CalleeAttributes } from './callee';
import { registryOf } from '../../kernel/registry';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { getOrAdd } from '../../values/get-or-add';
import { podsKey } from '../workloads/gateway-pods';
import { MadeWorkload } from '../workloads/workload';

/** A host outside of the mesh: its ports, its addresses, and the pods of its egress gateway. */
type EgressCallee = Pick<CalleeAttributes, 'ports' | 'addresses' | 'via'>;

class EgressCalleeRegistry {
  /** Egress routes, as calls and policies see them. Written by `EgressRoute`. Complete at synthesis. */
  public readonly routes: (() => EgressCallee)[] = [];
}

/** Declares an egress route. Its callee is read at synthesis. */
export function declareEgressRoute(route: IConstruct, callee: () => EgressCallee): void {
  registryOf(route, EgressCalleeRegistry).routes.push(callee);
}

/** The callees of the egress routes through these pods. */
export function egressThrough({ scope, namespace, labels }: MadeWorkload): EgressCallee[] {
  return byPods(registryOf(scope, EgressCalleeRegistry)).get(podsKey({ namespace, labels })) ?? [];
}

const byPods = perSynthesis(({ routes }: EgressCalleeRegistry) => {
  const found = new Map<string, EgressCallee[]>();
  for (const callee of routes.map(each => each())) {
    if (callee.via) {
      getOrAdd(found, podsKey(callee.via), (): EgressCallee[] => []).push(callee);
    }
  }
  return found;
});
