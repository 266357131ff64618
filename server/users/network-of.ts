import { isIP } from 'node:net';

/**
 * Whom one limit is for. Of IPv6 everybody has 2⁶⁴ addresses (RFC 6177), so it is the network that
 * counts.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const canonical = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = head === '' ? [] : head.split(':');
  // What `::` stands for is zeros, as many as are missing.
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ?? '').split(':')];
  return `${all.slice(0, 4).join(':')}::/64`;
}
