import { byNarrowness, covers, gatewayHost, hostName, hostPattern, isPattern } from '../../src/values/host';
import { refusal } from '../helpers/build';

const LABEL_63 = 'a'.repeat(63);
const NAME_253 = [LABEL_63, LABEL_63, LABEL_63, 'a'.repeat(61)].join('.');

describe('a host name', () => {
  test.each(['reviews', 'www.example.com', 'a-b.example.com', 'xn--bcher-kva.example', '1.example.com', '1.2.3', LABEL_63, NAME_253])('%s is taken', host => {
    expect(hostName(host, 'x')).toBe(host);
    expect(hostPattern(host, 'x')).toBe(host);
    expect(isPattern(host)).toBe(false);
  });

  test('one that is no DNS name is refused', () => {
    expect(refusal(() => hostName('www_example.com', 'edge')).message).toBe([
      'IM0104 at edge: the host is no DNS name.',
      '  got      \'www_example.com\'',
      '  allowed  a DNS name such as www.example.com',
      '  next     write the host as clients call it',
    ].join('\n'));
  });

  test.each([
    '', 'WWW.example.com', 'example.com.', '.example.com', 'a..b', '-a.com', 'a-.com', 'a b.com', 'bücher.example', 'example.com:80',
    'http://example.com', 'example.com/path', '10.0.0.1', '::1', '[::1]', `${LABEL_63}a.com`, `a${NAME_253}`, `${NAME_253}.a`, 42, null, undefined, ['a'],
  ])('%p is refused, as a pattern too', host => {
    expect(refusal(() => hostName(host, 'edge'))).toMatchObject({ code: 'IM0104', at: 'edge' });
    expect(refusal(() => hostPattern(host, 'edge'))).toMatchObject({ code: 'IM0104', at: 'edge' });
  });

  test('a wildcard is refused where there can be none', () => {
    expect(refusal(() => hostName('*.example.com', 'edge')).message).toBe([
      'IM0105 at edge: a host name cannot have a wildcard here.',
      '  got      \'*.example.com\'',
      '  allowed  a DNS name such as www.example.com',
      '  next     move the star to the front, or list the hosts',
    ].join('\n'));
  });
});

describe('a host pattern', () => {
  test.each(['*', '*.com', '*.example.com', '*.a-b.example.com'])('%s is taken', host => {
    expect(hostPattern(host, 'x')).toBe(host);
    expect(isPattern(host)).toBe(true);
  });

  test('a wildcard in the wrong place is refused', () => {
    expect(refusal(() => hostPattern('www.*.com', 'edge')).message).toBe([
      'IM0105 at edge: the wildcard is in the wrong place.',
      '  got      \'www.*.com\'',
      '  allowed  *, or *. before a DNS name such as *.example.com',
      '  next     move the star to the front, or list the hosts',
    ].join('\n'));
  });

  test.each(['*example.com', '*-a.example.com', 'www.*', '*.', '**', '*.*', '*.*.com', '*.EXAMPLE.com', '*.example.com.', 'a*.com', `*.${'a'.repeat(64)}`])('%s is refused', host => {
    expect(refusal(() => hostPattern(host, 'edge'))).toMatchObject({ code: 'IM0105', at: 'edge' });
  });
});

test.each<[string, string, boolean]>([
  ['*', '*', true],
  ['*', '*.com', true],
  ['*', 'example.com', true],
  ['*.com', '*', false],
  ['*.com', '*.example.com', true],
  ['*.example.com', '*.com', false],
  ['*.example.com', '*.example.com', true],
  ['*.example.com', 'www.example.com', true],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', 'www-example.com', false],
  ['*.example.com', '*.other.com', false],
  ['*.b.com', 'a-b.com', false],
  ['www.example.com', 'www.example.com', true],
  ['www.example.com', '*.example.com', false],
  ['www.example.com', 'www.example.org', false],
])('%s covers %s: %p', (outer, inner, expected) => {
  expect(covers(outer, inner)).toBe(expected);
});

describe('a host of a gateway', () => {
  test.each(['www.example.com', '*.example.com', '*.com', '*'])('%s is taken', host => {
    expect(gatewayHost(host, 'x')).toBe(host);
  });

  test('a name of one label is refused: Istio takes it for a service', () => {
    expect(refusal(() => gatewayHost('shop', 'edge')).message).toBe([
      'IM0104 at edge: a gateway serves no name without a dot.',
      '  got      \'shop\'',
      '  allowed  a DNS name such as www.example.com, or *',
      '  next     write the host as clients call it',
    ].join('\n'));
  });

  test('the narrower comes first, though a name may be as long as the pattern that covers it', () => {
    const sorted = ['a.example.com', '*.b.example.com', '*.example.com', '*'];
    expect([...sorted].reverse().sort(byNarrowness)).toEqual(sorted);
  });
});
