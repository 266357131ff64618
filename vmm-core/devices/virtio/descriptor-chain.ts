import type { GuestMemory } from '../../memory/guest-memory';

/** struct iovec: base and length, 64 bits each. */
export const IOVEC_BYTES = 16;
const WORDS_PER_IOVEC = 4;
/** Typed arrays keep the low 32 bits of what is stored; the quotient by this has the high ones. */
const WORD = 2 ** 32;

/**
 * One request of the driver: the buffers of a descriptor chain in order, first those the device
 * reads, then those it writes. Filled by Virtqueue.pop(), which has checked that each lies in RAM.
 * Made once and filled again and again, for the data path allocates nothing.
 */
export class DescriptorChain {
  /** The first descriptor's index: what goes into the used ring. */
  head = 0;
  /** Buffers in all, and how many of them, the first ones, are the device's to read. */
  count = 0;
  readableCount = 0;
  readableBytes = 0;
  writableBytes = 0;
  /** Where each buffer is in guest memory and how long it is. */
  readonly gpa: Float64Array;
  readonly length: Float64Array;

  /** @param capacity the most buffers a chain may have */
  constructor(
    private readonly memory: GuestMemory,
    readonly capacity: number,
  ) {
    this.gpa = new Float64Array(capacity);
    this.length = new Float64Array(capacity);
  }

  clear(head: number): void {
    this.head = head;
    this.count = 0;
    this.readableCount = 0;
    this.readableBytes = 0;
    this.writableBytes = 0;
  }

  add(gpa: number, length: number, isWritable: boolean): void {
    this.gpa[this.count] = gpa;
    this.length[this.count] = length;
    this.count += 1;
    if (isWritable) {
      this.writableBytes += length;
    } else {
      this.readableCount += 1;
      this.readableBytes += length;
    }
  }

  /**
   * Copies out of the readable part, from `offset` bytes into it.
   * @returns bytes copied: fewer than asked for where the part ends
   */
  read(offset: number, into: Uint8Array): number {
    let done = 0;
    let skip = offset;
    for (let i = 0; i < this.readableCount && done < into.length; i++) {
      const length = this.length[i] as number;
      if (skip >= length) {
        skip -= length;
        continue;
      }
      const take = Math.min(length - skip, into.length - done);
      into.set(this.memory.bytes((this.gpa[i] as number) + skip, take), done);
      done += take;
      skip = 0;
    }
    return done;
  }

  /**
   * Copies into the writable part, to `offset` bytes into it.
   * @returns bytes copied: fewer than given where the part ends
   */
  write(offset: number, from: Uint8Array): number {
    let done = 0;
    let skip = offset;
    for (let i = this.readableCount; i < this.count && done < from.length; i++) {
      const length = this.length[i] as number;
      if (skip >= length) {
        skip -= length;
        continue;
      }
      const take = Math.min(length - skip, from.length - done);
      this.memory.bytes((this.gpa[i] as number) + skip, take).set(from.subarray(done, done + take));
      done += take;
      skip = 0;
    }
    return done;
  }

  /**
   * Writes the iovecs of `length` bytes of the readable part, from `offset` bytes into it, so that
   * a system call reads guest memory itself.
   * @param entries native memory seen as words of 32 bits, four for each iovec
   * @param from index of the first iovec to write
   * @returns how many iovecs were written; the part may end before `length` bytes
   */
  readableIovecs(entries: Uint32Array, from: number, offset: number, length: number): number {
    return this.iovecs(entries, from, 0, this.readableCount, offset, length);
  }

  /** The same of the writable part, so that a system call writes guest memory itself. */
  writableIovecs(entries: Uint32Array, from: number, offset: number, length: number): number {
    return this.iovecs(entries, from, this.readableCount, this.count, offset, length);
  }

  private iovecs(
    entries: Uint32Array,
    from: number,
    first: number,
    end: number,
    offset: number,
    length: number,
  ): number {
    let skip = offset;
    let left = length;
    let written = from;
    for (let i = first; i < end && left > 0; i++) {
      const whole = this.length[i] as number;
      if (skip >= whole) {
        skip -= whole;
        continue;
      }
      const take = Math.min(whole - skip, left);
      const address = this.memory.hostAddress((this.gpa[i] as number) + skip, take);
      const at = written * WORDS_PER_IOVEC;
      entries[at] = address;
      entries[at + 1] = address / WORD;
      entries[at + 2] = take;
      entries[at + 3] = take / WORD;
      written += 1;
      left -= take;
      skip = 0;
    }
    return written - from;
  }
}
