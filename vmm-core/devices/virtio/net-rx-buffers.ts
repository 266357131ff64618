import type { GuestMemory } from '../../memory/guest-memory';
import { nativeMemcpy } from '../../sys/libc';
import { NativeBuffer } from '../../sys/native-buffer';
import { DescriptorChain, IOVEC_BYTES } from './descriptor-chain';
import { HEADER_BYTES, HEADER_NUM_BUFFERS, LARGEST_FRAME_BYTES } from './net-header';
import type { Virtqueue } from './virtqueue';

/** The most iovecs a system call takes: IOV_MAX. The last one is the device's own. */
const MOST_IOVECS = 1024;
/** Room behind the window, so that it seldom has to be moved to the front. */
const IOVECS = 2 * MOST_IOVECS;
const WORDS_PER_IOVEC = IOVEC_BYTES / 4;
const WORD = 2 ** 32;
/** A chain has an iovec at least. */
const CHAINS = IOVECS;
/** A frame may lack room for all but its header; where it may not, a byte too many shows here. */
const OVERFLOW_BYTES = LARGEST_FRAME_BYTES;
const OVERFLOW_BYTES_ALONE = 8;

/**
 * Buffers that the driver gave to receive into, taken from the ring ahead of the frames: as many as
 * the largest frame may need, written down as iovecs. A frame uses the first ones, the others wait
 * for the next, so that each chain is followed once.
 *
 * How long a frame is, the host tells only with the frame. Behind the driver's buffers there is one
 * of the device, and a frame that reaches it is held until the driver has given more.
 */
export class ReceiveBuffers {
  /** Bytes of the chains at hand. */
  bytes = 0;
  /** Bytes of the frame that is held, with its header; 0 when there is none. */
  held = 0;
  /** How many iovecs of the window have the held frame's beginning, and how many bytes of it. */
  private heldIovecs = 0;
  private heldBytes = 0;
  private readonly overflow: NativeBuffer;
  private readonly iovecs = new NativeBuffer(IOVECS * IOVEC_BYTES);
  private readonly entries = new Uint32Array(this.iovecs.bytes.buffer);
  private firstIovec = 0;
  private endIovec = 0;
  private firstChain = 0;
  private endChain = 0;
  /** Of each chain: its head, bytes, iovecs, and where parts of a header in it would be. */
  private readonly heads = new Uint16Array(CHAINS);
  private readonly lengths = new Float64Array(CHAINS);
  private readonly counts = new Uint16Array(CHAINS);
  private readonly flagsAt = new Float64Array(CHAINS);
  private readonly numBuffersAt = new Float64Array(CHAINS);
  private readonly numBuffersEndAt = new Float64Array(CHAINS);
  private readonly chain: DescriptorChain;

  /** @param merges whether a frame may use more than one chain: VIRTIO_NET_F_MRG_RXBUF */
  constructor(
    private readonly memory: GuestMemory,
    private readonly queue: Virtqueue,
    private readonly merges: boolean,
  ) {
    this.chain = new DescriptorChain(memory, Math.min(queue.size, MOST_IOVECS - 1));
    this.overflow = new NativeBuffer(merges ? OVERFLOW_BYTES : OVERFLOW_BYTES_ALONE);
  }

  /**
   * Takes from the ring what the next frame may need.
   * @returns false when the driver has to give more first
   */
  fill(): boolean {
    while (this.bytes < LARGEST_FRAME_BYTES && this.hasRoom() && this.queue.pop(this.chain)) {
      if (this.chain.writableBytes < HEADER_BYTES) {
        this.queue.fail(`${this.chain.writableBytes} bytes to receive into: no room for a header`);
        break;
      }
      this.add();
    }
    if (this.held > this.bytes) return !this.hasRoom();
    return this.endChain > this.firstChain;
  }

  /** Whether another chain can be used; when all are here, the driver has no more to give. */
  private hasRoom(): boolean {
    const chains = this.endChain - this.firstChain;
    if (!this.merges) return chains === 0;
    const iovecs = this.endIovec - this.firstIovec;
    return iovecs + this.chain.capacity < MOST_IOVECS && chains < this.queue.size;
  }

  private add(): void {
    const { chain } = this;
    if (this.endIovec + chain.capacity >= IOVECS) this.moveToFront();
    const at = this.endChain;
    this.heads[at] = chain.head;
    this.lengths[at] = chain.writableBytes;
    this.flagsAt[at] = gpaOf(chain, 0);
    this.numBuffersAt[at] = gpaOf(chain, HEADER_NUM_BUFFERS);
    this.numBuffersEndAt[at] = gpaOf(chain, HEADER_NUM_BUFFERS + 1);
    const count = chain.writableIovecs(this.entries, this.endIovec, 0, chain.writableBytes);
    this.counts[at] = count;
    this.endIovec += count;
    this.endChain = at + 1;
    this.bytes += chain.writableBytes;
  }

