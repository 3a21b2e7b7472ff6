import { refusal } from '../helpers/build';
import { SidecarInjection } from 'cdk8s-istio';

test.each<[string, SidecarInjection, object, boolean]>([
  ['enabled', SidecarInjection.enabled(), { 'istio-injection': 'enabled' }, true],
  ['by revision', SidecarInjection.revision('1-31-0'), { 'istio.io/rev': '1-31-0' }, true],
  ['none', SidecarInjection.disabled(), {}, false],
])('%s', (_, injection, labels, injects) => {
  expect([injection._labels, injection.injects]).toEqual([labels, injects]);
});

test('a revision that cannot be a label is refused', () => {
  expect(refusal(() => SidecarInjection.revision('1.31 canary')).message).toBe([
    'IM0107 at SidecarInjection.revision("1.31 canary"): the revision cannot be the value of a label.',
    '  got      \'1.31 canary\'',
    '  allowed  the name of a revision or tag, such as 1-31-0 or stable',
    '  next     use the label syntax of Kubernetes',
  ].join('\n'));
});

test.each(['', undefined, 1, '-'])('revision %p is refused', revision => {
  expect(refusal(() => SidecarInjection.revision(revision as never)).code).toBe('IM0107');
});
