/** How long a change is remembered: no request takes so long from who it is from to its stream. */
const REMEMBERED_MS = 10 * 60_000;

type Listener = (grantId: string) => void;

/** What something was opened with, and how many changes were known when that was looked up. */
export interface OpenedWith {
  /** Of a session or a token. */
  readonly grantId: string;
  readonly asOf?: number;
}

interface Change {
  readonly count: number;
  readonly at: number;
  readonly isEnd: boolean;
}

/**
 * Tells streams and consoles that the session or token they were opened with is no more, or is good
 * for something else now. Who begins to watch too late is told at once: between the look at the
 * session and the beginning of the stream it may have ended.
 */
export class Revocations {
  private readonly listeners = new Set<Listener>();
  private readonly watches = new Map<string, Set<() => void>>();
  private readonly recent = new Map<string, Change>();
  private count = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** How many changes there were; to be read before a session or token is looked up. */
  get changes(): number {
    return this.count;
  }

  /** They are no more. */
  tell(grantIds: readonly string[]): void {
    this.change(grantIds, true);
  }

  /** They go on with other rights: what is open has to be opened anew. */
  interrupt(grantIds: readonly string[]): void {
    this.change(grantIds, false);
  }

  /** @returns stops the listening */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * @param stop called when the grant ends or changes; at once when it has already
   * @returns ends the watch
   */
  watch({ grantId, asOf = 0 }: OpenedWith, stop: () => void): () => void {
    const change = this.recent.get(grantId);
    if (change !== undefined && (change.isEnd || change.count > asOf)) {
      stop();
      return () => {};
    }
    const watching = this.watches.get(grantId) ?? new Set();
    this.watches.set(grantId, watching.add(stop));
    return () => {
      watching.delete(stop);
      if (watching.size === 0 && this.watches.get(grantId) === watching) {
        this.watches.delete(grantId);
      }
    };
  }

  /** Those that something is open with. */
  watched(): readonly string[] {
    return [...this.watches.keys()];
  }

  private change(grantIds: readonly string[], isEnd: boolean): void {
    const at = this.now();
    this.forget(at - REMEMBERED_MS);
    for (const id of grantIds) {
      this.count += 1;
      // At the end of the map, which is in the order of time.
      this.recent.delete(id);
      this.recent.set(id, { count: this.count, at, isEnd });
      for (const listener of this.listeners) listener(id);
      const watching = [...(this.watches.get(id) ?? [])];
      if (isEnd) this.watches.delete(id);
      for (const stop of watching) stop();
    }
  }

  private forget(before: number): void {
    for (const [id, { at }] of this.recent) {
      if (at >= before) return;
      this.recent.delete(id);
    }
  }
}
