import { z } from 'zod';
import { problemSchema } from './problem';
import { cmdlineSchema, MiB, vmMemorySchema } from './vm-config';

export const vmStateSchema = z.enum([
  'stopped',
  'starting',
  'running',
  'paused',
  'stopping',
  'crashed',
]);
export type VmState = z.infer<typeof vmStateSchema>;

export const crashSchema = z.object({
  reason: z.string(),
  message: z.string(),
  hint: z.string(),
  at: z.iso.datetime(),
  vcpu: z.int().optional(),
  registers: z.record(z.string(), z.string()).optional(),
  instructionBytes: z.string().optional(),
  lastLines: z.array(z.string()),
});
export type Crash = z.infer<typeof crashSchema>;

export const vmNameSchema = z
  .string()
  .trim()
  .min(1, 'Give the machine a name.')
  .max(63, 'At most 63 characters.')
  .regex(/^[^\p{C}]+$/u, 'No control characters.');

/** The default image is the only one so far; a machine names it so that others can follow. */
export const createVmSchema = z.strictObject({
  name: vmNameSchema,
  image: z.literal('default').default('default'),
  vcpus: z.int('A whole number.').min(1, 'At least 1.').max(64, 'At most 64.').default(1),
  memoryBytes: vmMemorySchema.default(128 * MiB),
  /** Words put after the image's own kernel command line. */
  cmdline: cmdlineSchema.default(''),
  /** Start it once it is made. */
  start: z.boolean().default(false),
});
export type CreateVm = z.input<typeof createVmSchema>;

export const vmSchema = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  vcpus: z.int(),
  memoryBytes: z.int(),
  cmdline: z.string(),
  state: vmStateSchema,
  stateSince: z.iso.datetime(),
  /** Present in state `crashed`. */
  crash: crashSchema.nullable(),
  /** Why a start is not done yet, for example "building the default image". */
  waitingFor: z.string().nullable(),
  /** Why the last start failed, until the next one. */
  problem: problemSchema.nullable(),
  createdAt: z.iso.datetime(),
});
export type Vm = z.infer<typeof vmSchema>;

export const vmListSchema = z.object({ items: z.array(vmSchema) });
