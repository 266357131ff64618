import { z } from 'zod';

export const outcomeSchema = z.enum(['ok', 'refused', 'failed']);

/** One entry: who did what to what, when, from where, and what came of it. */
export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** Empty when nobody was signed in. */
  userId: z.string(),
  userName: z.string(),
  /** How they were known. */
  via: z.enum(['session', 'token', 'ticket', 'console', 'none']),
  address: z.string(),
  /** The right that it takes. */
  action: z.string(),
  /** What was asked of the API, by its name there; empty for what is no request of it. */
  operation: z.string(),
  resourceKind: z.string(),
  resourceId: z.string(),
  resourceName: z.string(),
  outcome: outcomeSchema,
  /** The problem's code, when it did not go well. */
  code: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Newest first. */
export const auditListSchema = z.object({
  items: z.array(auditEntrySchema),
  nextCursor: z.string().nullable(),
});

/** `?user=&action=&resource=&outcome=&from=&to=` of the list and of the export. */
export const auditFilterSchema = z.object({
  user: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
  resource: z.string().max(64).optional(),
  outcome: outcomeSchema.optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
export type AuditFilter = z.output<typeof auditFilterSchema>;
