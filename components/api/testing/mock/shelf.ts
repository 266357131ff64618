import { changedMeanwhile, notFound } from './refusal';

interface Options<Item> {
  /** As in "There is no such machine." */
  readonly what: string;
  readonly onPut?: (item: Item) => void;
  readonly onRemove?: (id: string) => void;
}

/** Things of one kind, oldest first. What changes here is told by an event, as the server does. */
export class Shelf<Item extends { readonly id: string }> {
  private readonly items = new Map<string, Item>();

  constructor(private readonly options: Options<Item>) {}

  get all(): Item[] {
    return [...this.items.values()];
  }

  find(id: string): Item | undefined {
    return this.items.get(id);
  }

  /** @throws Refusal 404 */
  get(id: string): Item {
    const item = this.items.get(id);
    if (item === undefined) throw notFound(this.options.what);
    return item;
  }

  put(item: Item): Item {
    this.items.set(item.id, item);
    this.options.onPut?.(item);
    return item;
  }

  /** @throws Refusal 404 */
  change(id: string, parts: Partial<Item>): Item {
    return this.put({ ...this.get(id), ...parts });
  }

  /** @throws Refusal 404 */
  remove(id: string): void {
    this.get(id);
    this.items.delete(id);
    this.options.onRemove?.(id);
  }
}

/** @throws Refusal 412 when somebody was faster */
export function checkRevision(
  { revision }: { readonly revision: number },
  expected: number | undefined,
): void {
  if (expected !== undefined && expected !== revision) throw changedMeanwhile();
}

export function isNameOf(name: string): (item: { readonly name: string }) => boolean {
  return (item) => item.name === name;
}

/** The first page of a list that is newest first, and where it goes on. */
export function pageOf<Item extends { readonly id: number | string }>(
  newestFirst: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: number | string | undefined },
): { items: Item[]; nextCursor: string | null } {
  const from =
    cursor === undefined ? 0 : newestFirst.findIndex(({ id }) => String(id) === String(cursor)) + 1;
  const items = newestFirst.slice(from, from + limit);
  const last = items.at(-1);
  const hasMore = newestFirst.length > from + limit && last !== undefined;
  return { items, nextCursor: hasMore ? String(last.id) : null };
}
