import { ApiObject, Chart, Cron, Duration, JsonPatch } from 'cdk8s';
import { RestartPolicy, ServiceAccount } from 'cdk8s-plus-28';
import { containers, jobOf, shop } from './job-proofs';
import { app, messages, refusal, service, synth } from '../../helpers/build';
import { option } from '../../helpers/option';
import {
  JobCompletionMode, KubernetesRelease, MeshCluster, MeshCronJob, MeshJob, MeshJobProps, MeshNamespace, PodFailureAction, PodFailureRule,
  PodReplacementPolicy, SuccessRule,
} from 'cdk8s-istio';

const made = (props: Partial<MeshJobProps>, scope = shop()) => {
  const job = new MeshJob(scope, 'report', { containers, ...props });
  return jobOf(synth(Chart.of(job)));
};
const indexed = { completionMode: JobCompletionMode.INDEXED, completions: 5 };
const tried = (props: Partial<MeshJobProps>) => refusal(() => made(props)).message;
const ruled = (...podFailurePolicy: PodFailureRule[]) => made({ podFailurePolicy }).podFailurePolicy.rules;

option('JobCompletionMode.INDEXED', 'is one success for each index', () => {
  expect(made({ completionMode: JobCompletionMode.INDEXED, completions: 2 })).toMatchObject({ completionMode: 'Indexed', completions: 2 });
});

option('JobCompletionMode.NON_INDEXED', 'is what Kubernetes does by itself', () => {
  expect(made({ completionMode: JobCompletionMode.NON_INDEXED, completions: 2 })).not.toHaveProperty('completionMode');
});

option('PodFailureRule.onExitCodes', 'is for these exit codes, of the only container or a named one', () => {
  expect(ruled(PodFailureRule.onExitCodes(PodFailureAction.COUNT, [137, 1], 'main'))).toEqual([
    { action: 'Count', onExitCodes: { containerName: 'main', operator: 'In', values: [1, 137] } },
  ]);
  const two = [...containers, { ...containers[0], name: 'side' }];
  expect(made({ containers: two, podFailurePolicy: [PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1])] }).podFailurePolicy.rules[0].onExitCodes)
    .toEqual({ operator: 'In', values: [1] });
});

option('PodFailureRule.onOtherExitCodes', 'is for all exit codes but these', () => {
  expect(ruled(PodFailureRule.onOtherExitCodes(PodFailureAction.FAIL_JOB, [0, 3]))[0].onExitCodes).toEqual({ containerName: 'main', operator: 'NotIn', values: [0, 3] });
});

option('PodFailureRule.onPodCondition', 'is for a condition of the pod', () => {
  expect(ruled(PodFailureRule.onPodCondition(PodFailureAction.IGNORE, 'DisruptionTarget'))).toEqual([
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ]);
});

option('PodFailureAction.FAIL_INDEX', 'ends the index', () => {
  const podFailurePolicy = [PodFailureRule.onExitCodes(PodFailureAction.FAIL_INDEX, [1])];
  expect(made({ ...indexed, backoffLimitPerIndex: 1, podFailurePolicy }).podFailurePolicy.rules[0].action).toBe('FailIndex');
});

option('PodReplacementPolicy.FAILED', 'waits until the pod is gone', () => {
  const podFailurePolicy = [PodFailureRule.onExitCodes(PodFailureAction.IGNORE, [1])];
  expect(made({ podReplacementPolicy: PodReplacementPolicy.FAILED, podFailurePolicy }).podReplacementPolicy).toBe('Failed');
});

option('PodReplacementPolicy.TERMINATING_OR_FAILED', 'does not wait', () => {
  expect(made({ podReplacementPolicy: PodReplacementPolicy.TERMINATING_OR_FAILED }).podReplacementPolicy).toBe('TerminatingOrFailed');
});

const succeeds = (...successPolicy: SuccessRule[]) => made({ ...indexed, successPolicy }).successPolicy.rules;

option('SuccessRule.succeededIndexes', 'is for all of these indexes, or some of them, in the words of Kubernetes', () => {
  expect(succeeds(SuccessRule.succeededIndexes([4, 0, 3, 2]), SuccessRule.succeededIndexes([1, 3], 1)))
    .toEqual([{ succeededIndexes: '0,2-4' }, { succeededIndexes: '1,3', succeededCount: 1 }]);
});

option('SuccessRule.succeededCount', 'is for so many indexes', () => {
  expect(succeeds(SuccessRule.succeededCount(5))).toEqual([{ succeededCount: 5 }]);
});

test('what is newer than the classes of cdk8s-plus can be patched as well', () => {
  const scope = shop();
  const job = new MeshJob(scope, 'report', { containers });
  ApiObject.of(job).addJsonPatch(JsonPatch.add('/spec/successPolicy', { rules: [{ succeededCount: 1 }] }));
  expect(jobOf(synth(Chart.of(scope))).successPolicy).toEqual({ rules: [{ succeededCount: 1 }] });
});

