import type { VmSample } from '@/server/api/metrics';

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A sample `second` seconds after an arbitrary start. */
export function sampleAt(second: number, parts: Partial<VmSample> = {}): VmSample {
  return {
    at: new Date(START + second * 1000).toISOString(),
    vcpus: [{ running: 0, waiting: 0, halted: null }],
    exits: {},
    memory: { sizeBytes: 128, residentBytes: 64, guestUsedBytes: null },
    disk: { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 },
    net: { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 },
    monitor: { cpu: 0, residentBytes: 0 },
    totals: {
      runNs: 0,
      waitNs: 0,
      exits: 0,
      boots: 1,
      consoleOutputBytes: 0,
      diskReadBytes: 0,
      diskWrittenBytes: 0,
      netRxBytes: 0,
      netTxBytes: 0,
      queueFaults: 0,
    },
    ...parts,
  };
}
