import { chart, find, refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { valid } from '../../helpers/valid';
import { GatewayServer, GatewayWorkload, HttpMethod, MeshGateway, RouteMatch, RouteMatchOptions, RouteTarget, StringMatch } from 'cdk8s-istio';

/** The matches of the routes of a gateway, in the order in which they are asked. */
function matched(...matches: RouteMatch[]): unknown[] {
  const root = chart();
  const edge = new MeshGateway(root, 'edge', { workload: GatewayWorkload.ingress(), servers: [GatewayServer.http({ hosts: ['example.com'] })] });
  matches.forEach((match, i) => edge.addHttpRoute('example.com', { matches: [match], to: RouteTarget.directResponse(200 + i) }));
  const routes: { match?: unknown[] }[] = find(valid(root), 'VirtualService', 'edge.example.com').spec.http;
  return routes.flatMap(({ match }) => match ?? ['every request']);
}

const any = (options: RouteMatchOptions) => matched(RouteMatch.anyPath(options));

option('RouteMatch.exactPath', 'is an exact path', () => expect(matched(RouteMatch.exactPath('/login'))).toEqual([{ uri: { exact: '/login' } }]));
option('RouteMatch.pathPrefix', 'is a prefix of the path', () =>
  expect(matched(RouteMatch.pathPrefix('/static'))).toEqual([{ uri: { prefix: '/static' } }]));
option('RouteMatch.pathRegex', 'is a pattern of the path', () =>
  expect(matched(RouteMatch.pathRegex('/v[0-9]+'))).toEqual([{ uri: { regex: '/v[0-9]+' } }]));
option('RouteMatch.anyPath', 'is no condition on the path', () => expect(matched(RouteMatch.anyPath())).toEqual(['every request']));

option('RouteMatchOptions.method', 'is the exact method', () => expect(any({ method: HttpMethod.POST })).toEqual([{ method: { exact: 'POST' } }]));

option('RouteMatchOptions.headers', 'are conditions that have to hold, sorted by name', () => {
  expect(any({ headers: { 'x-user': StringMatch.exact('jason'), 'x-beta': StringMatch.present() } }))
    .toEqual([{ headers: { 'x-beta': {}, 'x-user': { exact: 'jason' } } }]);
});

option('RouteMatchOptions.withoutHeaders', 'are conditions that may not hold', () => {
  expect(any({ withoutHeaders: { 'x-bot': StringMatch.present() } })).toEqual([{ withoutHeaders: { 'x-bot': {} } }]);
});

option('RouteMatchOptions.queryParams', 'are conditions on parameters', () => {
  expect(any({ queryParams: { user: StringMatch.exact('jason'), Beta: StringMatch.present() } }))
    .toEqual([{ queryParams: { Beta: {}, user: { exact: 'jason' } } }]);
});

option('RouteMatchOptions.ignoreCase', 'is whether capitals matter in the path', () => {
  expect(matched(RouteMatch.exactPath('/Login', { ignoreCase: true }))).toEqual([{ uri: { exact: '/Login' }, ignoreUriCase: true }]);
  expect(matched(RouteMatch.exactPath('/Login', { ignoreCase: false }))).toEqual([{ uri: { exact: '/Login' } }]);
});

option('StringMatch.exact', 'is an exact text', () =>
  expect(any({ headers: { 'x-a': StringMatch.exact('A b') } })).toEqual([{ headers: { 'x-a': { exact: 'A b' } } }]));
option('StringMatch.prefix', 'is a beginning', () =>
  expect(any({ headers: { 'x-a': StringMatch.prefix('A') } })).toEqual([{ headers: { 'x-a': { prefix: 'A' } } }]));
option('StringMatch.regex', 'is a pattern', () =>
  expect(any({ headers: { 'x-a': StringMatch.regex('a+') } })).toEqual([{ headers: { 'x-a': { regex: 'a+' } } }]));
option('StringMatch.present', 'is an empty condition', () =>
  expect(any({ headers: { 'x-a': StringMatch.present() } })).toEqual([{ headers: { 'x-a': {} } }]));

const method = (name: HttpMethod) => any({ method: name });
option('HttpMethod.GET', 'is GET', () => expect(method(HttpMethod.GET)).toEqual([{ method: { exact: 'GET' } }]));
option('HttpMethod.HEAD', 'is HEAD', () => expect(method(HttpMethod.HEAD)).toEqual([{ method: { exact: 'HEAD' } }]));
option('HttpMethod.POST', 'is POST', () => expect(method(HttpMethod.POST)).toEqual([{ method: { exact: 'POST' } }]));
option('HttpMethod.PUT', 'is PUT', () => expect(method(HttpMethod.PUT)).toEqual([{ method: { exact: 'PUT' } }]));
option('HttpMethod.PATCH', 'is PATCH', () => expect(method(HttpMethod.PATCH)).toEqual([{ method: { exact: 'PATCH' } }]));
option('HttpMethod.DELETE', 'is DELETE', () => expect(method(HttpMethod.DELETE)).toEqual([{ method: { exact: 'DELETE' } }]));
option('HttpMethod.OPTIONS', 'is OPTIONS', () => expect(method(HttpMethod.OPTIONS)).toEqual([{ method: { exact: 'OPTIONS' } }]));
option('HttpMethod.TRACE', 'is TRACE', () => expect(method(HttpMethod.TRACE)).toEqual([{ method: { exact: 'TRACE' } }]));
option('HttpMethod.CONNECT', 'is CONNECT', () => expect(method(HttpMethod.CONNECT)).toEqual([{ method: { exact: 'CONNECT' } }]));

test('narrower matches come first, in any order of construction', () => {
  const narrowToWide = [
    RouteMatch.exactPath('/a', { method: HttpMethod.GET, headers: { 'x-a': StringMatch.present() } }),
    RouteMatch.exactPath('/a', { method: HttpMethod.GET }),
    RouteMatch.exactPath('/a', { headers: { 'x-a': StringMatch.present(), 'x-b': StringMatch.present() } }),
    RouteMatch.exactPath('/a', { headers: { 'x-a': StringMatch.exact('1') } }),
    RouteMatch.exactPath('/a', { headers: { 'x-a': StringMatch.present() } }),
    RouteMatch.exactPath('/a', { queryParams: { q: StringMatch.present() } }),
    RouteMatch.exactPath('/a'),
    RouteMatch.exactPath('/A', { ignoreCase: true }),
    RouteMatch.pathRegex('/a/[0-9]+'),
    RouteMatch.pathPrefix('/a/b'),
    RouteMatch.pathPrefix('/a'),
    RouteMatch.anyPath({ method: HttpMethod.GET }),
    RouteMatch.anyPath(),
  ];
  const alone = narrowToWide.map(match => matched(match)[0]);
  expect(matched(...narrowToWide)).toEqual(alone);
  expect(matched(...[...narrowToWide].reverse())).toEqual(alone);
});

describe('refused', () => {
  test.each<[string, () => unknown, string]>([
    ['a path without a slash', () => RouteMatch.exactPath('login'), [
      'IM1308 at RouteMatch.exactPath(): this is no path of a request.',
      '  got      \'login\'',
      '  allowed  a text that begins with a slash, without query and fragment',
      '  next     correct the match',
    ].join('\n')],
    ['a pattern that RE2 cannot compile', () => RouteMatch.pathRegex('/(?=a)'), [
      'IM0109 at RouteMatch.pathRegex("/(?=a)"): RE2 cannot compile the pattern (error parsing regexp: invalid or unsupported Perl syntax: `(?=`).',
      '  got      \'/(?=a)\'',
      '  allowed  a regular expression in the syntax of RE2: no look-around and no back-references',
      '  next     match on presence, or correct the pattern',
    ].join('\n')],
    ['a parameter without a name', () => RouteMatch.anyPath({ queryParams: { '': StringMatch.present() } }), [
      'IM1308 at RouteMatch.anyPath(): the text is not a name of a query parameter that a route can match.',
      '  got      \'\'',
      '  allowed  a text that is not empty',
      '  next     correct the match',
    ].join('\n')],
    ['a method in small letters', () => RouteMatch.anyPath({ method: 'get' as never }), [
      'IM0001 at RouteMatch.anyPath(): method is of the wrong type.',
      '  got      \'get\'',
      `  allowed  ${Object.keys(HttpMethod).map(name => `HttpMethod.${name}`).join(', ')}`,
      '  next     write one of them, without quotes',
    ].join('\n')],
  ])('%s', (_, call, message) => {
    expect(refusal(call).message).toBe(message);
  });

  test.each<[string, () => unknown, string]>([
    ['an empty path', () => RouteMatch.pathPrefix(''), 'IM1308'],
    ['a path with a query', () => RouteMatch.exactPath('/a?b=c'), 'IM1308'],
    ['a path with a fragment', () => RouteMatch.exactPath('/a#b'), 'IM1308'],
    ['a path with a blank', () => RouteMatch.pathPrefix('/a b'), 'IM1308'],
    ['no path', () => RouteMatch.exactPath(undefined as never), 'IM1308'],
    ['a path that is a number', () => RouteMatch.pathPrefix(5 as never), 'IM1308'],
    ['an empty pattern', () => RouteMatch.pathRegex(''), 'IM0109'],
    ['no pattern', () => RouteMatch.pathRegex(undefined as never), 'IM0109'],
    ['an empty beginning', () => StringMatch.prefix(''), 'IM0109'],
    ['no text', () => StringMatch.exact(undefined as never), 'IM0109'],
    ['a pattern with a back-reference', () => StringMatch.regex('(a)\\1'), 'IM0109'],
    ['a header in capitals', () => RouteMatch.anyPath({ headers: { 'X-A': StringMatch.present() } }), 'IM1308'],
    ['a missing header in capitals', () => RouteMatch.anyPath({ withoutHeaders: { 'X-A': StringMatch.present() } }), 'IM1308'],
    ['a header that objects inherit', () => RouteMatch.anyPath({ headers: { constructor: StringMatch.present() } as never }), 'IM1308'],
    ['a parameter that objects inherit', () => RouteMatch.anyPath({ queryParams: { constructor: StringMatch.present() } as never }), 'IM1308'],
    ['a header compared to a text', () => RouteMatch.anyPath({ headers: { 'x-a': 'b' as never } }), 'IM0001'],
    ['headers as a list', () => RouteMatch.anyPath({ headers: ['x-a'] as never }), 'IM0001'],
    ['options that are null', () => RouteMatch.anyPath(null as never), 'IM0001'],
    ['a misspelled option', () => RouteMatch.anyPath({ header: {} } as never), 'IM0001'],
    ['a text for a yes or no', () => RouteMatch.exactPath('/a', { ignoreCase: 'yes' as never }), 'IM0001'],
  ])('%s', (_, call, code) => {
    expect(refusal(call).code).toBe(code);
  });
});

describe('a path that proxies write otherwise before they compare it is refused', () => {
  test.each([
    ['/a/../b', '/b'], ['/a/./b', '/a/b'], ['/a/..', '/'], ['/a/.', '/a/'], ['/%61dmin', '/admin'], ['/a/%2e%2E/b', '/b'], ['/a%7Eb', '/a~b'], ['/a\\b', '/a/b'],
    ['/a|b', '/a%7Cb'], ['/käse', '/k%C3%A4se'], ['/orders/{id}', '/orders/%7Bid%7D'], ['/a b', '/a%20b'], ['/"a"^`<b>', '/%22a%22%5E%60%3Cb%3E'], ['/100%', '/100%25'], ['/🧀', '/%F0%9F%A7%80'],
  ])('%s', (path, allowed) => {
    expect(refusal(() => RouteMatch.exactPath(path)).message).toBe([
      'IM1308 at RouteMatch.exactPath(): proxies write this path otherwise before they compare it: no request would have it.',
      `  got      '${path.replace('\\', '\\\\')}'`,
      `  allowed  ${allowed}`,
      `  next     write ${allowed}`,
    ].join('\n'));
  });
  test.each(['/a//b', '/a%2fb', '/a%2Fb', '/a%20b', '/caf%C3%A9', '/a/.b', '/a/..b', '/a..', '/p%2Bq'])('not %s', path => {
    expect(matched(RouteMatch.exactPath(path))).toEqual([{ uri: { exact: path } }]);
  });
  test('nor a prefix whose last dots may be the first of a name', () => {
    expect(matched(RouteMatch.pathPrefix('/a/.'))).toEqual([{ uri: { prefix: '/a/.' } }]);
    expect(refusal(() => RouteMatch.pathPrefix('/a/../')).code).toBe('IM1308');
  });
});
