import { beforeEach, describe, expect, it } from 'vitest';
import { AdaptivePoll } from './adaptive-poll';

describe('looking before sleeping', () => {
  let now: number;
  let poll: AdaptivePoll;
  beforeEach(() => {
    now = 100;
    poll = new AdaptivePoll(() => {
      now += 0.001;
      return now;
    });
  });

  /** The driver rings so many ms after we went to sleep. */
  const ringAfter = (ms: number): void => {
    poll.sleep();
    now += ms;
    poll.woken();
  };
  /** How often it looks when nothing comes. */
  const looks = (): number => {
    let count = 0;
    poll.lookFor(() => {
      count += 1;
      return false;
    });
    return count;
  };

  it('is not done for a driver nobody knows, or one that takes its time', () => {
    expect(looks()).toBe(0);
    ringAfter(1);
    expect(looks()).toBe(0);
  });

  it('is done for a driver that rings at once, the longer the better it works', () => {
    ringAfter(0.01);
    const first = looks();
    expect(first).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) ringAfter(0.01);
    expect(looks()).toBeGreaterThan(first);
  });

  it('never takes longer than a wake-up', () => {
    for (let i = 0; i < 20; i++) ringAfter(0.001);
    const before = now;
    looks();
    expect(now - before).toBeLessThan(0.05);
  });

  it('ends though the clock stands still', () => {
    const stopped = new AdaptivePoll(() => 1);
    stopped.sleep();
    stopped.woken();
    expect(stopped.lookFor(() => false)).toBe(false);
  });

  it('ends when something is there', () => {
    ringAfter(0.01);
    expect(poll.lookFor(() => true)).toBe(true);
  });

  it('is given up when it does not help', () => {
    for (let i = 0; i < 5; i++) ringAfter(0.01);
    for (let i = 0; i < 6; i++) looks();
    expect(looks()).toBe(0);
  });
});
