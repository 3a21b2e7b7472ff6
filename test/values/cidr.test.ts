import { cidr } from '../../src/values/cidr';
import { refusal } from '../helpers/build';

test.each(['10.0.0.0/8', '203.0.113.7/32', '0.0.0.0/0', '2001:db8::/32', '::/0'])('%s is taken', block => {
  expect(cidr(block, 'x')).toBe(block);
});

test('what is no block is refused', () => {
  expect(refusal(() => cidr('10.0.0.0', 'shop/reviews')).message).toBe([
    'IM0112 at shop/reviews: not a CIDR.',
    '  got      \'10.0.0.0\'',
    '  allowed  an address and the prefix length, such as 203.0.113.0/24',
    '  next     write the address and the prefix length, such as 203.0.113.0/24',
  ].join('\n'));
});

test.each(['', '10.0.0.0/33', '10.0.0/8', '10/8', '0xa.0.0.0/8', '010.0.0.0/8', '256.0.0.0/8', '10.0.0.0/-1', '10.0.0.0/', '::/129', 'fe80::1%eth0/64', 'example.com/8', ' 10.0.0.0/8', 8, null, undefined])('%p is refused', block => {
  expect(refusal(() => cidr(block as never, 'x'))).toMatchObject({ code: 'IM0112', at: 'x' });
});
