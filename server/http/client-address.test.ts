import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { proxyRange } from '../config/proxy-range';
import { TrustedProxies } from './client-address';

function addressOf(peer: string, forwarded: string | undefined, ...trusted: string[]): string {
  const ranges = trusted.flatMap((text) => proxyRange(text) ?? []);
  return new TrustedProxies(ranges).addressOf({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);
}

describe('where a request comes from', () => {
  it('is the peer of the connection, whatever it says itself', () => {
    expect(addressOf('192.0.2.1', undefined)).toBe('192.0.2.1');
    expect(addressOf('192.0.2.1', '6.6.6.6')).toBe('192.0.2.1');
    expect(addressOf('192.0.2.1', '6.6.6.6', '127.0.0.1')).toBe('192.0.2.1');
    expect(addressOf('::ffff:192.0.2.1', undefined)).toBe('192.0.2.1');
  });

  it('is whom a trusted proxy names, and no further', () => {
    expect(addressOf('127.0.0.1', '192.0.2.7', '127.0.0.1')).toBe('192.0.2.7');
    expect(addressOf('::ffff:10.1.2.3', '6.6.6.6, 192.0.2.7', '10.0.0.0/8')).toBe('192.0.2.7');
    expect(addressOf('10.1.2.3', '6.6.6.6, 192.0.2.7, 10.9.9.9', '10.0.0.0/8')).toBe('192.0.2.7');
    expect(addressOf('fd00::1', '2001:db8::5', 'fd00::/8')).toBe('2001:db8::5');
    for (const nonsense of ['', 'unknown', '6.6.6.6, <script>', ',']) {
      expect(addressOf('127.0.0.1', nonsense, '127.0.0.1')).toBe('127.0.0.1');
    }
  });

  it('is trusted by addresses and networks only', () => {
    for (const text of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8x', '::1/129']) {
      expect(proxyRange(text)).toBeUndefined();
    }
    expect(proxyRange(' 10.0.0.0/8 ')).toEqual({ address: '10.0.0.0', prefix: 8 });
    expect(proxyRange('::1')).toEqual({ address: '::1', prefix: 128 });
  });
});
