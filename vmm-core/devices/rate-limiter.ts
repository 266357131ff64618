/** How much a device may do. A bound that is not given does not bind. */
export interface Limit {
  readonly bytesPerSecond?: number;
  readonly operationsPerSecond?: number;
  /** How long an idle device saves up, in ms of its rates; DEFAULT_BURST_MS if not given. */
  readonly burst?: number;
}

export const DEFAULT_BURST_MS = 100;

/**
 * A bucket that fills at a constant rate up to its size. Whoever finds anything in it may take as
 * much as a request needs: what is missing is owed, and the next one waits for it. So a request
 * larger than the bucket is never stuck, and the mean rate holds all the same.
 */
class TokenBucket {
  private level: number;

  /** @param rate tokens a millisecond */
  constructor(
    private readonly rate: number,
    private readonly size: number,
  ) {
    this.level = size;
  }

  fill(milliseconds: number): void {
    this.level = Math.min(this.size, this.level + milliseconds * this.rate);
  }

  take(tokens: number): void {
    this.level -= tokens;
  }

  /** @returns ms until there is something in it; 0 when there is */
  emptyFor(): number {
    return this.level > 0 ? 0 : -this.level / this.rate;
  }

  get isEmpty(): boolean {
    return this.level <= 0;
  }
}

/** Two token buckets, one of bytes and one of operations; a request has to pass both. */
export class RateLimiter {
  private readonly bytes: TokenBucket | undefined;
  private readonly operations: TokenBucket | undefined;
  private filledAt: number;

  /** @param now monotonic, in ms, fractions included */
  constructor(
    limit: Limit,
    private readonly now: () => number = () => performance.now(),
  ) {
    const burst = limit.burst ?? DEFAULT_BURST_MS;
    this.bytes = bucket(limit.bytesPerSecond, burst);
    this.operations = bucket(limit.operationsPerSecond, burst);
    this.filledAt = now();
  }

  /**
   * Asks for one operation of so many bytes, and takes it if it is granted.
   * @returns 0 if granted, else the ms to wait before asking again: whole ones, for a timer
   */
  tryTake(bytes: number): number {
    const wait = this.wait();
    if (wait === 0) this.take(bytes);
    return wait;
  }

  /** The same without taking, for whoever does not know yet how long the request will be. */
  wait(): number {
    this.fill();
    if (this.bytes?.isEmpty !== true && this.operations?.isEmpty !== true) return 0;
    const wait = Math.max(this.bytes?.emptyFor() ?? 0, this.operations?.emptyFor() ?? 0);
    // A bucket is open when there is something in it: at the end of the wait there is nothing yet.
    return Math.floor(wait) + 1;
  }

  /** Books one operation that has been done. */
  take(bytes: number): void {
    this.bytes?.take(bytes);
    this.operations?.take(1);
  }

  private fill(): void {
    const now = this.now();
    const passed = now - this.filledAt;
    this.filledAt = now;
    this.bytes?.fill(passed);
    this.operations?.fill(passed);
  }
}

function bucket(perSecond: number | undefined, burst: number): TokenBucket | undefined {
  if (perSecond === undefined) return undefined;
  const rate = perSecond / 1000;
  return new TokenBucket(rate, rate * burst);
}
