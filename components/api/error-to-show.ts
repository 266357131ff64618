import { ApiError } from './api-error';

interface QueryLike {
  readonly data: unknown;
  readonly error: Error | null;
}

/**
 * What a page says of its query. That the server is out of reach is said once, by the banner at the
 * top, as long as there is something older to show.
 */
export function errorToShow({ data, error }: QueryLike): Error | null {
  const said = error instanceof ApiError && error.unreachable && data !== undefined;
  return said ? null : error;
}
