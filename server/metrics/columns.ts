import type { HostSample, VmSample } from '../api/metrics';

/** A figure that is kept, and how it is read from a sample. null is a figure nobody knows. */
export interface Column<S> {
  readonly name: string;
  readonly of: (sample: S) => number | null;
  /** What stands for many samples: their mean, or the largest. */
  readonly kept: 'mean' | 'max';
}

const busy = ({ vcpus }: VmSample): number => vcpus.reduce((sum, vcpu) => sum + vcpu.running, 0);

/**
 * What is kept of machines. The order is that of the file format: a column is added at the end, and
 * none is ever taken out.
 */
export const VM_COLUMNS: readonly Column<VmSample>[] = [
  { name: 'cpu', of: busy, kept: 'mean' },
  { name: 'cpuMax', of: busy, kept: 'max' },
  {
    name: 'cpuWaiting',
    of: ({ vcpus }) => vcpus.reduce((sum, vcpu) => sum + vcpu.waiting, 0),
    kept: 'mean',
  },
  { name: 'residentBytes', of: ({ memory }) => memory.residentBytes, kept: 'mean' },
  { name: 'guestUsedBytes', of: ({ memory }) => memory.guestUsedBytes, kept: 'mean' },
  {
    name: 'exits',
    of: ({ exits }) => Object.values(exits).reduce((sum, rate) => sum + rate, 0),
    kept: 'mean',
  },
  { name: 'diskReadBytes', of: ({ disk }) => disk.readBytes, kept: 'mean' },
  { name: 'diskWrittenBytes', of: ({ disk }) => disk.writtenBytes, kept: 'mean' },
  { name: 'diskOperations', of: ({ disk }) => disk.reads + disk.writes, kept: 'mean' },
  { name: 'netRxBytes', of: ({ net }) => net.rxBytes, kept: 'mean' },
  { name: 'netTxBytes', of: ({ net }) => net.txBytes, kept: 'mean' },
  { name: 'monitorCpu', of: ({ monitor }) => monitor.cpu, kept: 'mean' },
];

/** What is kept of the host. */
export const HOST_COLUMNS: readonly Column<HostSample>[] = [
  { name: 'cpu', of: ({ cpu }) => cpu.busy, kept: 'mean' },
  { name: 'cpuMax', of: ({ cpu }) => cpu.busy, kept: 'max' },
  {
    name: 'usedBytes',
    of: ({ memory }) => memory.totalBytes - memory.availableBytes,
    kept: 'mean',
  },
  { name: 'load1', of: ({ load1 }) => load1, kept: 'mean' },
  { name: 'dataFreeBytes', of: ({ dataFreeBytes }) => dataFreeBytes, kept: 'mean' },
  { name: 'cpuPressure', of: ({ pressure }) => pressure?.cpu ?? null, kept: 'mean' },
  { name: 'memoryPressure', of: ({ pressure }) => pressure?.memory ?? null, kept: 'mean' },
  { name: 'ioPressure', of: ({ pressure }) => pressure?.io ?? null, kept: 'mean' },
];
