import * as fc from 'fast-check';
import { PodTargets } from '../../src/security/pod-targets';
import { samePods, TargetPods } from '../../src/security/policy-rules';

const labels = fc.dictionary(fc.constantFrom('app', 'version'), fc.constantFrom('a', 'b'), { noNullPrototype: true });
const pods = fc.tuple(fc.constantFrom('one', 'two', 'istio-system'), labels, labels).map(([namespace, selector, more]): TargetPods => (
  { namespace, root: namespace === 'istio-system', labels: selector, podLabels: { ...more, ...selector } }
));

test('policies for the same pods are found by namespace and label', () => {
  fc.assert(fc.property(fc.array(pods, { maxLength: 12 }), pods, (all, one) => {
    const targets = new PodTargets<number>();
    all.forEach((each, i) => targets.add(each, i));
    expect(targets.near(one)).toEqual(all.flatMap((other, i) => (samePods(one, other) ? [i] : [])));
  }));
});
