import { z } from 'zod';

export const roleSchema = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof roleSchema>;

export const userNameSchema = z
  .string()
  .trim()
  .min(2, 'At least 2 characters.')
  .max(32, 'At most 32 characters.')
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'Letters, digits, dot, dash and underscore.');
export const passwordSchema = z
  .string()
  .min(10, 'At least 10 characters.')
  .max(256, 'At most 256 characters.');

export const userSchema = z.object({ id: z.string(), name: z.string(), role: roleSchema });
export type User = z.infer<typeof userSchema>;

/** `GET /session`: open to everybody, tells a page what to show. */
export const sessionSchema = z.object({
  user: userSchema.nullable(),
  /** No user exists yet: the one-time link is the only way in. */
  firstRun: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

/** `POST /session`. */
export const signInSchema = z.strictObject({
  name: userNameSchema,
  password: z.string().min(1).max(256),
});
export type SignIn = z.infer<typeof signInSchema>;

/** `POST /first-run`: `token` is what the one-time link carries behind its `#`. */
export const firstRunSchema = z.strictObject({
  token: z.string().min(1).max(256),
  name: userNameSchema,
  password: passwordSchema,
});
export type FirstRun = z.infer<typeof firstRunSchema>;
