import fs from 'node:fs';
import { QUIRK_COUNTERS, VcpuSlot } from '../cpu/vcpu-slot';
import type { VirtioPci } from '../devices/virtio/virtio-pci';
import { EXIT } from '../kvm/abi';
import type { KvmStats } from '../kvm/binary-stats';
import type { ConsoleServer } from './console-server';
import type { Lifecycle } from './lifecycle';
import type { DeviceMetrics, MonitorMetrics, VcpuMetrics } from './protocol';

/** `KVM_EXIT_IRQ_WINDOW_OPEN` is shown as `irq_window_open`. */
const EXIT_NAMES = Object.entries(EXIT).map(
  ([name, reason]) => [name.replace('KVM_EXIT_', '').toLowerCase(), reason] as const,
);

/** Everything countable, as of now. Totals: whoever wants rates keeps the sample before. */
export function readMetrics(lifecycle: Lifecycle, console: ConsoleServer): MonitorMetrics {
  const slots = lifecycle.slots.map((state) => new VcpuSlot(state));
  const cpu = process.cpuUsage();
  const machineStats = lifecycle.machine?.stats;
  const stats = machineStats?.vm();
  return {
    at: new Date().toISOString(),
    monotonicNs: Number(process.hrtime.bigint()),
    boots: lifecycle.status().boots,
    vcpus: slots.map((slot, index) => vcpuMetrics(slot, index, machineStats?.vcpu(index))),
    ...(stats === undefined ? {} : { stats }),
    memory: {
      sizeBytes: lifecycle.status().config?.memoryBytes ?? 0,
      residentBytes: lifecycle.machine?.residentBytes() ?? 0,
    },
    monitor: { cpuNs: (cpu.user + cpu.system) * 1000, residentBytes: process.memoryUsage.rss() },
    console: { outputBytes: console.outputBytes, inputBytes: console.inputBytes },
    devices: (lifecycle.machine?.platform.virtio ?? []).map(deviceMetrics),
    quirks: Object.fromEntries(
      QUIRK_COUNTERS.map((name) => [
        name,
        slots.reduce((sum, slot) => sum + slot.quirkCount(name), 0),
      ]),
    ),
  };
}

function deviceMetrics({ device, transport }: VirtioPci): DeviceMetrics {
  const { isActive, brokenQueues, lastFault } = transport;
  return {
    name: device.name,
    active: isActive,
    faults: brokenQueues,
    ...(lastFault === undefined ? {} : { lastFault }),
    counters: device.counters(),
  };
}

function vcpuMetrics(slot: VcpuSlot, index: number, stats: KvmStats | undefined): VcpuMetrics {
  const { runNs, waitNs } = schedstat(slot.threadId);
  const exits: Record<string, number> = { kick: slot.kicks };
  for (const [name, reason] of EXIT_NAMES) {
    const count = slot.exits(reason);
    if (count > 0) exits[name] = count;
  }
  const halted = stats === undefined ? {} : { haltNs: haltNs(stats), stats };
  return { index, runNs, waitNs, exits, ...halted };
}

/** KVM waits for a halted vCPU's next interrupt awake for a while, with or without luck, then asleep. */
const HALTED = ['halt_poll_success_ns', 'halt_poll_fail_ns', 'halt_wait_ns'];

function haltNs(stats: KvmStats): number {
  return HALTED.reduce((sum, name) => {
    const ns = stats[name];
    return typeof ns === 'number' ? sum + ns : sum;
  }, 0);
}

/** Time on a core and time ready but waiting for one, in ns; kernel, scheduler/sched-stats.rst. */
function schedstat(threadId: number): { runNs: number; waitNs: number } {
  if (threadId === 0) return { runNs: 0, waitNs: 0 };
  const [run, wait] = fs.readFileSync(`/proc/self/task/${threadId}/schedstat`, 'utf8').split(' ');
  return { runNs: Number(run), waitNs: Number(wait) };
}
