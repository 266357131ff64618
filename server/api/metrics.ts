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
    }),
  ),
  /** Exits to the monitor per second, by reason. */
  exits: z.record(z.string(), z.number()),
  memory: z.object({ sizeBytes: z.int(), residentBytes: z.int() }),
  monitor: z.object({ cpu: z.number(), residentBytes: z.int() }),
  /** Totals since the monitor started; they go on across a restart of the console. */
  totals: z.object({
    runNs: z.number(),
    waitNs: z.number(),
    exits: z.number(),
    boots: z.int(),
    consoleOutputBytes: z.number(),
  }),
});
export type VmSample = z.infer<typeof vmSampleSchema>;

/** `GET …/metrics`: the last ten minutes, oldest first; the stream goes on from there. */
export const vmMetricsSchema = z.object({
  stepSeconds: z.number(),
  samples: z.array(vmSampleSchema),
});
export type VmMetrics = z.infer<typeof vmMetricsSchema>;
