import { Chart, Cron, Duration } from 'cdk8s';
import { ConcurrencyPolicy } from 'cdk8s-plus-28';
import { containers, jobOf, Make, proofs, shop } from './job-proofs';
import { find, refusal, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { MeshCronJob, MeshCronJobProps } from 'cdk8s-istio';

const make: Make = (scope, options) => new MeshCronJob(scope, 'report', { schedule: Cron.daily(), containers, ...options });
const spec = (props: Partial<MeshCronJobProps>) => {
  const scope = shop();
  make(scope, props);
  return find(valid(Chart.of(scope)), 'CronJob', 'report').spec;
};
const tried = (props: Partial<MeshCronJobProps>) => refusal(() => make(shop(), props)).message;

option('MeshCronJob.constructor', 'a full chart: a job that calls a service every day', () => {
  const scope = shop();
  make(scope, { calls: [service(scope)] });
  expect(valid(Chart.of(scope))).toMatchSnapshot();
});

option('MeshCronJobProps.schedule', 'is when the job is run', () => {
  expect(spec({}).schedule).toBe('0 0 * * *');
  expect(spec({ schedule: Cron.schedule({ minute: '*/15', hour: '8-18', weekDay: 'MON-FRI' }) }).schedule).toBe('*/15 8-18 * * MON-FRI');
});

option('MeshCronJobProps.timeZone', 'is the time zone of the schedule', () => {
  expect(spec({ timeZone: 'Europe/Berlin' }).timeZone).toBe('Europe/Berlin');
});

option('MeshCronJobProps.concurrencyPolicy', 'is what happens while the last job runs', () => {
  expect(spec({}).concurrencyPolicy).toBe('Forbid');
  expect(spec({ concurrencyPolicy: ConcurrencyPolicy.REPLACE }).concurrencyPolicy).toBe('Replace');
});

option('MeshCronJobProps.startingDeadline', 'is how late a job may start', () => {
  expect(spec({ startingDeadline: Duration.seconds(10) }).startingDeadlineSeconds).toBe(10);
  expect(spec({})).not.toHaveProperty('startingDeadlineSeconds');
});

option('MeshCronJobProps.suspend', 'is whether no further jobs are started', () => {
  expect(spec({ suspend: true }).suspend).toBe(true);
  expect(spec({ suspend: true }).jobTemplate.spec).not.toHaveProperty('suspend');
});

option('MeshCronJobProps.successfulJobsHistoryLimit', 'is how many jobs that succeeded are kept', () => {
  expect(spec({ successfulJobsHistoryLimit: 0 }).successfulJobsHistoryLimit).toBe(0);
});

option('MeshCronJobProps.failedJobsHistoryLimit', 'is how many jobs that failed are kept', () => {
  expect(spec({ failedJobsHistoryLimit: 5 }).failedJobsHistoryLimit).toBe(5);
});

option('MeshCronJobProps.name', 'is the name of the objects', () => proofs.name(make));
option('MeshCronJobProps.calls', 'are edges of the job', () => proofs.calls(make));
option('MeshCronJobProps.sidecar', 'is how the proxy ends, by labels and annotations of the pods', () => proofs.sidecar(make));
option('MeshCronJobProps.restartPolicy', 'is whether a container is started again', () => proofs.restartPolicy(make));
option('MeshCronJobProps.backoffLimit', 'is how many failures the job survives', () => proofs.backoffLimit(make));
option('MeshCronJobProps.activeDeadline', 'is after how long it is ended', () => proofs.activeDeadline(make));
option('MeshCronJobProps.ttlAfterFinished', 'is how long it is kept', () => proofs.ttlAfterFinished(make));
option('MeshCronJobProps.parallelism', 'is how many pods run at once', () => proofs.parallelism(make));
option('MeshCronJobProps.completions', 'is how many have to succeed', () => proofs.completions(make));
option('MeshCronJobProps.completionMode', 'is which of them', () => proofs.completionMode(make));
option('MeshCronJobProps.podFailurePolicy', 'is what to do about failures', () => proofs.podFailurePolicy(make));
option('MeshCronJobProps.backoffLimitPerIndex', 'is how many failures each index survives', () => proofs.backoffLimitPerIndex(make));
option('MeshCronJobProps.maxFailedIndexes', 'is how many indexes may fail', () => proofs.maxFailedIndexes(make));
option('MeshCronJobProps.successPolicy', 'is when indexes have done enough', () => proofs.successPolicy(make));
option('MeshCronJobProps.podReplacementPolicy', 'is when a pod that ends is replaced', () => proofs.podReplacementPolicy(make));
option('MeshCronJobProps.managedBy', 'is who runs the job', () => proofs.managedBy(make));
option('MeshCronJobProps.jobLabels', 'are labels of the Jobs', () => proofs.jobLabels(make));
option('MeshCronJobProps.jobAnnotations', 'are annotations of the Jobs', () => proofs.jobAnnotations(make));
option('MeshCronJobProps.containers', 'are the containers of the pods', () => proofs.containers(make));
option('MeshCronJobProps.initContainers', 'run before the others', () => proofs.initContainers(make));
option('MeshCronJobProps.volumes', 'are volumes of the pods', () => proofs.volumes(make));
option('MeshCronJobProps.spreadOverZones', 'prefers zones with fewer pods', () => proofs.spreadOverZones(make));
option('MeshCronJobProps.serviceAccount', 'is the identity of the pods', () => proofs.serviceAccount(make));
option('MeshCronJobProps.podLabels', 'are further labels', () => proofs.podLabels(make));
option('MeshCronJobProps.podAnnotations', 'are annotations', () => proofs.podAnnotations(make));
option('MeshCronJobProps.metrics', 'are in annotations', () => proofs.metrics(make));
option('MeshCronJobProps.securityContext', 'is users, groups and file system', () => proofs.securityContext(make));
option('MeshCronJobProps.terminationGracePeriod', 'is how long a pod may take to end', () => proofs.terminationGracePeriod(make));
option('MeshCronJobProps.dockerRegistryAuth', 'is the credentials of the registry', () => proofs.dockerRegistryAuth(make));
option('MeshCronJobProps.automountServiceAccountToken', 'is whether pods get a token', () => proofs.automountServiceAccountToken(make));
option('MeshCronJobProps.dns', 'is how pods resolve names', () => proofs.dns(make));
option('MeshCronJobProps.hostAliases', 'are entries of the hosts file', () => proofs.hostAliases(make));
option('MeshCronJobProps.nodes', 'are where pods may run', () => proofs.nodes(make));
option('MeshCronJobProps.preferredNodes', 'are where pods run if there is room', () => proofs.preferredNodes(make));
option('MeshCronJobProps.tolerations', 'are taints that pods bear', () => proofs.tolerations(make));
option('MeshCronJobProps.priorityClassName', 'is the priority of the pods', () => proofs.priorityClassName(make));
option('MeshCronJobProps.schedulerName', 'is who finds nodes for the pods', () => proofs.schedulerName(make));
option('MeshCronJobProps.runtimeClassName', 'is what runs the containers', () => proofs.runtimeClassName(make));

option('MeshCronJob.calls', 'is an edge', () => {
  const scope = shop();
  new MeshCronJob(scope, 'report', { schedule: Cron.daily(), containers }).calls(service(scope).versionOf('v1'));
  expect(edgePaths(scope)).toEqual(['chart/shop/report > chart/shop/reviews v1:8080']);
});

option('MeshCronJob.addPodLabel', 'adds a label to the pods', () => {
  const scope = shop();
  new MeshCronJob(scope, 'report', { schedule: Cron.daily(), containers }).addPodLabel('team', 'core');
  expect(jobOf(valid(Chart.of(scope))).template.metadata.labels).toEqual({ app: 'report', team: 'core' });
});

option('MeshCronJob.addPodAnnotation', 'adds an annotation to the pods', () => {
  const scope = shop();
  new MeshCronJob(scope, 'report', { schedule: Cron.daily(), containers }).addPodAnnotation('note', 'x');
  expect(jobOf(valid(Chart.of(scope))).template.metadata.annotations).toMatchObject({ note: 'x' });
});

describe('refused', () => {
  test('an invalid schedule', () => {
    expect(tried({ schedule: Cron.schedule({ hour: '24' }) })).toBe([
      'IM1704 at chart/shop/report: the hour of the schedule cannot be read.',
      '  got      \'* 24 * * *\'',
      '  allowed  *, numbers from 0 to 23, ranges (a-b), steps (*/n), and lists of these',
      '  next     correct the field',
    ].join('\n'));
  });

  test('an invalid time zone', () => {
    expect(tried({ timeZone: 'Local' })).toBe([
      'IM1704 at chart/shop/report: not a time zone.',
      '  got      \'Local\'',
      '  allowed  a name of the time zone database, such as Europe/Berlin or Etc/UTC',
      '  next     correct the field',
    ].join('\n'));
  });

  test('a deadline that the controller could miss', () => {
    expect(tried({ startingDeadline: Duration.seconds(9) })).toBe([
      'IM1707 at chart/shop/report: startingDeadline is not a valid time.',
      '  got      9s',
      '  allowed  whole seconds, at least 10',
      '  next     change it',
    ].join('\n'));
  });

  test('a history that a time and a number limit', () => {
    expect(tried({ ttlAfterFinished: Duration.hours(1), failedJobsHistoryLimit: 2 })).toBe([
      'IM1707 at chart/shop/report: `ttlAfterFinished` excludes history limits.',
      '  got      {"failedJobsHistoryLimit":2}',
      '  next     keep `ttlAfterFinished` or the limits',
    ].join('\n'));
  });

  test('a history of no count', () => {
    expect(tried({ successfulJobsHistoryLimit: -1 })).toContain('IM1707 at chart/shop/report: successfulJobsHistoryLimit is not a valid count.');
    expect(tried({ failedJobsHistoryLimit: 0.5 })).toContain('IM1707 at chart/shop/report: failedJobsHistoryLimit is not a valid count.');
  });

  test('a name of more than 52 characters', () => {
    expect(tried({ name: 'r'.repeat(53) })).toBe([
      'IM1708 at chart/shop/report: the name of the job has 53 characters.',
      `  got      '${'r'.repeat(53)}'`,
      '  allowed  at most 52',
      '  next     shorten the name',
    ].join('\n'));
    expect(spec({})).toBeDefined();
  });
});
