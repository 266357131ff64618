import { describe, expect, it } from 'vitest';
import type { MonitorMetrics } from '../../vmm-core/monitor/protocol';
import { sampleBetween } from './metrics-rates';

function metrics(seconds: number, vcpus: MonitorMetrics['vcpus']): MonitorMetrics {
  return {
    at: '2026-01-01T00:00:00.000Z',
    monotonicNs: seconds * 1e9,
    boots: 1,
    vcpus,
    memory: { sizeBytes: 1024, residentBytes: 512 },
    monitor: { cpuNs: seconds * 5e8, residentBytes: 100 },
    console: { outputBytes: 7, inputBytes: 0 },
    devices: [],
    quirks: {},
  };
}

describe('rates between two readings', () => {
  it('are over the time that passed, whatever it was', () => {
    const before = metrics(10, [{ index: 0, runNs: 1e9, waitNs: 0, exits: { io: 100 } }]);
    const now = metrics(12, [
      { index: 0, runNs: 2e9, waitNs: 5e8, exits: { io: 300, mmio: 10 } },
      { index: 1, runNs: 4e8, waitNs: 0, exits: { io: 20 } },
    ]);
    const sample = sampleBetween(before, now);
    expect(sample.vcpus).toEqual([
      { running: 0.5, waiting: 0.25 },
      { running: 0.2, waiting: 0 },
    ]);
    expect(sample.exits).toEqual({ io: 110, mmio: 5 });
    expect(sample.monitor.cpu).toBeCloseTo(0.5);
    expect(sample.totals).toEqual({
      runNs: 2.4e9,
      waitNs: 5e8,
      exits: 330,
      boots: 1,
      consoleOutputBytes: 7,
    });
  });

  it('stay within bounds when clocks disagree', () => {
    const before = metrics(1, [{ index: 0, runNs: 5e9, waitNs: 9, exits: { io: 9 } }]);
    const backwards = sampleBetween(
      before,
      metrics(1, [{ index: 0, runNs: 0, waitNs: 0, exits: { io: 0 } }]),
    );
    expect(backwards.vcpus).toEqual([{ running: 0, waiting: 0 }]);
    expect(backwards.exits).toEqual({ io: 0 });
    const tooFast = sampleBetween(
      before,
      metrics(2, [{ index: 0, runNs: 9e9, waitNs: 9, exits: { io: 9 } }]),
    );
    expect(tooFast.vcpus[0]?.running).toBe(1);
  });
});
