import type { Stream } from './contract';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

export type StreamAnswer = 'sent' | 'refused' | 'unreachable';

/** An EventSource whose other end is in memory. */
export class MockEventSource extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSED = CLOSED;

  readyState = CONNECTING;
  /** What an earlier connection still sends is lost. */
  private connection = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  /** @param answer begins to send, unless the stream is refused or nobody is there */
  constructor(private readonly answer: (stream: Stream) => StreamAnswer) {
    super();
    queueMicrotask(() => this.connect());
  }

  close(): void {
    this.readyState = CLOSED;
  }

  /** The connection ends, and the browser tries again. */
  breakOff(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CONNECTING;
    this.fail();
  }

  /** The browser's own next try. */
  reconnect(): void {
    if (this.readyState === CONNECTING) this.connect();
  }

  private connect(): void {
    if (this.readyState !== CONNECTING) return;
    // Opened before the first message, as a browser does it.
    const messages: MessageEvent[] = [];
    this.connection += 1;
    const connection = this.connection;
    const answered = this.answer({
      send: (type, data) => {
        if (connection !== this.connection) return;
        const message = new MessageEvent(type, { data: JSON.stringify(data) });
        if (this.readyState === OPEN) this.dispatchEvent(message);
        else if (this.readyState === CONNECTING) messages.push(message);
      },
    });
    if (answered !== 'sent') {
      // A browser tries again by itself, but not when it was told no.
      if (answered === 'refused') this.readyState = CLOSED;
      this.fail();
      return;
    }
    this.readyState = OPEN;
    this.onopen?.();
    this.dispatchEvent(new Event('open'));
    for (const message of messages) this.dispatchEvent(message);
  }

  private fail(): void {
    this.onerror?.();
    this.dispatchEvent(new Event('error'));
  }
}
