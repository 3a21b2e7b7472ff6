import * as fc from 'fast-check';
import { certifies, isCertified } from '../../../src/traffic/servers/certificate-names';

test('a set of names certifies what one of them certifies', () => {
  const name = fc.constantFrom('a.com', 'b.a.com', '*.a.com', '*.com', '*.b.a.com');
  const host = fc.constantFrom('a.com', 'b.a.com', 'c.b.a.com', '*.a.com', '*.com', '*.b.a.com', '*');
  fc.assert(fc.property(fc.array(name), host, (names, each) => {
    expect(isCertified(new Set(names), each)).toBe(names.some(one => certifies(one, each)));
  }));
});
