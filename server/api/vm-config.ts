import { z } from 'zod';
import { DEFAULT_MEMORY_BYTES, MiB } from './limits';

export const vmMemorySchema = z
  .int('Whole bytes.')
  .min(32 * MiB, 'At least 32 MiB.')
  .multipleOf(MiB, 'Whole MiB.');

/** Words put after the image's own kernel command line. */
export const cmdlineSchema = z
  .string()
  .max(1024, 'At most 1024 characters.')
  .regex(/^[^\p{C}]*$/u, 'No control characters.');

const imageIdSchema = z.string().min(1, 'Choose an image.').max(64);

/** The default image, or a kernel of one's own and what it unpacks first. */
export const bootSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('default'), cmdline: cmdlineSchema.default('') }),
  z.strictObject({
    from: z.literal('kernel'),
    kernelId: imageIdSchema,
    initrdId: imageIdSchema.nullable().default(null),
    cmdline: cmdlineSchema.default(''),
  }),
]);

export const cpuSchema = z.strictObject({
  count: z.int('A whole number.').min(1, 'At least 1.').max(64, 'At most 64.').default(1),
  /** What the guest sees of the processor: all the host has, or what most hosts have. */
  template: z.enum(['host', 'baseline']).default('host'),
});

export const memorySchema = z.strictObject({
  bytes: vmMemorySchema.default(DEFAULT_MEMORY_BYTES),
  pages: z.enum(['small', 'transparent', 'hugetlb']).default('transparent'),
  /** Lets the guest give memory back. */
  balloon: z.boolean().default(true),
});

export const restartPolicySchema = z.enum(['never', 'on-crash', 'always']);

/**
 * What a machine is made of, but for its disks, which live longer than it. `version` is counted up
 * when an older program could not read a newer configuration; a reader of an older one fills in
 * what came later.
 */
export const vmConfigSchema = z.strictObject({
  version: z.literal(1).default(1),
  boot: bootSchema.default({ from: 'default', cmdline: '' }),
  cpu: cpuSchema.prefault({}),
  memory: memorySchema.prefault({}),
  /** A source of randomness for the guest. */
  rng: z.boolean().default(true),
  restart: restartPolicySchema.default('never'),
  /** Started when the console starts, unless it runs already. */
  autostart: z.boolean().default(false),
});
export type VmConfig = z.output<typeof vmConfigSchema>;
export type VmConfigInput = z.input<typeof vmConfigSchema>;
