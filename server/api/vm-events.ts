import { z } from 'zod';

/** Something that happened to a machine. */
export const vmEventSchema = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** `created`, `changed`, `problem`, or the state that the machine entered. */
  kind: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type VmEvent = z.infer<typeof vmEventSchema>;

/** Newest first. */
export const vmEventListSchema = z.object({
  items: z.array(vmEventSchema),
  nextCursor: z.string().nullable(),
});

/** The same, told of whichever machine it happened to. */
export const anyVmEventSchema = vmEventSchema.extend({ vmId: z.string() });
export type AnyVmEvent = z.infer<typeof anyVmEventSchema>;

/** Newest first. */
export const anyVmEventListSchema = z.object({
  items: z.array(anyVmEventSchema),
  nextCursor: z.string().nullable(),
});
