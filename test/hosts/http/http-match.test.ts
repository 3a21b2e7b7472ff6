import * as fc from 'fast-check';
import { HttpMatch, HttpMatchParts, PathMatch } from '../../../src/hosts/http/http-match';
import { refusal } from '../../helpers/build';
import { MeshError, StringMatch } from 'cdk8s-istio';

const exact = (value: string, ignoreCase?: boolean): HttpMatchParts => ({ path: { kind: 'exact', value, ignoreCase } });
const prefix = (value: string, ignoreCase?: boolean): HttpMatchParts => ({ path: { kind: 'prefix', value, ignoreCase } });
const regex = (value: string): HttpMatchParts => ({ path: { kind: 'regex', value } });
const caller = (namespace: string, labels: { [key: string]: string }): HttpMatchParts => ({ caller: { namespace, labels } });
const x = (match: StringMatch): HttpMatchParts => ({ headers: { x: match } });
const notX = (match: StringMatch): HttpMatchParts => ({ withoutHeaders: { x: match } });
const { exact: is, prefix: begins, regex: fits, present } = StringMatch;

describe('as Istio spells it', () => {
  test('all there is', () => {
    const match = new HttpMatch({
      path: { kind: 'prefix', value: '/api', ignoreCase: true },
      method: is('GET'),
      scheme: is('https'),
      authority: begins('a.'),
      name: 'one',
      statPrefix: 'two',
      headers: { 'x-b': is('1'), 'x-a': present() },
      withoutHeaders: { 'x-c': begins('no') },
      queryParams: { q: fits('a+') },
      caller: { labels: { version: 'v1', app: 'reviews' }, namespace: 'shop' },
    });
    expect(JSON.stringify(match.toIstio())).toBe(JSON.stringify({
      uri: { prefix: '/api' },
      ignoreUriCase: true,
      method: { exact: 'GET' },
      scheme: { exact: 'https' },
      authority: { prefix: 'a.' },
      headers: { 'x-a': {}, 'x-b': { exact: '1' } },
      withoutHeaders: { 'x-c': { prefix: 'no' } },
      queryParams: { q: { regex: 'a+' } },
      sourceLabels: { app: 'reviews', version: 'v1' },
      sourceNamespace: 'shop',
      name: 'one',
      statPrefix: 'two',
    }));
    expect([match.readsHttp, match.isCatchAll]).toEqual([true, false]);
  });

  test('nothing', () => {
    expect(JSON.stringify(HttpMatch.EVERYTHING.toIstio())).toBe('{}');
    expect([HttpMatch.EVERYTHING.readsHttp, HttpMatch.EVERYTHING.isCatchAll]).toEqual([false, true]);
  });

  test('a caller is known without reading HTTP', () => {
    const match = new HttpMatch(caller('shop', { app: 'a' }));
    expect([match.readsHttp, match.isCatchAll]).toEqual([false, false]);
  });
});

describe('which of two is asked first', () => {
  /** In the order of the Gateway API. */
  const ORDER: HttpMatchParts[] = [
    { ...exact('/b'), method: is('GET') },
    exact('/b'),
    exact('/b', true),
    regex('/long/pattern+.*'),
    regex('/a+.*'),
    prefix('/longer'),
    { ...prefix('/abc'), method: is('GET') },
    { ...prefix('/abc'), headers: { x: is('1'), y: is('1') } },
    { ...prefix('/abc'), ...x(is('1')), queryParams: { q: is('1') } },
    { ...prefix('/abc'), ...x(is('1')) },
    { ...prefix('/abc'), ...x(fits('1+')) },
    { ...prefix('/abc'), ...x(begins('12')) },
    { ...prefix('/abc'), ...x(begins('1')) },
    { ...prefix('/abc'), ...x(present()) },
    { ...prefix('/abc'), queryParams: { q: is('1') } },
    prefix('/abc'),
    prefix('/abc', true),
    { method: is('GET') },
    notX(present()),
    notX(begins('1')),
    notX(is('1')),
    {},
  ];

  test('is decided by how narrow they are', () => {
    const matches = ORDER.map(parts => new HttpMatch(parts));
    const shuffled = [...matches.slice(7), ...matches.slice(0, 7)].reverse();
    expect([...shuffled].sort((a, b) => a.compare(b)).map(match => match.key)).toEqual(matches.map(match => match.key));
  });

  test('is decided by text among equals', () => {
    const [a, b] = [exact('/a'), exact('/b')].map(parts => new HttpMatch(parts));
    expect([a.compare(b), b.compare(a), a.compare(new HttpMatch(exact('/a')))]).toEqual([-1, 1, 0]);
  });
});

