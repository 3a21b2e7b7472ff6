import * as ipaddr from 'ipaddr.js';
import { MeshError } from '../diagnostics/mesh-error';
import { Located } from '../diagnostics/refusal';

/** The text, if it is a block of addresses such as 10.0.0.0/8. */
export function cidr(text: string, at: Located | string): string {
  if (!isPlainCidr(text)) {
    throw new MeshError('IM0112', at, { problem: 'not a CIDR', got: text, allowed: 'an address and the prefix length, such as 203.0.113.0/24' });
  }
  return text;
}

/** The text, if it is an address such as 127.0.0.1 or ::1. */
export function ipAddress(text: string, at: Located | string): string {
  if (!isAddress(text)) {
    throw new MeshError('IM1354', at, { problem: 'the address to bind to is none', got: text, allowed: 'an address of the pod, such as 127.0.0.1' });
  }
  return text;
}

/** Whether a text is a block of addresses. */
function isPlainCidr(text: unknown): text is string {
  return typeof text === 'string' && ipaddr.isValidCIDR(text) && isPlainlyWritten(text);
}

/** Whether a text is an address. */
export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && ipaddr.isValid(text) && isPlainlyWritten(text);
}

/** Whether a text is an address or a block of them. */
export function isAddressOrBlock(text: unknown): text is string {
  return isAddress(text) || isPlainCidr(text);
}

/** Whether a text that is an address or a block is a block. */
export function isBlock(text: string): boolean {
  return text.includes('/');
}

/** An address or block as a block. */
export function asBlock(place: string): string {
  return isBlock(place) ? place : `${place}/${place.includes(':') ? 128 : 32}`;
}

/** An address or a block of them, spelled in the one way that is compared by: a block without what its prefix leaves open. */
export function canonicalAddress(text: string): string {
  if (!isBlock(text)) {
    return ipaddr.parse(text).toNormalizedString();
  }
  const [address, length] = ipaddr.parseCIDR(text);
  const first = address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  // A block of one address is that address.
  return length === (address.kind() === 'ipv4' ? 32 : 128) ? address.toNormalizedString() : `${first.toNormalizedString()}/${length}`;
}

/** The library reads `10/8`, octal and hexadecimal numbers and zones as well; the API server refuses them. */
function isPlainlyWritten(block: string): boolean {
  return block.includes(':') ? !block.includes('%') : ipaddr.IPv4.isValidFourPartDecimal(block.split('/')[0]);
}

/** Whether two addresses or blocks have an address in common. What is no block is taken to have none. */
export function overlap(one: string, other: string): boolean {
  if (![one, other].every(isAddressOrBlock)) {
    return false;
  }
  const [a, b] = [one, other].map(each => ipaddr.parseCIDR(asBlock(each)));
  const bits = Math.min(a[1], b[1]);
  return a[0].kind() === b[0].kind() && (a[0] as ipaddr.IPv4).match(b[0] as ipaddr.IPv4, bits);
}

/** Blocks from which pods and Services of a cluster have their addresses. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Whether an address or block may have addresses of pods and Services. What is neither, such as `*`, may. */
export function mayBePrivate(block: string): boolean {
  return !isAddressOrBlock(block) || PRIVATE.some(each => overlap(each, block));
}
