/** An acknowledgement is due after this much, or after this long, whichever is first. */
export const ACK_BYTES = 64 * 1024;
export const ACK_MS = 100;

/**
 * Tells the server what was really shown. It stops reading for a viewer that is far behind, so an
 * acknowledgement of bytes that only wait in a queue would take that protection away.
 */
export class Acknowledger {
  private told = 0;
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (offset: number) => void) {}

  /** A new connection or run: nothing before `offset` needs telling. */
  restart(offset: number): void {
    this.stop();
    this.told = offset;
    this.shown = offset;
  }

  show(offset: number): void {
    if (offset <= this.shown) return;
    this.shown = offset;
    if (this.shown - this.told >= ACK_BYTES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), ACK_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    this.stop();
    if (this.shown === this.told) return;
    this.told = this.shown;
    this.send(this.shown);
  }
}
