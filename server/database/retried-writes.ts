import { isDatabaseFull } from './database-problems';

/** Between two tries to write what could not be written. */
const RETRY_MS = 5000;
/** Beyond it the oldest are given up. */
const MOST_WAITING = 10_000;

/**
 * Rows nobody waits for and that shall not be lost because the database cannot be written for a
 * while: one after the other, and again until they are there.
 */
export class RetriedWrites<T extends object> {
  private rows: T[] = [];
  private readonly told = new WeakSet<T>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** @param onFailure told once of each row that cannot be written yet */
  constructor(
    private readonly write: (row: T) => Promise<unknown>,
    private readonly onFailure: (row: T, error: unknown) => void,
  ) {}

  /** Not written yet, oldest first. */
  get waiting(): readonly T[] {
    return this.rows;
  }

  /** Never rejects. Resolves once the row is written, or was tried and waits for another try. */
  add(row: T): Promise<void> {
    this.rows.push(row);
    if (this.rows.length > MOST_WAITING) this.rows.shift();
    return this.flush();
  }

  /** Tries what waits. Never rejects. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  /** Tries once more. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private async writeAll(): Promise<void> {
    clearTimeout(this.timer);
    for (let row = this.rows[0]; row !== undefined; row = this.rows[0]) {
      try {
        await this.write(row);
        this.drop(row);
      } catch (error) {
        this.fail(row, error);
        return;
      }
    }
  }

  private fail(row: T, error: unknown): void {
    for (const waiting of this.rows) {
      if (!this.told.has(waiting)) this.onFailure(waiting, error);
      this.told.add(waiting);
    }
    // One that fails for a reason of its own must not hold up the others for ever.
    if (!isDatabaseFull(error) && this.drop(row)) this.rows.push(row);
    this.timer = setTimeout(() => void this.flush(), RETRY_MS);
    this.timer.unref();
  }

  /** @returns whether it was still there */
  private drop(row: T): boolean {
    const at = this.rows.indexOf(row);
    if (at >= 0) this.rows.splice(at, 1);
    return at >= 0;
  }
}
