import { beforeEach, describe, expect, it } from 'vitest';
import { type BusDevice, PortBus } from './bus';

describe('the port bus', () => {
  let bus: PortBus;
  let seen: string[];

  beforeEach(() => {
    bus = new PortBus();
    seen = [];
  });

  const device = (name: string, widest: 1 | 2 | 4): BusDevice => ({
    widest,
    read: (offset, size) => {
      seen.push(`${name} read ${offset}/${size}`);
      return 0x10 + offset;
    },
    write: (offset, size, value) => void seen.push(`${name} write ${offset}/${size} ${value}`),
  });

  it('reads as ones and swallows writes where nobody answers', () => {
    bus.write(0x80, 1, 5);
    expect([bus.read(0x80, 1), bus.read(0x80, 2), bus.read(0x80, 4)]).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ]);
  });

  it('gives a device offsets from the start of its range', () => {
    bus.attach(0x3f8, 8, device('uart', 1));
    expect(bus.read(0x3fd, 1)).toBe(0x15);
    bus.write(0x3f8, 1, 65);
    expect(seen).toEqual(['uart read 5/1', 'uart write 0/1 65']);
  });

  it('splits what is wider than the device into bytes, low address first on a write', () => {
    bus.attach(0x70, 2, device('clock', 1));
    bus.write(0x70, 2, 0xabcd);
    expect(seen).toEqual([`clock write 0/1 ${0xcd}`, `clock write 1/1 ${0xab}`]);
    expect(bus.read(0x70, 2)).toBe(0x1110);
  });

  it('passes a wide access to a device that takes it whole', () => {
    bus.attach(0xf4, 4, device('exit', 4));
    bus.write(0xf4, 4, 0xffff_ffff);
    expect(seen).toEqual([`exit write 0/4 ${0xffff_ffff}`]);
  });

  it('spreads an access over neighbours', () => {
    bus.attach(0x70, 1, device('a', 1));
    bus.attach(0x72, 1, device('b', 1));
    expect(bus.read(0x70, 4)).toBe(0xff10_ff10);
  });

  it('wraps at the last port', () => {
    bus.attach(0xffff, 1, device('last', 1));
    expect(bus.read(0xffff, 2)).toBe(0xff10);
  });

  it('refuses two devices on one port', () => {
    bus.attach(0x70, 2, device('a', 1));
    expect(() => bus.attach(0x71, 1, device('b', 1))).toThrow('0x71');
  });
});
