import type { GuestMemory } from '../../memory/guest-memory';
import { NativeBuffer } from '../../sys/native-buffer';
import { DescriptorChain, IOVEC_BYTES } from './descriptor-chain';
import { HEADER_BYTES, HEADER_NUM_BUFFERS, VLAN_TAG_BYTES } from './net-header';
import type { Virtqueue } from './virtqueue';

/** The most iovecs a system call takes: IOV_MAX. The last one is the device's own. */
const MOST_IOVECS = 1024;
/** Room behind the window, so that it seldom has to be moved to the front. */
const IOVECS = 2 * MOST_IOVECS;
const WORDS_PER_IOVEC = IOVEC_BYTES / 4;
/** Chains have an iovec at least. */
const CHAINS = IOVECS;
/** Any frame that does not fit its buffers shows by at least a byte here. */
const OVERFLOW_BYTES = VLAN_TAG_BYTES;

/**
 * Buffers that the driver gave to receive into, taken from the ring ahead of the frames: as many as
 * the largest frame may need, written down as iovecs. A frame uses the first ones, the others wait
 * for the next, so that each chain is followed once.
 */
export class ReceiveBuffers {
  /** Bytes of the chains at hand. */
  bytes = 0;
  /** Chains that cannot hold a header, and were given back unused. */
  unusable = 0;
  private readonly iovecs = new NativeBuffer(IOVECS * IOVEC_BYTES);
  private readonly entries = new Uint32Array(this.iovecs.bytes.buffer);
  private readonly overflow = new NativeBuffer(OVERFLOW_BYTES);
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
  /** Whether the driver has ever had enough buffers in the ring at a time. */
  private hadEnough = false;

  /**
   * @param largest bytes of the largest frame to come, with its header
   * @param merges whether a frame may use more than one chain
   */
  constructor(
    private readonly memory: GuestMemory,
    private readonly queue: Virtqueue,
    public largest: number,
    private readonly merges: boolean,
  ) {
    this.chain = new DescriptorChain(memory, Math.min(queue.size, MOST_IOVECS - 1));
  }

  /**
   * Takes what the next frame may need from the ring.
   * @returns false when the driver has to give more first
   */
  fill(): boolean {
    while (this.needsMore() && this.queue.pop(this.chain)) this.add();
    if (this.endChain === this.firstChain) return false;
    if (!this.needsMore()) {
      this.hadEnough = true;
      return true;
    }
    // A driver with fewer buffers than the largest frame needs, at all times, gets those that fit.
    return !this.hadEnough;
  }

  private needsMore(): boolean {
    if (!this.merges) return this.endChain === this.firstChain;
    const iovecs = this.endIovec - this.firstIovec;
    return this.bytes < this.largest && iovecs + this.chain.capacity < MOST_IOVECS;
  }

  private add(): void {
    const { chain } = this;
    if (chain.writableBytes < HEADER_BYTES) {
      this.unusable += 1;
      this.queue.push(chain.head, 0);
      return;
    }
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

  /** Ends the iovecs with one that only a frame too large reaches. @returns how many they are */
  terminate(): number {
    const at = this.endIovec * WORDS_PER_IOVEC;
    const { address } = this.overflow;
    this.entries[at] = address;
    this.entries[at + 1] = address / 2 ** 32;
    this.entries[at + 2] = OVERFLOW_BYTES;
    this.entries[at + 3] = 0;
    return this.endIovec - this.firstIovec + 1;
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

  /** Puts the chains at hand back into the ring, as if they had never been taken. */
  giveBack(): void {
    this.queue.unpop(this.endChain - this.firstChain);
    this.bytes = 0;
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
