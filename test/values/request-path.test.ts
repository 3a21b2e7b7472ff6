import { comparedPaths } from '../../src/values/requests';
import { chart, find, refusal, synth } from '../helpers/build';
import { aShop } from '../security/shop';
import {
  ExternalAuthorization, HashKey, JwtClaim, JwtIssuer, JwtKeys, JwtRule, MeshNamespace, MeshPort, MeshService, MeshVersion, PathRewrite,
  RequestAuthentication, RequestTarget, RouteMatch, RouteTarget, StringMatch,
} from 'cdk8s-istio';

const claims = [JwtClaim.of('groups', ['admins'])];
const issuers = [JwtIssuer.of({ issuer: 'https://login.example.com', keys: JwtKeys.at('https://login.example.com/keys') })];

/** A service with one port of HTTP. */
function shop() {
  const root = chart();
  const namespace = new MeshNamespace(root, 'store');
  const web = new MeshService(namespace, 'web', { ports: [MeshPort.http(8080)], versions: { v1: MeshVersion.of({ containers: [{ image: 'example.com/web:1' }] }) } });
  return { root, namespace, target: RequestTarget.service(web) };
}

describe('every place that takes a path takes it as proxies write it, and says how', () => {
  const places: [string, (path: string) => unknown, string][] = [
    ['an exact path of a route, of delegated routes, of a mirrored or failing one', path => RouteMatch.exactPath(path), 'IM1308'],
    ['the beginning of a path', path => RouteMatch.pathPrefix(path), 'IM1308'],
    ['the new path of a rewrite', path => PathRewrite.to(path), 'IM1331'],
    ['the path of a redirect', path => RouteTarget.redirect({ path }), 'IM1310'],
    ['the beginning of a redirect', path => RouteTarget.redirect({ pathPrefix: path }), 'IM1310'],
    ['the paths of a call', path => { const { web, checkout } = aShop(); web.calls(checkout, { port: 80, paths: [path] }); }, 'IM1802'],
    ['the paths of a rule for tokens', path => JwtRule.of({ claims, paths: [path] }), 'IM1802'],
    ['the open paths beside tokens', path => { const { namespace, target } = shop(); new RequestAuthentication(namespace, 'login', { target, issuers, openPaths: [path] }); }, 'IM1802'],
    ['the paths that a provider is asked about', path => { const { namespace, target } = shop(); new ExternalAuthorization(namespace, 'ask', { target, provider: 'opa', paths: [path] }); }, 'IM1802'],
  ];
  test.each(places)('%s', (_, make, code) => {
    for (const [path, right] of [['/käse', '/k%C3%A4se'], ['/a|b', '/a%7Cb'], ['/a"b', '/a%22b'], ['/a b', '/a%20b']]) {
      const { code: seen, message } = refusal(() => make(path));
      expect([path, seen]).toEqual([path, code]);
      expect(message).toContain(`\n  next     write ${right}`);
      expect(() => make(right)).not.toThrow();
    }
  });
});

describe('a pattern that asks for what no path has', () => {
  test.each([
    ['/käse', 'write %C3%A4'], ['/a\\|b', 'write %7C'], ['/orders/{id}', 'write %7B'], ['/a b', 'write %20'], ['(/käse|/cheese)', 'write %C3%A4'],
    ['/a\\?x=.*', 'leave it out: the query is no part of the path'], ['/a#b', 'leave it out: the query is no part of the path'],
    ['/a\\\\b', 'leave it out: the query is no part of the path'], ['/🧀', 'write %F0%9F%A7%80'],
  ])('%s is refused', (pattern, next) => {
    expect(refusal(() => RouteMatch.pathRegex(pattern))).toMatchObject({ code: 'IM1308' });
    expect(refusal(() => PathRewrite.regex(pattern, '/b'))).toMatchObject({ code: 'IM1331' });
    expect(refusal(() => RouteMatch.pathRegex(pattern)).message).toContain(`\n  next     ${next}`);
  });
  test('in full', () => {
    expect(refusal(() => RouteMatch.pathRegex('/a\\|b')).message).toBe([
      'IM1308 at RouteMatch.pathRegex(): no path has "|": the pattern, or a part of it, would match nothing.',
      '  got      \'/a\\\\|b\'',
      '  allowed  %7C',
      '  next     write %7C',
    ].join('\n'));
  });
  test.each([['api/.*', '/api/.*'], ['^orders', '/orders']])('%s begins with no slash, and is compared with whole paths', (pattern, right) => {
    expect(refusal(() => RouteMatch.pathRegex(pattern)).message).toBe([
      'IM1308 at RouteMatch.pathRegex(): every path begins with a slash, and is compared as a whole: the pattern would match nothing.',
      `  got      '${pattern}'`,
      `  allowed  ${right}`,
      `  next     write ${right}`,
    ].join('\n'));
    expect(() => PathRewrite.regex(pattern, '/b')).not.toThrow(); // it is looked for
  });
  test.each([
    '.*', 'a?/b', 'a|/b', '(/a)?/b', '[/]a',
    '/a(\\?.*)?', '/a[^?#]*', '/[äö]?b', '/a{2,3}b', '(?i:/a|/b)', '/(?P<id>[0-9]+)', '/\\p{Greek}*x', '/a\\.b\\+c\\$', '^/a$', '/a(?:\\?)*', '/x\\/y', '/k%C3%A4se', '/ä?b',
  ])('%s is not', pattern => {
    expect(() => RouteMatch.pathRegex(pattern)).not.toThrow();
  });
});

