import { z } from 'zod';
import { notesSchema } from './names';
import { problemSchema } from './problem';
import { vmConfigSchema } from './vm-config';

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

/** Words to find machines by. */
export const tagsSchema = z
  .array(
    z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u, 'Up to 32 letters, digits, dots and dashes.'),
  )
  .max(16, 'At most 16 tags.')
  .transform((tags) => [...new Set(tags)].sort());

export const createVmSchema = z.strictObject({
  name: vmNameSchema,
  notes: notesSchema.default(''),
  tags: tagsSchema.default([]),
  config: vmConfigSchema.prefault({}),
  /** Start it once it is made. */
  start: z.boolean().default(false),
});
export type CreateVm = z.input<typeof createVmSchema>;

/** `PATCH`: fields that are left out stay. A configuration is replaced whole. */
export const changeVmSchema = z
  .strictObject({
    name: vmNameSchema.optional(),
    notes: notesSchema.optional(),
    tags: tagsSchema.optional(),
    config: vmConfigSchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Name what to change.');
export type ChangeVm = z.output<typeof changeVmSchema>;

/** `POST /vms/{id}/shutdown`. */
export const shutdownSchema = z.strictObject({
  /** How long the guest has; then it runs on, and its status says so. */
  timeoutSeconds: z.int().min(1).max(3600).default(90),
});

export const vmSchema = z.object({
  id: z.string(),
  name: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  config: vmConfigSchema,
  /** Counts changes by people; the ETag is `"{revision}"`. */
  revision: z.int(),
  state: vmStateSchema,
  stateSince: z.iso.datetime(),
  /** Whether it runs with another configuration than it has now: the new one comes with a start. */
  pendingChange: z.boolean(),
  /** Present in state `crashed`, and while it starts again after one. */
  crash: crashSchema.nullable(),
  /** Why a start is not done yet, for example "building the default image". */
  waitingFor: z.string().nullable(),
  /** When the restart policy starts it again; it is `starting` until then. */
  restartAt: z.iso.datetime().nullable(),
  /** The guest was asked to shut down then and has not done so in the time it had. */
  shutdownIgnoredAt: z.iso.datetime().nullable(),
  /** Its monitor has not answered since then; the state is the last it told. A stop ends it. */
  silentSince: z.iso.datetime().nullable(),
  /** Why the last start failed, until the next one. */
  problem: problemSchema.nullable(),
  createdAt: z.iso.datetime(),
});
export type Vm = z.infer<typeof vmSchema>;

export const vmListSchema = z.object({ items: z.array(vmSchema) });
