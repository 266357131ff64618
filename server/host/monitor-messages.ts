import { z } from 'zod';
import type { MonitorMetrics, RunRecord } from '../../vmm-core/monitor/protocol';
import { type Crash, crashSchema, vmStateSchema } from '../api/vms';

/**
 * What monitors say is checked: a guest that took its monitor over must not get further than that.
 * Only what the console uses is looked at, so that a newer monitor may say more.
 */
const statusSchema = z.object({
  protocol: z.int(),
  pid: z.int(),
  state: vmStateSchema,
  since: z.iso.datetime(),
  boots: z.int(),
  config: z.object({ id: z.string() }).optional(),
  ended: z.object({ kind: z.string(), code: z.number().optional() }).optional(),
  crash: crashSchema.optional(),
  restartAt: z.iso.datetime().optional(),
  shutdownIgnoredAt: z.iso.datetime().optional(),
  quirks: z.array(z.string().max(64)).max(64),
});

/** The part of a MachineStatus that the console uses. */
export type MonitorStatus = z.infer<typeof statusSchema>;

const recordSchema = z.object({
  protocol: z.int(),
  pid: z.int().positive(),
  startTicks: z.number(),
  machineId: z.string().optional(),
});

const count = z.number().nonnegative();
const metricsSchema = z.object({
  at: z.iso.datetime(),
  monotonicNs: count,
  boots: z.int(),
  vcpus: z
    .array(
      z.object({
        index: z.int(),
        runNs: count,
        waitNs: count,
        haltNs: count.optional(),
        exits: z.record(z.string().max(64), count),
      }),
    )
    .max(256),
  memory: z.object({ sizeBytes: count, residentBytes: count }),
  monitor: z.object({ cpuNs: count, residentBytes: count }),
  console: z.object({ outputBytes: count, inputBytes: count }),
  devices: z
    .array(
      z.object({
        name: z.string().max(64),
        active: z.boolean(),
        faults: count,
        lastFault: z.string().max(1024).optional(),
        counters: z.record(z.string().max(64), count),
      }),
    )
    .max(64)
    // Monitors of an older version have none.
    .default([]),
  quirks: z.record(z.string(), count),
});

export function parseStatus(input: unknown): MonitorStatus {
  return statusSchema.parse(input);
}

export function parseRecord(input: unknown): RunRecord {
  const { machineId, ...rest } = recordSchema.parse(input);
  return { ...rest, ...(machineId === undefined ? {} : { machineId }) };
}

export function parseMetrics(input: unknown): MonitorMetrics {
  const { devices, vcpus, ...rest } = metricsSchema.parse(input);
  return {
    ...rest,
    vcpus: vcpus.map(({ haltNs, ...vcpu }) => ({
      ...vcpu,
      ...(haltNs === undefined ? {} : { haltNs }),
    })),
    devices: devices.map(({ lastFault, ...device }) => ({
      ...device,
      ...(lastFault === undefined ? {} : { lastFault }),
    })),
  };
}

export function parseCrash(input: unknown): Crash {
  return crashSchema.parse(input);
}
