import { describe, expect, it } from 'vitest';
import { problemOf } from '../testing/problems';
import { inHashingQueue } from './hashing-queue';

describe('the queue of passwords to be hashed', () => {
  it('does two at a time, in order, and turns away who would wait too long', async () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const ask = (n: number) =>
      inHashingQueue(() => {
        begun.push(n);
        return new Promise<number>((resolve) => ends.push(() => resolve(n)));
      });
    const all = Array.from({ length: 66 }, (_, n) => ask(n));
    expect(await problemOf(ask(66))).toMatchObject({ status: 503, code: 'too-busy' });
    expect(begun).toEqual([0, 1]);
    for (let n = 0; n < 66; n += 1) {
      await expect.poll(() => ends.length, { interval: 1 }).toBeGreaterThan(n);
      expect(begun.length).toBeLessThanOrEqual(n + 2);
      ends[n]?.();
      await all[n];
    }
    expect(begun).toEqual(Array.from({ length: 66 }, (_, n) => n));
  });

  it('goes on after one that failed', async () => {
    await expect(inHashingQueue(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    const all = [1, 2, 3].map((n) => inHashingQueue(async () => n));
    expect(await Promise.all(all)).toEqual([1, 2, 3]);
  });
});
