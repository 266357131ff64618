import type { GuestMemory } from '../../memory/guest-memory';
import { DescriptorChain } from './descriptor-chain';
import type { Virtqueue } from './virtqueue';

/** What waits for the guest at most; a person's typing never gets there, a paste may. */
export const INPUT_BYTES = 64 * 1024;
const CHAINS_A_TURN = 256;

/** A port's receive queue: bytes from the host wait in a ring until the driver gives buffers. */
export class ConsoleInput {
  /** Bytes that the driver has got. */
  delivered = 0;
  /** Called when there is room again after something was refused. */
  onRoom: () => void = () => {};
  private readonly ring = Buffer.alloc(INPUT_BYTES);
  private start = 0;
  private length = 0;
  private hasRefused = false;
  private isOpen = false;
  private setup: { readonly queue: Virtqueue; readonly chain: DescriptorChain } | undefined;
  private nextTurn: NodeJS.Immediate | undefined;

  /** The driver is ready. Nothing is delivered before open(). */
  connect(memory: GuestMemory, queue: Virtqueue | undefined): void {
    if (queue === undefined) return;
    this.setup = { queue, chain: new DescriptorChain(memory, queue.size) };
  }

  /** No access to guest memory any more; what waited was for a driver that is gone. */
  disconnect(): void {
    clearImmediate(this.nextTurn);
    this.nextTurn = undefined;
    this.setup = undefined;
    this.close();
  }

  /** Somebody in the guest reads. */
  open(): void {
    this.isOpen = true;
    this.deliver();
  }

  /** Nobody reads any more; what waited was for whoever has gone. */
  close(): void {
    this.isOpen = false;
    this.length = 0;
    this.tellOfRoom();
  }

  /** @returns how many of the bytes were taken, the first ones */
  add(bytes: Uint8Array): number {
    // The caller learns of room by the result, and not while it waits for that.
    this.hasRefused = false;
    let taken = 0;
    while (taken < bytes.length && this.length < INPUT_BYTES) {
      const end = (this.start + this.length) % INPUT_BYTES;
      const room = Math.min(INPUT_BYTES - this.length, INPUT_BYTES - end);
      const piece = bytes.subarray(taken, taken + room);
      this.ring.set(piece, end);
      this.length += piece.length;
      taken += piece.length;
      this.deliver();
    }
    this.hasRefused = taken < bytes.length;
    return taken;
  }

  /** The driver may have given buffers. */
  deliver(): void {
    if (this.setup === undefined || !this.isOpen || this.nextTurn !== undefined) return;
    const { queue, chain } = this.setup;
    if (this.fill(queue, chain)) {
      this.nextTurn = setImmediate(() => {
        this.nextTurn = undefined;
        this.deliver();
      });
    }
    queue.publish();
    this.tellOfRoom();
  }

  /** @returns whether to go on in another turn */
  private fill(queue: Virtqueue, chain: DescriptorChain): boolean {
    queue.suppressNotifications();
    for (let i = 0; i < CHAINS_A_TURN; i++) {
      if (this.length === 0) return false;
      if (!queue.pop(chain)) {
        queue.publish();
        if (queue.enableNotifications()) return false;
        continue;
      }
      if (chain.readableCount > 0 || chain.writableBytes === 0) {
        queue.fail('a buffer for input without room, or with something to read');
        return false;
      }
      queue.push(chain.head, this.moveTo(chain));
    }
    return true;
  }

  private moveTo(chain: DescriptorChain): number {
    let written = 0;
    // Twice where the ring's end lies between.
    while (this.length > 0 && written < chain.writableBytes) {
      const end = Math.min(this.start + this.length, INPUT_BYTES);
      const moved = chain.write(written, this.ring.subarray(this.start, end));
      this.start = (this.start + moved) % INPUT_BYTES;
      this.length -= moved;
      written += moved;
    }
    this.delivered += written;
    return written;
  }

  private tellOfRoom(): void {
    if (!this.hasRefused || this.length === INPUT_BYTES) return;
    this.hasRefused = false;
    this.onRoom();
  }
}
