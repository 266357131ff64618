export interface RateLimit {
  /** Attempts that may be made at once. */
  readonly burst: number;
  /** After which one more attempt is allowed, in milliseconds. */
  readonly refillMs: number;
}

/** Beyond this many keys, those that are full again are dropped. */
const PRUNE_ABOVE = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket for each key. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: RateLimit,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts an attempt. @returns 0 when it may go on, otherwise milliseconds to wait */
  take(key: string): number {
    const bucket = this.refilled(key);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) * this.limit.refillMs);
    bucket.tokens -= 1;
    this.buckets.set(key, bucket);
    if (this.buckets.size > PRUNE_ABOVE) this.prune();
    return 0;
  }

  /** Takes an attempt back that turned out well. */
  giveBack(key: string): void {
    const bucket = this.refilled(key);
    bucket.tokens = Math.min(this.limit.burst, bucket.tokens + 1);
  }

  private refilled(key: string): Bucket {
    const now = this.now();
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return { tokens: this.limit.burst, at: now };
    const gained = (now - bucket.at) / this.limit.refillMs;
    bucket.tokens = Math.min(this.limit.burst, bucket.tokens + gained);
    bucket.at = now;
    return bucket;
  }

  private prune(): void {
    for (const key of this.buckets.keys()) {
      if (this.refilled(key).tokens >= this.limit.burst) this.buckets.delete(key);
    }
  }
}
