/** So many requests at a time: the host starts no faster with more, and the page stays quick. */
const AT_A_TIME = 6;

export interface BulkFailure<Item> {
  readonly item: Item;
  readonly error: unknown;
}

/**
 * Does one thing to each item, some at a time; one that fails holds up none of the others.
 * @returns those that failed, in the order of the items
 */
export async function runBulk<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<unknown>,
): Promise<BulkFailure<Item>[]> {
  const failures = new Map<Item, unknown>();
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      await run(item).catch((error: unknown) => failures.set(item, error));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return items
    .filter((item) => failures.has(item))
    .map((item) => ({ item, error: failures.get(item) }));
}
