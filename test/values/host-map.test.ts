import * as fc from 'fast-check';
import { byNarrowness, covers } from '../../src/values/host';
import { coveringPatterns, HostMap } from '../../src/values/host-map';

const names = fc.array(fc.constantFrom('a', 'b', 'example', 'com'), { minLength: 1, maxLength: 4 }).map(labels => labels.join('.'));
const hosts = fc.oneof({ arbitrary: names, weight: 3 }, { arbitrary: names.map(name => `*.${name}`), weight: 2 }, fc.constant('*'));

test('a map of hosts finds what a comparison with all hosts finds', () => {
  fc.assert(fc.property(fc.array(hosts, { maxLength: 30 }), hosts, (all, host) => {
    const map = new HostMap<number>();
    all.forEach((each, i) => map.add(each, i));
    const places = (holds: (each: string) => boolean) => all.flatMap((each, i) => (holds(each) ? [i] : []));
    expect(map.of(host)).toEqual(places(each => each === host));
    expect(map.covering(host)).toEqual(places(each => covers(each, host)));
    expect(map.coveredBy(host)).toEqual(places(each => covers(host, each)));
    expect(map.near(host)).toEqual(places(each => covers(each, host) || covers(host, each)));
    expect(map.meets(host)).toBe(map.near(host).length > 0);
  }));
});

test('the patterns that cover a host, the narrowest first', () => {
  expect(coveringPatterns('a.example.com')).toEqual(['a.example.com', '*.example.com', '*.com', '*']);
  expect(coveringPatterns('*.example.com')).toEqual(['*.example.com', '*.com', '*']);
  expect(coveringPatterns('*')).toEqual(['*']);
  fc.assert(fc.property(hosts, host => {
    const patterns = coveringPatterns(host);
    expect(patterns.every(pattern => covers(pattern, host))).toBe(true);
    expect([...patterns].sort(byNarrowness)).toEqual(patterns);
  }));
});
