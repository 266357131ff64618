import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FleetFigures } from '@/server/api/metrics';
import { ALL, FleetFeed } from './fleet-feed';

const point = (cpu: number) => ({ cpu, memoryBytes: 1 });

function opened() {
  let send: (message: FleetFigures) => void = () => {};
  let lose = () => {};
  const close = vi.fn();
  const open = vi.fn((onFigures: typeof send, onLost: () => void) => {
    send = onFigures;
    lose = onLost;
    return { close };
  });
  const feed = new FleetFeed(open);
  feed.resume();
  return {
    feed,
    close,
    open,
    lose: () => lose(),
    send: (machines: FleetFigures['machines']) => send({ stepSeconds: 2, machines }),
  };
}

afterEach(() => vi.useRealTimers());

describe('the figures of all machines', () => {
  it('come back after an answer that was no stream, unless nobody looks any more', () => {
    vi.useFakeTimers();
    const { feed, open, lose } = opened();
    lose();
    vi.advanceTimersByTime(5_000);
    expect(open).toHaveBeenCalledTimes(2);
    lose();
    feed.pause();
    vi.advanceTimersByTime(60_000);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('go on from the past that came first', () => {
    const { feed, send } = opened();
    send({ a: [point(1), point(2)] });
    send({ a: [point(3)] });
    expect(feed.figures('a').map(({ cpu }) => cpu)).toEqual([1, 2, 3]);
  });

  it('begin anew with each connection, and end with the machine', () => {
    const { feed, send, close } = opened();
    send({ a: [point(1)], b: [point(1)] });
    feed.pause();
    expect(close).toHaveBeenCalledOnce();
    feed.resume();
    send({ a: [point(5)] });
    expect(feed.figures('a')).toEqual([point(5)]);
    expect(feed.figures('b')).toEqual([]);
  });

  it('are told to who asked for that machine', () => {
    const { feed, send } = opened();
    const told = vi.fn();
    const leave = feed.subscribe('a', told);
    send({ b: [point(1)] });
    expect(told).not.toHaveBeenCalled();
    send({ a: [point(1)] });
    expect(told).toHaveBeenCalledOnce();
    leave();
    send({ a: [point(2)] });
    expect(told).toHaveBeenCalledOnce();
  });

  it('tell who is the busiest', () => {
    const { feed, send } = opened();
    const told = vi.fn();
    feed.subscribe(ALL, told);
    send({ idle: [point(0)], busy: [point(0.9)], middling: [point(0.5)] });
    expect(feed.busiest).toEqual(['busy', 'middling', 'idle']);
    expect(told).toHaveBeenCalledOnce();
  });

  it('are no more than are shown', () => {
    const { feed, send } = opened();
    for (let i = 0; i < 100; i += 1) send({ a: [point(i)] });
    expect(feed.figures('a')).toHaveLength(45);
    expect(feed.figures('a').at(-1)).toEqual(point(99));
  });
});
