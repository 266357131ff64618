import { describe, expect, it } from 'vitest';
import { Rtc } from './rtc';

const AFTERNOON = new Date(Date.UTC(2026, 10, 23, 14, 5, 59));

function clock(now: Date): {
  get(register: number): number;
  set(register: number, value: number): void;
} {
  const rtc = new Rtc(() => now);
  return {
    get: (register) => {
      rtc.write(0, 1, register);
      return rtc.read(1);
    },
    set: (register, value) => {
      rtc.write(0, 1, register);
      rtc.write(1, 1, value);
    },
  };
}

describe('the clock', () => {
  it('tells the time in UTC, in binary-coded decimals and 24 hours', () => {
    const { get } = clock(AFTERNOON);
    expect([0x32, 9, 8, 7, 4, 2, 0].map(get)).toEqual([0x20, 0x26, 0x11, 0x23, 0x14, 0x05, 0x59]);
    expect(get(6)).toBe(2);
  });

  it('tells it in binary when register B says so', () => {
    const { get, set } = clock(AFTERNOON);
    set(0x0b, 0x06);
    expect([get(4), get(0)]).toEqual([14, 59]);
  });

  it.each([
    [0, 0x12],
    [11, 0x11],
    [12, 0x92],
    [14, 0x82],
  ])('shows hour %i as %i on a twelve-hour clock', (hour, shown) => {
    const { get, set } = clock(new Date(Date.UTC(2026, 0, 1, hour)));
    set(0x0b, 0x00);
    expect(get(4)).toBe(shown);
  });

  it('is never in the middle of an update and has a good battery', () => {
    const { get } = clock(AFTERNOON);
    expect(get(0x0a) & 0x80).toBe(0);
    expect(get(0x0d)).toBe(0x80);
    expect(get(0x0c)).toBe(0);
  });

  it('keeps the other bytes', () => {
    const { get, set } = clock(AFTERNOON);
    set(0x40, 0x5a);
    expect(get(0x40)).toBe(0x5a);
  });

  it('does not take the NMI mask for part of the register number', () => {
    const { get } = clock(AFTERNOON);
    expect(get(0x80 | 0x09)).toBe(0x26);
  });
});
