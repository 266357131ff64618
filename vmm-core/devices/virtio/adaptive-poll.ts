/** Longest wait that is spent looking rather than sleeping, in ms. A wake-up costs about as much. */
const LONGEST_MS = 0.03;
const SHORTEST_MS = 0.004;
/** More than fit into the longest wait: should the clock stand still, we do not. */
const MOST_LOOKS = 5000;

/**
 * Whether to look for the driver's next request for a moment before going to sleep. A driver with
 * one request at a time sends the next within microseconds, and each wake-up that is spared makes
 * it faster for less. What worked last decides how long to look: not at all for drivers that are
 * not so quick.
 */
export class AdaptivePoll {
  private windowMs = 0;
  private sleptAt = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns whether it came while we looked */
  lookFor(isThere: () => boolean): boolean {
    const { windowMs } = this;
    if (windowMs > 0) {
      const end = this.now() + windowMs;
      for (let looks = 0; looks < MOST_LOOKS && this.now() < end; looks++) {
        if (isThere()) return true;
      }
      this.windowMs = windowMs > SHORTEST_MS ? windowMs / 2 : 0;
    }
    return false;
  }

  /** From here on the driver has to ring. */
  sleep(): void {
    this.sleptAt = this.now();
  }

  /** The driver rang: had we looked a little longer, it need not have. */
  woken(): void {
    if (this.now() - this.sleptAt > LONGEST_MS) return;
    this.windowMs = Math.min(Math.max(this.windowMs * 2, SHORTEST_MS), LONGEST_MS);
  }
}
