/** What options do to a job, whether it runs once or by a schedule: each proof is given what makes one. */
import { Chart, Duration } from 'cdk8s';
import { ContainerProps, DnsPolicy, RestartPolicy, Secret, ServiceAccount, Volume } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { app, findAll, KubeObject, service } from '../../helpers/build';
import { edgePaths } from '../../helpers/edges';
import { valid } from '../../helpers/valid';
import { placements } from '../pods/placement-proofs';
import {
  JobCompletionMode, JobOptions, JobSidecar, MeshJobProps, MeshNamespace, PodFailureAction, PodFailureRule, PodReplacementPolicy, SuccessRule,
} from 'cdk8s-istio';

export const containers: ContainerProps[] = [{ image: 'example.com/report:1', command: ['report'] }];

/** A namespace with sidecars, in a chart of its own. */
export function shop(): MeshNamespace {
  return new MeshNamespace(new Chart(app(), 'chart'), 'shop');
}

/** Makes a job of these options. */
export type Make = (scope: Construct, options: Partial<JobOptions>) => Construct;

/** The spec of the one job of a scope, that of its schedule or its own. */
export function jobOf(objects: KubeObject[]): KubeObject['spec'] {
  const [{ spec }] = [...findAll(objects, 'Job'), ...findAll(objects, 'CronJob').map(each => each.spec.jobTemplate)];
  return spec;
}

/** The metadata of the one job of a scope, that its schedule gives or its own. */
function jobMetadata(make: Make, options: Partial<JobOptions>): KubeObject['metadata'] {
  const scope = shop();
  make(scope, options);
  const objects = valid(Chart.of(scope));
  return [...findAll(objects, 'Job'), ...findAll(objects, 'CronJob').map(each => each.spec.jobTemplate)][0].metadata;
}

const indexed = { completionMode: JobCompletionMode.INDEXED, completions: 5 };
const job = (make: Make, options: Partial<MeshJobProps>, scope = shop()) => {
  make(scope, options);
  return jobOf(valid(Chart.of(scope)));
};
const template = (make: Make, options: Partial<MeshJobProps>, scope?: MeshNamespace) => job(make, options, scope).template;
const pod = (make: Make, options: Partial<MeshJobProps>, scope?: MeshNamespace) => template(make, options, scope).spec;

