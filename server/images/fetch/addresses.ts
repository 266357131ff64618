import { isIP } from 'node:net';

/** An IP address as its bytes: 4 or 16. */
export type AddressBytes = readonly number[];

/** @param text as a socket or a resolver gives it; a zone behind % is left out @returns undefined when it is none */
export function parseAddress(text: string): AddressBytes | undefined {
  const [address = ''] = text.split('%', 1);
  switch (isIP(address)) {
    case 4:
      return address.split('.').map(Number);
    case 6:
      return parseIpv6(address);
    default:
      return undefined;
  }
}

/** @param address one that isIP() takes */
function parseIpv6(address: string): AddressBytes {
  const [before = '', after] = address.split('::', 2);
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const zeros = new Array<number>(16 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail];
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Whether an address lies in a network. Both must be of the same length. */
export function isWithin(
  address: AddressBytes,
  network: AddressBytes,
  prefixBits: number,
): boolean {
  if (address.length !== network.length) return false;
  for (let i = 0, left = prefixBits; left > 0; i += 1, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((address[i] ?? 0) & mask) !== ((network[i] ?? 0) & mask)) return false;
  }
  return true;
}
