import {
  type ConsoleClientMessage,
  type ConsolePeople,
  type ConsoleServerMessage,
  consoleServerMessageSchema,
} from '@/server/api/console';
import { Acknowledger } from './acknowledger';
import { backOffMs } from './back-off';
import type { ConsoleSocket, ConsoleTransport, Refusal } from './console-transport';

export type ConsoleStatus =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting' }
  /** The server is there; the machine has not begun to print. */
  | { readonly phase: 'attached' }
  | { readonly phase: 'live' }
  | { readonly phase: 'retrying'; readonly retryAt: number }
  /** The run is over: what it printed stays. */
  | { readonly phase: 'ended'; readonly state: string }
  | { readonly phase: 'refused'; readonly refusal: Refusal };

/** Where bytes go. Calls take effect in the order they are made. */
export interface ConsoleScreen {
  /** @param shown to be called when the bytes are on the screen */
  write(bytes: Uint8Array, shown: () => void): void;
  clear(): void;
  /** `bytes` of output are missing at this place. */
  gap(bytes: number, shown: () => void): void;
}

/** The server takes frames of 256 KiB; a paste is cut well below. */
const INPUT_FRAME_BYTES = 32 * 1024;

/** One viewer's connection to the console of one machine; comes back by itself. */
export class ConsoleConnection {
  private current: ConsoleStatus = { phase: 'idle' };
  private whoIsThere: ConsolePeople | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly acknowledger = new Acknowledger((offset) => this.acknowledge(offset));
  private socket: ConsoleSocket | undefined;
  private pendingTicket: AbortController | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private epoch: string | undefined;
  /** Absolute: what the screen was given, and where the server's next byte belongs. */
  private received = 0;
  private streamAt = 0;

  constructor(
    private readonly transport: ConsoleTransport,
    private readonly screen: ConsoleScreen,
  ) {}

  get status(): ConsoleStatus {
    return this.current;
  }

  /** Who watches, and who of them types; undefined while not connected. */
  get people(): ConsolePeople | undefined {
    return this.whoIsThere;
  }

  /** Asks for control of the keyboard, or gives it back. */
  control(take: boolean): void {
    this.tell({ type: 'control', take });
  }

  /** @returns stops listening */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Connects unless it is connected or about to be; a wait before the next try is cut short. */
  connect(): void {
    if (this.socket !== undefined || this.pendingTicket !== undefined) return;
    clearTimeout(this.retryTimer);
    void this.open();
  }

  /** Gives up a connection that may be dead without knowing it; control of the keyboard is kept. */
  renew(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    this.connect();
  }

  close(): void {
    clearTimeout(this.retryTimer);
    this.acknowledger.stop();
    this.pendingTicket?.abort();
    this.pendingTicket = undefined;
    // Whoever else watches need not wait for this page to come back.
    if (this.current.phase === 'live') this.control(false);
    const socket = this.socket;
    this.socket = undefined;
    this.whoIsThere = undefined;
    socket?.close();
    this.setStatus({ phase: 'idle' });
  }

  /** @returns false when there is nobody to take it */
  input(bytes: Uint8Array): boolean {
    if (this.socket === undefined || this.current.phase !== 'live') return false;
    for (let at = 0; at < bytes.length; at += INPUT_FRAME_BYTES) {
      this.socket.send(bytes.slice(at, at + INPUT_FRAME_BYTES));
    }
    return true;
  }

  private async open(): Promise<void> {
    this.setStatus({ phase: 'connecting' });
    const abort = new AbortController();
    this.pendingTicket = abort;
    try {
      const answer = await this.transport.requestTicket(abort.signal);
      if (abort.signal.aborted) return;
      this.pendingTicket = undefined;
      if ('refused' in answer) this.setStatus({ phase: 'refused', refusal: answer.refused });
      else this.attach(answer.ticket);
    } catch {
      if (abort.signal.aborted) return;
      this.pendingTicket = undefined;
      this.retry();
    }
  }

  private held() {
    return this.epoch === undefined ? undefined : { epoch: this.epoch, offset: this.received };
  }

  private attach(ticket: string): void {
    this.streamAt = this.received;
    this.acknowledger.restart(this.received);
    // A socket that was given up may still have something to say.
    const ifCurrent =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.socket === socket) act(...args);
      };
    const socket = this.transport.openSocket(ticket, this.held(), {
      opened: ifCurrent(() => this.setStatus({ phase: 'attached' })),
      bytes: ifCurrent((bytes: Uint8Array) => this.onBytes(bytes)),
      text: ifCurrent((text: string) => this.onText(text)),
      closed: ifCurrent(() => this.onClosed()),
    });
    this.socket = socket;
  }

  private onClosed(): void {
    this.socket = undefined;
    this.whoIsThere = undefined;
    this.acknowledger.stop();
    if (this.current.phase !== 'ended') this.retry();
  }

  private retry(): void {
    const delay = backOffMs(this.attempt++);
    this.setStatus({ phase: 'retrying', retryAt: Date.now() + delay });
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private onBytes(bytes: Uint8Array): void {
    this.live();
    // A server that begins before what is on the screen must not print it twice.
    const known = Math.min(bytes.length, Math.max(0, this.received - this.streamAt));
    this.streamAt += bytes.length;
    if (known === bytes.length) {
      this.acknowledger.show(this.streamAt);
      return;
    }
    this.received = this.streamAt;
    this.screen.write(bytes.subarray(known), this.whenShown());
  }

  private onText(text: string): void {
    const message = parse(text);
    if (message === undefined) return;
    if (message.type === 'offset') this.onOffset(message.epoch, message.offset);
    else if (message.type === 'skipped') this.onSkipped(message.bytes, message.offset);
    else if (message.type === 'people') this.onPeople(message);
    else this.setStatus({ phase: 'ended', state: message.state });
  }

  private onPeople(people: ConsolePeople): void {
    this.whoIsThere = people;
    this.notify();
  }

  private onOffset(epoch: string, offset: number): void {
    if (epoch !== this.epoch) {
      if (this.epoch !== undefined) this.screen.clear();
      this.epoch = epoch;
      this.received = offset;
    } else if (offset > this.received) {
      this.lose(offset - this.received, offset);
    }
    this.streamAt = offset;
    this.acknowledger.restart(offset);
    this.live();
  }

  private onSkipped(bytes: number, offset: number): void {
    this.streamAt = offset;
    if (offset > this.received) this.lose(bytes, offset);
  }

  private lose(bytes: number, next: number): void {
    this.received = next;
    this.screen.gap(bytes, this.whenShown());
  }

  /** Acknowledges all that is received by now, once it is on the screen. */
  private whenShown(): () => void {
    const { epoch, received } = this;
    return () => {
      // What an earlier run printed says nothing about this one.
      if (epoch === this.epoch) this.acknowledger.show(received);
    };
  }

  private acknowledge(offset: number): void {
    if (this.current.phase === 'live') this.tell({ type: 'ack', offset });
  }

  private tell(message: ConsoleClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private live(): void {
    this.attempt = 0;
    if (this.current.phase !== 'live') this.setStatus({ phase: 'live' });
  }

  private setStatus(status: ConsoleStatus): void {
    this.current = status;
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

function parse(text: string): ConsoleServerMessage | undefined {
  try {
    return consoleServerMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
