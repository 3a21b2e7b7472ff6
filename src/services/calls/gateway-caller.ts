import { IConstruct } from 'constructs';
import { Caller } from './caller';
import { MeshError } from '../../diagnostics/mesh-error';
import { perSynthesis } from '../../synthesis/per-synthesis';
import { gatewayAttributes } from '../workloads/gateway-pods';
import { Workload } from '../workloads/workload';

/** The pods of a gateway as the caller of its routes' destinations. */
export function gatewayCaller(gateway: IConstruct, name: string): Caller {
  const named = { gateway, name };
  return new Caller({ key: gateway.node.path, name, construct: gateway, isGateway: true, workload: () => workloadOf(named) });
}

/** Each call of the gateway asks for its workload. */
const workloadOf = perSynthesis(({ gateway, name }: { readonly gateway: IConstruct; readonly name: string }): Workload => {
  const { pods, account } = gatewayAttributes(gateway);
  const problem = `the identity of ${name} is not known`;
  if (!pods) {
    throw new MeshError('IM1803', gateway, { problem, next: 'set its `workload`, with the ServiceAccount of the pods' });
  }
  const { namespace, labels } = pods;
  const unknownAccount = () => ({ problem, next: 'set the `serviceAccount` of its workload' });
  return new Workload({ name, namespace, labels, versions: [{ labels, account }], unknownAccount });
});