option('PodFailureAction.FAIL_JOB', 'ends the job', () => {
  expect(ruled(PodFailureRule.onExitCodes(PodFailureAction.FAIL_JOB, [1]))[0].action).toBe('FailJob');
});

option('PodFailureAction.IGNORE', 'does not count', () => {
  expect(ruled(PodFailureRule.onExitCodes(PodFailureAction.IGNORE, [1]))[0].action).toBe('Ignore');
});

option('PodFailureAction.COUNT', 'counts', () => {
  expect(ruled(PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1]))[0].action).toBe('Count');
});

describe('refused', () => {
  test.each([[[]], [[0]], [[256]], [[1.5]], [[1, 1]], [Array(1)], ['1']])('exit codes %p', codes => {
    expect(refusal(() => PodFailureRule.onExitCodes(PodFailureAction.COUNT, codes as number[]))).toMatchObject({ code: 'IM1706', at: 'PodFailureRule.onExitCodes()' });
  });

  test('a negative exit code, among other codes', () => {
    expect(refusal(() => PodFailureRule.onOtherExitCodes(PodFailureAction.COUNT, [-1])).message).toBe([
      'IM1706 at PodFailureRule.onOtherExitCodes(): the exit codes are invalid.', '  got      [-1]', '  allowed  different whole numbers from 0 to 255', '  next     correct the rule',
    ].join('\n'));
  });

  test('an invalid container name, an invalid action, an invalid condition', () => {
    expect(refusal(() => PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1], 'Main')).code).toBe('IM0106');
    expect(refusal(() => PodFailureRule.onExitCodes('Stop' as PodFailureAction, [1])).message).toBe([
      'IM0001 at PodFailureRule.onExitCodes(): the action is of the wrong type.',
      '  got      \'Stop\'',
      '  allowed  PodFailureAction.FAIL_JOB, PodFailureAction.FAIL_INDEX, PodFailureAction.IGNORE, PodFailureAction.COUNT',
      '  next     write an allowed value',
    ].join('\n'));
    expect(refusal(() => PodFailureRule.onPodCondition(PodFailureAction.COUNT, 'two words')).code).toBe('IM1706');
  });

  const rule = PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1], 'other');

  test('a rule for a container that is not there', () => {
    expect(tried({ podFailurePolicy: [rule] })).toBe([
      'IM1706 at chart/shop/report: a rule names an unknown container.', '  got      \'other\'', '  allowed  main', '  next     correct the name',
    ].join('\n'));
  });

  test('rules for pods whose containers are started again, and more than twenty', () => {
    expect(tried({ podFailurePolicy: [rule], restartPolicy: RestartPolicy.ON_FAILURE })).toBe([
      'IM1706 at chart/shop/report: rules apply to failed pods, but containers that restart do not fail their pod.',
      '  got      \'OnFailure\'', '  allowed  RestartPolicy.NEVER', '  next     leave `restartPolicy` out',
    ].join('\n'));
    expect(tried({ podFailurePolicy: Array.from({ length: 21 }, () => rule) })).toBe([
      'IM1706 at chart/shop/report: there are too many rules.', '  got      21', '  allowed  at most 20', '  next     merge rules with the same action',
    ].join('\n'));
  });

  test('containers that never end', () => {
    expect(tried({ restartPolicy: RestartPolicy.ALWAYS })).toBe([
      'IM1707 at chart/shop/report: containers that always restart never complete.',
      '  got      \'Always\'', '  allowed  RestartPolicy.NEVER, RestartPolicy.ON_FAILURE', '  next     leave `restartPolicy` out',
    ].join('\n'));
  });

  test('indexes without a number', () => {
    expect(tried({ completionMode: JobCompletionMode.INDEXED })).toBe([
      'IM1707 at chart/shop/report: an indexed job needs the number of completions.', '  got      \'Indexed\'', '  next     set `completions`',
    ].join('\n'));
  });

  test.each([[[]], [[0.5]], [[-1]], [[1, 1]], [Array(1)], ['1']])('indexes %p', indexes => {
    expect(refusal(() => SuccessRule.succeededIndexes(indexes as number[]))).toMatchObject({ code: 'IM1711', at: 'SuccessRule.succeededIndexes()' });
  });

  test('counts that are never reached, or at once', () => {
    expect(refusal(() => SuccessRule.succeededIndexes([0, 1], 3)).message).toBe([
      'IM1711 at SuccessRule.succeededIndexes(): the count is invalid.', '  got      3', '  allowed  a whole number from 1 to 2, the number of indexes', '  next     correct the numbers',
    ].join('\n'));
    expect([0, 1.5, undefined, '1'].map(count => refusal(() => SuccessRule.succeededCount(count as number)).code)).toEqual(Array(4).fill('IM1711'));
  });

  test('indexes that Kubernetes has no room for', () => {
    expect(refusal(() => SuccessRule.succeededIndexes(Array.from({ length: 20_000 }, (_, i) => 2 * i))).message).toContain('the list of indexes is too long');
    expect(succeeds(SuccessRule.succeededIndexes([0, 1, 2, 3, 4]))).toEqual([{ succeededIndexes: '0-4' }]);
  });

  const MANAGERS = ['controller', 'a/', '/a', 'A.b/c', 'a.b/c d', `a.b/${'c'.repeat(60)}`];
  const five = { ...indexed, backoffLimitPerIndex: 1 };
  const many = { ...five, completions: 100_001, maxFailedIndexes: 10 };
  const failing = [PodFailureRule.onExitCodes(PodFailureAction.FAIL_INDEX, [1])];
  test.each<[Partial<MeshJobProps>, string]>([
    [{ backoffLimitPerIndex: 1 }, 'IM1711 at chart/shop/report: `backoffLimitPerIndex` needs an indexed job'],
    [{ successPolicy: [SuccessRule.succeededCount(1)] }, 'IM1711 at chart/shop/report: `successPolicy` needs an indexed job'],
    [{ ...indexed, maxFailedIndexes: 1 }, 'IM1711 at chart/shop/report: `maxFailedIndexes` needs a limit per index'],
    [{ ...indexed, podFailurePolicy: failing }, 'IM1706 at chart/shop/report: FAIL_INDEX needs a limit per index'],
    [{ podFailurePolicy: failing }, 'IM1706 at chart/shop/report: FAIL_INDEX needs a limit per index'],
    [{ ...five, maxFailedIndexes: 6 }, 'IM1711 at chart/shop/report: maxFailedIndexes is too large of these completions'],
    [{ ...five, backoffLimitPerIndex: -1 }, 'IM1707 at chart/shop/report: backoffLimitPerIndex is not a valid count'],
    [{ ...five, maxFailedIndexes: 0.5 }, 'IM1707 at chart/shop/report: maxFailedIndexes is not a valid count'],
    [{ ...indexed, parallelism: 100_001 }, 'IM1711 at chart/shop/report: parallelism is too large for an indexed job'],
    [{ ...many, maxFailedIndexes: undefined }, 'IM1711 at chart/shop/report: jobs with more than 100000 indexes need a limit of failed indexes'],
    [{ ...many, maxFailedIndexes: 10_001 }, 'IM1711 at chart/shop/report: maxFailedIndexes is too large with more than 100000 completions'],
    [{ ...many, parallelism: 10_001 }, 'IM1711 at chart/shop/report: parallelism is too large with more than 100000 completions'],
    [{ ...indexed, successPolicy: [SuccessRule.succeededIndexes([5])] },
      'IM1711 at chart/shop/report: a success rule needs more than the 5 completions of the job'],
    [{ ...indexed, successPolicy: [SuccessRule.succeededCount(6)] },
      'IM1711 at chart/shop/report: a success rule needs more than the 5 completions of the job'],
    [{ ...indexed, successPolicy: Array(21).fill(SuccessRule.succeededCount(1)) }, 'IM1711 at chart/shop/report: there are too many success rules'],
    [{ podReplacementPolicy: PodReplacementPolicy.TERMINATING_OR_FAILED, podFailurePolicy: [PodFailureRule.onPodCondition(PodFailureAction.IGNORE, 'A')] },
      'IM1707 at chart/shop/report: failure rules apply to failed pods, but a terminating pod is replaced before it has failed'],
    ...MANAGERS.map((managedBy): [Partial<MeshJobProps>, string] => [{ managedBy }, 'IM1707 at chart/shop/report: `managedBy` is not the name of a controller']),
    [{ jobLabels: { app: 'x' } }, 'IM1110 at chart/shop/report: the library sets the label app of the job'],
    [{ jobLabels: { a: 'two words' } }, 'IM0107 at chart/shop/report: the value of label a has the wrong form'],
    [{ jobAnnotations: { 'a b': '' } }, 'IM0110 at chart/shop/report: the key of an annotation has the wrong form'],
    [{ podLabels: { 'job-name': 'other' } }, 'IM1707 at chart/shop/report: Kubernetes sets job-name'],
    [{ podAnnotations: { 'batch.kubernetes.io/job-completion-index': '1' } }, 'IM1707 at chart/shop/report: Kubernetes sets batch.kubernetes.io/job-completion-index'],
  ])('%p', (props, problem) => {
    expect(tried(props)).toContain(`${problem}.\n`);
  });

  test('a label of Kubernetes, added later', () => {
    const job = new MeshJob(shop(), 'report', { containers });
    expect(refusal(() => job.addPodLabel('controller-uid', '1')).message).toBe([
      'IM1707 at chart/shop/report: Kubernetes sets controller-uid.', '  got      \'1\'', '  next     drop it',
    ].join('\n'));
  });

  const RELEASES = Object.entries(KubernetesRelease) as [string, KubernetesRelease][];
  const SINCE: [Partial<MeshJobProps>, string, string][] = [
    [{ ...indexed, backoffLimitPerIndex: 1 }, 'backoffLimitPerIndex', 'V1_29'],
    [{ podReplacementPolicy: PodReplacementPolicy.FAILED }, 'podReplacementPolicy', 'V1_29'],
    [{ ...indexed, successPolicy: [SuccessRule.succeededCount(1)] }, 'successPolicy', 'V1_31'],
    [{ managedBy: 'example.com/queue' }, 'managedBy', 'V1_32'],
  ];
  const FIELDS = SINCE.flatMap(([props, field, since]) =>
    RELEASES.map(([name, kubernetes]) => ({ field, name, has: name >= since, props, kubernetes })));
  test.each(FIELDS)('$field on Kubernetes $name: $has', ({ field, has, props, kubernetes }) => {
    const scope = new MeshNamespace(new Chart(new MeshCluster(app(), 'cluster', { kubernetes }), 'chart'), 'shop');
    if (has) {
      expect(made(props, scope)).toHaveProperty(field);
    } else {
      expect(refusal(() => made(props, scope)).message)
        .toContain(`IM1710 at cluster/chart/shop/report: Kubernetes ${kubernetes.version} drops \`${field}\`.\n  allowed  Kubernetes 1.`);
    }
  });

  test.each<[Partial<MeshJobProps>, string]>([
    [{ backoffLimit: -1 }, 'backoffLimit is not a valid count'],
    [{ backoffLimit: 2 ** 31 }, 'backoffLimit is not a valid count'],
    [{ parallelism: 0 }, 'parallelism is not a valid count'],
    [{ completions: 1.5 }, 'completions is not a valid count'],
    [{ activeDeadline: Duration.seconds(0) }, 'activeDeadline is not a valid time'],
    [{ ttlAfterFinished: Duration.millis(1500) }, 'ttlAfterFinished is not a valid time'],
  ])('%p', (props, problem) => {
    expect(tried(props)).toContain(`IM1707 at chart/shop/report: ${problem}.`);
  });

  test('a name of which Kubernetes can make no names', () => {
    expect(tried({ name: 'Report' })).toContain('IM0106 at chart/shop/report: the name of the job is no DNS label.');
    expect(tried({ name: 'r'.repeat(64) })).toContain('IM0106 at chart/shop/report');
    expect(tried({ name: 'r'.repeat(61), completionMode: JobCompletionMode.INDEXED, completions: 11 })).toBe([
      'IM1708 at chart/shop/report: the name of the job has 61 characters.', `  got      '${'r'.repeat(61)}'`, '  allowed  at most 60', '  next     shorten the name',
    ].join('\n'));
    made({ name: 'r'.repeat(61), completionMode: JobCompletionMode.INDEXED, completions: 10 });
  });

  test('no container, two of one name, an invalid job in JavaScript', () => {
    expect(tried({ containers: [] })).toContain('IM1103 at chart/shop/report: the job has no container.');
    expect(tried({ containers: [...containers, ...containers] })).toContain('IM1106 at chart/shop/report');
    expect(tried({ retries: 3 } as never)).toContain('IM0001 at chart/shop/report: there is no property retries.');
  });

  test('the name of a service in the same namespace, in any order of construction', () => {
    const scope = shop();
    new MeshJob(scope, 'job', { name: 'reviews', containers });
    service(scope, 'reviews', { serviceAccountPerVersion: true });
    expect(messages(scope)).toEqual([[
      'IM1709 at chart/shop/job: service chart/shop/reviews would send requests to the job\'s pods.', '  got      \'reviews\'', '  next     give one of the two another name',
    ].join('\n')]);
  });

  test('the name of another job that already has a ServiceAccount, in any order of construction', () => {
    const scope = shop();
    const serviceAccount = ServiceAccount.fromServiceAccountName(scope, 'account', 'shared');
    new MeshJob(scope, 'job', { name: 'report', containers, serviceAccount });
    new MeshCronJob(scope, 'schedule', { name: 'report', containers, serviceAccount, schedule: Cron.daily() });
    expect(messages(scope)).toEqual(['schedule', 'job'].map((other, i) => [
      `IM1709 at chart/shop/${['job', 'schedule'][i]}: the pods of job chart/shop/${other} have the same labels.`,
      '  got      \'report\'',
      '  next     give one of the two another name',
    ].join('\n')));
  });
});
