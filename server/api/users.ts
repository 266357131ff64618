import { z } from 'zod';
import { passwordSchema, roleSchema, userNameSchema, userSchema } from './session';

/** A user as administrators see them. */
export const accountSchema = userSchema.extend({
  createdAt: z.iso.datetime(),
  /** Since when they may not sign in; null while they may. */
  disabledAt: z.iso.datetime().nullable(),
  lastSignInAt: z.iso.datetime().nullable(),
});
export type Account = z.infer<typeof accountSchema>;
export const accountListSchema = z.object({ items: z.array(accountSchema) });

export const createUserSchema = z.strictObject({
  name: userNameSchema,
  role: roleSchema,
  password: passwordSchema,
});
export type CreateUser = z.output<typeof createUserSchema>;

export const changeUserSchema = z
  .strictObject({ role: roleSchema.optional(), disabled: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'Name what to change.');
export type ChangeUser = z.output<typeof changeUserSchema>;

/** `PUT /users/{id}/password`: one's own asks for the old one, an administrator sets another's. */
export const setPasswordSchema = z.strictObject({
  oldPassword: z
    .string()
    .min(1, 'Give the password you have now.')
    .max(256, 'At most 256 characters.')
    .optional(),
  password: passwordSchema,
});
export type SetPassword = z.output<typeof setPasswordSchema>;

export const openSessionSchema = z.object({
  id: z.string(),
  userId: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  address: z.string(),
  userAgent: z.string(),
  /** The one this very request was made with. */
  current: z.boolean(),
});
export type OpenSession = z.infer<typeof openSessionSchema>;
export const openSessionListSchema = z.object({ items: z.array(openSessionSchema) });
