import * as fc from 'fast-check';
import { maySelectSame, PodGroups, SelectedPods } from '../../src/values/pod-groups';

const labels = fc.dictionary(fc.constantFrom('istio', 'app', 'zone'), fc.constantFrom('a', 'b'), { noNullPrototype: true });
const pods = fc.record({ labels, more: labels })
  .map(({ labels: selector, more }): SelectedPods => ({ labels: selector, podLabels: { ...more, ...selector } }));

test('pods that two selectors may select are found by a common label', () => {
  fc.assert(fc.property(fc.array(pods, { maxLength: 12 }), pods, (all, one) => {
    const groups = new PodGroups((): SelectedPods[] => []);
    all.forEach(each => groups.of(each).content.push(each));
    const near = groups.of(one).near.flatMap(({ content }) => content);
    const expected = all.filter(other => maySelectSame(one, other));
    expect(new Set(near)).toEqual(new Set(expected));
    expect(near).toHaveLength(expected.length);
  }));
});
