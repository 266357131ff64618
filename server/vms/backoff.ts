/** Each start that ends early makes the next one wait twice as long. */
const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
/** A machine that ran this long has recovered. */
const RECOVERED_MS = 60_000;

/** How long to wait before something that ended is started again. */
export class Backoff {
  private failures = 0;

  /** @param ranMs how long it ran before it ended */
  delayAfter(ranMs: number): number {
    if (ranMs >= RECOVERED_MS) this.failures = 0;
    const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures);
    this.failures += 1;
    return delay;
  }
}
