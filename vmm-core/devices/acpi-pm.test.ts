import { beforeEach, describe, expect, it } from 'vitest';
import { AcpiPm } from './acpi-pm';

const POWER_BUTTON = 0x100;
const STATUS = 0;
const ENABLE = 2;

describe('the fixed hardware of ACPI', () => {
  let levels: boolean[];
  let offs: number;
  let now: bigint;
  let pm: AcpiPm;

  beforeEach(() => {
    levels = [];
    offs = 0;
    now = 0n;
    pm = new AcpiPm({
      powerOff: () => {
        offs += 1;
      },
      setInterrupt: (level) => void levels.push(level),
      nowNs: () => now,
    });
  });

  it('raises the SCI for the power button until it is acknowledged', () => {
    pm.events.write(ENABLE, 2, POWER_BUTTON);
    pm.pressPowerButton();
    expect([pm.events.read(STATUS, 2), levels]).toEqual([POWER_BUTTON, [true]]);
    pm.events.write(STATUS, 2, POWER_BUTTON);
    expect([pm.events.read(STATUS, 2), levels]).toEqual([0, [true, false]]);
  });

  it('keeps a press until somebody enables it', () => {
    pm.pressPowerButton();
    expect(levels).toEqual([]);
    pm.events.write(ENABLE, 2, POWER_BUTTON);
    expect(levels).toEqual([true]);
  });

  it('keeps status bits that a zero was written to', () => {
    pm.pressPowerButton();
    pm.events.write(STATUS, 2, 0);
    pm.events.write(STATUS, 1, 0xff);
    expect(pm.events.read(STATUS, 2)).toBe(POWER_BUTTON);
    pm.events.write(STATUS + 1, 1, 1);
    expect(pm.events.read(STATUS, 2)).toBe(0);
  });

  it('is read and written by bytes too', () => {
    pm.events.write(ENABLE + 1, 1, 1);
    expect(pm.events.read(ENABLE, 2)).toBe(POWER_BUTTON);
    expect(pm.events.read(ENABLE + 1, 1)).toBe(1);
  });

  it('is in ACPI mode always', () => {
    pm.controls.write(0, 2, 0);
    expect(pm.controls.read(0, 2) & 1).toBe(1);
  });

  it('powers off when the guest enters S5, and for no other state', () => {
    const enter = (type: number): void => pm.controls.write(0, 2, (type << 10) | (1 << 13));
    enter(3);
    pm.controls.write(0, 2, 5 << 10);
    expect(offs).toBe(0);
    enter(5);
    expect(offs).toBe(1);
    expect(pm.controls.read(0, 2) & (1 << 13)).toBe(0);
  });

  it('counts 3,579,545 times a second, in 32 bits', () => {
    now = 1_000_000_000n;
    expect(pm.timer.read(0, 4)).toBe(3_579_545);
    now = 1_200_000_000_000n;
    expect(pm.timer.read(0, 4)).toBe((3_579_545 * 1200) % 2 ** 32);
    pm.timer.write(0, 4, 5);
    expect(pm.timer.read(2, 2)).toBe(((3_579_545 * 1200) % 2 ** 32) >>> 16);
  });
});
