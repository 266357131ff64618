/** One at a time for each key, in the order of asking. Keys nobody uses take no memory. */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<void>>();

  /** @returns what `work` returns, once everything that asked for `key` earlier has ended */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => {},
      () => {},
    );
    this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
