import type { VmSample } from '../api/metrics';

/** A sample of a machine with one vCPU, for tests. */
export function someSample(parts: Partial<VmSample> = {}): VmSample {
  return {
    at: '2026-01-01T00:00:00.000Z',
    vcpus: [{ running: 0.5, waiting: 0.1, halted: null }],
    exits: { io: 10 },
    memory: { sizeBytes: 128, residentBytes: 64, guestUsedBytes: 32 },
    disk: { readBytes: 1, writtenBytes: 2, reads: 3, writes: 4 },
    net: { rxBytes: 5, txBytes: 6, rxPackets: 7, txPackets: 8 },
    monitor: { cpu: 0.5, residentBytes: 100 },
    totals: {
      runNs: 2e9,
      waitNs: 1e9,
      exits: 30,
      boots: 1,
      consoleOutputBytes: 7,
      diskReadBytes: 10,
      diskWrittenBytes: 20,
      netRxBytes: 30,
      netTxBytes: 40,
      queueFaults: 0,
    },
    ...parts,
  };
}
