import type { ReadStream } from 'node:tty';

/** Ctrl-], as in telnet: no program in a guest wants it. */
const LEAVE = 0x1d;

export interface KeyboardEvents {
  keys(bytes: Buffer): void;
  leave(): void;
  /** Nothing more comes: the end of what was piped in. */
  ended(): void;
}

/** Keys as they are typed, of a terminal in raw mode, or what is piped in. */
export class Keyboard {
  private readonly restore = (): void => {
    if (this.isTerminal) this.input.setRawMode(false);
  };

  constructor(
    private readonly input: ReadStream & { readonly isTTY?: boolean },
    private readonly events: KeyboardEvents,
  ) {}

  get isTerminal(): boolean {
    return this.input.isTTY === true;
  }

  /** @param readOnly only leaving is heard */
  open(readOnly: boolean): void {
    if (readOnly && !this.isTerminal) return;
    if (this.isTerminal) this.input.setRawMode(true);
    // Whatever ends the process, the shell gets its terminal back.
    process.once('exit', this.restore);
    this.input.on('data', this.onData);
    this.input.on('end', this.onEnd);
    this.input.resume();
  }

  close(): void {
    this.input.off('data', this.onData);
    this.input.off('end', this.onEnd);
    this.input.pause();
    process.off('exit', this.restore);
    this.restore();
  }

  private readonly onData = (bytes: Buffer): void => {
    const at = this.isTerminal ? bytes.indexOf(LEAVE) : -1;
    const typed = at < 0 ? bytes : bytes.subarray(0, at);
    if (typed.length > 0) this.events.keys(typed);
    if (at >= 0) this.events.leave();
  };

  private readonly onEnd = (): void => this.events.ended();
}
