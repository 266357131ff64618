export interface RateLimit {
  /** Attempts that may be made at once. */
  readonly burst: number;
  /** After which one more attempt is allowed, in milliseconds. */
  readonly refillMs: number;
}

/** Of more keys, those whose last attempt is longest ago are forgotten. */
export const MOST_KEYS = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** A token bucket for each key, in memory that does not grow with the number of those who try. */
export class RateLimiter {
  /** In the order of their last attempts. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: RateLimit,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /** Counts an attempt. @returns 0 when it may go on, otherwise milliseconds to wait */
  take(key: string): number {
    const tokens = this.tokensOf(key);
    if (tokens < 1) return Math.ceil((1 - tokens) * this.limit.refillMs);
    this.put(key, tokens - 1);
    return 0;
  }

  /** Takes an attempt back that turned out well, or was not made. */
  giveBack(key: string): void {
    this.put(key, Math.min(this.limit.burst, this.tokensOf(key) + 1));
  }

  private tokensOf(key: string): number {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return this.limit.burst;
    const gained = (this.now() - bucket.at) / this.limit.refillMs;
    return Math.min(this.limit.burst, bucket.tokens + gained);
  }

  private put(key: string, tokens: number): void {
    this.buckets.delete(key);
    // A full one is as good as none.
    if (tokens < this.limit.burst) this.buckets.set(key, { tokens, at: this.now() });
    for (const oldest of this.buckets.keys()) {
      if (this.buckets.size <= MOST_KEYS) return;
      this.buckets.delete(oldest);
    }
  }
}
