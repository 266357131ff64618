import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-checks';
import { parseVsockConfig } from './config-vsock';

const VSOCK = { id: 'vsock', cid: 3, path: '/run/vm/vsock' };

describe('the configuration of a socket device', () => {
  it('is an id, an address and a path', () => {
    expect(parseVsockConfig(VSOCK, 'vsock')).toEqual(VSOCK);
    const longest = { id: 'v', cid: 0xffff_fffe, path: `/${'a'.repeat(95)}` };
    expect(parseVsockConfig(longest, 'vsock')).toEqual(longest);
  });

  it.each([
    ['id', { id: undefined }],
    ['cid', { cid: 2 }],
    ['cid', { cid: 0xffff_ffff }],
    ['cid', { cid: '3' }],
    ['path', { path: 'vsock' }],
    ['path', { path: '/a\0b' }],
    ['path', { path: `/${'a'.repeat(96)}` }],
    ['path', { path: `/${'ä'.repeat(48)}` }],
    ['port', { port: 5 }],
  ])('names %s as the wrong field of %o', (field, change) => {
    const parse = (): unknown => parseVsockConfig({ ...VSOCK, ...change }, 'vsock');
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(`vsock.${field}:`);
  });
});
