import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VmSample } from '@/server/api/metrics';
import { MetricsFeed, type StreamEvents } from './metrics-feed';
import { sampleAt } from './testing/samples';

let streams: { events: StreamEvents; closed: boolean }[];
let history: () => Promise<readonly VmSample[]>;
let feed: MetricsFeed;
let told: number;

const last = () => streams.at(-1) ?? expect.fail('no stream was opened');

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  told = 0;
  history = async () => [sampleAt(0), sampleAt(1)];
  feed = new MetricsFeed({
    fetchHistory: () => history(),
    openStream: (events) => {
      const stream = { events, closed: false };
      streams.push(stream);
      return {
        close: () => {
          stream.closed = true;
        },
      };
    },
  });
  feed.subscribe(() => told++);
});

afterEach(() => {
  feed.pause();
  vi.useRealTimers();
});

describe('MetricsFeed', () => {
  it('joins the history and the stream without losing or doubling a second', async () => {
    feed.resume();
    let answer: (samples: readonly VmSample[]) => void = () => {};
    history = () => new Promise((resolve) => (answer = resolve));
    last().events.open();
    last().events.sample(sampleAt(2));
    answer([sampleAt(0), sampleAt(1), sampleAt(2)]);
    await vi.advanceTimersByTimeAsync(0);
    last().events.sample(sampleAt(3));
    expect(feed.samples).toEqual([0, 1, 2, 3].map((second) => sampleAt(second)));
  });

  it('tells that an empty history is all there is', async () => {
    history = async () => [];
    feed.resume();
    expect(feed.loaded).toBe(false);
    last().events.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.loaded).toBe(true);
    expect(told).toBe(1);
  });

  it('closes the stream while nobody looks, and fetches what was missed', async () => {
    feed.resume();
    last().events.open();
    await vi.advanceTimersByTimeAsync(0);
    feed.pause();
    expect(last().closed).toBe(true);
    history = async () => [sampleAt(0), sampleAt(1), sampleAt(2), sampleAt(3)];
    feed.resume();
    last().events.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(streams).toHaveLength(2);
    expect(feed.samples).toHaveLength(4);
  });

  it('opens a stream again that was lost for good', async () => {
    feed.resume();
    last().events.lost();
    expect(streams).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(streams).toHaveLength(2);
  });

  it('goes on when the history cannot be had', async () => {
    history = () => Promise.reject(new Error('unreachable'));
    feed.resume();
    last().events.open();
    await vi.advanceTimersByTimeAsync(0);
    last().events.sample(sampleAt(9));
    expect(feed.samples).toEqual([sampleAt(9)]);
  });
});
