import { z } from 'zod';
import { problemSchema } from './problem';

export const taskStateSchema = z.enum([
  /** Waits until others are done. */
  'queued',
  'running',
  'succeeded',
  'failed',
  /** Somebody gave it up. */
  'cancelled',
  /** The console ended while it was under way. */
  'interrupted',
]);
export type TaskState = z.infer<typeof taskStateSchema>;

export const taskResourceSchema = z.object({
  /** image, disk, vm … */
  kind: z.string(),
  id: z.string(),
  /** What it was called when the task began. */
  name: z.string(),
});
export type TaskResource = z.infer<typeof taskResourceSchema>;

export const taskUserSchema = z.object({ id: z.string(), name: z.string() });
export type TaskUser = z.infer<typeof taskUserSchema>;

/** Work that takes longer than an answer. How long it took is from `startedAt` to `endedAt`. */
export const taskSchema = z.object({
  id: z.string(),
  /** What is done, for example `image.import`. */
  kind: z.string(),
  state: taskStateSchema,
  /** 0 to 1; null while nobody can tell. */
  fraction: z.number().min(0).max(1).nullable(),
  /** What it is at, in a few words. */
  step: z.string(),
  resource: taskResourceSchema,
  /** Who asked for it; null when the console did so itself. */
  user: taskUserSchema.nullable(),
  /** Why it failed, was cancelled or interrupted, and what to do. */
  problem: problemSchema.nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type Task = z.infer<typeof taskSchema>;

const MAX_PAGE = 200;

/** `GET /tasks`: newest first. */
export const taskQuerySchema = z.strictObject({
  /** One or more states, with commas. */
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(taskStateSchema))
    .optional(),
  kind: z.string().max(64).optional(),
  resourceKind: z.string().max(64).optional(),
  resourceId: z.string().max(64).optional(),
  userId: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
});
export type TaskQuery = z.output<typeof taskQuerySchema>;

export const taskPageSchema = z.object({
  items: z.array(taskSchema),
  /** Null on the last page. */
  nextCursor: z.string().nullable(),
});
export type TaskPage = z.infer<typeof taskPageSchema>;

const MAX_LOG_PAGE = 2000;

/** `GET /tasks/{id}/log`: oldest first. Of a long log, the lines of the end are kept. */
export const taskLogQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LOG_PAGE).default(500),
  /** `nextCursor` of the page before. It is kept while a task runs, to go on from there. */
  cursor: z.coerce.number().int().min(0).optional(),
});
export type TaskLogQuery = z.output<typeof taskLogQuerySchema>;

export const taskLogPageSchema = z.object({
  items: z.array(z.object({ seq: z.int(), at: z.iso.datetime(), text: z.string() })),
  /** Null when there is no more, and will not be. */
  nextCursor: z.string().nullable(),
});
export type TaskLogPage = z.infer<typeof taskLogPageSchema>;
