import type { z } from 'zod';
import { invalidBySchema } from '../problems/problems';

/** Reads the parameters a schema knows from a query; others are ignored. @throws ProblemError 422 */
export function readQuery<Schema extends z.ZodType>(url: URL, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) throw invalidBySchema(parsed.error);
  return parsed.data;
}
