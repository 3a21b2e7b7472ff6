import { Cron, Duration } from 'cdk8s';
import { ConcurrencyPolicy, RestartPolicy } from 'cdk8s-plus-28';
import { IstioRelease, JobCompletionMode } from '../../../src';
import { hasSidecars } from '../homes';
import { containerName, isCaller, job, natives, quits, restart } from '../jobs';
import { ABSENT, each, Knowledge, often } from '../knowledge';
import { runs } from '../releases';
import { World } from '../world';

const ORDER = ['sidecar', 'restartPolicy', 'containers', 'activeDeadline', 'ttlAfterFinished', 'completions', 'completionMode', 'podFailurePolicy'];
const RULES = ['onExitCodes', 'onOtherExitCodes'];

/** Codes that a rule has not got yet. */
const code = (w: World) => w.left(`codes of ${w.frame(/^PodFailureRule\./)!.serial}`, [1, 2, 42, 137, 255]);
/** A time says how long jobs are kept, or numbers do. */
const history = (w: World) => (job(w)!.ttlAfterFinished === undefined ? w.choices.int(0, 10) : ABSENT);
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
    // Before, a pod cannot ask for its own.
    'NativeSidecarOptions.enabledInIstiod': w => (runs(w, IstioRelease.V1_24) ? undefined : true),
    'NoSidecarOptions.despiteMutualTls': w => w.choices.pick(['its port takes plain text', 'the service is older than the mesh']),
    ...each(RULES.map(rule => `PodFailureRule.${rule}.codes[]`), code),
    ...each(RULES.map(rule => `PodFailureRule.${rule}.container`), containerName),
    'PodFailureRule.onPodCondition.condition': w => w.choices.pick(['DisruptionTarget', 'example.com/OutOfBudget']),
  },
  order: { MeshJobProps: ORDER, MeshCronJobProps: ORDER },
  forced: {
    'JobOptions.activeDeadline': quits,
    ...each(['sidecar', 'calls', 'podFailurePolicy', 'completions', 'completionMode'].map(name => `JobOptions.${name}`), often),
    ...each(['JobSidecar.none.options', 'NoSidecarOptions.despiteMutualTls', 'JobSidecar.quit.options', 'QuitOptions.client'], often),
    ...each(['successful', 'failed'].map(which => `MeshCronJobProps.${which}JobsHistoryLimit`), often),
    'JobSidecar.native.options': w => !natives(w).asked || often(w),
    'NativeSidecarOptions.enabledInIstiod': w => !natives(w).asked || often(w),
  },
  guards: {
    'JobSidecar.native': w => getsSidecar(w) && natives(w).possible,
    'JobSidecar.quit': getsSidecar,
    'JobSidecar.quitByApplication': w => getsSidecar(w) && w.choices.chance(50),
  },
};
