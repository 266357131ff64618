import type { GuestMemory } from '../../memory/guest-memory';
import { ConsoleInput } from './console-input';
import { ConsoleOutput } from './console-output';
import type { Virtqueue } from './virtqueue';

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** What a port has to tell the driver: control messages that wait for a buffer. */
export interface PortNews {
  add: boolean;
  isConsole: boolean;
  name: boolean;
  open: boolean;
  size: boolean;
}

/** One port of a console device, with the host's side of it. */
export class ConsolePort {
  /** Somebody in the guest has opened the port, or closed it. */
  onGuestOpen: (isOpen: boolean) => void = () => {};
  readonly news: PortNews = noNews();
  private terminal: TerminalSize | undefined;
  private readonly bytesIn = new ConsoleInput();
  private readonly bytesOut = new ConsoleOutput();
  /** The driver has said that it knows the port. */
  private isReady = false;
  private isOpenInGuest = false;
  private isOpenOnHost: boolean;

  /**
   * @param name shown to the guest; absent for the console
   * @param hasNews called when the driver is to be told something
   */
  constructor(
    readonly index: number,
    readonly name: string | undefined,
    private readonly hasNews: () => void,
  ) {
    this.isOpenOnHost = this.isConsole;
  }

  get isConsole(): boolean {
    return this.name === undefined;
  }

  /** Set by whoever listens; see ConsoleOutput. */
  set onOutput(listener: (bytes: Uint8Array) => void) {
    this.bytesOut.onOutput = listener;
  }

  /** Set by whoever writes more than fits: there is room again. */
  set onRoom(listener: () => void) {
    this.bytesIn.onRoom = listener;
  }

  /** @returns how many of the bytes were taken, the first ones: 64 KiB wait at most */
  input(bytes: Uint8Array): number {
    return this.bytesIn.add(bytes);
  }

  /**
   * The guest waits with its output until resumeOutput(). Not for consoles: Linux waits for them
   * with a processor that does nothing else.
   */
  pauseOutput(): void {
    this.bytesOut.pause();
  }

  resumeOutput(): void {
    this.bytesOut.resume();
  }

  get isGuestOpen(): boolean {
    return this.isOpenInGuest;
  }

  get isHostOpen(): boolean {
    return this.isOpenOnHost;
  }

  /** Whether anybody of the host is there; a port of whom nobody is reads as ended in the guest. */
  setHostOpen(isOpen: boolean): void {
    if (isOpen === this.isOpenOnHost) return;
    this.isOpenOnHost = isOpen;
    this.tell('open');
  }

  get size(): TerminalSize | undefined {
    return this.terminal;
  }

  /** The terminal at the host's side has another size now. */
  resize(size: TerminalSize): void {
    this.terminal = size;
    this.tell('size');
  }

  private tell(key: keyof PortNews): void {
    if (!this.isReady) return;
    this.news[key] = true;
    this.hasNews();
  }

  get inputBytes(): number {
    return this.bytesIn.delivered;
  }

  get outputBytes(): number {
    return this.bytesOut.delivered;
  }

  // What follows is the device's to call.

  connect(
    memory: GuestMemory,
    receive: Virtqueue | undefined,
    transmit: Virtqueue | undefined,
  ): void {
    this.bytesIn.connect(memory, receive);
    this.bytesOut.connect(memory, transmit);
  }

  /** No access to guest memory any more. */
  disconnect(): void {
    this.isReady = false;
    Object.assign(this.news, noNews());
    this.bytesIn.disconnect();
    this.bytesOut.disconnect();
    this.setGuestOpen(false);
  }

  /** The driver knows the port now, or could not make use of it. */
  setReady(isReady: boolean): void {
    this.isReady = isReady;
    this.news.isConsole = isReady && this.isConsole;
    this.news.name = isReady && this.name !== undefined;
    this.news.open = isReady && this.isOpenOnHost;
    this.news.size = isReady && this.terminal !== undefined;
  }

  setGuestOpen(isOpen: boolean): void {
    if (isOpen === this.isOpenInGuest) return;
    this.isOpenInGuest = isOpen;
    if (isOpen) this.bytesIn.open();
    else this.bytesIn.close();
    this.onGuestOpen(isOpen);
  }

  notifyReceive(): void {
    this.bytesIn.deliver();
  }

  notifyTransmit(): void {
    this.bytesOut.notify();
  }
}

function noNews(): PortNews {
  return { add: false, isConsole: false, name: false, open: false, size: false };
}