  private moveToFront(): void {
    const { firstIovec, endIovec, firstChain, endChain } = this;
    this.entries.copyWithin(0, firstIovec * WORDS_PER_IOVEC, endIovec * WORDS_PER_IOVEC);
    this.heads.copyWithin(0, firstChain, endChain);
    this.lengths.copyWithin(0, firstChain, endChain);
    this.counts.copyWithin(0, firstChain, endChain);
    this.flagsAt.copyWithin(0, firstChain, endChain);
    this.numBuffersAt.copyWithin(0, firstChain, endChain);
    this.numBuffersEndAt.copyWithin(0, firstChain, endChain);
    this.firstIovec = 0;
    this.endIovec = endIovec - firstIovec;
    this.firstChain = 0;
    this.endChain = endChain - firstChain;
  }

  /** Where the iovecs begin, for a system call. */
  get address(): number {
    return this.iovecs.address + this.firstIovec * IOVEC_BYTES;
  }

  /** Puts the device's own buffer behind those of the driver. @returns how many iovecs there are */
  terminate(): number {
    const at = this.endIovec * WORDS_PER_IOVEC;
    const { address, length } = this.overflow;
    this.entries[at] = address;
    this.entries[at + 1] = address / WORD;
    this.entries[at + 2] = length;
    this.entries[at + 3] = 0;
    return this.endIovec - this.firstIovec + 1;
  }

  /**
   * Keeps a frame that was longer than the driver's buffers until there are more of them.
   * @returns false when there cannot be more, or the frame was too long for anybody
   */
  hold(length: number): boolean {
    if (length >= this.bytes + this.overflow.length || !this.hasRoom()) return false;
    this.held = length;
    this.heldBytes = this.bytes;
    this.heldIovecs = this.endIovec - this.firstIovec;
    return true;
  }

  /**
   * Puts the rest of the held frame behind its beginning; there is none any more.
   * @returns its length, now in the driver's buffers; 0 when it has to be dropped after all
   */
  unhold(): number {
    const { held } = this;
    this.held = 0;
    if (held > this.bytes) return 0;
    let done = 0;
    for (let i = this.firstIovec + this.heldIovecs; this.heldBytes + done < held; i++) {
      const at = i * WORDS_PER_IOVEC;
      const to = (this.entries[at] as number) + (this.entries[at + 1] as number) * WORD;
      const room = (this.entries[at + 2] as number) + (this.entries[at + 3] as number) * WORD;
      const bytes = Math.min(room, held - this.heldBytes - done);
      nativeMemcpy(to, this.overflow.address + done, bytes);
      done += bytes;
    }
    return held;
  }

  /**
   * Gives the chains that hold a frame back to the driver; virtio 1.2, 5.1.6.4.1.
   * @param length of the frame and its header, at most `bytes`
   * @param keepsFlags whether the driver knows the header's checksum flags
   */
  finish(length: number, keepsFlags: boolean): void {
    const first = this.firstChain;
    let left = length;
    let at = first;
    while (left > 0) {
      const whole = this.lengths[at] as number;
      const written = Math.min(left, whole);
      this.queue.push(this.heads[at] as number, written);
      this.firstIovec += this.counts[at] as number;
      this.bytes -= whole;
      left -= written;
      at += 1;
    }
    this.firstChain = at;
    const used = at - first;
    this.memory.writeU8(this.numBuffersAt[first] as number, used & 0xff);
    this.memory.writeU8(this.numBuffersEndAt[first] as number, used >>> 8);
    if (!keepsFlags) this.memory.writeU8(this.flagsAt[first] as number, 0);
  }

  /** Puts the chains at hand back into the ring, as if they had never been taken; drops a held frame. */
  giveBack(): void {
    this.queue.unpop(this.endChain - this.firstChain);
    this.bytes = 0;
    this.held = 0;
    this.firstIovec = 0;
    this.endIovec = 0;
    this.firstChain = 0;
    this.endChain = 0;
  }
}

/** The guest physical address of a byte of the chain's writable part, which has that byte. */
function gpaOf(chain: DescriptorChain, offset: number): number {
  let skip = offset;
  let i = chain.readableCount;
  while (skip >= (chain.length[i] as number)) {
    skip -= chain.length[i] as number;
    i += 1;
  }
  return (chain.gpa[i] as number) + skip;
}
