import type { ConsoleEvent } from '../api/events';

/** Events a client that was away may still catch up on. */
const KEPT_EVENTS = 1000;

export interface NumberedEvent {
  readonly id: number;
  readonly event: ConsoleEvent;
}

/**
 * What changed, to whoever listens, numbered so that a reader that was cut off can go on.
 *
 * Numbers begin at the time of the start in milliseconds: a number of an earlier process is always
 * below, and is seen to be too old instead of being mistaken for one of ours.
 */
export class EventBus {
  private readonly kept: NumberedEvent[] = [];
  private readonly listeners = new Set<(event: NumberedEvent) => void>();
  private nextId: number;

  constructor(firstId: number = Date.now()) {
    this.nextId = firstId;
  }

  publish(event: ConsoleEvent): void {
    const numbered = { id: this.nextId, event };
    this.nextId += 1;
    this.kept.push(numbered);
    if (this.kept.length > KEPT_EVENTS) this.kept.shift();
    for (const listener of this.listeners) listener(numbered);
  }

  /**
   * @param lastId what the reader saw last; undefined for a new one, which gets only what is new
   * @returns what it missed, and whether more than that is lost
   */
  since(lastId: number | undefined): { events: readonly NumberedEvent[]; lost: boolean } {
    if (lastId === undefined) return { events: [], lost: false };
    const oldest = this.kept[0]?.id ?? this.nextId;
    const known = lastId >= oldest - 1 && lastId < this.nextId;
    if (!known) return { events: [], lost: true };
    return { events: this.kept.filter((kept) => kept.id > lastId), lost: false };
  }

  /** The number of the newest event there is, or that would come before the first. */
  get lastId(): number {
    return this.nextId - 1;
  }

  /** @returns stops the listening */
  listen(listener: (event: NumberedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
