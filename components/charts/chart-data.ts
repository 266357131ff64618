import type { VmSample } from '@/server/api/metrics';

/** Seconds since 1970, as the chart's time axis wants them. */
export type Times = readonly number[];
/** null leaves the line open: nothing is known of that moment. */
export type Column = readonly (number | null)[];

export interface ChartColumns {
  readonly times: Times;
  readonly columns: readonly Column[];
}

/** Samples come each second; when this much passes without one, nothing is known of the time. */
const GAP_SECONDS = 3.5;
/** More reasons than this cannot be told apart by colour; the rest are summed. */
export const NAMED_REASONS = 5;
export const OTHER_REASONS = 'other';

export function cpuColumns(samples: readonly VmSample[]): ChartColumns {
  return toColumns(samples, [
    ({ vcpus }) => 100 * vcpus.reduce((sum, vcpu) => sum + vcpu.running, 0),
    ({ vcpus }) => 100 * vcpus.reduce((sum, vcpu) => sum + vcpu.waiting, 0),
    // Its vCPUs are threads of the monitor, and what is left is its own work: devices, console.
    ({ vcpus, monitor }) =>
      100 * Math.max(0, monitor.cpu - vcpus.reduce((sum, vcpu) => sum + vcpu.running, 0)),
  ]);
}

/** Bytes a second in and out. */
export function throughputColumns(
  samples: readonly VmSample[],
  kind: 'disk' | 'net',
): ChartColumns {
  if (kind === 'disk') {
    return toColumns(samples, [({ disk }) => disk.readBytes, ({ disk }) => disk.writtenBytes]);
  }
  return toColumns(samples, [({ net }) => net.rxBytes, ({ net }) => net.txBytes]);
}

export function memoryColumns(samples: readonly VmSample[]): ChartColumns {
  return toColumns(samples, [
    ({ memory }) => memory.residentBytes,
    ({ memory }) => memory.guestUsedBytes,
    ({ memory }) => memory.sizeBytes,
  ]);
}

export function exitColumns(
  samples: readonly VmSample[],
  reasons: readonly string[],
): ChartColumns {
  const named = new Set(reasons);
  return toColumns(
    samples,
    reasons.map((reason) => ({ exits }: VmSample) => {
      if (reason !== OTHER_REASONS) return exits[reason] ?? 0;
      return Object.entries(exits).reduce(
        (sum, [name, rate]) => (named.has(name) ? sum : sum + rate),
        0,
      );
    }),
  );
}

/**
 * The reasons worth a colour, the most frequent first, the rest as one. `before` keeps its order as
 * long as it still fits, so that colours do not change places each second.
 */
export function exitReasons(
  samples: readonly VmSample[],
  before: readonly string[] = [],
): readonly string[] {
  const totals = new Map<string, number>();
  for (const { exits } of samples) {
    for (const [reason, rate] of Object.entries(exits)) {
      totals.set(reason, (totals.get(reason) ?? 0) + rate);
    }
  }
  const seen = [...totals].filter(([, total]) => total > 0).sort((a, b) => b[1] - a[1]);
  const top = seen.slice(0, NAMED_REASONS).map(([reason]) => reason);
  const kept = before.filter((reason) => top.includes(reason));
  const reasons = [...kept, ...top.filter((reason) => !kept.includes(reason))];
  return seen.length > NAMED_REASONS ? [...reasons, OTHER_REASONS] : reasons;
}

/** Each column on top of the ones before it. Where one is unknown, all above it are. */
export function stack(columns: readonly Column[]): readonly Column[] {
  const stacked: Column[] = [];
  for (const column of columns) {
    const below = stacked.at(-1);
    stacked.push(
      column.map((value, i) => {
        const base = below === undefined ? 0 : (below[i] ?? null);
        return value === null || base === null ? null : base + value;
      }),
    );
  }
  return stacked;
}

/** The part of the samples that a window of `seconds` up to the newest shows. */
export function lastSeconds(samples: readonly VmSample[], seconds: number): readonly VmSample[] {
  const newest = samples.at(-1);
  if (newest === undefined) return samples;
  const from = Date.parse(newest.at) - seconds * 1000;
  // One more than fits, so that the line reaches the left edge.
  const first = samples.findIndex((sample) => Date.parse(sample.at) >= from);
  return samples.slice(Math.max(0, first - 1));
}

function toColumns(
  samples: readonly VmSample[],
  readers: readonly ((sample: VmSample) => number | null)[],
): ChartColumns {
  const times: number[] = [];
  const columns: (number | null)[][] = readers.map(() => []);
  for (const sample of samples) {
    const time = Date.parse(sample.at) / 1000;
    const before = times.at(-1);
    if (before !== undefined && time - before > GAP_SECONDS) {
      times.push(before + 1);
      for (const column of columns) column.push(null);
    }
    times.push(time);
    readers.forEach((read, i) => {
      columns[i]?.push(read(sample));
    });
  }
  return { times, columns };
}
