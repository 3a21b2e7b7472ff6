import { Chart, Duration } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-28';
import { containers, jobOf, shop } from './job-proofs';
import { messages, refusal, service, synth } from '../../helpers/build';
import { option } from '../../helpers/option';
import { JobCompletionMode, MeshJob, MeshJobProps, PodFailureAction, PodFailureRule } from 'cdk8s-istio';

const made = (props: Partial<MeshJobProps>, scope = shop()) => {
  const job = new MeshJob(scope, 'report', { containers, ...props });
  return jobOf(synth(Chart.of(job)));
};
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
  test.each([[[]], [[0]], [[256]], [[1.5]], [[1, 1]], ['1']])('exit codes %p', codes => {
    expect(refusal(() => PodFailureRule.onExitCodes(PodFailureAction.COUNT, codes as number[]))).toMatchObject({ code: 'IM1706', at: 'PodFailureRule.onExitCodes()' });
  });

  test('a negative exit code, among those that are none of them', () => {
    expect(refusal(() => PodFailureRule.onOtherExitCodes(PodFailureAction.COUNT, [-1])).message).toBe([
      'IM1706 at PodFailureRule.onOtherExitCodes(): the exit codes cannot be.', '  got      [-1]', '  allowed  different whole numbers from 0 to 255', '  next     correct the rule',
    ].join('\n'));
  });

  test('a container of a name that cannot be, an action that is none, a condition that is none', () => {
    expect(refusal(() => PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1], 'Main')).code).toBe('IM0106');
    expect(refusal(() => PodFailureRule.onExitCodes('Stop' as PodFailureAction, [1])).message).toBe([
      'IM0001 at PodFailureRule.onExitCodes(): the action is of the wrong type.',
      '  got      Stop',
      '  allowed  PodFailureAction.FAIL_JOB, PodFailureAction.IGNORE, PodFailureAction.COUNT',
      '  next     give the property the type that API.md names',
    ].join('\n'));
    expect(refusal(() => PodFailureRule.onPodCondition(PodFailureAction.COUNT, 'two words')).code).toBe('IM1706');
  });

  const rule = PodFailureRule.onExitCodes(PodFailureAction.COUNT, [1], 'other');

  test('a rule for a container that is not there', () => {
    expect(tried({ podFailurePolicy: [rule] })).toBe([
      'IM1706 at chart/shop/report: a rule names a container that is not there.', '  got      other', '  allowed  main', '  next     correct the name',
    ].join('\n'));
  });

  test('rules for pods whose containers are started again, and more than twenty', () => {
    expect(tried({ podFailurePolicy: [rule], restartPolicy: RestartPolicy.ON_FAILURE })).toBe([
      'IM1706 at chart/shop/report: rules are asked when a pod has failed, and containers that are started again let none fail.',
      '  got      OnFailure', '  allowed  RestartPolicy.NEVER', '  next     leave `restartPolicy` out',
    ].join('\n'));
    expect(tried({ podFailurePolicy: Array.from({ length: 21 }, () => rule) })).toBe([
      'IM1706 at chart/shop/report: there are too many rules.', '  got      21', '  allowed  at most 20', '  next     join rules of one action',
    ].join('\n'));
  });

  test('containers that never end', () => {
    expect(tried({ restartPolicy: RestartPolicy.ALWAYS })).toBe([
      'IM1707 at chart/shop/report: containers that are always started again never end.',
      '  got      Always', '  allowed  RestartPolicy.NEVER, RestartPolicy.ON_FAILURE', '  next     leave `restartPolicy` out',
    ].join('\n'));
  });

  test('indexes without a number', () => {
    expect(tried({ completionMode: JobCompletionMode.INDEXED })).toBe([
      'IM1707 at chart/shop/report: an indexed job has an index for each completion, and their number is not said.', '  got      Indexed', '  next     name `completions`',
    ].join('\n'));
  });

  test.each<[Partial<MeshJobProps>, string]>([
    [{ backoffLimit: -1 }, 'backoffLimit is no such count'],
    [{ backoffLimit: 2 ** 31 }, 'backoffLimit is no such count'],
    [{ parallelism: 0 }, 'parallelism is no such count'],
    [{ completions: 1.5 }, 'completions is no such count'],
    [{ activeDeadline: Duration.seconds(0) }, 'activeDeadline is no such time'],
    [{ ttlAfterFinished: Duration.millis(1500) }, 'ttlAfterFinished is no such time'],
  ])('%p', (props, problem) => {
    expect(tried(props)).toContain(`IM1707 at chart/shop/report: ${problem}.`);
  });

  test('a name of which Kubernetes can make no names', () => {
    expect(tried({ name: 'Report' })).toContain('IM0106 at chart/shop/report: the name of the job is no DNS label.');
    expect(tried({ name: 'r'.repeat(64) })).toContain('IM0106 at chart/shop/report');
    expect(tried({ name: 'r'.repeat(61), completionMode: JobCompletionMode.INDEXED, completions: 11 })).toBe([
      'IM1708 at chart/shop/report: the name of the job has 61 characters.', `  got      ${'r'.repeat(61)}`, '  allowed  at most 60', '  next     shorten the name',
    ].join('\n'));
    made({ name: 'r'.repeat(61), completionMode: JobCompletionMode.INDEXED, completions: 10 });
  });

  test('no container, two of one name, a job in JavaScript that is none', () => {
    expect(tried({ containers: [] })).toContain('IM1103 at chart/shop/report: the job has no container.');
    expect(tried({ containers: [...containers, ...containers] })).toContain('IM1106 at chart/shop/report');
    expect(tried({ retries: 3 } as never)).toContain('IM0001 at report: there is no property retries.');
  });

  test('the name of a service beside it, whoever comes first', () => {
    const scope = shop();
    new MeshJob(scope, 'job', { name: 'reviews', containers });
    service(scope, 'reviews', { serviceAccountPerVersion: true });
    expect(messages(scope)).toEqual([[
      'IM1709 at chart/shop/job: service chart/shop/reviews would send requests to the job\'s pods.', '  got      reviews', '  next     give one of the two another name',
    ].join('\n')]);
  });
});
