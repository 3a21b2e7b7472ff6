import { Duration } from 'cdk8s';
import { refusal } from '../../helpers/build';
import { option } from '../../helpers/option';
import { routed } from '../../helpers/routed';
import { CorsPolicy, HttpMethod, IstioRelease, StringMatch, UnmatchedPreflights } from 'cdk8s-istio';

const shop = StringMatch.exact('https://shop.example.com');
const allowed = (policy: Partial<CorsPolicy>, istio?: IstioRelease) =>
  (routed({ corsPolicy: { allowOrigins: [shop], ...policy } }, istio) as { corsPolicy: unknown }[])[0].corsPolicy;
const allowOrigins = [{ exact: 'https://shop.example.com' }];

option('CorsPolicy.allowOrigins', 'are the origins', () => {
  expect(allowed({})).toEqual({ allowOrigins });
  const many = [StringMatch.exact('http://localhost:3000'), StringMatch.prefix('http://localhost:'), StringMatch.regex('https://[a-z]+\\.example\\.com')];
  expect(allowed({ allowOrigins: many })).toEqual({
    allowOrigins: [{ exact: 'http://localhost:3000' }, { prefix: 'http://localhost:' }, { regex: 'https://[a-z]+\\.example\\.com' }],
  });
  expect(allowed({ allowOrigins: [StringMatch.exact('*')] })).toEqual({ allowOrigins: [{ exact: '*' }] });
});
test('patterns of some origins may have credentials', () => {
  const some = StringMatch.regex('https://[a-z]+\\.example\\.com');
  expect(allowed({ allowOrigins: [some], allowCredentials: true })).toEqual({ allowOrigins: [{ regex: 'https://[a-z]+\\.example\\.com' }], allowCredentials: true });
});
option('CorsPolicy.allowMethods', 'are the methods', () =>
  expect(allowed({ allowMethods: [HttpMethod.GET, HttpMethod.PUT] })).toEqual({ allowOrigins, allowMethods: ['GET', 'PUT'] }));
option('CorsPolicy.allowHeaders', 'are the headers of requests', () =>
  expect(allowed({ allowHeaders: ['X-One', '*'] })).toEqual({ allowOrigins, allowHeaders: ['X-One', '*'] }));
option('CorsPolicy.exposeHeaders', 'are the headers of answers', () =>
  expect(allowed({ exposeHeaders: ['x-two'] })).toEqual({ allowOrigins, exposeHeaders: ['x-two'] }));
option('CorsPolicy.maxAge', 'is the age of a preflight', () =>
  expect(allowed({ maxAge: Duration.hours(1) })).toEqual({ allowOrigins, maxAge: '3600s' }));
option('CorsPolicy.allowCredentials', 'is whether credentials are allowed', () =>
  expect(allowed({ allowCredentials: true })).toEqual({ allowOrigins, allowCredentials: true }));
option('CorsPolicy.unmatchedPreflights', 'is what becomes of other preflights', () =>
  expect(allowed({ unmatchedPreflights: UnmatchedPreflights.IGNORE })).toEqual({ allowOrigins, unmatchedPreflights: 'IGNORE' }));
option('UnmatchedPreflights.IGNORE', 'is IGNORE', () =>
  expect(allowed({ unmatchedPreflights: UnmatchedPreflights.IGNORE })).toEqual({ allowOrigins, unmatchedPreflights: 'IGNORE' }));
option('UnmatchedPreflights.FORWARD', 'is FORWARD', () =>
  expect(allowed({ unmatchedPreflights: UnmatchedPreflights.FORWARD })).toEqual({ allowOrigins, unmatchedPreflights: 'FORWARD' }));

test.each<[string, () => unknown, string]>([
  ['an origin with a slash behind', () => allowed({ allowOrigins: [StringMatch.exact('https://shop.example.com/')] }), [
    'IM1335 at cluster/chart/edge: the value is not an origin as browsers send it.',
    '  got      \'https://shop.example.com/\'',
    '  allowed  a scheme, a host and an optional port, without a trailing slash: https://www.example.com',
    '  next     write the origins as browsers send them',
  ].join('\n')],
  ['a beginning that others can have as well', () => allowed({ allowOrigins: [StringMatch.prefix('https://shop.example.com')] }), [
    'IM1335 at cluster/chart/edge: other origins start with this text too.',
    '  got      \'https://shop.example.com\'',
    '  allowed  a prefix that contains the whole host, such as http://localhost:',
    '  next     write the whole origin, or use StringMatch.regex()',
  ].join('\n')],
  ['every origin, with credentials', () => allowed({ allowOrigins: [StringMatch.exact('*')], allowCredentials: true }), [
    'IM1335 at cluster/chart/edge: every page could call with the credentials of its visitors.',
    '  got      \'*\'',
    '  next     list the origins, or leave out `allowCredentials`',
  ].join('\n')],
  ['an age with a half second', () => allowed({ maxAge: Duration.millis(1500) }), [
    'IM1335 at cluster/chart/edge: the maximum age is not a number of whole seconds.',
    '  got      \'1500ms\'',
    '  allowed  a Duration of whole seconds',
    '  next     round it',
  ].join('\n')],
  ['what later releases do with preflights', () => allowed({ unmatchedPreflights: UnmatchedPreflights.IGNORE }, IstioRelease.V1_22), [
    'IM1338 at cluster/chart/edge: `unmatchedPreflights` came with Istio 1.23.',
    '  got      \'1.22\'',
    '  allowed  Istio 1.23 and later',
    '  next     remove the setting, or declare the release that runs: `new MeshCluster(app, id, { istio })`',
  ].join('\n')],
])('%s is refused', (_, call, message) => {
  expect(refusal(call).message).toBe(message);
});

test.each<[string, Partial<CorsPolicy>, string]>([
  ['no origin', { allowOrigins: [] }, 'IM1335'],
  ['any origin that there is', { allowOrigins: [StringMatch.present()] }, 'IM1335'],
  ['a host without a scheme', { allowOrigins: [StringMatch.exact('shop.example.com')] }, 'IM1335'],
  ['a beginning without an end', { allowOrigins: [StringMatch.prefix('https:')] }, 'IM1335'],
  ['a pattern of every origin, with credentials', { allowOrigins: [StringMatch.regex('.*')], allowCredentials: true }, 'IM1335'],
  ['a pattern of every secure origin, with credentials', { allowOrigins: [StringMatch.regex('https://.+')], allowCredentials: true }, 'IM1335'],
  ['the origin of files, with credentials', { allowOrigins: [StringMatch.exact('null')], allowCredentials: true }, 'IM1335'],
  ['every header, with credentials', { allowHeaders: ['*'], allowCredentials: true }, 'IM1335'],
  ['a header with a blank', { exposeHeaders: ['x two'] }, 'IM1335'],
  ['no age', { maxAge: Duration.seconds(0) }, 'IM0108'],
  ['an origin as text', { allowOrigins: ['https://shop.example.com' as never] }, 'IM0001'],
  ['a method in small letters', { allowMethods: ['get' as never] }, 'IM0001'],
])('%s is refused', (_, policy, code) => {
  expect(refusal(() => allowed(policy)).code).toBe(code);
});