describe('whatever meets the second meets the first', () => {
  test.each<[string, HttpMatchParts, HttpMatchParts]>([
    ['a pattern, and a path of it', regex('/a+'), exact('/a')],
    ['no condition set', {}, { ...exact('/a'), method: is('GET'), ...x(is('1')) }],
    ['prefix /', prefix('/'), {}],
    ['no path', {}, prefix('/')],
    ['prefix of a path', prefix('/foo'), exact('/foobar')],
    ['prefix of a prefix', prefix('/foo'), prefix('/foo/bar')],
    ['the same path', exact('/a'), exact('/a')],
    ['the same pattern', regex('/a+'), regex('/a+')],
    ['a pattern that is every path', regex('/.*'), prefix('/a')],
    ['a pattern that is a prefix', regex('^/a.*$'), exact('/ab')],
    ['capitals do not matter', exact('/A', true), exact('/a')],
    ['capitals do not matter on both sides', prefix('/A', true), exact('/aB', true)],
    ['any method', exact('/a'), { ...exact('/a'), method: is('GET') }],
    ['a beginning of the method', { method: begins('P') }, { method: is('PUT') }],
    ['any scheme and host', {}, { scheme: is('https'), authority: is('a.example.com') }],
    ['a name', { name: 'a', statPrefix: 'b' }, { name: 'c' }],
    ['presence', x(present()), x(is('1'))],
    ['prefix of a header', x(begins('1')), x(is('12'))],
    ['less excluded', notX(is('1')), notX(present())],
    ['any caller', {}, caller('shop', { app: 'a' })],
    ['all versions of a caller', caller('shop', { app: 'a' }), caller('shop', { app: 'a', version: 'v1' })],
  ])('%s', (_, a, b) => {
    expect(new HttpMatch(a).covers(new HttpMatch(b))).toBe(true);
    expect(new HttpMatch(a).overlaps(new HttpMatch(b))).toBe(true);
  });

  test.each<[string, HttpMatchParts, HttpMatchParts]>([
    ['a path, and all', exact('/a'), {}],
    ['a longer prefix', prefix('/foo/bar'), prefix('/foo')],
    ['capitals matter', exact('/a'), exact('/a', true)],
    ['a method, and all', { method: is('GET') }, {}],
    ['another method', { method: is('GET') }, { method: is('POST') }],
    ['a header, and none', x(present()), {}],
    ['a beginning of the method', { method: begins('P') }, { method: fits('P.*') }],
    ['a host, and all', { authority: is('a.example.com') }, {}],
    ['a scheme, and all', { scheme: is('https') }, {}],
    ['presence, and a text', x(is('1')), x(present())],
    ['a parameter of a header\'s name', x(present()), { queryParams: { x: is('1') } }],
    ['more excluded', notX(present()), notX(is('1'))],
    ['excluded, and not', notX(is('1')), {}],
    ['a caller of another namespace', caller('shop', { app: 'a' }), caller('other', { app: 'a' })],
    ['a caller, and all', caller('shop', { app: 'a' }), {}],
    ['a header that every object has', { headers: { constructor: present() } }, {}],
  ])('not: %s', (_, a, b) => {
    expect(new HttpMatch(a).covers(new HttpMatch(b))).toBe(false);
  });
});

