import { refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { routed } from '../../helpers/routed';
import { PathRewrite, RouteMatch } from 'cdk8s-istio';

const rewritten = (path: PathRewrite, match = RouteMatch.anyPath()) =>
  (routed({ matches: [match], rewrite: { path } }) as { rewrite: unknown }[]).map(({ rewrite }) => rewrite);

option('PathRewrite.to', 'is the path, or what stands in place of the prefix, joined to the rest by one slash', () => {
  const { exactPath, pathPrefix, pathRegex, anyPath } = RouteMatch;
  const to = (match: RouteMatch, path: string) => rewritten(PathRewrite.to(path), match)[0];
  expect(to(exactPath('/a'), '/b')).toEqual({ uri: '/b' });
  expect(to(exactPath('/a'), '/b/')).toEqual({ uri: '/b/' });
  expect(to(pathRegex('/a+'), '/b/')).toEqual({ uri: '/b/' });
  expect(to(pathPrefix('/a'), '/b')).toEqual({ uri: '/b' });
  expect(to(pathPrefix('/a/'), '/b/')).toEqual({ uri: '/b/' });
  expect(to(pathPrefix('/a/'), '/b')).toEqual({ uri: '/b/' });
  expect(to(anyPath(), '/b')).toEqual({ uri: '/b/' });
  expect(to(pathPrefix('/a'), '/')).toEqual({ uriRegexRewrite: { match: '^/a/?', rewrite: '/' } });
  expect(to(pathPrefix('/a.b+'), '/c/')).toEqual({ uriRegexRewrite: { match: '^/a\\.b\\+/?', rewrite: '/c/' } });
  expect(to(pathPrefix('/a', { ignoreCase: true }), '/')).toEqual({ uriRegexRewrite: { match: '^(?i:/a)/?', rewrite: '/' } });
});

option('PathRewrite.regex', 'is a pattern and what it becomes', () => {
  expect(rewritten(PathRewrite.regex('^/service/([^/]+)(/.*)$', '\\2/\\1'))).toEqual([
    { uriRegexRewrite: { match: '^/service/([^/]+)(/.*)$', rewrite: '\\2/\\1' } },
  ]);
  expect(rewritten(PathRewrite.regex('x', '\\0\\\\'))).toEqual([{ uriRegexRewrite: { match: 'x', rewrite: '\\0\\\\' } }]);
});

test('each match of a route is rewritten by its own prefix', () => {
  expect(routed({ matches: [RouteMatch.pathPrefix('/a'), RouteMatch.pathPrefix('/bb'), RouteMatch.exactPath('/c')], rewrite: { path: PathRewrite.to('/') } })).toEqual([
    { match: [{ uri: { exact: '/c' } }], rewrite: { uri: '/' } },
    { match: [{ uri: { prefix: '/bb' } }], rewrite: { uriRegexRewrite: { match: '^/bb/?', rewrite: '/' } } },
    { match: [{ uri: { prefix: '/a' } }], rewrite: { uriRegexRewrite: { match: '^/a/?', rewrite: '/' } } },
  ]);
});

test.each<[string, () => unknown, string]>([
  ['a path without a slash', () => PathRewrite.to('b'), [
    'IM1331 at PathRewrite.to(): this is no path of a request.',
    '  got      \'b\'',
    '  allowed  a text that begins with a slash, without query and fragment',
    '  next     correct the rewrite',
  ].join('\n')],
  ['a group that there is not', () => PathRewrite.regex('/a(b)', '/\\2'), [
    'IM1331 at PathRewrite.regex(): the replacement is invalid: Envoy would not rewrite the path.',
    '  got      \'/\\\\2\'',
    '  allowed  a text that is not empty, with groups \\0 to \\1, and \\\\ for a backslash',
    '  next     correct the rewrite',
  ].join('\n')],
])('%s is refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, () => unknown, string]>([
  ['a path with a query', () => PathRewrite.to('/a?b'), 'IM1331'],
  ['no path', () => PathRewrite.to(undefined as never), 'IM1331'],
  ['a pattern that RE2 cannot compile', () => PathRewrite.regex('(?=a)', '/b'), 'IM0109'],
  ['nothing to become', () => PathRewrite.regex('/a', ''), 'IM1331'],
  ['no substitution', () => PathRewrite.regex('/a', undefined as never), 'IM1331'],
  ['a backslash at the end', () => PathRewrite.regex('/a', '/b\\'), 'IM1331'],
  ['a letter behind a backslash', () => PathRewrite.regex('/a', '/\\n'), 'IM1331'],
])('%s is refused', (_, call, code) => {
  expect(refusal(call).code).toBe(code);
});
