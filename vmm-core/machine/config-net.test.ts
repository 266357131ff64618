import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-checks';
import { macBytes, parseNetConfig } from './config-net';

const NET = { id: 'lan', tap: 'vd-tap0', mac: '02:00:00:0A:bc:01' };

function errorOf(net: unknown): { readonly field: string; readonly message: string } {
  try {
    parseNetConfig(net, 'net[0]');
  } catch (error) {
    if (error instanceof ConfigError) return { field: error.field, message: error.message };
    throw error;
  }
  throw new Error('was accepted');
}

describe('the configuration of a network interface', () => {
  it('needs an id, a tap and an address, and fills in the rest', () => {
    expect(parseNetConfig(NET, 'net[0]')).toEqual({
      id: 'lan',
      tap: 'vd-tap0',
      mac: '02:00:00:0a:bc:01',
      queuePairs: 1,
      offloads: true,
      linkUp: true,
    });
  });

  it('takes everything that can be said', () => {
    const all = {
      ...NET,
      mac: '02:00:00:0a:bc:01',
      mtu: 9000,
      queuePairs: 4,
      offloads: false,
      linkUp: false,
      limits: { rx: { bytesPerSecond: 125_000_000, burst: 20 }, tx: { operationsPerSecond: 1000 } },
    };
    expect(parseNetConfig(all, 'net[0]')).toEqual(all);
  });

  it.each([
    ['id', {}],
    ['tap', { tap: 'sixteen-bytes-ab' }],
    ['tap', { tap: 'a/b' }],
    ['tap', { tap: 'tap%d' }],
    ['tap', { tap: '-a' }],
    ['tap', { tap: 'tap 0' }],
    ['mac', { mac: '02:00:00:00:00' }],
    ['mac', { mac: '02:00:00:00:00:0g' }],
    ['mac', { mac: '01:00:5e:00:00:01' }],
    ['mac', { mac: '00:00:00:00:00:00' }],
    ['mac', { mac: 'ff:ff:ff:ff:ff:ff' }],
    ['mtu', { mtu: 67 }],
    ['mtu', { mtu: 65_536 }],
    ['queuePairs', { queuePairs: 0 }],
    ['queuePairs', { queuePairs: 17 }],
    ['offloads', { offloads: 'yes' }],
    ['linkUp', { linkUp: 1 }],
    ['limits.up', { limits: { up: {} } }],
    ['limits.rx.bytesPerSecond', { limits: { rx: { bytesPerSecond: 0 } } }],
    ['limits.tx.operationsPerSecond', { limits: { tx: { operationsPerSecond: 1.5 } } }],
    ['limits.tx.burst', { limits: { tx: { burst: 0 } } }],
    ['limits.tx.bytes', { limits: { tx: { bytes: 5 } } }],
    ['vlan', { vlan: 5 }],
  ])('names %s as the wrong field of %o', (field, change) => {
    const net = field === 'id' ? { tap: NET.tap, mac: NET.mac } : { ...NET, ...change };
    expect(errorOf(net).field).toBe(`net[0].${field}`);
  });

  it('turns an address into the bytes of the wire', () => {
    expect([...macBytes('02:00:00:0a:bc:01')]).toEqual([2, 0, 0, 0x0a, 0xbc, 1]);
  });
});
