import { nativeMemcpy, nativeMemset } from '../sys/libc';
import { viewOf } from '../sys/mapping';
import { NativeBuffer } from '../sys/native-buffer';

/** struct iovec: base and length, 64 bits each. */
export const IOVEC_BYTES = 16;
const LENGTH_OFFSET = 8;
/** The most entries one system call takes; IOV_MAX of Linux. */
export const MAX_IOVECS = 1024;
const WORD = 2 ** 32;

/** Views are made of memory in aligned windows, and kept: callers use the same arrays again. */
const WINDOW = 64 * 1024;
const MAX_WINDOWS = 64;

/** Reads arrays of struct iovec that lie anywhere in this process, by their address. */
export class IovecReader {
  private readonly windows = new Map<number, Uint32Array>();
  private start = Number.NaN;
  private words: Uint32Array = new Uint32Array(0);

  /** Where the memory of an entry begins. */
  base(iovecs: number, index: number): number {
    return this.read(iovecs + index * IOVEC_BYTES);
  }

  /** How many bytes an entry has. */
  length(iovecs: number, index: number): number {
    return this.read(iovecs + index * IOVEC_BYTES + LENGTH_OFFSET);
  }

  /** @param address a multiple of 8, so that no value lies across two windows */
  private read(address: number): number {
    if (!(address - this.start >= 0 && address - this.start < WINDOW)) this.openWindow(address);
    const into = address - this.start;
    if ((into & 7) !== 0) throw new RangeError('an iovec array must be 8-byte aligned');
    const at = into >>> 2;
    return (this.words[at] as number) + (this.words[at + 1] as number) * WORD;
  }

  private openWindow(address: number): void {
    this.start = address - (address % WINDOW);
    let words = this.windows.get(this.start);
    if (words === undefined) {
      if (this.windows.size === MAX_WINDOWS) this.windows.clear();
      words = new Uint32Array(viewOf(this.start, WINDOW));
      this.windows.set(this.start, words);
    }
    this.words = words;
  }

  /** The entries behind the first `skip` bytes, as an array of its own. */
  behind(iovecs: number, count: number, skip: number): NativeBuffer {
    const rest: [base: number, length: number][] = [];
    this.visit(iovecs, count, skip, Number.POSITIVE_INFINITY, (base, length) => {
      rest.push([base, length]);
    });
    const buffer = new NativeBuffer(rest.length * IOVEC_BYTES);
    rest.forEach(([base, length], index) => {
      buffer.u64[index * 2] = BigInt(base);
      buffer.u64[index * 2 + 1] = BigInt(length);
    });
    return buffer;
  }

  /** Zeros `length` bytes behind the first `skip`. */
  zero(iovecs: number, count: number, skip: number, length: number): void {
    this.visit(iovecs, count, skip, length, (base, bytes) => {
      nativeMemset(base, 0, bytes);
    });
  }

  /** Copies `length` bytes from `source` to what lies behind the first `skip`. */
  scatter(iovecs: number, count: number, skip: number, length: number, source: number): void {
    this.visit(iovecs, count, skip, length, (base, bytes, done) => {
      nativeMemcpy(base, source + done, bytes);
    });
  }

  /** Copies `length` bytes of what lies behind the first `skip` to `target`. */
  gather(iovecs: number, count: number, skip: number, length: number, target: number): void {
    this.visit(iovecs, count, skip, length, (base, bytes, done) => {
      nativeMemcpy(target + done, base, bytes);
    });
  }

  /** @param each piece of memory, and how many bytes of the wanted ones came before it */
  private visit(
    iovecs: number,
    count: number,
    skip: number,
    length: number,
    each: (base: number, length: number, done: number) => void,
  ): void {
    let toSkip = skip;
    let done = 0;
    for (let i = 0; i < count && done < length; i++) {
      const whole = this.length(iovecs, i);
      const passed = Math.min(toSkip, whole);
      toSkip -= passed;
      const take = Math.min(whole - passed, length - done);
      if (take > 0) each(this.base(iovecs, i) + passed, take, done);
      done += take;
    }
  }
}
