import { checkPlainText, PlainTextRefusal, refusePlainText } from './calls/plain-text';
import { callsOf } from './calls/recorded-calls';
import { checkSharedTargets } from './shared-targets';
import { Workload, WorkloadAttributes } from './workloads/workload';
import { enterWorkload } from './workloads/workloads';
import { collectErrors } from '../kernel/collect-errors';

/**
 * Makes the workload of constructs, enters it into the register of the cluster, and adds the checks of every workload. Services of every form, jobs
 * and pods of gateways get their workload here and nowhere else, so that none of them misses a check.
 *
 * @param refuse what a call in plain text of a port with mutual TLS is refused by; by default IM1117
 */
export function registerWorkload(attributes: WorkloadAttributes, refuse?: PlainTextRefusal): Workload {
  const workload = new Workload(attributes);
  enterWorkload(workload);
  for (const construct of workload.constructs) {
    const check = refuse ?? (call => refusePlainText(call, construct));
    construct.node.addValidation({
      validate: () => callsOf(construct, [construct]).flatMap(call => collectErrors(construct, () => checkPlainText(call, construct, check))),
    });
  }
  checkSharedTargets(workload);
  return workload;
}
