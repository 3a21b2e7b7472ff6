import { IConstruct } from 'constructs';
import { Call, callsIn } from './recorded-calls';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { getOrAdd } from '../../values/get-or-add';
import { gatewayAttributes, podsKey } from '../workloads/gateway-pods';
import { PodSelection } from '../workloads/workload';

const byPods = perSynthesis((calls: readonly Call[]) => {
  const found = new Map<string, Call[]>();
  for (const call of calls) {
    const pods = call.caller.construct && gatewayAttributes(call.caller.construct).pods;
    if (pods) {
      getOrAdd(found, podsKey(pods), (): Call[] => []).push(call);
    }
  }
  return found;
});

/** The calls of the routes of all gateways with these pods. Complete at synthesis. */
export function callsOfGatewayPods(scope: IConstruct, pods: PodSelection): readonly Call[] {
  return byPods(callsIn(scope)).get(podsKey(pods)) ?? [];
}
