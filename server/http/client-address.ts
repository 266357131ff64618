import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { ProxyRange } from '../config/proxy-range';

/** An IPv4 address as a socket that listens on both kinds shows it. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Proxies whose word about where a request came from is taken. */
export class TrustedProxies {
  private readonly list = new BlockList();

  /** @param ranges addresses and networks, as `proxyRange` takes them */
  constructor(ranges: readonly ProxyRange[]) {
    for (const { address, prefix } of ranges) {
      this.list.addSubnet(address, prefix, familyOf(address));
    }
  }

  /**
   * Whom a request is from: the peer of the connection, or whom a trusted proxy names. Of the list in
   * X-Forwarded-For only the end is theirs; what stands before it the client may have made up.
   */
  addressOf({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let address = (socket.remoteAddress ?? 'unknown').replace(MAPPED, '');
    const named = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    for (const name of named.reverse()) {
      const before = name.trim().replace(MAPPED, '');
      if (!this.trusts(address) || isIP(before) === 0) return address;
      address = before;
    }
    return address;
  }

  private trusts(address: string): boolean {
    return isIP(address) !== 0 && this.list.check(address, familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
