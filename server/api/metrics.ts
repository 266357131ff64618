import { z } from 'zod';

/** One second of a machine. Rates are over the time since the sample before. */
export const vmSampleSchema = z.object({
  at: z.iso.datetime(),
  /** One entry a vCPU; shares of one core, 0 to 1. */
  vcpus: z.array(
    z.object({
      /** On a core: the guest and the monitor's work for it. */
      running: z.number(),
      /** Ready, but waiting for a core. */
      waiting: z.number(),
      /** Halted by the guest, which has nothing to do; null where KVM does not count it. */
      halted: z.number().nullable(),
    }),
  ),
  /** Exits to the monitor per second, by reason. */
  exits: z.record(z.string(), z.number()),
  memory: z.object({
    sizeBytes: z.int(),
    /** What it takes of the host's memory. */
    residentBytes: z.int(),
    /** What the guest itself uses, without its caches; null while its driver has not told. */
    guestUsedBytes: z.number().nullable(),
  }),
  /** Per second, of all disks together. */
  disk: z.object({
    readBytes: z.number(),
    writtenBytes: z.number(),
    reads: z.number(),
    writes: z.number(),
  }),
  /** Per second, of all network devices together; received and sent by the guest. */
  net: z.object({
    rxBytes: z.number(),
    txBytes: z.number(),
    rxPackets: z.number(),
    txPackets: z.number(),
  }),
  monitor: z.object({ cpu: z.number(), residentBytes: z.int() }),
  /** Totals since the monitor started; they go on across a restart of the console. */
  totals: z.object({
    runNs: z.number(),
    waitNs: z.number(),
    exits: z.number(),
    boots: z.int(),
    consoleOutputBytes: z.number(),
    diskReadBytes: z.number(),
    diskWrittenBytes: z.number(),
    netRxBytes: z.number(),
    netTxBytes: z.number(),
    /** Rules of virtqueues that the guest's drivers have broken. */
    queueFaults: z.number(),
  }),
});
export type VmSample = z.infer<typeof vmSampleSchema>;

/** `GET …/metrics`: the last ten minutes, oldest first; the stream goes on from there. */
export const vmMetricsSchema = z.object({
  stepSeconds: z.number(),
  samples: z.array(vmSampleSchema),
});
export type VmMetrics = z.infer<typeof vmMetricsSchema>;

/** A moment of one machine, as lists show it. */
export const vmFiguresSchema = z.object({
  /** What its vCPUs use of what they could, 0 to 1. */
  cpu: z.number(),
  /** What the guest uses, or takes of the host where it does not tell. */
  memoryBytes: z.int(),
});
export type VmFigures = z.infer<typeof vmFiguresSchema>;

/** `GET /metrics/stream`, the event `figures`: of each machine that runs, oldest first. */
export const fleetFiguresSchema = z.object({
  stepSeconds: z.number(),
  /** The last minutes in the first message, what is new in those after it. */
  machines: z.record(z.string(), z.array(vmFiguresSchema)),
});
export type FleetFigures = z.infer<typeof fleetFiguresSchema>;

/** One second of the host. */
export const hostSampleSchema = z.object({
  at: z.iso.datetime(),
  cpu: z.object({
    /** Of all cores, 0 to 1. */
    busy: z.number(),
    cores: z.array(z.number()),
  }),
  memory: z.object({ totalBytes: z.int(), availableBytes: z.int() }),
  load1: z.number(),
  dataFreeBytes: z.int(),
  /** Shares of the last ten seconds in which something had to wait; null where Linux does not say. */
  pressure: z.object({ cpu: z.number(), memory: z.number(), io: z.number() }).nullable(),
});
export type HostSample = z.infer<typeof hostSampleSchema>;
export const hostMetricsSchema = z.object({
  stepSeconds: z.number(),
  samples: z.array(hostSampleSchema),
});

/** How far back, and in how coarse steps. */
export const historyRangeSchema = z.enum(['1h', '6h', '24h', '7d', '30d', '1y']);
export type HistoryRange = z.infer<typeof historyRangeSchema>;
export const historyQuerySchema = z.object({ range: historyRangeSchema.default('24h') });

/** `GET …/metrics/history`: a column each, of as many values as there are times. */
export const historySchema = z.object({
  stepSeconds: z.int(),
  /** Seconds since 1970; a time that is not there is one of which nothing is known. */
  times: z.array(z.int()),
  columns: z.record(z.string(), z.array(z.number().nullable())),
});
export type History = z.infer<typeof historySchema>;
