import { beforeEach, describe, expect, it } from 'vitest';
import { DebugExit, I8042, ResetControl } from './power';

describe('the ports that end or restart a machine', () => {
  const asked: string[] = [];
  const control = {
    reset: () => void asked.push('reset'),
    powerOff: () => void asked.push('power off'),
    panicked: () => void asked.push('panicked'),
    exit: (code: number) => void asked.push(`exit ${code}`),
  };
  beforeEach(() => void asked.splice(0));

  it('the keyboard controller resets on its command 0xFE only', () => {
    const i8042 = new I8042(control);
    i8042.write(4, 1, 0xff);
    i8042.write(0, 1, 0xfe);
    expect(asked).toEqual([]);
    i8042.write(4, 1, 0xfe);
    expect(asked).toEqual(['reset']);
  });

  it('the keyboard controller is never busy', () => {
    expect(new I8042(control).read()).toBe(0);
  });

  it('the reset control register resets when bit 2 rises', () => {
    const register = new ResetControl(control);
    register.write(0, 1, 0x02);
    expect(asked).toEqual([]);
    register.write(0, 1, 0x06);
    register.write(0, 1, 0x06);
    expect(asked).toEqual(['reset']);
    expect(register.read()).toBe(0x06);
  });

  it('the debug exit hands on what was written', () => {
    new DebugExit(control).write(0, 4, 0x1234_5678);
    expect(asked).toEqual([`exit ${0x1234_5678}`]);
  });
});
