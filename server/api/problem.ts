import { z } from 'zod';

/** RFC 9457 with a stable `code` and what the reader can do (`hint`). */
export const problemSchema = z.object({
  type: z.string().describe('about:blank, or a page that explains the code'),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string().describe('stable, for programs'),
  detail: z.string().describe('the cause, for people'),
  hint: z.string().describe('the next step'),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('one entry a field of the request that is wrong'),
});
export type Problem = z.infer<typeof problemSchema>;
