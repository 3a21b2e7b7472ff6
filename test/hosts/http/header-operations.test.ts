import { HttpHeaders, renderHeaders } from '../../../src/hosts/http/header-operations';
import { refusal } from '../../helpers/build';

/** Without the fields that are undefined, as it is written. */
const rendered = (headers: HttpHeaders) => JSON.parse(JSON.stringify(renderHeaders(headers, 'here') ?? null));

test('operations are sorted by name, and empty ones are left out', () => {
  expect(rendered({ request: { set: { 'x-b': '1', 'x-a': '2' }, add: {}, remove: ['x-d', 'x-c'] }, response: { add: { 'x-e': '3' } } })).toEqual({
    request: { set: { 'x-a': '2', 'x-b': '1' }, remove: ['x-c', 'x-d'] },
    response: { add: { 'x-e': '3' } },
  });
  expect(JSON.stringify(rendered({ request: { set: { 'x-b': '1', 'x-a': '2' } } }))).toBe('{"request":{"set":{"x-a":"2","x-b":"1"}}}');
  expect(rendered({})).toBeNull();
  expect(rendered({ request: {}, response: { remove: [] } })).toBeNull();
});

test.each(['%HOSTNAME%', '100%%', 'prefix %REQ(x-a?:path)% suffix', '%START_TIME(%Y-%m)%%%', 'a\tb'])('the value %s is taken', value => {
  expect(rendered({ request: { set: { 'x-a': value } } })).toEqual({ request: { set: { 'x-a': value } } });
});

test.each<[string, HttpHeaders, string]>([
  ['a name in capitals', { request: { set: { 'X-A': '1' } } }, [
    'IM1332 at here: the text is not a header name that a route can change.',
    '  got      \'X-A\'',
    '  allowed  lower-case letters, digits and dashes; host, path and method have properties of their own',
    '  next     correct the operation',
  ].join('\n')],
  ['the host', { request: { add: { host: 'example.com' } } }, [
    'IM1332 at here: the text is not a header name that a route can change.',
    '  got      \'host\'',
    '  allowed  lower-case letters, digits and dashes; host, path and method have properties of their own',
    '  next     use `rewrite: { authority }`',
  ].join('\n')],
  ['two operations on one header', { response: { set: { 'x-a': '1' }, remove: ['x-a'] } }, [
    'IM1332 at here: the header x-a has two operations.',
    '  got      ["x-a","x-a"]',
    '  allowed  one of set, add and remove for each header',
    '  next     correct the operation',
  ].join('\n')],
  ['an empty value', { request: { set: { 'x-a': '' } } }, [
    'IM1332 at here: the value of the header x-a is invalid: it is empty or has control characters.',
    '  got      \'\'',
    '  allowed  a text without line breaks, in which percent signs enclose a variable such as %HOSTNAME% or are doubled',
    '  next     remove the header instead',
  ].join('\n')],
])('%s is refused', (_, headers, message) => {
  expect(refusal(() => renderHeaders(headers, 'here')).message).toBe(message);
});

test.each<[string, HttpHeaders]>([
  ['a pseudo-header', { request: { set: { ':path': '/' } } }],
  ['the pseudo-header of the host', { request: { set: { ':authority': 'example.com' } } }],
  ['a pseudo-header to remove', { request: { remove: [':method'] } }],
  ['a name with a blank', { response: { add: { 'x a': '1' } } }],
  ['a name without a letter', { response: { add: { '': '1' } } }],
  ['a name that objects inherit', { response: { remove: ['constructor'] } }],
  ['a header removed twice', { request: { remove: ['x-a', 'x-a'] } }],
  ['a line break in a value', { request: { set: { 'x-a': 'a\nx-b: c' } } }],
  ['a percent sign by itself', { request: { set: { 'x-a': '100%' } } }],
  ['a variable that Envoy does not have', { request: { set: { 'x-a': '%FOO%' } } }],
  ['a variable without its argument', { request: { set: { 'x-a': '%REQ%' } } }],
  ['a variable with a length, which Istio refuses', { request: { set: { 'x-a': '%REQ(x-a):20%' } } }],
  ['a variable without an end', { request: { set: { 'x-a': '%HOSTNAME' } } }],
])('%s is refused', (_, headers) => {
  expect(refusal(() => renderHeaders(headers, 'here')).code).toBe('IM1332');
});
