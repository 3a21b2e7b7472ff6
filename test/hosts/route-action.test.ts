import { HttpMatch } from '../../src/hosts/http/http-match';
import { destinations, renderDestinations, renderHttp, RoutedMatch } from '../../src/hosts/model/route-action';

const at = (path: string) => new HttpMatch({ path: { kind: 'exact', value: path } });
const to = (match: HttpMatch, host: string): RoutedMatch => ({ match, action: { destinations: [{ host }] } });

/** Without the fields that are undefined, as it is written. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('destinations', () => {
  test('are in the order of their names, each with its weight', () => {
    expect(plain(destinations('reviews', { v2: 25, v10: 25, v1: 50 }, 9080))).toEqual([
      { host: 'reviews', subset: 'v1', port: 9080, weight: 50 },
      { host: 'reviews', subset: 'v10', port: 9080, weight: 25 },
      { host: 'reviews', subset: 'v2', port: 9080, weight: 25 },
    ]);
  });

  test('have no weight where there is one', () => {
    expect(plain(destinations('reviews', { v1: 100 }))).toEqual([{ host: 'reviews', subset: 'v1' }]);
  });

  test('keep a weight of nothing', () => {
    expect(plain(destinations('reviews', { v1: 0, v2: 100 })).map(({ weight }: { weight: number }) => weight)).toEqual([0, 100]);
  });

  test('as a VirtualService spells them', () => {
    expect(plain(renderDestinations([{ host: 'reviews', subset: 'v1', port: 80, weight: 100 }, { host: 'ratings' }]))).toEqual([
      { destination: { host: 'reviews', subset: 'v1', port: { number: 80 } }, weight: 100 },
      { destination: { host: 'ratings' } },
    ]);
  });
});

describe('routes', () => {
  test('that do the same and are neighbours become one', () => {
    expect(plain(renderHttp([to(at('/a'), 'one'), to(at('/b'), 'one'), to(at('/c'), 'two'), to(at('/d'), 'one')]))).toEqual([
      { match: [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }], route: [{ destination: { host: 'one' } }] },
      { match: [{ uri: { exact: '/c' } }], route: [{ destination: { host: 'two' } }] },
      { match: [{ uri: { exact: '/d' } }], route: [{ destination: { host: 'one' } }] },
    ]);
  });

  test('for everything have no match, even beside another one', () => {
    expect(plain(renderHttp([to(at('/a'), 'one'), to(HttpMatch.EVERYTHING, 'one')]))).toEqual([{ route: [{ destination: { host: 'one' } }] }]);
  });

  test('for some ports say each of them in each match', () => {
    expect(plain(renderHttp([to(at('/a'), 'one'), to(HttpMatch.EVERYTHING, 'two')], [80, 81]))).toEqual([
      { match: [{ uri: { exact: '/a' }, port: 80 }, { uri: { exact: '/a' }, port: 81 }], route: [{ destination: { host: 'one' } }] },
      { match: [{ port: 80 }, { port: 81 }], route: [{ destination: { host: 'two' } }] },
    ]);
  });

  test('may redirect and answer', () => {
    expect(plain(renderHttp([
      { match: at('/a'), action: { redirect: { uri: '/b', redirectCode: 301 } } },
      { match: HttpMatch.EVERYTHING, action: { directResponse: { status: 403 } } },
    ]))).toEqual([
      { match: [{ uri: { exact: '/a' } }], redirect: { uri: '/b', redirectCode: 301 } },
      { directResponse: { status: 403 } },
    ]);
  });
});
