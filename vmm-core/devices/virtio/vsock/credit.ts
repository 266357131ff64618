/** Room for the guest's data that waits for its Unix socket, for each connection. */
export const BUF_ALLOC = 256 * 1024;
/** The guest is told of room as soon as so much has become free. */
const WORTH_TELLING = BUF_ALLOC / 4;

/**
 * How much either side of a connection may send; virtio 1.2, 5.10.6.3. All counts are of bytes
 * since the connection began, modulo 2^32.
 */
export class Credit {
  /** Taken from the guest, written to the Unix socket, and how much of that the guest knows. */
  private received = 0;
  private forwarded = 0;
  private told = 0;
  /** Sent to the guest, and what it said last. */
  private sent = 0;
  private guestBufAlloc = 0;
  private guestFwdCnt = 0;
  private isAskedFor = false;

  /** Every packet of the guest says what it has room for. */
  update(bufAlloc: number, fwdCnt: number): void {
    this.guestBufAlloc = bufAlloc;
    this.guestFwdCnt = fwdCnt;
  }

  /** What the guest has room for, in bytes. */
  get available(): number {
    return Math.max(this.guestBufAlloc - ((this.sent - this.guestFwdCnt) >>> 0), 0);
  }

  use(bytes: number): void {
    this.sent = (this.sent + bytes) >>> 0;
  }

  /** @returns false when the guest sends more than it was told that there is room for */
  receive(bytes: number): boolean {
    if (((this.received - this.forwarded) >>> 0) + bytes > BUF_ALLOC) return false;
    this.received = (this.received + bytes) >>> 0;
    return true;
  }

  /** The Unix socket has taken so much. */
  forward(bytes: number): void {
    this.forwarded = (this.forwarded + bytes) >>> 0;
  }

  /** The guest wants to know. */
  ask(): void {
    this.isAskedFor = true;
  }

  get isWorthTelling(): boolean {
    return this.isAskedFor || (this.forwarded - this.told) >>> 0 >= WORTH_TELLING;
  }

  /** What goes into the next packet's header, whatever it is. */
  tell(): number {
    this.isAskedFor = false;
    this.told = this.forwarded;
    return this.forwarded;
  }
}
