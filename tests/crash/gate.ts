/** What those who work pass between two steps; whoever inspects closes it, and has quiet. */
export class Gate {
  private open: Promise<void> = Promise.resolve();
  private opener: () => void = () => {};
  private readonly inside = new Set<Promise<unknown>>();

  /** Waits while it is closed, then does `work`. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.open;
    const done = work();
    const settled = done.then(
      () => {},
      () => {},
    );
    this.inside.add(settled);
    try {
      return await done;
    } finally {
      this.inside.delete(settled);
    }
  }

  /** Resolves when nobody is inside any more. */
  async close(): Promise<void> {
    this.open = new Promise((resolve) => {
      this.opener = resolve;
    });
    await Promise.all(this.inside);
  }

  release(): void {
    this.opener();
  }
}