describe('no request meets both', () => {
  test.each<[string, HttpMatchParts, HttpMatchParts]>([
    ['two paths', exact('/a'), exact('/b')],
    ['two prefixes', prefix('/a'), prefix('/b')],
    ['a path that is shorter than the prefix', prefix('/foo/bar'), exact('/foo')],
    ['two methods', { method: is('GET') }, { method: is('POST') }],
    ['two schemes', { scheme: is('http') }, { scheme: is('https') }],
    ['two hosts', { authority: is('a') }, { authority: begins('b') }],
    ['two texts of a header that Envoy joins', { headers: { accept: is('1') } }, { headers: { accept: is('2') } }],
    ['two texts of a parameter', { queryParams: { q: is('1') } }, { queryParams: { q: is('2') } }],
    ['wanted and excluded', x(is('1')), notX(begins('1'))],
    ['excluded and wanted', notX(present()), x(fits('.*'))],
  ])('%s', (_, a, b) => {
    expect(new HttpMatch(a).overlaps(new HttpMatch(b))).toBe(false);
    expect(new HttpMatch(b).overlaps(new HttpMatch(a))).toBe(false);
    expect(new HttpMatch(a).and(new HttpMatch(b), 'x')).toBeUndefined();
  });

  test.each<[string, HttpMatchParts, HttpMatchParts]>([
    ['a pattern may be anything', regex('/a+'), exact('/b')],
    ['a pattern of a header may be anything', x(fits('1')), x(is('2'))],
    ['two texts of a header, each on a line of its own', x(is('1')), x(is('2'))],
    ['two prefixes of a header, each on a line of its own', x(begins('1')), x(begins('2'))],
    ['headers of other names', x(is('1')), { headers: { y: is('2') } }],
    ['a part is excluded', x(begins('1')), notX(is('1'))],
    ['capitals do not matter to one', exact('/A'), exact('/a', true)],
  ])('not known: %s', (_, a, b) => {
    expect(new HttpMatch(a).overlaps(new HttpMatch(b))).toBe(true);
  });
});

describe('both at once', () => {
  const both = (a: HttpMatchParts, b: HttpMatchParts) => new HttpMatch(a).and(new HttpMatch(b), 'shop/split')!.toIstio();

  test('joins what they say', () => {
    expect(both({ ...exact('/a'), method: is('GET'), ...x(is('1')) }, { headers: { y: is('2') }, ...caller('shop', { app: 'a' }) })).toEqual({
      uri: { exact: '/a' },
      method: { exact: 'GET' },
      headers: { x: { exact: '1' }, y: { exact: '2' } },
      sourceLabels: { app: 'a' },
      sourceNamespace: 'shop',
    });
  });

  test('takes the narrower of two conditions on one header', () => {
    expect([both(x(present()), x(is('1'))), both(x(is('12')), x(begins('1')))]).toEqual([{ headers: { x: { exact: '1' } } }, { headers: { x: { exact: '12' } } }]);
  });

  test('takes the wider of two exclusions of one header', () => {
    expect(both(notX(is('1')), notX(present()))).toEqual({ withoutHeaders: { x: {} } });
  });

  test('refuses two conditions on one header of which neither is the narrower', () => {
    expect(refusal(() => both(x(fits('a+')), x(begins('a')))).message).toBe([
      'IM1309 at shop/split: two conditions on x must both hold, and Istio takes one condition for each name.',
      '  got      {"regex":"a+"} and {"prefix":"a"}',
      '  next     remove one of the conditions',
    ].join('\n'));
    expect(refusal(() => both(notX(is('1')), notX(is('2')))).code).toBe('IM1309');
  });
});

// What follows compares the answers with those of an evaluator that asks every request of a small world.

interface Request {
  readonly path: string;
  readonly method: string;
  readonly authority: string;
  readonly headers: { readonly [name: string]: string };
  readonly queryParams: { readonly [name: string]: string };
  readonly namespace: string;
  readonly labels: { readonly [key: string]: string };
}

const cross = <A, B>(as: A[], bs: B[]): (A & B)[] => as.flatMap(a => bs.map(b => ({ ...a, ...b })));
const some = (name: string, values: string[]) => [{}, ...values.map(value => ({ [name]: value }))];

const WORLD: Request[] = cross(
  cross(['/', '/a', '/A', '/ab', '/aB', '/b'].map(path => ({ path })), cross(['GET', 'POST'].map(method => ({ method })), ['a', 'ab'].map(authority => ({ authority })))),
  cross(
    cross(
      cross(some('x', ['', 'a', 'ab', 'abc', 'b']), some('y', ['a'])).map(headers => ({ headers })),
      some('q', ['a', 'ab']).map(queryParams => ({ queryParams })),
    ),
    [['one', 'v1'], ['one', 'v2'], ['two', 'v1']].map(([namespace, version]) => ({ namespace, labels: { app: 'a', version } })),
  ),
);

