import { describe, expect, it } from 'vitest';
import { DEFAULT_BURST_MS, type Limit, RateLimiter } from './rate-limiter';

function limiterAt(limit: Limit): {
  readonly limiter: RateLimiter;
  readonly time: { now: number };
} {
  const time = { now: 5000 };
  return { limiter: new RateLimiter(limit, () => time.now), time };
}

/** Asks for requests of `bytes` as fast as it may, as a device does. @returns how many passed */
function passedIn(ms: number, limit: Limit, bytes: number): number {
  const { limiter, time } = limiterAt(limit);
  const end = time.now + ms;
  let passed = 0;
  while (time.now < end) {
    const wait = limiter.tryTake(bytes);
    if (wait === 0) passed += 1;
    time.now += wait;
  }
  return passed;
}

describe('a rate limiter', () => {
  it('without bounds grants everything at once', () => {
    const { limiter } = limiterAt({});
    for (let i = 0; i < 1000; i++) expect(limiter.tryTake(2 ** 30)).toBe(0);
  });

  it('grants what was saved up, then says how long to wait', () => {
    const { limiter, time } = limiterAt({ bytesPerSecond: 1_000_000, burst: 10 });
    expect(limiter.tryTake(6000)).toBe(0);
    expect(limiter.tryTake(6000)).toBe(0);
    // 2,000 bytes are owed, at 1,000 a millisecond; just after that there is something again.
    expect(limiter.tryTake(1)).toBe(3);
    time.now += 2;
    expect(limiter.tryTake(1)).toBe(1);
    time.now += 1;
    expect(limiter.tryTake(1)).toBe(0);
  });

  it('saves up no more than its burst, however long it idles', () => {
    const { limiter, time } = limiterAt({ operationsPerSecond: 1000, burst: 5 });
    time.now += 3_600_000;
    const granted = [0, 1, 2, 3, 4, 5].map(() => limiter.tryTake(0) === 0);
    expect(granted).toEqual([true, true, true, true, true, false]);
  });

  it('saves up a tenth of a second if not told', () => {
    const { limiter } = limiterAt({ operationsPerSecond: 1000 });
    let granted = 0;
    while (limiter.tryTake(0) === 0) granted += 1;
    expect(granted).toBe(DEFAULT_BURST_MS);
  });

  it('takes a request larger than its burst, and lets the next wait for it', () => {
    const { limiter } = limiterAt({ bytesPerSecond: 1000, burst: 1 });
    expect(limiter.tryTake(1001)).toBe(0);
    expect(limiter.tryTake(1)).toBe(1001);
  });

  it.each([
    ['bytes', { bytesPerSecond: 1_500_000 }, 1000],
    ['operations', { operationsPerSecond: 250 }, 250],
    ['both, of which one is the narrower', { bytesPerSecond: 1e9, operationsPerSecond: 100 }, 100],
  ])('holds the mean rate of %s', (_what, limit, expected) => {
    const passed = passedIn(20_000, { ...limit, burst: 1 }, 1500) / 20;
    expect(passed).toBeGreaterThan(expected * 0.99);
    expect(passed).toBeLessThan(expected * 1.01);
  });

  it('books what turned out longer than was known when it was asked', () => {
    const { limiter } = limiterAt({ bytesPerSecond: 1000, burst: 1000 });
    expect(limiter.wait()).toBe(0);
    limiter.take(1500);
    expect(limiter.wait()).toBe(501);
  });
});
