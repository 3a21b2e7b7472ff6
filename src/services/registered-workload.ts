import { checkPlainText, isPlainText, PlainTextRefusal, refusePlainText } from './calls/plain-text';
import { callsOf } from './calls/recorded-calls';
import { checkSharedTargets } from './shared-targets';
import { Workload, WorkloadAttributes } from './workloads/workload';
import { enterWorkload } from './workloads/workloads';
import { checkAtSynthesis, collectErrors } from '../kernel/collect-errors';

/**
 * Creates and registers the workload of constructs, and adds the checks of every workload. All services, jobs and gateway pods get their workload
 * only here, so none of them misses a check.
 *
 * @param refuse throws the error for a plain-text call of a port with mutual TLS; by default IM1117
 */
export function registerWorkload(attributes: WorkloadAttributes, refuse?: PlainTextRefusal): Workload {
  const workload = new Workload(attributes);
  enterWorkload(workload);
  for (const construct of workload.constructs) {
    const check = refuse ?? (call => refusePlainText(call, construct));
    checkAtSynthesis(construct, () => callsOf(construct, [construct]).filter(call => isPlainText(call, construct))
      .flatMap(call => collectErrors(construct, () => checkPlainText(call, construct, check))));
  }
  checkSharedTargets(workload);
  return workload;
}
