import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostSample, VmSample } from '../api/metrics';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { silentLog } from '../log/log';
import { someSample } from '../testing/some-sample';
import { decodeBlock, encodeBlock } from './block-format';
import { BlockStore } from './block-store';
import { MetricsHistory } from './metrics-history';

const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const DAY = 86_400;

class Source {
  private onVm: (id: string, sample: VmSample) => void = () => {};

  onSample(listener: (id: string, sample: VmSample) => void): () => void {
    this.onVm = listener;
    return () => {
      this.onVm = () => {};
    };
  }

  onHostSample(_: (sample: HostSample) => void): () => void {
    return () => {};
  }

  send(seconds: number, running: number): void {
    const vcpus = [{ running, waiting: 0, halted: null }];
    const at = new Date(seconds * 1000).toISOString();
    this.onVm('vm-1', someSample({ at, vcpus }));
  }
}

let opened: TestDatabase;
let source: Source;
let history: MetricsHistory;
let now: number;

beforeEach(async () => {
  opened = await openTestDatabase();
  source = new Source();
  now = START;
  await start();
});
afterEach(async () => {
  await history.close();
  await opened.close();
});

async function start(): Promise<void> {
  history = new MetricsHistory(
    new BlockStore(opened.database),
    source,
    silentLog,
    () => now * 1000,
  );
  history.open();
  // The first sample finds what an earlier console has kept; those after it count.
  source.send(now, 0);
  await history.settled();
}

/** A sample a second; the last one ends the points before it. */
function run(seconds: number, running: (second: number) => number = () => 0.5): void {
  for (let i = 0; i < seconds; i++) source.send(now + i, running(now + i));
  now += seconds;
}

describe('the history of a machine', () => {
  it('has a point each ten seconds: the mean, and the largest where that matters', async () => {
    run(31, (second) => (second % 10 === 3 ? 1 : 0));
    const { stepSeconds, times, columns } = await history.read('vm-1', '1h');
    expect(stepSeconds).toBe(10);
    expect(times).toEqual([START, START + 10, START + 20]);
    expect(columns['cpu']?.[1]).toBeCloseTo(0.1);
    expect(columns['cpuMax']?.[1]).toBe(1);
    expect(columns['diskOperations']?.[1]).toBe(7);
  });

  it('is coarser the farther it goes back', async () => {
    run(3 * 3600 + 1);
    // The one that is being gathered is not shown yet.
    expect((await history.read('vm-1', '1h')).times).toHaveLength(359);
    expect((await history.read('vm-1', '6h')).times).toHaveLength(180);
    expect((await history.read('vm-1', '24h')).times).toHaveLength(90);
    expect((await history.read('vm-1', '30d')).times).toHaveLength(3);
    expect((await history.read('vm-1', '1y')).columns['cpu']).toEqual([expect.closeTo(0.5)]);
  });

  it('leaves gaps where there was nothing', async () => {
    run(20);
    now += 600;
    run(21);
    const { times } = await history.read('vm-1', '1h');
    expect(times).toEqual([START, START + 10, START + 620, START + 630]);
  });

  it('goes on after a restart of the console', async () => {
    run(40);
    await history.close();
    await start();
    run(41);
    const { times, columns } = await history.read('vm-1', '1h');
    expect(times).toEqual([0, 10, 20, 30, 40, 50, 60, 70].map((at) => START + at));
    expect(columns['cpu']?.at(-1)).toBeCloseTo(0.5);
    // All in one row for each step that has points.
    expect(await opened.database.metricBlock.count({ where: { stepSeconds: 10 } })).toBe(1);
  });

  it('is forgotten with the machine', async () => {
    run(31);
    await history.flush();
    await history.forget('vm-1');
    expect(await opened.database.metricBlock.count()).toBe(0);
  });

  it('is kept as long as its step says', async () => {
    run(3601);
    await history.flush();
    now += 2 * DAY;
    await history.prune();
    const rows = await opened.database.metricBlock.groupBy({
      by: ['stepSeconds'],
      _count: true,
      orderBy: { stepSeconds: 'asc' },
    });
    expect(rows.map(({ stepSeconds }) => stepSeconds)).toEqual([60, 1800]);
    now += 400 * DAY;
    await history.prune();
    expect(await opened.database.metricBlock.count()).toBe(0);
  });

  it('loses nothing when the database cannot be written for a while', async () => {
    const store = new BlockStore(opened.database);
    const save = store.save.bind(store);
    let isFull = true;
    store.save = (blocks) => (isFull ? Promise.reject(new Error('disk full')) : save(blocks));
    await history.close();
    history = new MetricsHistory(store, source, silentLog, () => now * 1000);
    history.open();
    source.send(now, 0);
    await history.settled();
    run(31);
    await history.flush();
    isFull = false;
    run(11);
    expect((await history.read('vm-1', '1h')).times).toHaveLength(4);
  });
});

describe('a block of points', () => {
  it('comes back as it was, with what nobody knew', () => {
    const points = [
      { time: START, values: [0.5, null, 1e9] },
      { time: START + 10, values: [1, 2, 3] },
    ];
    expect(decodeBlock(START, encodeBlock(START, points))).toEqual(points);
  });

  it('that cannot be read holds nothing', () => {
    expect(decodeBlock(START, Uint8Array.of(9, 1, 0))).toEqual([]);
    expect(decodeBlock(START, new Uint8Array())).toEqual([]);
    expect(decodeBlock(START, Uint8Array.of(1, 3, 0, 0))).toEqual([]);
  });
});
