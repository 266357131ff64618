import { describe, expect, it } from 'vitest';
import { HISTORY_MS, MetricsHistory } from './metrics-history';
import { sampleAt } from './testing/samples';

describe('MetricsHistory', () => {
  it('takes the history and then one sample after the other', () => {
    const history = new MetricsHistory();
    expect(history.add([sampleAt(0), sampleAt(1)])).toBe(true);
    expect(history.add([sampleAt(2)])).toBe(true);
    expect(history.samples).toEqual([sampleAt(0), sampleAt(1), sampleAt(2)]);
    expect(history.latest).toEqual(sampleAt(2));
  });

  it('keeps each sample once, in order, whichever way it comes', () => {
    const history = new MetricsHistory();
    history.add([sampleAt(5)]);
    history.add([sampleAt(3), sampleAt(4), sampleAt(5)]);
    history.add([sampleAt(6)]);
    expect(history.samples).toEqual([3, 4, 5, 6].map((second) => sampleAt(second)));
  });

  it('is another array when something is new, and the same when nothing is', () => {
    const history = new MetricsHistory();
    history.add([sampleAt(1)]);
    const before = history.samples;
    expect(history.add([sampleAt(1)])).toBe(false);
    expect(history.samples).toBe(before);
    history.add([sampleAt(2)]);
    expect(history.samples).not.toBe(before);
  });

  it('forgets what is older than the server keeps', () => {
    const history = new MetricsHistory();
    for (let second = 0; second <= HISTORY_MS / 1000 + 50; second++)
      history.add([sampleAt(second)]);
    expect(history.samples[0]).toEqual(sampleAt(50));
    expect(history.samples).toHaveLength(HISTORY_MS / 1000 + 1);
  });
});
