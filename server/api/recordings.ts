import { z } from 'zod';

export const recordingStateSchema = z.enum([
  'recording',
  /** By somebody, or because the machine or the console ended. */
  'ended',
  /** It reached the size that a recording may have, or the disk was full. What there is is whole. */
  'full',
  /** The file could not be written. */
  'failed',
]);
export type RecordingState = z.infer<typeof recordingStateSchema>;

/** What a console printed, with when, as an asciicast v2. */
export const recordingSchema = z.object({
  id: z.string(),
  vmId: z.string(),
  /** As the machine was called then; it may be deleted since. */
  vmName: z.string(),
  user: z.object({ id: z.string(), name: z.string() }),
  state: recordingStateSchema,
  sizeBytes: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type Recording = z.infer<typeof recordingSchema>;

/** `POST /vms/{id}/recordings`. */
export const createRecordingSchema = z.strictObject({
  /** With what the console prints from now on, or with all that is kept of what it printed. */
  from: z.enum(['now', 'start']).default('now'),
});
export type CreateRecording = z.infer<typeof createRecordingSchema>;

/** `GET /recordings`, newest first. */
export const recordingQuerySchema = z.strictObject({
  vmId: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export type RecordingQuery = z.output<typeof recordingQuerySchema>;

export const recordingPageSchema = z.object({
  items: z.array(recordingSchema),
  nextCursor: z.string().nullable(),
});
export type RecordingPage = z.infer<typeof recordingPageSchema>;
