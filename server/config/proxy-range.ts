import { isIP } from 'node:net';

/** Proxies that are trusted. */
export interface ProxyRange {
  readonly address: string;
  /** Bits that are the same for all of them. */
  readonly prefix: number;
}

/** @returns undefined when the text is no address and no network, such as 10.0.0.0/8 */
export function proxyRange(text: string): ProxyRange | undefined {
  const [address = '', length, ...more] = text.trim().split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  const isPrefix = length === undefined || (/^\d{1,3}$/.test(length) && prefix <= most);
  return isPrefix ? { address, prefix } : undefined;
}
