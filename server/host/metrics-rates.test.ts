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
      { running: 0.5, waiting: 0.25, halted: null },
      { running: 0.2, waiting: 0, halted: null },
    ]);
    expect(sample.exits).toEqual({ io: 110, mmio: 5 });
    expect(sample.monitor.cpu).toBeCloseTo(0.5);
    expect(sample.totals).toEqual({
      runNs: 2.4e9,
      waitNs: 5e8,
      exits: 330,
      boots: 1,
      consoleOutputBytes: 7,
      diskReadBytes: 0,
      diskWrittenBytes: 0,
      netRxBytes: 0,
      netTxBytes: 0,
      queueFaults: 0,
    });
  });

  it('stay within bounds when clocks disagree', () => {
    const before = metrics(1, [{ index: 0, runNs: 5e9, waitNs: 9, exits: { io: 9 } }]);
    const backwards = sampleBetween(
      before,
      metrics(1, [{ index: 0, runNs: 0, waitNs: 0, exits: { io: 0 } }]),
    );
    expect(backwards.vcpus).toEqual([{ running: 0, waiting: 0, halted: null }]);
    expect(backwards.exits).toEqual({ io: 0 });
    const tooFast = sampleBetween(
      before,
      metrics(2, [{ index: 0, runNs: 9e9, waitNs: 9, exits: { io: 9 } }]),
    );
    expect(tooFast.vcpus[0]?.running).toBe(1);
  });

  it('are of all devices of a kind together', () => {
    const devices = (factor: number): MonitorMetrics['devices'] => [
      disk('a', { readBytes: 100 * factor, reads: factor, writtenBytes: 0, writes: 0 }),
      disk('b', { readBytes: 10 * factor, reads: factor, writtenBytes: 0, writes: 0 }),
      disk('n', { rxBytes: 7 * factor, txBytes: 3 * factor, rxPackets: 0, txPackets: 0 }),
    ];
    const before = { ...metrics(10, []), devices: devices(1) };
    const now = { ...metrics(12, []), devices: devices(3) };
    const sample = sampleBetween(before, now);
    expect(sample.disk).toEqual({ readBytes: 110, reads: 2, writtenBytes: 0, writes: 0 });
    expect(sample.net).toMatchObject({ rxBytes: 7, txBytes: 3 });
    expect(sample.totals).toMatchObject({ diskReadBytes: 330, queueFaults: 6 });
  });

  it('have what the guest uses of its memory, held to what there is', () => {
    const used = (counters: Record<string, number>): number | null =>
      sampleBetween(metrics(1, []), { ...metrics(2, []), devices: [disk('balloon', counters)] })
        .memory.guestUsedBytes;
    expect(used({ guestTotalBytes: 1000, guestAvailableBytes: 400 })).toBe(600);
    expect(used({ guestTotalBytes: 1e12, guestAvailableBytes: 0 })).toBe(1024);
    expect(used({ guestTotalBytes: 0, guestAvailableBytes: 5 })).toBe(0);
    expect(used({})).toBeNull();
  });

  it('have the share of a vCPU that is halted, where KVM counts it', () => {
    const vcpu = { index: 0, runNs: 0, waitNs: 0, exits: {} };
    const before = metrics(10, [{ ...vcpu, haltNs: 1e9 }]);
    const now = metrics(12, [{ ...vcpu, haltNs: 2e9 }]);
    expect(sampleBetween(before, now).vcpus[0]?.halted).toBe(0.5);
  });
});

function disk(name: string, counters: Record<string, number>): MonitorMetrics['devices'][number] {
  return { name, active: true, faults: 2, counters };
}
