import { Chart, Cron } from 'cdk8s';
import { ConfigMap, EnvValue, ServiceAccount } from 'cdk8s-plus-28';
import { app, find, findAll, messages, service, synth } from '../../helpers/build';
import { LeastPrivilege, MeshCronJob, MeshJob, MeshNamespace, SidecarInjection } from 'cdk8s-istio';

const containers = [{ image: 'example.com/migrate:1' }];
const PRE_SYNC = { 'argocd.argoproj.io/hook': 'PreSync', 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded', 'argocd.argoproj.io/sync-wave': '-1' };
const shop = () => new MeshNamespace(new Chart(app(), 'chart'), 'shop');

/** The annotations of the ServiceAccount of a job that has these. */
function account(jobAnnotations: { [key: string]: string }) {
  const scope = shop();
  new MeshJob(scope, 'migrate', { containers, jobAnnotations });
  return find(synth(Chart.of(scope)), 'ServiceAccount', 'migrate').metadata.annotations;
}

test.each<[string, { [key: string]: string }, { [key: string]: string } | undefined]>([
  ['a hook of Argo CD before all others', PRE_SYNC, PRE_SYNC],
  ['one of several moments', { 'argocd.argoproj.io/hook': 'PreSync, PostSync' }, { 'argocd.argoproj.io/hook': 'PreSync, PostSync' }],
  ['one that comes when all are gone', { 'argocd.argoproj.io/hook': 'PostDelete' }, { 'argocd.argoproj.io/hook': 'PostDelete' }],
  ['one when a sync has failed', { 'argocd.argoproj.io/hook': 'SyncFail' }, { 'argocd.argoproj.io/hook': 'SyncFail' }],
  ['one after all others', { 'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/sync-wave': '-1' }, undefined],
  ['one among the others', { 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/sync-wave': '3' }, undefined],
  ['one among the others, in an early wave', { 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/sync-wave': '-3' }, { 'argocd.argoproj.io/sync-wave': '-3' }],
  ['an early wave alone', { 'argocd.argoproj.io/sync-wave': '-5' }, { 'argocd.argoproj.io/sync-wave': '-5' }],
  ['a late wave alone', { 'argocd.argoproj.io/sync-wave': '5' }, undefined],
  ['a hook of Helm before all others', { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '-5', 'helm.sh/hook-delete-policy': 'before-hook-creation' },
    { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '-5', 'helm.sh/hook-delete-policy': 'before-hook-creation' }],
  ['a hook of Helm when all are gone', { 'helm.sh/hook': 'post-delete' }, { 'helm.sh/hook': 'post-delete' }],
  ['a hook of Helm after all others', { 'helm.sh/hook': 'post-install', 'helm.sh/hook-weight': '-5' }, undefined],
  ['what Flux reads, which applies all at once', { 'kustomize.toolkit.fluxcd.io/force': 'enabled', 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }, undefined],
])('the ServiceAccount of a job with %s', (_, given, copied) => expect(account(given)).toEqual(copied));

test('all that least privilege writes about the job comes with it, and nothing about others', () => {
  const scope = shop();
  new LeastPrivilege(scope, 'least-privilege', { networkPolicies: true });
  const job = new MeshJob(scope, 'migrate', { containers, jobAnnotations: PRE_SYNC });
  job.calls(service(scope, 'db'));
  const objects = synth(Chart.of(scope));
  const about = objects.filter(({ metadata: { name } }) => name === 'migrate');
  expect(about.map(({ kind, metadata: { annotations } }) => [kind, annotations]).sort())
    .toEqual(['AuthorizationPolicy', 'Job', 'NetworkPolicy', 'ServiceAccount', 'Sidecar'].map(kind => [kind, PRE_SYNC]));
  expect(objects.filter(object => !about.includes(object) && JSON.stringify(object.metadata).includes('argocd'))).toEqual([]);
});

test('the Jobs of a schedule are no hooks', () => {
  const scope = shop();
  new MeshCronJob(scope, 'report', { schedule: Cron.daily(), containers, jobAnnotations: PRE_SYNC });
  expect(findAll(synth(Chart.of(scope)), 'ServiceAccount').map(({ metadata }) => metadata.annotations)).toEqual([undefined]);
});

describe('an existing ServiceAccount', () => {
  const tried = (annotations?: { [key: string]: string }, at?: Chart) => {
    const scope = new MeshNamespace(at ?? new Chart(app(), 'chart'), 'shop', { injection: SidecarInjection.enabled() });
    const there = at ? new Chart(at.node.scope!, 'other') : scope;
    const serviceAccount = new ServiceAccount(there, 'account', { metadata: { name: 'account', namespace: 'shop', annotations } });
    new MeshJob(scope, 'migrate', { containers, serviceAccount, jobAnnotations: PRE_SYNC });
    return messages(scope);
  };

  test('would not be there', () => {
    expect(tried()).toEqual([[
      'IM1713 at chart/shop/migrate: the job has the annotation argocd.argoproj.io/hook, but its ServiceAccount chart/shop/account/Resource does not, so it does not exist when the job runs.',
      '  got      undefined',
      '  allowed  PreSync',
      '  next     give the ServiceAccount the same annotations, or leave it out: the job creates one',
    ].join('\n')]);
  });

  test('is there with the same annotations, in another chart, and where it is only named', () => {
    expect(tried(PRE_SYNC)).toEqual([]);
    expect(tried(undefined, new Chart(app(), 'chart'))).toEqual([]);
    const scope = shop();
    new MeshJob(scope, 'migrate', { containers, serviceAccount: ServiceAccount.fromServiceAccountName(scope, 'known', 'known'), jobAnnotations: PRE_SYNC });
    expect(messages(scope)).toEqual([]);
  });
});

describe('what the pods of a job with a hook refer to', () => {
  const tried = (job: { [key: string]: string }, annotations?: { [key: string]: string }, make = (settings: ConfigMap) => EnvValue.fromConfigMap(settings, 'url')) => {
    const scope = shop();
    const settings = new ConfigMap(scope, 'settings', { metadata: { name: 'settings', namespace: 'shop', annotations }, data: { url: 'x' } });
    new MeshJob(scope, 'migrate', { containers: [{ ...containers[0], envVariables: { URL: make(settings) } }], jobAnnotations: job });
    return messages(scope);
  };
  const refused = (key: string, value: string, got = 'undefined') => [[
    `IM1713 at chart/shop/migrate: the job has the annotation ${key}, but its ConfigMap chart/shop/settings/Resource does not, so it does not exist when the job runs.`,
    `  got      ${got}`,
    `  allowed  ${value}`,
    '  next     give the ConfigMap the same annotations, or remove the annotation of the job',
  ].join('\n')];
  const HOOK = 'argocd.argoproj.io/hook';
  const HELM = 'helm.sh/hook';

  test.each<[string, { [key: string]: string }, { [key: string]: string } | undefined, string[]]>([
    ['is not there before a sync', PRE_SYNC, undefined, refused(HOOK, 'PreSync')],
    ['is not there before a release', { [HELM]: 'pre-install,pre-upgrade' }, undefined, refused(HELM, 'pre-install,pre-upgrade')],
    ['is not there in an early wave', { 'argocd.argoproj.io/sync-wave': '-1' }, undefined, refused('argocd.argoproj.io/sync-wave', '-1')],
    ['comes too late', { [HELM]: 'pre-install', 'helm.sh/hook-weight': '-5' }, { [HELM]: 'pre-install' }, refused('helm.sh/hook-weight', '-5')],
    ['is there as a hook that comes first, and stays', { [HELM]: 'pre-install', 'helm.sh/hook-delete-policy': 'hook-succeeded' }, { [HELM]: 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '-5' }, []],
    ['is there in an earlier wave', { 'argocd.argoproj.io/sync-wave': '-1' }, { 'argocd.argoproj.io/sync-wave': '-2' }, []],
    ['is there from the release before', { [HELM]: 'pre-upgrade', 'helm.sh/hook-weight': '-5' }, undefined, []],
    ['is there after all others', { [HOOK]: 'PostSync' }, undefined, []],
  ])('%s', (_, job, annotations, expected) => expect(tried(job, annotations)).toEqual(expected));

  test('may be missing where it is optional', () => {
    expect(tried(PRE_SYNC, undefined, settings => EnvValue.fromConfigMap(settings, 'url', { optional: true }))).toEqual([]);
  });
});
