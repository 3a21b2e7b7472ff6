import * as fc from 'fast-check';
import { PodGroups } from '../../../src/traffic/listeners/pod-groups';
import { certifies, isCertified } from '../../../src/traffic/servers/certificate-names';
import { GatewayWorkload } from 'cdk8s-istio';

const labels = fc.dictionary(fc.constantFrom('istio', 'app', 'zone'), fc.constantFrom('a', 'b'), { minKeys: 1, noNullPrototype: true });
const workloads = fc.oneof(labels.map(each => GatewayWorkload.labels(each)), fc.constantFrom(GatewayWorkload.ingress(), GatewayWorkload.egress()));

test('workloads that may select the same pods are found by a common label', () => {
  fc.assert(fc.property(fc.array(workloads, { maxLength: 12 }), workloads, (all, one) => {
    const groups = new PodGroups(() => [] as GatewayWorkload[]);
    all.forEach(workload => groups.of(workload).content.push(workload));
    const near = groups.of(one).near.flatMap(({ content }) => content);
    expect(new Set(near)).toEqual(new Set(all.filter(other => one._overlaps(other))));
    expect(near).toHaveLength(all.filter(other => one._overlaps(other)).length);
  }));
});

test('a set of names certifies what one of them certifies', () => {
  const name = fc.constantFrom('a.com', 'b.a.com', '*.a.com', '*.com', '*.b.a.com');
  const host = fc.constantFrom('a.com', 'b.a.com', 'c.b.a.com', '*.a.com', '*.com', '*.b.a.com', '*');
  fc.assert(fc.property(fc.array(name), host, (names, each) => {
    expect(isCertified(new Set(names), each)).toBe(names.some(one => certifies(one, each)));
  }));
});
