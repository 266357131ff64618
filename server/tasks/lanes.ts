/** What tasks of a kind wait for: things that do not hinder each other run side by side. */
export type Lane = 'build' | 'disk' | 'network';

/** A build takes all cores; two copies share one disk; downloads mostly wait for others. */
export const LANE_WIDTHS: Readonly<Record<Lane, number>> = { build: 1, disk: 2, network: 4 };

/** How many tasks run at the same time, first come, first served. */
export class Lanes {
  private readonly free: Record<Lane, number>;
  private readonly waiting: Record<Lane, (() => void)[]> = { build: [], disk: [], network: [] };

  constructor(widths: Readonly<Record<Lane, number>> = LANE_WIDTHS) {
    this.free = { ...widths };
  }

  /**
   * Waits for a place.
   * @returns what gives it back
   * @throws the signal's reason when aborted before there was one
   */
  async enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free[lane] > 0) this.free[lane] -= 1;
    else await this.wait(lane, signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.waiting[lane].shift();
      // The place goes from hand to hand, so nobody can come in between.
      if (next === undefined) this.free[lane] += 1;
      else next();
    };
  }

  private wait(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.waiting[lane] = this.waiting[lane].filter((waiter) => waiter !== enter);
        reject(signal.reason);
      };
      this.waiting[lane].push(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
