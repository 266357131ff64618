import type { MonitorMetrics, VcpuMetrics } from '../../vmm-core/monitor/protocol';
import type { VmSample } from '../api/metrics';

const NS_PER_S = 1e9;

/** What happened between two readings of a monitor's counters. */
export function sampleBetween(before: MonitorMetrics, now: MonitorMetrics): VmSample {
  const seconds = Math.max((now.monotonicNs - before.monotonicNs) / NS_PER_S, Number.EPSILON);
  const earlier = new Map(before.vcpus.map((vcpu) => [vcpu.index, vcpu]));
  return {
    at: now.at,
    vcpus: now.vcpus.map((vcpu) => {
      const from = earlier.get(vcpu.index);
      return {
        running: share(vcpu.runNs - (from?.runNs ?? 0), seconds),
        waiting: share(vcpu.waitNs - (from?.waitNs ?? 0), seconds),
      };
    }),
    exits: exitRates(earlier, now.vcpus, seconds),
    memory: { ...now.memory },
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
    },
  };
}

/** Clocks of two sources: a thread can seem to have run a little more than the time that passed. */
function share(ns: number, seconds: number): number {
  return Math.min(1, Math.max(0, ns / NS_PER_S / seconds));
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

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
