import { App, Chart } from 'cdk8s';
import * as fc from 'fast-check';
import { HttpMatch, HttpMatchParts, PathMatch } from '../../src/hosts/http/http-match';
import { takesAllBelow } from '../../src/hosts/http/path-pattern';
import { OwnedMatch } from '../../src/hosts/model/route-action';
import { MatchIndex } from '../../src/hosts/routes/match-index';
import { OverlapIndex } from '../../src/hosts/routes/overlap-index';
import { matchesPattern } from '../../src/values/string-match';
import { StringMatch } from 'cdk8s-istio';

const { exact, prefix, regex, present } = StringMatch;
const LONG = 'x'.repeat(900);

const PATTERNS = ['/a.*', '/a+.*', '/(a|b).*', '/a[b-c]?/.+', '/a(/.*)?', '/b|/a.*', '(/ab?/.*)', '^/a/.*$', '.*', '/ab*.*', '/a(b|c.*)', '(?i)/a/.*', '/a{1}.*', '/a', '/[ab]+'];
const PATHS = ['/', '/a', '/A', '/ab', '/aB', '/a/', '/a/b', '/ab/c', '/b', '/b/', '/bb/a'];

const paths: fc.Arbitrary<PathMatch | undefined> = fc.oneof(
  fc.record({ kind: fc.constantFrom('exact' as const, 'prefix' as const), value: fc.constantFrom(...PATHS), ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom(...PATTERNS), ignoreCase: fc.boolean() }),
  fc.constant(undefined),
);
const texts = fc.constantFrom(exact('a'), exact('ab'), prefix('a'), prefix('ab'), prefix(LONG), prefix(`${LONG}y`), regex('a.*'), regex('a|b'), present());
const conditions = fc.dictionary(fc.constantFrom('x', 'y', 'constructor'), texts, { maxKeys: 2, noNullPrototype: true });
const callers: (HttpMatchParts['caller'])[] = [undefined, undefined, { labels: { app: 'a' } }, { labels: { app: 'a', version: '1' }, namespace: 'shop' }];
const parts: fc.Arbitrary<HttpMatchParts> = fc.record({
  path: paths,
  method: fc.option(fc.constantFrom(exact('GET'), prefix('P'), regex('P.*')), { nil: undefined }),
  headers: conditions,
  withoutHeaders: fc.oneof(fc.constant({}), conditions),
  queryParams: fc.oneof(fc.constant({}), conditions),
  gatewayPort: fc.constantFrom(undefined, 80, 443),
  caller: fc.constantFrom(...callers),
}, { requiredKeys: ['path'] });

/** Without an index: the first of all matches, of which the earlier one in Envoy's order covers the later one. */
function naive(all: OwnedMatch[], match: HttpMatch): OwnedMatch | undefined {
  return all.find(other => (match.compare(other.match) < 0 ? match.covers(other.match) : other.match.covers(match)));
}

test('the index finds the match that a comparison with all of them finds', () => {
  const app = new App();
  const sources = ['one', 'two'].map(id => new Chart(app, id));
  const few = fc.array(fc.oneof(parts, paths.map(path => ({ path }))), { minLength: 2, maxLength: 12 });
  let found = 0;
  fc.assert(fc.property(few, list => {
    const index = new MatchIndex();
    const all: OwnedMatch[] = [];
    list.map(each => new HttpMatch(each)).forEach((match, i) => {
      const expected = naive(all, match);
      found += expected ? 1 : 0;
      expect(index.conflicting(match)?.match).toBe(expected?.match);
      expect(index.conflicting(match)?.by).toBe(expected?.by);
      const owned = { match, by: sources[i % 2] };
      all.push(owned);
      index.add(owned);
    });
  }), { numRuns: 1000 });
  expect(found).toBeGreaterThan(300);
});

test('the index finds the match of another object that a comparison with all of them finds', () => {
  const by = new Chart(new App(), 'one');
  const few = fc.array(fc.tuple(fc.oneof(parts, paths.map(path => ({ path }))), fc.nat(2)), { minLength: 2, maxLength: 12 });
  let found = 0;
  fc.assert(fc.property(few, parts, fc.nat(2), (list, one, own) => {
    const index = new OverlapIndex();
    const all = list.map(([each, group]) => ({ owned: { match: new HttpMatch(each), by }, group }));
    all.forEach(({ owned, group }) => index.add(owned, group));
    const match = new HttpMatch(one);
    const inOrder = [0, 1, 2].flatMap(group => all.filter(each => each.group === group && group !== own));
    const expected = inOrder.find(({ owned: { match: other } }) => other.overlaps(match) && other.isCatchAll === match.isCatchAll)?.owned;
    found += expected ? 1 : 0;
    expect(index.first(match, group => group !== own)).toBe(expected);
  }), { numRuns: 1000 });
  expect(found).toBeGreaterThan(300);
});

test('letters at the beginning of a pattern change no answer', () => {
  const tails = fc.constantFrom('.*', '.+', '(/.*)?', '(?:/.*)?');
  const heads = fc.array(fc.constantFrom('/', 'a', 'b', 'b?', 'b*', 'a+', '[ab]', '(a|b)', '(?:ab)?', '\\.', 'a{2}'), { maxLength: 4 }).map(list => list.join(''));
  fc.assert(fc.property(heads, tails, fc.stringMatching(/^\/[ab./]{0,4}$/), (head, tail, path) => {
    const ends = [...path, ''].map((_, i) => i).filter(i => tail === '.*' || (tail === '.+' ? i < path.length : path[i] === '/'));
    expect(takesAllBelow(head + tail, path)).toBe(ends.some(i => matchesPattern(head, path.slice(0, i))));
  }), { numRuns: 1000 });
});
