import { z } from 'zod';

const HOUR_SECONDS = 3600;
const YEAR_SECONDS = 366 * 24 * HOUR_SECONDS;

/** What a token is for. It never lets more than its user's role does. */
export const scopeSchema = z.enum(['read', 'operate', 'admin', 'metrics']);
export type Scope = z.infer<typeof scopeSchema>;

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  userId: z.string(),
  /** How it begins, by which a person tells it from others. */
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** To the minute; null while it was never used. */
  lastUsedAt: z.iso.datetime().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
export const tokenListSchema = z.object({ items: z.array(tokenSchema) });

export const createTokenSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give the token a name.')
    .max(63, 'At most 63 characters.')
    .regex(/^[^\p{C}]+$/u, 'No control characters.'),
  scopes: z
    .array(scopeSchema)
    .min(1, 'Name at least one scope.')
    .transform((scopes) => [...new Set(scopes)]),
  lifeSeconds: z
    .int()
    .min(HOUR_SECONDS, 'At least an hour.')
    .max(YEAR_SECONDS, 'At most a year.')
    .default(90 * 24 * HOUR_SECONDS),
});
export type CreateToken = z.output<typeof createTokenSchema>;

/** The only answer that holds the token itself. */
export const createdTokenSchema = tokenSchema.extend({ token: z.string() });
