import type { FieldErrors, Resolver } from 'react-hook-form';
import { createVmSchema } from '@/server/api/vms';
import { type CreateValues, fieldOf, toRequest } from './create-values';

/** Checks the form by the very schema the server checks the request by. */
export const createResolver: Resolver<CreateValues> = (values) => {
  const parsed = createVmSchema.safeParse(toRequest(values, false));
  if (parsed.success) return { values, errors: {} };
  const errors: FieldErrors<CreateValues> = {};
  for (const { path, message, code } of parsed.error.issues) {
    const field = fieldOf(path.join('.'));
    if (field !== undefined) errors[field] ??= { type: code, message };
  }
  return { values: {}, errors };
};
