import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';
import { ApiError } from './api-error';

/** What the server says of single fields, by their path in the request. */
export function fieldErrors(error: unknown): (path: string) => string | undefined {
  const complaints = error instanceof ApiError ? error.errors : [];
  return (path) => complaints.find((field) => field.path === path)?.message;
}

/**
 * Puts what the server says of single fields beside them.
 * @param fieldOf the form's field for a path of the request
 * @returns whether every complaint found its field; else the failure wants a place of its own
 */
export function showFieldErrors<Values extends FieldValues>(
  error: unknown,
  fieldOf: (path: string) => Path<Values> | undefined,
  setError: UseFormSetError<Values>,
): boolean {
  if (!(error instanceof ApiError)) return false;
  const placed = error.errors.map(({ path, message }) => ({
    field: fieldOf(path),
    message,
  }));
  // From the last to the first, so that the first keeps the focus.
  for (const { field, message } of placed.toReversed()) {
    if (field !== undefined) setError(field, { message }, { shouldFocus: true });
  }
  return placed.length > 0 && placed.every(({ field }) => field !== undefined);
}