const patterns = new Map<string, RegExp>();

function pattern(text: string): RegExp {
  return patterns.get(text) ?? patterns.set(text, new RegExp(`^(?:${text})$`)).get(text)!;
}

function textMeets(text: string | undefined, match: StringMatch): boolean {
  if (text === undefined) return false;
  switch (match._kind) {
    case 'exact': return text === match._value;
    case 'prefix': return text.startsWith(match._value);
    case 'regex': return pattern(match._value).test(text);
    case 'present': return true;
  }
}

/** Envoy compares regular expressions of paths as they are, even with `ignoreCase`. */
function pathMeets(path: string, { kind, value, ignoreCase }: PathMatch): boolean {
  if (kind === 'regex') return pattern(value).test(path);
  const [p, v] = ignoreCase ? [path.toLowerCase(), value.toLowerCase()] : [path, value];
  return kind === 'exact' ? p === v : p.startsWith(v);
}

function meets(request: Request, parts: HttpMatchParts): boolean {
  const { path, method, authority, headers = {}, withoutHeaders = {}, queryParams = {}, caller: from } = parts;
  return (path === undefined || pathMeets(request.path, path))
    && (method === undefined || textMeets(request.method, method))
    && (authority === undefined || textMeets(request.authority, authority))
    && Object.entries(headers).every(([name, match]) => textMeets(request.headers[name], match))
    && Object.entries(withoutHeaders).every(([name, match]) => !textMeets(request.headers[name], match))
    && Object.entries(queryParams).every(([name, match]) => textMeets(request.queryParams[name], match))
    && (from === undefined || from.namespace === request.namespace)
    && Object.entries(from?.labels ?? {}).every(([key, value]) => request.labels[key] === value);
}

const texts = fc.oneof(
  fc.constantFrom('a', 'ab', 'b').map(is), fc.constantFrom('a', 'ab', 'b').map(begins), fc.constantFrom('a.*', '(a|b)', '.*').map(fits), fc.constant(present()),
);
const conditions = (name: string) => fc.oneof(
  { arbitrary: fc.constant({}), weight: 2 },
  { arbitrary: texts.map(match => ({ [name]: match })), weight: 1 },
);
const paths: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ kind: fc.constantFrom('exact' as const, 'prefix' as const), value: fc.constantFrom('/', '/a', '/A', '/ab', '/aB', '/b'), ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('/a.*', '/(a|b)', '.*'), ignoreCase: fc.boolean() }),
);
const conditionsOnly: fc.Arbitrary<HttpMatchParts> = fc.record({
  headers: fc.tuple(conditions('x'), conditions('y')).map(([a, b]) => ({ ...a, ...b })),
  withoutHeaders: conditions('x'),
  queryParams: conditions('q'),
});
const callers: fc.Arbitrary<HttpMatchParts> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  { arbitrary: fc.constantFrom(caller('one', { app: 'a' }), caller('one', { app: 'a', version: 'v1' }), caller('two', { app: 'a' })), weight: 1 },
);
const edgeParts: fc.Arbitrary<HttpMatchParts> = fc.tuple(
  fc.record({
    path: fc.option(paths, { nil: undefined }),
    method: fc.constantFrom(undefined, undefined, is('GET'), is('POST'), begins('P'), fits('GET|POST')),
    authority: fc.constantFrom(undefined, undefined, undefined, is('a'), begins('a')),
  }), conditionsOnly,
).map(([a, b]) => ({ ...a, ...b }));
const parts: fc.Arbitrary<HttpMatchParts> = fc.tuple(edgeParts, callers).map(([a, b]) => ({ ...a, ...b }));

/** The second is often the first with something changed: independent matches seldom have anything to do with each other. */
const pairs = fc.oneof(
  fc.tuple(parts, parts),
  fc.tuple(parts, parts, fc.subarray(['path', 'method', 'authority', 'headers', 'withoutHeaders', 'queryParams', 'caller'] as const))
    .map(([a, b, keys]): [HttpMatchParts, HttpMatchParts] => [a, { ...a, ...Object.fromEntries(keys.map(key => [key, b[key]])) }]),
);
// A fixed seed: what CI says of a commit must not depend on the day.
const RUNS = { numRuns: 3000, seed: 20261121 };

