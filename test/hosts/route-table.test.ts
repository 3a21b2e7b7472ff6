import * as fc from 'fast-check';
import { takes } from '../../src/hosts/http/example-request';
import { HttpMatch, PathMatch } from '../../src/hosts/http/http-match';
import { RouteTable } from '../../src/hosts/model/route-table';

const PATHS = ['/', '/a', '/A', '/ab', '/aB/c', '/a/b', '/b', '/b/c/d'];
const paths: fc.Arbitrary<PathMatch | undefined> = fc.oneof(
  fc.record({ kind: fc.constantFrom('exact' as const, 'prefix' as const), value: fc.constantFrom(...PATHS), ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('/a.*', '.*', '/(a|b)', '/a+/.*', '/b/c/?.*'), ignoreCase: fc.boolean() }),
  fc.constant(undefined),
);
const matches = fc.record({ path: paths, gatewayPort: fc.constantFrom(undefined, 80) }).map(parts => new HttpMatch(parts));
const routes = fc.array(matches.map(match => ({ match, action: {} })), { maxLength: 20 });

test('a table of routes has all that take a request, and all that cover a match, in their order', () => {
  fc.assert(fc.property(routes, fc.constantFrom(...PATHS), matches, (all, path, match) => {
    const table = new RouteTable(all);
    const request = { method: 'GET', path, headers: {}, query: {}, port: 80 };
    const taking = (route: { match: HttpMatch }) => takes(route.match, request) !== false;
    expect(table.taking(path).filter(taking)).toEqual(all.filter(taking));
    const covering = (route: { match: HttpMatch }) => route.match.covers(match);
    expect(table.covering(match).filter(covering)).toEqual(all.filter(covering));
  }));
});
