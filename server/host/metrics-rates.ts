import type { MonitorMetrics, VcpuMetrics } from '../../vmm-core/monitor/protocol';
import type { VmSample } from '../api/metrics';

const NS_PER_S = 1e9;

/** Counters of virtio devices that are shown, by the names their devices give them. */
const DISK = ['readBytes', 'writtenBytes', 'reads', 'writes'] as const;
const NET = ['rxBytes', 'txBytes', 'rxPackets', 'txPackets'] as const;

/** What happened between two readings of a monitor's counters. */
export function sampleBetween(before: MonitorMetrics, now: MonitorMetrics): VmSample {
  const seconds = Math.max((now.monotonicNs - before.monotonicNs) / NS_PER_S, Number.EPSILON);
  const earlier = new Map(before.vcpus.map((vcpu) => [vcpu.index, vcpu]));
  const deviceRate = (name: string): number =>
    Math.max(0, deviceTotal(now, name) - deviceTotal(before, name)) / seconds;
  return {
    at: now.at,
    vcpus: now.vcpus.map((vcpu) => {
      const from = earlier.get(vcpu.index);
      return {
        running: share(vcpu.runNs - (from?.runNs ?? 0), seconds),
        waiting: share(vcpu.waitNs - (from?.waitNs ?? 0), seconds),
        halted: haltShare(from, vcpu, seconds),
      };
    }),
    exits: exitRates(earlier, now.vcpus, seconds),
    memory: { ...now.memory, guestUsedBytes: guestUsed(now) },
    disk: named(DISK, deviceRate),
    net: named(NET, deviceRate),
    monitor: {
      cpu: Math.max(0, now.monitor.cpuNs - before.monitor.cpuNs) / NS_PER_S / seconds,
      residentBytes: now.monitor.residentBytes,
    },
    totals: {
      runNs: sum(now.vcpus, (vcpu) => vcpu.runNs),
      waitNs: sum(now.vcpus, (vcpu) => vcpu.waitNs),
      exits: sum(now.vcpus, (vcpu) => sum(Object.values(vcpu.exits), (count) => count)),
      boots: now.boots,
      consoleOutputBytes: now.console.outputBytes,
      diskReadBytes: deviceTotal(now, 'readBytes'),
      diskWrittenBytes: deviceTotal(now, 'writtenBytes'),
      netRxBytes: deviceTotal(now, 'rxBytes'),
      netTxBytes: deviceTotal(now, 'txBytes'),
      queueFaults: sum(now.devices, (device) => device.faults),
    },
  };
}

/** Clocks of two sources: a thread can seem to have run a little more than the time that passed. */
function share(ns: number, seconds: number): number {
  return Math.min(1, Math.max(0, ns / NS_PER_S / seconds));
}

function haltShare(
  from: VcpuMetrics | undefined,
  { haltNs }: VcpuMetrics,
  seconds: number,
): number | null {
  if (haltNs === undefined) return null;
  // A halt is counted when it ends: a long one is seen late, and at once.
  return share(haltNs - (from?.haltNs ?? haltNs), seconds);
}

/** By the statistics of the balloon. The guest may tell anything, so it is held to what can be. */
function guestUsed({ devices, memory }: MonitorMetrics): number | null {
  for (const { counters } of devices) {
    const { guestTotalBytes, guestAvailableBytes, guestFreeBytes } = counters;
    const free = guestAvailableBytes ?? guestFreeBytes;
    if (guestTotalBytes === undefined || free === undefined) continue;
    return Math.min(memory.sizeBytes, Math.max(0, guestTotalBytes - free));
  }
  return null;
}

function exitRates(
  earlier: ReadonlyMap<number, VcpuMetrics>,
  vcpus: readonly VcpuMetrics[],
  seconds: number,
): Record<string, number> {
  const rates: Record<string, number> = {};
  for (const vcpu of vcpus) {
    const from = earlier.get(vcpu.index)?.exits ?? {};
    for (const [reason, count] of Object.entries(vcpu.exits)) {
      const rate = Math.max(0, count - (from[reason] ?? 0)) / seconds;
      rates[reason] = (rates[reason] ?? 0) + rate;
    }
  }
  return rates;
}

function deviceTotal({ devices }: MonitorMetrics, name: string): number {
  return sum(devices, ({ counters }) => counters[name] ?? 0);
}

function named<Name extends string>(
  names: readonly Name[],
  of: (name: Name) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, number>;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
