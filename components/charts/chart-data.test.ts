import { describe, expect, it } from 'vitest';
import type { VmSample } from '@/server/api/metrics';
import {
  cpuColumns,
  exitColumns,
  exitReasons,
  lastSeconds,
  memoryColumns,
  NAMED_REASONS,
  OTHER_REASONS,
  stack,
} from './chart-data';
import { sampleAt } from './testing/samples';

const at = (...seconds: number[]): VmSample[] => seconds.map((second) => sampleAt(second));

describe('cpuColumns', () => {
  it('sums the vCPUs and speaks of per cent of one core', () => {
    const vcpus = [
      { running: 0.5, waiting: 0.1, halted: null },
      { running: 0.25, waiting: 0.2, halted: null },
    ];
    const { columns } = cpuColumns([sampleAt(0, { vcpus })]);
    expect(columns[0]?.[0]).toBeCloseTo(75);
    expect(columns[1]?.[0]).toBeCloseTo(30);
  });

  it('tells what the monitor does beside its vCPUs, and never less than nothing', () => {
    const vcpus = [{ running: 0.5, waiting: 0, halted: null }];
    const worked = (cpu: number) =>
      cpuColumns([sampleAt(0, { vcpus, monitor: { cpu, residentBytes: 0 } })]).columns[2]?.[0];
    expect(worked(0.6)).toBeCloseTo(10);
    expect(worked(0.4)).toBe(0);
  });

  it('opens the line where a time is missing, once', () => {
    const { times, columns } = cpuColumns(at(0, 1, 2, 60, 61));
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 1, 2, 3, 60, 61]);
    expect(columns[0]?.map((value) => value === null)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('bears a second that was missed', () => {
    expect(cpuColumns(at(0, 1, 3, 4)).columns[0]).not.toContain(null);
  });

  it('is empty for no samples', () => {
    expect(cpuColumns([])).toEqual({ times: [], columns: [[], [], []] });
  });
});

describe('memoryColumns', () => {
  it('has what is resident, what the guest uses where it tells, and the size', () => {
    const memory = { residentBytes: 10, sizeBytes: 100, guestUsedBytes: null };
    expect(memoryColumns([sampleAt(0, { memory })]).columns).toEqual([[10], [null], [100]]);
  });
});

describe('exitReasons', () => {
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`r${i}`, 10 - i]));

  it('takes the most frequent and sums the rest', () => {
    const reasons = exitReasons([sampleAt(0, { exits: many })]);
    expect(reasons).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', OTHER_REASONS]);
    expect(reasons).toHaveLength(NAMED_REASONS + 1);
  });

  it('leaves out what never happened', () => {
    expect(exitReasons([sampleAt(0, { exits: { io: 3, hlt: 0 } })])).toEqual(['io']);
  });

  it('keeps the order it had, while it fits', () => {
    const samples = [sampleAt(0, { exits: { io: 5, hlt: 9, mmio: 1 } })];
    expect(exitReasons(samples, ['io', 'hlt'])).toEqual(['io', 'hlt', 'mmio']);
  });

  it('lets go of a reason that is not among the first any more', () => {
    const samples = [sampleAt(0, { exits: many })];
    expect(exitReasons(samples, ['r7', 'r1'])).toEqual([
      'r1',
      'r0',
      'r2',
      'r3',
      'r4',
      OTHER_REASONS,
    ]);
  });
});

describe('exitColumns', () => {
  it('reads the named ones, 0 when a sample lacks it, and sums the others', () => {
    const samples = [
      sampleAt(0, { exits: { io: 1, hlt: 2, mmio: 3, debug: 4 } }),
      sampleAt(1, { exits: { hlt: 5 } }),
    ];
    expect(exitColumns(samples, ['io', 'hlt', OTHER_REASONS]).columns).toEqual([
      [1, 0],
      [2, 5],
      [7, 0],
    ]);
  });
});

describe('stack', () => {
  it('adds each column to those below', () => {
    expect(
      stack([
        [1, 2],
        [10, 20],
        [100, 200],
      ]),
    ).toEqual([
      [1, 2],
      [11, 22],
      [111, 222],
    ]);
  });

  it('knows nothing above what is unknown', () => {
    expect(
      stack([
        [1, null],
        [10, 20],
      ]),
    ).toEqual([
      [1, null],
      [11, null],
    ]);
  });
});

describe('lastSeconds', () => {
  it('keeps the window and one sample more for the left edge', () => {
    const samples = at(0, 1, 2, 3, 4, 5);
    expect(lastSeconds(samples, 2)).toEqual(samples.slice(2));
    expect(lastSeconds(samples, 60)).toEqual(samples);
    expect(lastSeconds([], 60)).toEqual([]);
  });
});
