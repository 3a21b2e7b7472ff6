import { Cron, Duration } from 'cdk8s';
import { ConcurrencyPolicy, RestartPolicy } from 'cdk8s-plus-28';
import { JobCompletionMode, KubernetesRelease, PodFailureAction, PodReplacementPolicy } from '../../../src';
import { hasSidecars } from '../homes';
import { containerName, indexes, isCaller, isIndexed, job, natives, quits, restart } from '../jobs';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { runsOn } from '../releases';
import { World } from '../world';

const ORDER = [
  'sidecar', 'restartPolicy', 'containers', 'activeDeadline', 'ttlAfterFinished', 'completions', 'completionMode', 'backoffLimitPerIndex', 'podFailurePolicy',
];
const RULES = ['onExitCodes', 'onOtherExitCodes'];

/** Codes that a rule has not got yet. */
const code = (w: World) => w.left(`codes of ${w.frame(/^PodFailureRule\./)!.serial}`, [1, 2, 42, 137, 255]);
/** A time says how long jobs are kept, or numbers do. */
const history = (w: World) => (job(w)!.ttlAfterFinished === undefined ? w.choices.int(0, 10) : ABSENT);
/** An index can fail alone where its failures are counted alone. */
const actions = (w: World) => Object.keys(PodFailureAction).filter(name => name !== 'FAIL_INDEX' || job(w)!.backoffLimitPerIndex !== undefined);
/** Pods that have failed by rules are gone. */
function replaced(w: World): unknown {
  if (!runsOn(w, KubernetesRelease.V1_29)) return ABSENT;
  return job(w)!.podFailurePolicy === undefined ? undefined : w.member('PodReplacementPolicy', PodReplacementPolicy, 'FAILED');
}
const getsSidecar = (w: World) => hasSidecars(w.making?.given.scope);

/** Jobs that end, and what becomes of their proxies. */
export const jobs: Knowledge = {
  facts: {
    'JobOptions.restartPolicy': restart,
    'JobOptions.calls': w => (isCaller(w) ? undefined : ABSENT),
    'JobOptions.completionMode': w => (job(w)!.completions === undefined ? w.member('JobCompletionMode', JobCompletionMode, 'NON_INDEXED') : undefined),
    'JobOptions.podFailurePolicy': w => (((job(w)!.restartPolicy ?? RestartPolicy.NEVER) === RestartPolicy.NEVER) ? undefined : ABSENT),
    'MeshCronJobProps.schedule': w => w.choices.pick([Cron.daily(), Cron.weekly(), Cron.schedule({ minute: '*/5', hour: '8-18', weekDay: 'mon-fri' })]),
    'MeshCronJobProps.timeZone': w => w.choices.pick(['Europe/Berlin', 'Etc/UTC', 'America/Argentina/Buenos_Aires']),
    'MeshCronJobProps.concurrencyPolicy': w => w.choices.pick([ConcurrencyPolicy.ALLOW, ConcurrencyPolicy.FORBID, ConcurrencyPolicy.REPLACE]),
    'MeshCronJobProps.startingDeadline': w => Duration.seconds(w.choices.int(10, 600)),
    ...each(['successful', 'failed'].map(which => `MeshCronJobProps.${which}JobsHistoryLimit`), history),
    'JobOptions.backoffLimitPerIndex': w => (isIndexed(w) && runsOn(w, KubernetesRelease.V1_29) ? w.choices.int(0, 6) : ABSENT),
    'JobOptions.maxFailedIndexes': w => (job(w)!.backoffLimitPerIndex === undefined ? ABSENT : w.choices.int(0, indexes(w).length)),
    'JobOptions.podReplacementPolicy': replaced,
    'JobOptions.successPolicy': w => (isIndexed(w) && runsOn(w, KubernetesRelease.V1_31) ? undefined : ABSENT),
    'JobOptions.managedBy': w => (runsOn(w, KubernetesRelease.V1_32) ? 'example.com/queue' : ABSENT),
    'SuccessRule.succeededIndexes.indexes': w => w.choices.some(indexes(w)),
    'SuccessRule.succeededIndexes.succeededCount': w => w.choices.int(1, (w.given('SuccessRule.succeededIndexes')!.indexes as number[]).length),
    'SuccessRule.succeededCount.count': w => w.choices.int(1, indexes(w).length),
    'NoSidecarOptions.despiteMutualTls': w => w.choices.pick(['its port takes plain text', 'the service is older than the mesh']),
    'PodFailureRule.*.action': w => w.member('PodFailureAction', PodFailureAction, w.choices.pick(actions(w))),
    ...each(RULES.map(rule => `PodFailureRule.${rule}.codes[]`), code),
    ...each(RULES.map(rule => `PodFailureRule.${rule}.container`), containerName),
    'PodFailureRule.onPodCondition.condition': w => w.choices.pick(['DisruptionTarget', 'example.com/OutOfBudget']),
  },
  order: { MeshJobProps: ORDER, MeshCronJobProps: ORDER },
  forced: {
    'JobOptions.activeDeadline': quits,
    ...each(['sidecar', 'calls', 'podReplacementPolicy', 'managedBy', 'podFailurePolicy', 'completions', 'completionMode', 'backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'].map(name => `JobOptions.${name}`), often),
    ...each(['JobSidecar.none.options', 'NoSidecarOptions.despiteMutualTls', 'JobSidecar.quit.options', 'QuitOptions.client'], often),
    ...each(['successful', 'failed'].map(which => `MeshCronJobProps.${which}JobsHistoryLimit`), often),
  },
  guards: {
    'JobSidecar.native': w => getsSidecar(w) && natives(w).possible,
    'JobSidecar.quit': getsSidecar,
    'JobSidecar.quitByApplication': w => getsSidecar(w) && w.choices.chance(50),
  },
};
