import { z } from 'zod';
import { problemSchema } from './problem';

export const imageSchema = z.object({
  id: z.literal('default'),
  name: z.string(),
  status: z.discriminatedUnion('state', [
    z.object({ state: z.literal('absent') }),
    z.object({
      state: z.literal('building'),
      step: z.string(),
      detail: z.string().nullable(),
      /** 0 to 1. */
      fraction: z.number(),
    }),
    z.object({
      state: z.literal('ready'),
      digest: z.string(),
      kernelVersion: z.string(),
      sizeBytes: z.int(),
      builtAt: z.iso.datetime(),
    }),
    z.object({ state: z.literal('failed'), problem: problemSchema }),
  ]),
});
export type Image = z.infer<typeof imageSchema>;
export const imageListSchema = z.object({ items: z.array(imageSchema) });