test('what a rewrite by pattern puts in is written as a path is', () => {
  expect(refusal(() => PathRewrite.regex('/a(.*)', '/ä\\1')).message).toBe([
    'IM1331 at PathRewrite.regex(): the replacement has characters that must be percent-encoded.',
    '  got      \'/ä\\\\1\'',
    '  allowed  /%C3%A4',
    '  next     write the escapes',
  ].join('\n'));
});

test('the query of a redirect as well', () => {
  expect(refusal(() => RouteTarget.redirect({ path: '/a?q=ä b' })).message).toContain('\n  allowed  /a?q=%C3%A4%20b');
  expect(() => RouteTarget.redirect({ path: '/a?q=1#top' })).not.toThrow();
});

describe('{**} of a policy is any number of segments, none too', () => {
  test.each([
    [['/files/{**}/raw'], ['/files/raw', '/files/{**}/raw']], [['/files/{**}'], ['/files', '/files/{**}']], [['/{**}'], ['/', '/{**}']],
    [['/{*}/a/{**}/b', '/c'], ['/c', '/{*}/a/b', '/{*}/a/{**}/b']],
  ])('%j', (paths, written) => expect(comparedPaths(paths)).toEqual(written));

  test('in rules for tokens, where they are open, and where a provider is asked', () => {
    const { root, namespace, target } = shop();
    const paths = ['/files/{**}/raw'];
    new RequestAuthentication(namespace, 'login', { target, issuers, openPaths: paths, rules: [JwtRule.of({ claims, paths: ['/admin/{**}/raw'] })] });
    new ExternalAuthorization(namespace, 'ask', { target, provider: 'opa', paths });
    const both = ['/files/raw', '/files/{**}/raw'];
    const ruled = ['/admin/raw', '/admin/{**}/raw'];
    const login = find(synth(root), 'AuthorizationPolicy', 'login.request.authentication');
    expect(login.spec.rules.map((rule: any) => rule.to[0].operation.notPaths ?? rule.to[0].operation.paths)).toEqual([both, both, ruled]);
    expect(find(synth(root), 'AuthorizationPolicy', 'ask.external.authorization').spec.rules[0].to[0].operation.paths).toEqual(both);
  });
});

describe('conditions on values that never arrive so', () => {
  test.each<[string, () => unknown, string, string]>([
    ['a header with blanks around', () => RouteMatch.anyPath({ headers: { 'x-a': StringMatch.exact(' v ') } }), 'IM1308', 'drop the blanks'],
    ['a missing header with blanks around', () => RouteMatch.anyPath({ withoutHeaders: { 'x-a': StringMatch.exact('v ') } }), 'IM1308', 'drop the blanks'],
    ['a header that begins with a blank', () => RouteMatch.anyPath({ headers: { 'x-a': StringMatch.prefix(' v') } }), 'IM1308', 'drop the blanks'],
    ['a header of blanks', () => RouteMatch.anyPath({ headers: { 'x-a': StringMatch.exact('  ') } }), 'IM1308', 'match on presence with StringMatch.present()'],
    ['a parameter with a blank', () => RouteMatch.anyPath({ queryParams: { q: StringMatch.exact('a b') } }), 'IM1308', 'write a%20b'],
    ['a parameter beyond ASCII', () => RouteMatch.anyPath({ queryParams: { q: StringMatch.prefix('ä') } }), 'IM1308', 'write %C3%A4'],
    ['a parameter with the end of one', () => RouteMatch.anyPath({ queryParams: { q: StringMatch.exact('a&b=c') } }), 'IM1308', 'write a%26b=c'],
    ['the name of a parameter beyond ASCII', () => RouteMatch.anyPath({ queryParams: { größe: StringMatch.present() } }), 'IM1308', 'write gr%C3%B6%C3%9Fe'],
    ['the name of a parameter with its value', () => RouteMatch.anyPath({ queryParams: { 'a=b': StringMatch.present() } }), 'IM1308', 'write a%3Db'],
    ['a hash by a parameter beyond ASCII', () => HashKey.queryParameter('ä'), 'IM1640', 'write %C3%A4'],
  ])('%s', (_, call, code, next) => {
    expect(refusal(call).code).toBe(code);
    expect(refusal(call).message).toContain(`\n  next     ${next}`);
  });
  test.each([['a b'], ['v']])('%j inside of a header is compared', value => {
    expect(() => RouteMatch.anyPath({ headers: { 'x-a': StringMatch.exact(value) } })).not.toThrow();
  });
  test.each([['a=b'], ['a%20b'], ['a+b'], ['[x|y]']])('%j in a query is compared', value => {
    expect(() => RouteMatch.anyPath({ queryParams: { q: StringMatch.exact(value) } })).not.toThrow();
  });
});