describe('against every request of a small world', () => {
  test('what is covered is met', () => {
    let covered = 0;
    fc.assert(fc.property(pairs, ([a, b]) => {
      if (!new HttpMatch(a).covers(new HttpMatch(b))) return;
      covered++;
      expect(WORLD.find(request => meets(request, b) && !meets(request, a))).toBeUndefined();
    }), RUNS);
    expect(covered).toBeGreaterThan(200);
  });

  test('what does not overlap is never met together', () => {
    let apart = 0;
    fc.assert(fc.property(pairs, ([a, b]) => {
      if (new HttpMatch(a).overlaps(new HttpMatch(b))) return;
      apart++;
      expect(WORLD.find(request => meets(request, a) && meets(request, b))).toBeUndefined();
    }), RUNS);
    expect(apart).toBeGreaterThan(200);
  });

  test('to overlap is mutual', () => {
    fc.assert(fc.property(pairs, ([a, b]) => new HttpMatch(a).overlaps(new HttpMatch(b)) === new HttpMatch(b).overlaps(new HttpMatch(a))), RUNS);
  });

  test('both at once is met by what meets both', () => {
    let joined = 0;
    fc.assert(fc.property(edgeParts, fc.tuple(conditionsOnly, callers), (a, [b, from]) => {
      const second = { ...b, ...from };
      const meet = (request: Request) => meets(request, a) && meets(request, second);
      let both: HttpMatch | undefined;
      try {
        both = new HttpMatch(a).and(new HttpMatch(second), 'x');
      } catch (e) {
        expect((e as MeshError).code).toBe('IM1309');
        return;
      }
      if (both) joined++;
      const said = (both as unknown as { parts: HttpMatchParts } | undefined)?.parts;
      expect(WORLD.find(request => meet(request) !== (said !== undefined && meets(request, said)))).toBeUndefined();
    }), { ...RUNS, numRuns: 1500 });
    expect(joined).toBeGreaterThan(200);
  });

  test('a catch-all is met by everything', () => {
    let seen = 0;
    const fewParts = fc.tuple(parts, fc.subarray(['path', 'method'] as const)).map(([all, keys]) => Object.fromEntries(keys.map(key => [key, all[key]])));
    fc.assert(fc.property(fc.oneof(parts, fewParts), one => {
      if (!new HttpMatch(one).isCatchAll) return;
      seen++;
      expect(WORLD.find(request => !meets(request, one))).toBeUndefined();
    }), RUNS);
    expect(seen).toBeGreaterThan(50);
  });
});

describe('the order of matches', () => {
  const sign = (a: HttpMatchParts, b: HttpMatchParts) => Math.sign(new HttpMatch(a).compare(new HttpMatch(b)));

  test('is total: the opposite if the operands are swapped, and equal only to itself', () => {
    fc.assert(fc.property(pairs, ([a, b]) => {
      expect(sign(a, b) + sign(b, a)).toBe(0);
      expect(sign(a, b) === 0).toBe(new HttpMatch(a).key === new HttpMatch(b).key);
    }), RUNS);
  });

  test('is one and the same however they came', () => {
    const lists = fc.array(parts, { minLength: 2, maxLength: 8 })
      .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(fc.property(lists, ([list, shuffled]) => {
      const sorted = (all: HttpMatchParts[]) => all.map(one => new HttpMatch(one)).sort((a, b) => a.compare(b)).map(match => match.key);
      expect(sorted(shuffled)).toEqual(sorted(list));
    }), RUNS);
  });

  test('asks the narrower first, so that no route is out of reach for want of order', () => {
    let narrower = 0;
    fc.assert(fc.property(pairs.map(pair => pair.map(one => ({ ...one, caller: undefined }))), ([a, b]) => {
      if (!new HttpMatch(a).covers(new HttpMatch(b)) || new HttpMatch(b).covers(new HttpMatch(a))) return;
      narrower++;
      expect(sign(b, a)).toBe(-1);
    }), RUNS);
    expect(narrower).toBeGreaterThan(200);
  });
});