export const proofs: { readonly [option in keyof Required<JobOptions>]: (make: Make) => void } = {
  name: make => {
    const scope = shop();
    make(scope, { name: 'monthly' });
    const named = valid(Chart.of(scope)).filter(({ metadata }) => metadata.name === 'monthly').map(({ kind }) => kind);
    expect(named).toEqual(['ServiceAccount', expect.stringMatching(/Job$/)]);
  },
  calls: make => {
    const scope = shop();
    make(scope, { calls: [service(scope), service(scope, 'ratings').versionOf('v2')] });
    expect(edgePaths(scope)).toEqual(['chart/shop/report > chart/shop/ratings v2:8080', 'chart/shop/report > chart/shop/reviews:8080']);
  },
  sidecar: make => {
    expect(template(make, {}).metadata).toEqual({ labels: { app: 'report' }, annotations: { 'sidecar.istio.io/nativeSidecar': 'true' } });
    expect(template(make, { sidecar: JobSidecar.none() }).metadata).toEqual({ labels: { 'app': 'report', 'sidecar.istio.io/inject': 'false' } });
  },
  restartPolicy: make => {
    expect(pod(make, {}).restartPolicy).toBe('Never');
    expect(pod(make, { restartPolicy: RestartPolicy.ON_FAILURE }).restartPolicy).toBe('OnFailure');
  },
  backoffLimit: make => {
    expect(job(make, {})).not.toHaveProperty('backoffLimit');
    expect(job(make, { backoffLimit: 0 }).backoffLimit).toBe(0);
  },
  activeDeadline: make => expect(job(make, { activeDeadline: Duration.hours(1) }).activeDeadlineSeconds).toBe(3600),
  ttlAfterFinished: make => expect(job(make, { ttlAfterFinished: Duration.seconds(0) }).ttlSecondsAfterFinished).toBe(0),
  parallelism: make => expect(job(make, { parallelism: 4 }).parallelism).toBe(4),
  backoffLimitPerIndex: make => expect(job(make, { ...indexed, backoffLimitPerIndex: 0 })).toMatchObject({ completionMode: 'Indexed', backoffLimitPerIndex: 0 }),
  maxFailedIndexes: make => {
    const failing = { backoffLimitPerIndex: 1, maxFailedIndexes: 3 };
    expect(job(make, { ...indexed, ...failing })).toMatchObject(failing);
  },
  successPolicy: make => {
    const successPolicy = [SuccessRule.succeededIndexes([4, 0, 3]), SuccessRule.succeededCount(3)];
    expect(job(make, { ...indexed, successPolicy }).successPolicy).toEqual({ rules: [{ succeededIndexes: '0,3-4' }, { succeededCount: 3 }] });
    expect(job(make, {})).not.toHaveProperty('successPolicy');
  },
  podReplacementPolicy: make => {
    expect(job(make, { podReplacementPolicy: PodReplacementPolicy.FAILED }).podReplacementPolicy).toBe('Failed');
    expect(job(make, {})).not.toHaveProperty('podReplacementPolicy');
  },
  managedBy: make => expect(job(make, { managedBy: 'kueue.x-k8s.io/multikueue' }).managedBy).toBe('kueue.x-k8s.io/multikueue'),
  jobLabels: make => {
    const jobLabels = { 'kueue.x-k8s.io/queue-name': 'night' };
    expect(jobMetadata(make, { jobLabels }).labels).toMatchObject(jobLabels);
  },
  jobAnnotations: make => {
    const jobAnnotations = { 'argocd.argoproj.io/hook': 'Sync' };
    expect(jobMetadata(make, { jobAnnotations }).annotations).toEqual(jobAnnotations);
  },
  completions: make => expect(job(make, { completions: 8 }).completions).toBe(8),
  completionMode: make => {
    expect(job(make, { completionMode: JobCompletionMode.INDEXED, completions: 3 }).completionMode).toBe('Indexed');
    expect(job(make, { completionMode: JobCompletionMode.NON_INDEXED })).not.toHaveProperty('completionMode');
  },
  podFailurePolicy: make => {
    const rules = [PodFailureRule.onExitCodes(PodFailureAction.FAIL_JOB, [64, 3]), PodFailureRule.onPodCondition(PodFailureAction.IGNORE, 'DisruptionTarget')];
    expect(job(make, { podFailurePolicy: rules }).podFailurePolicy).toEqual({
      rules: [
        { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [3, 64] } },
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      ],
    });
    expect(job(make, { podFailurePolicy: [] })).not.toHaveProperty('podFailurePolicy');
  },
  containers: make => {
    const written: { name: string; image: string }[] = pod(make, { containers: [...containers, { name: 'side', image: 'example.com/side:1' }] }).containers;
    expect(written.map(({ name, image }) => [name, image])).toEqual([['main', 'example.com/report:1'], ['side', 'example.com/side:1']]);
  },
  initContainers: make => expect(pod(make, { initContainers: [{ image: 'example.com/a:1' }] }).initContainers).toMatchObject([{ name: 'init-0', image: 'example.com/a:1' }]),
  volumes: make => {
    const scope = shop();
    expect(pod(make, { volumes: [Volume.fromEmptyDir(scope, 'volume', 'scratch')] }, scope).volumes).toEqual([{ name: 'scratch', emptyDir: {} }]);
  },
  spreadOverZones: make => {
    expect(pod(make, {}).topologySpreadConstraints).toEqual([{
      maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'report' } },
    }]);
    expect(pod(make, { spreadOverZones: false })).not.toHaveProperty('topologySpreadConstraints');
  },
  serviceAccount: make => {
    const scope = shop();
    expect(pod(make, { serviceAccount: ServiceAccount.fromServiceAccountName(scope, 'known', 'known') }, scope).serviceAccountName).toBe('known');
    expect(pod(make, {}).serviceAccountName).toBe('report');
  },
  podLabels: make => expect(template(make, { podLabels: { team: 'core' } }).metadata.labels).toEqual({ app: 'report', team: 'core' }),
  podAnnotations: make => expect(template(make, { podAnnotations: { note: 'x' } }).metadata.annotations).toMatchObject({ note: 'x' }),
  metrics: make => {
    const annotations = (options: object) => template(make, { metrics: { port: 9102 }, ...options }).metadata.annotations;
    expect(annotations({})).toMatchObject({
      'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics', 'prometheus.istio.io/merge-metrics': 'true',
    });
    // No container serves it.
    expect(annotations({ sidecar: JobSidecar.none() })).toEqual({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics' });
  },
  securityContext: make => expect(pod(make, { securityContext: { user: 1001 } }).securityContext.runAsUser).toBe(1001),
  terminationGracePeriod: make => expect(pod(make, { terminationGracePeriod: Duration.seconds(5) }).terminationGracePeriodSeconds).toBe(5),
  dockerRegistryAuth: make => {
    const scope = shop();
    expect(pod(make, { dockerRegistryAuth: Secret.fromSecretName(scope, 'registry', 'registry') }, scope).imagePullSecrets).toEqual([{ name: 'registry' }]);
  },
  automountServiceAccountToken: make => {
    expect(pod(make, {}).automountServiceAccountToken).toBe(false);
    expect(pod(make, { automountServiceAccountToken: true }).automountServiceAccountToken).toBe(true);
  },
  dns: make => expect(pod(make, { dns: { policy: DnsPolicy.DEFAULT } }).dnsPolicy).toBe('Default'),
  hostAliases: make => expect(pod(make, { hostAliases: [{ ip: '10.0.0.1', hostnames: ['old'] }] }).hostAliases).toEqual([{ ip: '10.0.0.1', hostnames: ['old'] }]),
  ...Object.fromEntries(Object.entries(placements).map(([option, proof]) => [option, (make: Make) => proof(options => pod(make, options))])) as {
    readonly [option in keyof typeof placements]: (make: Make) => void;
  },
};
