import { expect, it, vi } from 'vitest';
import { PvPanic } from './pvpanic';

it('hears of a panic, and not of a crash kernel that takes over', () => {
  const onPanic = vi.fn();
  const device = new PvPanic(onPanic);
  expect(device.read()).toBe(3);
  device.write(0, 1, 2);
  expect(onPanic).not.toHaveBeenCalled();
  device.write(0, 1, 1);
  expect(onPanic).toHaveBeenCalledOnce();
});
