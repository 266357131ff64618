import { z } from 'zod';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
const days = (fallback: number) =>
  z.int('A whole number.').min(1, 'At least 1.').max(3650, 'At most 3650.').default(fallback);

/** What an administrator sets for the whole console. Each has a default that works. */
export const settingsSchema = z.strictObject({
  capacity: z
    .strictObject({
      /** How much memory machines that run may have together, as a multiple of the host's. */
      memoryOvercommit: z
        .number('A number.')
        .min(0.1, 'At least 0.1.')
        .max(10, 'At most 10.')
        .default(1),
      /** How many vCPUs they may have together, as a multiple of the host's cores. */
      vcpuOvercommit: z
        .number('A number.')
        .min(0.1, 'At least 0.1.')
        .max(256, 'At most 256.')
        .default(16),
      /** No machine starts, and no disk is made, that would leave less free for the console. */
      freeDiskBytes: z
        .int('Whole bytes.')
        .min(0, 'At least 0.')
        .default(512 * MiB),
    })
    .prefault({}),
  retention: z
    .strictObject({
      auditDays: days(365),
      taskDays: days(90),
      eventDays: days(90),
      recordingDays: days(30),
      recordingBytes: z.int('Whole bytes.').min(0, 'At least 0.').default(GiB),
    })
    .prefault({}),
  recordings: z
    .strictObject({
      /** Where one ends. */
      maxBytes: z
        .int('Whole bytes.')
        .min(MiB, 'At least 1 MiB.')
        .default(64 * MiB),
    })
    .prefault({}),
  images: z
    .strictObject({
      /** Lets an import fetch from private networks. */
      allowPrivateImport: z.boolean().default(false),
      maxBytes: z
        .int('Whole bytes.')
        .min(MiB, 'At least 1 MiB.')
        .default(64 * GiB),
    })
    .prefault({}),
});
export type Settings = z.output<typeof settingsSchema>;

/** `PUT /settings`: what is left out takes its default. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** With the number of changes there were; the ETag is `"{revision}"`. */
export const storedSettingsSchema = z.object({ settings: settingsSchema, revision: z.int() });
