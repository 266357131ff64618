import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';
import { ApiError } from './api-error';

/**
 * Puts what the server says of single fields beside them.
 * @param fields the names of the form's fields
 * @returns whether every complaint found its field; else the failure wants a place of its own
 */
export function showFieldErrors<Values extends FieldValues>(
  error: unknown,
  fields: readonly Path<Values>[],
  setError: UseFormSetError<Values>,
): boolean {
  if (!(error instanceof ApiError) || error.errors.length === 0) return false;
  let first = true;
  let all = true;
  for (const { path, message } of error.errors) {
    const field = fields.find((name) => name === path);
    if (field === undefined) {
      all = false;
      continue;
    }
    setError(field, { message }, { shouldFocus: first });
    first = false;
  }
  return all;
}
