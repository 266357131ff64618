import type { FieldErrors, FieldValues, Resolver } from 'react-hook-form';
import { createVmSchema } from '@/server/api/vms';
import { fieldOf, toVm, type VmValues } from './vm-values';

/** Checks the fields of a machine by the very schema the server checks the request by. */
export function vmErrors(values: VmValues): FieldErrors<VmValues> {
  const parsed = createVmSchema.safeParse(toVm(values));
  const errors: FieldErrors<VmValues> = {};
  for (const { path, message, code } of parsed.error?.issues ?? []) {
    const field = fieldOf(path.join('.'));
    if (field !== undefined) errors[field] ??= { type: code, message };
  }
  return errors;
}

/** @param errorsOf what is wrong with the values; nothing when all is right */
export function resolverOf<Values extends FieldValues>(
  errorsOf: (values: Values) => FieldErrors<Values>,
): Resolver<Values> {
  return (values) => {
    const errors = errorsOf(values);
    return Object.keys(errors).length === 0 ? { values, errors: {} } : { values: {}, errors };
  };
}
