import { z } from 'zod';

export const kvmStatusSchema = z.discriminatedUnion('available', [
  z.object({
    available: z.literal(true),
    apiVersion: z.int(),
    /** Names of the host quirks the monitor works around; empty on an ordinary host. */
    quirks: z.array(z.string()),
  }),
  z.object({
    available: z.literal(false),
    /** What is wrong, and what to do about it. */
    detail: z.string(),
    hint: z.string(),
  }),
]);
export type KvmStatus = z.infer<typeof kvmStatusSchema>;

export const hostSchema = z.object({
  hostname: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cpus: z.int(),
  memoryBytes: z.int(),
  memoryAvailableBytes: z.int(),
  dataDirectory: z.string(),
  dataFreeBytes: z.int(),
  /** Of the file system that the data directory is on. */
  dataTotalBytes: z.int(),
  kvm: kvmStatusSchema,
  version: z.string(),
});
export type Host = z.infer<typeof hostSchema>;
