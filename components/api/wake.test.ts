import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onWake } from './wake';

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('onWake', () => {
  it('says nothing while the clock goes on', () => {
    const listener = vi.fn();
    onWake(listener);
    vi.advanceTimersByTime(HOUR_MS);
    expect(listener).not.toHaveBeenCalled();
  });

  it('tells once when the clock has jumped', () => {
    const listener = vi.fn();
    onWake(listener);
    vi.setSystemTime(Date.now() + HOUR_MS);
    vi.advanceTimersByTime(60_000);
    expect(listener).toHaveBeenCalledOnce();
  });

  it('leaves a hidden tab alone', () => {
    vi.stubGlobal('document', { hidden: true });
    const listener = vi.fn();
    onWake(listener);
    vi.setSystemTime(Date.now() + HOUR_MS);
    vi.advanceTimersByTime(60_000);
    expect(listener).not.toHaveBeenCalled();
  });
});
