import { pageQuerySchema } from '../api/paging';
import { readQuery } from './query';

export interface Page {
  readonly limit: number;
  /** The id of the last one the client has. */
  readonly before?: number;
}

/** @throws ProblemError 422 */
export function readPage(url: URL): Page {
  const { limit, cursor } = readQuery(url, pageQuerySchema);
  return { limit, ...(cursor === undefined ? {} : { before: cursor }) };
}

/** @param items up to one more than `limit`, which tells that there is a next page */
export function pageOf<T extends { readonly id: number }>(
  items: readonly T[],
  limit: number,
): { items: readonly T[]; nextCursor: string | null } {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const more = items.length > limit && last !== undefined;
  return { items: shown, nextCursor: more ? String(last.id) : null };
}
