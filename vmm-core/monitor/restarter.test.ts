import { describe, expect, it } from 'vitest';
import { Restarter } from './restarter';

describe('the restart policy', () => {
  it.each([
    ['never', [undefined, undefined]],
    ['on-crash', [1000, undefined]],
    ['always', [1000, 2000]],
  ] as const)('%s: after a crash, and after an orderly end', (policy, delays) => {
    const restarter = new Restarter(policy);
    expect([restarter.delayAfter('crashed', 10), restarter.delayAfter('ended', 10)]).toEqual(
      delays,
    );
  });

  it('waits twice as long each time, up to a minute', () => {
    const restarter = new Restarter('always');
    const delays = Array.from({ length: 8 }, () => restarter.delayAfter('crashed', 500));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('begins anew after a run of a minute', () => {
    const restarter = new Restarter('on-crash');
    restarter.delayAfter('crashed', 0);
    restarter.delayAfter('crashed', 0);
    expect(restarter.delayAfter('crashed', 60_000)).toBe(1000);
  });
});
