import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtioRng } from './rng';
import { type TestBuffer, TestDriver } from './testing/driver';
import { hostileChains, offerHostile, turns } from './testing/hostile-chains';

const KiB = 1024;
const MiB = 2 ** 20;

describe('the entropy device', () => {
  let rng: VirtioRng;
  let driver: TestDriver;

  const start = (options: ConstructorParameters<typeof VirtioRng>[0] = { name: 'rng' }): void => {
    rng = new VirtioRng(options);
    rng.activate({ memory: driver.ram.memory, features: 0n, queues: [driver.queue] });
  };
  const ask = (...buffers: readonly TestBuffer[]): number => {
    const head = driver.send(...buffers);
    rng.notify();
    return head;
  };

  beforeEach(() => {
    driver = new TestDriver(64);
  });
  afterEach(() => {
    vi.useRealTimers();
    rng.reset();
    rng.close();
    driver.release();
  });

  it('fills every buffer of a request, and no two alike', () => {
    start();
    const head = ask({ space: 4096 }, { space: 0 }, { space: 100 });
    expect(driver.takeUsed()).toEqual([{ head, written: 4196 }]);
    const bytes = driver.bytesOf(head, 0);
    // Of 4096 random bytes about 16 are zero.
    expect(bytes.filter((byte) => byte === 0).length).toBeLessThan(64);
    expect(driver.bytesOf(head, 2)).not.toEqual(Buffer.alloc(100));
    expect(bytes.subarray(0, 100)).not.toEqual(driver.bytesOf(head, 2));
    expect(rng.counters()).toEqual({ requests: 1, bytes: 4196, throttled: 0 });
  });

  it('answers what was there before it was ready', () => {
    const head = driver.send({ space: 16 });
    start();
    expect(driver.takeUsed()).toEqual([{ head, written: 16 }]);
    expect(driver.interrupts).toBe(1);
  });

  it('gives part of a request that is too large, and writes no further', () => {
    start();
    const head = ask({ space: 200 * KiB }, { space: 200 * KiB });
    expect(driver.takeUsed()).toEqual([{ head, written: 256 * KiB }]);
    const beyond = driver.bytesOf(head, 1).subarray(56 * KiB);
    expect(beyond.equals(Buffer.alloc(144 * KiB))).toBe(true);
  });

  it('leaves the event loop to others between large requests', async () => {
    start();
    for (let i = 0; i < 4; i++) driver.send({ space: 256 * KiB });
    rng.notify();
    expect(driver.takeUsed()).toHaveLength(1);
    await turns();
    expect(driver.takeUsed()).toHaveLength(3);
  });

  it.each<[string, readonly TestBuffer[]]>([
    ['has something to read', [{ data: 'seed' }, { space: 16 }]],
    ['has no room', [{ space: 0 }]],
  ])('breaks the queue over a request that %s', (_what, buffers) => {
    start();
    ask(...buffers);
    expect(driver.takeUsed()).toEqual([]);
    expect(driver.brokenBy).toContain('random bytes');
  });

  it('keeps to its limit in the long run', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    start({ name: 'rng', limit: { bytesPerSecond: 10_000, burst: 100 } });
    for (let i = 0; i < 20; i++) driver.send({ space: 1000 });
    rng.notify();
    expect(driver.takeUsed()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    const served = driver.takeUsed();
    expect(served.length).toBeGreaterThanOrEqual(9);
    expect(served.length).toBeLessThanOrEqual(10);
    expect(rng.counters()['throttled']).toBeGreaterThan(8);
  });

  it('lets no single request owe more than the limit saves up', () => {
    start({ name: 'rng', limit: { bytesPerSecond: 10_000 } });
    const head = ask({ space: 64 * KiB });
    expect(driver.takeUsed()).toEqual([{ head, written: 1000 }]);
  });

  it('forgets a request that waits when it is reset', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    start({ name: 'rng', limit: { bytesPerSecond: 1000 } });
    ask({ space: 1000 });
    driver.takeUsed();
    const waiting = ask({ space: 1000 });
    rng.reset();
    await vi.advanceTimersByTimeAsync(5000);
    expect(driver.takeUsed()).toEqual([]);
    expect(driver.bytesOf(waiting, 0)).toEqual(Buffer.alloc(1000));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('survives whatever a driver sends, and serves the next one', async () => {
    start();
    await fc.assert(
      fc.asyncProperty(hostileChains(), async (chains) => {
        offerHostile(driver, chains);
        rng.notify();
        await turns(1);
        rng.reset();
        driver = new TestDriver(64, {}, driver.ram, MiB);
        rng.activate({ memory: driver.ram.memory, features: 0n, queues: [driver.queue] });
        const head = ask({ space: 8 });
        expect(driver.takeUsed()).toEqual([{ head, written: 8 }]);
      }),
      { numRuns: 150 },
    );
  });
});
