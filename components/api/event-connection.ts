import { EVENT_TYPES } from '@/server/api/event-types';
import type { ConsoleEvent } from '@/server/api/events';

/** `lost`: there was an answer or a try, and now there is none. */
export type LinkState = 'connecting' | 'open' | 'lost';

/** What of the browser's EventSource is used. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

interface Options {
  readonly connect: () => EventSourceLike;
  readonly onEvent: (event: ConsoleEvent) => void;
  /** A new stream stands: what happened before it was not told. */
  readonly onFresh: () => void;
  /** The server refused the stream; perhaps the session is over. */
  readonly onRefused: () => void;
}

/** `EventSource.CLOSED`: the browser has given up, and a new try is ours to make. */
const CLOSED = 2;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** The one stream of events: open while wanted, opened again whenever it ends. */
export class EventConnection {
  private source: EventSourceLike | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private link: LinkState = 'connecting';
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: Options) {}

  /** For `useSyncExternalStore`. */
  readonly state = (): LinkState => this.link;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    if (this.source === undefined && this.retry === undefined) this.open();
  }

  /** Nobody looks; not a loss. */
  stop(): void {
    this.drop();
    this.set('connecting');
  }

  /** A person does not want to wait for the next try. */
  retryNow(): void {
    this.drop();
    this.open();
  }

  private open(): void {
    const source = this.options.connect();
    this.source = source;
    let before = false;
    source.addEventListener('open', () => {
      this.retryMs = FIRST_RETRY_MS;
      this.set('open');
      // When the browser comes back by itself it names the last event it has, and the server goes
      // on from there or says `missed`.
      if (!before) this.options.onFresh();
      before = true;
    });
    source.addEventListener('error', () => {
      this.set('lost');
      if (source.readyState === CLOSED) this.tryLater();
    });
    // A newer server may tell of things this page does not know; the rest goes on.
    for (const type of EVENT_TYPES) {
      source.addEventListener(type, (message) => this.receive(message));
    }
  }

  private receive(message: Event): void {
    if (!('data' in message) || typeof message.data !== 'string') return;
    this.options.onEvent(JSON.parse(message.data) as ConsoleEvent);
  }

  private tryLater(): void {
    this.drop();
    this.options.onRefused();
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.open();
    }, this.retryMs);
    this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
  }

  private drop(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.source?.close();
    this.source = undefined;
  }

  private set(link: LinkState): void {
    if (this.link === link) return;
    this.link = link;
    for (const listener of this.listeners) listener();
  }
}
